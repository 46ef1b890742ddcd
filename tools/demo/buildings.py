"""Houses: rows inside town blocks, yards along village lanes, teaching blocks on campuses."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from demo.plane import Xy, chance
from demo.shapes import box_angle, largest
from demo.streets import Street


@dataclass(frozen=True)
class House:
    """A building: outline, OSM ``building=`` value, storeys (0 = not stated)."""

    outline: Polygon
    kind: str
    levels: int


@dataclass(frozen=True)
class Fabric:
    """
    How a block is built up.

    House width and depth ranges, gaps between rows and beside a house, share of plots built, storeys, OSM kinds.
    """

    width: tuple[float, float]
    depth: tuple[float, float]
    gap: tuple[float, float]
    beside: tuple[float, float]
    share: float
    levels: tuple[int, int]
    kinds: tuple[str, ...]


OLD: Final = Fabric(
    (8, 19), (8, 13), (1.5, 4), (0.4, 1.8), 0.93, (1, 4), ("residential", "yes", "yes", "house", "retail")
)
STREET: Final = Fabric(
    (12, 30),
    (11, 15),
    (5, 11),
    (0.6, 3),
    0.82,
    (3, 7),
    ("residential", "yes", "apartments", "residential", "commercial"),
)
SLABS: Final = Fabric((32, 58), (12, 15), (17, 26), (6, 13), 0.86, (6, 18), ("apartments", "apartments", "residential"))
YARDS: Final = Fabric((10, 17), (9, 13), (4, 12), (2, 9), 0.66, (1, 3), ("house", "residential", "yes"))
SHEDS: Final = Fabric((34, 80), (20, 38), (10, 16), (6, 14), 0.75, (1, 2), ("industrial", "warehouse", "yes"))


def fabric_at(place: Xy, rng: random.Random) -> Fabric:
    """Usual fabric of the county town at ``place``."""
    x, y = place
    if x < -1620:
        return SLABS if rng.random() < 0.85 else SHEDS
    if x > 1150 and y < -350:
        return rng.choice((SHEDS, STREET))
    distance = math.hypot(x - 60, y - 60)
    if distance < 560:
        return OLD
    if distance < 1250:
        return rng.choices((STREET, SLABS, OLD), (6, 2, 1))[0]
    return rng.choices((STREET, SLABS, YARDS), (3, 3, 3))[0]


def _span(level: Polygon, y: float, depth: float) -> tuple[float, float] | None:
    """West and east end of the ground that a row between ``y`` and ``y + depth`` has."""
    west, _, east, _ = level.bounds
    ends = []
    for height in (y, y + depth):
        cut = level.intersection(LineString([(west - 1, height), (east + 1, height)]))
        part = max(shapely.get_parts(cut), key=lambda g: g.length)
        if part.length < 7:
            return None
        ends.append(part.bounds)
    return max(e[0] for e in ends), min(e[2] for e in ends)


def _candidates(level: Polygon, fabric: Fabric, rng: random.Random) -> Iterator[tuple[Polygon, int]]:
    """Rows of rectangles in a levelled block, some with a corner cut out."""
    _, south, _, north = level.bounds
    y = south + 0.4
    while y < north - fabric.depth[0]:
        depth = min(rng.uniform(*fabric.depth), north - y - 0.2)
        span = _span(level, y, depth)
        if span is None:
            y += 2.0
            continue
        x, east = span[0] + 0.2, span[1] - 0.2
        while east - x > fabric.width[0] * 0.8:
            width = min(rng.uniform(*fabric.width), east - x)
            shape = shapely.box(x, y, x + width, y + depth * rng.uniform(0.85, 1))
            if rng.random() < 0.16 and width > 11:
                corner = shapely.box(x + width * 0.55, y + depth * 0.45, x + width + 1, y + depth + 1)
                shape = largest(shape.difference(corner))
            if rng.random() < fabric.share:
                yield shape, rng.randint(*fabric.levels)
            x += width + rng.uniform(*fabric.beside)
        y += depth + rng.uniform(*fabric.gap)


def _row_angle(block: BaseGeometry) -> float:
    """Direction of the rows in degrees: the block's side nearest to east-west, as houses face south."""
    return (box_angle(block) + 45) % 90 - 45


def filled(block: Polygon, fabric: Fabric, rng: random.Random) -> list[House]:
    """Houses inside one block, in the block's own direction, clear of its edge."""
    angle = _row_angle(block)
    level = affinity.rotate(block, -angle, origin=(0, 0))
    shapely.prepare(level)
    drawn = list(_candidates(level, fabric, rng))
    if not drawn:
        return []
    inside = shapely.contains_properly(level, np.array([shape for shape, _ in drawn]))
    return [
        House(
            affinity.rotate(shape, angle, origin=(0, 0)), rng.choice(fabric.kinds), levels if rng.random() < 0.6 else 0
        )
        for (shape, levels), keep in zip(drawn, inside, strict=True)
        if keep
    ]


def bearing(here: Xy, ahead: Xy) -> float:
    """Direction from ``here`` to ``ahead`` in degrees, counter-clockwise from east."""
    return math.degrees(math.atan2(ahead[1] - here[1], ahead[0] - here[0]))


def along(lane: Street, rng: random.Random) -> list[Polygon]:
    """Yards left and right of a village lane, turned to it."""
    out = []
    at = rng.uniform(9, 16)
    while at < lane.line.length - 4:
        here, ahead = lane.line.interpolate(at), lane.line.interpolate(at + 1)
        angle = math.degrees(math.atan2(ahead.y - here.y, ahead.x - here.x))
        for side in (1, -1):
            if rng.random() < 0.62:
                width, depth = rng.uniform(9, 14), rng.uniform(8.5, 12)
                gap = lane.clear_m + rng.uniform(0.5, 5)
                house = shapely.box(-width / 2, gap, width / 2, gap + depth)
                turned = affinity.rotate(house, angle if side == 1 else angle + 180, origin=(0, 0))
                out.append(affinity.translate(turned, here.x, here.y))
        at += rng.uniform(14, 24)
    return out


def apart(shapes: Sequence[Polygon], taken: BaseGeometry) -> list[Polygon]:
    """Shapes in order, without those that meet ``taken`` or an earlier one."""
    if not shapes:
        return []
    shapely.prepare(taken)
    free = [s for s in shapes if not taken.intersects(s)]
    tree = shapely.STRtree(free)
    kept: list[Polygon] = []
    alive: set[int] = set()
    for number, shape in enumerate(free):
        if not any(int(other) in alive for other in tree.query(shape, predicate="dwithin", distance=1.0)):
            alive.add(number)
            kept.append(shape)
    return kept


def on_campus(outline: Polygon, name: str) -> list[House]:
    """Two to six teaching blocks along one side of the campus; the rest is yard."""
    rng = chance(f"teaching blocks {name}")
    small = outline.area < 5000
    fabric = Fabric(
        (14, 26) if small else (30, 58),
        (10, 12) if small else (12, 15),
        (9, 14) if small else (20, 30),
        (5, 9),
        1.0,
        (2, 5),
        ("civic",),
    )
    ground = outline.buffer(-7)
    if ground.is_empty:
        return []
    houses = filled(largest(ground), fabric, rng)
    wanted = max(1, min(6, round(outline.area / 3800) + 1))
    return houses[:wanted]
