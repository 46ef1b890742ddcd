"""From routes to begin with to good ones: several starts or prices of time, annealed, the best carried on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from gislib.domain.arrays import Ints
from gislib.patrol.bounds import ROUNDS, SAME_M, MetresBound, direct_pairs, metres_bound
from gislib.patrol.search_kernel import Aims, aim_cost, anneal
from gislib.patrol.split import split
from gislib.patrol.starts import copy_tours, empty_tours, fill_up, one_depot, serves_all, starts, tours_of, windows_bind
from gislib.patrol.tours import Jobs, Tours, lost_worth, travel_metres

Tick: TypeAlias = Callable[[float], bool]
"""Called with the share of the work done; answers whether to go on."""

WARM_M, COLD_M = 60.0, 1.0
"""Temperatures at which annealing begins and ends: most of a street's length, and a metre."""
MOST_STARTS: Final = 4
JOBS_PER_START: Final = 1600
"""Fewer jobs: more starts are tried, up to `MOST_STARTS`."""
STARTS_SHARE: Final = 0.5
"""Share of the effort spent on the starts before the best is carried on."""
SHORT: Final = 0.15
"""Share of the worth that must be left out at the begin for time to be called short; less may still be put in."""
PRICES: Final = (0.08, 0.06, 0.1, 0.08, 0.06, 0.1)
"""Prices of a minute that are tried where time is short: shares of the worth that falls to a team-minute."""
PRICES_SHARE: Final = 0.85
"""Share of the effort spent on them: several short searches find better routes than a long one."""
MOST_WORTH: Final = 100.0
"""Worth counts up to so many times the mean when a minute is priced; needed stops have no end of it."""
WARM_SHARE, AGAIN_SHARE = 4.0, 0.4
"""Annealing begins at this many times the mean net worth where minutes have a price, and when it is carried on."""
STEP_SHARE: Final = 0.02
BOUND_SHARE: Final = 0.3
"""Share of the seconds after which the lower bound is taken as it is."""
ROOMY: Final = 0.8
"""Share of the jobs that must fit in when put in one by one for the lower bound to be worth its time."""
_FIRST_ROUNDS: Final = 200


@dataclass(frozen=True)
class Effort:
    """
    How long to search: ``rounds`` of ruin and recreate (the same answer every time), or ``seconds`` if that is None.

    A time limit is not reproducible: a busy machine finds less.
    """

    rounds: int | None = None
    seconds: float = 10.0
    seed: int = 1


def keep_on(_share: float) -> bool:
    """Never stop early."""
    return True


def no_aims() -> Aims:
    """Only metres and worth count."""
    return Aims(0.0, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 0)), 0.0, 0, 0.0)


@lru_cache(maxsize=1)
def compile_kernel() -> None:
    """Compile once, outside the seconds of a search: about half a minute after an installation, then from the cache."""
    place, two = np.zeros((1, 1, 1)), np.zeros((4, 2), np.int64)
    one = np.zeros(1)
    jobs = Jobs(
        place, two, two, np.zeros((1, 2)), np.zeros(2), np.ones(2), np.ones(2), np.full((1, 2), 1),
        np.array([[1], [0]]), np.zeros(1, np.int64), one, one, np.ones(1), timed=True,
    )  # fmt: skip
    tours = tours_of(jobs, split(jobs, [(0, 0)]))
    fill_up(jobs, tours)
    direct_pairs(np.zeros((2, 2)), np.zeros((2, 2), np.int64))
    anneal(jobs, no_aims(), tours, copy_tours(tours), cost_of(jobs, tours, no_aims()), (WARM_M, COLD_M), 1, 1)


def sequence(jobs: Jobs, tours: Tours, team: int) -> list[int]:
    """Jobs of a team in order."""
    n, found = len(jobs.worth), []
    here = int(tours.after[n + team])
    while here < n:
        found.append(here)
        here = int(tours.after[here])
    return found


def cost_of(jobs: Jobs, tours: Tours, aims: Aims) -> float:
    """Metres, worth not served, and aims."""
    return float(travel_metres(jobs, tours) + lost_worth(jobs, tours) + aim_cost(jobs, tours, aims))


def jobs_bound(jobs: Jobs, chosen: Ints, tick: Tick = keep_on, rounds: int = ROUNDS) -> MetresBound:
    """
    Fewest metres between the ``chosen`` jobs for all teams together; infinite ways never occur among them.

    A stop is a street of no length, which has to be come to and left. Windows, shifts and the division into routes are
    passed over, and all depots count as one place.
    """
    metres, ends, depot = one_depot(jobs, chosen)
    return metres_bound(metres, ends, depot, rounds, tick)


@dataclass(frozen=True)
class Found:
    """Best routes, the bound over the streets that every team's mode can reach, and rounds of search made."""

    tours: Tours
    bound: MetresBound | None
    rounds: int


