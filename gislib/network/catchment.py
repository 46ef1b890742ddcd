"""Walking catchments: the parts of edges within a walk, which are the catchment, and a polygon to show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.network.graph import WalkGraph
from gislib.network.snap import Snaps
from gislib.network.walks import Reach

BARRIER_CUT_M: Final = 0.2
"""Half width of the slit that barred streets cut into the display polygon."""


@dataclass(frozen=True)
class Parts:
    """Reached parts of edges, ``from_m`` to ``to_m`` along each edge; parts of one edge do not overlap."""

    edge: Ints
    from_m: Floats
    to_m: Floats


def node_distances(graph: WalkGraph, reached: Reach, source: int) -> Floats:
    """Metres from one source to every node; infinite beyond the reach."""
    dist = np.full(len(graph.node_xy), np.inf)
    settled = reached.trees.of(source)
    dist[reached.trees.node[settled]] = reached.trees.dist[settled]
    return dist


def reached_parts(graph: WalkGraph, snaps: Snaps, reached: Reach, source: int, limit_m: float) -> Parts:
    """
    Parts of edges within ``limit_m`` of one source.

    Parameters
    ----------
    graph, snaps, reached
        Walk graph, snaps of the start points, and a reach grown at least to ``limit_m``.
    source
        Source number.
    limit_m
        Longest walk; no returned part holds a point farther than this.
    """
    dist = node_distances(graph, reached, source)
    arcs = graph.legal_arcs if reached.legal else graph.passable_arcs
    near = np.flatnonzero(dist <= limit_m)
    begin = reached.starts(source)
    touched = np.unique(
        np.concatenate([*(arcs.edge[arcs.first[n] : arcs.first[n + 1]] for n in near), snaps.edge[begin]])
    )
    touched = touched.astype(np.int64)
    length = graph.length[touched]
    head = np.clip(limit_m - dist[graph.u[touched]], 0, length)
    tail = np.clip(limit_m - dist[graph.v[touched]], 0, length)
    spans: dict[int, list[tuple[float, float]]] = {}
    for e, metres, a, b in zip(touched.tolist(), length.tolist(), head.tolist(), tail.tolist(), strict=True):
        spans[e] = [(0.0, a), (metres - b, metres)]
    for row in begin.tolist():
        e, along, left = int(snaps.edge[row]), float(snaps.along_m[row]), limit_m - float(snaps.walked_m[row])
        if left >= 0:
            spans[e].append((max(along - left, 0.0), min(along + left, float(graph.length[e]))))
    merged = [(e, low, high) for e, own in spans.items() for low, high in merge_spans(own)]
    table = np.array(merged, float).reshape(-1, 3)
    return Parts(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])


def merge_spans(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Union of spans as disjoint spans in order; empty ones vanish."""
    out: list[tuple[float, float]] = []
    for low, high in sorted(s for s in spans if s[1] > s[0]):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out


def part_lines(graph: WalkGraph, parts: Parts) -> Shapes:
    """Line of every part."""
    from shapely.ops import substring  # noqa: PLC0415 - shapely.ops is slow to import and only maps need it

    return np.array(
        [substring(graph.lines[e], a, b) for e, a, b in zip(parts.edge, parts.from_m, parts.to_m, strict=True)],
        dtype=object,
    )


def display_polygon(graph: WalkGraph, lines: Shapes, width_m: float) -> shapely.Geometry:
    """
    Area around the parts reached within (limit - width): buffered by ``width_m`` and cut at barred streets.

    ``lines`` are the parts of the shorter reach; the polygon then stays within the limit as well.
    """
    area = shapely.union_all(shapely.buffer(lines, width_m))
    barred: Shapes = graph.streets.lines()[graph.streets.barred]
    if not len(barred) or area.is_empty:
        return area
    slit = shapely.buffer(shapely.union_all(barred), BARRIER_CUT_M)
    pieces = shapely.get_parts(shapely.difference(area, slit))
    kept = pieces[shapely.STRtree(list(pieces)).query(lines, predicate="intersects")[1]]
    return shapely.union_all(kept)
