"""
The shifted datums of Chinese map services, and back to WGS 84.

``wgs84`` and ``cgcs2000`` agree to less than a metre and are taken as equal. ``gcj02`` (AMap, Tencent) is off by about
500 m in Guizhou, ``bd09`` (Baidu) by about 1,000 m: more than the 200 m rule. The shift is the published reverse
engineering of the GCJ-02 obfuscation (oracle in the tests: PyPI ``prcoords``); it has no closed inverse, so the inverse
iterates to less than a centimetre. Converted coordinates are approximate: the services' own data differ by metres.

Outside the rectangle in which the services shift (`in_shifted_area`), coordinates come back unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gislib.domain.errors import DatumError

Coordinates = NDArray[np.float64]
Pair = tuple[Coordinates, Coordinates]

UNSHIFTED: Final = frozenset({"wgs84", "cgcs2000"})
SHIFTED: Final = frozenset({"gcj02", "bd09"})

# Rectangle in which the services shift, in degrees.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# Krasovsky 1940: semi-major axis in metres and squared eccentricity.
_AXIS_M: Final = 6378245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
# The polynomial part of the shift is centred here (degrees).
_CENTRE_LON, _CENTRE_LAT = 105.0, 35.0
# Waves of the obfuscation: amplitude in units of 20/3 m, period divisor in units of pi per degree.
_SHARED_WAVES: Final = ((2.0, 1 / 6), (2.0, 1 / 2))
_NORTH_WAVES: Final = ((2.0, 1.0), (4.0, 3.0), (16.0, 12.0), (32.0, 30.0))
_EAST_WAVES: Final = ((2.0, 1.0), (4.0, 3.0), (15.0, 12.0), (30.0, 30.0))
_WAVE_UNIT_M: Final = 20.0 / 3.0
# BD-09: wave number per degree, its two amplitudes (degree, radian), and the constant offset in degrees.
_BD_WAVE: Final = np.pi * 3000.0 / 180.0
_BD_RADIUS, _BD_ANGLE = 2e-5, 3e-6
_BD_LON, _BD_LAT = 0.0065, 0.006

_STOP_DEG: Final = 1e-11
"""The inverse stops when no coordinate moves by more (1e-11 degree is a micrometre)."""
_MAX_STEPS: Final = 30
"""The iteration contracts about a hundredfold a step; more steps than this never help."""


def in_shifted_area(lon: Coordinates, lat: Coordinates) -> NDArray[np.bool_]:
    """Whether coordinates in degrees lie in the rectangle where GCJ-02 and BD-09 differ from WGS 84."""
    return np.asarray((lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH))


def _waves(degrees: Coordinates, waves: tuple[tuple[float, float], ...]) -> Coordinates:
    """Sum of sine waves, in metres, along one axis."""
    total = np.zeros_like(degrees)
    for amplitude, divisor in waves:
        total += amplitude * np.sin(degrees * np.pi / divisor)
    return total * _WAVE_UNIT_M


def _gcj02_forward(lon: Coordinates, lat: Coordinates) -> Pair:
    """WGS 84 to GCJ-02 in degrees, without regard to the rectangle."""
    x, y = lon - _CENTRE_LON, lat - _CENTRE_LAT
    shared = _waves(x, _SHARED_WAVES)
    root = np.sqrt(np.abs(x))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared + _waves(y, _NORTH_WAVES)
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared + _waves(x, _EAST_WAVES)
    phi = np.radians(lat)
    curve = 1 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    north_m_per_deg = np.radians(_AXIS_M * (1 - _ECCENTRICITY_2)) / curve**1.5
    east_m_per_deg = np.radians(_AXIS_M) * np.cos(phi) / np.sqrt(curve)
    return lon + east_m / east_m_per_deg, lat + north_m / north_m_per_deg


def _bd09_from_gcj02(lon: Coordinates, lat: Coordinates) -> Pair:
    """GCJ-02 to BD-09 in degrees, without regard to the rectangle."""
    radius = np.hypot(lon, lat) + _BD_RADIUS * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + _BD_ANGLE * np.cos(lon * _BD_WAVE)
    return radius * np.cos(angle) + _BD_LON, radius * np.sin(angle) + _BD_LAT


def _bd09_forward(lon: Coordinates, lat: Coordinates) -> Pair:
    """WGS 84 to BD-09 in degrees, without regard to the rectangle."""
    return _bd09_from_gcj02(*_gcj02_forward(lon, lat))


def _inverse(forward: Callable[[Coordinates, Coordinates], Pair], lon: Coordinates, lat: Coordinates) -> Pair:
    """Find p with forward(p) = q as the fixed point of p - (forward(p) - q); the shift hardly varies: it contracts."""
    found_lon, found_lat = lon.copy(), lat.copy()
    for _ in range(_MAX_STEPS):
        shifted_lon, shifted_lat = forward(found_lon, found_lat)
        step_lon, step_lat = shifted_lon - lon, shifted_lat - lat
        found_lon -= step_lon
        found_lat -= step_lat
        if max(np.abs(step_lon).max(initial=0.0), np.abs(step_lat).max(initial=0.0)) < _STOP_DEG:
            break
    return found_lon, found_lat


_FORWARD: Final = {"gcj02": _gcj02_forward, "bd09": _bd09_forward}


def _shift(datum: str, lon: Coordinates, lat: Coordinates, *, back: bool) -> Pair:
    """Move the coordinates inside the rectangle between ``datum`` and WGS 84; the rest and missing ones stay."""
    if datum not in UNSHIFTED | SHIFTED:
        raise DatumError("datum_unknown", datum=datum, known=", ".join(sorted(UNSHIFTED | SHIFTED)))
    out_lon, out_lat = np.array(lon, dtype="float64"), np.array(lat, dtype="float64")
    if datum in UNSHIFTED:
        return out_lon, out_lat
    here = in_shifted_area(out_lon, out_lat)
    forward = _FORWARD[datum]
    moved = _inverse(forward, out_lon[here], out_lat[here]) if back else forward(out_lon[here], out_lat[here])
    out_lon[here], out_lat[here] = moved
    return out_lon, out_lat


def to_wgs84(datum: str, lon: Coordinates, lat: Coordinates) -> Pair:
    """
    Longitude and latitude of ``datum`` as WGS 84, in degrees.

    Parameters
    ----------
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``.
    lon, lat
        Arrays of equal length in degrees; missing (NaN) stays missing.

    Raises
    ------
    DatumError
        For any other datum.
    """
    return _shift(datum, lon, lat, back=True)


def from_wgs84(datum: str, lon: Coordinates, lat: Coordinates) -> Pair:
    """WGS 84 longitude and latitude as ``datum``, in degrees; arguments and errors as `to_wgs84`."""
    return _shift(datum, lon, lat, back=False)


def _each_vertex(
    shapes: gpd.GeoSeries, move: Callable[[str, Coordinates, Coordinates], Pair], datum: str
) -> gpd.GeoSeries:
    def moved(xy: Coordinates) -> Coordinates:
        return np.column_stack(move(datum, xy[:, 0], xy[:, 1]))

    return gpd.GeoSeries(shapely.transform(shapes.to_numpy(), moved), index=shapes.index, crs=shapes.crs)


def shapes_to_wgs84(datum: str, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Copy of ``shapes`` (longitude, latitude of ``datum``) with every vertex in WGS 84; missing ones stay missing."""
    return _each_vertex(shapes, to_wgs84, datum)


def shapes_from_wgs84(datum: str, shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Copy of ``shapes`` (WGS 84) with every vertex in ``datum``; missing shapes stay missing."""
    return _each_vertex(shapes, from_wgs84, datum)
