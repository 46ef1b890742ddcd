"""Routes of a shift: who walks what when, how much of the risk is covered, and how far from the best possible it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.domain.errors import InputError
from gislib.exposure.ground import Ground
from gislib.network.drive import Mode
from gislib.patrol.clock import clock
from gislib.patrol.coverage import Room, knapsack_risk, most_risk
from gislib.patrol.demand import Demand
from gislib.patrol.field import Field, build_field
from gislib.patrol.legs import STREET, WAIT, Leg, route_legs
from gislib.patrol.numbers import Wishes, build_jobs, gaps_between, job_ids
from gislib.patrol.parameters import read_modes, read_parameters
from gislib.patrol.schedule import Timed, fitted_route
from gislib.patrol.search import Effort, Tick, jobs_bound, keep_on, no_aims, search, sequence
from gislib.patrol.search_kernel import Aims
from gislib.patrol.starts import tours_of
from gislib.patrol.teams import Team
from gislib.patrol.tours import Jobs, Tours, any_place
from gislib.rules import RuleSet

BALANCE_M_PER_MIN: Final = 5.0
"""Metres that may be walked more to shorten the longest route by a minute: a tie-break, more would cost coverage."""
UNREACHABLE: Final = "unreachable"
OFF_ROAD: Final = "off_road"
NO_SKILL: Final = "no_skill"
SKIPPED: Final = "skipped"
WINDOW: Final = "window"
NO_TIME: Final = "no_time"
DETOUR: Final = "detour"
KINDS: Final = (STREET, "hotspot", "crossing", "venue", "water", "post")
"""Kinds of tasks: streets and stops."""
WINDOWS_TOLD: Final = 3
BOUND_ROUNDS: Final = 40
"""Solutions of the lower bound's programme for published routes; the bound holds after each."""
TEAMS_ALONE: Final = 8
"""Up to so many teams each has its own minutes and depot in the coverage bound; more are taken together."""
REASONS: Final = (OFF_ROAD, UNREACHABLE, NO_SKILL, SKIPPED, WINDOW, NO_TIME, DETOUR)
"""Why something is left uncovered: too far from any road; no way there and back for any team; no team with the
authority; skipped on request; its window meets no shift; no time left; would fit, but
its risk is too small for the way there."""


@dataclass(frozen=True)
class RouteOptions:
    """Search effort, what the planner fixed, and metres that a minute of the longest route counts (balance)."""

    effort: Effort = field(default_factory=Effort)
    wishes: Wishes = field(default_factory=Wishes)
    balance_m_per_min: float = BALANCE_M_PER_MIN


@dataclass(frozen=True)
class TeamRoute:
    """
    Route of one team.

    ``overtime_min`` is the time from the end of the shift to the return (at most what the team may take), ``idle_min``
    waiting and the rest of the shift after the return.
    """

    team: Team
    legs: tuple[Leg, ...]
    returns_min: float
    overtime_min: float
    idle_min: float

    @property
    def metres(self) -> float:
        """Metres walked or driven."""
        return sum(leg.metres for leg in self.legs)

    @property
    def minutes(self) -> dict[str, float]:
        """Minutes by kind of leg."""
        total: dict[str, float] = {}
        for leg in self.legs:
            total[leg.kind] = total.get(leg.kind, 0.0) + leg.ends_min - leg.begins_min
        return total


@dataclass(frozen=True)
class Routes:
    """
    Routes of a shift.

    Attributes
    ----------
    teams
        One route per team, in their order.
    served
        Index ``demand_id``: ``team_id, begins_min, ends_min, risk``.
    uncovered
        Index ``demand_id``: ``kind`` (street or the stop's kind), ``risk, reason`` (one of `REASONS`).
    covered_share
        Served risk over all eligible risk (``required_risk_covered_share``); 1 where there is none.
    coverage_bound
        Share that no plan can exceed: minutes of the teams, dwell and least ways included, of what some team can reach
        (`coverage.most_risk`).
    coverage_bound_knapsack
        The looser bound that passes over all ways: fractional knapsack over the minutes of the teams, dwell included.
    metres, lower_bound_m, gap
        All metres; metres that serving the same streets and stops needs at least; share by which the first exceeds the
        second, infinite where the second is 0 and the first is not.
    seed, rounds
        Seed, and rounds of search made.
    """

    teams: tuple[TeamRoute, ...]
    served: pd.DataFrame
    uncovered: pd.DataFrame
    covered_share: float
    coverage_bound: float
    coverage_bound_knapsack: float
    metres: float
    lower_bound_m: float
    gap: float
    seed: int
    rounds: int


