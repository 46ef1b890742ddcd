"""The height model and the population grid, in geographic cells like the public ones they stand in for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine, from_origin
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from demo import layout
from demo.county import County
from demo.plane import ORIGIN_LAT, ORIGIN_LON, SEED, geographic, xy

DEM_CELL_DEG: Final = 1 / 3600
POPULATION_CELL_DEG: Final = 3 / 3600
_HALF_LON: Final = 0.130
_HALF_LAT: Final = 0.098
_METRES_PER_DEGREE: Final = 111_320.0
_CONES: Final = 900
_PERSONS_PER_M2: Final = 1 / 42
"""Residents per square metre of floor."""

Grid = NDArray[np.float64]


def _frame(cell_deg: float) -> tuple[Affine, tuple[int, int]]:
    rows, columns = round(2 * _HALF_LAT / cell_deg), round(2 * _HALF_LON / cell_deg)
    return from_origin(ORIGIN_LON - _HALF_LON, ORIGIN_LAT + _HALF_LAT, cell_deg, cell_deg), (rows, columns)


def _burnt(shapes: list[object], transform: Affine, size: tuple[int, int]) -> Grid:
    out: Grid = rasterize(shapes, out_shape=size, transform=transform, all_touched=True, dtype="uint8").astype(
        np.float64
    )
    return out


def _cones(size: tuple[int, int], rng: np.random.Generator) -> Grid:
    """Karst cones: steep-sided hills of 60 to 190 m scattered over the grid."""
    rows, columns = size
    out = np.zeros(size)
    for _ in range(_CONES):
        row, column = rng.uniform(0, rows), rng.uniform(0, columns)
        radius, height = rng.uniform(6, 15), rng.uniform(60, 190)
        reach = int(radius * 2.6)
        r0, r1 = max(0, int(row) - reach), min(rows, int(row) + reach)
        c0, c1 = max(0, int(column) - reach), min(columns, int(column) + reach)
        yy, xx = np.mgrid[r0:r1, c0:c1]
        cone = height * np.exp(-((((yy - row) ** 2 + (xx - column) ** 2) / radius**2) ** 0.8))
        out[r0:r1, c0:c1] = np.maximum(out[r0:r1, c0:c1], cone)
    return out


def _swell(size: tuple[int, int], rng: np.random.Generator, cells: int, height: float) -> Grid:
    """Smooth random ground with features of about ``cells`` cells."""
    coarse = rng.standard_normal((size[0] // cells + 4, size[1] // cells + 4))
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]] / cells
    out: Grid = map_coordinates(coarse, [rows + 1, columns + 1], order=3, mode="nearest") * height
    return out


def heights(county: County) -> tuple[Grid, Affine]:
    """Metres above sea level: rolling basin floor under roads and towns, cones between, water in the hollows."""
    transform, size = _frame(DEM_CELL_DEG)
    rng = np.random.default_rng(SEED)
    roads = _burnt([geographic(e.line) for e in county.network.edges], transform, size)
    river = _burnt([geographic(w.outline) for w in county.waters if w.kind in ("river", "stream")], transform, size)
    cell_m = DEM_CELL_DEG * _METRES_PER_DEGREE
    from_roads = distance_transform_edt(1 - roads) * cell_m
    from_river = distance_transform_edt(1 - river) * cell_m
    wild = gaussian_filter(np.clip((from_roads - 70) / 420, 0, 1), 3)
    floor = 1180 + _swell(size, rng, 190, 42) + 0.012 * np.minimum(from_river, 6000)
    rough = _swell(size, rng, 24, 9) * np.clip(from_river / 900, 0.15, 1)
    hills = _cones(size, rng) * wild * np.clip(from_river / 500, 0.1, 1)
    banks = -7 * np.exp(-from_river / 45)
    return gaussian_filter(floor + rough * (0.35 + 0.65 * wild) + hills + banks, 0.8), transform


def population(county: County) -> tuple[Grid, Affine]:
    """Residents per cell, from the floor area of dwellings."""
    transform, size = _frame(POPULATION_CELL_DEG)
    out = np.zeros(size)
    for house in county.houses:
        if house.kind in ("industrial", "warehouse", "retail", "commercial"):
            continue
        column, row = ~transform * xy(geographic(house.outline.centroid).coords[0])
        levels = house.levels or 2
        out[int(row), int(column)] += house.outline.area * levels * _PERSONS_PER_M2 * 0.55
    return np.round(gaussian_filter(out, 0.7), 1), transform


def write(path: Path, grid: Grid, transform: Affine, description: str) -> None:
    """Deflated GeoTIFF, float32; values are rounded to 1/8 so that they pack."""
    packed = (np.round(grid * 8) / 8).astype(np.float32)
    profile = {
        "driver": "GTiff", "width": grid.shape[1], "height": grid.shape[0], "count": 1, "dtype": "float32",
        "crs": "EPSG:4326", "transform": transform, "compress": "deflate", "predictor": 3, "zlevel": 9,
        "tiled": True, "blockxsize": 256, "blockysize": 256, "nodata": -9999.0,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(packed, 1)
        target.update_tags(TITLE=f"{layout.COUNTY_NAME} {description} 示例数据·虚构")
