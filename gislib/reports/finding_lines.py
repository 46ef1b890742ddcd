"""Findings as lines on the map: from the measured start to the measured end."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.tables import WGS84

_ENDS: Final = ("start_lon", "start_lat", "end_lon", "end_lat")


def finding_lines(findings: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Straight line between the measured end points of every finding; for walking methods that is not the path walked.

    Parameters
    ----------
    findings
        Published findings with ``start_lon`` ... ``end_lat`` in WGS 84 degrees, missing where nothing was measured.

    Returns
    -------
    GeoDataFrame
        The other columns unchanged, index ``finding_id`` (school/venue/rule), WGS 84; no geometry where nothing was
        measured; a point where both ends are one.
    """
    ends = findings[list(_ENDS)].to_numpy("float64").reshape(-1, 2, 2)
    shapes = np.full(len(findings), None, dtype=object)
    measured = np.isfinite(ends).all(axis=(1, 2))
    same = measured & (ends[:, 0] == ends[:, 1]).all(axis=1)
    shapes[measured & ~same] = shapely.linestrings(ends[measured & ~same])
    shapes[same] = shapely.points(ends[same, 0])
    ids = findings["school_id"] + "/" + findings["venue_id"] + "/" + findings["rule_id"]
    table = pd.DataFrame(findings.drop(columns=list(_ENDS))).set_index(pd.Index(ids, name="finding_id"))
    return gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84)