@dataclass(frozen=True)
class Problem:
    """Everything that a search needs, built once and searched many times."""

    field: Field
    demand: Demand
    teams: tuple[Team, ...]
    modes: Mapping[str, Mode]
    wishes: Wishes
    jobs: Jobs

    @property
    def risk(self) -> Floats:
        """Risk of every job."""
        parts = [table["risk"].to_numpy(float) for table in (self.demand.streets, self.demand.stops)]
        return np.asarray(np.concatenate(parts), dtype=np.float64)

    @cached_property
    def coverage_bounds(self) -> tuple[float, float]:
        """Shares of the risk that no plan can exceed: with the least ways, and without any (`Routes`)."""
        return _coverage_bound(self, self.risk), _knapsack_bound(self, self.risk)


def build_problem(
    ground: Ground, demand: Demand, teams: Sequence[Team], rules: tuple[RuleSet, date], wishes: Wishes | None = None
) -> Problem:
    """
    Place demand and teams on the streets.

    Raises
    ------
    InputError
        No team, a shift too short, a depot off the network (`teams.check_teams`, `field.build_field`), an unknown id
        in the wishes, or ``patrol_windows_impossible`` (names, windows and counts by kind) if every window lies
        outside every shift.
    """
    rs, on = rules
    modes, parameters, wishes = read_modes(rs, on), read_parameters(rs, on), wishes or Wishes()
    ground_ = build_field(ground, demand, teams, modes, parameters)
    jobs = build_jobs(ground_, demand, teams, modes, wishes)
    _refuse_impossible(jobs, demand)
    return Problem(ground_, demand, tuple(teams), modes, wishes, jobs)


def _refuse_impossible(jobs: Jobs, demand: Demand) -> None:
    """Refuse a problem in which no window meets any shift."""
    if not len(jobs.worth):
        return
    outside = ~_in_some_shift(jobs)
    if outside.all():
        kinds = {STREET: len(demand.streets)} | demand.stops["kind"].value_counts().to_dict()
        told = {kind: int(kinds.get(kind, 0)) for kind in KINDS}
        raise InputError("patrol_windows_impossible", count=len(outside), first=_windows(demand), **told)


def _windows(demand: Demand) -> str:
    """Names and windows of the first tasks, those with a name before the others."""
    streets, stops = demand.streets, demand.stops
    named = pd.DataFrame({
        "name": [*streets["road_name"], *stops["name"]], "opens": [*streets["opens_min"], *stops["opens_min"]],
        "closes": [*streets["closes_min"], *(stops["closes_min"] + stops["dwell_min"])],
    })  # fmt: skip
    named = named[[isinstance(name, str) for name in named["name"]]].drop_duplicates()
    rows = named.head(WINDOWS_TOLD).itertuples(index=False)
    return ", ".join(f"{name} {clock(opens)}-{clock(closes)}" for name, opens, closes in rows) or "-"


def _in_some_shift(jobs: Jobs) -> np.ndarray:
    """Jobs that could be served within some team's shift if the way took no time."""
    begin = np.maximum(jobs.opens[None, :], jobs.begins[:, None])
    meets = (begin <= jobs.closes[None, :]) & (begin + jobs.work <= jobs.ends[:, None])
    return np.asarray(meets.any(axis=0))


def route(
    ground: Ground, demand: Demand, teams: Sequence[Team], rules: tuple[RuleSet, date],
    options: RouteOptions | None = None, tick: Tick = keep_on,
) -> Routes:  # fmt: skip
    """
    Routes of a shift that cover much risk in few metres.

    Parameters
    ----------
    ground, demand, teams, rules
        Streets, what is asked for, who goes, and the rules with their day.
    options
        Effort, wishes and balance.
    tick
        Told the share of the work done; answers False to stop with what was found.

    Raises
    ------
    InputError
        See `build_problem`.
    """
    options = options or RouteOptions()
    problem = build_problem(ground, demand, teams, rules, options.wishes)
    return solve(problem, options.effort, balanced(options.balance_m_per_min), tick)