def search(jobs: Jobs, streets: int, effort: Effort, aims: Aims | None = None, tick: Tick = keep_on) -> Found:
    """
    Good routes.

    Parameters
    ----------
    jobs
        Jobs and teams; the first ``streets`` jobs are streets.
    streets
        Number of streets.
    effort
        Rounds or seconds, and the seed.
    aims
        Further aims.
    tick
        Progress and cancelling; what was found so far is returned.
    """
    aims = aims or no_aims()
    compile_kernel()
    begun = time.perf_counter()
    chosen = np.flatnonzero((jobs.ways[:, :streets] > 0).all(axis=0))

    def in_time(_share: float) -> bool:
        late = effort.rounds is None and time.perf_counter() - begun > BOUND_SHARE * effort.seconds
        return not late and tick(0.0)

    # where much is left out anyway, or windows part the streets, the shortest tour over everything is of no use
    first = fill_up(jobs, empty_tours(jobs))
    roomy = float(np.mean(first.team[(jobs.ways > 0).any(axis=0)] >= 0)) >= ROOMY if len(chosen) else False
    bound = jobs_bound(jobs, chosen, in_time) if roomy and not windows_bind(jobs, chosen) else None
    options = starts(jobs, chosen, bound, [first])
    if bound is not None and len(chosen) == len(jobs.worth):
        best = options[0]
        if serves_all(jobs, best) and travel_metres(jobs, best) <= bound.metres + SAME_M and aims.balance <= 0.0:
            return Found(best, bound, 0)
    spent = time.perf_counter() - begun
    tours, rounds = improve(
        jobs, options, Effort(effort.rounds, max(effort.seconds - spent, 0.0), effort.seed), aims, tick
    )
    return Found(fill_up(jobs, tours), bound, rounds)


def improve(jobs: Jobs, options: list[Tours], effort: Effort, aims: Aims, tick: Tick = keep_on) -> tuple[Tours, int]:
    """Anneal several routes or prices of time to begin with, then carry on the best; returns it and the rounds made."""
    if len(jobs.worth) < 2:  # noqa: PLR2004 - one job has its best place already
        return options[0], 0
    trials = _trials(jobs, options)
    short = trials[0][1] > 0.0
    share = (PRICES_SHARE if short else STARTS_SHARE) / len(trials) if len(trials) > 1 else 0.0
    results, rounds = [], 0
    for k, (tours, price) in enumerate(trials):
        best, made = tours, 0
        if share > 0.0:
            how = _part(effort, share, k), aims, _within(tick, k * share, share)
            best, made = _priced(jobs, tours, (price, WARM_SHARE), how)
        results.append((cost_of(jobs, best, aims), k, best))
        rounds += made
    _, k, best = min(results, key=lambda result: result[:2])
    begin = share * len(trials)
    last = _part(effort, 1.0 - begin, len(trials)), aims, _within(tick, begin, 1.0 - begin)
    final, made = _priced(jobs, best, (trials[k][1], AGAIN_SHARE), last)
    return min((best, final), key=lambda tours: cost_of(jobs, tours, aims)), rounds + made


def _within(tick: Tick, begin: float, share: float) -> Tick:
    """Progress of a part of the work."""
    return lambda done: tick(begin + done * share)


def _trials(jobs: Jobs, options: list[Tours]) -> list[tuple[Tours, float]]:
    """Routes to begin with and prices of a minute in metres: several starts, or several prices where time is short."""
    able = (jobs.ways > 0).any(axis=0)
    left = lost_worth(jobs, options[0]) - float(jobs.worth[~able].sum())
    if left <= SHORT * float(jobs.worth[able].sum()):
        count = max(1, min(MOST_STARTS, JOBS_PER_START // len(jobs.worth)))
        return [(tours, 0.0) for tours in options[:count]]
    minutes = float((jobs.ends - jobs.begins).sum())
    rate = float(jobs.worth[able].clip(max=jobs.worth[able].mean() * MOST_WORTH).sum()) / max(minutes, 1.0)
    return [(options[0], rate * share) for share in PRICES]


def _priced(jobs: Jobs, tours: Tours, at: tuple[float, float], how: tuple[Effort, Aims, Tick]) -> tuple[Tours, int]:
    """
    Anneal with every minute at a price and a share of the net worth as warmth, then put in what still fits.

    A job must be worth its minutes; what is not leaves room for what is. The price is the multiplier of the minutes
    of the teams, so worth and metres stay in metres: ``(worth - price · minutes) / (1 + price · minutes per metre)``.
    """
    (price, warmth), (effort, aims, tick) = at, how
    if price <= 0.0:
        return anneal_once(jobs, tours, effort, aims, tick)
    net = (jobs.worth - price * jobs.work.min(axis=0)) / (1.0 + price * float(jobs.pace.min()))
    worth = np.maximum(net, 0.0)
    warm = max(WARM_M, warmth * float(worth[worth > 0.0].mean()) if (worth > 0.0).any() else 0.0)
    best, made = anneal_once(jobs._replace(worth=worth), tours, effort, aims, tick, warm)
    return fill_up(jobs, best), made


def _part(effort: Effort, share: float, number: int) -> Effort:
    rounds = None if effort.rounds is None else max(int(effort.rounds * share), 1)
    return Effort(rounds, effort.seconds * share, effort.seed * 1009 + number * 104_729)


def anneal_once(
    jobs: Jobs, tours: Tours, effort: Effort, aims: Aims, tick: Tick = keep_on, warm_m: float = WARM_M
) -> tuple[Tours, int]:
    """Anneal one set of routes in steps between which progress is told."""
    now, best = copy_tours(tours), copy_tours(tours)
    cost = cost_of(jobs, best, aims)
    begun, done, made, step = time.perf_counter(), 0.0, 0, 0
    size = _FIRST_ROUNDS if effort.rounds is None else max(int(effort.rounds * STEP_SHARE), 1)
    while done < 1.0 and tick(done):
        began = time.perf_counter()
        ahead = min(1.0, done + STEP_SHARE)
        fall = COLD_M / warm_m
        heat = (warm_m * fall**done, warm_m * fall**ahead)
        cost = anneal(jobs, aims, now, best, cost, heat, size, effort.seed + step)
        made, step = made + size, step + 1
        if effort.rounds is None:
            per_round = max((time.perf_counter() - began) / size, 1e-7)
            size = max(int(STEP_SHARE * effort.seconds / per_round), 20)
            done = (time.perf_counter() - begun) / effort.seconds if effort.seconds > 0 else 1.0
        else:
            done = made / effort.rounds
    return best, made
