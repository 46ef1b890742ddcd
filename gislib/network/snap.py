"""
Snapping points to the walk graph: to the kerb on their own side, by a straight leg that crosses nothing.

A leg crosses no kerbed street, railway, wall, fence, building (but the one the point is in) or water. A point by a
kerbed street that may be crossed right there also starts on the opposite kerb, having walked the width as well: that
makes walks to a door exactly opposite exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.network.crossings import in_spans
from gislib.network.graph import ALONG, WalkGraph
from gislib.network.streets import LEFT, RIGHT

TOUCH_M: Final = 0.05
"""A leg may touch an obstacle this near to its own end: the gate in a wall, the way along a fence."""
MAX_TRIES: Final = 12
"""Candidate edges tried per point, nearest first, before it counts as unsnapped."""
SIDE_EPS_M: Final = 0.5
"""Half length of the street piece whose direction decides on which side of it a point lies."""
LEG_BARRIERS: Final = frozenset({"railway", "wall", "fence"})


@dataclass(frozen=True)
class Obstacles:
    """What legs may not cross: lines (streets, rail, walls, water lines) and areas (buildings, water)."""

    shapes: Shapes
    street: Ints
    is_building: Flags


@dataclass(frozen=True)
class Snaps:
    """
    Where points enter the walk graph; one row per point and kerb (a point may have none, one, or both kerbs).

    Attributes
    ----------
    point
        Number of the point.
    edge, along_m
        Edge, and metres from its first vertex.
    walked_m
        Metres already walked: the leg, plus the street's width for the opposite kerb.
    own_kerb
        False for the opposite kerb.
    legal
        Whether the legal graph may use the row (always for the own kerb).
    """

    point: Ints
    edge: Ints
    along_m: Floats
    walked_m: Floats
    own_kerb: Flags
    legal: Flags

    def usable(self, *, legal: bool) -> Ints:
        """Rows that the legal (or the passable) graph may use."""
        return np.flatnonzero(self.legal) if legal else np.arange(len(self.point))


def build_obstacles(
    graph: WalkGraph, devices: gpd.GeoDataFrame, water: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> Obstacles:
    """Collect what legs may not cross; tables in the working CRS of the graph."""
    barrier = devices["kind"].isin(LEG_BARRIERS).to_numpy()
    streets = np.flatnonzero(graph.streets.kerbed)
    groups = [
        graph.streets.lines()[streets] if len(graph.streets) else np.zeros(0, object),
        devices.geometry.to_numpy()[barrier],
        water.geometry.to_numpy(),
        buildings.geometry.to_numpy(),
    ]
    sizes = [len(g) for g in groups]
    shapes = np.concatenate([np.asarray(g, dtype=object) for g in groups])
    lineal = shapely.get_dimensions(shapes) > 0
    return Obstacles(
        shapes=shapes[lineal],
        street=np.r_[streets, np.full(sum(sizes[1:]), -1)][lineal],
        is_building=np.repeat([False, False, False, True], sizes)[lineal],
    )


def snap(graph: WalkGraph, obstacles: Obstacles, xy: Floats, limit_m: float) -> Snaps:
    """
    Snap points to the nearest edge that a clear leg reaches.

    Parameters
    ----------
    graph, obstacles
        Walk graph and what legs may not cross.
    xy
        ``(n, 2)`` points in the working CRS.
    limit_m
        Longest leg; exactly at the limit is inside.

    Returns
    -------
    snaps
        Rows sorted by point; points without a row are unsnapped.
    """
    ways = np.flatnonzero(graph.kind == ALONG)
    points: Shapes = np.atleast_1d(np.asarray(shapely.points(xy), dtype=object))
    if not len(ways) or not len(points):
        empty = np.zeros(0, np.int64)
        return Snaps(empty, empty, np.zeros(0), np.zeros(0), np.zeros(0, bool), np.zeros(0, bool))
    point, near = shapely.STRtree(list(graph.lines[ways])).query(points, predicate="dwithin", distance=limit_m)
    edge = ways[near]
    leg = np.asarray(shapely.distance(points[point], graph.lines[edge]))
    own_side = _on_own_side(graph, edge, points[point])
    point, edge, leg = point[own_side], edge[own_side], leg[own_side]
    order = np.lexsort((edge, leg, point))
    chosen = order[_first_clear(graph, obstacles, (point[order], edge[order]), points)]
    point, edge, leg = point[chosen], edge[chosen], leg[chosen]
    along = np.asarray(shapely.line_locate_point(graph.lines[edge], points[point]))
    yes = np.ones(len(point), bool)
    own = Snaps(point, edge, along, leg, yes, yes)
    return _with_opposite(graph, own)


def _on_own_side(graph: WalkGraph, edge: Ints, points: Shapes) -> Flags:
    """Whether each point lies on the side of the street that the kerb edge belongs to; ways without kerbs always."""
    side = graph.side[edge]
    kerb = np.flatnonzero(side)
    fine = np.ones(len(edge), bool)
    if len(kerb):
        centre = graph.streets.lines()[graph.piece[edge[kerb]]]
        fine[kerb] = _side_of(centre, points[kerb]) * side[kerb] >= 0
    return fine


def _side_of(lines: Shapes, points: Shapes) -> Ints:
    """LEFT, RIGHT, or 0 (on the line) for each point beside its line."""
    chain = shapely.line_locate_point(lines, points)
    a = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(chain - SIDE_EPS_M, 0)))
    b = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, np.minimum(chain + SIDE_EPS_M, shapely.length(lines)))
    )
    p = shapely.get_coordinates(points)
    turn = (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (p[:, 0] - a[:, 0])
    return np.where(turn > 0, LEFT, np.where(turn < 0, RIGHT, 0))


def _first_clear(graph: WalkGraph, obstacles: Obstacles, pairs: tuple[Ints, Ints], points: Shapes) -> Ints:
    """Positions, one per point, of the first candidate whose leg crosses nothing; pairs sorted by point, then leg."""
    point, edge = pairs
    begin = np.flatnonzero(np.r_[True, point[1:] != point[:-1]])
    size = np.diff(np.r_[begin, len(point)])
    tree = shapely.STRtree(list(obstacles.shapes))
    inside = _buildings_around(obstacles, tree, points)
    open_groups = np.arange(len(begin))
    found = np.full(len(begin), -1)
    for attempt in range(MAX_TRIES):
        open_groups = open_groups[(size[open_groups] > attempt) & (found[open_groups] < 0)]
        if not len(open_groups):
            break
        at = begin[open_groups] + attempt
        legs = shapely.shortest_line(points[point[at]], graph.lines[edge[at]])
        clear = _clear(obstacles, tree, legs, (point[at], graph.piece[edge[at]], inside))
        found[open_groups[clear]] = at[clear]
    return found[found >= 0]


def _buildings_around(obstacles: Obstacles, tree: shapely.STRtree, points: Shapes) -> set[tuple[int, int]]:
    """Pairs (point, obstacle) of a point inside or on a building."""
    p, o = tree.query(points, predicate="dwithin", distance=TOUCH_M)
    own = obstacles.is_building[o]
    return set(zip(p[own].tolist(), o[own].tolist(), strict=True))


def _clear(
    obstacles: Obstacles, tree: shapely.STRtree, legs: Shapes, about: tuple[Ints, Ints, set[tuple[int, int]]]
) -> Flags:
    """Whether each leg is free of obstacles other than its own building and the street it reaches."""
    point, piece, inside = about
    clear = np.ones(len(legs), bool)
    # Walls that a gate stands in and fences along a way are touched, not crossed: the ends of the leg do not count.
    length = shapely.length(legs)
    long_legs = np.flatnonzero(length > 2 * TOUCH_M)
    start = shapely.get_coordinates(shapely.line_interpolate_point(legs[long_legs], TOUCH_M))
    stop = shapely.get_coordinates(shapely.line_interpolate_point(legs[long_legs], -TOUCH_M))
    inner = shapely.linestrings(np.stack([start, stop], axis=1)) if len(long_legs) else np.zeros(0, object)
    leg, hit = tree.query(inner, predicate="intersects")
    leg = long_legs[leg]
    blocked = obstacles.street[hit] != piece[leg]
    own = np.array([(a, b) in inside for a, b in zip(point[leg].tolist(), hit.tolist(), strict=True)], bool)
    clear[leg[blocked & ~own]] = False
    return clear


def _with_opposite(graph: WalkGraph, own: Snaps) -> Snaps:
    """Add a row on the opposite kerb wherever the street may be crossed at the foot of the leg."""
    streets = graph.streets
    piece, side = graph.piece[own.edge], graph.side[own.edge]
    rows = np.flatnonzero((side != 0) & ~streets.barred[piece])
    if not len(rows):
        return own
    kerb_edges = _edges_by_side(graph)
    centre = streets.lines()
    feet = shapely.line_interpolate_point(graph.lines[own.edge[rows]], own.along_m[rows])
    point, edge, along, walked, legal = [], [], [], [], []
    for row, foot in zip(rows.tolist(), feet, strict=True):
        p, s = int(piece[row]), int(side[row])
        others = kerb_edges.get((p, -s), [])
        if not others:
            continue
        gaps = shapely.distance(foot, graph.lines[others])
        best = others[int(np.argmin(gaps))]
        chain = np.array([centre[p].project(foot)])
        if not in_spans(graph.crossing.passable_spans.get(p, []), chain)[0]:
            continue
        point.append(own.point[row])
        edge.append(best)
        along.append(graph.lines[best].project(foot))
        walked.append(own.walked_m[row] + float(gaps.min()))
        legal.append(bool(in_spans(graph.crossing.legal_spans.get(p, []), chain)[0]))
    added = np.array(point, np.int64)
    merged = Snaps(
        np.r_[own.point, added], np.r_[own.edge, np.array(edge, np.int64)], np.r_[own.along_m, along],
        np.r_[own.walked_m, walked], np.r_[own.own_kerb, np.zeros(len(added), bool)],
        np.r_[own.legal, np.array(legal, bool)],
    )  # fmt: skip
    order = np.lexsort((~merged.own_kerb, merged.point))
    return Snaps(*(getattr(merged, name)[order] for name in Snaps.__dataclass_fields__))


def _edges_by_side(graph: WalkGraph) -> dict[tuple[int, int], list[int]]:
    """Kerb edges of every street piece and side."""
    table: dict[tuple[int, int], list[int]] = {}
    for e in np.flatnonzero((graph.kind == ALONG) & (graph.side != 0)).tolist():
        table.setdefault((int(graph.piece[e]), int(graph.side[e])), []).append(e)
    return table
