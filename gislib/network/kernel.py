"""
Bounded Dijkstra on arrays, compiled: starts and ends lie *on* edges, so partial edges count exactly.

The graph is a CSR of arcs: node ``i`` has arcs ``first[i]:first[i + 1]``, each with target node, length in metres and
edge number. A start is a node with the metres already walked to it. Node numbers are int64, lengths float64.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from gislib.domain.arrays import Floats, Ints


@njit(nogil=True, cache=True)
def _push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    """Add to a binary heap that has room; return the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if keys[parent] <= key:
            break
        keys[i], items[i] = keys[parent], items[parent]
        i = parent
    keys[i], items[i] = key, item
    return size + 1


@njit(nogil=True, cache=True)
def _pop(keys: Floats, items: Ints, size: int) -> int:
    """Remove the smallest (read it from index 0 before); return the new size."""
    size -= 1
    if size > 0:
        key, item, i = keys[size], items[size], 0
        while True:
            child = 2 * i + 1
            if child >= size:
                break
            if child + 1 < size and keys[child + 1] < keys[child]:
                child += 1
            if key <= keys[child]:
                break
            keys[i], items[i] = keys[child], items[child]
            i = child
        keys[i], items[i] = key, item
    return size


@njit(nogil=True, cache=True)
def _settle(  # noqa: PLR0913, PLR0917 - compiled code takes arrays, not objects
    first: Ints, target: Ints, length: Floats, edge: Ints, nodes: Ints, walked: Floats, limit: float,
    dist: Floats, by_edge: Ints, by_node: Ints, order: Ints, keys: Floats, items: Ints,
) -> int:  # fmt: skip
    """
    Settle all nodes within ``limit`` of the starts; return how many.

    ``dist`` must be infinite on entry; the caller resets the nodes named in ``order``. ``by_edge`` and ``by_node``
    receive the last arc of the shortest walk (-1 at a start). ``keys`` and ``items`` need room for every arc and
    start.
    """
    size, count = 0, 0
    for s in range(len(nodes)):
        node, d = nodes[s], walked[s]
        if d <= limit and d < dist[node]:
            dist[node], by_edge[node], by_node[node] = d, -1, -1
            size = _push(keys, items, size, d, node)
    while size > 0:
        d, node = keys[0], items[0]
        size = _pop(keys, items, size)
        if d > dist[node]:  # an older, longer entry of a node already settled
            continue
        order[count] = node
        count += 1
        for arc in range(first[node], first[node + 1]):
            other = target[arc]
            onward = d + length[arc]
            if onward <= limit and onward < dist[other]:
                dist[other], by_edge[other], by_node[other] = onward, edge[arc], node
                size = _push(keys, items, size, onward, other)
    return count


@njit(nogil=True, cache=True)
def trees(  # noqa: PLR0913, PLR0917 - compiled code takes arrays, not objects
    first: Ints, target: Ints, length: Floats, edge: Ints, start_ptr: Ints, nodes: Ints, walked: Floats, limit: float
) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """
    Shortest-path tree within ``limit`` of every source.

    Returns
    -------
    ptr, node, dist, by_edge, by_node
        Source ``k`` settled ``node[ptr[k]:ptr[k + 1]]`` in order of distance, each with its metres from the source,
        the edge and the node before it (-1 at a start).
    """
    n = len(first) - 1
    dist = np.full(n, np.inf)
    last_edge, last_node, order = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n + 1, np.int64)
    room = len(target) + len(nodes) + 1
    keys, items = np.empty(room), np.empty(room, np.int64)
    sources = len(start_ptr) - 1
    ptr = np.zeros(sources + 1, np.int64)
    cap, total = 1 << 14, 0
    out_node, out_edge, out_from = np.empty(cap, np.int64), np.empty(cap, np.int64), np.empty(cap, np.int64)
    out_dist = np.empty(cap)
    for k in range(sources):
        own = slice(start_ptr[k], start_ptr[k + 1])
        count = _settle(
            first, target, length, edge, nodes[own], walked[own], limit, dist, last_edge, last_node, order, keys, items
        )
        while total + count > cap:
            cap *= 2
            out_node = np.concatenate((out_node, np.empty(cap - len(out_node), np.int64)))
            out_edge = np.concatenate((out_edge, np.empty(cap - len(out_edge), np.int64)))
            out_from = np.concatenate((out_from, np.empty(cap - len(out_from), np.int64)))
            out_dist = np.concatenate((out_dist, np.empty(cap - len(out_dist))))
        for i in range(count):
            node = order[i]
            out_node[total + i], out_dist[total + i] = node, dist[node]
            out_edge[total + i], out_from[total + i] = last_edge[node], last_node[node]
            dist[node] = np.inf
        total += count
        ptr[k + 1] = total
    return ptr, out_node[:total].copy(), out_dist[:total].copy(), out_edge[:total].copy(), out_from[:total].copy()


@njit(nogil=True, cache=True)
def subtree_sums(by_edge: Ints, slot_of_parent: Ints, weight: Floats, edges: int) -> tuple[Floats, Floats]:
    """
    Let weights run down a tree to its roots.

    Parameters
    ----------
    by_edge, slot_of_parent, weight
        One tree in order of distance: the edge towards the root (-1 at a root), the position of the node before, and
        the weight that starts at the node.
    edges
        Number of edges of the graph.

    Returns
    -------
    flow, total
        Weight that passes each edge, and that passes each position (at a root: all that arrives there).
    """
    flow = np.zeros(edges)
    total = weight.copy()
    for i in range(len(by_edge) - 1, -1, -1):
        if by_edge[i] >= 0:
            flow[by_edge[i]] += total[i]
            total[slot_of_parent[i]] += total[i]
    return flow, total


@njit(nogil=True, cache=True)
def path_sums(by_edge: Ints, slot_of_parent: Ints, at_root: Floats, edge_value: Floats) -> Floats:
    """
    Sum a value of edges along every path of a tree.

    Parameters
    ----------
    by_edge, slot_of_parent
        One tree in order of distance, as for `subtree_sums`.
    at_root
        Value already gathered at each root; read at roots only.
    edge_value
        Value of every edge of the graph.

    Returns
    -------
    sums
        Value gathered from the start to each position.
    """
    sums = at_root.copy()
    for i in range(len(by_edge)):
        if by_edge[i] >= 0:
            sums[i] = sums[slot_of_parent[i]] + edge_value[by_edge[i]]
    return sums
