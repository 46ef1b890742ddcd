"""
Areas wider than one plane: campuses parted into bands of one degree, each measured in its own plane.

A band's plane depends on the band alone, never on which campuses lie in it, so a campus added far away moves nothing.
Other tables are cut to the band and a halo around it; a campus and its gates belong to exactly one band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj

from gislib.domain.errors import CrsError
from gislib.geo.crs import MAX_BAND_DEG, metric_crs, transform, working_crs

HALO_M: Final = 20_000.0
"""Ground beyond a band's campuses that is kept with them: many times the longest walk or reach of any rule, so that
even the detour which joins two streets is inside."""
_METRES_PER_DEGREE: Final = 111_320.0
_CAMPUS_LAYERS: Final = ("schools", "gates")


@dataclass(frozen=True)
class Band:
    """Tables in WGS 84 that are measured together, and the plane they are measured in."""

    crs: pyproj.CRS
    tables: Mapping[str, gpd.GeoDataFrame]


def metric_bands(tables: Mapping[str, gpd.GeoDataFrame]) -> list[Band]:
    """
    Part an area into bands, west to east.

    Parameters
    ----------
    tables
        Layers in WGS 84, with ``schools`` and (if any) ``gates`` that name their ``school_id``.

    Returns
    -------
    list of Band
        One band with all rows where the campuses span at most `gislib.geo.crs.MAX_BAND_DEG`; else one per degree of
        longitude with campuses. Rows of other layers appear in every band whose halo they touch.

    Raises
    ------
    CrsError
        ``area_empty`` without a campus.
    """
    schools = tables["schools"]
    if not _is_wide(schools):
        return [Band(working_crs(schools), tables)]
    degree = np.floor(schools.geometry.representative_point().x.to_numpy(float))
    found = []
    for west in np.unique(degree).tolist():
        own = schools[degree == west]
        cut = {name: _near(table, own) for name, table in tables.items() if name not in _CAMPUS_LAYERS}
        cut["schools"] = own
        if "gates" in tables:
            cut["gates"] = tables["gates"][tables["gates"]["school_id"].isin(own.index).to_numpy(bool)]
        found.append(Band(_plane(west), cut))
    return found


def metric_parts(table: gpd.GeoDataFrame, schools: gpd.GeoDataFrame) -> list[gpd.GeoDataFrame]:
    """Rows of a table in WGS 84, each once, moved into the planes of an area: one part per plane, at least one."""
    if not _is_wide(schools):
        return [transform(table, working_crs(schools))]
    if table.empty:
        return [transform(table, _plane(float(np.floor(schools.total_bounds[0]))))]
    degree = np.floor(table.geometry.representative_point().x.to_numpy(float))
    return [transform(table[degree == west], _plane(west)) for west in np.unique(degree).tolist()]


def _is_wide(schools: gpd.GeoDataFrame) -> bool:
    if schools.empty:
        raise CrsError("area_empty")
    west, _, east, _ = schools.total_bounds
    return bool(east - west > MAX_BAND_DEG)


def _plane(west_deg: float) -> pyproj.CRS:
    """Plane of the band that begins at a full degree: its meridian is the band's middle."""
    return metric_crs(west_deg + 0.5)


def _near(table: gpd.GeoDataFrame, campuses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows whose box touches the campuses' box and the halo around it; rows without geometry stay."""
    west, south, east, north = campuses.total_bounds
    halo_lat = HALO_M / _METRES_PER_DEGREE
    halo_lon = halo_lat / np.cos(np.radians(max(abs(south), abs(north))))
    box = table.bounds
    outside = (
        (box["maxx"] < west - halo_lon)
        | (box["minx"] > east + halo_lon)
        | (box["maxy"] < south - halo_lat)
        | (box["miny"] > north + halo_lat)
    )
    near: gpd.GeoDataFrame = table[~outside.to_numpy(bool)]
    return near
