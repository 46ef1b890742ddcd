"""Frontier, value of single devices, and the cheapest way below a load, on small menus and by enumeration."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from menus import allowed, random_menu, subsets

from gislib.siting.frontier import NEEDS_ENFORCEMENT, device_values, frontier, way_out
from gislib.siting.model import Model
from gislib.siting.optimise import OPTIMAL, SolveOptions, optimise
from gislib.siting.packages import Menu, build_packages, load_left

EXACT = SolveOptions(gap=0.0)
BUDGETS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0)


def model_of(menu: Menu, rng: np.random.Generator) -> Model:
    campus = rng.choice(["a", "b"], len(menu.term_load))
    names = tuple(f"c{k:02d}" for k in range(len(menu.site)))
    zones = tuple(f"z{k}" for k in range(len(menu.zone_cost)))
    return Model(menu, names, zones, pd.DataFrame({"school_id": campus}), np.ones(len(campus)))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("gap", [0.0, 0.2])
def test_the_load_removed_never_falls_along_a_frontier(seed: int, gap: float) -> None:
    packages = build_packages(replace(random_menu(np.random.default_rng(seed)), floors=()))
    points = frontier(packages, BUDGETS[::-1], SolveOptions(gap=gap))
    assert [p.budget_yuan for p in points] == sorted(BUDGETS)
    assert all(later.result.value >= earlier.result.value for earlier, later in pairwise(points))
    assert all(p.result.cost_yuan <= p.budget_yuan + 1e-6 for p in points)
    assert all(p.result.gap <= gap + 1e-9 for p in points)


def test_nothing_built_is_worth_nothing() -> None:
    rng = np.random.default_rng(0)
    model = model_of(replace(random_menu(rng), floors=()), rng)
    values = device_values(model, optimise(model.menu, 0.0, EXACT))
    assert values.empty
    assert list(values.columns) == ["candidate_id", "school_id", "load"]


@pytest.mark.parametrize("seed", range(10))
def test_the_value_of_a_device_is_what_leaving_it_out_costs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = model_of(replace(random_menu(rng), floors=()), rng)
    result = optimise(model.menu, 10.0, EXACT)
    values = device_values(model, result)
    full = load_left(model.menu, result.candidates, result.zones).sum()
    for candidate in result.candidates:
        rest = [c for c in result.candidates if c != candidate]
        own = values.loc[values["candidate_id"] == f"c{candidate:02d}", "load"].sum()
        assert own == pytest.approx(load_left(model.menu, rest, result.zones).sum() - full, abs=1e-12)
    assert (values["load"] > 0).all()


@pytest.mark.parametrize("seed", range(30))
def test_the_cheapest_way_out_equals_enumeration(seed: int) -> None:
    rng = np.random.default_rng(900 + seed)
    menu = replace(random_menu(rng, candidates=8), floors=(), term_load=rng.uniform(0.02, 0.4, 12)[:12])
    menu = replace(menu, term_load=menu.term_load[: len(menu.term_site)])
    model = model_of(menu, rng)
    own = (model.terms["school_id"] == "a").to_numpy()
    cutoff = 15.0
    target = -math.log1p(-(cutoff - 0.005) / 100)
    costs = [
        menu.cost[list(chosen)].sum() + menu.zone_cost[list(zones)].sum()
        for chosen in subsets(len(menu.site))
        for zones in subsets(len(menu.zone_cost))
        if allowed(menu, chosen, zones, math.inf) and load_left(menu, chosen, zones)[own].sum() <= target
    ]
    found = way_out(model, "a", cutoff, EXACT)
    if not costs:
        assert found.status == NEEDS_ENFORCEMENT
        assert math.isnan(found.cost_yuan)
        assert found.least_load > target
        return
    assert found.status == OPTIMAL
    assert found.cost_yuan == pytest.approx(min(costs))
    assert load_left(menu, found.candidates, found.zones)[own].sum() <= target + 1e-6
