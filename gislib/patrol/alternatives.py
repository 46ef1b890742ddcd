"""
Several sets of routes for one shift that cover as much but are hard to foresee.

Each set begins its tours elsewhere or walks them the other way round, and is then searched again with the wish that the
riskiest streets (stops, where there are none) are first reached at other times than in every set before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gislib.domain.arrays import Floats, Ints
from gislib.patrol.parameters import AlternativeParameters
from gislib.patrol.routing import Problem, Routes, begins_of, orders, publish
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
        Risk covered less than by the best set of all, as a share of that.
    apart_share
        Least share, over all other sets, of watched places first reached at least ``apart_min`` apart; 1 if it is the
        only one.
    """

    routes: Routes
    loss_share: float
    apart_share: float


@dataclass(frozen=True)
class _Watched:
    """Jobs whose times are watched, and the number of each one's place; both sides of a street are one place."""

    jobs: Ints
    place: Ints

    def visits(self, begins: Floats) -> Floats:
        """When each place is first begun, NaN where it is not served."""
        first = pd.Series(begins[self.jobs]).groupby(self.place).min()
        return np.asarray(first, dtype=np.float64)


@dataclass(frozen=True)
class _Set:
    """Routes that were found, and seed, rounds, risk covered and visits."""

    orders: list[list[tuple[int, int]]]
    seed: int
    rounds: int
    covered: float
    visits: Floats


def alternatives(
    problem: Problem, effort: Effort, wanted: AlternativeParameters, aims: Aims | None = None, tick: Tick = keep_on
) -> list[Alternative]:
    """
    Sets of routes, the best first; any two keep both conditions.

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
    best = orders(jobs, found.tours)
    watched = _riskiest(problem, begins_of(problem, best), wanted.watched_streets)
    chosen = [_set(problem, watched, best, (effort.seed, found.rounds))]
    for number in range(1, tries + 1):
        done = share * (1.0 + (number - 1) / 2.0)
        if len(chosen) >= wanted.count or not tick(min(done, 1.0)):
            break
        seed = effort.seed + number
        asked = _aims(watched, [own.visits for own in chosen], wanted, aims or no_aims())
        begun = _turned(jobs, found, number, wanted.count)
        half = Effort(None if effort.rounds is None else max(effort.rounds // 2, 1), effort.seconds / 2.0, seed)
        tours, rounds = anneal_once(jobs, begun, half, asked)
        new = _set(problem, watched, orders(jobs, fill_up(jobs, tours)), (seed, rounds))
        if min(_apart(new.visits, own.visits, wanted.apart_min) for own in chosen) >= wanted.apart_share:
            chosen = _near_the_best([*chosen, new], wanted.coverage_loss_share)
    return _told(problem, chosen, wanted.apart_min)


def _set(
    problem: Problem, watched: _Watched, routes: list[list[tuple[int, int]]], made: tuple[int, int]
) -> _Set:  # fmt: skip
    begins = begins_of(problem, routes)
    return _Set(routes, *made, float(problem.risk[np.isfinite(begins)].sum()), watched.visits(begins))


def _near_the_best(sets: list[_Set], loss_share: float) -> list[_Set]:
    """Sets that cover as much as the best of them but for the loss that is allowed."""
    most = max(own.covered for own in sets)
    return [own for own in sets if own.covered >= (1.0 - loss_share) * most]


def _told(problem: Problem, sets: list[_Set], apart_min: float) -> list[Alternative]:
    """Sets, the best first, with what each loses to the best and differs from the others."""
    order = sorted(sets, key=lambda own: -own.covered)
    most = order[0].covered
    return [
        Alternative(
            publish(problem, own.orders, own.seed, own.rounds), 1.0 - own.covered / most if most > 0 else 0.0,
            min((_apart(own.visits, other.visits, apart_min) for other in order if other is not own), default=1.0),
        )
        for own in order
    ]  # fmt: skip


def _riskiest(problem: Problem, begins: Floats, count: int) -> _Watched:
    """
    Riskiest streets that a set serves; where no street is asked for, the riskiest stops.

    A street has both its sides and all its stretches between two junctions, a stop all its visits.
    """
    streets, stops = problem.demand.streets, problem.demand.stops
    own, names = (streets, ("road_id", "piece")) if len(streets) else (stops, ("kind", "hazard_id"))
    place = own[names[0]].astype(str).str.cat(own[names[1]].astype(str), ":").to_numpy(dtype=object)
    served = np.isfinite(begins[: len(own)])
    risk = own["risk"].groupby(place).sum()[np.unique(place[served])]
    chosen = risk.sort_values(ascending=False, kind="stable").index[:count]
    number = chosen.get_indexer(pd.Index(place))
    watched = np.flatnonzero(number >= 0)
    return _Watched(watched, np.asarray(number[watched], np.int64))


def _apart(a: Floats, b: Floats, apart_min: float) -> float:
    """Share of places first begun at least so many minutes apart; one that a set leaves out is not apart."""
    return float((np.abs(a - b) >= apart_min).mean()) if len(a) else 1.0


def _aims(watched: _Watched, visits: list[Floats], wanted: AlternativeParameters, aims: Aims) -> Aims:
    """Wish to be apart from every set before."""
    rows = np.nan_to_num(np.array(visits).reshape(len(visits), -1), nan=-math.inf)
    needed = math.ceil(wanted.apart_share * rows.shape[1])
    return aims._replace(
        watched=watched.jobs, place=watched.place, visits=rows, gap_min=wanted.apart_min + 1.0, wanted=needed,
        price=APART_PRICE_M,
    )  # fmt: skip


def _turned(jobs: Jobs, found: Found, number: int, count: int) -> Tours:
    """Best routes begun elsewhere: cut at a part of each route, every second time walked the other way round."""
    routes = []
    for order in orders(jobs, found.tours):
        cut = round(len(order) * ((number + 1) // 2) / count) % max(len(order), 1)
        turned = order[cut:] + order[:cut]
        routes.append([(job, 1 - way) for job, way in reversed(turned)] if number % 2 else turned)
    return fill_up(jobs, tours_of(jobs, routes))
