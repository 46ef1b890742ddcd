"""The postman's tour and its lower bound against enumeration of every order and direction."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gislib.patrol.bounds import direct_pairs, metres_bound
from gislib.patrol.postman import pair_odd, postman_order


def world(seed: int, places: int = 9, streets: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Shortest ways in whole metres over random points, and streets between random pairs."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (places, 2))
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    links = np.where(rng.random((places, places)) < 0.6, np.round(apart * rng.uniform(1.0, 1.6, apart.shape)) + 1, 0)
    links = np.maximum(links, links.T)
    chain = np.round(apart[np.arange(places - 1), np.arange(1, places)]) + 1
    links[np.arange(places - 1), np.arange(1, places)] = chain
    links[np.arange(1, places), np.arange(places - 1)] = chain
    metres = dijkstra(csr_array(links))
    ends = np.array([rng.choice(places, 2, replace=False) for _ in range(streets)])
    return metres, ends


def between(metres: np.ndarray, ends: np.ndarray, depot: int, order: list[tuple[int, int]]) -> float:
    here, total = depot, 0.0
    for street, way in order:
        total += metres[here, ends[street, way]]
        here = ends[street, 1 - way]
    return total + metres[here, depot]


def shortest(metres: np.ndarray, ends: np.ndarray, depot: int) -> float:
    """Every order and direction."""
    count = len(ends)
    return min(
        between(metres, ends, depot, list(zip(order, ways, strict=True)))
        for order in permutations(range(count))
        for ways in product((0, 1), repeat=count)
    )


@pytest.mark.parametrize("seed", range(25))
def test_bound_and_tour_enclose_the_optimum(seed):
    metres, ends = world(seed, streets=3 + seed % 3)
    best = shortest(metres, ends, 0)
    bound = metres_bound(metres, ends, 0)
    order = postman_order(metres, ends, 0)
    whole = np.repeat(bound.links, np.floor(bound.times + 0.4).astype(int), axis=0)
    assert bound.closed
    assert bound.metres <= best + 1e-6
    assert bound.metres >= 0.6 * best
    assert sorted(street for street, _ in order) == list(range(len(ends)))
    assert best - 1e-6 <= between(metres, ends, 0, order) <= 1.5 * (best + 3000)
    assert between(metres, ends, 0, postman_order(metres, ends, 0, whole)) >= best - 1e-6


def test_a_square_needs_no_way_between():
    """Four streets around a block, depot at a corner."""
    metres = np.array([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]]) * 100.0
    ends = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    assert metres_bound(metres, ends, 0).metres == 0.0
    assert between(metres, ends, 0, postman_order(metres, ends, 0)) == 0.0


def test_a_dead_end_is_walked_back():
    metres = np.array([[0.0, 70.0], [70.0, 0.0]])
    assert metres_bound(metres, np.array([[0, 1]]), 0).metres == pytest.approx(70.0)
    order = postman_order(metres, np.array([[0, 1]]), 0)
    assert between(metres, np.array([[0, 1]]), 0, order) == pytest.approx(70.0)


def test_places_on_top_of_each_other_do_not_replace_each_other():
    """Two places a hair apart: the way to a third stays in the programme through one of them."""
    metres = np.array([[0.0, 1e-6, 100.0], [1e-6, 0.0, 100.0], [100.0, 100.0, 0.0]])
    first, second = direct_pairs(metres, np.argsort(metres, axis=1, kind="stable"))
    assert {(0, 2), (1, 2)} & set(zip(first.tolist(), second.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_pairs_widen_until_perfect(seed):
    """Clusters of odd size: the nearest partners alone leave one over."""
    rng = np.random.default_rng(seed)
    xy = np.vstack([rng.normal(0, 1, (37, 2)), rng.normal(5000, 1, (37, 2))])
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    pairs = pair_odd(metres)
    assert sorted(np.array(pairs).ravel().tolist()) == list(range(74))
    assert sum(metres[a, b] > 1000 for a, b in pairs) == 1


def test_nothing_to_walk():
    assert postman_order(np.zeros((1, 1)), np.zeros((0, 2), np.int64), 0) == []
    assert metres_bound(np.zeros((1, 1)), np.zeros((0, 2), np.int64), 0).metres == 0.0
