"""The optimum against enumeration, and what budgets, floors and empty menus do."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from menus import allowed, best_by_enumeration, menu, random_menu

from gislib.domain.errors import InputError
from gislib.siting import optimise as optimising
from gislib.siting import parts as parting
from gislib.siting.optimise import (
    INFEASIBLE,
    NO_DEVICE,
    OPTIMAL,
    STOPPED,
    TOGETHER,
    TOO_DEAR,
    SolveOptions,
    optimise,
)
from gislib.siting.packages import Floor, Menu, build_packages, load_left
from gislib.siting.preview import preview

EXACT = SolveOptions(gap=0.0)


@pytest.mark.parametrize("seed", range(240))
def test_equals_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    small = random_menu(rng, candidates=10 if seed % 4 else 12)
    budget = float(rng.integers(0, 16))
    best = best_by_enumeration(small, budget)
    found = optimise(small, budget, EXACT)
    if best is None:
        assert found.status == INFEASIBLE
        assert found.unmet
        return
    assert found.status == OPTIMAL
    assert found.value == pytest.approx(best, abs=1e-9)
    assert allowed(small, found.candidates, found.zones, budget)
    # the value is what the scorer says of the choice, not only what the model adds up
    left = load_left(small, found.candidates, found.zones).sum()
    assert small.term_load.sum() - left == pytest.approx(found.value, abs=1e-9)
    assert found.bound >= found.value - 1e-9
    assert found.cost_yuan <= budget + 1e-6


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_equals_enumeration_from_small_cores_and_without_rows(
    seed: int, gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ways that only large or entangled models take, on models that can be enumerated."""
    if seed % 2:
        monkeypatch.setattr(parting, "WIDEST", 8)
    monkeypatch.setattr(optimising, "CORES", (2, 4, 8))
    rng = np.random.default_rng(3000 + seed)
    small = random_menu(rng, candidates=9)
    # unequal prices and loads: the greedy choice is the best one less often
    small = replace(
        small, cost=rng.uniform(0.5, 5.0, len(small.site)), term_load=rng.uniform(0.1, 3.0, len(small.term_load))
    )
    budget = float(rng.uniform(0.0, 14.0))
    best = best_by_enumeration(small, budget)
    found = optimise(small, budget, SolveOptions(gap=gap))
    if best is None:
        assert found.status == INFEASIBLE
        assert found.unmet
        return
    assert found.status == OPTIMAL
    assert allowed(small, found.candidates, found.zones, budget)
    assert found.value <= best + 1e-9
    assert found.bound >= best - 1e-9
    assert found.gap <= gap + 1e-12
    assert found.value >= best / (1.0 + gap) - 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_monotone_in_the_budget(seed: int) -> None:
    small = replace(random_menu(np.random.default_rng(1000 + seed)), floors=())
    values = [optimise(small, budget, EXACT).value for budget in (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 1e9)]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(values))


def test_by_hand_with_six_numbers() -> None:
    # half of 1 for 10 yuan, or three tenths of 2 for 10 yuan: 0.6 wins; both for 20 take off 1.1
    two = menu(
        site=np.array([0, 1]), cost=np.array([10.0, 10.0]), group=np.array([-1, -1]), effect_candidate=np.array([0, 1]),
        effect_term=np.array([0, 1]), effect_share=np.array([0.5, 0.3]), term_site=np.array([0, 1]),
        term_load=np.array([1.0, 2.0]), zone_of_site=np.array([-1, -1]), term_zone_share=np.zeros(2),
    )  # fmt: skip
    assert optimise(two, 10.0).candidates == (1,)
    assert optimise(two, 20.0).value == pytest.approx(1.1)
    assert optimise(replace(two, cliques=((0, 1),)), 20.0).value == pytest.approx(0.6)


