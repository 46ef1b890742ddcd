"""Map of one page: its stations numbered, the way between them, the ground around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib import wording
from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs, transform
from gislib.patrol.record import BREAK
from gislib.reports.patrol.content import CONTEXT, PatrolPaper
from gislib.reports.patrol.leaves import Leaf
from gislib.reports.sheet_map.content import LegendEntry, MapContent, Mark, Way
from gislib.reports.sheet_map.drawing import MARGIN_MM, DrawnMap, draw_map
from gislib.reports.sheet_map.frame import Frame, extent, fit

WIDTH_MM: Final = 180.0
HEIGHT_MM: Final = 104.0
"""Least height; where the rows leave room the map is higher."""
MOST_MM: Final = 165.0
GATES_UP_TO: Final = 6000.0
"""At smaller scales gates would hide the roads."""
_ASKED: Final = ("name", "road_class", "width_m")
SPARE_MM: Final = 20.0
"""Ground beyond the map on paper, for its legend makes the frame a little smaller."""


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
    """Only what a map asks for: cutting wide tables for every page takes longer than drawing them."""
    return table[[name for name in table.columns if name in {*_ASKED, table.geometry.name}]]


def leaf_map(leaf: Leaf, crs: pyproj.CRS, layers: Mapping[str, gpd.GeoDataFrame], *, mono: bool) -> DrawnMap:
    """Map of a page, fitted to its stations and the ways between them; the way to the first may come from outside."""
    spots = gpd.GeoSeries([station.spot for station in leaf.stations], crs=WGS84).to_crs(crs)
    xy = shapely.get_coordinates(spots)
    marks = tuple(
        Mark(x, y, str(station.number or _letter(station.kind)))
        for station, (x, y) in zip(leaf.stations, xy.tolist(), strict=True)
        if station.kind != BREAK or len(leaf.stations) == 1
    )
    height = min(HEIGHT_MM + leaf.spare_mm, MOST_MM)
    lines = [
        (line, served, k > 0 or served)
        for k, station in enumerate(leaf.stations)
        for line, served in ((station.travel, False), (station.served, True))
        if line is not None
    ]
    placed = gpd.GeoSeries([line for line, _, _ in lines], crs=WGS84).to_crs(crs)
    ways = tuple(
        Way(shapely.LineString(shape.coords), served, fitted)
        for shape, (_, served, fitted) in zip(placed, lines, strict=True)
    )
    legend = (
        LegendEntry(wording.text("patrol_sheet.legend_served"), kind="served"),
        LegendEntry(wording.text("patrol_sheet.legend_passed"), kind="passed"),
    )
    frame = _frame(marks, ways, height)
    reach = shapely.box(*extent(frame, SPARE_MM))
    near = {
        name: table.iloc[table.sindex.query(reach, predicate="intersects", sort=True)]
        for name, table in layers.items()
        if name != "gates" or frame.scale <= GATES_UP_TO
    }
    content = MapContent(
        marks=marks, focus=None, focus_name="", layers=near, ways=ways, legend=legend, first_names=_names(leaf),
        mono=mono,
    )  # fmt: skip
    return draw_map(content, WIDTH_MM, height, wording.text("sheet.north"))


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


def _letter(kind: str) -> str:
    """Sign of the start and the return on the map."""
    return wording.text(f"patrol_sheet.sign_{kind}")
