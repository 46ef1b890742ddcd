"""The kernel against networkx, and the graph's promises as properties of random towns."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import event, given, settings
from hypothesis import strategies as st
from worlds import PARAMETERS, device, road, world

from gislib.network.catchment import reached_parts
from gislib.network.graph import WalkGraph, build_walk_graph
from gislib.network.snap import Snaps
from gislib.network.walks import reach, walk_lengths

SHARED = Path(__file__).resolve().parents[3] / "shared"


def oracle(graph: WalkGraph, start: tuple[Snaps, int], end: tuple[Snaps, int], *, legal: bool) -> float:
    """Shortest walk by networkx, with start and end inserted as nodes."""
    G = nx.MultiGraph()
    for e in range(len(graph.u)):
        if graph.legal[e] or not legal:
            G.add_edge(int(graph.u[e]), int(graph.v[e]), weight=graph.length[e])
    for name, (snaps, point) in (("start", start), ("end", end)):
        for r in np.flatnonzero((snaps.point == point) & (snaps.legal | (not legal))):
            e, along, leg = snaps.edge[r], snaps.along_m[r], snaps.walked_m[r]
            G.add_edge(name, int(graph.u[e]), weight=leg + along)
            G.add_edge(name, int(graph.v[e]), weight=leg + graph.length[e] - along)
    direct = [
        abs(start[0].along_m[a] - end[0].along_m[b]) + start[0].walked_m[a] + end[0].walked_m[b]
        for a in np.flatnonzero((start[0].point == start[1]) & (start[0].legal | (not legal)))
        for b in np.flatnonzero((end[0].point == end[1]) & (end[0].legal | (not legal)))
        if start[0].edge[a] == end[0].edge[b]
    ]
    if "start" not in G or "end" not in G or not nx.has_path(G, "start", "end"):
        return min(direct, default=np.inf)
    return min([nx.shortest_path_length(G, "start", "end", weight="weight"), *direct])


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """A jittered grid of streets of mixed classes with some crossings and rails."""
    n = draw(st.integers(2, 4))
    jitter = draw(st.lists(st.floats(-20, 20), min_size=2 * n * n, max_size=2 * n * n))
    spot = {
        (i, j): (120.0 * i + jitter[2 * (i * n + j)], 120.0 * j + jitter[2 * (i * n + j) + 1])
        for i in range(n)
        for j in range(n)
    }
    links = [((i, j), (i + 1, j)) for i in range(n - 1) for j in range(n)] + [
        ((i, j), (i, j + 1)) for i in range(n) for j in range(n - 1)
    ]
    classes = draw(
        st.lists(
            st.sampled_from(["primary", "secondary", "residential", "footway"]),
            min_size=len(links),
            max_size=len(links),
        )
    )
    # the first street is always there, every tenth of the others is not
    kept = [9, *draw(st.lists(st.integers(0, 9), min_size=len(links) - 1, max_size=len(links) - 1))]
    roads = [road(c, [spot[a], spot[b]]) for (a, b), c, k in zip(links, classes, kept, strict=True) if k]
    middle = [tuple((np.array(spot[a]) + spot[b]) / 2) for a, b in links]
    crossings = [device("crossing", m) for m, k in zip(middle, kept, strict=True) if k > 6]
    return roads, crossings


points = st.tuples(st.floats(-20, 380), st.floats(-20, 380))


@settings(max_examples=60, deadline=None)
@given(towns(), points, points)
def test_walks_equal_networkx_and_order_holds(
    town: tuple[list, list], start: tuple[float, float], end: tuple[float, float]
) -> None:
    place = world(*town)
    begin, finish = place.snap(start), place.snap(end)
    found = {}
    for legal in (True, False):
        found[legal], line = place.walk(start, end, legal=legal, limit_m=1e6)
        expected = oracle(place.graph, (begin, 0), (finish, 0), legal=legal)
        assert found[legal] == pytest.approx(expected, abs=1e-6)
        if np.isfinite(expected):
            assert line is not None
            assert line.length == pytest.approx(expected, abs=1e-6)
            assert expected >= shapely.distance(shapely.Point(start), shapely.Point(end)) - 1e-9
    assert found[True] >= found[False] - 1e-9


@settings(max_examples=40, deadline=None)
@given(towns(), points, points, st.integers(0, 30))
def test_adding_a_rail_never_shortens(
    town: tuple[list, list], start: tuple[float, float], end: tuple[float, float], which: int
) -> None:
    roads, crossings = town
    rail = device("rail", roads[which % len(roads)]["geometry"])
    for legal in (True, False):
        before = world(roads, crossings).walk(start, end, legal=legal, limit_m=1e6)[0]
        after = world(roads, [*crossings, rail]).walk(start, end, legal=legal, limit_m=1e6)[0]
        assert after >= before - 1e-6


@settings(max_examples=40, deadline=None)
@given(towns(), points, points, st.integers(0, 30))
def test_adding_a_crossing_never_lengthens_a_walk(
    town: tuple[list, list], start: tuple[float, float], end: tuple[float, float], which: int
) -> None:
    """Method E always, method D where the duty applied before (decision 0003: the free spans stay the same)."""
    roads, crossings = town
    middle = np.asarray(roads[which % len(roads)]["geometry"]).mean(axis=0)
    before, after = world(roads, crossings), world(roads, [*crossings, device("crossing", middle)])

    def lengths(legal: bool) -> tuple[float, float]:  # noqa: FBT001 - one word
        return tuple(place.walk(start, end, legal=legal, limit_m=1e6)[0] for place in (before, after))

    passable, legal = lengths(False), lengths(True)  # noqa: FBT003
    same = before.graph.crossing.legal_spans == after.graph.crossing.legal_spans
    event(f"the duty applied before: {same}")
    # Crossing anywhere is sampled; in a bend the width differs by a metre or two, and a new duty moves a sample.
    assert passable[1] <= passable[0] + (1e-6 if same else 2.0)
    if same:
        assert legal[1] <= legal[0] + 1e-6


def test_where_the_duty_applies_a_new_crossing_shortens_the_legal_walk() -> None:
    """A street 14 m wide with crossings at 0 and 150 m, duty 100 m: no free span; 2 x 50 m of detour become none."""
    street = [road("secondary", [(0, 0), (150, 0)])]
    crossings = [device("crossing", (0, 0)), device("crossing", (150, 0))]
    before, after = world(street, crossings), world(street, [*crossings, device("crossing", (75, 0))])
    assert before.graph.crossing.legal_spans == after.graph.crossing.legal_spans == {0: []}
    walks = [place.walk((75, 10), (75, -10), legal=True, limit_m=1e6)[0] for place in (before, after)]
    assert walks == pytest.approx([20.0 + 150.0, 20.0])


@settings(max_examples=30, deadline=None)
@given(towns(), points, st.floats(20, 400))
def test_no_point_of_a_catchment_is_beyond_its_limit(
    town: tuple[list, list], start: tuple[float, float], limit: float
) -> None:
    place = world(*town)
    snaps = place.snap(start)
    grown = reach(place.graph, snaps, [np.array([0])], legal=True, limit_m=limit)
    parts = reached_parts(place.graph, snaps, grown, 0, limit)
    for e, low, high in zip(parts.edge, parts.from_m, parts.to_m, strict=True):
        for chain in np.linspace(low, high, 5):
            end = Snaps(
                np.array([0]), np.array([e]), np.array([chain]), np.zeros(1), np.ones(1, bool), np.ones(1, bool)
            )
            assert oracle(place.graph, (snaps, 0), (end, 0), legal=True) <= limit + 1e-6


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared example data are not beside the project")
def test_a_real_town_equals_networkx() -> None:
    from datetime import date  # noqa: PLC0415

    from gislib import rules  # noqa: PLC0415
    from gislib.exposure.ground import build_ground  # noqa: PLC0415
    from gislib.sources.osm import read_osm  # noqa: PLC0415

    rs = rules.load()
    ground = build_ground(read_osm(SHARED / "data/osm/nanjing_center_2021.osm", rs).layers, rs, date(2026, 11, 23))
    rng = np.random.default_rng(7)
    ways = np.flatnonzero(ground.graph.kind == 0)
    chosen = rng.choice(ways, 24, replace=False)
    spots = shapely.get_coordinates(
        shapely.line_interpolate_point(ground.graph.lines[chosen], rng.uniform(0, 1, 24), normalized=True)
    )
    spots = spots + rng.uniform(-6, 6, spots.shape)
    snaps = ground.snap(shapely.points(spots))
    groups = [np.array([k]) for k in range(12)]
    for legal in (True, False):
        grown = reach(ground.graph, snaps, groups, legal=legal, limit_m=1e6)
        source, end = np.repeat(np.arange(12), 12), np.tile(np.arange(12, 24), 12)
        found = walk_lengths(ground.graph, (snaps, grown), snaps, (source, end)).metres
        expected = [oracle(ground.graph, (snaps, a), (snaps, b), legal=legal) for a, b in zip(source, end, strict=True)]
        assert np.isfinite(expected).sum() > 40
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_row_order_does_not_matter() -> None:
    roads = [
        road("secondary", [(0, 0), (100, 0), (200, 10)]),
        road("residential", [(100, 0), (100, 80)]),
        road("primary", [(200, 10), (200, 200)]),
    ]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        place = world([roads[k] for k in order])
        assert place.walk((20, 9), (215, 150), legal=True)[0] == pytest.approx(
            world(roads).walk((20, 9), (215, 150), legal=True)[0], abs=1e-9
        )


def test_no_street_at_all_is_an_empty_graph() -> None:
    from worlds import table  # noqa: PLC0415

    graph = build_walk_graph(table("roads", []), table("devices", []), PARAMETERS)
    assert len(graph.u) == 0
