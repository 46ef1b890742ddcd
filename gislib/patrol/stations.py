"""Routes told as stations: what is passed and served from one number of the map to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.exposure.ground import Ground
from gislib.geo.crs import lonlat, require_metric
from gislib.patrol import legs as kinds
from gislib.patrol.joined import continues, folded, joined, joined_line
from gislib.patrol.legs import Leg, Step
from gislib.patrol.record import BREAK, RETURN, START, Part, PatrolRecord, Post, Station, Task, TeamPlan
from gislib.patrol.routing import Problem, Routes, TeamRoute
from gislib.patrol.turns import AHEAD, BACK, heading, turn_between

LEAST_M: Final = 1.0
"""Shorter stretches are not told."""
Degrees: TypeAlias = Callable[[Any], Any]
"""Shape in WGS 84 of a shape in the working CRS; None of None."""


@dataclass(frozen=True)
class _Facts:
    """Demand by id with the campus's name, names of the roads by row, and the way to WGS 84."""

    demand: pd.DataFrame
    roads: list[str | None]
    degrees: Degrees


@dataclass
class _Walk:
    """A route while it is told: stations, steps since the last one, the step before, where it stands, since when."""

    here: shapely.Point
    stations: list[Station] = field(default_factory=list)
    steps: list[tuple[Step, bool]] = field(default_factory=list)
    before: Step | None = None
    arrived: float | None = None


def record(
    ground: Ground, problem: Problem, routes: Routes, posts: gpd.GeoDataFrame, depots: Sequence[str | None]
) -> PatrolRecord:
    """
    Routes as they are kept and told.

    Parameters
    ----------
    ground, problem, routes
        What was searched and found.
    posts
        `roster.roster` of the shift.
    depots
        Name of the depot of every team; None: nameless.
    """
    demand, shift = problem.demand, problem.demand.shift
    facts = _facts(ground, problem)
    return PatrolRecord(
        shift_id=shift.shift_id, begins_min=shift.hours.begin, ends_min=shift.hours.end,
        teams=tuple(_team(facts, own, name) for own, name in zip(routes.teams, depots, strict=True)),
        tasks=_tasks(facts, routes), posts=_posts(facts, posts), covered_share=routes.covered_share,
        coverage_bound=routes.coverage_bound, metres=routes.metres, lower_bound_m=routes.lower_bound_m, gap=routes.gap,
        seed=routes.seed, rounds=routes.rounds,
        coverage_bound_knapsack=routes.coverage_bound_knapsack,
        closed=tuple(name for name in demand.closed["name"].tolist() if isinstance(name, str)),
    )  # fmt: skip


def _facts(ground: Ground, problem: Problem) -> _Facts:
    streets, stops = problem.demand.streets, problem.demand.stops
    columns = ["risk", "school_id", "geometry", "kind", "name", "skill"]
    told = streets.assign(kind=kinds.STREET, name=streets["road_name"], skill="")
    table = pd.DataFrame(pd.concat([pd.DataFrame(part[columns]) for part in (told, stops) if len(part)] or [told]))
    table["school_name"] = ground.tables["schools"]["name"].reindex(table["school_id"]).to_numpy(dtype=object)
    crs = require_metric(ground.tables["roads"])

    def degrees(shape: Any) -> Any:  # noqa: ANN401 - the type of the shape given
        return None if shape is None else shapely.transform(shape, lambda xy: np.column_stack(lonlat(crs, *xy.T)))

    return _Facts(table, [_text(name) for name in ground.tables["roads"]["name"]], degrees)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _team(facts: _Facts, route: TeamRoute, depot_name: str | None) -> TeamPlan:
    team, walk = route.team, _Walk(route.team.depot)
    walk.stations.append(_station(facts, walk, START, (team.begins_min,) * 3))
    for leg in route.legs:
        _tell(facts, walk, leg)
    walk.stations.append(_station(facts, walk, RETURN, (route.returns_min,) * 3))
    return TeamPlan(
        team_id=team.team_id, name=team.name, mode=team.mode, headcount=team.headcount,
        skills=tuple(sorted(team.skills)), depot_name=depot_name, begins_min=team.begins_min, ends_min=team.ends_min,
        break_min=team.break_min, returns_min=route.returns_min, overtime_min=route.overtime_min,
        idle_min=route.idle_min, metres=route.metres, stations=_published(facts, walk.stations, depot_name),
    )  # fmt: skip


def _published(facts: _Facts, stations: list[Station], depot_name: str | None) -> tuple[Station, ...]:
    """Stations with their numbers, in WGS 84."""
    number, told = 0, []
    for station in stations:
        served, own = bool(station.demand_ids), station
        number += served
        if served:
            own = replace(station, school_name=_campus(facts, station))
        elif station.kind != BREAK:
            own = replace(station, name=depot_name)
        shapes = {name: facts.degrees(getattr(own, name)) for name in ("spot", "travel", "served")}
        told.append(replace(own, number=number if served else None, **shapes))
    return tuple(told)


