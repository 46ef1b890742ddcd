"""Area codes of places whose source does not give one: the smallest known area that holds them."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


def filled(tables: Mapping[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """
    Copy of the layers with missing area codes filled in from the outlines of layer ``areas``.

    A code that a source states is never changed; a place outside every outline stays without one. Places on a common
    border of equally large areas get the code that sorts first.
    """
    areas = tables["areas"]
    outlines = areas[areas.geometry.notna()]
    if outlines.empty:
        return dict(tables)
    order = np.lexsort((outlines.index.to_numpy(), shapely.area(outlines.geometry.to_numpy())))
    by_size = outlines.iloc[order]
    return {
        layer: _with_codes(table, by_size) if "area_code" in table.columns else table for layer, table in tables.items()
    }


def _with_codes(table: gpd.GeoDataFrame, by_size: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fill one layer; ``by_size``: areas from small to large."""
    open_rows = np.flatnonzero(table["area_code"].isna())
    if not len(open_rows):
        return table
    spots = shapely.point_on_surface(table.geometry.to_numpy()[open_rows])
    row, area = by_size.sindex.query(spots, predicate="intersects")
    smallest = pd.Series(area).groupby(row).min()
    codes = table["area_code"].to_numpy(dtype=object).copy()
    codes[open_rows[smallest.index.to_numpy()]] = by_size.index.to_numpy()[smallest.to_numpy()]
    return table.assign(area_code=pd.Series(codes, index=table.index, dtype="str"))