def balanced(metres_per_min: float = BALANCE_M_PER_MIN) -> Aims:
    """Aims that only weigh the longest route."""
    return no_aims()._replace(balance=metres_per_min)


def solve(problem: Problem, effort: Effort, aims: Aims | None = None, tick: Tick = keep_on) -> Routes:
    """Search one problem and publish the routes."""
    if not len(problem.jobs.worth):
        return publish(problem, [[] for _ in problem.teams], effort.seed, 0)
    found = search(problem.jobs, len(problem.demand.streets), effort, aims, tick)
    return publish(problem, orders(problem.jobs, found.tours), effort.seed, found.rounds)


def orders(jobs: Jobs, tours: Tours) -> list[list[tuple[int, int]]]:
    """Jobs and directions of every team in order."""
    return [[(job, int(tours.way[job])) for job in sequence(jobs, tours, team)] for team in range(len(jobs.pace))]


def publish(problem: Problem, routes: list[list[tuple[int, int]]], seed: int, rounds: int) -> Routes:
    """Routes with legs, times, coverage and bounds, from the jobs of every team in order."""
    jobs, demand = problem.jobs, problem.demand
    ids = np.array(job_ids(demand), dtype=object)
    risk = problem.risk
    published: list[TeamRoute] = []
    kept: list[list[tuple[int, int]]] = []
    rows: list[tuple[str, str, float, float, float, int]] = []
    for t, team in enumerate(problem.teams):
        timed, _ = fitted_route(jobs, t, routes[t], team.break_min, team.latest_min)
        kept.append([(visit.job, visit.way) for visit in timed.visits])
        published.append(_team_route(problem, t, timed))
        rows += [(ids[v.job], team.team_id, v.begins, v.ends, risk[v.job], v.job) for v in timed.visits]
    served = pd.DataFrame(rows, columns=["demand_id", "team_id", "begins_min", "ends_min", "risk", "job"])
    own = served.pop("job").to_numpy(np.int64)
    metres = sum(one.metres for one in published)
    least = _least_metres(problem, own)
    total = float(risk.sum())
    return Routes(
        teams=tuple(published),
        served=served.set_index("demand_id"),
        uncovered=_uncovered(problem, ids, risk, kept),
        covered_share=float(risk[own].sum()) / total if total > 0 else 1.0,
        coverage_bound=problem.coverage_bounds[0],
        coverage_bound_knapsack=problem.coverage_bounds[1],
        metres=metres,
        lower_bound_m=least,
        gap=metres / least - 1.0 if least > 0 else (math.inf if metres > 0 else 0.0),
        seed=seed,
        rounds=rounds,
    )


def begins_of(problem: Problem, routes: list[list[tuple[int, int]]]) -> Floats:
    """When every job is begun once the routes are published; NaN where nobody serves it."""
    begins = np.full(len(problem.jobs.worth), np.nan)
    for t, team in enumerate(problem.teams):
        timed, _ = fitted_route(problem.jobs, t, routes[t], team.break_min, team.latest_min)
        for visit in timed.visits:
            begins[visit.job] = visit.begins
    return begins


def _team_route(problem: Problem, t: int, timed: Timed) -> TeamRoute:
    team = problem.teams[t]
    legs = route_legs(problem.field, problem.demand, t, timed, team.break_min)
    waiting = sum(leg.ends_min - leg.begins_min for leg in legs if leg.kind == WAIT)
    left = team.ends_min - timed.home
    return TeamRoute(team, legs, timed.home, max(-left, 0.0), waiting + max(left, 0.0))


def _least_metres(problem: Problem, served: Ints) -> float:
    """Metres that serving these streets and stops needs at least, by whatever teams."""
    if not len(served):
        return 0.0
    own = np.sort(served)
    length = problem.demand.streets["length_m"].to_numpy(float)[own[own < len(problem.demand.streets)]]
    return float(length.sum()) + jobs_bound(problem.jobs, own, rounds=BOUND_ROUNDS).metres


