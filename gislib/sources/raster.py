"""GeoTIFF in: a population grid as origins of pupils, an elevation grid for the slope excess of walks."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84, conform
from gislib.sources.limits import MAX_ROWS, check_file
from gislib.sources.provenance import Loaded, Message, Provenance, no_rejections

if TYPE_CHECKING:
    import rasterio

DEM_SOURCE: Final = "dem"
DEM_FILE: Final = "dem.tif"
"""Source id and file name under which `read_dem`'s file is put into the workspace."""
POPULATION_SOURCE: Final = "population"
SAMPLE_STEP_M: Final = 10.0
"""Elevation is looked up about this often along a path."""
MAX_CELLS: Final = 100_000_000
_CENTRE: Final = 0.5
"""Cell centres lie at half row and column numbers."""


@contextmanager
def _opened(path: Path) -> Iterator[rasterio.DatasetReader]:
    """
    Open a raster that has a CRS, one readable band and a sane size.

    Raises
    ------
    InputError
        ``file_*`` of `limits.check_file`, ``raster_broken``, ``raster_without_crs``, ``raster_too_large``.
    """
    # Loaded when a raster is really read: it adds a second to the start of every program that imports this module.
    import rasterio  # noqa: PLC0415
    from rasterio.errors import NotGeoreferencedWarning, RasterioError  # noqa: PLC0415

    check_file(path)
    try:
        # Only GeoTIFF: virtual formats open further files and addresses named inside.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # told as ``raster_without_crs`` below
            opened = rasterio.open(path, driver="GTiff")
        with opened as raster:
            if raster.crs is None or raster.transform.is_identity:
                raise InputError("raster_without_crs", file=path.name)
            if raster.width * raster.height > MAX_CELLS:
                raise InputError("raster_too_large", file=path.name, cells=raster.width * raster.height, max=MAX_CELLS)
            yield raster
    except RasterioError as problem:
        raise InputError("raster_broken", file=path.name, problem=str(problem)[:200]) from problem


def _applied(transform: rasterio.Affine, points: Floats) -> Floats:
    """Affine map of ``(n, 2)`` points."""
    a, b, c, d, e, f = tuple(transform)[:6]
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([a * x + b * y + c, d * x + e * y + f])


