"""Demand, teams and ground as the numbers that the search works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.domain.errors import InputError
from gislib.network.drive import Mode
from gislib.patrol.demand import Demand
from gislib.patrol.field import Field
from gislib.patrol.teams import Team
from gislib.patrol.tours import Jobs

NEIGHBOURS: Final = 24
MEAN_WORTH_M: Final = 50_000.0
"""Metres that a job of average risk may cost: more than any detour, so that risk is covered before metres are saved."""
NEEDED_WORTH_M: Final = 1e8
_AFAR: Final = 1e-3
"""Weight by which, among equally near jobs, the one whose far end is nearer counts as nearer."""


@dataclass(frozen=True)
class Wishes:
    """
    What a planner fixes.

    Attributes
    ----------
    pinned
        Street or stop id to team id: served by that team whatever it costs, if it can.
    skipped
        Ids that nobody serves.
    """

    pinned: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()


def job_ids(demand: Demand) -> list[str]:
    """Ids of the jobs: streets, then stops."""
    return [*demand.streets.index.tolist(), *demand.stops.index.tolist()]


def build_jobs(ground: Field, demand: Demand, teams: Sequence[Team], modes: Mapping[str, Mode], wishes: Wishes) -> Jobs:
    """
    Numbers of one problem.

    The shift of a team with a break is shorter by it; the break is placed afterwards (`schedule`).

    Raises
    ------
    InputError
        ``patrol_wish_unknown`` for a pinned or skipped id, or a team, that does not exist.
    """
    ids = job_ids(demand)
    pace = np.array([team.pace(modes) for team in teams])
    length = np.r_[demand.streets["length_m"].to_numpy(float), np.zeros(len(demand.stops))]
    dwell = np.r_[np.zeros(len(demand.streets)), demand.stops["dwell_min"].to_numpy(float)]
    risk = np.r_[demand.streets["risk"].to_numpy(float), demand.stops["risk"].to_numpy(float)]
    needed = np.r_[np.zeros(len(demand.streets), bool), demand.stops["needed"].to_numpy(bool)]
    ways = _wished_ways(ground.ways, ids, [team.team_id for team in teams], wishes)
    needed[[ids.index(key) for key in wishes.pinned]] = True
    eligible = risk[(ways > 0).any(axis=0)]
    mean = float(eligible.mean()) if len(eligible) and eligible.sum() > 0 else 1.0
    depots = np.repeat(np.r_[ground.depot, ground.depot][:, None], 2, axis=1)
    opens = np.r_[demand.streets["opens_min"].to_numpy(float), demand.stops["opens_min"].to_numpy(float)]
    closes = np.r_[demand.streets["closes_min"].to_numpy(float), demand.stops["closes_min"].to_numpy(float)]
    return Jobs(
        metres=ground.metres,
        first=np.vstack([ground.ends, depots]),
        last=np.vstack([ground.ends[:, ::-1], depots]),
        work=length[None, :] * pace[:, None] + dwell[None, :],
        opens=opens,
        closes=closes,
        worth=np.where(needed, NEEDED_WORTH_M, risk / mean * MEAN_WORTH_M),
        ways=ways,
        near=near_jobs(ground.metres.min(axis=0), ground.ends),
        mode=ground.mode_of.astype(np.int64),
        pace=pace,
        begins=np.array([team.begins_min for team in teams]),
        ends=np.array([team.latest_min - team.break_min for team in teams]),
        timed=True,
    )


def near_jobs(metres: Floats, ends: Ints) -> Ints:
    """Jobs by the shortest way between any of their ends, nearest first, without the job itself."""
    count = len(ends)
    if count < 2:  # noqa: PLR2004 - a neighbour needs a second job
        return np.zeros((count, 0), np.int64)
    nearest, farthest = gaps_between(metres, ends)
    key = np.where(np.isfinite(farthest), nearest + _AFAR * farthest, np.inf)
    np.fill_diagonal(key, np.inf)
    own = np.arange(count)
    order = np.argsort(key, axis=1, kind="stable")
    order = order[order != own[:, None]].reshape(count, count - 1)
    return np.ascontiguousarray(order[:, :NEIGHBOURS])


def gaps_between(metres: Floats, ends: Ints) -> tuple[Floats, Floats]:
    """Shortest and longest of the ways between the ends of every two jobs, each in its shorter direction."""
    short = np.minimum(metres, metres.T)
    blocks = [short[np.ix_(ends[:, i], ends[:, j])] for i in (0, 1) for j in (0, 1)]
    return np.minimum.reduce(blocks), np.maximum.reduce(blocks)


def _wished_ways(ways: Ints, ids: list[str], team_ids: list[str], wishes: Wishes) -> Ints:
    """Directions of each team after pins and skips."""
    row = {key: k for k, key in enumerate(ids)}
    out = ways.copy()
    for key in (*wishes.pinned, *wishes.skipped):
        if key not in row:
            raise InputError("patrol_wish_unknown", id=key)
    for key, team in wishes.pinned.items():
        if team not in team_ids:
            raise InputError("patrol_wish_unknown", id=team)
        out[[t for t, other in enumerate(team_ids) if other != team], row[key]] = 0
    for key in wishes.skipped:
        out[:, row[key]] = 0
    return out
