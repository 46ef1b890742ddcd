"""Venues and rentals around each campus: straight distance from the boundary, else from the nearest gate."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Shapes
from gislib.exposure.distances import Starts


def nearby(
    starts: Starts, school_ids: pd.Index, table: gpd.GeoDataFrame, shapes: Shapes, reach_m: float
) -> pd.DataFrame:
    """
    Hazards of a table within reach of each campus.

    Parameters
    ----------
    starts
        Start geometries of all campuses.
    school_ids
        Their ids, in the same order.
    table
        Venues or rentals in the working CRS.
    shapes
        Geometry to measure to, row by row (doors, outline or point).
    reach_m
        Longest straight distance, method A else B; exactly at it is inside.

    Returns
    -------
    hazards
        ``school_id, hazard_id, distance_m`` and the table's own columns (without geometry), sorted by both ids. A
        campus with neither boundary nor counting gate has none.
    """
    start = np.where(shapely.is_missing(starts.shape["boundary"]), starts.shape["counting"], starts.shape["boundary"])
    usable = np.flatnonzero(~shapely.is_missing(start))
    row, near = shapely.STRtree(list(start[usable])).query(shapes, predicate="dwithin", distance=reach_m)
    school = usable[near]
    facts = pd.DataFrame(table.drop(columns=list(table.columns[table.dtypes == "geometry"]))).iloc[row]
    out: pd.DataFrame = facts.reset_index(drop=True).assign(
        school_id=school_ids.to_numpy(dtype=object)[school],
        hazard_id=table.index.to_numpy(dtype=object)[row],
        distance_m=shapely.distance(start[school], shapes[row]),
    )
    return out.sort_values(["school_id", "hazard_id"], ignore_index=True)
