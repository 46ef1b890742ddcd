"""Where the gate of a campus without recorded gates is supposed: by hand, and untouched by planes and far places."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CRS, PARAMETERS, road, table

from gislib import rules
from gislib.domain.tables import LAYERS, empty_table
from gislib.exposure.ground import build_ground
from gislib.exposure.inferred_gates import with_inferred_gates
from gislib.network.graph import build_walk_graph

#   campus 100..200 x 20..80
BOX = shapely.box(100, 20, 200, 80)
FAR = np.array([40_000.0, 3_000.0])


def gate(campus: shapely.Geometry, roads: list[dict[str, object]]) -> tuple[float, float]:
    schools = table("schools", [{"id": "s1", "name": "甲小学", "kind": "primary", "geometry": campus}])
    streets = table("roads", roads)
    graph = build_walk_graph(streets, table("devices", []), PARAMETERS)
    found = with_inferred_gates(schools, empty_table("gates", CRS), streets, graph, 20.0)
    assert found.index.tolist() == ["s1:inferred"]
    return found.geometry.iloc[0].coords[0]


def test_the_middle_of_the_frontage_along_a_street_beside_the_campus() -> None:
    assert gate(BOX, [road("residential", [(0, 10), (300, 10)])]) == pytest.approx((150, 20), abs=1e-6)


def test_of_ways_through_the_outline_the_higher_class_then_the_lower_id() -> None:
    service, path = road("service", [(130, 0), (130, 50)]), road("footway", [(170, 0), (170, 50)])
    assert gate(BOX, [path | {"id": "r1"}, service | {"id": "r2"}]) == pytest.approx((130, 20), abs=1e-6)
    other = road("service", [(160, 0), (160, 50)])
    assert gate(BOX, [other | {"id": "r1"}, service | {"id": "r2"}]) == pytest.approx((160, 20), abs=1e-6)
    assert gate(BOX, [other | {"id": "r2"}, service | {"id": "r1"}]) == pytest.approx((130, 20), abs=1e-6)


def test_of_ways_of_one_class_the_longest_frontage() -> None:
    beside = road("service", [(120, 20.5), (180, 20.5)])
    through = road("service", [(200.0, 50), (260, 50)])
    assert gate(BOX, [through | {"id": "r1"}, beside | {"id": "r2"}]) == pytest.approx((150, 20), abs=1e-6)


def test_a_point_is_its_own_gate_and_without_ways_the_outline_nearest_to_the_middle_counts() -> None:
    assert gate(shapely.Point(5, 6), []) == (5, 6)
    assert gate(shapely.box(0, 0, 100, 20), [])[1] in {0.0, 20.0}


WAYS = [
    road("service", [(130, 0), (131, 50), (150, 55), (190, 95)]),
    road("service", [(90, 31), (210, 37)]),
    road("footway", [(170, 0), (170, 100)]),
    road("residential", [(0, 5), (300, 8)]),
]
HOUSE = shapely.Polygon([(100, 20), (203, 22), (199, 81), (150, 77), (102, 79)])


@settings(max_examples=25, deadline=None)
@given(turn=st.floats(0, 6.28), east=st.floats(-5e4, 5e4), through=st.booleans())
def test_a_rigid_motion_moves_the_gate_with_the_campus(turn: float, east: float, *, through: bool) -> None:
    cos, sin = np.cos(turn), np.sin(turn)

    def moved(xy: object) -> np.ndarray:
        p = np.atleast_2d(np.asarray(xy, float))
        return np.column_stack([p[:, 0] * cos - p[:, 1] * sin + east, p[:, 0] * sin + p[:, 1] * cos])

    ways = WAYS if through else WAYS[3:]
    here = gate(HOUSE, ways)
    there = gate(shapely.transform(HOUSE, moved), [{**way, "geometry": moved(way["geometry"])} for way in ways])
    np.testing.assert_allclose(there, moved(here)[0], atol=1e-6)


@pytest.mark.parametrize("through", [True, False])
def test_a_campus_forty_kilometres_away_moves_no_gate(through: bool) -> None:  # noqa: FBT001 - a parameter
    far_campus = {"id": "s2", "kind": "primary", "geometry": shapely.transform(HOUSE, lambda p: p + FAR)}
    far_way = {**WAYS[3], "id": "far", "geometry": np.asarray(WAYS[3]["geometry"], float) + FAR}
    near = {"id": "s1", "kind": "primary", "geometry": HOUSE}
    ways = WAYS if through else WAYS[3:]

    def gates(campuses: list[dict[str, object]], roads: list[dict[str, object]]) -> gpd.GeoSeries:
        layers = dict.fromkeys(LAYERS, None)
        layers = {name: empty_table(name) for name in layers}
        layers["schools"] = table("schools", campuses).to_crs(4326)
        layers["roads"] = table("roads", roads).to_crs(4326)
        return build_ground(layers, rules.load(), date(2026, 11, 23)).tables["gates"].geometry.to_crs(CRS)

    alone, both = gates([near], ways), gates([near, far_campus], [*ways, far_way])
    assert both.index.tolist() == ["s1:inferred", "s2:inferred"]
    assert alone["s1:inferred"].distance(both["s1:inferred"]) < 0.05
    assert pd.notna(both["s2:inferred"].x)
