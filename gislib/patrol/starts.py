"""Routes to begin a search with: a postman's tour split among the teams, or jobs put in one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.patrol.bounds import MetresBound
from gislib.patrol.numbers import NEEDED_WORTH_M
from gislib.patrol.postman import postman_order
from gislib.patrol.split import split
from gislib.patrol.tours import Jobs, Tours, any_place, append, lost_worth, put, retime, travel_metres

ROTATIONS: Final = 24
"""Jobs of the tour at which it is begun before it is split."""
ROUND_UP: Final = 0.4
"""A way that the lower bound walks at least 0.6 times is walked."""


def starts(jobs: Jobs, chosen: Ints, bound: MetresBound | None, known: Sequence[Tours]) -> list[Tours]:
    """
    Routes to begin with, best first.

    Parameters
    ----------
    jobs
        Jobs and teams.
    chosen
        Streets that every team can serve: the tour is made of them.
    bound
        Lower bound over them, whose ways the tour follows; None: the tour is made quickly.
    known
        Routes known already.
    """
    found = list(known)
    if windows_bind(jobs, chosen):
        found.append(by_windows(jobs, chosen))
    elif len(chosen):
        order = tour_order(jobs, chosen, bound)
        step = max(1, len(order) // ROTATIONS)
        found += [
            fill_up(jobs, tours_of(jobs, split(jobs, order[begin:] + order[:begin])))
            for begin in range(0, len(order), step)
        ]
    return sorted(found, key=lambda tours: float(lost_worth(jobs, tours) + travel_metres(jobs, tours)))


def windows_bind(jobs: Jobs, chosen: Ints) -> bool:
    """Whether some chosen street cannot be served all through the longest shift."""
    if not len(chosen):
        return False
    last = jobs.ends.max() - jobs.work[:, chosen].max(axis=0)
    return bool(((jobs.opens[chosen] > jobs.begins.min()) | (jobs.closes[chosen] < last)).any())


def by_windows(jobs: Jobs, chosen: Ints) -> Tours:
    """
    Routes window by window: a tour over the streets of each window, put in street by street, then everything else.

    Streets of one campus have one window and lie one after the other in its tour, so teams take whole campuses.
    """
    windows, group = np.unique(np.stack([jobs.closes[chosen], jobs.opens[chosen]], axis=1), axis=0, return_inverse=True)
    tours = empty_tours(jobs)
    for number in range(len(windows)):
        order = tour_order(jobs, chosen[group.ravel() == number], None)
        fill(jobs, tours, np.array([job for job, _ in order], np.int64))
    return fill_up(jobs, tours)


def copy_tours(tours: Tours) -> Tours:
    """Independent copy."""
    return Tours(
        tours.after.copy(),
        tours.before.copy(),
        tours.team.copy(),
        tours.way.copy(),
        tours.free.copy(),
        tours.due.copy(),
    )


def empty_tours(jobs: Jobs) -> Tours:
    """Teams that go from their start to their end."""
    n, teams = len(jobs.worth), len(jobs.pace)
    size = n + 2 * teams
    tours = Tours(
        np.full(size, -1), np.full(size, -1), np.full(n, -1), np.zeros(size, np.int64), np.zeros(size), np.zeros(size)
    )
    for team in range(teams):
        tours.after[n + team], tours.before[n + teams + team] = n + teams + team, n + team
        retime(jobs, tours, team)
    return tours


def tours_of(jobs: Jobs, routes: Sequence[Sequence[tuple[int, int]]]) -> Tours:
    """
    Routes with these jobs in order, one list per team.

    A job that its team may serve in the other direction only is turned; one that breaks a window or the shift is left
    out.
    """
    tours = empty_tours(jobs)
    n = len(jobs.worth)
    for team, part in enumerate(routes):
        here = n + team
        for job, way in part:
            allowed = way if jobs.ways[team, job] & (1 << way) else 1 - way
            if jobs.ways[team, job] and append(jobs, tours, team, job, here, allowed):
                here = job
    return tours


def fill(jobs: Jobs, tours: Tours, order: Ints) -> Tours:
    """Put in jobs one by one where they cost least, as far as they are worth it."""
    for job in order.tolist():
        if tours.team[job] >= 0:
            continue
        cost, team, a, way = any_place(jobs, tours, job)
        if cost < jobs.worth[job]:
            put(jobs, tours, team, job, a, way)
    return tours


def fill_up(jobs: Jobs, tours: Tours) -> Tours:
    """Put in what nobody serves as far as it fits: what must be served, then most worth per minute first."""
    rest = np.flatnonzero(tours.team < 0)
    density = jobs.worth[rest] / (1.0 + jobs.work.min(axis=0)[rest])
    return fill(jobs, tours, rest[np.lexsort((-density, jobs.worth[rest] < NEEDED_WORTH_M))])


def serves_all(jobs: Jobs, tours: Tours) -> bool:
    """Whether everything that some team can serve is served."""
    return bool((tours.team[(jobs.ways > 0).any(axis=0)] >= 0).all())


def one_depot(jobs: Jobs, chosen: Ints) -> tuple[Floats, Ints, int]:
    """Ways of the best mode between the ends of jobs and a place that stands for all depots."""
    n, teams = len(jobs.worth), len(jobs.pace)
    short = np.minimum.reduce([np.minimum(jobs.metres[m], jobs.metres[m].T) for m in np.unique(jobs.mode)])
    depots = np.unique(np.r_[jobs.last[n : n + teams, 0], jobs.first[n + teams :, 0]])
    ends = np.stack([jobs.first[chosen, 0], jobs.last[chosen, 0]], axis=1)
    used, inverse = np.unique(np.r_[ends.ravel(), depots], return_inverse=True)
    inner = short[np.ix_(used, used)]
    is_depot = np.isin(used, depots)
    to_depot = inner[:, is_depot].min(axis=1)
    inner = np.minimum(inner, to_depot[:, None] + to_depot[None, :])
    np.fill_diagonal(inner, 0.0)
    return inner, inverse[: ends.size].reshape(-1, 2), int(inverse[ends.size])


def tour_order(jobs: Jobs, chosen: Ints, bound: MetresBound | None) -> list[tuple[int, int]]:
    """Tour over chosen jobs by the shortest construction known: plain, or along the ways of the lower bound."""
    metres, ends, depot = one_depot(jobs, chosen)
    links: list[Ints | None] = [None]
    if bound is not None and len(bound.times):
        links.append(np.repeat(bound.links, np.floor(bound.times + ROUND_UP).astype(np.int64), axis=0))
    orders = [postman_order(metres, ends, depot, link, quick=bound is None) for link in links]
    best = min(orders, key=lambda order: _tour_metres(metres, ends, depot, order))
    return [(int(chosen[k]), way) for k, way in best]


def _tour_metres(metres: Floats, ends: Ints, depot: int, order: list[tuple[int, int]]) -> float:
    if not order:
        return 0.0
    job, way = np.array(order).T
    leave, reach = ends[job, 1 - way], ends[job, way]
    return float(metres[np.r_[depot, leave], np.r_[reach, depot]].sum())
