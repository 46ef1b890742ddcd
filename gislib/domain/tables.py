"""
Schema of every table: columns, dtypes, geometry kinds; the index is the stable id.

A *layer* is a table that comes from sources (``schools``, ``roads``, ...). Stored and exchanged in WGS 84,
analysed in the working metric CRS (``gislib.geo.crs``). A missing value always means *unknown*, never zero or no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyproj

from gislib.domain.errors import TableError

WGS84: Final = "EPSG:4326"

POINT: Final = frozenset({"Point"})
LINE: Final = frozenset({"LineString", "MultiLineString"})
AREA: Final = frozenset({"Polygon", "MultiPolygon"})
ANY: Final = POINT | LINE | AREA


@dataclass(frozen=True)
class Column:
    """One column: ``dtype`` is ``str``, ``float64``, ``boolean`` or ``geometry`` (a second geometry column)."""

    dtype: str
    nullable: bool = True


@dataclass(frozen=True)
class Layer:
    """One table: the name of its id, its columns, and the geometry kinds it may hold."""

    index: str
    columns: dict[str, Column]
    geometry: frozenset[str]
    geometry_required: bool = True


def _text(*, nullable: bool = True) -> Column:
    return Column("str", nullable=nullable)


_NUMBER = Column("float64")
_FLAG = Column("boolean")
# Every located thing says where it came from and how well it is located (1 sigma, metres).
_ORIGIN = {
    "area_code": _text(),
    "source_id": _text(nullable=False),
    "located_to_m": Column("float64", nullable=False),
}
_NAMED = {"name": _text(), "alt_names": _text()}

LAYERS: Final[dict[str, Layer]] = {
    "areas": Layer(
        "area_code",
        {"name": _text(nullable=False), "level": _text(), "parent": _text(), "source_id": _text(nullable=False)},
        AREA,
        geometry_required=False,
    ),
    # kind: kindergarten nursery after_school primary middle nine_year high vocational special school not_a_school
    # (school = a school whose stage is unknown). Protection flags: six-nets facts of the campus, missing = unknown.
    "schools": Layer(
        "school_id",
        {
            **_NAMED,
            "kind": _text(nullable=False),
            "pupils": _NUMBER,
            "boarders": _NUMBER,
            "wall": _FLAG,
            "cameras": _FLAG,
            "guard_post": _FLAG,
            "anti_ram": _FLAG,
            **_ORIGIN,
        },
        AREA | POINT,
    ),
    # role: student vehicle fire; open_slices: space-separated slice ids, missing = open at all times.
    "gates": Layer(
        "gate_id",
        {
            "school_id": _text(nullable=False),
            "name": _text(),
            "role": _text(nullable=False),
            "counts_for_measuring": Column("boolean", nullable=False),
            "open_slices": _text(),
            "inferred": Column("boolean", nullable=False),
            "pupil_share": _NUMBER,
            "source_id": _text(nullable=False),
            "located_to_m": Column("float64", nullable=False),
        },
        POINT,
    ),
    # road_class: OSM highway value verbatim, or "rail"/"wall" lines are devices/barriers, not roads. Vertices at the
    # same coordinates (1e-7 degree) join; crossing lines without a common vertex (bridges) do not.
    # oneway: yes / -1 / no; sidewalk: both left right no separate; footway: OSM footway=* (sidewalk, crossing).
    "roads": Layer(
        "road_id",
        {
            "name": _text(),
            "road_class": _text(nullable=False),
            "maxspeed_kmh": _NUMBER,
            "lanes": _NUMBER,
            "oneway": _text(),
            "sidewalk": _text(),
            "footway": _text(),
            "crossing": _text(),
            "median": _FLAG,
            "lit": _FLAG,
            "bridge": _FLAG,
            "tunnel": _FLAG,
            "bus_route": _FLAG,
            "walkable": _FLAG,
            "width_m": _NUMBER,
            "source_id": _text(nullable=False),
        },
        frozenset({"LineString"}),
    ),
    # kind: crossing signal hump bollard rail wall fence railway lamp speed_camera camera sign bus_stop kit island ...
    # (listed in data/rules/kinds.toml); marked: for crossings, False = unmarked; direction: OSM text if any.
    "devices": Layer(
        "device_id",
        {
            "kind": _text(nullable=False),
            "name": _text(),
            "marked": _FLAG,
            "source_id": _text(nullable=False),
            "located_to_m": Column("float64", nullable=False),
        },
        ANY,
    ),
    "water": Layer(
        "water_id",
        {**_NAMED, "kind": _text(nullable=False), "fenced": _FLAG, "kit": _FLAG, **_ORIGIN},
        ANY,
    ),
    # hours: OSM-like "08:00-24:00" (past midnight allowed); licence: text; doors: MultiPoint of entrances or missing.
    "venues": Layer(
        "venue_id",
        {
            **_NAMED,
            "kind": _text(nullable=False),
            "licence": _text(),
            "hours": _text(),
            "doors": Column("geometry"),
            **_ORIGIN,
        },
        AREA | POINT,
    ),
    # last_visit: ISO date; no names of people, ever.
    "rentals": Layer(
        "rental_id",
        {"kind": _text(nullable=False), "beds": _NUMBER, "last_visit": _text(), **_ORIGIN},
        AREA | POINT,
    ),
    "buildings": Layer(
        "building_id",
        {"kind": _text(), "levels": _NUMBER, "source_id": _text(nullable=False)},
        AREA,
    ),
    # origins of pupils that are not buildings: cells of a population raster
    "population": Layer("cell_id", {"persons": _NUMBER, "source_id": _text(nullable=False)}, POINT),
    # date: ISO date or date-time (local time zone of the workspace)
    "incidents": Layer(
        "incident_id",
        {
            "kind": _text(),
            "severity": _text(),
            "date": _text(),
            "source_id": _text(nullable=False),
            "located_to_m": Column("float64", nullable=False),
        },
        POINT,
    ),
    # Where patrols start; kind: police_station gatehouse post other. Never a telephone number, never a person.
    "depots": Layer("depot_id", {"name": _text(), "kind": _text(nullable=False), **_ORIGIN}, AREA | POINT),
}

TREATMENTS: Final = "treatments"

# Tables that no source fills: devices of a plan. side (both, left, right) is seen along traffic that comes with
# approach_bearing_deg (degrees clockwise from north); chainage_m from the road's first vertex, missing off the streets;
# clauses, refused_by, verify_on_site: rule ids parted by spaces ("" = none); origin: optimised or manual;
# school_id: the campus it is for; hazard_id: the crossing place it is on; candidate_id: the place it was proposed at.
DECIDED: Final[dict[str, Layer]] = {
    TREATMENTS: Layer(
        "device_id",
        {
            "treatment_id": _text(nullable=False),
            "kind": _text(nullable=False),
            "candidate_id": _text(),
            "site_id": _text(),
            "segment_id": _text(),
            "chainage_m": _NUMBER,
            "side": _text(nullable=False),
            "approach_bearing_deg": _NUMBER,
            "school_id": _text(),
            "hazard_id": _text(),
            "quantity": Column("float64", nullable=False),
            "unit": _text(nullable=False),
            "cost_yuan": Column("float64", nullable=False),
            "cost_low_yuan": Column("float64", nullable=False),
            "cost_high_yuan": Column("float64", nullable=False),
            "clauses": _text(nullable=False),
            "refused_by": _text(nullable=False),
            "verify_on_site": _text(nullable=False),
            "origin": _text(nullable=False),
            "note": _text(),
        },
        POINT,
    ),
}


def empty_table(layer: str, crs: str | pyproj.CRS = WGS84) -> gpd.GeoDataFrame:
    """Table of ``layer`` with all columns and no rows, in ``crs``."""
    return conform(layer, gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=crs))


def conform(layer: str, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Copy of ``table`` with exactly the schema's columns, in its order, cast to its dtypes; absent ones are missing.

    Raises
    ------
    TableError
        If a value cannot be cast, or the result breaks the schema (see `check_table`).
    """
    schema = (LAYERS | DECIDED)[layer]
    data: dict[str, object] = {}
    # One text index for all columns: pandas would line values up by label and lose those of a number index.
    index = table.index.astype("str")
    for name, column in schema.columns.items():
        values = table[name].to_numpy(dtype=object) if name in table.columns else np.full(len(table), None, object)
        try:
            data[name] = (
                gpd.GeoSeries(values, index=index, crs=table.crs)
                if column.dtype == "geometry"
                else pd.Series(values, index=index, dtype=column.dtype)
            )
        except (TypeError, ValueError) as problem:
            raise TableError("table_cast", layer=layer, column=name, problem=str(problem)) from problem
    out = gpd.GeoDataFrame(data, geometry=table.geometry.to_numpy(), crs=table.crs, index=index)
    out.index.name = schema.index
    # Columns and dtypes are right by construction; checking them again would take most of the time of a small edit.
    _check_rows(layer, out)
    return out


