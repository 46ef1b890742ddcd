"""CSR arcs of an undirected graph, ready for the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.network import kernel


@dataclass(frozen=True)
class Arcs:
    """Both directions of every edge: node ``i`` owns arcs ``first[i]:first[i + 1]``. Parallel edges stay separate."""

    first: Ints
    target: Ints
    length: Floats
    edge: Ints


@dataclass(frozen=True)
class Trees:
    """
    Shortest-path trees of several sources, concatenated.

    Source ``k`` owns the slice ``ptr[k]:ptr[k + 1]``, in order of distance. ``by_edge`` and ``by_node`` name the last
    step of the walk to ``node``; both are -1 where the walk starts at that node's own edge.
    """

    ptr: Ints
    node: Ints
    dist: Floats
    by_edge: Ints
    by_node: Ints

    def of(self, source: int) -> slice:
        """Slice of one source."""
        return slice(int(self.ptr[source]), int(self.ptr[source + 1]))


def build_arcs(nodes: int, u: Ints, v: Ints, length: Floats, edge: Ints) -> Arcs:
    """Arcs of the edges ``u``-``v``; ``edge`` holds the number to report for each."""
    tail, head = np.r_[u, v], np.r_[v, u]
    order = np.argsort(tail, kind="stable")
    first = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=nodes), out=first[1:])
    return Arcs(first, head[order], np.r_[length, length][order], np.r_[edge, edge][order])


def grow_trees(arcs: Arcs, source_ptr: Ints, nodes: Ints, walked_m: Floats, limit_m: float) -> Trees:
    """
    Shortest-path trees within ``limit_m``.

    Parameters
    ----------
    arcs
        Graph.
    source_ptr
        Source ``k`` starts at ``nodes[source_ptr[k]:source_ptr[k + 1]]``, having walked ``walked_m`` metres to each.
    nodes, walked_m
        Start nodes and metres.
    limit_m
        Longest walk; exactly at the limit is inside.
    """
    return Trees(
        *kernel.trees(
            arcs.first, arcs.target, arcs.length, arcs.edge,
            np.asarray(source_ptr, np.int64), np.asarray(nodes, np.int64), np.asarray(walked_m, np.float64), limit_m,
        )
    )  # fmt: skip
