"""Map of a patrol: routes with arrows, numbered stations, starts, and what stays uncovered, over the base map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib import wording
from gislib.domain.tables import WGS84
from gislib.patrol.clock import clock
from gislib.patrol.record import Station, TeamPlan
from gislib.planning.overview import Overview
from gislib.reports import map_layers
from gislib.reports.metadata import Stamp
from gislib.ui import area_map, base_map, patrol_done, patrol_view, state
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import LegendItem, LegendSection, MapLayer, Picked, View, planner_map
from gislib.ui.patrol_check import Comparison
from gislib.ui.patrol_view import Shown
from gislib.ui.state import Choices

HEIGHT_PX: Final = 566
STATIONS: Final = "stations"
APART_DEG: Final = 0.012
"""Stations further apart, about a kilometre, with none between them, are seen on a map of their own."""
FAR: Final = 1_000
"""Rank after which the stations of the other teams give way to those of the team in focus."""


def show(
    base: tuple[Snapshot, Overview, Stamp], seen: Shown, choices: Choices, done: Comparison | None = None
) -> Picked | None:
    """Draw the plan, or what was done of it; returns what was clicked."""
    taken, found, stamp = base
    lang = choices.lang
    contents = base_map.contents(taken)
    layers = [
        *base_map.ground(contents, lang),
        *base_map.optional(contents, lang),
        area_map.schools_layer(found, lang),
        depots_layer(seen, lang),
    ]
    if done is None:
        layers += [left_layer(seen, lang), routes_layer(seen, lang), stations_layer(seen, lang)]
    else:
        planned = replace(routes_layer(seen, lang), layer_id="planned", visible=False)
        layers += [planned, patrol_done.states_layer(seen, done.found, lang), done.tracks]
    head = seen.saved.head
    view = View(f"{head.patrol_id}.{head.version}.{seen.number}.{seen.team.team_id}", _bounds(seen))
    selected = Picked(STATIONS, seen.station) if seen.station and done is None else None
    section = legend(seen, lang) if done is None else patrol_done.legend(done.found, lang)
    return planner_map("patrol", layers, view, base_map.frame((section,), stamp, HEIGHT_PX), selected, lang)


def routes_layer(seen: Shown, lang: str) -> MapLayer:
    """Lines of the teams drawn: what is served strongly, what is only passed thin; the team in focus on top."""
    told = [
        {"case": seen.letters[team.team_id] + suffix, "tip": _tip(team, station, lang), "geometry": line}
        for team in sorted(seen.drawn, key=lambda own: own.team_id == seen.team.team_id)
        for station in team.stations
        for suffix, line in (("-way", station.travel), ("", station.served))
        if line is not None
    ]
    content = map_layers.map_layer(_table(told, ["case", "tip"]), case="case", tip="tip")
    return MapLayer("routes", "patrols", wording.text("patrols.layer.routes", lang), content, swatch_case="a")


def stations_layer(seen: Shown, lang: str) -> MapLayer:
    """Numbered tags; those of the team in focus first, early numbers first."""
    told = [
        {
            "id": patrol_view.station_id(team, station), "case": seen.letters[team.team_id],
            "name": patrol_view.tag(team, station), "tip": _tip(team, station, lang),
            "rank": (station.number or 0) + FAR * (team.team_id != seen.team.team_id), "geometry": station.spot,
        }
        for team in seen.drawn
        for station in team.stations
        if station.number
    ]  # fmt: skip
    table = _table(told, ["id", "case", "name", "tip", "rank"]).set_index("id")
    content = map_layers.map_layer(table, case="case", name="name", tip="tip", rank="rank")
    title = wording.text("patrols.layer.stations", lang)
    return MapLayer(STATIONS, STATIONS, title, content, clickable=True, swatch_case="a")


def depots_layer(seen: Shown, lang: str) -> MapLayer:
    """Where the teams drawn start and return."""
    told = [{"name": team.depot_name, "geometry": team.stations[0].spot} for team in seen.drawn]
    content = map_layers.map_layer(_table(told, ["name"]).drop_duplicates("geometry"), name="name")
    return MapLayer("depots", "depots", wording.text("patrols.layer.depots", lang), content)


def left_layer(seen: Shown, lang: str) -> MapLayer:
    """What nobody serves, with the reason under the pointer."""
    told = [
        {
            "case": "line" if task.place.geom_type.endswith("LineString") else "",
            "tip": " · ".join(
                (
                    task.name or wording.text("patrols.nameless", lang),
                    wording.term("patrol_reason", str(task.reason), lang),
                )
            ),
            "geometry": task.place,
        }
        for task in seen.record.tasks
        if task.reason is not None
    ]
    content = map_layers.map_layer(_table(told, ["case", "tip"]), case="case", tip="tip")
    title = wording.text("patrols.layer.left", lang)
    return MapLayer("left", "patrol_left", title, content, visible=False, swatch_case="line")


def _tip(team: TeamPlan, station: Station, lang: str) -> str:
    number = patrol_view.tag(team, station) if station.number else team.name
    return " · ".join((number, clock(station.arrives_min), patrol_view.task_words(station, lang)))


def _table(rows: Sequence[Mapping[str, object]], columns: list[str]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(list(rows), columns=[*columns, "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=WGS84)


def _bounds(seen: Shown) -> map_layers.Bounds:
    """
    Extent of the ground where the team in focus has most stations.

    What lies a long leg away is left out: it would make a map on which the tags of the town lie on one another. Chosen
    in the table, it is moved into view.
    """
    own = [one for one in seen.team.stations if one.number] or list(seen.team.stations[:1])
    spots = np.array([one.spot for one in own], dtype=object)
    grounds = shapely.get_parts(shapely.union_all(shapely.buffer(spots, APART_DEG / 2)))
    most = max(grounds, key=lambda ground: int(shapely.intersects(ground, spots).sum()))
    there = [one.served or one.spot for one in own if most.intersects(one.spot)]
    inside = [shape.intersection(most.envelope.buffer(APART_DEG / 4)) for shape in there]
    return map_layers.bounds_of(gpd.GeoDataFrame(geometry=inside, crs=WGS84), 0.06)


def legend(seen: Shown, lang: str) -> LegendSection:
    """Teams with their line, mode and headcount."""
    items = [
        LegendItem(
            STATIONS, seen.letters[team.team_id], team.name,
            wording.text(
                "patrols.team", lang, mode=wording.term("patrol_mode", team.mode, lang), people=team.headcount
            ),
        )
        for team in seen.drawn
    ]  # fmt: skip
    passed = LegendItem("patrols", "a-way", wording.text("patrols.passed", lang))
    return LegendSection("", (*items, passed))


def take(picked: Picked | None) -> None:
    """Take over a clicked station with its team, or a campus."""
    if picked is None:
        return
    if picked.layer_id == STATIONS:
        state.put("team", picked.id.rpartition(".")[0])
        state.take("station", picked.id)
    elif picked.layer_id == "schools":
        state.take("school", picked.id)