def check_table(layer: str, table: gpd.GeoDataFrame) -> None:
    """
    Refuse a table that breaks the schema of ``layer``.

    Raises
    ------
    TableError
        Duplicate ids, a missing column or value, a wrong dtype, a foreign geometry kind, no CRS.
    """
    schema = (LAYERS | DECIDED)[layer]
    plain = {n: pa.Column(c.dtype, nullable=c.nullable) for n, c in schema.columns.items() if c.dtype != "geometry"}
    try:
        pa.DataFrameSchema(plain).validate(pd.DataFrame(table.drop(columns=table.geometry.name)), lazy=False)
    except pa.errors.SchemaError as problem:
        raise TableError("table_schema", layer=layer, problem=str(problem)[:200]) from problem
    _check_rows(layer, table)


def _check_rows(layer: str, table: gpd.GeoDataFrame) -> None:
    """Refuse what a table can break although its columns are there and typed."""
    schema = (LAYERS | DECIDED)[layer]
    if table.crs is None:
        raise TableError("table_without_crs", layer=layer)
    if not table.index.is_unique:
        twin = table.index[table.index.duplicated()][0]
        raise TableError("table_duplicate_id", layer=layer, id=twin)
    for name, column in schema.columns.items():
        if not column.nullable and bool(table[name].isna().any()):
            raise TableError("table_schema", layer=layer, problem=f"{name}: missing value")
    shapes = table.geometry
    if schema.geometry_required and bool((shapes.isna() | shapes.is_empty).any()):
        raise TableError("table_without_geometry", layer=layer)
    foreign = set(table.loc[shapes.notna()].geom_type.tolist()) - schema.geometry
    if foreign:
        raise TableError("table_geometry_kind", layer=layer, kinds=", ".join(sorted(foreign)))
