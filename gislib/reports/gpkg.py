"""One GeoPackage with a layer per table, readable by GDAL and by QGIS from 3.22 on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj

from gislib.domain.tables import WGS84
from gislib.geo.crs import transform
from gislib.reports.files import replacing
from gislib.reports.metadata import Stamp

GPKG_VERSION: Final = "1.2"
"""Newer versions make QGIS 3.22 warn that the file is only partly supported."""


def write_gpkg(
    path: Path,
    tables: Mapping[str, pd.DataFrame],
    stamp: Stamp,
    shapes: Mapping[str, str] | None = None,
    crs: pyproj.CRS | str = WGS84,
) -> Path:
    """
    Write every table as one layer of a GeoPackage; returns ``path``.

    Parameters
    ----------
    tables
        Layer name -> table. Any CRS. The index becomes a column if it has a name. A table without geometry becomes an
        attribute layer; a second geometry column is written as WKT text, because a layer holds one geometry.
    stamp
        Goes into the file's metadata table; its date stands for the clock, so that the same input gives the same file.
    shapes
        Layer name -> geometry type to declare, which a layer without rows cannot show; the others show their own.
    crs
        Of all layers.
    """
    with replacing(path) as draft, _dated(stamp):
        for name, table in tables.items():
            pyogrio.write_dataframe(
                _layer(table, crs),
                draft,
                layer=name,
                driver="GPKG",
                geometry_type=(shapes or {}).get(name),
                append=draft.exists(),
                dataset_metadata={"huxuetu": stamp.as_json()},
                dataset_options={"VERSION": GPKG_VERSION},
            )
    return path


@contextmanager
def _dated(stamp: Stamp) -> Iterator[None]:
    """GDAL stamps layers with the clock; within this block with the stamp's date."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{stamp.as_of.isoformat()}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _layer(table: pd.DataFrame, crs: pyproj.CRS | str) -> pd.DataFrame:
    out = transform(table, crs) if isinstance(table, gpd.GeoDataFrame) else table
    if out.index.name is not None:
        out = out.sort_index().reset_index()
    active = out.geometry.name if isinstance(out, gpd.GeoDataFrame) else None
    extra = [name for name in out.columns if out[name].dtype == "geometry" and name != active]
    return out.assign(**{name: gpd.GeoSeries(out[name]).to_wkt(rounding_precision=7) for name in extra})
