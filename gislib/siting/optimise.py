"""
The best packages under a budget, with a proven bound.

A price of money cuts the model into small parts that are solved exactly: that gives the bound, a choice near it, and
which few packages can matter at all. If the two are still too far apart, the mixed-integer solver works on those few,
more of them each time, until the gap is proven. A time-out is not an optimum.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gislib.domain.errors import InputError
from gislib.siting import milp
from gislib.siting.ceilings import Forced, Kept, forced
from gislib.siting.nearby import near
from gislib.siting.packages import Menu, Packages, build_packages, subset
from gislib.siting.parts import Parts, cut
from gislib.siting.preview import Choice, preview
from gislib.siting.relaxation import Bound, Selection, least_bound, selection

OPTIMAL: Final = "optimal"
STOPPED: Final = "stopped"
INFEASIBLE: Final = "infeasible"

NO_DEVICE: Final = "no_device"
TOO_DEAR: Final = "too_dear"
TOGETHER: Final = "not_together"

CORES: Final = (3_000, 12_000, 30_000)
"""Packages of the first, second, ... run of the solver; with many more it does not keep to a time limit."""


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
    ``candidates``, ``zones``: chosen numbers of the menu, ascending. ``unmet_proven``: no choice leaves fewer floors
    out; False where a limit ended that search.
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
    unmet_proven: bool = True


@dataclass(frozen=True)
class _Task:
    """One optimisation: parts, budget with its slack, limits, and when it began (seconds of the clock)."""

    parts: Parts
    budget: float
    options: SolveOptions
    began: float

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self.began

    @property
    def limits(self) -> milp.Limits:
        """What is left for the solver; half of the gap, for leaving packages out may cost the other half."""
        own = self.options
        return milp.Limits(
            own.gap / 2, None if own.seconds is None else max(0.0, own.seconds - self.seconds), own.nodes
        )


def optimise(menu: Menu, budget_yuan: float, options: SolveOptions | None = None) -> Result:
    """
    Choose candidates and zone measures that take off most load within a budget.

    Raises
    ------
    InputError
        ``plan_budget`` for a budget that is negative or no number.
    """
    require_budget(budget_yuan)
    began = time.perf_counter()
    return _optimise(_Task(cut(build_packages(menu)), budget_yuan, options or SolveOptions(), began))


def optimise_packages(packages: Packages, budget_yuan: float, options: SolveOptions) -> Result:
    """`optimise` with the packages already built."""
    require_budget(budget_yuan)
    began = time.perf_counter()
    return _optimise(_Task(cut(packages), budget_yuan, options, began))


def optimise_parts(parts: Parts, budget_yuan: float, options: SolveOptions) -> Result:
    """`optimise` with the packages already cut into parts, as for many budgets."""
    require_budget(budget_yuan)
    return _optimise(_Task(parts, budget_yuan, options, time.perf_counter()))


def require_budget(budget_yuan: float) -> None:
    """Refuse a budget that is negative or no number; any other one, however large, is fine."""
    if math.isnan(budget_yuan) or budget_yuan < 0:
        raise InputError("plan_budget", budget=f"{budget_yuan:.10g}")


def _optimise(task: _Task) -> Result:
    # sums of prices may exceed the budget by rounding only
    task = replace(task, budget=task.budget + milp.BUDGET_SLACK_YUAN)
    hopeless = any(not len(own) and not floor.zones for floor, own in task.parts.packages.floors)
    bound = least_bound(task.parts, task.budget)
    if hopeless or bound.value < 0:
        return _infeasible(task, _meeting_floors(task))
    ceilings = forced(task.parts, task.budget, bound.price)
    first = _first(task, bound, ceilings)
    if not first.floors_met:
        # floors or spacing too entangled for the parts: the solver says whether they can be met at all
        met = _meeting_floors(task)
        if met.unmet:
            return _infeasible(task, met)
        first = preview(task.parts.packages, task.budget, met.choice, bound.price)
    return _searched(task, first, bound.value, ceilings)


def _first(task: _Task, bound: Bound, ceilings: Forced) -> Choice:
    """Choice near the least bound, filled up greedily, or the plain greedy one: within the gap it may be the better."""
    parts, packages = task.parts, task.parts.packages
    start = near(parts, task.budget, bound)
    small = packages
    if parts.whole and start.cost_yuan <= task.budget:
        kept = ceilings.at_least(start.value)
        keep = kept.without | kept.with_zone
        keep[start.at[start.at >= 0]] = True
        number = np.append(np.cumsum(keep) - 1, -1)
        small, start = subset(packages, keep), replace(start, at=number[start.at])
    tries = preview(small, task.budget, start, bound.price), preview(packages, task.budget)
    return max(tries, key=lambda choice: (choice.floors_met, choice.value))


def _searched(task: _Task, first: Choice, bound: float, ceilings: Forced) -> Result:
    """Let the solver work on the packages that may matter, more of them each time, until the gap is proven."""
    best, gap = first, task.options.gap
    everything = () if task.options.seconds is not None else (len(task.parts.packages.site) * 2,)
    for count in (*CORES, *everything):
        enough = best.value * (1.0 + gap / 2)
        limits = task.limits
        if _gap(best.value, bound) <= gap or (limits.seconds is not None and limits.seconds <= 0):
            break
        level = max(enough, ceilings.level(count))
        small, kept = _core(task.parts.packages, ceilings.at_least(level), best)
        found = milp.solve(milp.program(small, task.budget, kept), limits)
        choice = _choice(small, found)
        if choice.floors_met and choice.value > best.value and choice.cost_yuan <= task.budget:
            best = choice
        # whatever is worth the level lies in the core
        bound = min(bound, max(level, found.bound, best.value))
        if level <= enough or not found.solved:
            return _result(task, best, bound, found.solved)
    return _result(task, best, bound, solved=False)


def _core(packages: Packages, kept: Kept, best: Choice) -> tuple[Packages, Kept]:
    """Only what is kept and the best choice so far, which the solver can improve on here and there."""
    chosen = frozenset(best.candidates)
    built = np.array([chosen.issuperset(own) for own in packages.members], bool)
    on = np.zeros(len(packages.zone_cost), bool)
    on[list(best.zones)] = True
    limited = np.append(on, False)[packages.zone_of_site[packages.site]]
    without, with_zone = kept.without | (built & ~limited), kept.with_zone | (built & limited)
    own = without | with_zone
    return subset(packages, own), Kept(without[own], with_zone[own], kept.zone_off | ~on, kept.zone_on | on)


def _choice(packages: Packages, found: milp.Found) -> Choice:
    """The solver's choice; its value is recomputed from what it chose."""
    value = packages.gain[found.without].sum() + packages.gain_with[found.with_zone].sum()
    own = np.r_[found.without, found.with_zone]
    cost = packages.cost[own].sum() + packages.zone_cost[found.zones].sum()
    chosen = sorted(c for p in own.tolist() for c in packages.members[p])
    total = float(value + packages.zone_gain[found.zones].sum())
    return Choice(tuple(chosen), tuple(found.zones.tolist()), total, float(cost), found.any)


