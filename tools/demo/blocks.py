"""Street blocks: cut out of the arterials, halved again and again by new streets until they have a town's grain."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, split

from demo.plane import Xy, xy
from demo.shapes import polygon_parts
from demo.streets import Street

GRID_M: Final = 0.05
"""Noding grid: street ends nearer than this meet."""
_CORNER_CLEAR_M = 24.0
_JOIN_M = 16.0
_TURN_DEG = 32.0
_CELL_M = 40.0
_ON_LINE_M = 0.02
_SHORTEST_M = 20.0


@dataclass
class Junctions:
    """Places where streets already meet, to let a new street start opposite an old one."""

    cells: dict[tuple[int, int], list[Xy]] = field(default_factory=dict)

    def add(self, place: Xy) -> None:
        """Remember ``place``."""
        self.cells.setdefault((int(place[0] // _CELL_M), int(place[1] // _CELL_M)), []).append(place)

    def near(self, place: Xy, reach_m: float) -> Xy | None:
        """Nearest remembered place within ``reach_m`` (< cell size), or None."""
        i, j = int(place[0] // _CELL_M), int(place[1] // _CELL_M)
        found = [p for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for p in self.cells.get((a, b), [])]
        best = min(found, key=lambda p: math.dist(p, place), default=None)
        return best if best is not None and math.dist(best, place) <= reach_m else None


@dataclass(frozen=True)
class Plan:
    """How the blocks of one town are cut: wanted area and street class by place, and what no street may cross."""

    area_m2: Callable[[Xy], float]
    finest_class: Callable[[Xy], str]
    kept_free: BaseGeometry
    keep_whole: Callable[[Polygon], bool]


def polygons(streets: Sequence[Street], water: BaseGeometry) -> list[Polygon]:
    """Faces between the streets, without water and without slivers such as medians."""
    noded = shapely.unary_union([s.line for s in streets if not s.elevated], grid_size=GRID_M)
    out = []
    for face in polygonize(noded):
        dry = face.difference(water)
        out += [p for p in polygon_parts(dry, 1500) if 4 * math.pi * p.area / p.length**2 > 0.12]
    return out


def _axis(block: Polygon) -> tuple[Xy, float, float]:
    """Direction (unit vector) and lengths of the long and the short side of the smallest rectangle around ``block``."""
    (ax, ay), (bx, by), (cx, cy) = shapely.get_coordinates(block.minimum_rotated_rectangle)[:3]
    first, second = math.dist((ax, ay), (bx, by)), math.dist((bx, by), (cx, cy))
    if first >= second:
        return ((bx - ax) / first, (by - ay) / first), first, second
    return ((cx - bx) / second, (cy - by) / second), second, first


def _corners(block: Polygon) -> list[Xy]:
    ring = [xy(place) for place in block.exterior.coords[:-1]]
    out = []
    for before, here, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
        turn = math.atan2(after[1] - here[1], after[0] - here[0]) - math.atan2(here[1] - before[1], here[0] - before[0])
        if abs(math.degrees((turn + math.pi) % math.tau - math.pi)) > _TURN_DEG:
            out.append(here)
    return out


def _across(block: Polygon, rng: random.Random) -> tuple[Xy, Xy] | None:
    """Both ends of a line through about the middle of ``block``, across its long side; None if it leaves the block."""
    (ux, uy), length, _ = _axis(block)
    centre = block.minimum_rotated_rectangle.centroid
    along, turn = rng.uniform(-0.11, 0.11) * length, math.radians(rng.gauss(0, 2.5))
    nx, ny = -uy * math.cos(turn) - ux * math.sin(turn), ux * math.cos(turn) - uy * math.sin(turn)
    px, py, reach = centre.x + ux * along, centre.y + uy * along, length + 50
    ray = LineString([(px - nx * reach, py - ny * reach), (px + nx * reach, py + ny * reach)])
    inside = ray.intersection(block)
    if not isinstance(inside, LineString) or inside.length < _SHORTEST_M:
        return None
    return xy(inside.coords[0]), xy(inside.coords[-1])


def cut(block: Polygon, rng: random.Random, junctions: Junctions, kept_free: BaseGeometry) -> LineString | None:
    """Draw a street that halves ``block`` across its long side; None when no try stays clear of its corners."""
    corners = _corners(block)
    for _ in range(7):
        found = _across(block, rng)
        if found is None:
            continue
        ends = []
        for end in found:
            near = junctions.near(end, _JOIN_M)
            on_line = near is not None and block.exterior.distance(Point(near)) < _ON_LINE_M
            ends.append(near if near is not None and on_line else end)
        if any(math.dist(end, corner) < _CORNER_CLEAR_M for end in ends for corner in corners):
            continue
        line = LineString(ends)
        inside = line.intersection(block).length > line.length - 1
        if line.length >= _SHORTEST_M and inside and not line.intersects(kept_free):
            return line
    return None


def halves(block: Polygon, line: LineString) -> list[Polygon]:
    """Part ``block`` along ``line``; one element when the line does not part it."""
    (ax, ay), (bx, by) = line.coords[0], line.coords[-1]
    over = 1.0 / line.length
    longer = LineString(
        [
            (ax - (bx - ax) * over, ay - (by - ay) * over),
            *line.coords[1:-1],
            (bx + (bx - ax) * over, by + (by - ay) * over),
        ]
    )
    return polygon_parts(split(block, longer), 300)


def _street_class(area_m2: float, wanted_m2: float, finest: str) -> str:
    if area_m2 > 9 * wanted_m2 and area_m2 > 60_000:
        return "tertiary"
    return "residential" if area_m2 > 2.6 * wanted_m2 else finest


def subdivide(
    blocks: Sequence[Polygon], plan: Plan, junctions: Junctions, rng: random.Random
) -> tuple[list[Polygon], list[Street]]:
    """Leaves and new streets: blocks are cut until they are as small as ``plan`` wants at their place."""
    open_blocks, leaves, streets = list(blocks), [], []
    while open_blocks:
        block = open_blocks.pop()
        centre = xy(block.representative_point().coords[0])
        wanted = plan.area_m2(centre)
        if block.area <= 1.5 * wanted or plan.keep_whole(block):
            leaves.append(block)
            continue
        line = cut(block, rng, junctions, plan.kept_free)
        sides = halves(block, line) if line is not None else []
        if line is None or len(sides) != 2:
            leaves.append(block)
            continue
        streets.append(Street(_street_class(block.area, wanted, plan.finest_class(centre)), "", line))
        junctions.add(xy(line.coords[0]))
        junctions.add(xy(line.coords[-1]))
        open_blocks += sides
    return leaves, streets
