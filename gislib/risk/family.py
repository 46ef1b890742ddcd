"""The hazard families and the columns of the table of terms."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FAMILIES: Final = ("traffic", "water", "venues", "rentals")
"""Order in which families are listed, summed and drawn."""

ALONG_STREETS: Final = ("traffic", "water")
"""Families whose distance is a walk: nothing is known of them on a campus that is joined to no street."""

ALL_DAY: Final = "all"
"""The default slice of the day (全时段). Anchors are stated for it; the others are listed in ``risk.slices``."""

SEGMENT: Final = "segment"
CROSSING: Final = "crossing"
POINT: Final = "point"
"""Parts of a term: a walked road piece, a crossing place, any hazard that is not a road."""

TERM_KEY: Final = ["school_id", "family", "hazard_id", "part"]
TERM_COLUMNS: Final = [
    *TERM_KEY,
    "distance_m",
    "severity",
    "decay",
    "exposure",
    "protection",
    "x",
    # What robustness and confidence need to know about a road: missing or False for other families.
    "road_id",
    "length_m",
    "volume",
    "speed_kmh",
    "default_speed",
    "default_lanes",
]


def family_number(families: pd.Series[str]) -> NDArray[np.int64]:
    """Place of each name in `FAMILIES`; -1 for a name that is none."""
    return pd.Index(FAMILIES).get_indexer(pd.Index(families)).astype(np.int64)