def _result(task: _Task, choice: Choice, bound: float, solved: bool) -> Result:  # noqa: FBT001 - a fact, not a mode
    best = max(bound, choice.value)
    gap = _gap(choice.value, best)
    status = OPTIMAL if solved or gap <= task.options.gap else STOPPED
    return Result(status, choice.value, best, gap, task.seconds, choice.cost_yuan, choice.candidates, choice.zones)


def _gap(value: float, bound: float) -> float:
    """Relative gap; infinite where nothing was found though something may exist."""
    return (bound - value) / value if value > 0 else (0.0 if bound <= 0 else math.inf)


def cheapest_for(packages: Packages, least_gain: float, options: SolveOptions) -> Result:
    """
    Cheapest choice that takes off at least ``least_gain`` of load.

    ``bound`` is the least cost that any choice could have, ``gap`` relative to the cost found.
    """
    began = time.perf_counter()
    limits = milp.Limits(options.gap, options.seconds, options.nodes)
    found = milp.solve_cheapest(milp.program(packages, math.inf), least_gain, limits)
    seconds = time.perf_counter() - began
    if found.status == milp.INFEASIBLE:
        return Result(INFEASIBLE, 0.0, math.inf, math.inf, seconds, math.nan, (), ())
    choice = _choice(packages, found)
    bound = min(-found.bound, choice.cost_yuan)
    gap = choice.cost_yuan / bound - 1.0 if bound > 0 else math.inf
    status = OPTIMAL if found.solved else STOPPED
    return Result(status, choice.value, bound, gap, seconds, choice.cost_yuan, choice.candidates, choice.zones)


@dataclass(frozen=True)
class _Met:
    """A choice, the floors that it leaves out, and whether that is known to be as few as possible."""

    choice: Selection
    unmet: tuple[Unmet, ...]
    proven: bool


def _meeting_floors(task: _Task) -> _Met:
    """A choice that meets as many floors as possible, the cheapest of those, and the floors that it leaves out."""
    packages = task.parts.packages
    serving = np.zeros(len(packages.site), bool)
    for _, own in packages.floors:
        serving[own] = True
    small, number = subset(packages, serving), np.flatnonzero(serving)
    found, missed = milp.meet_floors(milp.program(small, task.budget), task.limits)
    unmet = []
    for (floor, own), left_out in zip(small.floors, missed.tolist(), strict=True):
        if left_out:
            prices = np.r_[small.cost[own], small.zone_cost[list(floor.zones)]]
            cheapest = float(prices.min()) if len(prices) else math.nan
            reason = NO_DEVICE if not len(prices) else TOO_DEAR if cheapest > task.budget else TOGETHER
            unmet.append(Unmet(floor.label, reason, cheapest))
    at, zone_on = np.full(len(packages.zone_of_site), -1), np.zeros(len(packages.zone_cost), bool)
    built = number[np.r_[found.without, found.with_zone]]
    at[packages.site[built]] = built
    zone_on[found.zones] = True
    return _Met(selection(packages, at, zone_on), tuple(unmet), found.solved)


def _infeasible(task: _Task, met: _Met) -> Result:
    return Result(INFEASIBLE, 0.0, 0.0, 0.0, task.seconds, 0.0, (), (), met.unmet, met.proven)