def test_devices_of_one_site_multiply() -> None:
    both = menu(
        site=np.array([0, 0]), cost=np.array([1.0, 1.0]), group=np.array([0, 1]), effect_candidate=np.array([0, 1]),
        effect_term=np.array([0, 0]), effect_share=np.array([0.5, 0.4]), zone_of_site=np.array([0]),
        zone_cost=np.array([1.0]), term_zone_share=np.array([0.2]),
    )  # fmt: skip
    assert optimise(both, 3.0).value == pytest.approx(1 - 0.5 * 0.6 * 0.8)
    assert optimise(both, 2.0).value == pytest.approx(1 - 0.5 * 0.6)
    assert optimise(replace(both, max_devices=1), 3.0).value == pytest.approx(1 - 0.5 * 0.8)
    assert optimise(replace(both, group=np.array([0, 0])), 3.0).value == pytest.approx(1 - 0.5 * 0.8)


@pytest.mark.parametrize("budget", [-1.0, -1e-3, math.nan])
def test_a_budget_that_is_none_is_refused(budget: float) -> None:
    with pytest.raises(InputError) as refused:
        optimise(menu(), budget)
    assert refused.value.code == "plan_budget"


def test_budget_zero_builds_nothing() -> None:
    found = optimise(menu(), 0.0)
    assert (found.status, found.value, found.cost_yuan, found.candidates, found.gap) == (OPTIMAL, 0.0, 0.0, (), 0.0)


@pytest.mark.parametrize("budget", [1e12, math.inf])
def test_a_budget_larger_than_everything_builds_what_helps(budget: float) -> None:
    found = optimise(menu(), budget)
    assert (found.candidates, found.cost_yuan, found.value) == ((0,), 10.0, 0.5)


def test_no_candidate_is_an_answer() -> None:
    none = np.zeros(0, np.int64)
    empty = menu(
        site=none, cost=np.zeros(0), group=none, effect_candidate=none, effect_term=none, effect_share=np.zeros(0)
    )
    found = optimise(empty, 100.0)
    assert (found.status, found.value, found.bound, found.candidates) == (OPTIMAL, 0.0, 0.0, ())
    refused = optimise(replace(empty, floors=(Floor("s1", ()),)), 100.0)
    assert [(u.label, u.reason) for u in refused.unmet] == [("s1", NO_DEVICE)]


def test_an_infeasible_floor_names_its_campus() -> None:
    dear = replace(menu(), floors=(Floor("红塔小学", (0,)), Floor("无路小学", ())))
    found = optimise(dear, 5.0)
    assert found.status == INFEASIBLE
    assert [(u.label, u.reason) for u in found.unmet] == [("红塔小学", TOO_DEAR), ("无路小学", NO_DEVICE)]
    assert found.unmet[0].cheapest_yuan == 10.0
    assert math.isnan(found.unmet[1].cheapest_yuan)


def test_floors_that_exclude_each_other_name_one_campus() -> None:
    apart = menu(
        site=np.array([0, 1]), cost=np.array([1.0, 1.0]), group=np.array([-1, -1]), effect_candidate=np.array([0, 1]),
        effect_term=np.array([0, 1]), effect_share=np.array([0.5, 0.3]), term_site=np.array([0, 1]),
        term_load=np.array([1.0, 2.0]), zone_of_site=np.array([-1, -1]), term_zone_share=np.zeros(2),
        cliques=((0, 1),), floors=(Floor("a", (0,)), Floor("b", (1,))),
    )  # fmt: skip
    found = optimise(apart, 100.0)
    assert [u.reason for u in found.unmet] == [TOGETHER]


def test_a_floor_is_met_even_where_it_is_no_bargain() -> None:
    poor = menu(
        site=np.array([0, 1]), cost=np.array([10.0, 10.0]), group=np.array([-1, -1]), effect_candidate=np.array([0, 1]),
        effect_term=np.array([0, 1]), effect_share=np.array([0.5, 0.3]), term_site=np.array([0, 1]),
        term_load=np.array([1.0, 0.1]), zone_of_site=np.array([-1, -1]), term_zone_share=np.zeros(2),
        floors=(Floor("s2", (1,)),),
    )  # fmt: skip
    assert optimise(poor, 10.0).candidates == (1,)


