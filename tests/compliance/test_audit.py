"""A drawn campus: one street, one gate, and what the audit must say about it."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from gislib import rules
from gislib.compliance.audit import AUDIT_COLUMNS, Campuses, audit
from gislib.compliance.streets import junctions
from gislib.domain.errors import CrsError
from gislib.domain.tables import conform, empty_table
from gislib.geo.crs import lonlat, metric_crs

CRS = metric_crs(105.0)
DAY = date(2026, 9, 1)
X0, Y0 = 500_000.0, 2_770_000.0


def at(x, y):
    return (X0 + x, Y0 + y)


def table(layer, rows):
    """Table of the domain from dicts with ``id`` and ``geometry``."""
    if not rows:
        return empty_table(layer, CRS)
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS).set_index("id")
    return conform(layer, frame.assign(source_id="test"))


def street(road_id, points, **values):
    return {"id": road_id, "road_class": "residential", "geometry": LineString([at(*p) for p in points])} | values


def device(device_id, kind, x, y, **values):
    return {"id": device_id, "kind": kind, "located_to_m": 1.0, "geometry": Point(at(x, y))} | values


def gate(gate_id="g1", school_id="s1", **values):
    common = {"role": "student", "counts_for_measuring": True, "inferred": False, "located_to_m": 0.5}
    return {"id": gate_id, "school_id": school_id, "geometry": Point(at(0, 20))} | common | values


def school(school_id="s1", **values):
    return {
        "id": school_id,
        "kind": "primary",
        "located_to_m": 0.5,
        "geometry": box(*at(-50, 20), *at(50, 90)),
    } | values


# A street along y = 0 with a junction 150 m east of the gate, which stands 20 m behind the axis.
ROADS = (street("r1", [(-300, 0), (150, 0), (300, 0)]), street("r2", [(150, 0), (150, 200)]))


SCHOOL, GATE = school(), gate()


def ask(*, schools=(SCHOOL,), gates=(GATE,), roads=ROADS, devices=(), sparse=()):
    campuses = Campuses(table("schools", list(schools)), table("gates", list(gates)))
    layers = table("roads", list(roads)), table("devices", list(devices))
    return audit(campuses, *layers, rules.load(), DAY, sparse_kinds=frozenset(sparse))


def status(found, check):
    [row] = found[found["check"] == f"audit.{check}"].to_dict("records")
    return row["status"], row["distance_m"], None if pd.isna(row["reason"]) else row["reason"]


def test_unknown_is_not_missing():
    nothing = ask()
    assert status(nothing, "crossing_near_gate")[::2] == ("unknown", "kind_not_mapped_in_area")
    far = ask(devices=[device("d1", "crossing", 40, 0, marked=True), device("d2", "bollard", 500, 0)])
    assert status(far, "anti_ram") == ("missing", pytest.approx(500.4), None)
    assert far[far["check"] == "audit.anti_ram"]["mapped_in_area"].tolist() == [1]
    assert status(far, "grid_marking")[::2] == ("unknown", "kind_not_mapped_in_area")


@pytest.mark.parametrize(
    ("x", "marked", "expected"),
    [
        (45.82, True, ("present", 50.0, None)),  # 45.82² + 20² = 49.99²
        (45.84, True, ("missing", 50.0, None)),
        (10.0, False, ("missing", None, None)),
        (10.0, None, ("unknown", 22.4, "crossing_marking_unknown")),
    ],
)
def test_a_crossing_counts_within_fifty_metres_and_if_it_is_marked(x, marked, expected):
    found = status(ask(devices=[device("d1", "crossing", x, 0, marked=marked)]), "crossing_near_gate")
    assert found[::2] == expected[::2]
    if expected[1] is None:
        assert pd.isna(found[1])
    else:
        assert found[1] == expected[1]


def test_where_crossings_are_mapped_too_sparsely_none_is_missing():
    far, near = (device("d1", "crossing", x, 0, marked=True) for x in (500, 0))
    found = status(ask(devices=[far], sparse=["crossing"]), "crossing_near_gate")
    assert found[::2] == ("unknown", "kind_mapped_too_sparsely")
    assert status(ask(devices=[near], sparse=["crossing"]), "crossing_near_gate")[0] == "present"


def test_a_footbridge_is_a_crossing_without_marking():
    assert status(ask(devices=[device("d1", "footbridge", 0, 0)]), "crossing_near_gate")[0] == "present"


def test_the_record_of_the_campus_answers_before_the_map():
    flags = ask(schools=[school(anti_ram=True, cameras=False, wall=True)])
    assert [status(flags, check)[0] for check in ("anti_ram", "camera", "wall", "guard_post")] == [
        "present",
        "missing",
        "present",
        "unknown",
    ]
    seen = ask(schools=[school(cameras=False)], devices=[device("c1", "camera", 0, 30)])
    assert status(seen, "camera")[0] == "present"


def test_the_height_of_a_mapped_wall_stays_open():
    line = {"id": "w1", "kind": "wall", "located_to_m": 1.0, "geometry": LineString([at(-50, 20), at(50, 20)])}
    found = ask(devices=[line])
    assert status(found, "wall") == ("unknown", 0.0, "attribute_not_recorded")


def test_junction_and_setback_with_their_tolerance():
    found = ask()
    assert status(found, "gate_junction") == ("present", pytest.approx(151.3), None)  # √(150² + 20²)
    assert status(found, "gate_setback") == ("present", 16.5, None)  # 20 m less half of 7 m
    close = ask(gates=[gate(geometry=Point(at(60, 14)))])
    assert status(close, "gate_junction") == ("missing", pytest.approx(91.1), None)
    assert status(close, "gate_setback") == ("missing", 10.5, None)
    vague = ask(gates=[gate(geometry=Point(at(60, 14)), located_to_m=5.0)])  # t = 2 · 5 m
    assert status(vague, "gate_junction")[::2] == ("unknown", "within_position_tolerance")
    assert status(ask(roads=[]), "gate_junction")[::2] == ("unknown", "no_roads_loaded")


@pytest.mark.parametrize(
    ("speeds", "signs", "expected"),
    [
        ((30.0, 30.0), [], "present"),
        ((30.0, 40.0), [(0, 0)], "missing"),
        ((30.0, None), [], "unknown"),
        ((30.0, None), [(0, 0)], "present"),
        ((30.0, None), [(900, 0)], "unknown"),
    ],
)
def test_the_speed_limit_of_the_zone(speeds, signs, expected):
    west = street("r1", [(-300, 0), (0, 0)], maxspeed_kmh=speeds[0])
    east = street("r2", [(0, 0), (300, 0)], maxspeed_kmh=speeds[1])
    devices = [device(f"d{i}", "sign_speed_limit", *place) for i, place in enumerate(signs)]
    assert status(ask(roads=[west, east], devices=devices), "speed_limit")[0] == expected


@pytest.mark.parametrize(("length", "expected"), [(30.0, "present"), (29.0, "missing"), (None, "unknown")])
def test_the_guard_rail_is_measured(length, expected):
    shape = Point(at(0, 5)) if length is None else LineString([at(0, 5), at(length, 5)])
    rail = {"id": "d1", "kind": "rail", "located_to_m": 1.0, "geometry": shape}
    assert status(ask(devices=[rail]), "guard_rail")[0] == expected


@pytest.mark.parametrize(
    ("lanes", "oneway", "expected"),
    [(4.0, None, "missing"), (2.0, None, "unknown"), (2.0, "yes", "missing"), (None, None, "unknown")],
)
def test_a_signal_is_missing_only_at_a_wide_street(lanes, oneway, expected):
    roads = [street("r1", [(-300, 0), (300, 0)], lanes=lanes, oneway=oneway)]
    assert status(ask(roads=roads, devices=[device("d1", "signal", 900, 0)]), "signal")[0] == expected


def test_at_an_inferred_gate_nothing_is_missing_for_its_position():
    devices = [device("d1", "crossing", 900, 0, marked=True)]
    found = ask(gates=[gate(inferred=True)], devices=devices, schools=[school(anti_ram=False)])
    assert status(found, "crossing_near_gate")[::2] == ("unknown", "gate_position_inferred")
    assert status(found, "anti_ram")[0] == "missing"
    assert found["gate_inferred"].sum() == (found["scope"] != "campus").sum()


def test_a_campus_without_gate_is_asked_and_unknown_and_others_are_not_asked():
    schools = [school("s1"), school("s2"), school("s3", kind="not_a_school")]
    found = ask(schools=schools, gates=[gate(), gate("g2", "s1", role="fire"), gate("g3", "s3")])
    assert set(found["school_id"]) == {"s1", "s2"}
    assert set(found["gate_id"]) == {"g1", ""}
    near = found[(found["school_id"] == "s2") & (found["check"] == "audit.crossing_near_gate")]
    assert near[["status", "reason"]].to_numpy().tolist() == [["unknown", "no_gate_known"]]
    assert near.index.tolist() == ["s2/audit.crossing_near_gate"]


def test_rows_are_complete_cited_and_placed():
    found = ask()
    entries = rules.load().rules("audit.", DAY)
    assert sorted(found["check"]) == sorted(rule.id for rule in entries)
    assert tuple(found.columns) == AUDIT_COLUMNS
    assert found["clause"].str.len().gt(0).all()
    assert found["lead_department"].str.len().gt(0).all()
    assert set(found["reliability"]) <= {"primary", "mirror", "press", "unverified"}
    lon, lat = lonlat(CRS, *(pd.Series([v]).to_numpy() for v in at(0, 20)))
    row = found.loc["g1/audit.signal"]
    assert (row["lon"], row["lat"]) == (round(lon[0], 7), round(lat[0], 7))
    assert found.index.is_unique


def test_row_order_of_the_input_never_matters():
    schools, gates = [school("s1"), school("s2")], [gate(), gate("g2", "s2", geometry=Point(at(9, 20)))]
    devices = [device("d1", "crossing", 30, 0, marked=True), device("d2", "crossing", -30, 0, marked=True)]
    first = ask(schools=schools, gates=gates, devices=devices)
    second = ask(schools=schools[::-1], gates=gates[::-1], roads=ROADS[::-1], devices=devices[::-1])
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))


def test_a_bridge_makes_no_junction_and_a_bend_neither():
    cross = [street("a", [(-10, 0), (10, 0)]), street("b", [(0, -10), (0, 10)])]
    assert junctions(table("roads", cross)).empty
    bend = [street("a", [(-10, 0), (0, 0)]), street("b", [(0, 0), (0, 10)])]
    assert junctions(table("roads", bend)).empty
    tee = [street("a", [(-10, 0), (0, 0), (10, 0)]), street("b", [(0, 0), (0, 10)])]
    assert [(p.x - X0, p.y - Y0) for p in junctions(table("roads", tee))] == [(0, 0)]


def test_degrees_are_refused():
    campuses = Campuses(table("schools", [school()]).to_crs(4326), table("gates", [gate()]).to_crs(4326))
    with pytest.raises(CrsError):
        audit(campuses, empty_table("roads"), empty_table("devices"), rules.load(), DAY)
