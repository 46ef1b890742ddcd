"""Coordinates as people write them, and tests of whole columns: swapped, out of range, outside the area."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from gislib.geo.datum import in_shifted_area

Degrees = NDArray[np.float64]

AREA_MARGIN_KM: Final = 50.0
"""A place this far beyond the known campuses and areas cannot matter to any of them."""
MAX_SPREAD_KM: Final = 300.0
"""A place this far from the middle of its own table is in another province."""
_KM_PER_DEG: Final = 111.2
_MAX_LON, _MAX_LAT = 180.0, 90.0
_MINUTES: Final = 60.0

_DECIMAL: Final = re.compile(r"([+-]?[0-9]{1,3}(?:\.[0-9]*)?)°?")
_SEXAGESIMAL: Final = re.compile(
    r"([+-]?[0-9]{1,3})\s*[°度:\s]\s*([0-9]{1,2}(?:\.[0-9]+)?)\s*(?:['′’分:\s]\s*(?:([0-9]{1,2}(?:\.[0-9]+)?)\s*(?:\"|″|”|''|′′|秒)?)?)?"
)
_SIDE: Final = re.compile(r"^(?:东经|北纬|[EeNn])|[EeNn]$")
_OTHER_SIDE: Final = re.compile(r"^(?:西经|南纬|[WwSs])|[WwSs]$")
_JOINT: Final = re.compile(r"[,，;；、|\s]+")


def degrees(text: str) -> float | None:
    """
    Decimal degrees of a cell; None if it is not a coordinate.

    Taken, in any width of signs: ``104.9``, ``104.9°``, ``E104.9``, ``东经104.9``, ``104°54′24.5″E``,
    ``104度54分24.5秒``, ``104 54 24.5``. Not taken: ``106.936593N/A``, two numbers, text.
    """
    # NFKC would turn the double prime into two primes, which the pattern knows.
    plain = unicodedata.normalize("NFKC", text).strip()
    bare, sides = _SIDE.subn("", plain)
    bare, other_sides = _OTHER_SIDE.subn("", bare)
    bare = bare.strip()
    if sides + other_sides > 1:
        return None
    sign = -1.0 if other_sides else 1.0
    decimal = _DECIMAL.fullmatch(bare)
    if decimal:
        return sign * float(decimal.group(1))
    parts = _SEXAGESIMAL.fullmatch(bare)
    if not parts:
        return None
    whole, minutes, seconds = float(parts.group(1)), float(parts.group(2)), float(parts.group(3) or 0)
    if minutes >= _MINUTES or seconds >= _MINUTES:
        return None
    return sign * float(np.copysign(abs(whole) + minutes / _MINUTES + seconds / _MINUTES**2, whole))


def pair(text: str) -> tuple[float, float] | None:
    """First and second coordinate of a joint cell (``104.9,25.1``), in the order written; None if it is not one."""
    parts = _JOINT.split(text.strip().strip("()（）[]"))
    if len(parts) != 2:  # noqa: PLR2004 - a pair
        return None
    first, second = degrees(parts[0]), degrees(parts[1])
    return None if first is None or second is None else (first, second)


@dataclass(frozen=True)
class Box:
    """Rectangle in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
        """Whether each position lies in the box."""
        return np.asarray((lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north))


def area_box(known: Mapping[str, gpd.GeoDataFrame]) -> Box | None:
    """Box of the known campuses and areas with `AREA_MARGIN_KM` around; None while nothing is known."""
    shapes = [known[layer].geometry.dropna() for layer in ("areas", "schools") if layer in known]
    bounds = np.array([part.total_bounds for part in shapes if len(part)])
    if not len(bounds):
        return None
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    up = AREA_MARGIN_KM / _KM_PER_DEG
    side = up / max(float(np.cos(np.radians((south + north) / 2))), 0.01)
    return Box(west - side, south - up, east + side, north + up)


def in_range(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Whether each position can be longitude and latitude at all; the zero point counts as a blank."""
    possible = (np.abs(lon) <= _MAX_LON) & (np.abs(lat) <= _MAX_LAT)
    return np.asarray(possible & ~((lon == 0) & (lat == 0)))


def plausible(lon: Degrees, lat: Degrees, box: Box | None) -> NDArray[np.bool_]:
    """Whether each position lies in the known area, or in China while no area is known."""
    return in_shifted_area(lon, lat) if box is None else box.holds(lon, lat)


def columns_swapped(lon: Degrees, lat: Degrees, box: Box | None) -> bool:
    """Whether most positions are implausible as they stand and plausible with the columns exchanged."""
    if not len(lon):
        return False
    as_is, exchanged = plausible(lon, lat, box), plausible(lat, lon, box)
    return bool((exchanged & ~as_is).mean() > 0.5)  # noqa: PLR2004 - most


def far_from_middle(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Whether each position is more than `MAX_SPREAD_KM` from the median position of the table."""
    if not len(lon):
        return np.zeros(0, dtype=bool)
    middle_lon, middle_lat = np.median(lon), np.median(lat)
    east = (lon - middle_lon) * np.cos(np.radians(middle_lat)) * _KM_PER_DEG
    return np.asarray(np.hypot(east, (lat - middle_lat) * _KM_PER_DEG) > MAX_SPREAD_KM)