def test_floors_that_cost_more_than_the_budget_together_name_some() -> None:
    count = 30
    numbers = np.arange(count)
    wide = menu(
        site=numbers, cost=np.full(count, 10.0), group=np.full(count, -1), effect_candidate=numbers,
        effect_term=numbers, effect_share=np.full(count, 0.5), term_site=numbers, term_load=np.ones(count),
        zone_of_site=np.full(count, -1), term_zone_share=np.zeros(count),
        floors=tuple(Floor(f"s{k}", (k,)) for k in range(count)),
    )  # fmt: skip
    found = optimise(wide, 255.0)
    assert found.status == INFEASIBLE
    assert [u.reason for u in found.unmet] == [TOGETHER] * 5
    assert optimise(wide, 300.0).value == pytest.approx(15.0)


@pytest.mark.parametrize("seed", range(60))
def test_a_wide_gap_is_never_worse_than_the_greedy_choice(seed: int) -> None:
    small = replace(random_menu(np.random.default_rng(7000 + seed)), floors=())
    greedy = preview(build_packages(small), 7.0)
    assert optimise(small, 7.0, SolveOptions(gap=0.5)).value >= greedy.value


def knapsack(count: int) -> Menu:
    """One device on each of many sites, nothing ties them, gains near each other: the gap closes slowly."""
    rng = np.random.default_rng(5)
    numbers = np.arange(count)
    return menu(
        site=numbers, cost=rng.uniform(900.0, 1100.0, count), group=np.full(count, -1), effect_candidate=numbers,
        effect_term=numbers, effect_share=np.full(count, 0.5), term_site=numbers,
        term_load=rng.uniform(0.9, 1.1, count), zone_of_site=np.full(count, -1), term_zone_share=np.zeros(count),
    )  # fmt: skip


def test_a_limit_is_not_an_optimum() -> None:
    found = optimise(knapsack(40), 5_500.0, SolveOptions(gap=0.0, seconds=0.0))
    assert found.status == STOPPED
    assert 0.0 < found.value < found.bound
    assert found.gap == pytest.approx(found.bound / found.value - 1.0)
    exact = optimise(knapsack(40), 5_500.0, EXACT)
    assert exact.status == OPTIMAL
    assert exact.gap == pytest.approx(0.0, abs=1e-12)
    assert found.value <= exact.value <= found.bound + 1e-9


def test_a_limit_of_nodes_gives_the_same_answer_every_time() -> None:
    answers = [optimise(knapsack(200), 50_500.0, SolveOptions(gap=0.0, nodes=1)) for _ in range(2)]
    assert replace(answers[0], seconds=0.0) == replace(answers[1], seconds=0.0)
    assert answers[0].bound >= answers[0].value > 0


def test_of_equally_many_floors_the_cheapest_are_met() -> None:
    # three floors with one device each, and money for one of the two dear ones or the cheap one
    three = menu(
        site=np.arange(3), cost=np.array([9.0, 4.0, 8.0]), group=np.full(3, -1), effect_candidate=np.arange(3),
        effect_term=np.arange(3), effect_share=np.full(3, 0.5), term_site=np.arange(3), term_load=np.ones(3),
        zone_of_site=np.full(3, -1), term_zone_share=np.zeros(3),
        floors=(Floor("a", (0,)), Floor("b", (1,)), Floor("c", (2,))),
    )  # fmt: skip
    found = optimise(three, 10.0, EXACT)
    assert [u.label for u in found.unmet] == ["a", "c"]
    assert found.unmet_proven


def test_a_search_for_floors_that_was_stopped_says_so() -> None:
    rng = np.random.default_rng(5)
    count = 60
    many = menu(
        site=np.arange(count), cost=rng.uniform(1.0, 2.0, count), group=np.full(count, -1),
        effect_candidate=np.arange(count), effect_term=np.arange(count), effect_share=np.full(count, 0.5),
        term_site=np.arange(count), term_load=np.ones(count), zone_of_site=np.full(count, -1),
        term_zone_share=np.zeros(count),
        floors=tuple(Floor(f"s{k}", tuple(rng.choice(count, 3, replace=False).tolist())) for k in range(80)),
    )  # fmt: skip
    stopped = optimise(many, 12.0, SolveOptions(seconds=0.0))
    assert stopped.status == INFEASIBLE
    assert not stopped.unmet_proven
    assert optimise(many, 12.0, SolveOptions()).unmet_proven