def _coverage_bound(problem: Problem, risk: np.ndarray) -> float:
    """Share of the risk that fits into the minutes of the teams with the least ways (`coverage`)."""
    total = float(risk.sum())
    if total <= 0:
        return 1.0
    teams = range(len(problem.teams))
    alone = len(problem.teams) <= TEAMS_ALONE
    rooms = [_room(problem, [team]) for team in teams] if alone else [_room(problem, list(teams))]
    return most_risk(risk, rooms) / total


def _knapsack_bound(problem: Problem, risk: np.ndarray) -> float:
    """Share of the risk that fits into the minutes of all teams if no way took any time."""
    jobs, total = problem.jobs, float(risk.sum())
    if total <= 0:
        return 1.0
    minutes = np.where(jobs.ways > 0, jobs.work, np.inf).min(axis=0)
    return knapsack_risk(risk, minutes, float((jobs.ends - jobs.begins).sum())) / total


def _room(problem: Problem, teams: list[int]) -> Room:
    """What teams can do together at the best pace of any of them."""
    jobs, ground = problem.jobs, problem.field
    timely = np.maximum(jobs.opens, jobs.begins[teams, None]) + jobs.work[teams] <= jobs.ends[teams, None]
    can = (jobs.ways[teams] > 0) & timely & (jobs.closes >= jobs.begins[teams, None])
    able = np.flatnonzero(can.any(axis=0))
    minutes = np.where(can, jobs.work[teams], np.inf).min(axis=0)[able]
    depots = np.unique(ground.depot[teams])
    ends = np.vstack([ground.ends[able], np.repeat(depots[:, None], 2, axis=1)])
    gaps_m, _ = gaps_between(jobs.metres[np.unique(jobs.mode[teams])].min(axis=0), ends)
    budget = float((jobs.ends[teams] - jobs.begins[teams]).sum())
    return Room(able, minutes, gaps_m * float(jobs.pace[teams].min()), len(depots), budget)


def _may_serve(problem: Problem, ids: np.ndarray) -> Flags:
    """``(teams, jobs)`` whether the planner leaves a job to a team: a pinned one has its own."""
    teams = np.array([team.team_id for team in problem.teams], dtype=object)
    own = np.array([problem.wishes.pinned.get(key) for key in ids], dtype=object)
    return np.array([[pin is None or pin == team for pin in own] for team in teams], bool).reshape(len(teams), len(ids))


def _uncovered(
    problem: Problem, ids: np.ndarray, risk: np.ndarray, routes: list[list[tuple[int, int]]]
) -> pd.DataFrame:
    """What is left, and why."""
    jobs, demand = problem.jobs, problem.demand
    tours = tours_of(jobs, routes)
    served = np.flatnonzero(tours.team >= 0)
    kinds = np.r_[np.full(len(demand.streets), STREET, dtype=object), demand.stops["kind"].to_numpy(dtype=object)]
    skilled = [frozenset(team.skills) for team in problem.teams]
    skill = np.r_[np.full(len(demand.streets), "", dtype=object), demand.stops["skill"].to_numpy(dtype=object)]
    may = _may_serve(problem, ids)
    able = (np.array([[not s or s in own for s in skill] for own in skilled], bool) & may).any(axis=0)
    reached, timely = ((problem.field.ways > 0) & may).any(axis=0), _in_some_shift(jobs)
    left = np.setdiff1d(np.arange(len(ids)), served)
    fits = np.zeros(len(ids), bool)
    fits[left] = [any_place(jobs, tours, job)[0] < np.inf for job in left.tolist()]
    reason = np.select(
        [~problem.field.on_road, ~able, ~reached, np.isin(ids, list(problem.wishes.skipped)), ~timely, fits],
        [OFF_ROAD, NO_SKILL, UNREACHABLE, SKIPPED, WINDOW, DETOUR], NO_TIME,
    )  # fmt: skip
    return pd.DataFrame(
        {"kind": kinds[left], "risk": risk[left], "reason": reason[left]}, index=pd.Index(ids[left], name="demand_id")
    ).sort_values("risk", ascending=False, kind="stable")
