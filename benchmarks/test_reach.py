"""
Walking catchments: our kernel against networkx with a cutoff and against the usual osmnx recipe, in the same run.

Synthetic town: a jittered grid of about 200,000 junctions 70 m apart with 28 % of the streets removed, largest
component, streets 2 to 15 % longer than their chord; some 1.4 streets a junction, 79 m on average. Sources are
junctions, because that is what the two peers can start from; ours also starts on edges, which they cannot.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gislib.network.arcs import Trees, build_arcs, grow_trees

NODES = 200_000
SPACING_M = 70.0
DROPPED = 0.28
LIMIT_M = 1000.0
SOURCES = 400
NETWORKX_SOURCES = 80
EGO_SOURCES = 16
ROUNDS = 7
NETWORKX_RATIO_MIN = 5.0
EGO_RATIO_MIN = 50.0
SAME_M = 0.1


@dataclass(frozen=True)
class Town:
    """Undirected streets ``u``-``v`` of ``length`` metres, and the source junctions."""

    nodes: int
    u: np.ndarray
    v: np.ndarray
    length: np.ndarray
    sources: np.ndarray


@pytest.fixture(scope="module")
def town() -> Town:
    rng = np.random.default_rng(0)
    side = int(np.ceil(np.sqrt(NODES * 1.03)))
    number = np.arange(side * side).reshape(side, side)
    xy = np.argwhere(number >= 0) * SPACING_M + rng.normal(0, SPACING_M * 0.15, (side * side, 2))
    east = np.c_[number[:-1].ravel(), number[1:].ravel()]
    north = np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()]
    links = np.vstack([east, north])
    links = links[rng.random(len(links)) > DROPPED]
    one = np.ones(len(links))
    label = connected_components(coo_matrix((one, links.T), (side * side, side * side)), directed=False)[1]
    kept = label == np.bincount(label).argmax()
    renumbered = np.cumsum(kept) - 1
    u, v = links[kept[links[:, 0]]].T
    chord = np.hypot(*(xy[u] - xy[v]).T)
    length = np.round(np.maximum(chord * rng.uniform(1.02, 1.15, len(u)), 1.0), 3)
    count = int(kept.sum())
    sources = np.random.default_rng(7).permutation(count)[:SOURCES]
    return Town(count, renumbered[u], renumbered[v], length, sources)


def seconds_per_source(work: Callable[[int], object], sources: np.ndarray) -> float:
    start = time.perf_counter()
    for source in sources.tolist():
        work(source)
    return (time.perf_counter() - start) / len(sources)


def distances(trees: Trees, source: int) -> dict[int, float]:
    own = trees.of(source)
    return dict(zip(trees.node[own].tolist(), trees.dist[own].tolist(), strict=True))


def test_catchments_beat_networkx_and_the_osmnx_recipe(benchmark, town: Town) -> None:
    arcs = build_arcs(town.nodes, town.u, town.v, town.length, np.arange(len(town.u)))
    ptr, walked = np.arange(SOURCES + 1), np.zeros(SOURCES)
    trees = benchmark.pedantic(
        grow_trees, args=(arcs, ptr, town.sources, walked, LIMIT_M), rounds=ROUNDS, warmup_rounds=1
    )
    ours = benchmark.stats.stats.median / SOURCES

    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(town.u.tolist(), town.v.tolist(), town.length.tolist(), strict=True), "length")
    # What osmnx hands out: a directed multigraph with every street in both directions.
    directed = nx.MultiDiGraph(graph)

    def cutoff(source: int) -> dict[int, float]:
        return dict(nx.single_source_dijkstra_path_length(graph, source, cutoff=LIMIT_M, weight="length"))

    def recipe(source: int) -> nx.MultiDiGraph:
        return nx.ego_graph(directed, source, radius=LIMIT_M, distance="length")

    with_cutoff = seconds_per_source(cutoff, town.sources[:NETWORKX_SOURCES])
    with_recipe = seconds_per_source(recipe, town.sources[:EGO_SOURCES])

    reached = 0
    for k in range(NETWORKX_SOURCES):
        expected, found = cutoff(int(town.sources[k])), distances(trees, k)
        assert found.keys() == expected.keys()
        assert max(abs(found[node] - metres) for node, metres in expected.items()) <= SAME_M
        reached += len(found)
    assert all(set(recipe(int(town.sources[k]))) == set(distances(trees, k)) for k in range(EGO_SOURCES))

    ratios = {"networkx": with_cutoff / ours, "ego_graph": with_recipe / ours}
    benchmark.extra_info.update({f"{name}_ratio": round(ratio, 1) for name, ratio in ratios.items()})
    print(
        f"\n{town.nodes} junctions, {LIMIT_M:.0f} m, {reached / NETWORKX_SOURCES:.0f} junctions reached on average; "
        f"per source: ours {ours * 1e3:.4f} ms, networkx with cutoff {with_cutoff * 1e3:.2f} ms "
        f"({ratios['networkx']:.1f} x), ego_graph {with_recipe * 1e3:.2f} ms ({ratios['ego_graph']:.0f} x)"
    )
    assert ratios["networkx"] >= NETWORKX_RATIO_MIN
    assert ratios["ego_graph"] >= EGO_RATIO_MIN
