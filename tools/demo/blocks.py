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

from demo.plane import Xy
from demo.streets import Street

GRID_M: Final = 0.05
"""Noding grid: street ends nearer than this meet."""
_CORNER_CLEAR_M = 24.0
_JOIN_M = 16.0
_TURN_DEG = 32.0
_CELL_M = 40.0


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
        parts = getattr(dry, "geoms", [dry])
        out += [p for p in parts if p.area > 1500 and 4 * math.pi * p.area / p.length**2 > 0.12]
    return out


def _axis(block: Polygon) -> tuple[Xy, float, float]:
    """Unit vector of the long side of the smallest rectangle around ``block``, its length and width."""
    corners = list(block.minimum_rotated_rectangle.exterior.coords)
    (ax, ay), (bx, by), (cx, cy) = corners[:3]
    first, second = math.dist((ax, ay), (bx, by)), math.dist((bx, by), (cx, cy))
    if first >= second:
        return ((bx - ax) / first, (by - ay) / first), first, second
    return ((cx - bx) / second, (cy - by) / second), second, first


def _corners(block: Polygon) -> list[Xy]:
    ring = list(block.exterior.coords)[:-1]
    out = []
    for before, here, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True):
        turn = math.atan2(after[1] - here[1], after[0] - here[0]) - math.atan2(here[1] - before[1], here[0] - before[0])
        if abs(math.degrees((turn + math.pi) % math.tau - math.pi)) > _TURN_DEG:
            out.append(here)
    return out


def cut(block: Polygon, rng: random.Random, junctions: Junctions, kept_free: BaseGeometry) -> LineString | None:
    """A street line that halves ``block`` across its long side, or None when no try stays clear of its corners."""
    (ux, uy), length, _ = _axis(block)
    corners = _corners(block)
    centre = block.minimum_rotated_rectangle.centroid
    for _ in range(7):
        along = rng.uniform(-0.11, 0.11) * length
        turn = math.radians(rng.gauss(0, 2.5))
        nx, ny = -uy * math.cos(turn) - ux * math.sin(turn), ux * math.cos(turn) - uy * math.sin(turn)
        px, py = centre.x + ux * along, centre.y + uy * along
        reach = length + 50
        across = LineString([(px - nx * reach, py - ny * reach), (px + nx * reach, py + ny * reach)]).intersection(
            block
        )
        if across.geom_type != "LineString" or across.length < 20:
            continue
        ends = [junctions.near(end, _JOIN_M) or end for end in (across.coords[0], across.coords[-1])]
        ends = [
            e if block.exterior.distance(Point(e)) < 0.2 else o
            for e, o in zip(ends, (across.coords[0], across.coords[-1]), strict=True)
        ]
        if any(math.dist(end, corner) < _CORNER_CLEAR_M for end in ends for corner in corners):
            continue
        line = LineString(ends)
        if line.length < 20 or line.intersection(block).length < line.length - 1 or line.intersects(kept_free):
            continue
        return line
    return None


def halves(block: Polygon, line: LineString) -> list[Polygon]:
    """The two sides of ``block`` along ``line`` (one element when the line does not part it)."""
    (ax, ay), (bx, by) = line.coords[0], line.coords[-1]
    over = 1.0 / line.length
    longer = LineString(
        [
            (ax - (bx - ax) * over, ay - (by - ay) * over),
            *line.coords[1:-1],
            (bx + (bx - ax) * over, by + (by - ay) * over),
        ]
    )
    return [p for p in split(block, longer).geoms if p.geom_type == "Polygon" and p.area > 300]


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
        centre = block.representative_point().coords[0]
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
        junctions.add(line.coords[0])
        junctions.add(line.coords[-1])
        open_blocks += sides
    return leaves, streets
