"""Rentals leave the program as counts per cell, never as places: a home is not a public object."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.geo.crs import central_meridian_deg, require_metric

CELL_M: Final = 100.0
"""Side of a cell: about the size of one block, so that a count does not point to a door."""


def rental_cells(rentals: gpd.GeoDataFrame, cell_m: float = CELL_M) -> gpd.GeoDataFrame:
    """
    Count rentals per square cell of the metric plane.

    Parameters
    ----------
    rentals
        Metric CRS; an area counts where its representative point lies.
    cell_m
        Side of a cell, metres; cells are aligned with the origin of the CRS.

    Returns
    -------
    GeoDataFrame
        Index ``cell_id`` (meridian of the plane, column and row), polygon of the cell, column ``rentals`` (>= 1). No
        other field. Empty for no rentals.

    Raises
    ------
    CrsError
        If the CRS is not metric.
    """
    crs = require_metric(rentals)
    points = rentals.geometry.representative_point()
    cells = pd.DataFrame(
        {"column": np.floor(points.x / cell_m).astype("int64"), "row": np.floor(points.y / cell_m).astype("int64")}
    )
    counts = cells.value_counts(sort=False).sort_index()
    column, row = (counts.index.get_level_values(name).to_numpy() for name in ("column", "row"))
    squares = shapely.box(column * cell_m, row * cell_m, (column + 1) * cell_m, (row + 1) * cell_m)
    meridian = f"{central_meridian_deg(crs):g}"
    ids = [f"rentals:{meridian}:{x}:{y}" for x, y in zip(column, row, strict=True)]
    index = pd.Index(ids, dtype="str", name="cell_id")
    return gpd.GeoDataFrame({"rentals": counts.to_numpy()}, geometry=squares, crs=crs, index=index)
