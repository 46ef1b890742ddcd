"""Distance along streets against a graph that networkx walks."""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CRS

from gislib.reports.works.chainage import from_gate

SIDE, STEP_M = 4, 50.0
SEARCH_M = 500.0


def grid(missing: set[int]) -> gpd.GeoDataFrame:
    """Ways between neighbours of a 4 by 4 grid, some of them missing; every third one has a bend."""
    lines = []
    for x in range(SIDE):
        for y in range(SIDE):
            for dx, dy in ((1, 0), (0, 1)):
                if x + dx < SIDE and y + dy < SIDE:
                    bend = [((x + dx / 2) * STEP_M + 3, (y + dy / 2) * STEP_M + 3)] if len(lines) % 3 == 0 else []
                    lines.append([(x * STEP_M, y * STEP_M), *bend, ((x + dx) * STEP_M, (y + dy) * STEP_M)])
    kept = [number for number in range(len(lines)) if number not in missing]
    shapes = [shapely.LineString(lines[number]) for number in kept]
    return gpd.GeoDataFrame(geometry=shapes, index=[f"r{number}" for number in kept], crs=CRS)


def walked(streets: gpd.GeoDataFrame, line: str, chain: float, gate: shapely.Point) -> float:
    """The same by networkx: both places become nodes of the graph."""
    shapes = streets.geometry
    home = str(shapes.distance(gate).idxmin())
    foot = shapes[home].project(gate)
    graph: nx.Graph[object] = nx.Graph()
    for name, shape in shapes.items():
        coords = [tuple(np.round(c, 2)) for c in shape.coords]
        stops = [(shape.project(shapely.Point(c)), c) for c in shape.coords]
        marks: list[tuple[float, object]] = [(s, c) for (s, _), c in zip(stops, coords, strict=True)]
        marks += [(foot, "gate")] * (name == home) + [(chain, "device")] * (name == line)
        marks.sort(key=lambda mark: mark[0])
        for (a, one), (b, two) in itertools.pairwise(marks):
            graph.add_edge(one, two, weight=b - a)
    try:
        return float(nx.shortest_path_length(graph, "gate", "device", weight="weight"))
    except nx.NetworkXNoPath:
        return float("inf")


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 23), max_size=10), st.integers(0, 23), st.floats(0, 1), st.data())
def test_equals_networkx(missing: set[int], number: int, share: float, data: st.DataObject) -> None:
    streets = grid(missing - {number})
    line = f"r{number}"
    chain = share * streets.geometry[line].length
    xy = data.draw(st.tuples(st.floats(-20, 170), st.floats(-20, 170)))
    gates = gpd.GeoDataFrame({"school_id": ["s1"]}, geometry=[shapely.Point(xy)], index=["g1"], crs=CRS)
    spot = streets.geometry[line].interpolate(chain)
    devices = gpd.GeoDataFrame(
        {"segment_id": [line], "chainage_m": [chain], "school_id": ["s1"]}, geometry=[spot], index=["d1"], crs=CRS
    )
    [found] = from_gate(devices, gates, streets, 60.0, SEARCH_M)["chainage_from_gate_m"]
    wanted = walked(streets, line, chain, gates.geometry["g1"])
    near = streets.geometry.distance(gates.geometry["g1"])
    if near.min() > 60 or wanted > SEARCH_M:
        assert np.isnan(found)
    elif len(near) < 2 or float(np.diff(np.sort(near)[:2])[0]) > 1e-9:  # else two feet are equally near
        assert found == pytest.approx(wanted, abs=1e-6)


def test_the_nearest_of_two_gates_counts_and_other_campuses_do_not() -> None:
    streets = grid(set())
    gates = gpd.GeoDataFrame(
        {"school_id": ["s1", "s1", "s2"]},
        geometry=[shapely.Point(150, 160), shapely.Point(0, -5), shapely.Point(10, 0)],
        index=["g1", "g2", "g3"],
        crs=CRS,
    )
    devices = gpd.GeoDataFrame(
        {"segment_id": ["r2", None], "chainage_m": [20.0, np.nan], "school_id": ["s1", "s1"]},
        geometry=[streets.geometry["r2"].interpolate(20.0), shapely.Point(0, 0)],
        index=["d1", "d2"],
        crs=CRS,
    )
    found = from_gate(devices, gates, streets, 60.0, SEARCH_M)
    assert found["gate_id"].tolist() == ["g2", None]
    assert np.isnan(found["chainage_from_gate_m"]["d2"])
