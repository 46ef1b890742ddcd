"""Routes as a GIS layer and as the summary that programs read."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gislib.domain.tables import WGS84
from gislib.patrol.clock import clock
from gislib.patrol.record import PatrolRecord, Station, Task, TeamPlan
from gislib.reports.files import write_bytes
from gislib.reports.geojson import write_geojson
from gislib.reports.metadata import Stamp
from gislib.reports.patrol.way_words import way_words

COLUMNS: Final = (
    "team_id", "team", "mode", "number", "part", "kind", "name", "school_name", "patrolled", "metres", "arrives",
    "begins", "ends", "risk", "way", "geometry",
)  # fmt: skip
UNREACHABLE: Final = frozenset({"off_road", "unreachable"})
"""Reasons of what no team can get to."""
_DECIMALS: Final = 6
_METRES: Final = 1


def routes(record: PatrolRecord) -> gpd.GeoDataFrame:
    """
    Lines and points of all teams in the order of the routes.

    Returns
    -------
    GeoDataFrame
        WGS 84, index ``route_id`` (team, line of the sheet, part); columns `COLUMNS`: ``number`` as on the sheet
        (missing: start, rest, return); ``part`` ``passed`` (the way there), ``served`` (what is patrolled) or
        ``station`` (where the number is drawn); ``metres`` of the line; ``arrives``, ``begins``, ``ends`` ``HH:MM``: of
        the way there from leaving the station before to arriving; ``name``, ``school_name`` missing = nameless, none;
        ``risk`` served there, told at the station; ``way`` in words, told at the station.
    """
    rows = [row for team in record.teams for row in _of_team(team)]
    table = pd.DataFrame([row for _, row in rows], columns=list(COLUMNS))
    table.index = pd.Index([identity for identity, _ in rows], name="route_id", dtype=object)
    table["number"] = table["number"].astype("Int64")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=WGS84)


def write_routes(
    record: PatrolRecord, stamp: Stamp, folder: Path, alternatives: Sequence[Mapping[str, float]] = ()
) -> list[Path]:
    """Write ``routes.geojson`` and ``patrol.json``; ``alternatives`` as in `patrol_json`."""
    told = json.dumps(patrol_json(record, alternatives), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return [
        write_geojson(folder / "routes.geojson", routes(record), stamp),
        write_bytes(folder / "patrol.json", told.encode()),
    ]


def patrol_json(record: PatrolRecord, alternatives: Sequence[Mapping[str, float]] = ()) -> dict[str, Any]:
    """
    What ``patrol.json`` holds and the command prints.

    ``required_risk_covered_share``: served share of the eligible risk, ``coverage_bound`` what no plan can exceed,
    ``coverage_bound_knapsack`` the looser bound without any ways; ``lower_bound``: metres that serving the same streets
    and stops needs at least, ``gap`` by which share ``metres`` exceeds it (null: unknown); ``unreachable``: streets and
    stops that no team can get to; ``uncovered``: number of tasks that nobody serves by reason; ``alternatives``:
    ``seed, loss_share, apart_share`` of every set of routes kept with this one, itself included.
    """
    left = [task for task in record.tasks if task.reason is not None]
    knapsack = record.coverage_bound_knapsack
    return {
        "shift": record.shift_id,
        "begins": clock(record.begins_min),
        "ends": clock(record.ends_min),
        "teams": [_summary(team) for team in record.teams],
        "required_risk_covered_share": _number(record.covered_share),
        "coverage_bound": _number(record.coverage_bound),
        "coverage_bound_knapsack": _number(math.nan if knapsack is None else knapsack),
        "metres": _number(record.metres, _METRES),
        "lower_bound": _number(record.lower_bound_m, _METRES),
        "gap": _number(record.gap),
        "seed": record.seed,
        "rounds": record.rounds,
        "tasks": len(record.tasks),
        "uncovered": dict(sorted(Counter(str(task.reason) for task in left).items())),
        "unreachable": [_left(task) for task in left if task.reason in UNREACHABLE],
        "posts": len(record.posts),
        "closed": list(record.closed),
        "alternatives": [dict(own) for own in alternatives],
    }


def _of_team(team: TeamPlan) -> list[tuple[str, dict[str, Any]]]:
    rows = []
    left = team.begins_min
    for line, station in enumerate(team.stations):
        own = {
            "team_id": team.team_id, "team": team.name, "mode": team.mode, "number": station.number,
            "kind": station.kind, "name": station.name, "school_name": station.school_name,
        }  # fmt: skip
        for part, facts in _parts(station, left):
            rows.append((f"{team.team_id}:{line:03d}:{part}", own | {"part": part} | facts))
        left = station.ends_min
    return rows


def _parts(station: Station, left_min: float) -> list[tuple[str, dict[str, Any]]]:
    """Way there, what is patrolled, and the station, those that exist."""
    arrives, begins, ends = (clock(minute) for minute in (station.arrives_min, station.begins_min, station.ends_min))
    found: list[tuple[str, dict[str, Any]]] = []
    if station.travel is not None:
        hours = {"arrives": arrives, "begins": clock(left_min), "ends": arrives}
        metres = round(station.travel_m, _METRES)
        found.append(("passed", hours | {"patrolled": False, "metres": metres, "geometry": station.travel}))
    hours = {"arrives": arrives, "begins": begins, "ends": ends}
    if station.served is not None:
        metres = round(station.served_m, _METRES)
        found.append(("served", hours | {"patrolled": True, "metres": metres, "geometry": station.served}))
    told = {"risk": round(station.risk, _DECIMALS), "way": way_words(station) or None, "geometry": station.spot}
    return [*found, ("station", hours | {"patrolled": bool(station.demand_ids)} | told)]


def _summary(team: TeamPlan) -> dict[str, Any]:
    return {
        "team_id": team.team_id, "name": team.name, "mode": team.mode, "headcount": team.headcount,
        "skills": list(team.skills), "depot": team.depot_name, "begins": clock(team.begins_min),
        "ends": clock(team.ends_min), "returns": clock(team.returns_min),
        "stations": sum(station.number is not None for station in team.stations),
        "metres": _number(team.metres, _METRES), "overtime_min": _number(team.overtime_min, _METRES),
        "idle_min": _number(team.idle_min, _METRES),
        "risk": _number(sum(station.risk for station in team.stations)),
    }  # fmt: skip


def _left(task: Task) -> dict[str, Any]:
    return {
        "demand_id": task.demand_id, "kind": task.kind, "name": task.name, "school_name": task.school_name,
        "reason": task.reason, "risk": _number(task.risk),
    }  # fmt: skip


def _number(value: float, decimals: int = _DECIMALS) -> float | None:
    """Rounded number; None for what JSON cannot hold."""
    return round(float(value), decimals) if math.isfinite(value) else None
