"""Shortest walks between snapped points: metres for many pairs, and the line of one walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from gislib.domain.arrays import Floats, Ints
from gislib.network import kernel
from gislib.network.arcs import Trees, grow_trees
from gislib.network.graph import WalkGraph
from gislib.network.snap import Snaps


@dataclass(frozen=True)
class Reach:
    """
    Trees grown from groups of snapped points: source ``k`` starts at all points of group ``k`` (the nearest counts).

    Attributes
    ----------
    trees
        One tree per group.
    rows, row_ptr
        Snap rows from which group ``k`` starts: ``rows[row_ptr[k]:row_ptr[k + 1]]``.
    legal, limit_m
        Which graph was walked, and the longest walk.
    """

    trees: Trees
    rows: Ints
    row_ptr: Ints
    legal: bool
    limit_m: float

    def starts(self, source: int) -> Ints:
        """Snap rows of one source."""
        return self.rows[self.row_ptr[source] : self.row_ptr[source + 1]]


def reach(graph: WalkGraph, snaps: Snaps, groups: Sequence[Ints], *, legal: bool, limit_m: float) -> Reach:
    """
    Everything within a walk of each group of points.

    Parameters
    ----------
    graph
        Walk graph.
    snaps
        Snapped points.
    groups
        Point numbers per source; points without a snap reach nothing.
    legal
        Obey the crossing duty (method D), or cross wherever it is passable (method E).
    limit_m
        Longest walk including the leg.
    """
    usable = snaps.usable(legal=legal)
    owner = snaps.point[usable]
    per_group = [usable[np.isin(owner, group)] for group in groups]
    rows = np.concatenate(per_group) if per_group else usable[:0]
    ptr = np.r_[0, np.cumsum([len(g) for g in per_group])].astype(np.int64)
    edge, along = snaps.edge[rows], snaps.along_m[rows]
    nodes = np.column_stack([graph.u[edge], graph.v[edge]]).ravel()
    walked = np.column_stack([snaps.walked_m[rows] + along, snaps.walked_m[rows] + graph.length[edge] - along]).ravel()
    arcs = graph.legal_arcs if legal else graph.passable_arcs
    return Reach(grow_trees(arcs, ptr * 2, nodes, walked, limit_m), rows, ptr, legal, limit_m)


@dataclass(frozen=True)
class Walks:
    """Shortest walks of many pairs: metres (infinite beyond the reach) and the edge values gathered on the way."""

    metres: Floats
    gathered: Floats


def walk_lengths(
    graph: WalkGraph,
    start: tuple[Snaps, Reach],
    ends: Snaps,
    pairs: tuple[Ints, Ints],
    edge_value: Floats | None = None,
) -> Walks:
    """
    Shortest walks for pairs of a reach's source and an end point.

    Parameters
    ----------
    graph
        Walk graph.
    start
        Snaps of the start points and the reach grown from them.
    ends
        Snaps of the end points.
    pairs
        Parallel arrays: source number and end point.
    edge_value
        Value of every edge to gather on the way, in proportion on partial edges (slope excess); zero without.
    """
    reached = start[1]
    source, end = pairs
    metres, gathered = np.full(len(source), np.inf), np.zeros(len(source))
    usable = ends.usable(legal=reached.legal)
    owner = ends.point[usable]
    low, high = np.searchsorted(owner, end), np.searchsorted(owner, end, side="right")
    field = _Field(graph, start, np.zeros(len(graph.u)) if edge_value is None else edge_value)
    order = np.argsort(source, kind="stable")
    bounds = np.flatnonzero(np.r_[True, np.diff(source[order]) != 0, True]) if len(order) else np.zeros(1, np.int64)
    for a, b in pairwise(bounds.tolist()):
        own = order[a:b]
        field.fill(int(source[own[0]]))
        for pair in own.tolist():
            rows = usable[low[pair] : high[pair]]
            if len(rows):
                metres[pair], gathered[pair] = field.shortest(ends, rows)
        field.clear()
    reachable = metres <= reached.limit_m
    return Walks(np.where(reachable, metres, np.inf), np.where(reachable, gathered, 0.0))


class _Field:
    """Distances and gathered values at all nodes, filled for one source at a time."""

    def __init__(self, graph: WalkGraph, start: tuple[Snaps, Reach], edge_value: Floats) -> None:
        self._graph, self._snaps, self._reached = graph, *start
        self._per_metre = edge_value / np.where(graph.length > 0, graph.length, 1.0)
        self._edge_value = edge_value
        self._dist = np.full(len(graph.node_xy), np.inf)
        self._value = np.zeros(len(graph.node_xy))
        self._slot = np.full(len(graph.node_xy), -1)
        self._source = 0

    def fill(self, source: int) -> None:
        """Take the tree of a source."""
        trees, self._source = self._reached.trees, source
        own = trees.of(source)
        nodes, by_edge, before = trees.node[own], trees.by_edge[own], trees.by_node[own]
        self._dist[nodes] = trees.dist[own]
        self._slot[nodes] = np.arange(len(nodes))
        at_root = np.zeros(len(nodes))
        for s in self._reached.starts(source).tolist():
            e, along = int(self._snaps.edge[s]), float(self._snaps.along_m[s])
            for node, chain in ((int(self._graph.u[e]), 0.0), (int(self._graph.v[e]), float(self._graph.length[e]))):
                slot, way = self._slot[node], abs(chain - along)
                if slot >= 0 and by_edge[slot] < 0 and self._dist[node] == self._snaps.walked_m[s] + way:
                    at_root[slot] = way * self._per_metre[e]
        parent = np.where(before >= 0, self._slot[before], -1)
        self._value[nodes] = kernel.path_sums(by_edge, parent, at_root, self._edge_value)

    def clear(self) -> None:
        """Forget the tree."""
        nodes = self._reached.trees.node[self._reached.trees.of(self._source)]
        self._dist[nodes], self._value[nodes], self._slot[nodes] = np.inf, 0.0, -1

    def shortest(self, ends: Snaps, rows: Ints) -> tuple[float, float]:
        """Shortest walk to an end point over either end of its edge or along a common edge, and what it gathers."""
        graph, snaps, begin = self._graph, self._snaps, self._reached.starts(self._source)
        edge, along, leg = ends.edge[rows], ends.along_m[rows], ends.walked_m[rows]
        back = graph.length[edge] - along
        rate = self._per_metre[edge]
        direct = np.where(
            snaps.edge[begin][:, None] == edge[None, :],
            np.abs(snaps.along_m[begin][:, None] - along[None, :]) + snaps.walked_m[begin][:, None] + leg[None, :],
            np.inf,
        )
        metres = np.concatenate(
            [self._dist[graph.u[edge]] + along + leg, self._dist[graph.v[edge]] + back + leg, *direct]
        )
        value = np.concatenate(
            [self._value[graph.u[edge]] + rate * along, self._value[graph.v[edge]] + rate * back]
            + [rate * np.abs(snaps.along_m[s] - along) for s in begin]
        )
        best = int(np.argmin(metres))
        return float(metres[best]), float(value[best])


def walk_line(
    graph: WalkGraph, start: tuple[Snaps, Reach], ends: Snaps, source: int, end: int, ends_xy: tuple[Floats, Floats]
) -> shapely.LineString | None:
    """
    Line of the shortest walk of one pair, from the start point to the end point; None beyond the reach.

    ``ends_xy`` are the positions of both points, so that the line has its two legs.
    """
    snaps, reached = start
    settled = reached.trees.of(source)
    where = {int(n): i for i, n in enumerate(reached.trees.node[settled], start=settled.start)}
    begin = reached.starts(source)
    best: tuple[float, list[Floats]] | None = None
    for row in [r for r in ends.usable(legal=reached.legal) if ends.point[r] == end]:
        for metres, parts in _ways_to(graph, (snaps, begin), (ends, int(row)), (reached.trees, where)):
            if metres <= reached.limit_m and (best is None or metres < best[0]):
                best = metres, parts
    if best is None:
        return None
    coords = np.vstack([ends_xy[0][None, :], *best[1], ends_xy[1][None, :]])
    keep = np.r_[True, (np.diff(coords, axis=0) != 0).any(axis=1)]
    return shapely.LineString(coords[keep]) if keep.sum() > 1 else shapely.LineString(coords[:2])


def _ways_to(
    graph: WalkGraph, start: tuple[Snaps, Ints], end: tuple[Snaps, int], tree: tuple[Trees, dict[int, int]]
) -> list[tuple[float, list[Floats]]]:
    """Candidate walks to one snap row: over either end of its edge, or along a common edge."""
    snaps, begin = start
    ends, row = end
    trees, where = tree
    edge, along, leg = int(ends.edge[row]), float(ends.along_m[row]), float(ends.walked_m[row])
    tail = _opposite_foot(graph, ends, row)
    found = []
    for node, part in ((int(graph.u[edge]), (0.0, along)), (int(graph.v[edge]), (float(graph.length[edge]), along))):
        if node in where:
            metres = float(trees.dist[where[node]]) + abs(part[1] - part[0]) + leg
            found.append((metres, [*_back_to_start(graph, start, tree, node), _cut(graph, edge, *part), *tail]))
    for s in begin[snaps.edge[begin] == edge].tolist():
        a = float(snaps.along_m[s])
        head = _opposite_foot(graph, snaps, s)[::-1]
        found.append((abs(a - along) + float(snaps.walked_m[s]) + leg, [*head, _cut(graph, edge, a, along), *tail]))
    return found


def _back_to_start(
    graph: WalkGraph, start: tuple[Snaps, Ints], tree: tuple[Trees, dict[int, int]], node: int
) -> list[Floats]:
    """Coordinates from the start point's foot to a settled node, in walking order."""
    trees, where = tree
    parts: list[Floats] = []
    while trees.by_edge[where[node]] >= 0:
        edge, before = int(trees.by_edge[where[node]]), int(trees.by_node[where[node]])
        line = shapely.get_coordinates(graph.lines[edge])
        parts.append(line if graph.u[edge] == before and graph.v[edge] == node else line[::-1])
        node = before
    snaps, begin = start
    reach_end = float(trees.dist[where[node]])
    gaps = []
    for s in begin.tolist():
        edge = int(snaps.edge[s])
        for end_node, end_chain in ((int(graph.u[edge]), 0.0), (int(graph.v[edge]), float(graph.length[edge]))):
            if end_node == node:
                walked = float(snaps.walked_m[s]) + abs(end_chain - float(snaps.along_m[s]))
                gaps.append((abs(walked - reach_end), s, end_chain))
    _, s, end_chain = min(gaps)
    parts.append(_cut(graph, int(snaps.edge[s]), float(snaps.along_m[s]), end_chain))
    return [*_opposite_foot(graph, snaps, s)[::-1], *parts[::-1]]


def _opposite_foot(graph: WalkGraph, snaps: Snaps, row: int) -> list[Floats]:
    """Foot on the own kerb, for a row on the opposite kerb: the walk crosses there before (or after) its leg."""
    if snaps.own_kerb[row]:
        return []
    own = int(np.flatnonzero((snaps.point == snaps.point[row]) & snaps.own_kerb)[0])
    return [shapely.get_coordinates(graph.lines[snaps.edge[own]].interpolate(snaps.along_m[own]))]


def _cut(graph: WalkGraph, edge: int, start_m: float, stop_m: float) -> Floats:
    """Coordinates of an edge between two chainages, in that direction."""
    line = graph.lines[edge]
    low, high = min(start_m, stop_m), max(start_m, stop_m)
    coords = shapely.get_coordinates(line)
    chain = np.r_[0.0, np.cumsum(np.hypot(*np.diff(coords, axis=0).T))]
    inner = coords[(chain > low) & (chain < high)]
    ends = shapely.get_coordinates([line.interpolate(low), line.interpolate(high)])
    part = np.vstack([ends[:1], inner, ends[1:]])
    return part if start_m <= stop_m else part[::-1]
