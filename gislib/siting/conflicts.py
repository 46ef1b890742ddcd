"""What the devices of a plan are to each other: too near, two of one kind at one place, or too far for a series."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from gislib.domain.arrays import Flags
from gislib.geo.crs import require_metric
from gislib.rules import RuleSet
from gislib.siting.candidates import MARKED_CLAUSE, NEW_CROSSINGS
from gislib.siting.model import ALIKE_CLAUSE, alike_m, crossing_needs
from gislib.siting.positions import is_marked
from gislib.siting.sites import Situation
from gislib.siting.treatments import catalogue

SPACING_CLAUSE: Final = "siting.calming_spacing_min_m"
SERIES_CLAUSE: Final = "siting.calming_spacing_max_m"
CROSSING_CLAUSE: Final = "siting.crossing_gap_m"
GROUP_CLAUSE: Final = "siting.one_of_a_group"
COUNT_CLAUSE: Final = "siting.max_devices"
CONFLICT_COLUMNS: Final = ("device_a", "device_b", "clause")
SERIES_COLUMNS: Final = ("device_a", "device_b", "gap_m", "clause")


def conflicts(devices: gpd.GeoDataFrame, rules: tuple[RuleSet, date], now: Situation | None = None) -> pd.DataFrame:
    """
    Pairs of devices that may not stand together.

    Parameters
    ----------
    devices
        Device table of a plan (or candidates) in the working CRS; the index names the devices.
    rules
        Rules and the day they are in force.
    now
        Today: a raised crossing where a crossing is marked already is not a new one. None: every one is new.

    Returns
    -------
    DataFrame
        `CONFLICT_COLUMNS`, sorted, RangeIndex: calming devices nearer than the least spacing, new crossings nearer
        than theirs, two of one stretch treatment nearer than the distance at which one does the job, two treatments of
        one group at one place, and what exceeds the most devices of a place (against the first device there). A device
        that needs a marked crossing and stands at none is in conflict with itself. Exactly at a distance two devices
        do not conflict.
    """
    require_metric(devices)
    rs, on = rules
    known = catalogue(rs, on)
    treatment = devices["treatment_id"].to_numpy(dtype=object)
    spaced = np.array([known[str(t)].spaced for t in treatment], bool)
    new = np.isin(treatment.astype(str), NEW_CROSSINGS)
    if now is not None:
        new &= ~is_marked(now, devices["hazard_id"])
    found = [
        *_too_near(devices, spaced, rs.number(SPACING_CLAUSE, on), SPACING_CLAUSE),
        *_too_near(devices, new, rs.number(CROSSING_CLAUSE, on), CROSSING_CLAUSE),
        *(
            pair
            for t in known.values()
            if alike_m(t)
            for pair in _too_near(devices, treatment == t.id, alike_m(t), ALIKE_CLAUSE)
        ),
        *_without_crossing(devices, now, rules),
        *_at_one_place(devices, [known[str(t)].group for t in treatment], int(rs.number(COUNT_CLAUSE, on))),
    ]
    ordered = sorted({(*sorted((a, b)), clause) for a, b, clause in found})
    return pd.DataFrame(ordered, columns=list(CONFLICT_COLUMNS))


def _without_crossing(
    devices: gpd.GeoDataFrame, now: Situation | None, rules: tuple[RuleSet, date]
) -> list[tuple[str, str, str]]:  # fmt: skip
    """Devices that need a marked crossing and stand at none; not asked without knowing what is marked today."""
    if now is None:
        return []
    needs = crossing_needs(devices, now, rules)
    ids = devices.index.astype(str)
    return [(ids[k], ids[k], MARKED_CLAUSE) for k, beside in needs.items() if not beside]


def _too_near(devices: gpd.GeoDataFrame, own: Flags, spacing_m: float, clause: str) -> list[tuple[str, str, str]]:
    """Pairs nearer than a spacing."""
    if own.sum() < 2:  # noqa: PLR2004 - a pair needs two
        return []
    ids = devices.index.to_numpy(dtype=object)[own]
    xy = shapely.get_coordinates(devices.geometry.to_numpy()[own])
    pairs = cKDTree(xy).query_pairs(spacing_m, output_type="ndarray")
    near = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) < spacing_m
    return [(str(ids[a]), str(ids[b]), clause) for a, b in pairs[near].tolist()]


def _at_one_place(devices: gpd.GeoDataFrame, group: list[str], most: int) -> list[tuple[str, str, str]]:
    """Pairs of one group at one site (or zone), and devices beyond the most that a site holds."""
    place = devices["site_id"].where(devices["site_id"].notna(), devices["segment_id"])
    table = pd.DataFrame({"id": devices.index.astype(str), "place": place.to_numpy(dtype=object), "group": group})
    found = []
    for _, own in table[table["group"] != ""].groupby(["place", "group"]):
        found += [(a, b, GROUP_CLAUSE) for a, b in combinations(sorted(own["id"]), 2)]
    for _, own in table[devices["site_id"].notna().to_numpy(bool)].groupby("place"):
        ids = sorted(own["id"])
        found += [(ids[0], extra, COUNT_CLAUSE) for extra in ids[most:]]
    return found


def series_gaps(devices: gpd.GeoDataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """
    Where a series of calming devices leaves a longer stretch than the rules allow.

    A series are the calming devices for one campus on one road. A single device is no series.

    Returns
    -------
    DataFrame
        `SERIES_COLUMNS`, sorted by road and chainage, RangeIndex: neighbours of a series whose gap along the road
        (metres) exceeds ``siting.calming_spacing_max_m``.
    """
    rs, on = rules
    most_m = rs.number(SERIES_CLAUSE, on)
    known = catalogue(rs, on)
    spaced = np.array([known[str(t)].spaced for t in devices["treatment_id"]], bool)
    own = pd.DataFrame(devices.loc[spaced, ["segment_id", "school_id", "chainage_m"]]).assign(
        id=devices.index.astype(str)[spaced]
    )
    found = []
    for _, series in own.sort_values(["chainage_m", "id"]).groupby(["segment_id", "school_id"]):
        rows = list(zip(series["id"], series["chainage_m"], strict=True))
        found += [(a, b, d - c, SERIES_CLAUSE) for (a, c), (b, d) in pairwise(rows) if d - c > most_m]
    return pd.DataFrame(found, columns=list(SERIES_COLUMNS))
