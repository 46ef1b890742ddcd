"""
Jobs and routes as numbers, compiled: linked lists of jobs with their times, and what it costs to put one in.

Every search works on these; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

from gislib.domain.arrays import Floats, Ints

_Function = TypeVar("_Function", bound=Callable[..., Any])
compiled = cast("Callable[[_Function], _Function]", njit(nogil=True, cache=True))
inlined = cast("Callable[[_Function], _Function]", njit(nogil=True, cache=True, forceinline=True))

SLACK_MIN: Final = 1e-9
"""Minutes by which sums of the same times in another order may differ."""


class Jobs(NamedTuple):
    """
    Jobs (streets and stops) and teams as numbers; job ``k`` of ``n``, team ``t``, minutes of one clock.

    Attributes
    ----------
    metres
        ``(modes, places, places)`` shortest way between places; infinite where there is none.
    first, last
        ``(n + 2 teams, 2)`` place where serving begins and ends, by direction. Row ``n + t`` is the start of team
        ``t``, row ``n + teams + t`` its end.
    work
        ``(teams, n)`` minutes of serving.
    opens, closes
        ``(n,)`` when serving may begin.
    worth
        ``(n,)`` metres that serving the job may cost at most.
    ways
        ``(teams, n)`` directions in which a team may serve: 1, 2, both = 3, none = 0.
    near
        ``(n, some)`` nearest other jobs.
    mode, pace, begins, ends
        ``(teams,)`` row of ``metres``, minutes per metre, shift.
    timed
        Whether any time limits anything; without, times are not kept up.
    """

    metres: Floats
    first: Ints
    last: Ints
    work: Floats
    opens: Floats
    closes: Floats
    worth: Floats
    ways: Ints
    near: Ints
    mode: Ints
    pace: Floats
    begins: Floats
    ends: Floats
    timed: bool


class Tours(NamedTuple):
    """
    Routes as linked lists over jobs and the teams' starts and ends.

    ``team`` is -1 for a job that nobody serves. ``free`` is when serving is over, ``due`` the latest arrival that keeps
    every later limit; both only where `Jobs.timed`.
    """

    after: Ints
    before: Ints
    team: Ints
    way: Ints
    free: Floats
    due: Floats


@inlined
def gap(jobs: Jobs, tours: Tours, team: int, a: int, b: int) -> float:
    """Metres between the end of ``a`` and the begin of ``b``."""
    return float(jobs.metres[jobs.mode[team], jobs.last[a, tours.way[a]], jobs.first[b, tours.way[b]]])


@inlined
def _free_after(jobs: Jobs, tours: Tours, team: int, a: int, b: int) -> float:
    """When a team that comes from ``a`` is done at ``b``."""
    arrival = tours.free[a] + gap(jobs, tours, team, a, b) * jobs.pace[team]
    return float(arrival if b >= len(jobs.worth) else max(arrival, jobs.opens[b]) + jobs.work[team, b])


@inlined
def _due_before(jobs: Jobs, tours: Tours, team: int, a: int, b: int) -> float:
    """Latest arrival at ``a`` for a team that goes on to ``b``."""
    leave = tours.due[b] - gap(jobs, tours, team, a, b) * jobs.pace[team]
    return float(leave if a >= len(jobs.worth) else min(jobs.closes[a], leave - jobs.work[team, a]))


@compiled
def retime(jobs: Jobs, tours: Tours, team: int) -> None:
    """Bring all times of one route up to date."""
    start, end = len(jobs.worth) + team, len(jobs.worth) + len(jobs.pace) + team
    tours.free[start], tours.due[end] = jobs.begins[team], jobs.ends[team]
    here = start
    while here != end:
        there = tours.after[here]
        tours.free[there] = _free_after(jobs, tours, team, here, there)
        here = there
    while here != start:
        there = tours.before[here]
        tours.due[there] = _due_before(jobs, tours, team, there, here)
        here = there


@compiled
def _retime_around(jobs: Jobs, tours: Tours, team: int, job: int) -> None:
    """Bring times up to date after one job was put in: outwards from it, as far as anything changes."""
    start, end = len(jobs.worth) + team, len(jobs.worth) + len(jobs.pace) + team
    a, b = tours.before[job], job
    while a != end:
        free = _free_after(jobs, tours, team, a, b)
        if a != tours.before[job] and free == tours.free[b]:
            break
        tours.free[b] = free
        a, b = b, tours.after[b]
    a, b = job, tours.after[job]
    while b != start:
        due = _due_before(jobs, tours, team, a, b)
        if a != job and due == tours.due[a]:
            break
        tours.due[a] = due
        a, b = tours.before[a], a


@inlined
def place_cost(jobs: Jobs, tours: Tours, team: int, job: int, a: int) -> tuple[float, int]:
    """Metres added by serving a job after ``a`` in its better direction, and that direction; infinite if too late."""
    b = tours.after[a]
    mode = jobs.mode[team]
    leave, reach = jobs.last[a, tours.way[a]], jobs.first[b, tours.way[b]]
    direct = jobs.metres[mode, leave, reach]
    best, best_way = np.inf, 0
    for way in range(2):
        if not jobs.ways[team, job] & (1 << way):
            continue
        to = jobs.metres[mode, leave, jobs.first[job, way]]
        onward = jobs.metres[mode, jobs.last[job, way], reach]
        cost = to + onward - direct
        if cost >= best:
            continue
        if jobs.timed:
            begin = max(tours.free[a] + to * jobs.pace[team], jobs.opens[job])
            arrival = begin + jobs.work[team, job] + onward * jobs.pace[team]
            if begin > jobs.closes[job] + SLACK_MIN or arrival > tours.due[b] + SLACK_MIN:
                continue
        best, best_way = cost, way
    return best, best_way


@compiled
def put(jobs: Jobs, tours: Tours, team: int, job: int, a: int, way: int) -> None:
    """Serve a job after ``a``."""
    b = tours.after[a]
    tours.after[a], tours.before[job] = job, a
    tours.after[job], tours.before[b] = b, job
    tours.team[job], tours.way[job] = team, way
    if jobs.timed:
        _retime_around(jobs, tours, team, job)


@compiled
def append(jobs: Jobs, tours: Tours, team: int, job: int, a: int, way: int) -> bool:
    """Serve a job after ``a`` in this direction if the window and everything later allow it; answers whether."""
    b = tours.after[a]
    to = jobs.metres[jobs.mode[team], jobs.last[a, tours.way[a]], jobs.first[job, way]]
    onward = jobs.metres[jobs.mode[team], jobs.last[job, way], jobs.first[b, tours.way[b]]]
    begin = max(tours.free[a] + to * jobs.pace[team], jobs.opens[job])
    arrival = begin + jobs.work[team, job] + onward * jobs.pace[team]
    fits = begin <= jobs.closes[job] + SLACK_MIN and arrival <= tours.due[b] + SLACK_MIN
    if fits or not jobs.timed:
        put(jobs, tours, team, job, a, way)
        return True
    return False


@compiled
def take(jobs: Jobs, tours: Tours, job: int) -> float:
    """Take a job out of its route (times are left as they are); returns the metres saved."""
    team, a, b = tours.team[job], tours.before[job], tours.after[job]
    saved = gap(jobs, tours, team, a, job) + gap(jobs, tours, team, job, b) - gap(jobs, tours, team, a, b)
    tours.after[a], tours.before[b] = b, a
    tours.team[job] = -1
    return saved


@compiled
def any_place(jobs: Jobs, tours: Tours, job: int) -> tuple[float, int, int, int]:
    """Cheapest place anywhere: metres (infinite: none), team, job before, direction."""
    best, best_team, best_a, best_way = np.inf, -1, -1, 0
    n, teams = len(jobs.worth), len(jobs.pace)
    for team in range(teams):
        if not jobs.ways[team, job]:
            continue
        a = n + team
        while a != n + teams + team:
            cost, way = place_cost(jobs, tours, team, job, a)
            if cost < best:
                best, best_team, best_a, best_way = cost, team, a, way
            a = tours.after[a]
    return best, best_team, best_a, best_way


@compiled
def travel_metres(jobs: Jobs, tours: Tours) -> float:
    """Metres travelled between jobs by all teams."""
    n, teams = len(jobs.worth), len(jobs.pace)
    total = 0.0
    for team in range(teams):
        here = n + team
        while here != n + teams + team:
            total += gap(jobs, tours, team, here, tours.after[here])
            here = tours.after[here]
    return total


@compiled
def lost_worth(jobs: Jobs, tours: Tours) -> float:
    """Worth of the jobs that nobody serves."""
    lost = 0.0
    for job in range(len(jobs.worth)):
        if tours.team[job] < 0:
            lost += jobs.worth[job]
    return lost