def _campus(facts: _Facts, station: Station) -> str | None:
    """Campus with most of the risk that a station serves."""
    rows = facts.demand.loc[list(station.demand_ids), ["school_name", "risk"]]
    risk: dict[str | None, float] = {}
    for name, own in rows.itertuples(index=False):
        risk[_text(name)] = risk.get(_text(name), 0.0) + float(own)
    return max(risk, key=lambda name: risk[name])


def _tell(facts: _Facts, walk: _Walk, leg: Leg) -> None:
    """Add a leg to what is told."""
    walk.steps += [(step, leg.kind == kinds.STREET) for step in leg.steps]
    if leg.steps:
        walk.here = shapely.Point(leg.steps[-1].line.coords[-1])
    if leg.kind == kinds.WAIT:
        walk.arrived = leg.begins_min
    if leg.kind == kinds.BREAK:
        walk.stations.append(_station(facts, walk, BREAK, (leg.begins_min, leg.begins_min, leg.ends_min)))
    if leg.kind not in {kinds.STREET, kinds.STOP}:
        return
    arrived = leg.begins_min if walk.arrived is None else walk.arrived
    walk.arrived = None
    row = facts.demand.loc[leg.demand_id].to_dict()
    told = replace(
        _station(facts, walk, str(row["kind"]), (arrived, leg.begins_min, leg.ends_min)),
        name=_text(row["name"]), school_name=_text(row["school_name"]), demand_ids=(leg.demand_id,),
        risk=float(row["risk"]), skill=str(row["skill"]),
    )  # fmt: skip
    walk.stations.append(joined(walk.stations.pop(), told) if continues(walk.stations[-1], told) else told)


def _station(facts: _Facts, walk: _Walk, kind: str, times: tuple[float, float, float]) -> Station:
    """Station at the end of the steps since the last one, working CRS, nothing served yet."""
    way = _way(facts, walk)
    lines = [[step.line for step, own in walk.steps if own is served] for served in (False, True)]
    travel, served = (joined_line(own) for own in lines)
    walk.before, walk.steps = walk.steps[-1][0] if walk.steps else walk.before, []
    return Station(
        number=None, kind=kind, name=None, school_name=None, demand_ids=(), arrives_min=times[0], begins_min=times[1],
        ends_min=times[2], way=way, travel_m=sum(line.length for line in lines[0]),
        served_m=sum(line.length for line in lines[1]), risk=0.0, skill="",
        spot=walk.here if served is None else served.interpolate(0.5, normalized=True), travel=travel, served=served,
    )  # fmt: skip


def _way(facts: _Facts, walk: _Walk) -> tuple[Part, ...]:
    """Steps since the last station, those that continue one road taken together."""
    turned: list[tuple[str, str | None, bool, shapely.LineString]] = []
    before = walk.before
    for step, served in walk.steps:
        if step.line.length < LEAST_M:
            continue
        turn = AHEAD if before is None else turn_between(before.line, step.line)
        turned.append((turn, facts.roads[step.road], served, step.line))
        before = step
    run = np.cumsum([k == 0 or not _one(turned[k - 1], own) for k, own in enumerate(turned)])
    parts = []
    for _, group in groupby(zip(run, turned, strict=True), key=lambda pair: pair[0]):
        own = [step for _, step in group]
        line = joined_line([step[3] for step in own])
        assert line is not None  # noqa: S101 - a group is never empty
        parts.append(Part(own[0][0], own[0][1], heading(line), sum(step[3].length for step in own), own[0][2]))
    return folded(parts)


def _one(before: tuple[str, str | None, bool, Any], after: tuple[str, str | None, bool, Any]) -> bool:
    """Whether a step goes on along the road before: the same name, or no name and no turn."""
    same = before[1] == after[1] and before[2] == after[2]
    return same and after[0] != BACK and (after[1] is not None or after[0] == AHEAD)


def _tasks(facts: _Facts, routes: Routes) -> tuple[Task, ...]:
    """Everything asked for, served or not."""
    served = routes.served[["team_id", "begins_min", "ends_min"]].astype(object)
    table = facts.demand.join(served).join(routes.uncovered["reason"])
    rows = table.astype(object).where(table.notna(), None).reset_index(names="demand_id").to_dict("records")
    return tuple(
        Task(
            str(row["demand_id"]), str(row["kind"]), _text(row["name"]), _text(row["school_name"]), float(row["risk"]),
            row["team_id"], row["begins_min"], row["ends_min"], row["reason"], facts.degrees(row["geometry"]),
        )
        for row in rows
    )  # fmt: skip


def _posts(facts: _Facts, posts: gpd.GeoDataFrame) -> tuple[Post, ...]:
    rows = pd.DataFrame(posts).astype(object).reset_index(names="gate_id").to_dict("records")
    return tuple(
        Post(
            str(row["gate_id"]), _text(row["school_name"]), _text(row["gate_name"]), float(row["opens_min"]),
            float(row["closes_min"]), tuple(row["people"].split()), facts.degrees(row["geometry"]),
        )
        for row in rows
    )  # fmt: skip
