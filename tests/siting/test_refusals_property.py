"""
Over random drawn areas: nothing is built at a refused place, nothing that stands is proposed, more money never less.

Places are judged again here from roads, devices and gates alone, by other formulas than the product's.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from siting_worlds import GATE, ON, home, situation
from worlds import device, road

from gislib import rules
from gislib.siting.candidates import find_candidates
from gislib.siting.conflicts import conflicts
from gislib.siting.frontier import frontier
from gislib.siting.laid import extents
from gislib.siting.model import PlanOptions, build_model
from gislib.siting.optimise import SolveOptions, optimise
from gislib.siting.packages import Menu, build_packages
from gislib.siting.sites import Situation

RS = rules.load()
RULES = RS, ON
EDGE_M = 1e-6
"""A place this near to a limit may be judged either way."""
STANDS_FOR = {
    "hump": {"hump", "cushion", "table"}, "cushion": {"hump", "cushion", "table"}, "raised_crossing": {"table"},
    "crossing": {"crossing", "footbridge", "underpass"}, "street_lamp": {"lamp"}, "sign_children": {"sign_children"},
    "guard_rail": {"rail"}, "bollard": {"bollard", "lift_bollard", "barricade"},
    "rumble": {"rumble", "hump", "cushion", "table"}, "speed_camera": {"speed_camera"},
    "flasher": {"signal", "flasher"}, "signal": {"signal", "footbridge", "underpass"},
}  # fmt: skip
WITHIN_M = {"hump": 60, "cushion": 60, "rumble": 60, "sign_children": 100, "speed_camera": 500, "street_lamp": 40,
            "guard_rail": 30, "bollard": 30}  # fmt: skip
ALIKE_M = {"sign_children": 100, "rumble": 60, "speed_camera": 500, "street_lamp": 40}
CALMING = {"hump", "cushion", "raised_crossing"}


STREETS = ("residential", "tertiary", "secondary", "primary", "unclassified")
"""Classes that make junctions: a drive or a footpath that joins makes none."""


def yes(value: object) -> bool:
    return not pd.isna(value) and bool(value)


def no(value: object) -> bool:
    return not pd.isna(value) and not value


@dataclass(frozen=True)
class Judge:
    """The drawn world as bare shapes."""

    now: Situation = field(repr=False)
    slope: float

    @property
    def roads(self) -> gpd.GeoDataFrame:
        return self.now.ground.tables["roads"]

    def near(self, spot: shapely.Point, kinds: set[str], within_m: float) -> bool:
        own = self.now.ground.tables["devices"]
        shapes = [
            s for s, kind, marked in zip(own.geometry, own["kind"], own["marked"], strict=True)
            if kind in kinds and not (kind == "crossing" and no(marked))
        ]  # fmt: skip
        return any(s.distance(spot) < within_m - EDGE_M for s in shapes)

    def junction_near(self, spot: shapely.Point, within_m: float) -> bool:
        """Three or more arms that end or pass in one vertex."""
        arms: Counter[tuple[float, float]] = Counter()
        for line in self.roads.geometry[self.roads["road_class"].isin(STREETS)]:
            points = [tuple(np.round(p, 2)) for p in line.coords]
            for a, b in pairwise(points):
                arms[a] += 1
                arms[b] += 1
        return any(n >= 3 and math.dist(p, (spot.x, spot.y)) < within_m - EDGE_M for p, n in arms.items())

    def tighter(self, spot: shapely.Point, road_id: str, radius_m: float) -> bool:
        """Radius from the chord of the two arms and the angle between them: R = chord / (2 sin angle)."""
        line = self.roads.geometry[road_id]
        at = line.project(spot)
        a, c = line.interpolate(max(at - 15, 0)), line.interpolate(min(at + 15, line.length))
        u, v = np.array([a.x - spot.x, a.y - spot.y]), np.array([c.x - spot.x, c.y - spot.y])
        if min(np.hypot(*u), np.hypot(*v)) < EDGE_M:
            return False
        angle = math.acos(float(np.clip(u @ v / np.hypot(*u) / np.hypot(*v), -1, 1)))
        sine = math.sin(angle)
        return sine > 1e-4 and math.dist((a.x, a.y), (c.x, c.y)) / (2 * sine) < radius_m - EDGE_M

    def steeper(self, spot: shapely.Point, road_id: str, most: float) -> bool:
        line = self.roads.geometry[road_id]
        at = line.project(spot)
        low, high = max(at - 15, 0), min(at + 15, line.length)
        rise = self.slope * (line.interpolate(high).x - line.interpolate(low).x)
        return abs(rise) / (high - low) > most + 1e-9

    def gate_near(self, spot: shapely.Point, role: str, within_m: float) -> bool:
        gates = self.now.ground.tables["gates"]
        return any(g.distance(spot) < within_m - EDGE_M for g in gates.geometry[gates["role"] == role])

    def in_the_way(self, plan: gpd.GeoDataFrame) -> list[str]:
        """Rails that lie across a junction, a marked crossing or a gate for vehicles, or are not as long as said."""
        said = []
        rails = plan[plan["treatment_id"] == "guard_rail"]
        laid = extents(rails, self.now, RULES)
        for device_id, row in rails.iterrows():
            parts = laid.loc[laid["device_id"] == device_id, "geometry"]
            if abs(sum(p.length for p in parts) - row["quantity"]) > 0.06:
                said.append(f"{device_id} length")
            # every metre of every piece is a place that is judged
            spots = [p.interpolate(m) for p in parts for m in np.linspace(0, p.length, int(p.length) + 2)]
            if any(self.junction_near(s, 10) or self.near(s, {"crossing"}, 5) or self.gate_near(s, "fire", 10)
                   or self.gate_near(s, "vehicle", 6) for s in spots):  # fmt: skip
                said.append(f"{device_id} way")
        return said

    def uncrossed(self, plan: gpd.GeoDataFrame) -> list[str]:
        """Signals and islands where no crossing is marked or built."""
        facts = self.now.hazards.tables["traffic"].drop_duplicates("hazard_id").set_index("hazard_id")["marked"]
        new = plan[plan["treatment_id"].isin(["crossing", "raised_crossing"])].geometry
        return [
            str(row.Index) for row in plan[plan["treatment_id"].isin(["signal", "refuge_island"])].itertuples()
            if not yes(facts.get(row.hazard_id)) and not any(g.distance(row.geometry) < 0.2 for g in new)
            and not self.near(row.geometry, {"crossing", "footbridge", "underpass"}, 10 + 2 * EDGE_M)
        ]  # fmt: skip

    def wrong(self, row: object) -> list[str]:
        """What speaks against a chosen device where it stands."""
        name, spot = row.treatment_id, row.geometry
        facts = self.roads.loc[row.segment_id] if row.segment_id in self.roads.index else None
        said = [
            ("stands already", name in STANDS_FOR and self.near(spot, STANDS_FOR[name], WITHIN_M.get(name, 1.0))),
        ]
        if name in CALMING:
            said += [
                ("arterial", facts["road_class"] in {"primary", "trunk", "motorway"}),
                ("fast", facts["maxspeed_kmh"] > 40),
                ("bridge", yes(facts["bridge"]) or yes(facts["tunnel"])),
            ]
        if name in {"hump", "cushion"}:
            said += [
                ("lanes", facts["lanes"] > 2),
                ("junction", self.junction_near(spot, 10)),
                ("crossing", self.near(spot, {"crossing", "footbridge", "underpass"}, 5)),
                ("bend", self.tighter(spot, row.segment_id, 76)),
                ("steep", self.steeper(spot, row.segment_id, 0.08)),
            ]
        if name == "hump":
            said += [("bus", yes(facts["bus_route"])), ("fire gate", self.gate_near(spot, "fire", 10))]
        if name == "crossing":
            said += [("bus stop", self.near(spot, {"bus_stop"}, 30)),
                     ("other crossing", self.near(spot, {"crossing", "footbridge", "underpass"}, 100))]  # fmt: skip
        if name in {"guard_rail", "bollard"}:
            said += [("fire gate", self.gate_near(spot, "fire", 10)), ("vehicles", self.gate_near(spot, "vehicle", 6))]
        if name == "guard_rail":
            said += [("no sidewalk", facts["sidewalk"] in {"no", "none"})]
        if name == "refuge_island":
            said += [("narrow", facts["lanes"] < 4)]
        if name == "street_lamp":
            said += [("lit", yes(facts["lit"]))]
        return [word for word, true in said if true]


@st.composite
def areas(draw: st.DrawFn) -> Judge:
    """A main street with a kink or a bend, a side street, gates, and devices that stand there."""
    classes = st.sampled_from(["residential", "tertiary", "secondary", "primary", "unclassified", "service", "footway"])
    flag = st.sampled_from([None, True, False])

    def facts() -> dict[str, object]:
        return {"maxspeed_kmh": draw(st.sampled_from([None, 30.0, 40.0, 60.0])), "lit": draw(flag),
                "lanes": draw(st.sampled_from([None, 1.0, 2.0, 4.0])), "bridge": draw(flag), "tunnel": False,
                "bus_route": draw(flag), "sidewalk": draw(st.sampled_from([None, "both", "no"])),
                "oneway": draw(st.sampled_from([None, "yes", "-1"]))}  # fmt: skip

    turn = draw(st.integers(430, 570))
    bend = draw(st.integers(0, 40))
    arc = [(turn + 30 + 60 * math.sin(a), 60 - 60 * math.cos(a)) for a in np.linspace(0, math.radians(bend), 5)]
    end = (arc[-1][0] + 300 * math.cos(math.radians(bend)), arc[-1][1] + 300 * math.sin(math.radians(bend)))
    main = road(draw(classes), [(0, 0), (turn, 0), *arc, end], id="r1", **facts())
    side = road(draw(classes), [(turn, 0), (turn, -300)], id="r2", **facts())
    kinds = st.sampled_from(["hump", "crossing", "bus_stop", "lamp", "table", "rail", "sign_children", "signal"])
    stand = [device(draw(kinds), (draw(st.integers(380, 600)), draw(st.integers(-2, 2))), marked=draw(flag))
             for _ in range(draw(st.integers(0, 4)))]  # fmt: skip
    gates = [GATE | {"geometry": (500, 10)}]
    if draw(st.booleans()):
        gates.append(GATE | {"id": "g2", "role": draw(st.sampled_from(["fire", "vehicle"])),
                             "geometry": (draw(st.integers(485, 519)), 9)})  # fmt: skip
    homes = [home(250, 12), home(turn + 8, -200), home(end[0] - 40, end[1] + 14)]
    return Judge(situation([main, side], devices=stand, gates=gates, buildings=homes), draw(st.floats(0.0, 0.15)))


def candidates_of(judge: Judge) -> gpd.GeoDataFrame:
    return find_candidates(judge.now, RS, ON, lambda xy: xy[:, 0] * judge.slope)


def check_candidates(judge: Judge, candidates: gpd.GeoDataFrame) -> None:
    """No open candidate is at a refused place or beside its like."""
    wrong = {row.Index: judge.wrong(row) for row in candidates.query("refused_by == ''").itertuples()}
    assert {k: why for k, why in wrong.items() if why} == {}


def check_plan(judge: Judge, plan: gpd.GeoDataFrame, budget: float) -> None:
    """Nor is a chosen device, and the devices keep to each other and to the budget."""
    assert (plan["refused_by"] == "").all()
    wrong = {row.Index: judge.wrong(row) for row in plan.itertuples()}
    assert {k: why for k, why in wrong.items() if why} == {}
    assert conflicts(plan, RULES, judge.now).empty
    assert judge.in_the_way(plan) == []
    assert judge.uncrossed(plan) == []
    for name, metres in ALIKE_M.items():
        alike = plan[plan["treatment_id"] == name].geometry
        assert all(a.distance(b) >= metres - EDGE_M for a, b in combinations(alike, 2)), name
    spaced = plan[plan["treatment_id"].isin(CALMING)].geometry
    assert all(a.distance(b) >= 20 - EDGE_M for a, b in combinations(spaced, 2))
    assert plan.groupby("site_id")["treatment_id"].count().le(3).all()
    assert plan["cost_yuan"].sum() <= budget + EDGE_M


def check_money(menu: Menu) -> None:
    """More money never takes off less, and none takes off nothing."""
    budgets = [0.0, 1e3, 3e3, 1e4, 2e4, 4e4, 8e4, 2e5, 1e6]
    points = frontier(build_packages(menu), budgets, SolveOptions(nodes=2000))
    loads = [p.result.value for p in points]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(loads))
    assert loads[0] == 0.0


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(areas(), st.sampled_from([4_000.0, 40_000.0, 1e9]))
def test_over_drawn_areas(judge: Judge, budget: float) -> None:
    """One area is asked everything: to draw and to assess it takes longer than all the answers."""
    candidates = candidates_of(judge)
    check_candidates(judge, candidates)
    model = build_model(judge.now, candidates, RULES, PlanOptions())
    chosen = model.chosen_ids(optimise(model.menu, budget, SolveOptions(nodes=2000)))
    check_plan(judge, candidates.loc[chosen], budget)
    check_money(model.menu)
