"""
What no plan can cover: most risk in the minutes of the teams, with the ways that any plan must at least make.

A fractional knapsack over the minutes of each team (serving and dwell) that also pays for entering groups of jobs. Jobs
are grouped by single linkage: a team that serves a job of a group without its depot must enter the group, and the way
in is at least as long as the gap to whatever lies outside. Groups within groups pay only what the inner ones have not
paid, so that no way is counted twice. Parts of jobs may be served, by several teams, and groups entered in part: a
linear programme, never below the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.spatial.distance import squareform

from gislib.domain.arrays import Floats, Ints

_LEAST_MIN: Final = 1e-9


@dataclass(frozen=True)
class Room:
    """
    What one team, or several that are alike, can do.

    Attributes
    ----------
    jobs
        Numbers of the jobs that it can serve.
    minutes
        Least minutes of serving each of them.
    gaps_min
        ``(jobs + depots, jobs + depots)`` least minutes of the way between them, in either direction; depots last.
    depots
        Number of depots, at least one.
    budget_min
        Minutes of the shift, without the break.
    """

    jobs: Ints
    minutes: Floats
    gaps_min: Floats
    depots: int
    budget_min: float


def knapsack_risk(risk: Floats, minutes: Floats, budget_min: float) -> float:
    """
    Risk of the jobs that fill so many minutes best, the last one in part: a bound that passes over all ways.

    Parameters
    ----------
    risk, minutes
        Of every job; infinite minutes: nobody can serve it.
    budget_min
        Minutes of all teams together.
    """
    able = np.flatnonzero(np.isfinite(minutes))
    order = able[np.argsort(-risk[able] / np.maximum(minutes[able], _LEAST_MIN), kind="stable")]
    begin = np.cumsum(minutes[order]) - minutes[order]
    share = np.clip((budget_min - begin) / np.maximum(minutes[order], _LEAST_MIN), 0.0, 1.0)
    return float((risk[order] * share).sum())


def most_risk(risk: Floats, rooms: Sequence[Room]) -> float:
    """
    Upper bound on the risk that teams can serve together.

    Parameters
    ----------
    risk
        Risk of every job.
    rooms
        What the teams can do.
    """
    own = [room for room in rooms if len(room.jobs) and room.budget_min > 0]
    if not own:
        return 0.0
    gain: list[Floats] = []
    rows: list[tuple[Ints, Ints, Floats]] = []
    most: list[Floats] = []
    served: list[tuple[Ints, Ints]] = []
    column = row = 0
    for room in own:
        price, chain = _groups(room.gaps_min, room.depots)
        jobs = len(room.jobs)
        # served part of a job <= entered part of its group <= entered part of the group around it
        inner = np.r_[np.arange(jobs), jobs + chain[:, 0]] + column
        outer = np.r_[jobs + np.arange(jobs), jobs + chain[:, 1]] + column
        number = np.arange(len(inner)) + row
        rows += [(number, inner, np.ones(len(inner))), (number, outer, -np.ones(len(inner)))]
        cost = np.r_[room.minutes, price]
        row += len(inner)
        rows.append((np.full(len(cost), row), column + np.arange(len(cost)), cost))
        most += [np.zeros(len(inner)), np.array([room.budget_min])]
        served.append((room.jobs, column + np.arange(jobs)))
        gain.append(np.r_[risk[room.jobs], np.zeros(len(price))])
        row, column = row + 1, column + len(cost)
    # parts of a job served by several teams make at most one
    job, part = (np.concatenate(parts) for parts in zip(*served, strict=True))
    names, number = np.unique(job, return_inverse=True)
    rows.append((row + number.ravel(), part, np.ones(len(part))))
    most.append(np.ones(len(names)))
    at, of, value = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    matrix = csr_array(coo_array((value, (at, of)), shape=(row + len(names), column)))
    limits = LinearConstraint(matrix, -np.inf, np.concatenate(most))
    solved = milp(-np.concatenate(gain), constraints=limits, bounds=Bounds(0.0, 1.0))
    every = float(risk[names].sum())
    # the solver gives no value only if it fails; then all risk is the bound
    return every if solved.fun is None else min(-float(solved.fun), every)


def _groups(gaps_min: Floats, depots: int) -> tuple[Floats, Ints]:
    """
    Price of entering every group beyond what the groups inside it pay, and pairs (group, group around it).

    Groups are the jobs and depots themselves, then what single linkage joins, in its order; the last holds everything.
    """
    points = len(gaps_min)
    symmetric = np.minimum(gaps_min, gaps_min.T)
    np.fill_diagonal(symmetric, 0.0)
    # Entering places that no way joins is priced as the farthest that can be reached, which only loosens the bound.
    known = np.isfinite(symmetric)
    symmetric = np.where(known, symmetric, symmetric[known].max(initial=0.0))
    joins = linkage(squareform(symmetric, checks=False), "single")
    groups = points + len(joins)
    formed = np.r_[np.zeros(points), joins[:, 2]]
    left = formed.copy()
    around = np.full(groups, -1)
    has_depot = np.r_[np.arange(points) >= points - depots, np.zeros(len(joins), bool)]
    for k, (a, b, height, _) in enumerate(joins.tolist()):
        own = [int(a), int(b)]
        left[own], around[own] = height, points + k
        has_depot[points + k] = bool(has_depot[own].any())
    price = np.where(has_depot, 0.0, left - formed)
    inside = np.flatnonzero(around >= 0)
    return price, np.stack([inside, around[inside]], axis=1)
