"""The bound on coverage against enumeration of every subset and order."""

from itertools import pairwise, permutations

import numpy as np
import pytest

from gislib.patrol.coverage import Room, knapsack_risk, most_risk


def best(risk, minutes, gaps, budget):
    """One team from the depot (the last point) and back; every subset in every order."""
    count, most = len(risk), 0.0
    for size in range(count + 1):
        for order in permutations(range(count), size):
            way = [count, *order, count]
            used = sum(gaps[a, b] for a, b in pairwise(way)) + sum(minutes[k] for k in order)
            if used <= budget:
                most = max(most, sum(risk[k] for k in order))
    return most


@pytest.mark.parametrize("seed", range(20))
def test_never_below_the_truth(seed):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10, (6, 2))
    gaps = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    risk, minutes = rng.random(5), rng.uniform(0, 5, 5)
    budget = float(rng.uniform(5, 40))
    knapsack = knapsack_risk(risk, minutes, budget)
    bound = most_risk(risk, [Room(np.arange(5), minutes, gaps, 1, budget)])
    assert best(risk, minutes, gaps, budget) - 1e-9 <= bound <= knapsack + 1e-6


def test_the_knapsack_by_hand():
    """12 minutes: all of the 4 minutes at 0.5 a minute and of the idle gain, 8 of the 10 at 0.3; the last never."""
    risk, minutes = np.array([3.0, 2.0, 1.0, 9.0]), np.array([10.0, 4.0, 0.0, np.inf])
    assert knapsack_risk(risk, minutes, 12.0) == pytest.approx(2.0 + 1.0 + 3.0 * 0.8)
    assert knapsack_risk(risk, minutes, 0.0) == pytest.approx(0.0, abs=1e-6)
    assert knapsack_risk(risk, minutes, 99.0) == pytest.approx(6.0)


def test_a_far_group_is_paid_once():
    """Two jobs of 1 minute at one far place: 10 minutes there once, not twice; the depot is entered for nothing."""
    gaps = np.array([[0.0, 0.0, 10.0], [0.0, 0.0, 10.0], [10.0, 10.0, 0.0]])
    assert most_risk(np.ones(2), [Room(np.arange(2), np.ones(2), gaps, 1, 12.0)]) == pytest.approx(2.0)
    assert most_risk(np.ones(2), [Room(np.arange(2), np.ones(2), gaps, 1, 6.0)]) == pytest.approx(1.0)


def test_nothing():
    assert most_risk(np.zeros(0), [Room(np.zeros(0, np.int64), np.zeros(0), np.zeros((1, 1)), 1, 5.0)]) == 0.0
    assert most_risk(np.ones(1), []) == 0.0


def test_each_team_has_its_own_way():
    """Two teams of 6 minutes, one beside the jobs, one 10 minutes off: the second pays for coming."""
    near, far = np.zeros((3, 3)), np.array([[0.0, 0.0, 10.0], [0.0, 0.0, 10.0], [10.0, 10.0, 0.0]])
    rooms = [Room(np.arange(2), np.full(2, 8.0), near, 1, 6.0), Room(np.arange(2), np.full(2, 8.0), far, 1, 6.0)]
    assert most_risk(np.ones(2), rooms[:1]) == pytest.approx(0.75)
    assert most_risk(np.ones(2), rooms) == pytest.approx(0.75 + 6.0 * 2 / 26.0)
    assert most_risk(np.ones(2), [rooms[0], rooms[0]]) == pytest.approx(1.5)
