"""Sets of places that a fractional solution leaves too seldom: the cuts of the lower bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from gislib.domain.arrays import Flags, Floats, Ints

_TINY: Final = 1e-6
_VIOLATED: Final = 1e-4
_SHARES: Final = (0.0, 0.05, 0.1, 0.15, 0.2, 0.24, 0.3, 0.35, 0.4, 0.49, 0.55, 0.6, 0.65, 0.7, 0.74, 0.8, 0.9, 0.99)
"""Links weaker than these are dropped one after the other; what still hangs together is tried as a set."""
FEW: Final = 1
"""Fewer cheap cuts than these: look for exact ones as well."""
_FLOW_UNIT: Final = 1_000_000
"""Flows are counted in whole millionths."""
EXACT_PLACES: Final = 900
"""Up to so many odd places every smallest odd cut is found; beyond, only sets that hang together are tried."""

Support = tuple[Ints, Ints, Floats]


@dataclass(frozen=True)
class Cut:
    """Ways out of the set ``places`` number at least ``least``."""

    places: Ints
    least: float


def violated_cuts(support: Support, odd: Flags, group: Ints) -> list[Cut]:
    """
    Cuts that a solution breaks, cheap ones first, exact ones when the cheap ones are few.

    Parameters
    ----------
    support
        Both ends and the value of every column.
    odd
        Places at which an odd number of streets end.
    group
        Component of streets of every place.
    """
    live = support[2] > _TINY
    a, b, value = support[0][live], support[1][live], support[2][live]
    found = _hanging_together((a, b, value), odd, group)
    if len(found) < FEW:
        found += _smallest_cuts((group[a], group[b], value), np.arange(int(group.max()) + 1), group, None)
    if len(found) < FEW and int(odd.sum()) <= EXACT_PLACES:
        found += _smallest_cuts((a, b, value), np.flatnonzero(odd), np.arange(len(odd)), odd)
    return found


def _hanging_together(support: Support, odd: Flags, group: Ints) -> list[Cut]:
    """Sets of places, or of whole components, that strong links hold together."""
    a, b, value = support
    found: dict[bytes, Cut] = {}
    for share in _SHARES:
        strong = value > max(share, _TINY)
        for whole in (False, True):
            places = len(odd)
            first, second = a[strong], b[strong]
            if whole:
                first, second = np.r_[group[first], group], np.r_[group[second], group]
                places = int(group.max()) + 1
            label = labels((first, second), places)
            for cut in _broken((a, b, value), label[group] if whole else label, odd, whole=whole):
                found.setdefault(cut.places.tobytes(), cut)
    return list(found.values())


def labels(links: tuple[Ints, Ints], places: int) -> Ints:
    """Number of the component of every place under undirected links."""
    graph = coo_array((np.ones(len(links[0])), links), (places, places))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _broken(support: Support, label: Ints, odd: Flags, *, whole: bool) -> list[Cut]:
    """Labelled sets that are left too seldom."""
    a, b, value = support
    sets = int(label.max()) + 1
    out = np.zeros(sets)
    crossing = label[a] != label[b]
    np.add.at(out, label[a[crossing]], value[crossing])
    np.add.at(out, label[b[crossing]], value[crossing])
    is_odd = np.bincount(label[odd], minlength=sets) % 2 == 1
    least = np.where(is_odd, 1.0, 2.0 if whole and sets > 1 else 0.0)
    return [Cut(np.flatnonzero(label == s), float(least[s])) for s in np.flatnonzero(out < least - _VIOLATED).tolist()]


def _smallest_cuts(support: Support, terminals: Ints, node: Ints, odd: Flags | None) -> list[Cut]:
    """
    Smallest cuts that part terminals, by a cut tree (Gusfield): odd ones below 1, or without ``odd`` any below 2.

    ``node`` is the node of the support graph of every place.
    """
    nodes = int(node.max()) + 1
    if len(terminals) < 2:  # noqa: PLR2004 - a cut parts two
        return []
    least = 2.0 if odd is None else 1.0
    graph = _capacities(support, nodes)
    parent = np.full(nodes, terminals[0])
    found: dict[bytes, Cut] = {}
    for k, source in enumerate(terminals[1:].tolist(), start=1):
        sink = int(parent[source])
        flow = maximum_flow(graph, source, sink)
        residual = csr_array(graph - flow.flow)
        residual.data = np.where(residual.data > 0, residual.data, 0)
        residual.eliminate_zeros()
        side = np.zeros(nodes, bool)
        side[breadth_first_order(residual, source, return_predecessors=False)] = True
        later = terminals[k + 1 :]
        parent[later[side[later] & (parent[later] == sink)]] = source
        places = np.flatnonzero(side[node])
        fits = odd is None or int(odd[places].sum()) % 2 == 1
        if fits and flow.flow_value < (least - _VIOLATED) * _FLOW_UNIT:
            found.setdefault(places.tobytes(), Cut(places, least))
    return list(found.values())


def _capacities(support: Support, nodes: int) -> csr_array:
    """Capacities in both directions, in whole units."""
    a, b, value = support
    units = np.round(value * _FLOW_UNIT).astype(np.int32)
    apart = a != b
    graph = coo_array(
        (np.r_[units[apart], units[apart]], (np.r_[a[apart], b[apart]], np.r_[b[apart], a[apart]])), (nodes, nodes)
    )
    return csr_array(graph)
