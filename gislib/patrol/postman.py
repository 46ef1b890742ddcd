"""
A closed tour over all required streets: join their components, pair odd ends, walk the Euler circuit.

Frederickson's construction for the rural postman problem: at most half as long again as the shortest tour where the
ways between components are short. Ways are taken as equally long in both directions here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import rustworkx
from scipy.sparse import coo_matrix, csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from gislib.domain.arrays import Floats, Ints

FIRST_PARTNERS: Final = 16
QUICK_PARTNERS: Final = 3
"""Half the nearest odd ends that an odd end may be paired with; doubled until all can be paired."""
_PER_METRE: Final = 1000
"""Matching counts in whole numbers: millimetres."""


def postman_order(
    metres: Floats, ends: Ints, depot: int, links: Ints | None = None, *, quick: bool = False
) -> list[tuple[int, int]]:
    """
    Order and direction in which one team walks all streets, from the depot and back.

    Parameters
    ----------
    metres
        ``(places, places)`` shortest ways, all finite among the ends and the depot.
    ends
        ``(streets, 2)`` places at both ends.
    depot
        Place where the tour begins.
    links
        ``(n, 2)`` ways between places that the tour shall walk as well, such as those of the lower bound.
    quick
        See `pair_odd`.

    Returns
    -------
    list of (street, direction)
        Direction 0 walks from ``ends[street, 0]``.
    """
    if not len(ends):
        return []
    metres = np.minimum(metres, metres.T)
    given = np.zeros((0, 2), np.int64) if links is None else links
    joins = _component_joins(metres, np.vstack([ends, given]), depot)
    walked = np.vstack([ends, given, np.array(joins, np.int64).reshape(-1, 2)])
    odd = np.flatnonzero(np.bincount(walked.ravel(), minlength=len(metres)) % 2)
    pairs = np.array(pair_odd(metres[np.ix_(odd, odd)], quick=quick), np.int64).reshape(-1, 2)
    return _circuit(np.vstack([walked, odd[pairs]]), len(ends), depot)


def _component_joins(metres: Floats, ends: Ints, depot: int) -> list[tuple[int, int]]:
    """Pairs of places that join all components of streets, and the depot, by a minimum spanning tree."""
    count = len(metres)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (count, count))
    label = connected_components(graph, directed=False)[1]
    used = np.unique(np.append(ends.ravel(), depot))
    order = used[np.argsort(label[used], kind="stable")]
    begin = np.flatnonzero(np.r_[True, np.diff(label[order]) != 0])
    if len(begin) == 1:
        return []
    between = metres[np.ix_(order, order)]
    apart = np.minimum.reduceat(np.minimum.reduceat(between, begin, axis=0), begin, axis=1)
    # a stored zero is no link in scipy's graphs
    tree = minimum_spanning_tree(csr_array(apart + 1.0)).tocoo()
    stop = np.append(begin[1:], len(order))
    joins = []
    for i, j in zip(tree.row.tolist(), tree.col.tolist(), strict=True):
        block = between[begin[i] : stop[i], begin[j] : stop[j]]
        a, b = np.unravel_index(int(block.argmin()), block.shape)
        joins.append((int(order[begin[i] + a]), int(order[begin[j] + b])))
    return joins


def pair_odd(metres: Floats, *, quick: bool = False) -> list[tuple[int, int]]:
    """
    Perfect matching of an even number of places with few metres.

    Exact over pairs of near places; the reach is widened until everything can be paired. ``quick`` looks at few pairs
    and gives up some percent of the metres.
    """
    count = len(metres)
    if not count:
        return []
    partners, spine = FIRST_PARTNERS, np.zeros((0, 2), np.int64)
    if quick:
        # groups of an odd number can be paired along a spanning tree: hardly ever is widening needed
        tree = minimum_spanning_tree(csr_array(metres + 1.0)).tocoo()
        partners, spine = QUICK_PARTNERS, np.stack([tree.row, tree.col], axis=1).astype(np.int64)
    pairs: list[tuple[int, int]] = []
    while 2 * len(pairs) < count:
        partners = min(2 * partners, count)
        near = np.argsort(metres, axis=1, kind="stable")[:, :partners]
        a, b = np.repeat(np.arange(count), partners), near.ravel()
        couples = np.vstack([np.stack([a, b], axis=1)[a != b], spine])
        couples = np.unique(np.sort(couples, axis=1), axis=0)
        cost = np.round(metres[couples[:, 0], couples[:, 1]] * _PER_METRE).astype(np.int64)
        # maximum weight of maximum cardinality: subtract costs from more than any of them
        weight = int(cost.max()) + 1 - cost
        graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph()
        graph.add_nodes_from(list(range(count)))
        graph.add_edges_from(list(zip(couples[:, 0].tolist(), couples[:, 1].tolist(), weight.tolist(), strict=True)))
        pairs = sorted(rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int))
    return pairs


def _circuit(links: Ints, streets: int, depot: int) -> list[tuple[int, int]]:
    """Order in which an Euler circuit walks the first ``streets`` links; direction 1 is from the second place."""
    beside: dict[int, list[tuple[int, int, int]]] = {}
    for number, (a, b) in enumerate(links.tolist()):
        beside.setdefault(a, []).append((b, number, 0))
        beside.setdefault(b, []).append((a, number, 1))
    walked = np.zeros(len(links), bool)
    stack = [(depot, -1, 0)]
    circuit: list[tuple[int, int]] = []
    while stack:
        onward = beside.get(stack[-1][0], [])
        while onward and walked[onward[-1][1]]:
            onward.pop()
        if onward:
            walked[onward[-1][1]] = True
            stack.append(onward.pop())
        else:
            _, number, way = stack.pop()
            if 0 <= number < streets:
                circuit.append((number, way))
    return circuit[::-1]
