"""Pupil flows and bank accesses on drawn streets, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from worlds import PARAMETERS, device, road, table

from gislib.exposure.flows import FlowOptions, known_origins, origin_points, school_reach, street_origins, zone_flows
from gislib.exposure.ground import Ground
from gislib.exposure.water import bank_accesses, water_walks
from gislib.network.graph import build_walk_graph
from gislib.network.snap import build_obstacles, snap
from gislib.network.walks import reach

ZONE = FlowOptions(origin_reach_m=1500.0, zone_m=150.0)
GATE = {"id": "g1", "school_id": "s1", "role": "student", "counts_for_measuring": True, "inferred": False}
SCHOOL = {"id": "s1", "name": "甲小学", "kind": "primary", "geometry": shapely.box(480, 10, 520, 50)}


def home(x: float, y: float, side_m: float = 10.0) -> dict[str, object]:
    return {
        "kind": "residential",
        "geometry": shapely.box(x - side_m / 2, y - side_m / 2, x + side_m / 2, y + side_m / 2),
    }


def ground(gate: tuple[float, float], **layers: list[dict[str, object]]) -> Ground:
    names = ("roads", "devices", "water", "buildings", "rentals", "population", "venues")
    tables = {name: table(name, layers.get(name, [])) for name in names}
    tables |= {"schools": table("schools", [SCHOOL]), "gates": table("gates", [GATE | {"geometry": gate}])}
    graph = build_walk_graph(tables["roads"], tables["devices"], PARAMETERS)
    obstacles = build_obstacles(graph, tables["devices"], tables["water"], tables["buildings"])
    spots = shapely.get_coordinates(tables["gates"].geometry.to_numpy())
    return Ground(tables, graph, obstacles, PARAMETERS, snap(graph, obstacles, spots, PARAMETERS.snap_limit_m))


def flows(place: Ground, *, known: bool = True) -> pd.DataFrame:
    origins = known_origins(place, 40.0) if known else street_origins(place)
    reached = school_reach(place, place.gate_snaps, [np.array([0])], ZONE.origin_reach_m)
    return zone_flows(place, origins, reached, 0, ZONE)


def pupil_metres(table_: pd.DataFrame) -> float:
    own = table_[table_["part"] == "segment"]
    return float((own["share"] * (own["to_m"] - own["from_m"])).sum())


def test_each_home_walks_straight_to_the_gate() -> None:
    lane = road("residential", [(0, 0), (1000, 0)])
    place = ground((500, 10), roads=[lane], buildings=[home(400, 10), home(600, 10)])
    found = flows(place)
    # half the pupils walk 100 m from the west, half 100 m from the east
    assert pupil_metres(found) == pytest.approx(0.5 * 100 + 0.5 * 100)
    assert found["share"].max() == pytest.approx(0.5)
    # road distance from the gate: 10 m leg + half a piece at the nearest
    assert found["distance_m"].min() == pytest.approx(10 + 12.5)


def test_weights_follow_floor_area() -> None:
    lane = road("residential", [(0, 0), (1000, 0)])
    place = ground((500, 10), roads=[lane], buildings=[home(420, 10), home(580, 10, 20.0)])
    found = flows(place)
    assert found["share"].max() == pytest.approx(0.8)
    assert pupil_metres(found) == pytest.approx(0.2 * 80 + 0.8 * 80)


def test_flows_join_at_a_junction_and_stop_at_the_zone() -> None:
    #  homes at the far ends of two lanes that meet at x = 300; gate 100 m farther on
    lanes = [road("residential", [(300, 0), (300, 300)]), road("residential", [(300, 0), (300, -300)]),
             road("residential", [(300, 0), (600, 0)])]  # fmt: skip
    place = ground((400, 5), roads=lanes, buildings=[home(312, 250), home(312, -250)])
    found = flows(place)
    on_main = found[found["place"] == found.loc[found["share"].idxmax(), "place"]]
    assert on_main["share"].max() == pytest.approx(1.0)
    # 100 m of main street carry all; 150 - 5 - 100 = 45 m of each lane carry half, in whole pieces by their middle
    assert pupil_metres(found) == pytest.approx(100 + 2 * 0.5 * 50)
    assert found["distance_m"].max() <= 150


def test_pupils_from_across_the_arterial_cross_at_the_marked_crossing() -> None:
    arterial = road("secondary", [(0, 0), (400, 0), (1000, 0)])
    place = ground((450, 10), roads=[arterial], devices=[device("crossing", (500, 0))], buildings=[home(450, -15)])
    found = flows(place).set_index("part")
    assert found.loc["crossing", "share"] == pytest.approx(1.0)
    # 3 m leg, 50 m kerb to the crossing
    assert found.loc["crossing", "distance_m"] == pytest.approx(53)


def test_far_from_a_crossing_they_cross_at_the_gate_or_at_home() -> None:
    arterial = road("secondary", [(0, 0), (1000, 0)])
    place = ground((450, 10), roads=[arterial], devices=[device("crossing", (900, 0))], buildings=[home(350, -15)])
    parts = flows(place).groupby("part")["share"].sum()
    assert parts.get("gate", 0.0) + parts.get("home", 0.0) == pytest.approx(1.0)


def test_streets_are_the_origin_where_no_home_is_known() -> None:
    lane = road("residential", [(0, 0), (500, 0), (1000, 0)])
    branch = road("residential", [(500, 0), (500, -400)])
    place = ground((510, 10), roads=[lane, branch])
    assert flows(place).empty
    found = flows(place, known=False)
    assert found["share"].sum() > 0
    assert found["share"].max() <= 1.0 + 1e-9


def test_population_cells_replace_homes() -> None:
    lane = road("residential", [(0, 0), (1000, 0)])
    cells = [{"persons": 30.0, "geometry": (400, 5)}, {"persons": 10.0, "geometry": (600, 5)}]
    place = ground((500, 10), roads=[lane], buildings=[home(100, 12)], population=cells)
    found = flows(place)
    assert found["share"].max() == pytest.approx(0.75)
    assert pupil_metres(found) == pytest.approx(100)


def test_beyond_the_population_grid_homes_count() -> None:
    """Grid of one cell at x = 950, reaching 500 m: the home at 600 is in it, the one at 100 is not."""
    cells = [{"persons": 30.0, "geometry": (950, 5)}]
    place = ground((500, 10), roads=[road("residential", [(0, 0), (1000, 0)])],
                   buildings=[home(100, 12), home(600, 12)], population=cells)  # fmt: skip
    points, weight = origin_points(place.tables, 30.0)
    assert sorted(round(x) // 100 for x in shapely.get_x(points)) == [1, 9]
    assert weight.max() == 30.0


def walks(place: Ground) -> pd.DataFrame:
    reached = reach(place.graph, place.gate_snaps, [np.array([0])], legal=False, limit_m=1000.0)
    return water_walks(place, bank_accesses(place, 30.0), reached, pd.Index(["s1"]), 1000.0)


def test_walk_to_the_bank_is_street_plus_gap() -> None:
    pond = {"id": "w1", "kind": "pond", "geometry": shapely.box(680, 20, 720, 60), "fenced": False}
    place = ground((500, 10), roads=[road("residential", [(0, 0), (1000, 0)])], water=[pond])
    # 10 m leg, 160 m to x = 660, then over the grass to the corner (680, 20): at 655 the gap would exceed 30 m
    row = walks(place).iloc[0]
    assert row["distance_m"] == pytest.approx(10 + 160 + np.hypot(20, 20))
    assert (row["hazard_id"], row["kind"], row["fenced"]) == ("w1", "pond", False)


def test_a_wall_closes_the_bank() -> None:
    pond = {"id": "w1", "kind": "pond", "geometry": shapely.box(680, 20, 720, 60)}
    wall = device("wall", [(600, 10), (800, 10)])
    place = ground((500, 10), roads=[road("residential", [(0, 0), (1000, 0)])], water=[pond], devices=[wall])
    assert walks(place).empty


def test_water_beyond_the_gap_or_the_reach_is_no_hazard() -> None:
    far = {"id": "w1", "kind": "pond", "geometry": shapely.box(680, 31, 720, 60)}
    place = ground((500, 10), roads=[road("residential", [(0, 0), (1000, 0)])], water=[far])
    assert walks(place).empty
