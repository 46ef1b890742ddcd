"""
The best packages under a budget: a mixed-integer model solved by HiGHS, with a proven bound.

Per package a binary x (without) and y (with the zone measure), per zone a binary z: Σx ≤ 1 - z and Σy ≤ z at every
site of a zone, Σx ≤ 1 elsewhere; one row per clique and floor; one for the budget. A time-out is not an optimum.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Final

import highspy
import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.domain.errors import InputError
from gislib.siting.packages import Menu, Packages, build_packages, subset
from gislib.siting.preview import Choice, preview
from gislib.siting.relaxation import best_price, price_bound, worthwhile

OPTIMAL: Final = "optimal"
STOPPED: Final = "stopped"
INFEASIBLE: Final = "infeasible"

NO_DEVICE: Final = "no_device"
TOO_DEAR: Final = "too_dear"
TOGETHER: Final = "not_together"

_SOLVED: Final = frozenset({highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty})
PRICE_FACTORS: Final = (None, 1.0, 1.01, 1.03, 1.06, 1.1, 1.25)
"""Greedy choices tried before the solver: without a price, and at prices that leave more and more for floors."""
HALF: Final = 0.5
"""A binary above this is one."""
BUDGET_SLACK_YUAN: Final = 1e-6
"""Sums of prices may exceed the budget by rounding only."""


@dataclass(frozen=True)
class SolveOptions:
    """
    When to stop.

    ``gap``: proven relative gap that counts as optimal; ``seconds``: time limit (None: none, reproducible); ``nodes``:
    limit of the search tree (None: none).
    """

    gap: float = 1e-4
    seconds: float | None = None
    nodes: int | None = None


@dataclass(frozen=True)
class Unmet:
    """
    A floor that cannot be reached, and why.

    ``label``: its campus. ``reason``: ``no_device`` (nothing may be built there), ``too_dear`` (the cheapest device
    alone exceeds the budget), ``not_together`` (not beside the other floors, the spacing and the budget).
    ``cheapest_yuan`` is NaN for the first.
    """

    label: str
    reason: str
    cheapest_yuan: float


@dataclass(frozen=True)
class Result:
    """
    What was chosen and how well it is known to be best.

    ``status``: ``optimal``, ``stopped`` (a limit came first; ``gap`` says how far at most) or ``infeasible`` (see
    ``unmet``). ``value`` and ``bound``: load taken off, and the most that any choice could take off. ``gap``: relative.
    ``candidates``, ``zones``: chosen numbers of the menu, ascending.
    """

    status: str
    value: float
    bound: float
    gap: float
    seconds: float
    cost_yuan: float
    candidates: tuple[int, ...]
    zones: tuple[int, ...]
    unmet: tuple[Unmet, ...] = ()


@dataclass(frozen=True)
class _Columns:
    """Package and zone of every column: packages without, packages with, zones."""

    without: Ints
    with_zone: Ints
    zones: int

    @property
    def count(self) -> int:
        return len(self.without) + len(self.with_zone) + self.zones


@dataclass(frozen=True)
class _Rows:
    """Sparse rows ``entries · x ≤ upper`` (or ``≥ lower``), with the number of the first floor row."""

    matrix: csr_matrix
    lower: Floats
    upper: Floats
    first_floor: int


def optimise(menu: Menu, budget_yuan: float, options: SolveOptions | None = None) -> Result:
    """
    Choose candidates and zone measures that take off most load within a budget.

    Raises
    ------
    InputError
        ``plan_budget`` for a budget that is negative or no number.
    """
    return optimise_packages(build_packages(menu), budget_yuan, options or SolveOptions())


def optimise_packages(packages: Packages, budget_yuan: float, options: SolveOptions) -> Result:
    """`optimise` with the packages already built."""
    require_budget(budget_yuan)
    began = time.perf_counter()
    price = best_price(packages, budget_yuan) if math.isfinite(budget_yuan) else 0.0
    bound = price_bound(packages, budget_yuan, price)
    tries = [preview(packages, budget_yuan, None if factor is None else price * factor) for factor in PRICE_FACTORS]
    first = max(tries, key=lambda choice: (choice.floors_met, choice.value))
    if not first.floors_met:
        return _solve(packages, budget_yuan, options, began)
    if first.value > 0 and _gap(first.value, bound) <= options.gap:
        return _chosen(first, bound, OPTIMAL, time.perf_counter() - began)
    # Only what can be part of a choice better than the greedy one; the rest cannot change the optimum.
    kept = subset(packages, worthwhile(packages, budget_yuan, first.value, price))
    result = _solve(kept, budget_yuan, options, began)
    if first.value > result.value:
        return _chosen(first, min(result.bound, bound), result.status, result.seconds)
    best = max(min(result.bound, bound), result.value)
    return replace(result, bound=best, gap=_gap(result.value, best))


def _chosen(first: Choice, bound: float, status: str, seconds: float) -> Result:
    """Greedy choice as a result with a proven bound."""
    best = max(bound, first.value)
    return Result(status, first.value, best, _gap(first.value, best), seconds, first.cost_yuan,
                  first.candidates, first.zones)  # fmt: skip


def _gap(value: float, bound: float) -> float:
    """Relative gap; infinite where nothing was found though something may exist."""
    return (bound - value) / value if value > 0 else (0.0 if bound <= 0 else math.inf)


def _solve(packages: Packages, budget_yuan: float, options: SolveOptions, began: float) -> Result:
    """Build the model, run the solver, read its answer."""
    columns = _columns(packages)
    rows = _rows(packages, columns, budget_yuan)
    solver = _solver(_gains(packages, columns), (rows, np.ones(columns.count)), options)
    solver.run()
    # A model without columns is never searched, so a floor that nothing can meet is looked for first.
    hopeless = any(not len(own) and not floor.zones for floor, own in packages.floors)
    if hopeless or solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        unmet = _unmet(packages, columns, rows, budget_yuan)
        return Result(INFEASIBLE, 0.0, 0.0, 0.0, time.perf_counter() - began, 0.0, (), (), unmet)
    return _result(packages, columns, solver, time.perf_counter() - began)


def cheapest_for(packages: Packages, least_gain: float, options: SolveOptions) -> Result:
    """
    Cheapest choice that takes off at least ``least_gain`` of load.

    ``bound`` is the least cost that any choice could have, ``gap`` relative to the cost found.
    """
    began = time.perf_counter()
    columns = _columns(packages)
    rows = _rows(packages, columns, math.inf)
    extra = csr_matrix(_gains(packages, columns)[None, :])
    lower, upper = np.append(rows.lower, least_gain), np.append(rows.upper, np.inf)
    model = _Rows(csr_matrix(vstack([rows.matrix, extra])), lower, upper, rows.first_floor)
    solver = _solver(-_costs(packages, columns), (model, np.ones(columns.count)), options)
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return Result(INFEASIBLE, 0.0, math.inf, math.inf, time.perf_counter() - began, math.nan, (), ())
    found = _result(packages, columns, solver, time.perf_counter() - began)
    bound = min(-float(solver.getInfo().mip_dual_bound), found.cost_yuan)
    return replace(found, bound=bound, gap=found.cost_yuan / bound - 1.0 if bound > 0 else math.inf)


def _gains(packages: Packages, columns: _Columns) -> Floats:
    """Load taken off by every column."""
    return np.concatenate([packages.gain[columns.without], packages.gain_with[columns.with_zone], packages.zone_gain])


def _costs(packages: Packages, columns: _Columns) -> Floats:
    """Yuan of every column."""
    return np.concatenate([packages.cost[columns.without], packages.cost[columns.with_zone], packages.zone_cost])


def require_budget(budget_yuan: float) -> None:
    """Refuse a budget that is negative or no number; any other one, however large, is fine."""
    if math.isnan(budget_yuan) or budget_yuan < 0:
        raise InputError("plan_budget", budget=budget_yuan)


def _columns(packages: Packages) -> _Columns:
    zone = packages.zone_of_site[packages.site] if len(packages.site) else np.zeros(0, np.int64)
    return _Columns(np.arange(len(packages.site)), np.flatnonzero(zone >= 0), len(packages.zone_cost))


def _rows(packages: Packages, columns: _Columns, budget_yuan: float) -> _Rows:
    """All rows: sites, cliques, budget, floors."""
    first_with, first_zone = len(columns.without), len(columns.without) + len(columns.with_zone)
    with_column = np.full(len(packages.site), -1)
    with_column[columns.with_zone] = first_with + np.arange(len(columns.with_zone))
    entries: list[tuple[Ints, Floats, float, float]] = []
    for site, own in _by_site(packages.site):
        zone = int(packages.zone_of_site[site])
        if zone < 0:
            entries.append((own, np.ones(len(own)), -np.inf, 1.0))
            continue
        entries.append((np.r_[own, first_zone + zone], np.ones(len(own) + 1), -np.inf, 1.0))
        entries.append((np.r_[with_column[own], first_zone + zone], np.r_[np.ones(len(own)), -1.0], -np.inf, 0.0))
    for clique in packages.cliques:
        both = _both(clique, with_column)
        entries.append((both, np.ones(len(both)), -np.inf, 1.0))
    entries.append((np.arange(columns.count), _costs(packages, columns), -np.inf, budget_yuan + BUDGET_SLACK_YUAN))
    first_floor = len(entries)
    for floor, own in packages.floors:
        both = np.r_[_both(own, with_column), first_zone + np.array(floor.zones, np.int64)].astype(np.int64)
        entries.append((both, np.ones(len(both)), 1.0, np.inf))
    sizes = [len(e[0]) for e in entries]
    matrix = csr_matrix(
        (
            np.concatenate([e[1] for e in entries]),
            np.concatenate([e[0] for e in entries]),
            np.r_[0, np.cumsum(sizes)],
        ),
        shape=(len(entries), columns.count),
    )
    return _Rows(matrix, np.array([e[2] for e in entries]), np.array([e[3] for e in entries]), first_floor)


def _by_site(site: Ints) -> list[tuple[int, Ints]]:
    """Packages of every site."""
    order = np.argsort(site, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(site[order])) + 1) if len(order) else []
    return [(int(site[part[0]]), part) for part in parts]


def _both(own: Ints, with_column: Ints) -> Ints:
    """Columns of packages without and with the zone measure."""
    extra = with_column[own]
    return np.concatenate([own, extra[extra >= 0]]).astype(np.int64)


def _solver(gains: Floats, model: tuple[_Rows, Floats], options: SolveOptions) -> highspy.Highs:
    """HiGHS over binaries bounded by the given upper bounds, maximising the gains."""
    rows, upper = model
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(gains), rows.matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = gains, np.zeros(len(gains)), upper
    lp.row_lower_, lp.row_upper_ = rows.lower, rows.upper
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(gains)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = rows.matrix.indptr
    lp.a_matrix_.index_ = rows.matrix.indices
    lp.a_matrix_.value_ = rows.matrix.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own signature
    solver.setOptionValue("mip_rel_gap", options.gap)
    solver.setOptionValue("mip_abs_gap", 0.0)
    if options.seconds is not None:
        solver.setOptionValue("time_limit", options.seconds)
    if options.nodes is not None:
        solver.setOptionValue("mip_max_nodes", options.nodes)
    solver.passModel(lp)
    return solver


def _result(packages: Packages, columns: _Columns, solver: highspy.Highs, seconds: float) -> Result:
    """Chosen candidates, value recomputed from the choice, and the solver's bound."""
    found = np.asarray(solver.getSolution().col_value)
    status = OPTIMAL if solver.getModelStatus() in _SOLVED else STOPPED
    on: Flags = found > HALF if len(found) == columns.count else np.zeros(columns.count, bool)
    split = len(columns.without), len(columns.without) + len(columns.with_zone)
    without, with_zone = columns.without[on[: split[0]]], columns.with_zone[on[split[0] : split[1]]]
    zones = np.flatnonzero(on[split[1] :])
    value = float(packages.gain[without].sum() + packages.gain_with[with_zone].sum() + packages.zone_gain[zones].sum())
    cost = packages.cost[without].sum() + packages.cost[with_zone].sum() + packages.zone_cost[zones].sum()
    # Without a column there is nothing to search and no bound; rounding must not put the bound below the value.
    bound = max(float(solver.getInfo().mip_dual_bound), value) if columns.count else value
    chosen = sorted(c for p in np.r_[without, with_zone].tolist() for c in packages.members[p])
    return Result(status, value, bound, _gap(value, bound), seconds, float(cost), tuple(chosen), tuple(zones.tolist()))


