"""The priced bound, the choice near it and the ceilings of what is forced in, against enumeration."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from menus import allowed, best_by_enumeration, random_menu, subsets

from gislib.siting import parts as parting
from gislib.siting.ceilings import forced
from gislib.siting.nearby import near
from gislib.siting.packages import Floor, Menu, Packages, build_packages, load_left
from gislib.siting.parts import cut
from gislib.siting.preview import preview
from gislib.siting.relaxation import Selection, best_at, bounds, least_bound

BUDGET_YUAN = 6.0


def drawn(seed: int) -> Menu:
    return random_menu(np.random.default_rng(500 + seed), candidates=9)


def devices(packages: Packages, chosen: Selection) -> tuple[tuple[int, ...], tuple[int, ...]]:
    built = chosen.at[chosen.at >= 0].tolist()
    return tuple(sorted(c for p in built for c in packages.members[p])), tuple(np.flatnonzero(chosen.zone_on).tolist())


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("widest", [parting.WIDEST, 8])
def test_no_price_bounds_below_the_optimum(seed: int, widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parting, "WIDEST", widest)
    menu = drawn(seed)
    best = best_by_enumeration(menu, BUDGET_YUAN)
    parts = cut(build_packages(menu))
    values = bounds(parts, BUDGET_YUAN, [0.0, 0.01, 0.1, 0.3, 1.0, 10.0])
    found = least_bound(parts, BUDGET_YUAN)
    if best is None:
        # a floor without any package ties nothing; the optimiser looks for such floors itself
        empty = any(not len(own) and not floor.zones for floor, own in parts.packages.floors)
        assert empty or min(found.value, values.min()) < 0 or not parts.whole or np.isneginf(values).all()
        return
    assert values.min() >= best - 1e-9
    assert best - 1e-9 <= found.value <= values.min() + 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_at_a_price_the_parts_are_solved_exactly(seed: int) -> None:
    """Without a budget the best at a price is the best of all allowed choices, floors, spacing and zones included."""
    menu = drawn(seed)
    price = 0.07
    packages = build_packages(menu)
    parts = cut(packages)
    assert parts.whole
    before = menu.term_load.sum()
    worth = [
        before - load_left(menu, c, z).sum() - price * (menu.cost[list(c)].sum() + menu.zone_cost[list(z)].sum())
        for c, z in product(subsets(len(menu.site)), subsets(len(menu.zone_cost)))
        if allowed(menu, c, z, np.inf)
    ]
    best = float(bounds(parts, 0.0, [price])[0])
    if not worth:
        # a floor without any package ties nothing; the optimiser looks for such floors itself
        assert np.isneginf(best) or any(not len(own) and not floor.zones for floor, own in packages.floors)
        return
    assert best == pytest.approx(max(worth), abs=1e-9)
    chosen = best_at(parts, price)
    assert allowed(menu, *devices(packages, chosen), np.inf)
    assert chosen.value - price * chosen.cost_yuan == pytest.approx(max(worth), abs=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_of_a_better_choice_is_left_out(seed: int) -> None:
    menu = drawn(seed)
    best = best_by_enumeration(menu, BUDGET_YUAN)
    if best is None:
        return
    packages = build_packages(menu)
    parts = cut(packages)
    bound = least_bound(parts, BUDGET_YUAN)
    # any price will do, not only that of the least bound
    for price in (bound.price, 0.5 * bound.price, 3.0 * bound.price + 0.01):
        kept = forced(parts, BUDGET_YUAN, price).at_least(best)
        reduced = replace(
            packages,
            gain=np.where(kept.without, packages.gain, -1e3),
            gain_with=np.where(kept.with_zone, packages.gain_with, -1e3),
            zone_gain=np.where(kept.zone_on, packages.zone_gain, -1e3),
        )
        assert least_bound(cut(reduced), BUDGET_YUAN).value >= best - 1e-9


@pytest.mark.parametrize("seed", range(60))
def test_the_choice_near_the_bound_is_allowed_and_the_greedy_one_too(seed: int) -> None:
    menu = drawn(seed)
    best = best_by_enumeration(menu, BUDGET_YUAN)
    if best is None:
        return
    packages = build_packages(menu)
    parts = cut(packages)
    close = near(parts, BUDGET_YUAN, least_bound(parts, BUDGET_YUAN))
    assert allowed(menu, *devices(packages, close), BUDGET_YUAN)
    gone = menu.term_load.sum() - load_left(menu, *devices(packages, close)).sum()
    assert close.value == pytest.approx(gone, abs=1e-9)
    for choice in (preview(packages, BUDGET_YUAN, close), preview(replace(packages, floors=()), BUDGET_YUAN)):
        assert choice.value <= best_by_enumeration(replace(menu, floors=()), BUDGET_YUAN) + 1e-9
        assert allowed(replace(menu, floors=()), choice.candidates, choice.zones, BUDGET_YUAN)
        left = load_left(menu, choice.candidates, choice.zones).sum()
        assert choice.value == pytest.approx(menu.term_load.sum() - left, abs=1e-9)
    assert preview(packages, BUDGET_YUAN, close).value >= close.value - 1e-12


def test_a_floor_over_many_sites_keeps_its_tables_small() -> None:
    """Forty sites of one street behind one floor: the tables stay small though all of them are tied."""
    count = 40
    numbers = np.arange(count)
    menu = Menu(
        site=numbers, cost=np.full(count, 2.0), group=np.full(count, -1), effect_candidate=numbers,
        effect_term=numbers, effect_share=np.full(count, 0.1), term_site=numbers, term_load=np.linspace(1, 2, count),
        zone_of_site=np.zeros(count, np.int64), zone_cost=np.array([3.0]), term_zone_share=np.full(count, 0.01),
        cliques=tuple((k, k + 1) for k in range(count - 1)), floors=(Floor("s", tuple(numbers.tolist())),),
    )  # fmt: skip
    parts = cut(build_packages(menu))
    assert parts.whole
    assert len(parts.parts) == 1
    # at a price at which nothing is worth its cost the floor still asks for the best one: 0.2 less the price
    assert float(bounds(parts, 0.0, [1.0])[0]) == pytest.approx(0.2 - 2.0)
