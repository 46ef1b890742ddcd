"""Maps of a whole shift for its cover: the ways of all teams, and where the map of every page lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib import wording
from gislib.domain.tables import WGS84
from gislib.patrol.record import TeamPlan
from gislib.reports.fonts import FAMILY
from gislib.reports.looks import TEAMS
from gislib.reports.patrol.leaves import Leaf, team_sign
from gislib.reports.patrol.paging import page_bounds
from gislib.reports.patrol.route_map import WIDTH_MM, ground_at
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.content import MapContent, Mark, Way
from gislib.reports.sheet_map.drawing import MARGIN_MM, DrawnMap, draw_map
from gislib.reports.sheet_map.frame import extent, fit
from gislib.reports.sheet_map.marks import TAG_MM, draw_tag
from gislib.reports.sheet_map.ways import draw_sample

HEIGHT_MM: Final = 104.0
GAP_MM: Final = 2.0
TOWN_MM: Final = 98.0
"""Width of the map of the town where there is one; what is left of the page is that of the whole area."""
TEAM_MM: Final = 80.0
"""Room that the map of a whole team takes on its first page, with the line above it."""
NOTE_MM: Final = 6.0
_TEAM_PAGES: Final = 2
SAMPLE_MM: Final = (14.0, TAG_MM + 0.6)
_NAMES: Final = tuple(TEAMS)
_MAIN: Final = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
"""Roads of a map that shows a county: the others are only noise at its scale."""
_FAR_SCALE: Final = 15_000.0
_APART_M: Final = 2500.0
"""Pages further apart, with none between them, do not belong to one town."""
_TOWN_PAGES: Final = 3
_TOWN_SHARE: Final = 0.5
"""A town that takes more of the width or height of the area needs no map of its own."""


@dataclass(frozen=True)
class _Shift:
    """Ways of all teams and tags of their pages, in metres."""

    ways: tuple[Way, ...]
    marks: tuple[Mark, ...]


def look_name(position: int) -> str:
    """Which of `looks.TEAMS` the team at a position of the plan has, the same as on screen."""
    return _NAMES[position % len(_NAMES)]


def team_sample(position: int, sign: str) -> str:
    """SVG of the line and tag of a team, for the list of the teams."""
    look, (wide, high) = look_name(position), SAMPLE_MM
    body = draw_sample(wide / 2, high / 2, wide, team=look) + draw_tag(wide / 2, high / 2, sign, TEAMS[look].shape)
    size = {"viewBox": f"0 0 {wide:g} {high:g}", "width": f"{wide:g}mm", "height": f"{high:g}mm"}
    return svg.element("svg", svg.group([body], font_family=FAMILY), xmlns="http://www.w3.org/2000/svg", **size)


def shift_maps(
    teams: Sequence[tuple[TeamPlan, Sequence[Leaf]]], crs: pyproj.CRS, layers: Mapping[str, gpd.GeoDataFrame]
) -> tuple[DrawnMap, ...]:
    """
    Draw the shift: the whole area, and beside it the town in which most pages lie; nothing where nobody goes anywhere.

    A tag "甲2" stands where the second page of team 甲 has its map.
    """
    shift = _Shift(
        tuple(way for k, (team, _) in enumerate(teams) for way in _ways(team, look_name(k), crs)),
        tuple(mark for k, (team, pages) in enumerate(teams) for mark in _marks(team, pages, look_name(k), crs)),
    )
    if not shift.ways or not shift.marks:
        return ()
    town = _town(shift)
    if town is None:
        return (_drawn(shift, layers, (WIDTH_MM, HEIGHT_MM)),)
    own = [shapely.Point(mark.x_m, mark.y_m).within(town) for mark in shift.marks]
    there = _Shift(
        tuple(Way(way.line, way.served, bool(way.line.within(town)), team=way.team) for way in shift.ways),
        tuple(mark for mark, inside in zip(shift.marks, own, strict=True) if inside),
    )
    drawn = _drawn(there, layers, (TOWN_MM, HEIGHT_MM))
    others = tuple(mark for mark, inside in zip(shift.marks, own, strict=True) if not inside)
    shown = shapely.box(*extent(drawn.frame))
    return _drawn(_Shift(shift.ways, others), layers, (WIDTH_MM - TOWN_MM - GAP_MM, HEIGHT_MM), shown), drawn


def team_map(
    position: int, pages: Sequence[Leaf], crs: pyproj.CRS, layers: Mapping[str, gpd.GeoDataFrame]
) -> DrawnMap | None:
    """Whole way of the team at a position, for its first page; None where that is full, or its only one."""
    if len(pages) < _TEAM_PAGES or pages[0].spare_mm < TEAM_MM:
        return None
    team, look = pages[0].team, look_name(position)
    shift = _Shift(tuple(_ways(team, look, crs)), tuple(_marks(team, pages, look, crs)))
    return _drawn(shift, layers, (WIDTH_MM, TEAM_MM - NOTE_MM)) if shift.ways and shift.marks else None


def _drawn(
    shift: _Shift, layers: Mapping[str, gpd.GeoDataFrame], size_mm: tuple[float, float],
    town: shapely.Polygon | None = None,
) -> DrawnMap:  # fmt: skip
    """Map of the ways that are to be seen whole; ``town``: outlined, with words that point at its own map."""
    fitted = np.array([way.line for way in shift.ways if way.fitted], dtype=object)
    frame = fit(tuple(shapely.total_bounds(fitted).tolist()), *size_mm, MARGIN_MM)
    ground = ground_at(layers, frame.scale)
    if frame.scale > _FAR_SCALE:
        ground = {name: table for name, table in ground.items() if name in {"roads", "water"}}
        if "roads" in ground:
            roads = ground["roads"]
            ground["roads"] = roads[roads["road_class"].isin(_MAIN).to_numpy(bool)]
    content = MapContent(
        marks=shift.marks, focus=town, focus_name="" if town is None else wording.text("patrol_sheet.see_right"),
        layers=ground, ways=shift.ways, mono=True,
    )  # fmt: skip
    return draw_map(content, *size_mm, wording.text("sheet.north"))


def _town(shift: _Shift) -> shapely.Polygon | None:
    """Ground of the pages that lie together, if there are several and they take little of the whole."""
    spots = np.array([shapely.Point(mark.x_m, mark.y_m) for mark in shift.marks], dtype=object)
    grounds = shapely.get_parts(shapely.union_all(shapely.buffer(spots, _APART_M / 2)))
    town = max(grounds, key=lambda ground: int(shapely.intersects(ground, spots).sum()))
    if int(shapely.intersects(town, spots).sum()) < _TOWN_PAGES:
        return None
    west, south, east, north = shapely.total_bounds(np.array([way.line for way in shift.ways], dtype=object)).tolist()
    left, low, right, high = town.bounds
    small = right - left < _TOWN_SHARE * (east - west) or high - low < _TOWN_SHARE * (north - south)
    return shapely.box(left, low, right, high) if small else None


def _ways(team: TeamPlan, look: str, crs: pyproj.CRS) -> Iterator[Way]:
    lines = [line for station in team.stations for line in (station.travel, station.served) if line is not None]
    for line in gpd.GeoSeries(lines, crs=WGS84).to_crs(crs):
        yield Way(shapely.LineString(line.coords), served=False, team=look)


def _marks(team: TeamPlan, pages: Sequence[Leaf], look: str, crs: pyproj.CRS) -> Iterator[Mark]:
    """Tags of the pages in the middle of what their maps show."""
    if all(station.number is None for station in team.stations):
        return
    middles = [shapely.box(*page_bounds(page.stations)).centroid for page in pages]
    spots = shapely.get_coordinates(gpd.GeoSeries(middles, crs=WGS84).to_crs(crs)).tolist()
    for page, (x, y) in zip(pages, spots, strict=True):
        label = team_sign(team) if page.count == 1 else f"{team_sign(team)}{page.number}"
        yield Mark(x, y, label, shape=TEAMS[look].shape)
