"""Gates of campuses whose gates nobody recorded: one each, where the outline lies along the nearest walkable way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.domain.tables import conform
from gislib.network.graph import ALONG, WalkGraph
from gislib.network.parameters import ROAD_ORDER

STEP_M: Final = 1.0
"""The outline is looked at about this often."""
TIE_M: Final = 1.0
"""Ways at most this much farther than the nearest count as equally near: a campus often has several at distance 0."""
LEAST_FRONTAGE: Final = 0.05
"""Frontages below this are noise of the last digit."""
_RANK: Final = {name: at for at, name in enumerate(ROAD_ORDER)}
_DIGITS: Final = 1
"""Frontages that differ by less than 0.1 are equal: the id of the way decides, whatever plane is measured in."""


def with_inferred_gates(
    schools: gpd.GeoDataFrame, gates: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, graph: WalkGraph, located_m: float
) -> gpd.GeoDataFrame:
    """
    Gates plus one inferred gate for every campus that has none.

    It lies at the point of a campus without boundary. Else it lies on the boundary, in the middle of the frontage along
    the nearest walkable way; among ways equally near (`TIE_M`) the one of the highest class, then with the longest
    frontage, then with the lowest id. Nothing else in the tables moves it.

    Parameters
    ----------
    schools, gates, roads
        Tables of one metric CRS.
    graph
        Walk graph over these roads.
    located_m
        Least uncertainty of a point, metres.
    """
    lacking = schools[~schools.index.isin(gates["school_id"])]
    if lacking.empty:
        return gates
    ways = _ways(roads, graph)
    spots = np.array([_spot(shape, ways) for shape in lacking.geometry.to_numpy()], dtype=object)
    inferred = gpd.GeoDataFrame(
        {
            "school_id": lacking.index,
            "role": "student",
            "counts_for_measuring": True,
            "inferred": True,
            "source_id": lacking["source_id"].to_numpy(),
            "located_to_m": np.maximum(lacking["located_to_m"].to_numpy(float), located_m),
        },
        geometry=spots,
        index=lacking.index + ":inferred",
        crs=schools.crs,
    )
    both = [conform("gates", inferred)] if gates.empty else [gates, conform("gates", inferred)]
    merged = gpd.GeoDataFrame(
        {name: np.concatenate([t[name].to_numpy(dtype=object) for t in both]) for name in both[0].columns},
        geometry="geometry",
        index=np.concatenate([t.index.to_numpy(dtype=object) for t in both]),
        crs=schools.crs,
    )
    return conform("gates", merged).sort_index()


@dataclass(frozen=True)
class _Ways:
    """Lines along which people walk, with the id and the class rank (0 = highest) of the road of each."""

    tree: shapely.STRtree
    lines: Shapes
    road: Shapes
    rank: Ints


def _ways(roads: gpd.GeoDataFrame, graph: WalkGraph) -> _Ways:
    along = np.flatnonzero(graph.kind == ALONG)
    road = graph.road_id[graph.piece[along]]
    classes = roads["road_class"].reindex(road).str.removesuffix("_link")
    rank = np.array([_RANK.get(name, len(_RANK)) for name in classes], dtype=np.int64)
    lines = graph.lines[along]
    return _Ways(shapely.STRtree(list(lines)), lines, road, rank)


def _spot(campus: BaseGeometry, ways: _Ways) -> shapely.Point:
    """Where the gate of a campus is supposed."""
    if isinstance(campus, shapely.Point):
        return campus
    if not len(ways.lines):
        return shapely.Point(shapely.get_coordinates(shapely.shortest_line(campus.boundary, campus.centroid))[0])
    outline = shapely.boundary(campus)
    _, nearest_m = ways.tree.query_nearest(outline, return_distance=True, all_matches=False)
    limit_m = float(nearest_m[0]) + TIE_M
    near = ways.tree.query(outline, predicate="dwithin", distance=limit_m)
    choices = []
    for at, ring in enumerate(shapely.get_parts(outline)):
        chainage = np.linspace(0.0, ring.length, max(round(ring.length / STEP_M), 1), endpoint=False)
        points = shapely.line_interpolate_point(np.array([ring], dtype=object), chainage)
        for road in np.unique(ways.road[near].astype(str)):
            own = near[ways.road[near] == road]
            distance_m = shapely.distance(points, shapely.multilinestrings(list(ways.lines[own])))
            found = _frontages(chainage, np.maximum(limit_m - distance_m, 0.0), ring.length)
            choices += [((int(ways.rank[own[0]]), -size, road, at, round(mid)), ring, mid) for size, mid in found]
    _, ring, middle_m = min(choices, key=lambda choice: choice[0])
    return shapely.Point(shapely.get_coordinates(shapely.line_interpolate_point(ring, middle_m)))


def _frontages(chainage: Floats, weight: Floats, length_m: float) -> list[tuple[float, float]]:
    """
    Frontages of a ring along one way: the size (rounded) and the middle of every run of points with weight.

    The weight falls to 0 at the ends of a run, so both move smoothly with the drawing.
    """
    on = weight > 0.0
    if not on.any():
        return []
    first = int(np.flatnonzero(~on)[0]) if not on.all() else 0
    order = np.roll(np.arange(len(on)), -first)
    # Chainages grow along the order, beyond the length behind the ring's first vertex.
    unrolled = chainage[order] + np.where(order < first, length_m, 0.0)
    run = np.cumsum(np.diff(on[order].astype(np.int8), prepend=0) > 0)
    out = []
    for number in range(1, int(run[-1]) + 1):
        own = (run == number) & on[order]
        w = weight[order][own]
        if w.sum() >= LEAST_FRONTAGE:
            out.append((round(float(w.sum()), _DIGITS), float((w * unrolled[own]).sum() / w.sum()) % length_m))
    return out
