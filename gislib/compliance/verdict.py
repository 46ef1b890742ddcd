"""
The verdict on one measured distance against one limit.

With distance d, tolerance t = k * sigma and limit L, all unrounded metres::

    suspected        d + t < L
    clear            d - t > L
    remeasure        between the two
    not_measurable   no distance, and none known to be exceeded
    no_limit         the profile has no number for this pair

A walk that was searched up to ``at least`` metres without arriving has d >= at_least: clear when at_least - t > L,
else remeasure. Where crossing data are missing the walk is only a lower bound on the legal one, and the map is not
good enough to let a venue go: what would be clear is remeasure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gislib.geo.measure import within_limit

SUSPECTED: Final = "suspected"
CLEAR: Final = "clear"
REMEASURE: Final = "remeasure"
NOT_MEASURABLE: Final = "not_measurable"
NO_LIMIT: Final = "no_limit"
VERDICTS: Final = (SUSPECTED, REMEASURE, NOT_MEASURABLE, NO_LIMIT, CLEAR)
"""Every verdict code, the one that asks for most attention first."""

Metres = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Measured:
    """
    Columns of one measurement per row, unrounded metres; NaN = not known.

    Parameters
    ----------
    distance_m, at_least_m
        The distance, or else the distance known to be exceeded.
    tolerance_m
        t = k * sigma; NaN only where nothing was measured.
    lower_bound
        The distance is a lower bound because crossing data are missing.
    """

    distance_m: Metres
    at_least_m: Metres
    tolerance_m: Metres
    lower_bound: Flags


def verdicts(measured: Measured, limit_m: Metres) -> NDArray[np.object_]:
    """Verdict code per row; ``limit_m`` NaN = no limit. See the module text for the cases."""
    distance, tolerance = measured.distance_m, measured.tolerance_m
    known = ~np.isnan(distance)
    # Comparisons with NaN are False: a row without tolerance can be neither suspected nor clear.
    inside = known & (distance + tolerance < limit_m)
    beyond = np.where(known, distance, measured.at_least_m) - tolerance > limit_m
    unmeasured = ~known & np.isnan(measured.at_least_m)
    return np.select(
        [np.isnan(limit_m), unmeasured, inside, beyond & ~measured.lower_bound],
        np.array([NO_LIMIT, NOT_MEASURABLE, SUSPECTED, CLEAR], dtype=object),
        REMEASURE,
    ).astype(object)


def inside_nominal(measured: Measured, limit_m: Metres, comparator: NDArray[np.object_]) -> NDArray[np.object_]:
    """
    Whether each unrounded distance lies inside its limit: True, False, or None where that is not known.

    A distance known to exceed the limit without being known itself is outside (False).
    """
    out = np.full(len(limit_m), None, dtype=object)
    limited = ~np.isnan(limit_m)
    out[limited & np.isnan(measured.distance_m) & (measured.at_least_m > limit_m)] = False
    rows = np.flatnonzero(limited & ~np.isnan(measured.distance_m))
    out[rows] = [
        within_limit(d, c, limit)
        for d, c, limit in zip(
            measured.distance_m[rows].tolist(), comparator[rows], limit_m[rows].tolist(), strict=True
        )
    ]
    return out
