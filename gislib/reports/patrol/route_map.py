"""Map of one page: its stations numbered, the way between them, the ground around."""

from __future__ import annotations

from collections.abc import Mapping
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
from gislib.reports.sheet_map.drawing import DrawnMap, draw_map

WIDTH_MM: Final = 180.0
HEIGHT_MM: Final = 104.0
SPARE_M: Final = 250.0
"""Ground drawn beyond the stations at the largest scale."""


def ground_of(paper: PatrolPaper) -> tuple[pyproj.CRS, dict[str, gpd.GeoDataFrame]]:
    """Metric plane of the whole patrol, and the layers around in it: placed once for all pages."""
    spots = [station.spot for team in paper.record.teams for station in team.stations]
    west, _, east, _ = shapely.total_bounds(np.array(spots, dtype=object)).tolist()
    crs = metric_crs((west + east) / 2)
    layers = {name: transform(paper.context[name], crs) for name in CONTEXT if name in paper.context}
    if "schools" in layers:
        layers["campuses"] = layers.pop("schools")
    for table in layers.values():
        table.sindex  # noqa: B018 - built once, used by every page
    return crs, layers


def leaf_map(leaf: Leaf, crs: pyproj.CRS, layers: Mapping[str, gpd.GeoDataFrame], *, mono: bool) -> DrawnMap:
    """Map of a page, fitted to its stations and the ways between them; the way to the first may come from outside."""
    spots = gpd.GeoSeries([station.spot for station in leaf.stations], crs=WGS84).to_crs(crs)
    xy = shapely.get_coordinates(spots)
    marks = tuple(
        Mark(x, y, str(station.number or _letter(station.kind)))
        for station, (x, y) in zip(leaf.stations, xy.tolist(), strict=True)
        if station.kind != BREAK
    )
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
    reach = shapely.box(*spots.total_bounds).buffer(SPARE_M + float(spots.total_bounds[2] - spots.total_bounds[0]))
    near = {
        name: table.iloc[table.sindex.query(reach, predicate="intersects", sort=True)] for name, table in layers.items()
    }
    content = MapContent(marks=marks, focus=None, focus_name="", layers=near, ways=ways, legend=legend, mono=mono)
    return draw_map(content, WIDTH_MM, HEIGHT_MM, wording.text("sheet.north"))


def _letter(kind: str) -> str:
    """Sign of the start and the return on the map."""
    return wording.text(f"patrol_sheet.sign_{kind}")
