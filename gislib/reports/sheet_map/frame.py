"""The piece of ground that fits a map at a round scale, and the way from metres to paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Floats, Shapes

ROUND: Final = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5)
"""Leading figures of the scales that a planner expects: 1:1000, 1:1250, ..."""
LARGEST_SCALE: Final = 1000.0
"""A single device is not drawn larger than 1:1000, or nobody would know where it is."""
_MM_PER_M: Final = 1000.0


@dataclass(frozen=True)
class Frame:
    """Map of ``width_mm`` by ``height_mm`` around a centre in metres, 1 : ``scale``; paper y grows downwards."""

    centre_x_m: float
    centre_y_m: float
    scale: float
    width_mm: float
    height_mm: float

    @property
    def mm_per_m(self) -> float:
        """Millimetres on paper of one metre."""
        return _MM_PER_M / self.scale


def fit(bounds_m: tuple[float, float, float, float], width_mm: float, height_mm: float, margin_mm: float) -> Frame:
    """Frame at the largest round scale that shows ``bounds_m`` (west, south, east, north) inside a margin."""
    west, south, east, north = bounds_m
    wide, high = width_mm - 2 * margin_mm, height_mm - 2 * margin_mm
    needed = max((east - west) / wide, (north - south) / high) * _MM_PER_M
    return Frame((west + east) / 2, (south + north) / 2, round_scale(needed), width_mm, height_mm)


def round_scale(needed: float) -> float:
    """Smallest round scale number that is at least ``needed`` and `LARGEST_SCALE`."""
    decade = LARGEST_SCALE
    while decade * 10 < needed:
        decade *= 10
    return next((decade * figure for figure in ROUND if decade * figure >= needed), decade * 10)


def extent(frame: Frame, spare_mm: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north of the frame in metres, ``spare_mm`` wider on each side."""
    half_x = (frame.width_mm / 2 + spare_mm) / frame.mm_per_m
    half_y = (frame.height_mm / 2 + spare_mm) / frame.mm_per_m
    x, y = frame.centre_x_m, frame.centre_y_m
    return x - half_x, y - half_y, x + half_x, y + half_y


def points_on_paper(frame: Frame, xy_m: Floats) -> Floats:
    """Millimetres from the top left corner of the frame for rows of metres."""
    moved = (np.asarray(xy_m, dtype=float) - (frame.centre_x_m, frame.centre_y_m)) * (frame.mm_per_m, -frame.mm_per_m)
    return np.asarray(moved + np.array([frame.width_mm / 2, frame.height_mm / 2]))


def on_paper(frame: Frame, shapes: Shapes, spare_mm: float = 2.0) -> Shapes:
    """Shapes in metres as millimetres of the frame, cut to it; those outside become empty."""
    cut = shapely.clip_by_rect(shapely.force_2d(shapes), *extent(frame, spare_mm))
    placed = np.asarray(shapely.transform(cut, lambda xy: points_on_paper(frame, xy)), dtype=object)
    broken = ~shapely.is_valid(placed)  # fast cutting leaves some polygons touching themselves
    placed[broken] = shapely.make_valid(placed[broken], method="structure", keep_collapsed=False)
    return placed
