"""
Planned against done: a patrol's record compared with what its teams' devices recorded.

What falls into a gap of a team's track is unknown, never missed: it counts as unknown if the team could have been
there between its two sightings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Floats
from gislib.domain.tables import WGS84
from gislib.patrol.checked import (
    AWAY,
    DONE,
    FAST,
    GAP,
    MISSED,
    NO_TRACK,
    NOT_PLANNED,
    PART,
    PARTLY,
    SHORT,
    UNKNOWN,
    Checked,
    TaskCheck,
    TeamCheck,
    risk_shares,
)
from gislib.patrol.legs import STREET
from gislib.patrol.motion import Beads, CheckParameters, Gap, Run, Track, beads, gaps, runs, without_jumps
from gislib.patrol.record import PatrolRecord, Station, Task, TeamPlan
from gislib.patrol.stayed import Stay, Stop, stayed
from gislib.patrol.walked import Walked, walked

_M_PER_MIN: Final = 1000.0 / 60.0


@dataclass(frozen=True)
class _Seen:
    """Tracks with their motion, and the gaps and greatest speed of every team."""

    tracks: Sequence[Track]
    runs: Sequence[Run]
    motion: Beads
    gaps: Mapping[str, Sequence[Gap]]
    fastest_kmh: Mapping[str, float]
    parameters: CheckParameters


def check(record: PatrolRecord, tracks: Sequence[Track], crs: pyproj.CRS, parameters: CheckParameters) -> Checked:
    """
    Compare a record with tracks.

    Parameters
    ----------
    record
        What was planned.
    tracks
        What was recorded on the day of the patrol, on the plane of ``crs``; several per team are taken together.
    crs
        Metric plane.
    parameters
        `motion.check_parameters`.
    """
    steady, jumps = [], 0
    for track in tracks:
        kept, dropped = without_jumps(track, parameters.jump_kmh)
        steady.append(kept)
        jumps += dropped
    seen = _seen(record, steady, parameters)
    found = {**_streets(record, seen, crs), **_stops(record, seen, crs)}
    tasks = tuple(found[task.demand_id] for task in record.tasks)
    planned = [task for task in tasks if task.team_id is not None]
    served, unknown = risk_shares(planned)
    return Checked(
        tasks=tasks, teams=tuple(_team(team, tasks, seen) for team in record.teams), planned_share=served,
        unknown_share=unknown, eligible_share=risk_shares(tasks)[0],
        unmatched=tuple(sorted({track.label for track in steady if track.team_id is None})), jumps=jumps,
    )  # fmt: skip


def _seen(record: PatrolRecord, tracks: Sequence[Track], parameters: CheckParameters) -> _Seen:
    found = [run for number, track in enumerate(tracks) for run in runs(number, track, parameters)]
    unseen, fastest = {}, {}
    for team in record.teams:
        own = [run for run in found if tracks[run.track].team_id == team.team_id]
        unseen[team.team_id] = gaps(own, team.begins_min, team.returns_min, parameters.join_s)
        fastest[team.team_id] = parameters.fastest_factor * _pace_kmh(team, parameters)
    return _Seen(tracks, found, beads(found, parameters.window_s), unseen, fastest, parameters)


def _pace_kmh(team: TeamPlan, parameters: CheckParameters) -> float:
    """Planned speed on patrol: of the mode, or faster where the plan is faster."""
    served = [
        own.served_m / (own.ends_min - own.begins_min) / _M_PER_MIN
        for own in team.stations
        if own.kind == STREET and own.ends_min > own.begins_min
    ]
    return max([parameters.speeds_kmh.get(team.mode, 0.0), *served])


def _plane(shapes: Sequence[BaseGeometry], crs: pyproj.CRS) -> list[BaseGeometry]:
    return list(gpd.GeoSeries(list(shapes), crs=WGS84).to_crs(crs)) if shapes else []


def _streets(record: PatrolRecord, seen: _Seen, crs: pyproj.CRS) -> dict[str, TaskCheck]:
    tasks = [task for task in record.tasks if task.kind == STREET]
    if not tasks:
        return {}
    planned = np.array([np.inf if task.begins_min is None else task.begins_min for task in tasks])
    lines = np.array(_plane([task.place for task in tasks], crs), dtype=object)
    most = max(seen.fastest_kmh.values(), default=0.0)
    by_track = np.array([seen.fastest_kmh.get(track.team_id or "", most) for track in seen.tracks])
    fastest = by_track[seen.motion.track] if len(by_track) else np.zeros(0)
    found = walked(lines, planned, seen.motion, fastest, seen.parameters)
    unknown = _unknown_streets(tasks, found, seen)
    return {task.demand_id: _street(task, number, found, unknown, seen) for number, task in enumerate(tasks)}


def _unknown_streets(tasks: Sequence[Task], found: Walked, seen: _Seen) -> Floats:
    """Share of each planned street that its team may have walked unseen."""
    team_of = np.array([task.team_id for task in tasks], dtype=object)
    maybe = np.zeros(len(found.street), bool)
    for team_id, own in seen.gaps.items():
        places = np.flatnonzero((team_of == team_id)[found.street] & ~found.covered)
        for gap in own:
            pace = seen.fastest_kmh[team_id] * _M_PER_MIN
            maybe[places] |= gap.could_reach(found.samples[places], pace, seen.parameters.tolerance_m)
    count = np.maximum(np.bincount(found.street, minlength=len(tasks)), 1)
    return np.asarray(np.bincount(found.street, maybe, len(tasks)) / count)


def _street(task: Task, number: int, found: Walked, unknown: Floats, seen: _Seen) -> TaskCheck:
    share, maybe = float(found.share[number]), float(unknown[number])
    enough = seen.parameters.street_share
    # A crumb at the end of a street comes from the tolerance, not from walking there.
    some = share > 1.0 - enough
    fast = share + float(found.fast[number]) >= enough
    why = FAST if fast else (PART if some else AWAY)
    state, reason = _judged(task, (share, maybe), enough, why, seen)
    track = int(found.track[number])
    return _row(
        task, state, reason, (share, maybe), (_number(found.first_min[number]), _number(found.begins_min[number])),
        None, None if track < 0 else seen.tracks[track].label,
    )  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _stops(record: PatrolRecord, seen: _Seen, crs: pyproj.CRS) -> dict[str, TaskCheck]:
    tasks = [task for task in record.tasks if task.kind != STREET]
    stations = {own: station for team in record.teams for station in team.stations for own in station.demand_ids}
    places = _plane([task.place for task in tasks], crs)
    stands = _plane([_stand(task, stations) for task in tasks], crs)
    stops = [
        Stop((place, stand), task.begins_min, _needed_min(task, seen.parameters))
        for task, place, stand in zip(tasks, places, stands, strict=True)
    ]
    found = stayed(stops, seen.motion, seen.parameters)
    rows = zip(tasks, stops, found, strict=True)
    return {task.demand_id: _stop(task, stop, stay, seen) for task, stop, stay in rows}


def _stand(task: Task, stations: Mapping[str, Station]) -> BaseGeometry:
    """Where the team was to stand: on the road, which may be some way from the place itself."""
    station = stations.get(task.demand_id)
    return task.place if station is None else station.spot


def _needed_min(task: Task, parameters: CheckParameters) -> float:
    """Time planned at a stop, or the usual one of its kind if nobody was to serve it."""
    if task.begins_min is None or task.ends_min is None:
        return parameters.dwell_min.get(task.kind, 0.0)
    return task.ends_min - task.begins_min


def _stop(task: Task, stop: Stop, stay: Stay | None, seen: _Seen) -> TaskCheck:
    needed, enough = stop.needed_min, seen.parameters.stay_share
    share = 0.0 if stay is None else (min(stay.minutes / needed, 1.0) if needed > 0 else 1.0)
    maybe = 0.0
    if share < enough and task.team_id is not None:
        pace = seen.fastest_kmh[task.team_id] * _M_PER_MIN
        xy = np.asarray(shapely.get_coordinates([shapely.centroid(spot) for spot in stop.spots]))
        slack_m = seen.parameters.tolerance_m
        able = any(gap.could_reach(xy, pace, slack_m, enough * needed).any() for gap in seen.gaps[task.team_id])
        maybe = 1.0 - share if able else 0.0
    state, reason = _judged(task, (share, maybe), enough, AWAY if stay is None else SHORT, seen)
    if stay is None:
        return _row(task, state, reason, (share, maybe), (None, None), 0.0, None)
    times = (stay.first_min, stay.begins_min)
    return _row(task, state, reason, (share, maybe), times, stay.minutes, seen.tracks[stay.track].label)


def _judged(task: Task, shares: tuple[float, float], enough: float, why: str, seen: _Seen) -> tuple[str, str | None]:
    """State of a task and why it is not done, from its served and unknown share."""
    share, maybe = shares
    if share >= enough:
        return DONE, None
    some = share > 1.0 - enough
    if task.team_id is None:
        return (PARTLY, why) if some else (NOT_PLANNED, None)
    if share + maybe >= enough:
        tracked = any(track.team_id == task.team_id for track in seen.tracks)
        return UNKNOWN, GAP if tracked else NO_TRACK
    return (PARTLY if some else MISSED), why


def _row(  # noqa: PLR0913, PLR0917 - one row's facts
    task: Task, state: str, reason: str | None, shares: tuple[float, float],
    times: tuple[float | None, float | None], stay_min: float | None, track: str | None,
) -> TaskCheck:  # fmt: skip
    first, begins = times
    planned = task.begins_min
    return TaskCheck(
        demand_id=task.demand_id, kind=task.kind, name=task.name, school_name=task.school_name, risk=task.risk,
        team_id=task.team_id, planned_min=planned, state=state, reason=reason, share=shares[0],
        unknown_share=shares[1], first_min=first, begins_min=begins,
        late_min=None if begins is None or planned is None else begins - planned, stay_min=stay_min, track=track,
    )  # fmt: skip


def _team(team: TeamPlan, tasks: Sequence[TaskCheck], seen: _Seen) -> TeamCheck:
    own = [run for run in seen.runs if seen.tracks[run.track].team_id == team.team_id]
    minutes = np.concatenate([run.minutes for run in own]) if own else np.zeros(0)
    served, unknown = risk_shares([task for task in tasks if task.team_id == team.team_id])
    return TeamCheck(
        team_id=team.team_id, name=team.name,
        labels=tuple(sorted({seen.tracks[run.track].label for run in own})),
        begins_min=float(minutes.min()) if len(minutes) else None,
        ends_min=float(minutes.max()) if len(minutes) else None,
        metres=sum(run.metres() for run in own), planned_metres=team.metres,
        gaps=tuple((gap.begins_min, gap.ends_min) for gap in seen.gaps[team.team_id]),
        covered_share=served, unknown_share=unknown,
    )  # fmt: skip
