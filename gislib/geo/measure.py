"""Comparison at a legal limit, and lengths on the ellipsoid for pairs too near a limit to trust the plane."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from gislib.domain.errors import RuleError
from gislib.geo.crs import lonlat

GEODESIC_BAND_M: Final = 1.0
"""Distances this near to a limit are recomputed as geodesics."""

_GEOD = pyproj.Geod(ellps="GRS80")


def within_limit(distance_m: float, comparator: str, limit_m: float) -> bool:
    """
    Whether an unrounded distance lies inside a limit.

    ``"<="``: exactly at the limit is inside. ``"<"``: exactly at the limit is outside.

    Raises
    ------
    RuleError
        For any other comparator.
    """
    if comparator == "<=":
        return distance_m <= limit_m
    if comparator == "<":
        return distance_m < limit_m
    raise RuleError("rule_comparator", comparator=comparator)


def geodesic_length_m(crs: pyproj.CRS, path_xy: NDArray[np.float64]) -> float:
    """Length in metres, on GRS 80, of a polyline given as metric ``(n, 2)`` coordinates in ``crs``."""
    lon, lat = lonlat(crs, path_xy[:, 0], path_xy[:, 1])
    return float(_GEOD.line_length(lon, lat))
