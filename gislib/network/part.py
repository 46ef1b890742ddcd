"""Part of a walk graph, or several parts put together: pieces with their edges, numbered anew in road order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.network.crossings import CrossingRules, Marked
from gislib.network.graph import ALONG, MARKED_CROSSING, ROUND_END, WalkGraph
from gislib.network.kerbs import Sides
from gislib.network.streets import Streets

MAIN: Final = 0
FACING: Final = 1
"""Edges between two carriageways come after all pieces, as the graph is built."""
CAPS: Final = 2


@dataclass(frozen=True)
class Part:
    """
    Pieces of a graph.

    ``pieces``: numbers, ascending; ``road_row``: row of the common road table for each row of the graph's own one;
    ``node``: common number of each of its nodes (-1: of none of the pieces).
    """

    graph: WalkGraph
    pieces: Ints
    road_row: Ints
    node: Ints


@dataclass(frozen=True)
class Joined:
    """A graph and, for each part, the number of each of its edges in it (-1: left out)."""

    graph: WalkGraph
    edges: tuple[Ints, ...]


def joined(parts: Sequence[Part], node_xy: Floats, road_id: Shapes) -> Joined:
    """
    One graph from parts that share nodes.

    All pieces of one road must come from one part. Pieces and edges have the order in which a graph is built from the
    whole road table. ``streets.partner`` is known inside a part only.

    Parameters
    ----------
    parts
        The first tells how believable the crossing data are.
    node_xy
        Position of every common node.
    road_id
        Id of every row of the common road table.
    """
    row = np.concatenate([p.road_row[p.graph.streets.road[p.pieces]] for p in parts])
    order = np.argsort(row, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    bounds = np.r_[0, np.cumsum([len(p.pieces) for p in parts])]
    piece_maps = []
    for k, part in enumerate(parts):
        number = np.full(len(part.graph.streets), -1)
        number[part.pieces] = place[bounds[k] : bounds[k + 1]]
        piece_maps.append(number)
    streets, vertices = _streets(parts, piece_maps, order, row[order])
    edges = [np.flatnonzero(number[p.graph.piece] >= 0) for p, number in zip(parts, piece_maps, strict=True)]
    piece = np.concatenate([number[p.graph.piece[e]] for p, number, e in zip(parts, piece_maps, edges, strict=True)])
    block = np.concatenate([_blocks(p.graph)[e] for p, e in zip(parts, edges, strict=True)])
    turn = np.lexsort((np.arange(len(piece)), piece, block))

    def of_edges(name: str) -> np.ndarray:
        return np.concatenate([getattr(p.graph, name)[e] for p, e in zip(parts, edges, strict=True)])[turn]

    ends = [
        np.concatenate([p.node[getattr(p.graph, end)[e]] for p, e in zip(parts, edges, strict=True)]) for end in "uv"
    ]
    graph = WalkGraph(
        node_xy=node_xy, u=ends[0][turn], v=ends[1][turn], length=of_edges("length"), lines=of_edges("lines"),
        piece=piece[turn], side=of_edges("side"), kind=of_edges("kind"), legal=of_edges("legal"), streets=streets,
        sides=_sides(parts, piece_maps, order, vertices, node_xy), crossing=_crossing(parts, piece_maps),
        road_id=road_id[streets.road],
    )  # fmt: skip
    number = np.empty(len(turn), np.int64)
    number[turn] = np.arange(len(turn))
    firsts = np.r_[0, np.cumsum([len(e) for e in edges])]
    maps = []
    for k, part in enumerate(parts):
        own = np.full(len(part.graph.u), -1)
        own[edges[k]] = number[firsts[k] : firsts[k + 1]]
        maps.append(own)
    return Joined(graph, tuple(maps))


def around(graph: WalkGraph, shape: shapely.Geometry, road_id: Shapes) -> WalkGraph:
    """
    Pieces of a graph that touch an area, whole; walks that stay inside it are the same.

    ``road_id``: id of every row of the road table that the graph was built from.
    """
    shapely.prepare(shape)
    touching = shapely.intersects(shape, graph.streets.lines()) if len(graph.streets) else np.zeros(0, bool)
    used = np.zeros(len(graph.node_xy), bool)
    edges = touching[graph.piece]
    used[graph.u[edges]] = used[graph.v[edges]] = True
    used[graph.sides.corner[touching].ravel()] = True
    node = np.where(used, np.cumsum(used) - 1, -1)
    part = Part(graph, np.flatnonzero(touching), np.arange(len(road_id)), node)
    return joined([part], graph.node_xy[used], road_id).graph


def _blocks(graph: WalkGraph) -> Ints:
    """Which edges are of the pieces, between carriageways, or caps."""
    along = np.flatnonzero(graph.kind == ALONG)
    last = along[-1] if len(along) else -1
    facing = (graph.kind == MARKED_CROSSING) & (np.arange(len(graph.kind)) > last)
    return np.where(graph.kind == ROUND_END, CAPS, np.where(facing, FACING, MAIN))


def _vertex_rows(streets: Streets, pieces: Ints) -> tuple[Ints, Ints]:
    """Rows of ``Streets.xy`` of some pieces, one after the other, and how many each has."""
    count = np.diff(streets.ptr)[pieces]
    first = np.repeat(streets.ptr[pieces] - np.r_[0, np.cumsum(count)[:-1]], count) if len(pieces) else count
    return first + np.arange(int(count.sum())), count


def _streets(parts: Sequence[Part], piece_maps: Sequence[Ints], order: Ints, road: Ints) -> tuple[Streets, Ints]:
    """Streets of all parts in their new order, and the order of the vertices of the parts put after one another."""
    rows = [_vertex_rows(p.graph.streets, p.pieces) for p in parts]
    count = np.concatenate([c for _, c in rows])
    begin = np.r_[0, np.cumsum(count)]
    ptr = np.r_[0, np.cumsum(count[order])].astype(np.int64)
    vertices = np.repeat(begin[order] - ptr[:-1], count[order]) + np.arange(int(count.sum()))
    xy = np.concatenate([p.graph.streets.xy[r] for p, (r, _) in zip(parts, rows, strict=True)])[vertices]

    def of_pieces(name: str) -> np.ndarray:
        return np.concatenate([getattr(p.graph.streets, name)[p.pieces] for p in parts])[order]

    partner = np.concatenate(
        [_renumbered(number, p.graph.streets.partner[p.pieces]) for p, number in zip(parts, piece_maps, strict=True)]
    )
    spans = {
        int(number[piece]): own
        for p, number in zip(parts, piece_maps, strict=True)
        for piece, own in p.graph.streets.rail_spans.items()
        if number[piece] >= 0
    }
    streets = Streets(
        xy=xy, ptr=ptr, road=road, ends=_ends(xy, ptr), kerbed=of_pieces("kerbed"), wide=of_pieces("wide"),
        barred=of_pieces("barred"), rail_spans=spans, walkable=of_pieces("walkable"),
        half_width=of_pieces("half_width"), partner=partner[order], partner_side=of_pieces("partner_side"),
    )  # fmt: skip
    return streets, vertices


def _renumbered(number: Ints, old: Ints) -> Ints:
    """New numbers of old ones; -1 stays."""
    return np.where(old >= 0, number[old], -1)


def _ends(xy: Floats, ptr: Ints) -> Ints:
    """Junction numbers of both ends of every piece; equal coordinates are one junction."""
    if len(ptr) == 1:
        return np.zeros((0, 2), np.int64)
    _, number = np.unique(np.vstack([xy[ptr[:-1]], xy[ptr[1:] - 1]]), axis=0, return_inverse=True)
    return np.asarray(number.reshape(2, -1).T, dtype=np.int64)


def _sides(
    parts: Sequence[Part], piece_maps: Sequence[Ints], order: Ints, vertices: Ints, node_xy: Floats
) -> Sides:  # fmt: skip
    rows = [_vertex_rows(p.graph.streets, p.pieces)[0] for p in parts]
    corner = np.concatenate([p.node[p.graph.sides.corner[p.pieces]] for p in parts])
    caps = [
        np.column_stack([_renumbered(p.node, own[:, 0]), _renumbered(p.node, own[:, 1]), number[own[:, 2]]])
        for p, number in zip(parts, piece_maps, strict=True)
        for own in [p.graph.sides.caps[number[p.graph.sides.caps[:, 2]] >= 0]]
    ]
    return Sides(
        left=np.concatenate([p.graph.sides.left[r] for p, r in zip(parts, rows, strict=True)])[vertices],
        right=np.concatenate([p.graph.sides.right[r] for p, r in zip(parts, rows, strict=True)])[vertices],
        mouth=np.concatenate([p.graph.sides.mouth[p.pieces] for p in parts])[order],
        corner_xy=node_xy,
        corner=corner[order],
        caps=np.concatenate(caps).astype(np.int64),
    )


def _crossing(parts: Sequence[Part], piece_maps: Sequence[Ints]) -> CrossingRules:
    """Marked places and spans of all parts; how believable the data are is told by the first."""
    first = parts[0].graph.crossing
    piece = np.concatenate([number[p.graph.crossing.marked.piece] for p, number in zip(parts, piece_maps, strict=True)])
    chain = np.concatenate([p.graph.crossing.marked.chain for p in parts])
    piece, chain = piece[piece >= 0], chain[piece >= 0]
    order = np.lexsort((chain, piece))
    spans: list[dict[int, list[tuple[float, float]]]] = [
        {
            int(number[k]): own
            for p, number in zip(parts, piece_maps, strict=True)
            for k, own in getattr(p.graph.crossing, name).items()
            if number[k] >= 0
        }
        for name in ("passable_spans", "legal_spans")
    ]
    return CrossingRules(Marked(piece[order], chain[order]), spans[0], spans[1], first.per_km, first.data_missing)
