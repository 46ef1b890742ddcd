"""
The working metric CRS and the transforms into and out of it.

Measured in a transverse Mercator on GRS 80 with scale 1 on the central meridian, which is the area's centre rounded
to 0.1 degree. Areas wider than ``MAX_BAND_DEG`` must be measured campus by campus, each in its own band.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray

from gislib.domain.errors import CrsError
from gislib.domain.tables import WGS84

MAX_BAND_DEG: Final = 2.0
KEPT_TRANSFORMERS: Final = 8
"""Making one takes 14 ms, as long as transforming 100,000 points."""
# Gauss-Krueger 3-degree zones of CGCS2000 without zone prefix: EPSG:4534 is 75E, then one code per 3 degrees.
_GK_FIRST_ZONE, _GK_FIRST_EPSG, _GK_LAST_ZONE = 25, 4534, 45


def metric_crs(longitude_deg: float) -> pyproj.CRS:
    """Transverse Mercator, GRS 80, k = 1, central meridian = ``longitude_deg`` rounded to 0.1 degree, metres."""
    meridian = round(longitude_deg, 1)
    return pyproj.CRS.from_proj4(
        f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    )


def working_crs(schools_wgs84: gpd.GeoDataFrame) -> pyproj.CRS:
    """
    Metric CRS of an area, from the extent of its campuses (never of roads, which leave the box).

    Raises
    ------
    CrsError
        ``area_too_wide`` if the campuses span more than ``MAX_BAND_DEG`` of longitude; ``area_empty`` without any.
    """
    if schools_wgs84.empty:
        raise CrsError("area_empty")
    west, _, east, _ = schools_wgs84.total_bounds
    if east - west > MAX_BAND_DEG:
        raise CrsError("area_too_wide", west=f"{west:.2f}", east=f"{east:.2f}", max_deg=MAX_BAND_DEG)
    return metric_crs((west + east) / 2)


def central_meridian_deg(crs: pyproj.CRS) -> float:
    """
    Longitude of the line without distortion.

    Raises
    ------
    CrsError
        ``crs_not_metric`` if the CRS has none.
    """
    operation = crs.coordinate_operation
    for parameter in operation.params if operation is not None else ():
        if parameter.name == "Longitude of natural origin":
            return float(parameter.value)
    raise CrsError("crs_not_metric", crs=crs.name)


def exact_crs(name: str) -> pyproj.CRS:
    """
    CRS of an authority's code, such as ``EPSG:4544``.

    Raises
    ------
    CrsError
        ``crs_unknown``.
    """
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError as problem:
        raise CrsError("crs_unknown", crs=name) from problem


def gauss_kruger_epsg(longitude_deg: float) -> int:
    """EPSG code of the CGCS2000 3-degree Gauss-Krueger CRS (no zone prefix) for a longitude; zones clamped to 25-45."""
    zone = min(max(round(longitude_deg / 3), _GK_FIRST_ZONE), _GK_LAST_ZONE)
    return _GK_FIRST_EPSG + zone - _GK_FIRST_ZONE


def require_metric(table: gpd.GeoDataFrame) -> pyproj.CRS:
    """Return the CRS of ``table``; raise ``CrsError`` unless it is projected, in metres, and not Web Mercator."""
    crs = table.crs
    if crs is None:
        raise CrsError("crs_missing")
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre" or "Pseudo-Mercator" in crs.name:
        raise CrsError("crs_not_metric", crs=crs.name)
    return crs


def require_same_crs(*tables: gpd.GeoDataFrame) -> pyproj.CRS:
    """Return the common metric CRS of all tables; raise ``CrsError`` if one differs."""
    first = require_metric(tables[0])
    for table in tables[1:]:
        if table.crs != first:
            raise CrsError("crs_differ", first=first.name, second="none" if table.crs is None else table.crs.name)
    return first


def transform(table: gpd.GeoDataFrame, crs: pyproj.CRS | str) -> gpd.GeoDataFrame:
    """Copy of ``table`` with every geometry column in ``crs`` (geopandas' ``to_crs`` moves the active one only)."""
    if table.crs is None:
        raise CrsError("crs_missing")
    active = table.geometry.name
    out = table.to_crs(crs)
    for name in table.columns[table.dtypes == "geometry"]:
        if name != active:
            out[name] = gpd.GeoSeries(table[name], crs=table.crs).to_crs(crs)
    return out


def to_wgs84(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Copy of ``table`` in WGS 84 longitude, latitude (RFC 7946 order)."""
    return transform(table, WGS84)


def lonlat(
    crs: pyproj.CRS, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """WGS 84 longitude and latitude, in degrees, of metric coordinates in ``crs``."""
    lon, lat = _into_wgs84(crs).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


@lru_cache(maxsize=KEPT_TRANSFORMERS)
def _into_wgs84(crs: pyproj.CRS) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
