import numpy as np
from scipy.stats import kstest

from gislib.risk.draw import keys, uniform


def test_numbers_are_uniform_and_independent():
    names = keys(f"road:{n}" for n in range(20_000))
    one, two, other_seed = uniform(0, 0, names), uniform(0, 1, names), uniform(1, 0, names)
    assert kstest(one, "uniform", args=(-1, 2)).pvalue > 0.01
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
    assert abs(np.corrcoef(one, other_seed)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[:-1], one[1:])[0, 1]) < 0.03


def test_draws_of_one_thing_are_uniform_over_draws():
    name = keys(["weight:traffic"])
    found = np.array([uniform(7, draw, name)[0] for draw in range(5_000)])
    assert kstest(found, "uniform", args=(-1, 2)).pvalue > 0.01


def test_a_number_belongs_to_its_id():
    assert uniform(3, 4, keys(["a", "b"]))[1] == uniform(3, 4, keys(["b", "c", "d"]))[0]
