"""
Tables as GeoJSON for maps on a screen: six decimals, few properties, in the order in which they are drawn.

Properties of a feature, all optional but ``id``: ``case`` (case of a look, `gislib.reports.looks`), ``name`` (label and
search), ``rank`` (smaller is labelled first), ``tip`` (text under the pointer), ``at`` (lon, lat of the label),
``width_m`` (real width of a road), ``bearing``, ``side`` and ``state`` (of a device of a plan). A missing value is left
out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from gislib.geo.crs import to_wgs84

SCREEN_DECIMALS: Final = 6
Bounds: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
WIDE_DEG: Final = 2.0
"""Extent above which an area is no single county; only the first view depends on it."""
_LINE_DIMENSION, _AREA_DIMENSION = 1, 2
PROPERTIES: Final = ("case", "name", "rank", "tip", "width_m", "bearing", "side", "state")


def map_layer(table: gpd.GeoDataFrame, **columns: str) -> bytes:
    """
    FeatureCollection of a table; ``id`` is its index.

    Parameters
    ----------
    table
        Any CRS; rows without geometry are left out.
    **columns
        Property of the map -> column of ``table`` it is read from; only ``PROPERTIES``.

    Raises
    ------
    CrsError
        If ``table`` has no CRS.
    """
    shown = to_wgs84(table[table.geometry.notna() & ~table.geometry.is_empty])
    values = {name: _plain(shown[column]) for name, column in columns.items()}
    properties = [
        {"id": str(identity)} | {name: column[row] for name, column in values.items() if column[row] is not None}
        for row, identity in enumerate(shown.index)
    ]
    return _collection(np.asarray(shown.geometry), properties)


def roads_layer(roads: gpd.GeoDataFrame) -> bytes:
    """
    Streets for the basemap: pieces of one name and class joined, so that a label finds a long enough line.

    Index ``road_id`` with ``road_class``, ``name``, ``width_m``; ids of the result mean nothing, the layer is not
    clickable. A joined line carries the median of the known widths.
    """
    lines = to_wgs84(roads)
    shapes: list[BaseGeometry] = []
    properties: list[dict[str, object]] = []
    for (road_class, name), group in lines.groupby([lines["road_class"], lines["name"].fillna("")], sort=True):
        shapes.append(shapely.line_merge(MultiLineString(_parts(np.asarray(group.geometry)))))
        found: dict[str, object] = {"id": str(len(properties)), "case": road_class}
        if name:
            found["name"] = name
        width_m = group["width_m"].median()
        if pd.notna(width_m):
            found["width_m"] = float(width_m)
        properties.append(found)
    return _collection(np.asarray(shapes, dtype=object), properties)


def water_layer(water: gpd.GeoDataFrame) -> bytes:
    """Water as areas and lines (case ``line``); an area carries its name at a point inside it."""
    shown = to_wgs84(water[water.geometry.notna()])
    shapes = np.asarray(shown.geometry)
    is_line = shapely.get_dimensions(shapes) == _LINE_DIMENSION
    inside = shapely.point_on_surface(shapes)
    names = _plain(shown["name"])
    properties: list[dict[str, object]] = []
    for row, identity in enumerate(shown.index):
        found: dict[str, object] = {"id": str(identity)}
        if is_line[row]:
            found["case"] = "line"
        else:
            found["at"] = [round(inside[row].x, SCREEN_DECIMALS), round(inside[row].y, SCREEN_DECIMALS)]
        if names[row] is not None:
            found["name"] = names[row]
        properties.append(found)
    return _collection(shapes, properties)


def venues_layer(venues: gpd.GeoDataFrame, symbols: Mapping[str, str]) -> bytes:
    """
    Venues as points; the case is the symbol file of the kind.

    Parameters
    ----------
    venues
        Index ``venue_id`` with ``kind`` and ``name``; an outline is shown at a point inside it.
    symbols
        Kind -> symbol file, from the rules' kinds; an unlisted kind gets the general symbol.
    """
    shown = _as_points(venues)
    shown["case"] = shown["kind"].map(symbols).astype("object")
    return map_layer(shown, case="case", name="name")


def devices_layer(devices: gpd.GeoDataFrame) -> bytes:
    """Existing devices: points by kind, walls and fences as thin lines."""
    shown = devices.copy()
    is_line = shapely.get_dimensions(np.asarray(shown.geometry)) == _LINE_DIMENSION
    shown["case"] = shown["kind"].astype("object").mask(is_line, "line")
    return map_layer(shown, case="case", name="name")


def campuses_layer(schools: gpd.GeoDataFrame, focus: str | None = None) -> bytes:
    """Outlines of campuses; those known as a point only are left out. ``focus`` is drawn strongly."""
    is_area = shapely.get_dimensions(np.asarray(schools.geometry)) == _AREA_DIMENSION
    shown = schools.loc[is_area, ["geometry"]].copy()
    shown["case"] = np.where(shown.index == focus, "focus", "")
    return map_layer(shown, case="case")


def rentals_layer(rentals: gpd.GeoDataFrame) -> bytes:
    """Show registered rentals as points or outlines; neither name nor number of beds leaves the server."""
    shown = rentals[["geometry"]].copy()
    is_area = shapely.get_dimensions(np.asarray(shown.geometry)) == _AREA_DIMENSION
    shown["case"] = np.where(is_area, "area", "")
    return map_layer(shown, case="case")


def bounds_of(table: gpd.GeoDataFrame, margin_share: float = 0.04) -> Bounds:
    """
    West, south, east, north of a table in degrees, widened by a share of its extent on each side.

    Take campuses, never roads: long ways leave the area. An empty table gives the whole world.
    """
    if table.empty:
        return (-180.0, -85.0, 180.0, 85.0)
    west, south, east, north = to_wgs84(table).total_bounds
    pad_x, pad_y = (east - west) * margin_share, (north - south) * margin_share
    return (float(west - pad_x), float(south - pad_y), float(east + pad_x), float(north + pad_y))


def core_bounds(points: gpd.GeoDataFrame, left_out: float = 0.015, margin_share: float = 0.06) -> Bounds:
    """
    Bounds of nearly all of a table: a small share of the outermost points on each side is left out.

    For a first view of a county: a stray point does not shrink it. Areas wider than `WIDE_DEG` are several towns, each
    of them at the rim, so nothing is left out there. Empty: the whole world.
    """
    if points.empty:
        return bounds_of(points)
    shown = to_wgs84(points).geometry
    if max(np.ptp(shown.x), np.ptp(shown.y)) > WIDE_DEG:
        return bounds_of(points, margin_share)
    west, east = np.quantile(shown.x, [left_out, 1 - left_out])
    south, north = np.quantile(shown.y, [left_out, 1 - left_out])
    pad_x, pad_y = (east - west) * margin_share, (north - south) * margin_share
    return (float(west - pad_x), float(south - pad_y), float(east + pad_x), float(north + pad_y))


def _as_points(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Copy with every area replaced by a point inside it."""
    out = table.copy()
    shapes = np.asarray(out.geometry)
    out[out.geometry.name] = np.where(
        shapely.get_dimensions(shapes) == _AREA_DIMENSION, shapely.point_on_surface(shapes), shapes
    )
    return out.set_geometry(out.geometry.name)


def _parts(shapes: NDArray[np.object_]) -> list[shapely.LineString]:
    return [part for part in shapely.get_parts(shapes) if isinstance(part, shapely.LineString)]


def _plain(column: pd.Series) -> list[object]:
    """Values as JSON scalars; missing as None."""
    known = column.notna()
    return [
        (value.item() if isinstance(value, np.generic) else value) if present else None
        for value, present in zip(column.tolist(), known, strict=True)
    ]


def _collection(shapes: NDArray[np.object_], properties: Sequence[Mapping[str, object]]) -> bytes:
    """GeoJSON text written by hand around the geometries, which shapely writes fastest as whole strings."""
    rounded = shapely.transform(shapely.force_2d(shapes), lambda xy: np.round(xy, SCREEN_DECIMALS))
    oriented = shapely.orient_polygons(rounded, exterior_cw=False)
    geometries = shapely.to_geojson(oriented)
    lines = (
        f'{{"type":"Feature","properties":{json.dumps(found, ensure_ascii=False, allow_nan=False)},"geometry":{shape}}}'
        for shape, found in zip(geometries, properties, strict=True)
    )
    return ('{"type":"FeatureCollection","features":[' + ",\n".join(lines) + "]}").encode("utf-8")
