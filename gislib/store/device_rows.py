"""Devices of a plan as the three things the store keeps: table of the analysis, database row, entry of the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import geopandas as gpd
import pandas as pd
import shapely

from gislib.domain.errors import StoreError
from gislib.domain.tables import DECIDED, TREATMENTS, WGS84, conform
from gislib.geo.crs import to_wgs84

Record: TypeAlias = dict[str, Any]
"""One device: value by column of the device table, None = missing; ``geometry``: WKB, WGS 84, in hexadecimal."""

GEOMETRY: Final = "geometry"
COLUMNS: Final = tuple(DECIDED[TREATMENTS].columns)
_EARTH: Final = (-180.0, -90.0, 180.0, 90.0)


def device_id(plan_serial: int, number: int) -> str:
    """Id of a device on the outside."""
    return f"P{plan_serial}-{number:04d}"


def device_number(plan_serial: int, label: object) -> int | None:
    """Number of the device with this id; None if it is not an id of the plan."""
    prefix, _, digits = str(label).partition("-")
    if prefix != f"P{plan_serial}" or not digits.isdecimal():
        return None
    number = int(digits)
    return number if device_id(plan_serial, number) == label else None


def records(devices: gpd.GeoDataFrame) -> list[Record]:
    """
    Log entries of devices in any CRS, in their order.

    Raises
    ------
    CrsError, TableError
        If the table has no CRS or breaks the schema of devices.
    StoreError
        ``device_off_earth`` if a position is no longitude and latitude.
    """
    table = conform(TREATMENTS, to_wgs84(devices.set_axis(pd.RangeIndex(len(devices)).astype("str"))))
    _refuse_off_earth(table)
    plain = pd.DataFrame(table.drop(columns=GEOMETRY)).astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    points = shapely.to_wkb(table.geometry.to_numpy(), hex=True, output_dimension=2, byte_order=1)
    return [
        {str(name): value for name, value in row.items()} | {GEOMETRY: str(point)}
        for row, point in zip(rows, points, strict=True)
    ]


def records_of(rows: Sequence[Mapping[str, Any] | pd.Series[Any]]) -> list[Record]:
    """Log entries of single devices, WGS 84; columns that a row lacks are missing. Errors as in `records`."""
    data = [{name: row.get(name) for name in (*COLUMNS, GEOMETRY)} for row in rows]
    return records(gpd.GeoDataFrame(data, columns=[*COLUMNS, GEOMETRY], geometry=GEOMETRY, crs=WGS84))


def database_row(record: Mapping[str, Any]) -> Record:
    """Row of the device table for a log entry, without its key."""
    return {name: record[name] for name in COLUMNS} | {GEOMETRY: bytes.fromhex(record[GEOMETRY])}


def log_entry(row: Mapping[Any, Any]) -> Record:
    """Log entry of a row of the device table."""
    return {name: row[name] for name in COLUMNS} | {GEOMETRY: row[GEOMETRY].hex().upper()}


def device_table(plan_serial: int, rows: Sequence[Mapping[Any, Any]]) -> gpd.GeoDataFrame:
    """Devices as the analysis knows them, from rows of the device table."""
    ids = pd.Index([device_id(plan_serial, row["number"]) for row in rows], dtype="str")
    data = pd.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], columns=list(COLUMNS), index=ids)
    points = shapely.from_wkb([row[GEOMETRY] for row in rows])
    return conform(TREATMENTS, gpd.GeoDataFrame(data, geometry=points, crs=WGS84))


def _refuse_off_earth(table: gpd.GeoDataFrame) -> None:
    west, south, east, north = _EARTH
    x, y = table.geometry.x, table.geometry.y
    off = ~(x.between(west, east) & y.between(south, north))
    if off.any():
        raise StoreError("device_off_earth", x=x[off].iloc[0], y=y[off].iloc[0])
