"""
GeoJSON of RFC 7946: WGS 84, seven decimals, stable ids, right-hand rule, and a ``metadata`` member with the stamp.

References
----------
IETF RFC 7946 (2016), sections 3.1.6 (ring direction), 3.2 (id), 5 (bbox), 6.1 (foreign members), 11.2 (precision).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.geo.crs import to_wgs84
from gislib.reports.files import write_bytes
from gislib.reports.metadata import Stamp

COORDINATE_DECIMALS: Final = 7


def geojson(table: gpd.GeoDataFrame, stamp: Stamp, name: str) -> str:
    """
    Text of a FeatureCollection, one feature per line, rows in the order of their ids.

    Parameters
    ----------
    table
        Any CRS; the index is the stable id: it becomes the feature ``id`` and, under the index's name, a property too
        (readers such as GDAL drop the former). Missing values become null, a second geometry column becomes a
        GeoJSON object among the properties.
    stamp, name
        Written to the ``metadata`` and ``name`` members.

    Raises
    ------
    CrsError
        If ``table`` has no CRS.
    """
    lonlat = to_wgs84(table).sort_index()
    geometries = [_geometry(shape) for shape in lonlat.geometry]
    columns = _properties(lonlat)
    ids = lonlat.index.astype(str)
    id_name = str(table.index.name or "id")
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": identity,
                "geometry": geometry,
                "properties": {id_name: identity} | dict(zip(columns, values, strict=True)),
            },
            ensure_ascii=False,
            allow_nan=False,
        )
        for identity, geometry, values in zip(ids, geometries, _rows(columns, len(lonlat)), strict=True)
    ]
    head: dict[str, Any] = {"type": "FeatureCollection", "name": name, "metadata": stamp.as_dict()}
    if len(lonlat) and not bool(np.isnan(lonlat.total_bounds).all()):
        head["bbox"] = [_coordinate(value) for value in lonlat.total_bounds]
    opening = json.dumps(head, ensure_ascii=False, allow_nan=False)[:-1]
    return opening + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"


def write_geojson(path: Path, table: gpd.GeoDataFrame, stamp: Stamp) -> Path:
    """Write `geojson` to ``path`` as UTF-8 without byte-order mark, named after the file."""
    return write_bytes(path, geojson(table, stamp, path.stem).encode())


def _coordinate(value: float) -> float:
    return round(float(value), COORDINATE_DECIMALS) + 0.0  # + 0.0: no minus zero


def _geometry(shape: BaseGeometry | None) -> dict[str, Any] | None:
    """GeoJSON object with rounded coordinates and exterior rings counter-clockwise; None for no or empty geometry."""
    if shape is None or shape.is_empty:
        return None
    flat = shapely.force_2d(shape)
    rounded = shapely.transform(flat, lambda xy: np.round(xy, COORDINATE_DECIMALS) + 0.0)
    return dict(json.loads(shapely.to_geojson(shapely.orient_polygons(rounded, exterior_cw=False))))


def _properties(table: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Columns but the active geometry, as lists of JSON values."""
    return {str(name): _values(table[name]) for name in table.columns if name != table.geometry.name}


def _values(column: pd.Series) -> list[Any]:
    if isinstance(column, gpd.GeoSeries):
        return [_geometry(shape) for shape in column]
    present = column.notna()
    return [_value(value) if known else None for value, known in zip(column.tolist(), present, strict=True)]


def _value(value: object) -> object:
    if isinstance(value, date):  # also date-times
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _rows(columns: dict[str, list[Any]], count: int) -> list[tuple[Any, ...]]:
    return list(zip(*columns.values(), strict=True)) if columns else [()] * count
