"""Boxes of paper that are taken: rows of left, top, right, bottom in millimetres."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import shapely

from gislib.domain.arrays import Flags, Floats, Shapes

Boxes: TypeAlias = Floats

_GRID = 6
"""Points a side of a box in `covered_area`."""


def no_boxes() -> Boxes:
    """No row."""
    return np.empty((0, 4))


def around(centres: Floats, width_mm: float | Floats, height_mm: float | Floats) -> Boxes:
    """Boxes of a width and height with their middle at the rows of ``centres``."""
    middle = np.atleast_2d(np.asarray(centres, dtype=float))
    half = np.column_stack(np.broadcast_arrays(np.asarray(width_mm) / 2, np.asarray(height_mm) / 2, middle[:, 0])[:2])
    return np.hstack((middle - half, middle + half))


def overlap(boxes: Boxes, taken: Boxes) -> Floats:
    """Area in mm² that each box shares with all taken ones together."""
    if not len(taken):
        return np.zeros(len(boxes))
    low = np.maximum(boxes[:, None, :2], taken[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], taken[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2).sum(axis=1))


def inside(boxes: Boxes, width_mm: float, height_mm: float) -> Flags:
    """Whether each box lies wholly on a sheet of that size."""
    sheet = np.array([width_mm, height_mm])
    return np.asarray((boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= sheet).all(axis=1))


def polygons(boxes: Boxes) -> Shapes:
    """Boxes as polygons."""
    return np.asarray(shapely.box(boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]), dtype=object)


def covered_area(boxes: Boxes, area: shapely.Geometry) -> Floats:
    """Area in mm² that each box shares with a shape, by a grid of points: exact cutting takes 50 ms a mark."""
    shapely.prepare(area)
    steps = (np.arange(_GRID) + 0.5) / _GRID
    size = boxes[:, 2:] - boxes[:, :2]
    x = boxes[:, 0, None, None] + steps[None, :, None] * size[:, 0, None, None]
    y = boxes[:, 1, None, None] + steps[None, None, :] * size[:, 1, None, None]
    share = shapely.intersects_xy(area, *np.broadcast_arrays(x, y)).mean(axis=(1, 2))
    return np.asarray(share * size.prod(axis=1))
