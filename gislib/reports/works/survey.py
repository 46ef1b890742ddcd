"""The survey CRS of a plan: one CGCS2000 3-degree Gauss-Krueger zone, and how much it stretches lengths."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib.domain.arrays import Floats
from gislib.geo.crs import gauss_kruger_epsg, transform
from gislib.reports.works.content import Works

COORDINATE_DECIMALS: Final = 3


def survey_coordinates(devices: gpd.GeoDataFrame) -> tuple[Floats, Floats, int]:
    """Easting and northing to the millimetre, and EPSG code of the one zone in which the plan's middle lies."""
    epsg = gauss_kruger_epsg(middle_deg(devices)[0])
    points = transform(devices[["geometry"]], pyproj.CRS.from_epsg(epsg)).geometry
    xy = shapely.get_coordinates(points.to_numpy()).round(COORDINATE_DECIMALS)
    return xy[:, 0], xy[:, 1], epsg


def survey_crs(works: Works) -> pyproj.CRS:
    """CRS of the plan's survey coordinates; of its campuses' zone if it has no devices."""
    if len(works.labels):
        return pyproj.CRS.from_epsg(int(works.labels["gk_epsg"].iloc[0]))
    return pyproj.CRS.from_epsg(gauss_kruger_epsg(middle_deg(works.campuses)[0]))


def central_meridian_deg(crs: pyproj.CRS) -> float:
    """Central meridian of a Gauss-Krueger CRS, degrees."""
    parameters = {} if crs.coordinate_operation is None else {p.name: p.value for p in crs.coordinate_operation.params}
    return float(parameters["Longitude of natural origin"])


def stretch_ppm(crs: pyproj.CRS, table: gpd.GeoDataFrame) -> float:
    """Parts per million by which lengths on the projection exceed those on the ellipsoid, in the middle of a table."""
    lon, lat = middle_deg(table)
    return float((pyproj.Proj(crs).get_factors(lon, lat).meridional_scale - 1.0) * 1e6)


def middle_deg(table: gpd.GeoDataFrame) -> tuple[float, float]:
    """Longitude and latitude of the middle of a WGS 84 table; zero for an empty one, whose zone nobody needs."""
    if table.empty:
        return 0.0, 0.0
    west, south, east, north = np.asarray(table.total_bounds, dtype=float).tolist()
    return (west + east) / 2.0, (south + north) / 2.0
