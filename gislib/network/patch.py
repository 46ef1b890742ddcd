"""
A walk graph after a few devices changed: only the streets around them are built again.

Crossings, signals and guard rails shape a street within their own reach, and through the crossing duty a little
farther. All roads that come so near are built anew, among their neighbours, and put in the place of the old ones;
nodes where nothing changed keep their number.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import geopandas as gpd
import numpy as np
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.network.graph import WalkGraph, build_walk_graph
from gislib.network.parameters import WalkParameters
from gislib.network.part import Joined, Part, joined

SHAPING: Final = frozenset({"crossing", "signal", "rail"})
"""Kinds of device that shape the graph."""
SLACK_M: Final = 10.0
"""Added to the distances within which a device can change anything."""
_DECIMALS: Final = 4
_Key: TypeAlias = tuple[Hashable, ...]


@dataclass(frozen=True)
class Patch:
    """
    A graph after a change.

    Attributes
    ----------
    graph
        The whole graph. Nodes of the old one keep their numbers, whether or not an edge still leads there.
    edge
        Number in it of every edge of the old graph, -1 where the edge is gone or not what it was.
    gone, fresh
        Edges of the old graph that are gone, and edges of the new one that it did not have.
    small, small_edge
        Graph of the streets around the change, and the numbers of its edges in ``graph`` (-1: not told).
    small_roads
        Rows of the road table in ``small``.
    """

    graph: WalkGraph
    edge: Ints
    gone: Ints
    fresh: Ints
    small: WalkGraph
    small_edge: Ints
    small_roads: Ints


def carriageway_pairs(graph: WalkGraph) -> Ints:
    """Road rows of opposite carriageways, ``(pairs, 2)``, of a graph built from all streets; devices change none."""
    streets = graph.streets
    own = np.flatnonzero(streets.partner >= 0)
    return np.unique(np.column_stack([streets.road[own], streets.road[streets.partner[own]]]), axis=0)


def patched(
    graph: WalkGraph, roads: gpd.GeoDataFrame, devices: gpd.GeoDataFrame, parameters: WalkParameters, spots: Shapes,
    pairs: Ints,
) -> Patch | None:  # fmt: skip
    """
    The graph with changed devices.

    Parameters
    ----------
    graph, roads, parameters
        Graph before the change, and what it was built from.
    devices
        Device table after the change.
    spots
        Shapes of the devices of `SHAPING` kinds that came or went.
    pairs
        `carriageway_pairs` of the same roads: a crossing of one carriageway goes on over the other.

    Returns
    -------
    Patch | None
        None where the parts do not fit together: build the whole graph. Whether crossing data are believable is taken
        from the old graph.
    """
    reach_m = parameters.crossing_reach_m + parameters.signal_reach_m + parameters.crossing_duty_m + SLACK_M
    near = _near(roads, spots, reach_m)
    near = np.union1d(near, pairs[np.isin(pairs, near).any(axis=1)].ravel())
    lines = roads.geometry.to_numpy()
    # Snaps of points beside a changed street ask for all streets in snap reach of them, and for their crossing duty.
    wide_m = 2 * reach_m + 2 * parameters.snap_limit_m
    region = np.union1d(_near(roads, lines[near], reach_m), _near(roads, spots, wide_m))
    reached = _near(devices, lines[region], max(parameters.signal_reach_m, parameters.crossing_reach_m) + SLACK_M)
    believed = float("inf") if graph.crossing.data_missing else 0.0
    small = build_walk_graph(
        roads.iloc[region], devices.iloc[reached], replace(parameters, crossing_density_min_per_km=believed)
    )
    old = _Pieces(graph, np.arange(len(roads)), np.isin(graph.streets.road, near))
    new = _Pieces(small, region, np.isin(region[small.streets.road], near))
    node = _matched(old, new)
    if node is None:
        return None
    added = np.flatnonzero(node == -1)
    node[added] = len(graph.node_xy) + np.arange(len(added))
    parts = [
        Part(graph, np.flatnonzero(~old.replaced), old.road_row, np.arange(len(graph.node_xy))),
        Part(small, np.flatnonzero(new.replaced), region, node),
    ]
    whole = joined(parts, np.vstack([graph.node_xy, small.node_xy[added]]), roads.index.to_numpy(dtype=object))
    return _told((old, new), whole, node)


@dataclass(frozen=True)
class _Pieces:
    """A graph, the row of the common road table of each of its road rows, and which of its pieces are replaced."""

    graph: WalkGraph
    road_row: Ints
    replaced: Flags

    @property
    def own(self) -> Flags:
        """Edges of the replaced pieces."""
        return self.replaced[self.graph.piece]

    def tags(self, edges: Ints) -> list[_Key]:
        """Road, side, kind and legality of edges."""
        graph = self.graph
        row = self.road_row[graph.streets.road[graph.piece[edges]]]
        values = (row, graph.side[edges], graph.kind[edges], graph.legal[edges])
        return list(zip(*(v.tolist() for v in values), strict=True))

    def keys(self, edges: Ints, node: Ints) -> list[_Key]:
        """What makes an edge the same edge: its ends (in common numbers), its tags and its length."""
        graph = self.graph
        ends = node[graph.u[edges]].tolist(), node[graph.v[edges]].tolist()
        length = np.round(graph.length[edges], _DECIMALS).tolist()
        return list(zip(*ends, length, self.tags(edges), strict=True))

    def by_node(self) -> tuple[dict[int, frozenset[_Key]], frozenset[int]]:
        """What meets at every node of a replaced piece, and which of these nodes other pieces share."""
        graph, own = self.graph, self.own
        touched = np.zeros(len(graph.node_xy), bool)
        touched[graph.u[own]] = touched[graph.v[own]] = True
        edges = np.flatnonzero(touched[graph.u] | touched[graph.v])
        at = _rounded(graph.node_xy[graph.u[edges]]), _rounded(graph.node_xy[graph.v[edges]])
        found: dict[int, set[_Key]] = {int(n): set() for n in np.flatnonzero(touched)}
        shared = set()
        for k, (edge, tag) in enumerate(zip(edges.tolist(), self.tags(edges), strict=True)):
            for end, node in enumerate((int(graph.u[edge]), int(graph.v[edge]))):
                if node in found:
                    # Whether a street that stays is legal to cross is not known at the rim of the small graph.
                    found[node].add((end, at[end][k], tag if own[edge] else tag[:3]))
                    if not own[edge]:
                        shared.add(node)
        return {node: frozenset(own_keys) for node, own_keys in found.items()}, frozenset(shared)


def _rounded(xy: Floats) -> list[_Key]:
    return [tuple(p) for p in np.round(xy, _DECIMALS).tolist()]


def _near(table: gpd.GeoDataFrame, shapes: Shapes | Sequence[shapely.Geometry], reach_m: float) -> Ints:
    """Rows of a table within reach of any of some shapes, ascending."""
    rows = table.sindex.query(np.asarray(shapes, dtype=object), predicate="dwithin", distance=reach_m)[1]
    return np.asarray(np.unique(rows), dtype=np.int64)


def _matched(old: _Pieces, new: _Pieces) -> Ints | None:
    """
    Number in the old graph of every node of the new streets: -1 a new node, -2 of no replaced street.

    None if a node that other streets share has no match: then something changed farther out than expected.
    """
    before, shared_before = old.by_node()
    after, shared_after = new.by_node()
    number = {own: node for node, own in before.items()}
    node = np.full(len(new.graph.node_xy), -2, np.int64)
    for small, own in after.items():
        node[small] = number.get(own, -1)
    kept = set(node.tolist())
    if any(node[n] < 0 for n in shared_after) or not shared_before <= kept or len(number) < len(before):
        return None
    return node


def _told(pieces: tuple[_Pieces, _Pieces], whole: Joined, node: Ints) -> Patch:
    """Which edges are the same in both graphs."""
    old, new = pieces
    edge, small_edge = whole.edges[0].copy(), whole.edges[1].copy()
    replaced, fresh = np.flatnonzero(old.own), np.flatnonzero(new.own)
    same = dict(zip(new.keys(fresh, node), fresh.tolist(), strict=True))
    for number, key in zip(replaced.tolist(), old.keys(replaced, np.arange(len(old.graph.node_xy))), strict=True):
        if key in same:
            edge[number] = small_edge[same[key]]
    gone = replaced[edge[replaced] < 0]
    known = np.zeros(len(whole.graph.u), bool)
    known[edge[edge >= 0]] = True
    # Streets around that were built once more only for their neighbours: found again by road, side, kind and ends.
    around = np.flatnonzero(~new.own)
    rows = np.isin(old.road_row[old.graph.streets.road[old.graph.piece]], new.road_row)
    kept = np.flatnonzero(rows & ~old.own)
    lookup = dict(zip(_placed(old, kept), whole.edges[0][kept].tolist(), strict=True))
    small_edge[around] = [lookup.get(key, -1) for key in _placed(new, around)]
    return Patch(whole.graph, edge, gone, np.flatnonzero(~known), new.graph, small_edge, new.road_row)


def _placed(pieces: _Pieces, edges: Ints) -> list[_Key]:
    """Tags and end positions of edges."""
    graph = pieces.graph
    ends = _rounded(graph.node_xy[graph.u[edges]]), _rounded(graph.node_xy[graph.v[edges]])
    return list(zip(*ends, pieces.tags(edges), strict=True))
