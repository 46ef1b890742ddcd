"""
Several sets of routes for one shift that cover as much but are hard to foresee.

Each set begins its tours elsewhere or walks them the other way round, and is then searched again with the wish that the
riskiest streets are reached at other times than in every set before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.patrol.parameters import AlternativeParameters
from gislib.patrol.routing import Problem, Routes, orders, publish
from gislib.patrol.search import Effort, Found, Tick, anneal_once, keep_on, no_aims, search
from gislib.patrol.search_kernel import Aims
from gislib.patrol.starts import fill_up, tours_of
from gislib.patrol.tours import Jobs, Tours

APART_PRICE_M = 100_000.0
"""Metres that one watched street reached at a familiar time counts: more than any detour, less than many streets."""
TRIES = 3
"""Searches at most per alternative wanted."""


@dataclass(frozen=True)
class Alternative:
    """
    One set of routes.

    Attributes
    ----------
    routes
        The set; ``routes.seed`` makes it again.
    loss_share
        Risk covered less than by the best set, as a share of that.
    apart_share
        Least share, over all earlier sets, of watched streets reached at least ``apart_min`` apart; 1 for the first.
    """

    routes: Routes
    loss_share: float
    apart_share: float


def alternatives(
    problem: Problem, effort: Effort, wanted: AlternativeParameters, aims: Aims | None = None, tick: Tick = keep_on
) -> list[Alternative]:
    """
    Sets of routes, the best first; each keeps both conditions against all before it.

    Parameters
    ----------
    problem
        Ground, demand, teams.
    effort
        Effort of the first set; every further search has half of it.
    wanted
        How many, and the conditions. Fewer sets than wanted mean that no more were found: windows may leave no choice.
    aims
        Balance of the first set.
    tick
        Progress and cancelling.
    """
    jobs = problem.jobs
    if not len(jobs.worth):
        return []
    tries = max(wanted.count - 1, 0) * TRIES
    share = 1.0 / (1.0 + tries / 2.0)
    found = search(jobs, len(problem.demand.streets), effort, aims, lambda done: tick(done * share))
    best = publish(problem, orders(jobs, found.tours), effort.seed, found.rounds)
    chosen = [Alternative(best, 0.0, 1.0)]
    watched = _riskiest(problem, best, wanted.watched_streets)
    visits = [_visits(problem, best, watched)]
    for number in range(1, tries + 1):
        done = share * (1.0 + (number - 1) / 2.0)
        if len(chosen) >= wanted.count or not tick(min(done, 1.0)):
            break
        seed = effort.seed + number
        asked = _aims(watched, visits, wanted, aims or no_aims())
        begun = _turned(jobs, found, number, wanted.count)
        half = Effort(None if effort.rounds is None else max(effort.rounds // 2, 1), effort.seconds / 2.0, seed)
        tours, rounds = anneal_once(jobs, begun, half, asked)
        routes = publish(problem, orders(jobs, fill_up(jobs, tours)), seed, rounds)
        mine = _visits(problem, routes, watched)
        loss = 1.0 - routes.covered_share / best.covered_share if best.covered_share > 0 else 0.0
        apart = min(_apart(mine, other, wanted.apart_min) for other in visits)
        if loss <= wanted.coverage_loss_share and apart >= wanted.apart_share:
            chosen.append(Alternative(routes, loss, apart))
            visits.append(mine)
    return chosen


def _riskiest(problem: Problem, routes: Routes, count: int) -> Ints:
    """Rows of the riskiest streets that the best set serves."""
    streets = problem.demand.streets
    row = streets.index.get_indexer(routes.served.index)
    risk = streets["risk"].to_numpy(float)
    row = row[row >= 0]
    return np.asarray(row[np.lexsort((row, -risk[row]))][:count], dtype=np.int64)


def _visits(problem: Problem, routes: Routes, watched: Ints) -> Floats:
    """When each watched street is begun, NaN where it is not served."""
    ids = problem.demand.streets.index[watched]
    return routes.served["begins_min"].reindex(ids).to_numpy(np.float64)


def _apart(a: Floats, b: Floats, apart_min: float) -> float:
    """Share of streets begun at least so many minutes apart; one that a set leaves out is not apart."""
    return float((np.abs(a - b) >= apart_min).mean()) if len(a) else 1.0


def _aims(watched: Ints, visits: list[Floats], wanted: AlternativeParameters, aims: Aims) -> Aims:
    """Wish to be apart from every set before."""
    rows = np.nan_to_num(np.array(visits).reshape(len(visits), -1), nan=-math.inf)
    needed = math.ceil(wanted.apart_share * len(watched))
    return aims._replace(
        watched=watched, visits=rows, gap_min=wanted.apart_min + 1.0, wanted=needed, price=APART_PRICE_M
    )


def _turned(jobs: Jobs, found: Found, number: int, count: int) -> Tours:
    """Best routes begun elsewhere: cut at a part of each route, every second time walked the other way round."""
    routes = []
    for order in orders(jobs, found.tours):
        cut = round(len(order) * ((number + 1) // 2) / count) % max(len(order), 1)
        turned = order[cut:] + order[:cut]
        routes.append([(job, 1 - way) for job, way in reversed(turned)] if number % 2 else turned)
    return fill_up(jobs, tours_of(jobs, routes))
