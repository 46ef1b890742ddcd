"""The street graph of patrols against networkx on drawn worlds."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from worlds import PARAMETERS, road, table

from gislib.network.drive import (
    Mode,
    build_drive_graph,
    part_line,
    passage,
    piece_passage,
    span_line,
    way_metres,
    way_parts,
)
from gislib.network.streets import build_streets

FOOT = Mode("foot", 4.0, one_way=False, closed_classes=frozenset({"motorway"}))
CAR = Mode("car", 25.0, one_way=True, closed_classes=frozenset({"steps", "footway"}))


def streets_of(roads):
    own = table("roads", roads)
    return build_streets(own, np.zeros(0, object), PARAMETERS), own


def random_roads(seed, size=5):
    rng = np.random.default_rng(seed)
    xy = np.stack(np.meshgrid(np.arange(size), np.arange(size), indexing="ij"), axis=-1) * 100.0
    xy = np.round(xy + rng.uniform(-30, 30, xy.shape), 3)
    roads = []
    for i in range(size):
        for j in range(size):
            for a, b in ((i + 1, j), (i, j + 1)):
                if a < size and b < size and rng.random() < 0.8:
                    facts = {"oneway": ["yes", "-1", "no", None][rng.integers(0, 4)]}
                    kind = ["residential", "steps", "motorway", "primary"][rng.choice(4, p=[0.7, 0.1, 0.05, 0.15])]
                    roads.append(road(kind, [tuple(xy[i, j]), tuple(xy[a, b])], **facts))
    return roads


@pytest.mark.parametrize("mode", [FOOT, CAR], ids=lambda mode: mode.name)
@pytest.mark.parametrize("seed", range(4))
def test_ways_equal_networkx(seed, mode):
    streets, roads = streets_of(random_roads(seed))
    rng = np.random.default_rng(seed)
    cuts = [
        (int(p), float(rng.uniform(0, 1) * shapely.length(streets.lines()[p])))
        for p in rng.integers(0, len(streets), 12)
    ]
    graph = build_drive_graph(streets, cuts)
    forward, backward = piece_passage(streets, roads, mode)
    pass_ = passage(graph, forward, backward)
    other = nx.MultiDiGraph()
    other.add_nodes_from(range(len(graph.node_xy)))
    for part in range(len(graph.u)):
        u, v, metres = int(graph.u[part]), int(graph.v[part]), float(graph.length[part])
        if forward[graph.piece[part]]:
            other.add_edge(u, v, weight=metres)
        if backward[graph.piece[part]]:
            other.add_edge(v, u, weight=metres)
    nodes = np.arange(len(graph.node_xy))
    metres = way_metres(pass_.arcs, nodes)
    for source, reached in nx.all_pairs_dijkstra_path_length(other):
        expected = np.array([reached.get(node, np.inf) for node in nodes])
        assert metres[source] == pytest.approx(expected, abs=1e-3)
    joined = [(a, b) for a in nodes for b in nodes if a != b and np.isfinite(metres[a, b])]
    for a, b in joined[:: max(len(joined) // 60, 1)]:
        parts = way_parts(graph, pass_.arcs, int(a), int(b), float(metres[a, b]))
        lines = [part_line(graph, part, against=against) for part, against in parts]
        assert sum(line.length for line in lines) == pytest.approx(metres[a, b], abs=1e-3)
        assert lines[0].coords[0] == pytest.approx(graph.node_xy[a])
        assert lines[-1].coords[-1] == pytest.approx(graph.node_xy[b])
        for one, after in pairwise(lines):
            assert one.coords[-1] == pytest.approx(after.coords[0])
        assert all((backward if against else forward)[graph.piece[part]] for part, against in parts)


def test_one_way_and_closed_classes():
    streets, roads = streets_of(
        [
            road("residential", [(0, 0), (100, 0)], oneway="yes"),
            road("residential", [(100, 0), (200, 0)], oneway="-1"),
            road("steps", [(200, 0), (300, 0)]),
            road("residential", [(300, 0), (400, 0)], walkable=False),
        ]
    )
    assert [flags.tolist() for flags in piece_passage(streets, roads, CAR)] == [
        [True, False, False, True],
        [False, True, False, True],
    ]
    assert piece_passage(streets, roads, FOOT)[0].tolist() == [True, True, True, False]


def test_cuts_become_nodes():
    streets, _ = streets_of([road("residential", [(0, 0), (100, 0)])])
    graph = build_drive_graph(streets, [(0, 0.2), (0, 40.0), (0, 40.0), (0, 99.8)])
    assert len(graph.u) == 2
    assert graph.length.tolist() == [40.0, 60.0]
    assert graph.node_xy[graph.cut_node[0, 40.0]].tolist() == [40.0, 0.0]
    assert graph.cut_node[0, 0.2] == graph.u[0]
    assert graph.cut_node[0, 99.8] == graph.v[1]
    assert span_line(graph, 0, 10.0, 40.0, against=True).coords[:] == [(40.0, 0.0), (10.0, 0.0)]


def test_no_roads():
    streets, _ = streets_of([])
    graph = build_drive_graph(streets, [])
    assert len(graph.u) == 0
    assert way_metres(passage(graph, np.zeros(0, bool), np.zeros(0, bool)).arcs, np.zeros(0, np.int64)).shape == (0, 0)
