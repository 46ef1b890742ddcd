"""Where treatments may stand on drawn streets, and that the refusals name their clause."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from siting_worlds import GATE, ON, home, situation
from worlds import device, road

from gislib import rules
from gislib.siting.candidates import find_candidates, open_candidates
from gislib.siting.conflicts import conflicts
from gislib.siting.laid import extents
from gislib.siting.model import PlanOptions, build_model
from gislib.siting.optimise import optimise
from gislib.siting.placing import place
from gislib.siting.sites import Situation, site_terms

KNOWN = {"maxspeed_kmh": 30.0, "lanes": 2.0, "bridge": False, "tunnel": False, "bus_route": False, "lit": False,
         "sidewalk": "both"}  # fmt: skip
RS = rules.load()
SOUTH = [home(400, -14), home(600, -14)]
"""Homes across the street from the gate: pupils cross it."""


def street(road_class: str = "residential", **facts: object) -> dict[str, object]:
    return road(road_class, [(0, 0), (1000, 0)], id="r1", **(KNOWN | facts))


def found(now: Situation, treatment_id: str, slope: float | None = 0.0) -> gpd.GeoDataFrame:
    height = None if slope is None else lambda xy: xy[:, 0] * slope
    rows = find_candidates(now, RS, ON, height)
    return rows[rows["treatment_id"] == treatment_id]


def test_every_few_metres_in_the_zone() -> None:
    humps = found(situation([street()]), "hump")
    chain = np.sort(humps["chainage_m"].to_numpy(float))
    assert chain.min() < 420
    assert chain.max() > 580
    assert np.diff(chain).max() <= 11
    assert (humps["segment_id"] == "r1").all()


def test_an_open_place_has_nothing_to_refuse_and_nothing_to_verify_but_fire_gates() -> None:
    near = found(situation([street()]), "hump")
    assert set(near["refused_by"]) == {""}
    # nobody mapped a fire gate: that stays open
    assert set(near["verify_on_site"]) == {"siting.fire_gate_clear_m"}


@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        ({"road_class": "primary"}, "siting.calming_not_on_arterial"),
        ({"maxspeed_kmh": 50.0}, "siting.calming_speed_max_kmh"),
        ({"lanes": 4.0}, "siting.calming_lanes_max"),
        ({"bridge": True}, "siting.not_on_bridge_or_tunnel"),
        ({"bus_route": True}, "siting.no_hump_on_bus_route"),
    ],
)
def test_the_road_refuses_a_hump_with_its_clause(facts: dict[str, object], clause: str) -> None:
    humps = found(situation([street(**facts)]), "hump")
    assert len(humps)
    assert all(clause in refused.split() for refused in humps["refused_by"])
    assert set(humps["verify_on_site"]) == {""}


def test_a_bus_route_takes_a_cushion() -> None:
    assert set(found(situation([street(bus_route=True)]), "cushion")["refused_by"]) == {""}


@pytest.mark.parametrize(
    ("attribute", "clause"),
    [
        ("maxspeed_kmh", "siting.calming_speed_max_kmh"),
        ("lanes", "siting.calming_lanes_max"),
        ("bridge", "siting.not_on_bridge_or_tunnel"),
        ("bus_route", "siting.no_hump_on_bus_route"),
    ],
)
def test_what_is_unknown_is_verified_on_site(attribute: str, clause: str) -> None:
    humps = found(situation([street(**{attribute: None})]), "hump")
    assert set(humps["refused_by"]) == {""}
    assert all(clause in verify.split() for verify in humps["verify_on_site"])


@pytest.mark.parametrize(("slope", "refused"), [(0.079, False), (0.081, True), (-0.081, True)])
def test_slope_from_the_elevation(slope: float, refused: bool) -> None:  # noqa: FBT001 - a case of the table
    humps = found(situation([street()]), "hump", slope)
    assert {("siting.calming_slope_max" in r.split()) for r in humps["refused_by"]} == {refused}


def test_without_elevation_the_slope_is_verified() -> None:
    humps = found(situation([street()]), "hump", None)
    assert all("siting.calming_slope_max" in verify.split() for verify in humps["verify_on_site"])


def test_a_bend_refuses_by_its_radius() -> None:
    angle = np.linspace(0, np.pi / 2, 46)
    bend = [(440 - 60 * np.sin(a) - 0, 60 - 60 * np.cos(a)) for a in angle]
    line = [(1000, 0), (440, 0), *bend[1:], (380, 400)]
    now = situation([road("residential", line, id="r1", **KNOWN)])
    humps = found(now, "hump")
    in_bend = humps[(humps.geometry.x < 430) & (humps.geometry.y < 45)]
    straight = humps[humps.geometry.x > 460]
    assert len(in_bend)
    assert len(straight)
    assert all("siting.calming_radius_min_m" in r for r in in_bend["refused_by"])
    assert set(straight["refused_by"]) == {""}


def test_a_bend_where_two_ways_meet_is_seen() -> None:
    # a right angle in the vertex that both ways end in: 12 m before it the circle through the arms has 56 m
    east = road("residential", [(440, 0), (1000, 0)], id="r1", **KNOWN)
    north = road("residential", [(440, 400), (440, 0)], id="r2", **KNOWN)
    humps = found(situation([east, north], buildings=[home(450, 300), home(600, 12)]), "hump")
    for road_id, metres in (("r1", humps.geometry.x - 440), ("r2", humps.geometry.y)):
        own = (humps["segment_id"] == road_id).to_numpy()
        bent = humps["refused_by"].str.contains("siting.calming_radius_min_m").to_numpy()
        near, far = (metres <= 12).to_numpy(), (metres >= 15).to_numpy()
        assert bent[own & near].all(), road_id
        assert not bent[own & far].any(), road_id
        assert (own & near).any(), road_id


def test_not_inside_a_junction() -> None:
    side = road("residential", [(550, 0), (550, 300)], id="r2", **KNOWN)
    main = road("residential", [(0, 0), (550, 0), (1000, 0)], id="r1", **KNOWN)
    humps = found(situation([main, side]), "hump")
    gap = np.abs(humps["chainage_m"].to_numpy(float) - 550)
    own = (humps["segment_id"] == "r1").to_numpy()
    refused = humps["refused_by"].str.contains("junction").to_numpy()
    assert (refused[own] == (gap[own] < 10)).all()
    assert refused[own].any()


def test_what_stands_is_kept_and_not_proposed_again() -> None:
    now = situation([street()], devices=[device("hump", (450, 0))])
    humps = found(now, "hump")
    near = np.abs(humps["chainage_m"].to_numpy(float) - 450) <= 60
    assert near.any()
    assert not near.all()
    assert (humps["refused_by"].str.contains("siting.existing_kept").to_numpy() == near).all()


def test_an_unmapped_water_protection_is_verified_and_a_known_one_refuses() -> None:
    pond = {"id": "w1", "kind": "pond", "geometry": shapely.box(430, 8, 450, 30)}
    kits = {
        flag: found(situation([street()], water=[pond | {"kit": flag}]), "rescue_kit") for flag in (None, True, False)
    }
    assert kits[True]["refused_by"].tolist() == ["siting.already_guarded"]
    assert kits[None]["verify_on_site"].tolist() == ["siting.already_guarded"]
    assert kits[False][["refused_by", "verify_on_site"]].to_numpy().tolist() == [["", ""]]


def test_bollards_leave_the_fire_gate_free() -> None:
    gates = [GATE | {"geometry": (500, 10)}, GATE | {"id": "g2", "role": "fire", "geometry": (505, 8)}]
    now = situation([street()], gates=gates)
    assert found(now, "bollard")["refused_by"].tolist() == ["siting.fire_gate_clear_m"]
    assert found(now, "lift_bollard")["refused_by"].tolist() == [""]


def test_a_gate_device_stands_on_the_side_of_its_gate() -> None:
    rail = found(situation([street()]), "guard_rail").iloc[0]
    # the gate lies north of an eastward line: traffic that has it on the right drives west
    assert (rail["side"], round(rail["approach_bearing_deg"])) == ("right", 270)
    assert (rail["quantity"], rail["unit"], rail["cost_yuan"]) == (60.0, "m", 18000.0)
    single = found(situation([street(oneway="yes")]), "guard_rail").iloc[0]
    assert (single["side"], round(single["approach_bearing_deg"])) == ("left", 90)


def test_a_zone_that_is_limited_already_is_refused() -> None:
    assert found(situation([street()]), "zone_30")["refused_by"].tolist() == ["siting.already_limited"]
    assert found(situation([street(maxspeed_kmh=40.0)]), "zone_30")["refused_by"].tolist() == [""]
    unknown = found(situation([street(maxspeed_kmh=None)]), "zone_30")
    assert unknown["verify_on_site"].tolist() == ["siting.already_limited"]


def test_a_zone_has_an_entry_at_each_end_of_the_street() -> None:
    now = situation([street(maxspeed_kmh=40.0)], buildings=[home(200, 12), home(800, 12)])
    assert found(now, "zone_30")["quantity"].tolist() == [2.0]


def test_terms_add_up_to_the_load_and_belong_to_one_site() -> None:
    now = situation([street()])
    table = site_terms(now, RS, ON)
    assert table["load"].sum() == pytest.approx(now.school_risk["load"].sum(), abs=1e-6)
    assert table["site_id"].notna().all()


def test_ids_are_stable_and_unique() -> None:
    first, second = (find_candidates(situation([street()]), RS, ON) for _ in range(2))
    assert first.index.is_unique
    assert first.index.tolist() == second.index.tolist()
    assert len(open_candidates(first)) < len(first)


def test_a_rail_is_cut_at_a_junction_and_at_a_marked_crossing() -> None:
    # the gate's foot is at 500: 30 m to each side, less 10 m around the junction at 520 and 5 m around the crossing
    side = road("residential", [(520, 0), (520, -300)], id="r2", **KNOWN)
    main = road("residential", [(0, 0), (520, 0), (1000, 0)], id="r1", **KNOWN)
    now = situation([main, side], devices=[device("crossing", (482, 0), marked=True)])
    rail = found(now, "guard_rail")
    assert rail["quantity"].tolist() == [pytest.approx(7 + 23, abs=0.1)]
    assert rail["refused_by"].tolist() == [""]
    parts = extents(rail, now, (RS, ON))
    assert [tuple(round(x) for x in (p.bounds[0], p.bounds[2])) for p in parts.geometry] == [(470, 477), (487, 510)]
    assert parts.index.tolist() == [f"{rail.index[0]}/1", f"{rail.index[0]}/2"]


def test_where_no_piece_of_a_rail_fits_there_is_none() -> None:
    crossings = [device("crossing", (x, 0), marked=True) for x in range(470, 531, 10)]
    rail = found(situation([street()], devices=crossings), "guard_rail")
    assert rail["refused_by"].tolist() == ["siting.rail_piece_min_m"]


def test_a_rail_leaves_the_way_of_vehicles_free() -> None:
    gates = [GATE | {"geometry": (500, 10)}, GATE | {"id": "g2", "role": "vehicle", "geometry": (515, 12)}]
    rail = found(situation([street()], gates=gates), "guard_rail")
    first = rail[rail["chainage_m"].round() == 500]
    assert first["quantity"].tolist() == [pytest.approx(60 - 12, abs=0.1)]


def test_a_signal_stands_where_a_crossing_is_marked_or_comes_with_it() -> None:
    now = situation([street("tertiary")], buildings=SOUTH)
    candidates = find_candidates(now, RS, ON)
    model = build_model(now, candidates, (RS, ON), PlanOptions())
    chosen = candidates.loc[model.chosen_ids(optimise(model.menu, 1e9))]
    signals = chosen[chosen["treatment_id"] == "signal"]
    marking = chosen[chosen["treatment_id"].isin(["crossing", "raised_crossing"])]
    assert set(signals["hazard_id"]) <= set(marking["hazard_id"])
    assert conflicts(chosen, (RS, ON), now).empty
    alone = candidates[(candidates["treatment_id"] == "signal") & (candidates["refused_by"] == "")].iloc[[0]]
    told = conflicts(alone, (RS, ON), now)
    assert told.to_numpy().tolist() == [[alone.index[0], alone.index[0], "siting.needs_marked_crossing"]]


@pytest.mark.parametrize(("x", "refused"), [(500, True), (445, False), (560, False)])
def test_no_signal_where_no_crossing_may_be_marked(x: float, refused: bool) -> None:  # noqa: FBT001 - a case of the table
    # a crossing marked at 440 forbids a new one within 100 m; a signal may stand at the crossing itself
    now = situation([street("tertiary")], buildings=SOUTH, devices=[device("crossing", (440, 0), marked=True)])
    signal = place(now, "signal", (x, 0), (RS, ON)).iloc[0]
    assert ("siting.needs_marked_crossing" in signal["refused_by"].split()) is refused


def test_new_devices_of_one_treatment_keep_the_distance_within_which_one_does_the_job() -> None:
    now = situation([street()], buildings=[home(200, 12), home(800, 12)])
    candidates = find_candidates(now, RS, ON)
    model = build_model(now, candidates, (RS, ON), PlanOptions())
    chosen = candidates.loc[model.chosen_ids(optimise(model.menu, 1e9))]
    for name, metres in (("sign_children", 100), ("rumble", 60), ("speed_camera", 500), ("street_lamp", 40)):
        chain = np.sort(chosen.loc[chosen["treatment_id"] == name, "chainage_m"].to_numpy(float))
        assert (np.diff(chain) >= metres).all(), name
    signs = candidates[(candidates["treatment_id"] == "sign_children") & (candidates["refused_by"] == "")]
    told = conflicts(signs.sort_values("chainage_m").iloc[:2], (RS, ON), now)
    assert told["clause"].tolist() == ["siting.alike_spacing"]
