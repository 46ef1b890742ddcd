"""From a drawn street to a plan: spacing kept, floors and loads as the scorer says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from siting_worlds import ON, home, situation
from worlds import device, road, table

from gislib import rules
from gislib.siting.candidates import find_candidates
from gislib.siting.model import PlanOptions, build_model, campus_loads, spacing_cliques
from gislib.siting.optimise import INFEASIBLE, NO_DEVICE, OPTIMAL, TOO_DEAR, optimise

RS = rules.load()
KNOWN = {"maxspeed_kmh": 40.0, "lanes": 2.0, "bridge": False, "tunnel": False, "bus_route": False, "lit": False}


def world(**changes: object):
    lane = road("residential", [(0, 0), (1000, 0)], id="r1", **KNOWN)
    return situation([lane], buildings=[home(200, 12), home(800, 12)], **changes)  # type: ignore[arg-type]


def test_the_plan_is_what_the_scorer_says() -> None:
    now = world()
    candidates = find_candidates(now, RS, ON)
    model = build_model(now, candidates, (RS, ON), PlanOptions())
    found = optimise(model.menu, 30_000.0)
    assert found.status == OPTIMAL
    before, after = campus_loads(model, None), campus_loads(model, found)
    assert before["s1"] - after["s1"] == pytest.approx(found.value, rel=1e-9)
    assert candidates.loc[model.chosen_ids(found), "cost_yuan"].sum() == pytest.approx(found.cost_yuan)
    assert found.cost_yuan <= 30_000


def test_a_weight_scales_the_value_and_not_the_load() -> None:
    now = world()
    candidates = find_candidates(now, RS, ON)
    plain = build_model(now, candidates, (RS, ON), PlanOptions())
    double = build_model(now, candidates, (RS, ON), PlanOptions(weights={"s1": 2.0}))
    assert optimise(double.menu, 20_000.0).value == pytest.approx(2 * optimise(plain.menu, 20_000.0).value, rel=1e-6)
    assert campus_loads(double, None)["s1"] == pytest.approx(campus_loads(plain, None)["s1"])


def test_a_floor_of_a_grade_names_the_campus_that_cannot_be_helped() -> None:
    now = world()
    grade = str(now.school_risk.loc["s1", "grade"])
    everything = frozenset(find_candidates(now, RS, ON)["treatment_id"])
    aims = PlanOptions(floor_grades=(grade,))
    # the street carries so little that the load of a floor is out of reach
    model = build_model(now, find_candidates(now, RS, ON), (RS, ON), aims)
    few = optimise(build_model(now, find_candidates(now, RS, ON), (RS, ON), replace(aims, banned=everything)).menu, 1e9)
    assert few.status == INFEASIBLE
    assert [(u.label, u.reason) for u in few.unmet] == [("s1", NO_DEVICE)]
    assert [f.label for f in model.menu.floors] == ["s1"]
    poor = optimise(model.menu, 100.0)
    assert {u.reason for u in poor.unmet} <= {NO_DEVICE, TOO_DEAR}


def test_spacing_sets_hold_every_near_pair_and_no_far_one() -> None:
    rng = np.random.default_rng(7)
    chain = rng.uniform(0, 200, 40)
    lane = rng.integers(0, 2, 40)
    own = table("devices", [device("hump", (x, 12.0 * y)) for x, y in zip(chain, lane, strict=True)])
    own = own.assign(chainage_m=chain, segment_id=[f"r{y}" for y in lane])
    sets = spacing_cliques(own, 20.0, np.arange(40))
    xy = shapely.get_coordinates(own.geometry.to_numpy())
    covered = {(a, b) for s in sets for a in s for b in s if a < b}
    near = {(a, b) for a in range(40) for b in range(a + 1, 40) if np.hypot(*(xy[a] - xy[b])) < 20.0}
    assert covered == near