def _provenance(path: Path, source_id: str, rows: tuple[int, int], counts: dict[str, int]) -> Provenance:
    """Provenance of a raster; rasters with a CRS need no datum test."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Provenance(
        source_id=source_id,
        origin=path.name,
        read_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data_date=None,
        licence="",
        datum="wgs84",
        sha256=sha256,
        rows_read=rows[0],
        rows_kept=rows[1],
        covers_area=True,
        counts=counts,
        warnings=(Message("population_capped", {"cells": counts["cells_left_out"]}),)
        if counts.get("cells_left_out")
        else (),
    )


def read_population(path: Path, source_id: str = POPULATION_SOURCE) -> Loaded:
    """
    Centres of the cells with people in them, as layer ``population``.

    Parameters
    ----------
    path
        GeoTIFF of persons per cell in any CRS.
    source_id
        Name of the source.

    Returns
    -------
    Loaded
        Ids ``<source>:r<row>c<column>`` of the grid. Cells without data, without people or with a negative number are
        left out (count ``cells_empty``). Of more than ``MAX_ROWS`` cells the most populous are kept, with a warning.

    Raises
    ------
    InputError
        No raster, no CRS, too large, or no cell with people (``population_empty``).
    """
    with _opened(path) as raster:
        persons = raster.read(1, masked=True).astype("float64").filled(np.nan)
        transform, crs = raster.transform, raster.crs
    row, column = np.nonzero(np.nan_to_num(persons, nan=0.0, posinf=0.0) > 0)
    if not len(row):
        raise InputError("population_empty", file=path.name)
    values = persons[row, column]
    order = np.sort(np.argsort(-values, kind="stable")[:MAX_ROWS])
    row, column, values = row[order], column[order], values[order]
    xy = _applied(transform, np.column_stack([column + _CENTRE, row + _CENTRE]))
    points = gpd.GeoSeries(shapely.points(xy), crs=crs).to_crs(WGS84)
    ids = [f"{source_id}:r{r}c{c}" for r, c in zip(row.tolist(), column.tolist(), strict=True)]
    table = gpd.GeoDataFrame(
        {"persons": values, "source_id": source_id}, geometry=points.to_numpy(), crs=WGS84, index=ids
    )
    populated = int((np.nan_to_num(persons) > 0).sum())
    counts = {"cells_empty": int(persons.size) - populated, "cells_left_out": populated - len(table)}
    return Loaded(
        {"population": conform("population", table)},
        no_rejections(),
        _provenance(path, source_id, (int(persons.size), len(table)), counts),
    )


def read_dem(path: Path) -> Loaded:
    """
    Check an elevation raster; the file itself is kept as the attachment `DEM_FILE` of the source `DEM_SOURCE`.

    Raises
    ------
    InputError
        No raster, no CRS, too large, or no elevation in it (``dem_empty``).
    """
    with _opened(path) as raster:
        cells = int(raster.read(1, masked=True).count())
        size = raster.width * raster.height
    if not cells:
        raise InputError("dem_empty", file=path.name)
    return Loaded({}, no_rejections(), _provenance(path, DEM_SOURCE, (size, cells), {"cells_empty": size - cells}))


def checked_cover(loaded: Loaded, path: Path, schools: gpd.GeoDataFrame) -> Loaded:
    """
    What a raster holds, with a warning where it covers only part of the known campuses.

    Parameters
    ----------
    loaded, path
        What was read from the raster.
    schools
        Campuses in WGS 84; without any nothing can be said.

    Raises
    ------
    InputError
        ``raster_elsewhere`` if it covers none of them.
    """
    if schools.empty:
        return loaded
    with _opened(path) as raster:
        spots = shapely.get_coordinates(shapely.point_on_surface(schools.geometry.to_crs(raster.crs).to_numpy()))
        columns, rows = _applied(~raster.transform, spots).T
        inside = (columns >= 0) & (columns <= raster.width) & (rows >= 0) & (rows <= raster.height)
    covered = int(inside.sum())
    told: dict[str, object] = {"covered": covered, "schools": len(schools)}
    if not covered:
        raise InputError("raster_elsewhere", file=path.name, schools=len(schools))
    if covered == len(schools):
        return loaded
    warned = (*loaded.provenance.warnings, Message("raster_covers_part", {"file": path.name, **told}))
    return replace(loaded, provenance=replace(loaded.provenance, warnings=warned))


def _along(lines: Shapes) -> tuple[Ints, Floats, Floats]:
    """Line number, chainage in metres every `SAMPLE_STEP_M` and at both ends, and position of every sample."""
    length = shapely.length(lines)
    steps = np.maximum(np.rint(length / SAMPLE_STEP_M), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), steps + 1)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    chainage = number * (length / steps)[owner]
    return owner, chainage, shapely.get_coordinates(shapely.line_interpolate_point(lines[owner], chainage))


def elevation_m(dem_path: Path, lon_lat: Floats) -> Floats:
    """
    Elevation at WGS 84 positions, bilinear between the four nearest cell centres.

    Parameters
    ----------
    dem_path
        GeoTIFF of elevations in metres, any CRS.
    lon_lat
        ``(n, 2)`` degrees.

    Returns
    -------
    Floats
        ``(n,)`` metres; NaN outside the raster and where any of the four cells has no data.
    """
    with _opened(dem_path) as raster:
        to_raster = pyproj.Transformer.from_crs(WGS84, raster.crs, always_xy=True)
        x, y = to_raster.transform(lon_lat[:, 0], lon_lat[:, 1])
        columns, rows = _applied(~raster.transform, np.column_stack([x, y])).T
        inside = (columns >= 0) & (columns <= raster.width) & (rows >= 0) & (rows <= raster.height)
        out = np.full(len(lon_lat), np.nan)
        if inside.any():
            out[inside] = _bilinear(raster, rows[inside] - _CENTRE, columns[inside] - _CENTRE)
    return out


def _bilinear(raster: rasterio.DatasetReader, rows: Floats, columns: Floats) -> Floats:
    """
    Interpolate between cell centres (whole numbers here) in the window that holds the positions.

    The outer half cells take their edge cell.
    """
    rows, columns = np.clip(rows, 0, raster.height - 1), np.clip(columns, 0, raster.width - 1)
    top, left = int(rows.min()), int(columns.min())
    from rasterio.windows import Window  # noqa: PLC0415 - see _opened

    window = Window(
        left, top, min(int(columns.max()) + 2, raster.width) - left, min(int(rows.max()) + 2, raster.height) - top
    )
    grid = raster.read(1, window=window, masked=True).astype("float64").filled(np.nan)
    row0, column0 = np.floor(rows).astype("int64") - top, np.floor(columns).astype("int64") - left
    row1, column1 = np.minimum(row0 + 1, grid.shape[0] - 1), np.minimum(column0 + 1, grid.shape[1] - 1)
    down, right = rows - np.floor(rows), columns - np.floor(columns)
    upper = grid[row0, column0] * (1 - right) + grid[row0, column1] * right
    lower = grid[row1, column0] * (1 - right) + grid[row1, column1] * right
    return np.asarray(upper * (1 - down) + lower * down)


def slope_excess_m(dem_path: Path, lines: gpd.GeoSeries | Sequence[BaseGeometry | None], crs: pyproj.CRS) -> Floats:
    """
    How much longer each path is on the slope than on the plane: sum of sqrt(dx² + dz²) − dx over `SAMPLE_STEP_M` steps.

    Parameters
    ----------
    dem_path
        GeoTIFF of elevations in metres.
    lines
        Paths in the metric ``crs``; None or empty = no path.
    crs
        Metric CRS of ``lines``.

    Returns
    -------
    Floats
        Metres per line, >= 0; NaN where the elevation is unknown anywhere along it, or there is no path.
    """
    shapes = np.array(list(lines), dtype=object)
    out = np.full(len(shapes), np.nan)
    known = np.flatnonzero([line is not None and not line.is_empty for line in shapes])
    if not len(known):
        return out
    owner, chainage, xy = _along(shapes[known])
    lon, lat = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform(xy[:, 0], xy[:, 1])
    height = elevation_m(dem_path, np.column_stack([lon, lat]))
    same = owner[1:] == owner[:-1]
    run, rise = np.diff(chainage)[same], np.diff(height)[same]
    out[known] = np.bincount(owner[1:][same], weights=np.hypot(run, rise) - run, minlength=len(known))
    return out
