"""Planned against done: the tracks of a workspace compared with the record of a patrol on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from gislib import rules
from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs
from gislib.patrol.checked import Checked
from gislib.patrol.checking import check
from gislib.patrol.motion import CheckParameters, Track, check_parameters, runs
from gislib.patrol.record import PatrolRecord, TeamPlan
from gislib.planning.session import Session, require_role
from gislib.sources import tracks
from gislib.sources.names import name_key

_SHOWN_DAYS = 5
_KEYS = ["source_id", "team", "track"]


@dataclass(frozen=True)
class _Day:
    """Fixes of the day's shift with their ``minute`` and metres ``x, y``, the plane, the team of every label."""

    fixes: pd.DataFrame
    crs: pyproj.CRS
    team_of: Mapping[str, str | None]
    parameters: CheckParameters


def track_days(session: Session) -> list[date]:
    """Days, in the workspace's time zone, on which something was recorded; the latest first."""
    found = tracks.recorded(session.workspace)
    return _days(found, ZoneInfo(session.workspace.meta.time_zone))


def track_teams(session: Session, record: PatrolRecord, on: date) -> dict[str, str | None]:
    """
    Labels of the tracks of a shift with the team each is taken for; None: nobody's.

    A label, or else the name of its source, means the team whose name or id it is, or whose name it contains; where
    there is one team only, every track is its.

    Raises
    ------
    InputError
        As `check_patrol`.
    """
    return dict(_day(session, record, on, {}).team_of)


def check_patrol(session: Session, record: PatrolRecord, on: date, teams: Mapping[str, str] | None = None) -> Checked:
    """
    Compare what was planned with what the tracks of the workspace show.

    Parameters
    ----------
    session
        Workspace with imported tracks.
    record
        What was planned.
    on
        Day on which the shift began.
    teams
        Label of a track -> team id, where `track_teams` cannot know.

    Raises
    ------
    InputError
        ``patrol_check_no_file`` (no tracks at all), ``patrol_check_no_tracks`` (none in the hours of this shift on that
        day), ``patrol_check_team`` or ``patrol_check_label`` for a wrong entry of ``teams``.
    """
    day = _day(session, record, on, teams or {})
    return check(record, [track for _, track in _tracks(day)], day.crs, day.parameters)


def track_lines(
    session: Session, record: PatrolRecord, on: date, teams: Mapping[str, str] | None = None
) -> gpd.GeoDataFrame:
    """
    Tracks of a shift as lines to be drawn, one per stretch without a gap.

    Returns
    -------
    GeoDataFrame
        WGS 84: ``label``, ``team_id`` (missing: nobody's), ``begins_min``, ``ends_min``, line.

    Raises
    ------
    InputError
        As `check_patrol`.
    RefusedError
        Below the role planner: where people went is not for everybody.
    """
    require_role(session, "planner")
    day = _day(session, record, on, teams or {})
    rows, lines = [], []
    for number, (fixes, track) in enumerate(_tracks(day)):
        degrees = fixes[["lon", "lat"]].to_numpy(float)
        begin = 0
        for run in runs(number, track, day.parameters):
            end = begin + len(run.minutes)
            if end - begin > 1:
                rows.append((track.label, track.team_id, float(run.minutes[0]), float(run.minutes[-1])))
                lines.append(shapely.LineString(degrees[begin:end]))
            begin = end
    columns = ["label", "team_id", "begins_min", "ends_min"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=lines, crs=WGS84)


def _tracks(day: _Day) -> list[tuple[pd.DataFrame, Track]]:
    """Fixes and track of every recording."""
    out = []
    for _, fixes in day.fixes.groupby(_KEYS, sort=True):
        label = str(fixes["team"].iloc[0])
        xy = fixes[["x", "y"]].to_numpy(float)
        out.append((fixes, Track(label, day.team_of[label], fixes["minute"].to_numpy(float), xy)))
    return out


def _days(found: pd.DataFrame, zone: ZoneInfo) -> list[date]:
    if found.empty:
        return []
    return sorted(set(found["time"].dt.tz_convert(zone).dt.date), reverse=True)


def _day(session: Session, record: PatrolRecord, on: date, teams: Mapping[str, str]) -> _Day:
    found = tracks.recorded(session.workspace)
    if found.empty:
        raise InputError("patrol_check_no_file")
    zone = ZoneInfo(session.workspace.meta.time_zone)
    parameters = check_parameters(rules.load(), on)
    midnight = pd.Timestamp(datetime(on.year, on.month, on.day, tzinfo=zone)).tz_convert("UTC")
    minute = (found["time"] - midnight) / timedelta(minutes=1)
    first = min([record.begins_min, *(team.begins_min for team in record.teams)]) - parameters.slack_min
    last = max([record.ends_min, *(team.returns_min for team in record.teams)]) + parameters.slack_min
    fixes = found.assign(minute=minute)[minute.between(first, last)].reset_index(drop=True)
    if fixes.empty:
        known = ", ".join(day.isoformat() for day in _days(found, zone)[:_SHOWN_DAYS])
        raise InputError("patrol_check_no_tracks", date=on.isoformat(), known=known)
    crs = metric_crs(float(np.median(fixes["lon"])))
    spots = gpd.GeoSeries(shapely.points(fixes["lon"], fixes["lat"]), crs=WGS84).to_crs(crs)
    fixes = fixes.assign(x=spots.x, y=spots.y)
    named = fixes.drop_duplicates(["team", "source_id"])[["team", "source_id"]].astype("str")
    team_of: dict[str, str | None] = {}
    for label, source_id in zip(named["team"].tolist(), named["source_id"].tolist(), strict=True):
        team_of[label] = team_of.get(label) or _team_of(label, record) or _team_of(source_id, record)
    return _Day(fixes, crs, {**team_of, **_chosen(teams, team_of, record, on)}, parameters)


def _chosen(
    teams: Mapping[str, str], labels: Mapping[str, str | None], record: PatrolRecord, on: date
) -> Mapping[str, str]:
    """Return the planner's own choice, checked."""
    ids = {team.team_id for team in record.teams}
    for label, team_id in teams.items():
        if label not in labels:
            raise InputError("patrol_check_label", date=on.isoformat(), label=label, known=", ".join(sorted(labels)))
        if team_id not in ids:
            raise InputError("patrol_check_team", team=team_id, known=", ".join(sorted(ids)))
    return teams


def _team_of(label: str, record: PatrolRecord) -> str | None:
    """Team that a label names; None if it names none, or several."""
    key = name_key(label)
    exact = [team for team in record.teams if key in {name_key(team.name), name_key(team.team_id)}]
    inside = [team for team in record.teams if name_key(team.name) and name_key(team.name) in key]
    found: list[TeamPlan] = exact or inside or list(record.teams)
    return found[0].team_id if len(found) == 1 else None