def _unmet(packages: Packages, columns: _Columns, rows: _Rows, budget_yuan: float) -> tuple[Unmet, ...]:
    """Floors left out by a choice that meets as many of them as possible."""
    floors = len(packages.floors)
    slack = csr_matrix(
        (np.ones(floors), (rows.first_floor + np.arange(floors), np.arange(floors))),
        shape=(rows.matrix.shape[0], floors),
    )
    relaxed = _Rows(csr_matrix(hstack([rows.matrix, slack])), rows.lower, rows.upper, rows.first_floor)
    gains = np.r_[np.zeros(columns.count), -np.ones(floors)]
    solver = _solver(gains, (relaxed, np.ones(len(gains))), SolveOptions())
    solver.run()
    missed = np.asarray(solver.getSolution().col_value)[columns.count :] > HALF
    out = []
    for (floor, own), left_out in zip(packages.floors, missed.tolist(), strict=True):
        if left_out:
            prices = np.r_[packages.cost[own], packages.zone_cost[list(floor.zones)]]
            cheapest = float(prices.min()) if len(prices) else math.nan
            reason = NO_DEVICE if not len(prices) else TOO_DEAR if cheapest > budget_yuan else TOGETHER
            out.append(Unmet(floor.label, reason, cheapest))
    return tuple(out)
