"""
Ruin and recreate on arrays, compiled: take strings of neighbouring jobs out of the routes, put them back better.

The method is SISR (Christiaens & Vanden Berghe, Transportation Science 54(2), 2020) with two changes: a string may be
cut from a route that has already lost one, since a single team has a single route; and now and then whole surroundings
are taken out, so that a campus can change teams.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.patrol.tours import (
    SLACK_MIN,
    Jobs,
    Tours,
    any_place,
    compiled,
    lost_worth,
    place_cost,
    put,
    retime,
    take,
    travel_metres,
)

BLINK: Final = 0.01
"""Share of places passed over when a job is put back, so that the same ruin does not give the same route."""
MEAN_REMOVED: Final = 12.0
LONGEST_STRING: Final = 24.0
TIE_M: Final = 1.0
"""Up to so much dearer, the end of another route is as good as a place beside a near job: teams share equal work."""
ABSENT_PLACES: Final = 6
"""Places at which jobs that nobody serves are tried after every ruin."""
LONELY: Final = 0.3
"""Share of tries in which a job without served neighbours is tried everywhere, which takes long."""
BIG_SHARE: Final = 0.1
BIG_FACTOR: Final = 6
"""Share of ruins that take out so many times more and longer strings: whole surroundings of a campus change teams."""
SPLIT_SHARE: Final = 0.5
"""Share of strings out of which a middle part is left in place."""


class Aims(NamedTuple):
    """
    What besides metres and worth counts.

    Attributes
    ----------
    balance
        Metres that one minute of the longest route counts.
    watched, place, visits, gap_min, wanted, price
        First begin of serving at the places of the ``watched`` jobs (``place``: number of each job's) should differ by
        ``gap_min`` minutes from each row of ``visits``, which has a column a place, for ``wanted`` of them; every one
        short costs ``price`` metres. No rows: no such aim.
    """

    balance: float
    watched: Ints
    place: Ints
    visits: Floats
    gap_min: float
    wanted: int
    price: float


@compiled
def _end_place(jobs: Jobs, tours: Tours, job: int) -> tuple[float, int, int, int]:
    """Cheapest place at either end of a route: metres, team, job before, direction."""
    best, best_team, best_a, best_way = np.inf, -1, -1, 0
    n, teams = len(jobs.worth), len(jobs.pace)
    first = np.random.randint(0, teams)  # noqa: NPY002 - compiled
    for step in range(teams):
        team = (first + step) % teams
        if jobs.ways[team, job]:
            for a in (n + team, tours.before[n + teams + team]):
                cost, way = place_cost(jobs, tours, team, job, a)
                if cost < best:
                    best, best_team, best_a, best_way = cost, team, a, way
    return best, best_team, best_a, best_way


@compiled
def _near_place(jobs: Jobs, tours: Tours, job: int, blink: float) -> tuple[float, int, int, int]:
    """
    Cheapest place beside a near job or at either end of a route: metres, team, job before, direction.

    A job among others that nobody serves has no such neighbour: then any place will do.
    """
    best, best_team, best_a, best_way = np.inf, -1, -1, 0
    alone = True
    for j in jobs.near[job]:
        team = tours.team[j]
        if team < 0:
            continue
        alone = False
        if not jobs.ways[team, job] or np.random.random() < blink:  # noqa: NPY002 - compiled
            continue
        for a in (j, tours.before[j]):
            cost, way = place_cost(jobs, tours, team, job, a)
            if cost < best:
                best, best_team, best_a, best_way = cost, team, a, way
    end = _end_place(jobs, tours, job)
    if end[0] < best + np.random.random() * TIE_M:  # noqa: NPY002 - compiled
        best, best_team, best_a, best_way = end
    if alone and not best < np.inf and np.random.random() < LONELY:  # noqa: NPY002 - compiled
        return any_place(jobs, tours, job)
    return best, best_team, best_a, best_way


@compiled
def _cut_string(jobs: Jobs, tours: Tours, middle: int, length: int, out: Ints) -> int:
    """List about ``length`` jobs around ``middle`` in ``out``, perhaps leaving out some inside; returns how many."""
    n = len(jobs.worth)
    here = middle
    for _ in range(np.random.randint(0, length)):  # noqa: NPY002 - compiled
        if tours.before[here] >= n:
            break
        here = tours.before[here]
    keep_from, keep = length, 0
    if length > 2 and np.random.random() < SPLIT_SHARE:  # noqa: NPY002, PLR2004 - compiled; a middle needs two ends
        keep_from, keep = np.random.randint(1, length), np.random.randint(1, 4)  # noqa: NPY002 - compiled
    count = 0
    while count < length and here < n:
        onward = tours.after[here]
        if count >= keep_from and keep > 0:
            keep -= 1
        else:
            out[count] = here
            count += 1
        here = onward
    return count


@compiled
def _ruin(jobs: Jobs, tours: Tours, removed: Ints, string: Ints) -> tuple[int, float]:
    """Take out strings around a random job; returns how many jobs, and the metres saved."""
    n, teams = len(jobs.worth), len(jobs.pace)
    served = int((tours.team >= 0).sum())
    factor = BIG_FACTOR if np.random.random() < BIG_SHARE else 1  # noqa: NPY002 - compiled
    most = len(removed) * factor // BIG_FACTOR
    longest = min(LONGEST_STRING * factor, max(served / teams, 1.0))
    strings = int(np.random.random() * (4.0 * MEAN_REMOVED * factor / (1.0 + longest))) + 1  # noqa: NPY002 - compiled
    seed = np.random.randint(0, n)  # noqa: NPY002 - compiled
    count, saved = 0, 0.0
    centre = seed
    while served > 0 and tours.team[centre] < 0 and (tours.team[jobs.near[centre]] < 0).all():
        centre = np.random.randint(0, n)  # noqa: NPY002 - compiled
    for rank in range(-1, jobs.near.shape[1]):
        job = centre if rank < 0 else jobs.near[centre, rank]
        if tours.team[job] < 0:
            continue
        length = int(np.random.random() * longest) + 1  # noqa: NPY002 - compiled
        cut = _cut_string(jobs, tours, job, min(length, most - count), string)
        for i in range(cut):
            saved += take(jobs, tours, string[i])
            removed[count] = string[i]
            count += 1
        strings -= 1
        if strings == 0 or count == most:
            break
    return _with_absent(jobs, tours, seed, removed, count), saved


@compiled
def _with_absent(jobs: Jobs, tours: Tours, seed: int, removed: Ints, count: int) -> int:
    """
    Add jobs that nobody serves to those that are put back: some around ``seed``, some around jobs elsewhere.

    Time won by giving up one place is often best spent at another.
    """
    centre = seed
    for _ in range(ABSENT_PLACES):
        most = min(count + int(MEAN_REMOVED), len(removed))
        for rank in range(-1, jobs.near.shape[1]):
            job = centre if rank < 0 else jobs.near[centre, rank]
            if count >= most:
                break
            if tours.team[job] < 0 and jobs.worth[job] > 0.0 and not (removed[:count] == job).any():
                removed[count] = job
                count += 1
        centre = np.random.randint(0, len(jobs.worth))  # noqa: NPY002 - compiled
    return count


@compiled
def _sort_removed(jobs: Jobs, removed: Ints, count: int) -> None:
    """Order in which jobs are put back: random, worthiest, far from the depot, tight or early windows first."""
    key = np.random.random(count)  # noqa: NPY002 - compiled
    kind = np.random.randint(0, 10)  # noqa: NPY002 - compiled
    depot = jobs.last[len(jobs.worth), 0]
    for i in range(count):
        job = removed[i]
        if kind in {4, 5, 6}:
            key[i] = -jobs.worth[job] / (1.0 + jobs.work[0, job])
        elif kind == 7:  # noqa: PLR2004 - share of draws
            key[i] = -jobs.metres[0, depot, jobs.first[job, 0]]
        elif kind == 8 and jobs.timed:  # noqa: PLR2004 - share of draws
            key[i] = jobs.closes[job] - jobs.opens[job]
        elif kind == 9 and jobs.timed:  # noqa: PLR2004 - share of draws
            key[i] = jobs.closes[job]
    removed[:count] = removed[:count][np.argsort(key)]


@compiled
def _recreate(jobs: Jobs, tours: Tours, removed: Ints, count: int) -> float:
    """Put jobs back where they cost least, the rest stays out; returns the metres added."""
    added = 0.0
    _sort_removed(jobs, removed, count)
    for i in range(count):
        job = removed[i]
        cost, team, a, way = _near_place(jobs, tours, job, BLINK)
        if cost < jobs.worth[job]:
            put(jobs, tours, team, job, a, way)
            added += cost
    return added


@compiled
def aim_cost(jobs: Jobs, tours: Tours, aims: Aims) -> float:
    """Metres that imbalance and visits too like the earlier ones count."""
    n, teams = len(jobs.worth), len(jobs.pace)
    cost = 0.0
    if aims.balance > 0.0:
        longest = 0.0
        for team in range(teams):
            longest = max(longest, tours.free[n + teams + team] - jobs.begins[team])
        cost += aims.balance * longest
    if not aims.visits.shape[0]:
        return cost
    begins = np.full(aims.visits.shape[1], np.inf)
    for i in range(len(aims.watched)):
        job = aims.watched[i]
        if tours.team[job] >= 0:
            begin = tours.free[job] - jobs.work[tours.team[job], job]
            begins[aims.place[i]] = min(begins[aims.place[i]], begin)
    for row in range(aims.visits.shape[0]):
        apart = 0
        for i in range(len(begins)):
            if begins[i] < np.inf and abs(begins[i] - aims.visits[row, i]) >= aims.gap_min:
                apart += 1
        cost += aims.price * max(aims.wanted - apart, 0)
    return cost


@compiled
def _copy(source: Tours, target: Tours) -> None:
    target.after[:], target.before[:] = source.after, source.before
    target.team[:], target.way[:] = source.team, source.way
    target.free[:], target.due[:] = source.free, source.due


@compiled
def _retime_ruined(jobs: Jobs, tours: Tours, trial: Tours, removed: Ints, count: int) -> None:
    """Bring the times of all routes up to date that have lost a job."""
    if not jobs.timed:
        return
    touched = np.zeros(len(jobs.pace), np.bool_)
    for i in range(count):
        if tours.team[removed[i]] >= 0:
            touched[tours.team[removed[i]]] = True
    for team in range(len(jobs.pace)):
        if touched[team]:
            retime(jobs, trial, team)


@compiled
def _newly_lost(jobs: Jobs, tours: Tours, trial: Tours, removed: Ints, count: int) -> float:
    """Worth of the jobs that ``trial`` does not serve and ``tours`` did, less the other way round."""
    lost = 0.0
    for i in range(count):
        job = removed[i]
        if trial.team[job] < 0:
            lost += jobs.worth[job]
        if tours.team[job] < 0:
            lost -= jobs.worth[job]
    return lost


@compiled
def anneal(  # noqa: PLR0913, PLR0917 - compiled code takes arrays, not objects
    jobs: Jobs, aims: Aims, tours: Tours, best: Tours, best_cost: float, heat: tuple[float, float], rounds: int,
    seed: int,
) -> float:  # fmt: skip
    """
    Ruin and recreate ``rounds`` times while the temperature falls from ``heat[0]`` to ``heat[1]`` metres.

    ``tours`` is changed to the last accepted routes, ``best`` to the best ones; returns the cost of the best.
    """
    np.random.seed(seed)  # noqa: NPY002 - compiled
    removed = np.empty(BIG_FACTOR * int(4 * MEAN_REMOVED), np.int64)
    string = np.empty(BIG_FACTOR * int(LONGEST_STRING) + 1, np.int64)
    trial = Tours(
        tours.after.copy(),
        tours.before.copy(),
        tours.team.copy(),
        tours.way.copy(),
        tours.free.copy(),
        tours.due.copy(),
    )
    aim = aim_cost(jobs, tours, aims)
    cost = travel_metres(jobs, tours) + lost_worth(jobs, tours) + aim
    fall = (heat[1] / heat[0]) ** (1.0 / max(rounds, 1))
    temperature = heat[0]
    for _ in range(rounds):
        count, saved = _ruin(jobs, trial, removed, string)
        _retime_ruined(jobs, tours, trial, removed, count)
        added = _recreate(jobs, trial, removed, count)
        new_aim = aim_cost(jobs, trial, aims)
        new_cost = cost - saved + added + new_aim - aim + _newly_lost(jobs, tours, trial, removed, count)
        if new_cost < cost - temperature * np.log(1.0 - np.random.random()):  # noqa: NPY002 - compiled
            cost, aim = new_cost, new_aim
            _copy(trial, tours)
            if cost < best_cost - SLACK_MIN:
                best_cost = cost
                _copy(trial, best)
        else:
            _copy(tours, trial)
        temperature *= fall
    return best_cost
