"""What more money buys, what each device is worth, and what it costs to lead one campus out of a grade."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from gislib.siting.model import Model
from gislib.siting.optimise import (
    INFEASIBLE,
    OPTIMAL,
    Result,
    SolveOptions,
    cheapest_for,
    optimise_packages,
    optimise_parts,
)
from gislib.siting.packages import Packages, build_packages
from gislib.siting.parts import cut

NEEDS_ENFORCEMENT: Final = "needs_enforcement"


@dataclass(frozen=True)
class FrontierPoint:
    """Best plan found under one budget."""

    budget_yuan: float
    result: Result


@dataclass(frozen=True)
class WayOut:
    """
    Cheapest plan that brings one campus below a load.

    ``status``: ``optimal``, ``stopped``, or ``needs_enforcement`` (no engineering measure is enough: ``least_load`` is
    what is left with everything that helps). ``cost_yuan`` is NaN then, and ``candidates`` and ``zones`` are everything
    that helps. ``reached_load``: what these leave, routes fixed.
    """

    school_id: str
    status: str
    load: float
    target_load: float
    least_load: float
    reached_load: float
    cost_yuan: float
    candidates: tuple[int, ...]
    zones: tuple[int, ...]


def frontier(packages: Packages, budgets_yuan: Sequence[float], options: SolveOptions) -> list[FrontierPoint]:
    """
    Best plan under each budget, ascending; the load taken off never falls along it.

    A plan stays allowed under a larger budget, so where a run stops on a worse one within its gap, the earlier plan
    takes its place, with the later run's bound.
    """
    points: list[FrontierPoint] = []
    parts = cut(packages)
    for budget in sorted(budgets_yuan):
        result = optimise_parts(parts, budget, options)
        before = points[-1].result if points else None
        if before is not None and before.value > result.value:
            bound = max(result.bound, before.value)
            result = replace(before, status=result.status, bound=bound, gap=bound / before.value - 1.0,
                             seconds=result.seconds)  # fmt: skip
        points.append(FrontierPoint(budget, result))
    return points


def device_values(model: Model, result: Result) -> pd.DataFrame:
    """
    Load that every chosen device takes off beside all others (leave one out), per campus that it helps.

    Returns
    -------
    DataFrame
        ``candidate_id, school_id, load`` with load > 0, the greatest first within each device, sorted by device.
    """
    menu = model.menu
    candidate = np.isin(menu.effect_candidate, result.candidates)
    zone = menu.zone_of_site[menu.term_site] if len(menu.term_site) else np.zeros(0, np.int64)
    limited = np.flatnonzero(np.isin(zone, result.zones) & (zone >= 0))
    names = np.array([*model.candidate_ids, *model.zone_ids], dtype=object)
    term = np.r_[menu.effect_term[candidate], limited].astype(np.int64)
    share = np.r_[menu.effect_share[candidate], menu.term_zone_share[limited]]
    device = np.r_[menu.effect_candidate[candidate], len(model.candidate_ids) + zone[limited]].astype(np.int64)
    # what all other devices leave of each term that a device acts on
    left = (menu.term_load / model.weight)[term]
    rows = pd.DataFrame({"term": term, "row": np.arange(len(term))})
    pairs = rows.merge(rows, on="term")
    pairs = pairs[pairs["row_x"] != pairs["row_y"]]
    np.multiply.at(left, pairs["row_x"].to_numpy(), 1.0 - share[pairs["row_y"].to_numpy()])
    campus = model.terms["school_id"].to_numpy(dtype=object)[term]
    table = pd.DataFrame({"candidate_id": names[device], "school_id": campus, "load": left * share})
    total = table.groupby(["candidate_id", "school_id"])["load"].sum().reset_index()
    return total[total["load"] > 0].sort_values(
        ["candidate_id", "load", "school_id"], ascending=[True, False, True], ignore_index=True
    )


def load_below(cutoff_score: float) -> float:
    """Load whose published score (0.01) lies below a cut-off."""
    return -math.log1p(-(cutoff_score - 0.005) / 100.0)


def way_out(
    model: Model, school_id: str, cutoff_score: float, options: SolveOptions, target_load: float | None = None
) -> WayOut:
    """
    Cheapest plan that brings a campus's score below a cut-off: ``H ≤ -ln(1 - cut/100)``.

    Floors are left aside; spacing, conflicts and zones hold. Scores are published to 0.01, so the target lies half of
    that below the cut-off. ``target_load`` takes its place where routes that change ask for more.
    """
    own = (model.terms["school_id"] == school_id).to_numpy(bool)
    load = np.where(own, model.menu.term_load / model.weight, 0.0)
    packages = build_packages(replace(model.menu, term_load=load, floors=()))
    target = load_below(cutoff_score) if target_load is None else target_load
    now = float(load.sum())
    if now <= target:
        return WayOut(school_id, OPTIMAL, now, target, now, now, 0.0, (), ())
    most = optimise_packages(packages, math.inf, options)
    least = now - most.value
    if now - most.bound <= target:
        found = cheapest_for(packages, now - target, options)
        # what everything takes off lies between its value and its bound
        if found.status != INFEASIBLE:
            return WayOut(
                school_id, found.status, now, target, least, now - found.value, found.cost_yuan, found.candidates,
                found.zones,
            )  # fmt: skip
    return WayOut(school_id, NEEDS_ENFORCEMENT, now, target, least, least, math.nan, most.candidates, most.zones)
