"""
The local metric plane of the fictional county and its way back to longitude and latitude.

Local metres: x east, y north of ``ORIGIN_LON``/``ORIGIN_LAT``, inside the program's own working CRS, so a length drawn
here is the length measured there (transverse Mercator scale at 12 km from the meridian: 1.8e-6).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gislib.geo.crs import metric_crs

ORIGIN_LON: Final = 105.2
ORIGIN_LAT: Final = 25.2
SEED: Final = 20261116
CRS: Final = metric_crs(ORIGIN_LON)
_INTO: Final = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
# Built once: a transformer takes milliseconds to make.
_BACK: Final = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
_EAST, _NORTH = _INTO.transform(ORIGIN_LON, ORIGIN_LAT)

Xy = tuple[float, float]


def xy(place: Iterable[float]) -> Xy:
    """First two coordinates of a place."""
    x, y = list(place)[:2]
    return x, y


def lonlat_of(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude and latitude in degrees, ``(n, 2)``, of local metric coordinates ``(n, 2)``."""
    lon, lat = _BACK.transform(xy[:, 0] + _EAST, xy[:, 1] + _NORTH)
    return np.column_stack([lon, lat])


def geographic(shape: BaseGeometry, decimals: int = 7) -> BaseGeometry:
    """``shape`` of the local plane in WGS 84, rounded (7 decimals: 1 cm; 9: 0.1 mm)."""
    return shapely.transform(shape, lambda xy: np.round(lonlat_of(xy), decimals))


def chance(part: str) -> random.Random:
    """Own random stream of one part of the county: adding draws to one part never moves another."""
    return random.Random(f"{SEED}:{part}")
