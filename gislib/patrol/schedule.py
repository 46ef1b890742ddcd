"""Clock times of a route, worked out leg by leg and independent of the search; where the break goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gislib.patrol.tours import Jobs

SLACK_MIN: Final = 1e-6
MIDDLE: Final = 0.5
"""The break is taken as near as possible to this share of the route."""


@dataclass(frozen=True)
class Visit:
    """One job of a route: metres and minutes to it, arrival, begin and end of serving, minutes since midnight."""

    job: int
    way: int
    travel_m: float
    arrives: float
    begins: float
    ends: float


@dataclass(frozen=True)
class Timed:
    """
    A timed route.

    ``break_before`` is the position of the visit before which the break is taken (its length: at the end), None without
    a break; ``break_begins`` when. ``home_m`` and ``home`` are the way back and the return.
    """

    visits: tuple[Visit, ...]
    departs: float
    break_before: int | None
    break_begins: float
    home_m: float
    home: float


def timed_route(
    jobs: Jobs, team: int, order: list[tuple[int, int]], break_min: float = 0.0, break_before: int | None = None
) -> Timed:
    """
    Times of serving jobs in order from the begin of the shift, waiting where a window is not open yet.

    Parameters
    ----------
    jobs, team
        Numbers.
    order
        Jobs and directions.
    break_min, break_before
        Break, and the position of the visit before which it is taken at the place of the one before.
    """
    n, teams = len(jobs.worth), len(jobs.pace)
    metres, pace = jobs.metres[jobs.mode[team]], float(jobs.pace[team])
    here, now = int(jobs.last[n + team, 0]), float(jobs.begins[team])
    visits: list[Visit] = []
    rest_begins = now
    for position, (job, way) in enumerate(order):
        if position == break_before:
            rest_begins, now = now, now + break_min
        travel = float(metres[here, jobs.first[job, way]])
        arrives = now + travel * pace
        begins = max(arrives, float(jobs.opens[job]))
        now = begins + float(jobs.work[team, job])
        here = int(jobs.last[job, way])
        visits.append(Visit(job, way, travel, arrives, begins, now))
    if break_before == len(order):
        rest_begins, now = now, now + break_min
    home_m = float(metres[here, jobs.first[n + teams + team, 0]])
    return Timed(tuple(visits), float(jobs.begins[team]), break_before, rest_begins, home_m, now + home_m * pace)


def with_break(jobs: Jobs, team: int, order: list[tuple[int, int]], break_min: float, ends: float) -> Timed | None:
    """
    Timed route with its break where every window and the end of the shift still hold, nearest to the middle.

    None if there is no such place. Without a break: the timed route, if it holds.
    """
    if break_min <= 0.0:
        plain = timed_route(jobs, team, order)
        return plain if holds(jobs, plain, ends) else None
    middle = len(order) * MIDDLE
    for position in sorted(range(len(order) + 1), key=lambda k: (abs(k - middle), k)):
        timed = timed_route(jobs, team, order, break_min, position)
        if holds(jobs, timed, ends):
            return timed
    return None


def holds(jobs: Jobs, timed: Timed, ends: float) -> bool:
    """Whether serving begins within every window and the team is back in time."""
    return timed.home <= ends + SLACK_MIN and all(
        jobs.opens[v.job] - SLACK_MIN <= v.begins <= jobs.closes[v.job] + SLACK_MIN for v in timed.visits
    )


def fitted_route(
    jobs: Jobs, team: int, order: list[tuple[int, int]], break_min: float, ends: float
) -> tuple[Timed, list[int]]:
    """
    Timed route with its break; jobs are given up, least worth first, until it fits.

    Returns
    -------
    timed, given up
        The second is empty unless windows leave no room for the break.
    """
    kept, given_up = list(order), list[int]()
    while True:
        timed = with_break(jobs, team, kept, break_min, ends)
        if timed is not None:
            return timed, given_up
        if not kept:
            return timed_route(jobs, team, []), given_up
        worst = min(kept, key=lambda step: (float(jobs.worth[step[0]]), step[0]))
        kept.remove(worst)
        given_up.append(worst[0])
