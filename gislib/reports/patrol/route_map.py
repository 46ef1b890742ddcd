"""Map of one page: its stations numbered, the way between them, the ground around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib import wording
from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs, transform
from gislib.patrol.record import BREAK, Station
from gislib.reports.patrol.content import CONTEXT, PatrolPaper
from gislib.reports.patrol.leaves import Leaf, sign
from gislib.reports.patrol.paging import fits_map, on_map
from gislib.reports.patrol.way_words import own_name
from gislib.reports.sheet_map.content import LegendEntry, MapContent, Mark, Way
from gislib.reports.sheet_map.drawing import MARGIN_MM, DrawnMap, draw_map
from gislib.reports.sheet_map.frame import Frame, fit

WIDTH_MM: Final = 180.0
HEIGHT_MM: Final = 104.0
"""Least height; where the rows leave room the map is higher."""
MOST_MM: Final = 165.0
GATES_UP_TO: Final = 6000.0
"""At smaller scales gates would hide the roads."""
PLACE_CHARACTERS: Final = 14
"""Of the name of a place off the map."""
_ASKED: Final = ("name", "road_class", "width_m")


def ground_of(paper: PatrolPaper) -> tuple[pyproj.CRS, dict[str, gpd.GeoDataFrame]]:
    """Metric plane of the whole patrol, and the layers around in it: placed once for all pages."""
    spots = [station.spot for team in paper.record.teams for station in team.stations]
    if not spots:
        return metric_crs(0.0), {}
    west, _, east, _ = shapely.total_bounds(np.array(spots, dtype=object)).tolist()
    crs = metric_crs((west + east) / 2)
    layers = {name: transform(_drawn_columns(paper.context[name]), crs) for name in CONTEXT if name in paper.context}
    if "schools" in layers:
        layers["campuses"] = layers.pop("schools")
    for table in layers.values():
        table.sindex  # noqa: B018 - built once, used by every page
    return crs, layers


def _drawn_columns(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Only what a map asks for: cutting wide tables for every page takes longer than drawing them; no class words."""
    if "name" in table.columns:
        table = table.assign(name=table["name"].map(own_name, na_action="ignore"))
    return table[[name for name in table.columns if name in {*_ASKED, table.geometry.name}]]


def leaf_map(leaf: Leaf, crs: pyproj.CRS, layers: Mapping[str, gpd.GeoDataFrame], *, mono: bool) -> DrawnMap:
    """Map of a page, fitted to its stations; ways from and to places off the map are cut at its edge, with words."""
    shown = [station for station, own in zip(leaf.stations, on_map(leaf.stations), strict=True) if own]
    spots = gpd.GeoSeries([station.spot for station in shown], crs=WGS84).to_crs(crs)
    marks = tuple(
        Mark(x, y, sign(station))
        for station, (x, y) in zip(shown, shapely.get_coordinates(spots).tolist(), strict=True)
        if station.kind != BREAK or len(leaf.stations) == 1
    )
    ways = tuple(_ways(leaf, shown, crs))
    legend = (
        LegendEntry(wording.text("patrol_sheet.legend_served"), kind="served"),
        LegendEntry(wording.text("patrol_sheet.legend_passed"), kind="passed"),
    )
    height = min(HEIGHT_MM + leaf.spare_mm, MOST_MM)
    frame = _frame(marks, ways, height)
    content = MapContent(
        marks=marks, focus=None, focus_name="", layers=ground_at(layers, frame.scale), ways=ways, legend=legend,
        first_names=_names(leaf), mono=mono,
    )  # fmt: skip
    return draw_map(content, WIDTH_MM, height, wording.text("sheet.north"))


def ground_at(layers: Mapping[str, gpd.GeoDataFrame], scale: float) -> dict[str, gpd.GeoDataFrame]:
    """Layers that a map of a scale shows; it cuts them to its frame itself."""
    return {name: table for name, table in layers.items() if name != "gates" or scale <= GATES_UP_TO}


def _ways(leaf: Leaf, shown: Sequence[Station], crs: pyproj.CRS) -> Iterator[Way]:
    """Lines of a page, from the station before it to the one after it."""
    visible = {id(station) for station in shown}
    lines: list[tuple[shapely.LineString, bool, bool, str]] = []
    before = leaf.before
    for station in leaf.stations:
        here, there = id(station) in visible, before is not None and id(before) in visible
        if station.travel is not None and (here or there):
            whole = here and before is not None and there and fits_map(before, station)
            beyond = _beyond("from", before, station) if here else _beyond("to", station, station)
            lines.append((station.travel, False, whole, "" if here and there else beyond))
        if station.served is not None:
            lines.append((station.served, True, True, ""))
        before = station
    after = leaf.after
    if after is not None and after.travel is not None and id(leaf.stations[-1]) in visible:
        lines.append((after.travel, False, False, _beyond("to", after, after)))
    placed = gpd.GeoSeries([line for line, *_ in lines], crs=WGS84).to_crs(crs)
    for shape, (_, served, fitted, beyond) in zip(placed, lines, strict=True):
        yield Way(shapely.LineString(shape.coords), served, fitted, beyond)


def _beyond(key: str, place: Station | None, station: Station) -> str:
    """Words at the edge of the map: whence or whither, and how long the way to ``station`` is."""
    if place is None:
        return ""
    kilometres = station.travel_m / 1000
    far = (
        wording.text("patrol_sheet.kilometres", kilometres=f"{kilometres:.1f}")
        if kilometres >= 1.0
        else wording.text("patrol_sheet.metres", metres=round(station.travel_m))
    )
    if place.number is not None:
        named = wording.text("patrol_sheet.numbered", number=place.number)
    else:
        named = (place.name or "")[:PLACE_CHARACTERS] or wording.text(f"patrol_sheet.{place.kind}_place")
    return wording.text(f"patrol_sheet.{key}", place=named, far=far)


def _frame(marks: Sequence[Mark], ways: Sequence[Way], height_mm: float) -> Frame:
    """About the frame that the map will have."""
    shapes = [shapely.Point(mark.x_m, mark.y_m) for mark in marks] + [way.line for way in ways if way.fitted]
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    return fit((west, south, east, north), WIDTH_MM, height_mm, MARGIN_MM)


def _names(leaf: Leaf) -> frozenset[str]:
    """Campuses and roads that the rows of the page speak of."""
    campuses = {station.school_name for station in leaf.stations}
    roads = {part.road_name for station in leaf.stations for part in station.way}
    return frozenset(name for name in campuses | roads if name)
