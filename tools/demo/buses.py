"""Bus routes: shortest drives between termini over main streets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

import networkx as nx

from demo.network import Network
from demo.plane import Xy
from demo.shapes import bend
from demo.streets import RANK

_ROUTES: Final[tuple[tuple[str, tuple[Xy, ...]], ...]] = (
    ("1", ((-3150, 330), (-330, 330), (1800, 30))),
    ("2", ((-2800, -900), (300, -150), (940, 1700))),
    ("3", ((-1600, 1200), (-1000, -400), (940, -1080))),
    ("5", ((-330, 1800), (-330, -1300))),
    ("6", ((-2376, 1250), (-1960, -520), (1320, -760))),
    ("101", ((-330, 330), (6900, 4700))),
    ("102", ((-330, -760), (-7300, -4300))),
)


def _nearest(nodes: Sequence[Xy], at: Xy) -> Xy:
    return min(nodes, key=lambda node: math.dist(node, at))


def routes(network: Network) -> list[tuple[str, list[int]]]:
    """Route number with the edge numbers it runs over, in order."""
    graph: nx.Graph[Xy] = nx.Graph()
    for number, edge in enumerate(network.edges):
        if edge.rank <= RANK["tertiary"]:
            cost = edge.line.length * (1 + 0.15 * edge.rank)
            graph.add_edge(edge.points[0], edge.points[-1], weight=cost, number=number)
    biggest = graph.subgraph(max(nx.connected_components(graph), key=len))
    nodes = sorted(biggest.nodes)
    out = []
    for title, places in _ROUTES:
        stops = [_nearest(nodes, bend(*place)) for place in places]
        path: list[int] = []
        for a, b in itertools.pairwise(stops):
            walk = nx.shortest_path(biggest, a, b, weight="weight")
            path += [biggest.edges[u, v]["number"] for u, v in itertools.pairwise(walk)]
        out.append((title, path))
    return out
