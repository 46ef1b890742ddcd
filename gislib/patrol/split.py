"""Cut one long tour into routes of teams: the cheapest cuts at which every route fits its shift."""

from __future__ import annotations

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.patrol.tours import SLACK_MIN, Jobs, compiled


def split(jobs: Jobs, order: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """
    Parts of a tour, one per team in the order of the teams, with the fewest metres between jobs.

    Windows are passed over; the shift and the directions of each team hold. Where not everything fits, the most jobs
    from the beginning of the tour are kept.

    Parameters
    ----------
    jobs
        Jobs and teams.
    order
        Jobs with their directions.
    """
    sequence = np.array(order, np.int64).reshape(-1, 2)
    cost, cut = _cheapest(jobs, sequence[:, 0], sequence[:, 1])
    stop = int(np.flatnonzero(np.isfinite(cost[-1]))[-1])
    parts: list[list[tuple[int, int]]] = []
    for team in range(len(jobs.pace) - 1, -1, -1):
        begin = int(cut[team + 1, stop])
        parts.append(order[begin:stop])
        stop = begin
    return parts[::-1]


@compiled
def _cheapest(jobs: Jobs, job: Ints, way: Ints) -> tuple[Floats, Ints]:
    """Metres of serving the first ``i`` jobs with the first ``t`` teams, and where the last team's part begins."""
    count, teams, n = len(job), len(jobs.pace), len(jobs.worth)
    cost, cut = np.full((teams + 1, count + 1), np.inf), np.zeros((teams + 1, count + 1), np.int64)
    cost[0, 0] = 0.0
    for team in range(teams):
        table = jobs.metres[jobs.mode[team]]
        depot, home = jobs.last[n + team, 0], jobs.first[n + teams + team, 0]
        shift = jobs.ends[team] - jobs.begins[team] + SLACK_MIN
        for i in range(count + 1):
            if not np.isfinite(cost[team, i]):
                continue
            if cost[team, i] < cost[team + 1, i]:  # the team stays idle
                cost[team + 1, i], cut[team + 1, i] = cost[team, i], i
            here, metres, minutes = depot, 0.0, 0.0
            for j in range(i, count):
                if not jobs.ways[team, job[j]] & (1 << way[j]):
                    break
                step = table[here, jobs.first[job[j], way[j]]]
                here = jobs.last[job[j], way[j]]
                metres += step
                minutes += step * jobs.pace[team] + jobs.work[team, job[j]]
                if minutes > shift:
                    break
                whole = metres + table[here, home]
                fits = minutes + table[here, home] * jobs.pace[team] <= shift
                if fits and cost[team, i] + whole < cost[team + 1, j + 1]:
                    cost[team + 1, j + 1], cut[team + 1, j + 1] = cost[team, i] + whole, i
    return cost, cut
