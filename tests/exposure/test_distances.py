"""Methods A to E on a drawn campus, every metre by hand, and their order as a property."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import PARAMETERS, device, road, table

from gislib.exposure.distances import MeasureOptions, campus_starts, measure, venue_ends
from gislib.exposure.ground import Ground
from gislib.exposure.inferred_gates import with_inferred_gates
from gislib.exposure.methods import METHODS
from gislib.network.graph import build_walk_graph
from gislib.network.snap import build_obstacles, snap

OPTIONS = MeasureOptions(reach_m=500.0, search_m=1000.0, tolerance_k=2.0, path_per_m=0.0, limits_m=(200.0,))
CODES = [method.code for method in METHODS]

#   campus 100..200 x 20..80, gates G1 (150, 20) student, G2 (200, 60) vehicle (does not count)
#   arterial y = 0 (kerbs +-7), x 0..600, marked crossing at x = 300
CAMPUS = {"id": "s1", "name": "甲小学", "kind": "primary", "geometry": shapely.box(100, 20, 200, 80)}
G1 = {
    "id": "g1",
    "school_id": "s1",
    "role": "student",
    "counts_for_measuring": True,
    "inferred": False,
    "geometry": (150, 20),
}
G2 = {
    "id": "g2",
    "school_id": "s1",
    "role": "vehicle",
    "counts_for_measuring": False,
    "inferred": False,
    "geometry": (200, 60),
}
ARTERIAL = road("secondary", [(0, 0), (600, 0)])
CROSSING = device("crossing", (300, 0))


def ground(
    campuses: list[dict[str, object]], gates: list[dict[str, object]], venues: list[dict[str, object]],
    roads: list[dict[str, object]], devices: list[dict[str, object]] = (),
) -> Ground:  # fmt: skip
    tables = {
        name: table(name, rows)
        for name, rows in {
            "schools": campuses, "gates": gates, "venues": venues, "roads": roads, "devices": devices, "water": [],
            "buildings": [], "rentals": [], "population": [],
        }.items()
    }  # fmt: skip
    graph = build_walk_graph(tables["roads"], tables["devices"], PARAMETERS)
    obstacles = build_obstacles(graph, tables["devices"], tables["water"], tables["buildings"])
    tables["gates"] = with_inferred_gates(tables["schools"], tables["gates"], tables["roads"], graph, 20.0)
    xy = shapely.get_coordinates(tables["gates"].geometry.to_numpy())
    return Ground(tables, graph, obstacles, PARAMETERS, snap(graph, obstacles, xy, PARAMETERS.snap_limit_m))


def measured(place: Ground) -> pd.DataFrame:
    found = measure(place, place.tables["venues"], OPTIONS)
    return found.set_index(["school_id", "venue_id", "method"])


def venue(x: float, y: float, **facts: object) -> dict[str, object]:
    return {"id": "v1", "kind": "net_bar", "geometry": (x, y), **facts}


def test_five_methods_by_hand() -> None:
    rows = measured(ground([CAMPUS], [G1, G2], [venue(260, -12)], [ARTERIAL], [CROSSING]))["distance_m"].xs(
        ("s1", "v1")
    )
    assert rows["boundary_straight"] == pytest.approx(np.hypot(60, 32))
    assert rows["gate_straight"] == pytest.approx(np.hypot(110, 32))
    assert rows["gate_circle"] == pytest.approx(np.hypot(110, 32))
    # passable: 13 to the kerb, across 14, 110 along, 5 to the door
    assert rows["door_walk"] == pytest.approx(13 + 14 + 110 + 5)
    # legal: the duty (100 m) begins at x = 200, the gate at x = 150 is outside it: cross there, the same
    assert rows["gate_walk_legal"] == pytest.approx(13 + 14 + 110 + 5)


def test_a_rail_separates_the_two_walking_methods_from_the_straight_ones() -> None:
    rail = device("rail", [(0, 0), (600, 0)])
    rows = measured(ground([CAMPUS], [G1], [venue(160, -12)], [ARTERIAL], [CROSSING, rail]))["distance_m"].xs(
        ("s1", "v1")
    )
    assert rows["boundary_straight"] == pytest.approx(32)
    assert rows["door_walk"] == rows["gate_walk_legal"] == pytest.approx(13 + 150 + 14 + 140 + 5)


def test_the_nearest_door_counts_and_outlines_serve_without_doors() -> None:
    doors = shapely.MultiPoint([(260, -12), (300, 40)])
    with_doors = measured(ground([CAMPUS], [G1], [venue(290, -12, doors=doors)], [ARTERIAL], [CROSSING]))
    assert with_doors["distance_m"]["s1", "v1", "boundary_straight"] == pytest.approx(np.hypot(60, 32))
    outline = venue(0, 0) | {"geometry": shapely.box(230, 30, 250, 50)}
    assert (
        measured(ground([CAMPUS], [G1], [outline], [ARTERIAL]))["distance_m"]["s1", "v1", "boundary_straight"] == 30.0
    )


def test_a_point_campus_has_no_boundary_distance() -> None:
    point = CAMPUS | {"geometry": (150, 20)}
    rows = measured(ground([point], [], [venue(260, -12)], [ARTERIAL], [CROSSING]))
    assert rows["reason"]["s1", "v1", "boundary_straight"] == "no_boundary"
    assert np.isnan(rows["distance_m"]["s1", "v1", "boundary_straight"])
    assert rows["distance_m"]["s1", "v1", "gate_straight"] == pytest.approx(np.hypot(110, 32))
    assert rows["start_inferred"]["s1", "v1", "gate_straight"]


def test_reasons_where_nothing_can_be_measured() -> None:
    far_gate = {**G1, "geometry": (150, 80)}
    rows = measured(ground([CAMPUS], [far_gate], [venue(260, -12)], [ARTERIAL]))
    assert rows["reason"]["s1", "v1", "door_walk"] == "gate_unsnapped"
    rows = measured(ground([CAMPUS], [G1], [venue(260, 150)], [ARTERIAL]))
    assert rows["reason"]["s1", "v1", "door_walk"] == "door_unsnapped"
    island = road("residential", [(250, 150), (280, 150)])
    rows = measured(ground([CAMPUS], [G1], [venue(260, 150)], [ARTERIAL, island]))
    assert rows["reason"]["s1", "v1", "door_walk"] == "other_component"
    rows = measured(ground([CAMPUS], [G2], [venue(260, -12)], [ARTERIAL]))
    assert set(rows["reason"].dropna()) == {"no_counting_gate", "no_student_gate"}


def test_a_walk_beyond_the_search_is_known_to_be_longer() -> None:
    loop = road(
        "residential", [(0, 0), (0, -3000), (3000, -3000), (3000, 3000), (-3000, 3000), (-3000, 0), (-3000, -3000)]
    )
    divided = ARTERIAL | {"median": True}
    rows = measured(ground([CAMPUS], [G1], [venue(580, -12)], [divided, loop], [device("crossing", (2, 0))]))
    # 430 east straight, but the only crossing lies at the west end: 13 + 148 + 14 + 578 + 5 = 758 < 1000: still found
    assert rows["distance_m"]["s1", "v1", "door_walk"] == pytest.approx(13 + 148 + 14 + 578 + 5)
    short = MeasureOptions(500.0, 700.0, 2.0, 0.0, ())
    place = ground([CAMPUS], [G1], [venue(580, -12)], [divided, loop], [device("crossing", (2, 0))])
    found = measure(place, place.tables["venues"], short).set_index("method")
    assert found["distance_at_least_m"]["door_walk"] == 700.0
    assert np.isnan(found["distance_m"]["door_walk"])


def test_tolerance_is_the_root_of_squares() -> None:
    found = measured(
        ground(
            [CAMPUS | {"located_to_m": 3.0}],
            [{**G1, "located_to_m": 1.0}],
            [venue(260, -12, located_to_m=4.0)],
            [ARTERIAL],
        )
    )
    assert found["uncertainty_m"]["s1", "v1", "boundary_straight"] == pytest.approx(2 * 5.0)
    assert found["uncertainty_m"]["s1", "v1", "gate_straight"] == pytest.approx(2 * np.hypot(1, 4))


def test_near_a_limit_the_geodesic_is_given() -> None:
    limits = MeasureOptions(500.0, 1000.0, 2.0, 0.0, (60.0,))
    place = ground([CAMPUS], [G1], [venue(260.4, 50)], [ARTERIAL])
    found = measure(place, place.tables["venues"], limits).set_index("method")["geodesic_m"]
    assert found["boundary_straight"] == pytest.approx(60.4, abs=0.005)
    assert np.isnan(found["gate_straight"])


@settings(max_examples=50, deadline=None)
@given(
    spot=st.tuples(st.floats(0, 600), st.floats(-60, 60)),
    gates=st.lists(st.tuples(st.floats(100, 200), st.sampled_from([20.0, 80.0])), min_size=1, max_size=3),
    railed=st.booleans(),
)
def test_order_of_the_methods(spot: tuple[float, float], gates: list[tuple[float, float]], *, railed: bool) -> None:
    rows = [{**G1, "id": f"g{k}", "geometry": g} for k, g in enumerate(gates)]
    devices = [CROSSING, device("rail", [(100, 0), (500, 0)])] if railed else [CROSSING]
    back = road("residential", [(0, 0), (0, 95), (600, 95), (600, 0)])
    found = measured(ground([CAMPUS], rows, [venue(*spot)], [ARTERIAL, back], devices))["distance_m"]
    if found.empty:
        return
    a, b, c, d, e = (found["s1", "v1", code] for code in CODES)
    assert b >= a - 1e-9
    assert c >= b - 1e-9
    assert not d < e - 1e-9
    assert not e < b - 1e-9
    more = measured(
        ground([CAMPUS], [*rows, {**G1, "id": "g9", "geometry": (200, 40)}], [venue(*spot)], [ARTERIAL, back], devices)
    )["distance_m"]
    for code in CODES[1:]:
        assert not more["s1", "v1", code] > found["s1", "v1", code] + 1e-9


@settings(max_examples=15, deadline=None)
@given(turn=st.floats(0, 6.28), east=st.floats(-5e4, 5e4))
def test_a_rigid_motion_changes_nothing(turn: float, east: float) -> None:
    def moved(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        cos, sin = np.cos(turn), np.sin(turn)
        out = []
        for row in rows:
            shape = row["geometry"]
            if not isinstance(shape, shapely.Geometry):
                coords = np.asarray(shape, float)
                shape = shapely.Point(coords) if coords.ndim == 1 else shapely.LineString(coords)
            xy = lambda p: np.column_stack([p[:, 0] * cos - p[:, 1] * sin + east, p[:, 0] * sin + p[:, 1] * cos])  # noqa: E731
            out.append({**row, "geometry": shapely.transform(shape, xy)})
        return out

    parts = (
        [CAMPUS],
        [G1],
        [venue(260, -12)],
        [ARTERIAL, road("residential", [(0, 0), (0, 200), (300, 260)])],
        [CROSSING],
    )
    here = measured(ground(*parts))["distance_m"]
    there = measured(ground(*(moved(p) for p in parts)))["distance_m"]
    np.testing.assert_allclose(there, here, atol=1e-6)


def test_every_pair_in_reach_has_every_method_once() -> None:
    venues = [venue(260 + 10 * k, -12) | {"id": f"v{k}"} for k in range(5)] + [venue(900, 0) | {"id": "far"}]
    found = measure(ground([CAMPUS], [G1], venues, [ARTERIAL]), table("venues", venues), OPTIONS)
    assert len(found) == 25
    assert "far" not in set(found["venue_id"])
    assert list(found["method"][:5]) == CODES


def test_no_venue_gives_an_empty_table_with_all_columns() -> None:
    place = ground([CAMPUS], [G1], [], [ARTERIAL])
    found = measure(place, place.tables["venues"], OPTIONS)
    assert found.empty
    assert {"school_id", "method", "distance_m", "reason"} <= set(found.columns)
    assert len(venue_ends(place, place.tables["venues"]).points) == 0
    assert campus_starts(place).shape["boundary"][0] is not None


def test_slope_excess_is_gathered_on_the_way_and_widens_the_tolerance() -> None:
    place = ground([CAMPUS], [G1], [venue(260, -12)], [ARTERIAL], [CROSSING])
    rate = 0.02
    hilly = replace(place, edge_slope_excess_m=place.graph.length * rate)
    flat, steep = measured(place), measured(hilly)
    # 110 m along the kerbs and nothing on the legs; crossing at the gate's own chainage is no edge
    assert steep["slope_excess_m"]["s1", "v1", "door_walk"] == pytest.approx(110 * rate)
    assert np.isnan(flat["slope_excess_m"]["s1", "v1", "door_walk"])
    assert np.isnan(steep["slope_excess_m"]["s1", "v1", "gate_straight"])
    assert steep["distance_m"]["s1", "v1", "door_walk"] == flat["distance_m"]["s1", "v1", "door_walk"]
    before, after = (t["uncertainty_m"]["s1", "v1", "door_walk"] for t in (flat, steep))
    assert after == pytest.approx(2 * np.hypot(before / 2, 110 * rate))
