"""Elimination against trying every state of every variable."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from gislib.siting.elimination import elimination_order, make_plan


@pytest.mark.parametrize("seed", range(40))
def test_equals_trying_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, int(rng.integers(1, 7))).tolist()
    every = range(len(sizes))
    scopes = [s for k in (1, 2, 3) for s in combinations(every, k)]
    # axes in any order, not that of the numbers
    some = [tuple(rng.permutation(scopes[n]).tolist()) for n in rng.integers(0, len(scopes), 4)]
    fixed = [(s, np.where(rng.random([sizes[v] for v in s]) < 0.2, -np.inf, 0.0)) for s in some[:2]]
    given = [*some[2:], *((v,) for v in every)]
    cases = 3
    tables = [rng.normal(size=(cases, *(sizes[v] for v in s))) for s in given]

    def worth(case: int, states: tuple[int, ...]) -> float:
        free = sum(table[tuple(states[v] for v in s)] for s, table in fixed)
        return float(free + sum(t[(case, *(states[v] for v in s))] for s, t in zip(given, tables, strict=True)))

    order, widest = elimination_order(sizes, [*(s for s, _ in fixed), *given])
    assert sorted(order) == list(every)
    assert widest <= np.prod(sizes)
    plan = make_plan(order, fixed, given)
    best = [max(worth(c, states) for states in product(*map(range, sizes))) for c in range(cases)]
    assert plan.best(tables) == pytest.approx(best)
    if np.isfinite(best[0]):
        assert worth(0, tuple(plan.states(tables))) == pytest.approx(best[0])


def test_a_chain_needs_only_small_tables() -> None:
    sizes = [3] * 50
    _, widest = elimination_order(sizes, [(k, k + 1) for k in range(49)])
    assert widest == 9


def test_nothing_to_choose_is_worth_nothing() -> None:
    assert make_plan([], [], []).best([]).tolist() == [0.0]
