"""What more money buys, what each device is worth, and what it costs to lead one campus out of a grade."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from gislib.siting.model import Model
from gislib.siting.optimise import OPTIMAL, Result, SolveOptions, cheapest_for, optimise_packages
from gislib.siting.packages import Packages, build_packages, load_left

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
    what is left with everything that helps). ``cost_yuan`` is NaN then.
    """

    school_id: str
    status: str
    load: float
    target_load: float
    least_load: float
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
    for budget in sorted(budgets_yuan):
        result = optimise_packages(packages, budget, options)
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
    full = load_left(menu, result.candidates, result.zones)
    campus = model.terms["school_id"].to_numpy(dtype=object)
    frames = []
    left_out = [(model.candidate_ids[c], load_left(menu, [k for k in result.candidates if k != c], result.zones))
                for c in result.candidates]  # fmt: skip
    left_out += [(model.zone_ids[z], load_left(menu, result.candidates, [k for k in result.zones if k != z]))
                 for z in result.zones]  # fmt: skip
    for name, without in left_out:
        more = pd.Series((without - full) / model.weight).groupby(campus).sum()
        more = more[more > 0]
        frames.append(pd.DataFrame({"candidate_id": name, "school_id": more.index, "load": more.to_numpy()}))
    if not frames:
        return pd.DataFrame(columns=["candidate_id", "school_id", "load"])
    table = pd.concat(frames, ignore_index=True)
    return table.sort_values(["candidate_id", "load", "school_id"], ascending=[True, False, True], ignore_index=True)


def way_out(model: Model, school_id: str, cutoff_score: float, options: SolveOptions) -> WayOut:
    """
    Cheapest plan that brings a campus's score below a cut-off: ``H ≤ -ln(1 - cut/100)``.

    Floors are left aside; spacing, conflicts and zones hold. Scores are published to 0.01, so the target lies half of
    that below the cut-off.
    """
    own = (model.terms["school_id"] == school_id).to_numpy(bool)
    load = np.where(own, model.menu.term_load / model.weight, 0.0)
    packages = build_packages(replace(model.menu, term_load=load, floors=()))
    target = -math.log1p(-(cutoff_score - 0.005) / 100.0)
    now = float(load.sum())
    if now <= target:
        return WayOut(school_id, OPTIMAL, now, target, now, 0.0, (), ())
    most = optimise_packages(packages, math.inf, options)
    if now - most.bound > target:
        return WayOut(school_id, NEEDS_ENFORCEMENT, now, target, now - most.value, math.nan, (), ())
    found = cheapest_for(packages, now - target, options)
    return WayOut(
        school_id, found.status, now, target, now - most.value, found.cost_yuan, found.candidates, found.zones
    )
