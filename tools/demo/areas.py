"""Administrative areas: the county, and its townships as cells around their seats with waved borders."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from demo import layout
from demo.plane import Xy, chance
from demo.shapes import largest, smoothed


@dataclass(frozen=True)
class Area:
    """An area: code, name, level (县 or 乡镇), code of its parent, ground."""

    code: str
    name: str
    level: str
    parent: str
    ground: Polygon


def county() -> Polygon:
    """Ground of the county: a smoothed, lobed ellipse."""
    rng = chance("county outline")
    corners = 26
    ring: list[Xy] = []
    for i in range(corners):
        r = rng.uniform(0.86, 1.1)
        angle = math.tau * i / corners
        ring.append((layout.COUNTY_RADIUS_M[0] * r * math.cos(angle), layout.COUNTY_RADIUS_M[1] * r * math.sin(angle)))
    line = smoothed([*ring, ring[0]], 3)
    return largest(_waved(Polygon(line.coords[:-1])).simplify(6))


def _waved(shape: BaseGeometry) -> BaseGeometry:
    """``shape`` with waves of a few hundred metres; the same place always goes to the same place."""

    def move(places: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = places[:, 0], places[:, 1]
        return np.column_stack(
            [
                x + 260 * np.sin(y / 900 + 1) + 90 * np.sin(y / 310),
                y + 240 * np.sin(x / 1000) + 80 * np.sin(x / 270 + 2),
            ]
        )

    return shapely.transform(shape, move)


def townships(county_ground: Polygon) -> list[Area]:
    """Street offices and townships: cells of the seats; neighbours share their waved border exactly."""
    seats = [(name, seat, suffix) for name, seat, suffix in layout.STREET_OFFICES]
    seats += [(name, seat, suffix) for name, _, seat, _, _, suffix in layout.TOWNSHIPS]
    cells = shapely.voronoi_polygons(MultiPoint([seat for _, seat, _ in seats]), extend_to=county_ground.buffer(4000))
    out = []
    for name, seat, suffix in seats:
        cell = next(c for c in cells.geoms if c.contains(shapely.Point(seat)))
        waved = _waved(shapely.segmentize(cell, 120.0))
        ground = shapely.set_precision(waved.intersection(county_ground), 0.05)
        out.append(Area(layout.COUNTY_CODE + suffix, name, "乡镇", layout.COUNTY_CODE, largest(ground)))
    return sorted(out, key=lambda area: area.code)


def code_at(areas: list[Area], place: Xy) -> str:
    """Code of the township that holds ``place``; the nearest one outside the county."""
    point = shapely.Point(place)
    return min(areas, key=lambda area: area.ground.distance(point)).code
