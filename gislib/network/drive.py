"""
The street graph of patrols: centre lines cut where a patrol begins, stops or turns, one-way for vehicles.

Unlike the walk graph it has no kerbs: a patrol sees both sides, crosses where it must, and is counted by the street.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.network.arcs import Arcs, grow_trees
from gislib.network.streets import Streets

END_M: Final = 0.5
"""A cut nearer to the end of a street piece than this is its end."""
SAME_M: Final = 1e-6
SOURCES_AT_ONCE: Final = 256
"""Sources whose distances to the whole graph are held in memory together."""


@dataclass(frozen=True)
class Mode:
    """How a team moves: speed in km/h, whether one-way streets bind it, road classes closed to it."""

    name: str
    speed_kmh: float
    one_way: bool
    closed_classes: frozenset[str]


@dataclass(frozen=True)
class DriveGraph:
    """
    Parts of street pieces between junctions and cuts; arrays are parallel, lengths in metres.

    Attributes
    ----------
    node_xy
        Junctions, then cuts.
    u, v, length
        End nodes, in the direction of the road, and length of every part.
    piece, from_m, to_m
        Street piece and the chainages on it.
    pieces
        Line of every street piece.
    road
        Row of the road table of every street piece.
    cut_node
        Node of every cut, by piece and chainage as asked for.
    """

    node_xy: Floats
    u: Ints
    v: Ints
    length: Floats
    piece: Ints
    from_m: Floats
    to_m: Floats
    pieces: Shapes
    road: Ints
    cut_node: Mapping[tuple[int, float], int]


@dataclass(frozen=True)
class Passage:
    """Where a mode may pass: forward and backward by street piece, and the arcs of the graph."""

    forward: Flags
    backward: Flags
    arcs: Arcs


def piece_passage(streets: Streets, roads: gpd.GeoDataFrame, mode: Mode) -> tuple[Flags, Flags]:
    """
    Street pieces that a mode may pass in and against the direction of the road.

    A class closed to the mode, or a road known not to be walkable for ``foot``-like modes without one-way duty, is
    closed both ways. One-way streets are closed against their direction for modes that obey it; unknown is two-way.
    """
    classes = roads["road_class"].to_numpy(dtype=object).astype(str)[streets.road]
    open_ = ~np.isin(classes, list(mode.closed_classes))
    if not mode.one_way:
        banned = (roads["walkable"] == False).to_numpy(bool, na_value=False)  # noqa: E712 - three-valued
        return open_ & ~banned[streets.road], open_ & ~banned[streets.road]
    oneway = roads["oneway"].to_numpy(dtype=object).astype(str)[streets.road]
    return open_ & (oneway != "-1"), open_ & (oneway != "yes")


def build_drive_graph(streets: Streets, cuts: Iterable[tuple[int, float]]) -> DriveGraph:
    """
    Cut street pieces at chainages.

    Parameters
    ----------
    streets
        Street pieces of the area.
    cuts
        Piece and chainage in metres; a cut at an end is the junction there.
    """
    pieces = streets.lines() if len(streets) else np.zeros(0, object)
    whole = np.asarray(shapely.length(pieces), float)
    junctions = int(streets.ends.max()) + 1 if len(streets) else 0
    node_xy = np.zeros((junctions, 2))
    node_xy[streets.ends[:, 0]] = streets.xy[streets.ptr[:-1]]
    node_xy[streets.ends[:, 1]] = streets.xy[streets.ptr[1:] - 1]
    by_piece: dict[int, set[float]] = {}
    for piece, chain in cuts:
        by_piece.setdefault(piece, set()).add(float(chain))
    plain = np.setdiff1d(np.arange(len(streets)), np.fromiter(by_piece, np.int64, len(by_piece)))
    rows = [(int(p), 0.0, float(whole[p]), int(streets.ends[p, 0]), int(streets.ends[p, 1])) for p in plain]
    added: list[tuple[float, float]] = []
    cut_node: dict[tuple[int, float], int] = {}
    for piece, chains in sorted(by_piece.items()):
        first, last = (int(end) for end in streets.ends[piece])
        here, at = first, 0.0
        for chain in sorted(chains):
            if chain <= END_M:
                cut_node[piece, chain] = first
            elif chain >= whole[piece] - END_M:
                cut_node[piece, chain] = last
            elif chain - at <= SAME_M:
                cut_node[piece, chain] = here
            else:
                spot = pieces[piece].interpolate(chain)
                added.append((spot.x, spot.y))
                node = junctions + len(added) - 1
                cut_node[piece, chain] = node
                rows.append((piece, at, chain, here, node))
                here, at = node, chain
        rows.append((piece, at, float(whole[piece]), here, last))
    table = np.array(rows, float).reshape(-1, 5)
    return DriveGraph(
        node_xy=np.vstack([node_xy, np.array(added).reshape(-1, 2)]),
        u=table[:, 3].astype(np.int64), v=table[:, 4].astype(np.int64), length=table[:, 2] - table[:, 1],
        piece=table[:, 0].astype(np.int64), from_m=table[:, 1], to_m=table[:, 2], pieces=pieces, road=streets.road,
        cut_node=cut_node,
    )  # fmt: skip


def passage(graph: DriveGraph, forward: Flags, backward: Flags) -> Passage:
    """Arcs of the parts that may be passed; ``forward`` and ``backward`` by street piece."""
    ahead, back = np.flatnonzero(forward[graph.piece]), np.flatnonzero(backward[graph.piece])
    tail, head = np.r_[graph.u[ahead], graph.v[back]], np.r_[graph.v[ahead], graph.u[back]]
    part = np.r_[ahead, back]
    order = np.argsort(tail, kind="stable")
    first = np.zeros(len(graph.node_xy) + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=len(graph.node_xy)), out=first[1:])
    return Passage(forward, backward, Arcs(first, head[order], graph.length[part][order], part[order]))


def way_metres(arcs: Arcs, nodes: Ints) -> Floats:
    """
    Shortest ways between nodes.

    Returns
    -------
    metres
        ``(nodes, nodes)``, row = from; infinite where there is no way.
    """
    count = len(arcs.first) - 1
    tail = np.repeat(np.arange(count), np.diff(arcs.first))
    order = np.lexsort((arcs.length, arcs.target, tail))
    tail, head = tail[order], arcs.target[order]
    # of parallel arcs only the shortest counts; scipy would add them up
    keep = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])] & (tail != head) if len(tail) else tail > 0
    length = np.maximum(arcs.length[order][keep], SAME_M)
    matrix = csr_array((length, (tail[keep], head[keep])), (count, count))
    metres = np.empty((len(nodes), len(nodes)))
    for begin in range(0, len(nodes), SOURCES_AT_ONCE):
        block = slice(begin, begin + SOURCES_AT_ONCE)
        metres[block] = dijkstra(matrix, indices=nodes[block])[:, nodes]
    return metres


def way_parts(graph: DriveGraph, arcs: Arcs, start: int, end: int, metres: float) -> list[tuple[int, bool]]:
    """
    Parts of the shortest way between two nodes in order, each with whether it is passed against the road.

    Parameters
    ----------
    graph, arcs
        Graph and where may be passed.
    start, end
        Nodes.
    metres
        Length of the way, from `way_metres`; bounds the search.
    """
    if start == end:
        return []
    tree = grow_trees(arcs, np.array([0, 1]), np.array([start]), np.zeros(1), metres + len(graph.node_xy) * SAME_M)
    slot = {int(node): k for k, node in enumerate(tree.node.tolist())}
    parts: list[tuple[int, bool]] = []
    here = end
    while here != start:
        k = slot[here]
        part, before = int(tree.by_edge[k]), int(tree.by_node[k])
        parts.append((part, not (graph.u[part] == before and graph.v[part] == here)))
        here = before
    return parts[::-1]


def part_line(graph: DriveGraph, part: int, *, against: bool) -> shapely.LineString:
    """Line of a part in the direction it is passed."""
    return span_line(graph, int(graph.piece[part]), float(graph.from_m[part]), float(graph.to_m[part]), against=against)


def span_line(graph: DriveGraph, piece: int, from_m: float, to_m: float, *, against: bool) -> shapely.LineString:
    """Line of a street piece between two chainages, in or against the direction of the road."""
    line: shapely.LineString = graph.pieces[piece]
    if from_m > 0.0 or to_m < line.length:
        line = shapely.LineString(substring(line, from_m, to_m).coords)
    return shapely.LineString(line.coords[::-1]) if against else line
