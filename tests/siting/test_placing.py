"""One device at any point: the candidate at its own place, snapped elsewhere, refused and in conflict as rules say."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from plan_worlds import RS, Town, shift, town
from siting_worlds import GATE, ON, situation
from worlds import device, road

from gislib.domain.errors import InputError
from gislib.siting.candidates import find_candidates
from gislib.siting.placing import conflicts, place, series_gaps, turned
from gislib.siting.sites import Situation
from gislib.siting.treatments import catalogue

RULES = RS, ON
FACTS = {"maxspeed_kmh": 40.0, "lanes": 2.0, "bridge": False, "tunnel": False, "bus_route": False, "lit": False,
         "sidewalk": "both"}  # fmt: skip
POND = {"id": "w1", "kind": "pond", "geometry": shapely.box(430, -40, 460, -18), "kit": None, "fenced": False}
VENUE = {"id": "v1", "kind": "bar", "geometry": (560, 40)}


@pytest.fixture(scope="module")
def busy() -> Town:
    existing = [device("crossing", (541, 2.6), marked=True), device("crossing", (131, 0), marked=True),
                device("hump", (391, 2))]  # fmt: skip
    return town(water=[POND], venues=[VENUE], devices=existing)


def lane(road_class: str = "residential", **facts: object) -> Situation:
    return situation([road(road_class, [(0, 0), (1000, 0)], id="r1", **(FACTS | facts))])


def test_at_its_own_place_every_candidate_is_itself(busy: Town) -> None:
    placed = pd.concat(
        [place(busy.now, row.treatment_id, (row.geometry.x, row.geometry.y), RULES)
         for row in busy.candidates.itertuples()]
    )  # fmt: skip
    assert set(busy.candidates["treatment_id"]) == set(catalogue(RS, ON))
    assert placed.index.tolist() == busy.candidates.index.tolist()
    numbers = ["chainage_m", "approach_bearing_deg", "quantity", "cost_yuan", "cost_low_yuan", "cost_high_yuan"]
    for name in numbers:
        left, right = placed[name].to_numpy(float), busy.candidates[name].to_numpy(float)
        assert np.allclose(left, right, atol=1e-6, equal_nan=True), name
    assert shapely.distance(placed.geometry.to_numpy(), busy.candidates.geometry.to_numpy()).max() < 1e-6
    for name in busy.candidates.columns.difference([*numbers, "geometry"]):
        assert placed[name].tolist() == busy.candidates[name].tolist(), name


def test_anywhere_beside_a_street_it_falls_on_the_street() -> None:
    row = place(lane(), "hump", (467.3, 21.0), RULES).iloc[0]
    assert (row["segment_id"], round(row["chainage_m"], 6), row["side"]) == ("r1", 467.3, "both")
    assert row.geometry.distance(shapely.Point(467.3, 0)) < 1e-9
    assert (row["school_id"], row["site_id"]) == ("s1", "r1#7")
    assert row["refused_by"] == ""


@pytest.mark.parametrize(("y", "found"), [(-39.99, True), (-40.01, False)])
def test_it_snaps_as_far_as_the_rule_says(y: float, found: bool) -> None:  # noqa: FBT001 - a case of the table
    if found:
        assert len(place(lane(), "hump", (700, y), RULES)) == 1
        return
    with pytest.raises(InputError) as refused:
        place(lane(), "hump", (700, y), RULES)
    assert str(refused.value) == "place_nothing_near: treatment=hump, reach_m=40"


def test_an_unknown_treatment_is_said() -> None:
    with pytest.raises(InputError, match="treatment_unknown"):
        place(lane(), "moat", (500, 0), RULES)


def test_dragged_onto_an_arterial_it_is_refused_with_the_clause() -> None:
    row = place(lane("primary"), "hump", (450, 4), RULES).iloc[0]
    assert "siting.calming_not_on_arterial" in row["refused_by"].split()
    assert row["verify_on_site"] == ""


def test_a_street_without_load_is_for_the_campus_with_the_nearest_gate() -> None:
    row = place(lane(), "hump", (30, 0), RULES).iloc[0]
    assert (row["school_id"], row["site_id"], row["refused_by"]) == ("s1", "r1#0", "")


def test_a_footpath_takes_no_hump() -> None:
    now = situation(
        [road("residential", [(0, 0), (1000, 0)], id="r1", **FACTS), road("footway", [(0, 30), (1000, 30)], id="r2")]
    )
    assert place(now, "hump", (300, 29), RULES)["segment_id"].tolist() == ["r1"]


def test_a_crossing_joins_the_place_where_pupils_cross(busy: Town) -> None:
    crossed = busy.candidates[busy.candidates["treatment_id"] == "flasher"]
    x, y = crossed.geometry.x.iloc[0], crossed.geometry.y.iloc[0]
    joined = place(busy.now, "flasher", (x + 9.0, y + 1.0), RULES)
    assert joined.index.tolist() == [crossed.index[0]]
    apart = place(busy.now, "crossing", (x + 25.0, y), RULES).iloc[0]
    assert apart["hazard_id"] is None


def test_a_new_crossing_keeps_its_distance_from_marked_ones(busy: Town) -> None:
    dx, dy = shift(busy)
    near = place(busy.now, "crossing", (620 + dx, 1 + dy), RULES).iloc[0]
    assert "siting.crossing_gap_m" in near["refused_by"].split()


def test_a_gate_device_stands_on_its_own_side_of_the_street(busy: Town) -> None:
    dx, dy = shift(busy)
    row = place(busy.now, "guard_rail", (441 + dx, 9 + dy), RULES).iloc[0]
    assert (row["school_id"], row["segment_id"], row["side"]) == ("s1", "r1", "right")
    assert 260 < row["approach_bearing_deg"] < 280


def test_a_bank_device_lies_on_the_outline(busy: Town) -> None:
    dx, dy = shift(busy)
    row = place(busy.now, "water_sign", (445 + dx, -15 + dy), RULES).iloc[0]
    assert row["segment_id"] == "w1"
    assert row.geometry.distance(shapely.Point(445 + dx, -18 + dy)) < 1e-6
    assert row["quantity"] >= 1


def test_turned_it_faces_the_other_traffic() -> None:
    rail = find_candidates(lane(), *RULES).query("treatment_id == 'guard_rail'")
    over = turned(rail).iloc[0]
    assert (over["side"], round(over["approach_bearing_deg"])) == ("right", 90)
    assert turned(turned(rail))["approach_bearing_deg"].tolist() == rail["approach_bearing_deg"].tolist()
    hump = turned(place(lane(), "hump", (450, 0), RULES)).iloc[0]
    assert (hump["side"], hump["approach_bearing_deg"]) == ("both", 270.0)


def test_on_a_one_way_street_it_changes_sides() -> None:
    now = lane(oneway="yes")
    roads = now.ground.tables["roads"]
    sign = place(now, "sign_children", (450, 0), RULES)
    over = turned(sign, roads)
    assert [(s, b) for s, b in zip(over["side"], over["approach_bearing_deg"], strict=True)] == [("left", 90.0)]
    assert turned(over, roads)["side"].tolist() == ["right"]


def test_what_has_no_bearing_stays() -> None:
    zone = find_candidates(lane(), *RULES).query("treatment_id == 'zone_30'")
    assert turned(zone)["side"].tolist() == ["both"]
    assert turned(zone)["approach_bearing_deg"].isna().all()


def plan(now: Situation, *devices: tuple[str, float]) -> gpd.GeoDataFrame:
    """Devices along the street y = 0, named d0, d1 … in their order."""
    rows = pd.concat([place(now, treatment, (x, 0.0), RULES) for treatment, x in devices])
    rows.index = pd.Index([f"d{k}" for k in range(len(devices))], name="device_id")
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=now.ground.tables["roads"].crs)


@pytest.mark.parametrize(("gap", "near"), [(19.99, True), (20.0, False), (20.01, False)])
def test_calming_keeps_its_spacing(gap: float, near: bool) -> None:  # noqa: FBT001 - a case of the table
    # chainages 530 and more lie on another stretch than 520: only the spacing is asked
    found = conflicts(plan(lane(), ("hump", 525.0), ("cushion", 525.0 + gap)), RULES)
    pairs = [("d0", "d1", "siting.calming_spacing_min_m")] if near else []
    assert [tuple(row) for row in found.to_numpy() if row[2] == "siting.calming_spacing_min_m"] == pairs


def test_spacing_equals_every_pair_looked_at(busy: Town) -> None:
    calming = busy.candidates[busy.candidates["treatment_id"].isin(["hump", "cushion"])].iloc[::3]
    found = conflicts(calming, RULES)
    spaced = found.loc[found["clause"] == "siting.calming_spacing_min_m", ["device_a", "device_b"]]
    wanted = {
        (a, b)
        for a, b in combinations(sorted(calming.index), 2)
        if calming.geometry[a].distance(calming.geometry[b]) < 20
    }
    assert set(map(tuple, spaced.to_numpy())) == wanted
    assert wanted


def test_one_of_a_kind_at_one_place_and_no_more_than_three() -> None:
    two = plan(lane(), ("hump", 485.0), ("rumble", 515.0))
    assert ("d0", "d1", "siting.one_of_a_group") in set(map(tuple, conflicts(two, RULES).to_numpy()))
    four = plan(lane(), ("hump", 490.0), ("street_lamp", 490.0), ("speed_camera", 490.0), ("sign_children", 490.0))
    assert conflicts(four, RULES).to_numpy().tolist() == [["d0", "d3", "siting.max_devices"]]


def test_new_crossings_keep_their_gap_and_marked_ones_are_not_new(busy: Town) -> None:
    dx, dy = shift(busy)
    places = [("crossing", 230.0), ("raised_crossing", 320.0), ("raised_crossing", 541.0), ("crossing", 600.0)]
    rows = pd.concat([place(busy.now, name, (x + dx, dy), RULES) for name, x in places])
    rows.index = pd.Index([f"d{k}" for k in range(len(places))])
    own = gpd.GeoDataFrame(rows, geometry="geometry", crs=busy.candidates.crs)
    gaps = {tuple(row[:2]) for row in conflicts(own, RULES, busy.now).to_numpy() if row[2] == "siting.crossing_gap_m"}
    assert own["hazard_id"]["d2"] is not None
    assert gaps == {("d0", "d1")}
    assert ("d2", "d3") in {tuple(row[:2]) for row in conflicts(own, RULES).to_numpy()}


def test_no_devices_no_conflicts(busy: Town) -> None:
    assert conflicts(busy.candidates.iloc[:0], RULES).empty
    assert series_gaps(busy.candidates.iloc[:0], RULES).empty


def test_a_series_says_where_it_leaves_a_gap() -> None:
    own = plan(lane(), ("hump", 420.0), ("cushion", 570.0), ("hump", 730.0), ("street_lamp", 900.0))
    assert series_gaps(own, RULES).to_numpy().tolist() == [["d1", "d2", 160.0, "siting.calming_spacing_max_m"]]
    assert series_gaps(own.iloc[:1], RULES).empty


def test_fire_gates_take_no_device() -> None:
    gates = [GATE | {"geometry": (500, 10)}, GATE | {"id": "g2", "role": "fire", "geometry": (560, 10)}]
    now = situation([road("residential", [(0, 0), (1000, 0)], id="r1", **FACTS)], gates=gates)
    assert round(place(now, "bollard", (560, 2), RULES)["chainage_m"].iloc[0], 6) == 500.0
