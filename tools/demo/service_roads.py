"""Dead-end service roads into the inside of large built blocks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import shapely
from shapely.geometry import LineString, Point, Polygon

from demo.plane import chance
from demo.streets import Street

_SMALLEST_M2: Final = 4200.0
_TWO_FROM_M2: Final = 14_000.0
_SHARE: Final = 0.75
_FROM: Final = ("residential", "tertiary", "secondary")


def _drawn(ground: Polygon, near: Sequence[Street], rng: random.Random) -> LineString | None:
    """Straight road from one of the streets to about the middle of ``ground``; None if it does not come out well."""
    inside = ground.centroid
    spot = Point(inside.x + rng.uniform(-25, 25), inside.y + rng.uniform(-25, 25))
    if not near or not ground.contains(spot):
        return None
    along = rng.choice(near).line
    start = along.interpolate(along.project(spot))
    line = LineString([start, spot])
    to_corner = min(start.distance(Point(along.coords[0])), start.distance(Point(along.coords[-1])))
    if not 20 < line.length < 160 or to_corner <= 15:
        return None
    beyond = LineString([line.interpolate(1.0), spot])
    return None if any(street.line.intersects(beyond) for street in near) else line


def build(grounds: Sequence[Polygon], streets: Sequence[Street], tree: shapely.STRtree) -> list[Street]:
    """Service roads of most large blocks, clear of each other; ``tree`` indexes the lines of ``streets``."""
    rng = chance("service roads")
    out: list[Street] = []
    for ground in grounds:
        if ground.area < _SMALLEST_M2 or rng.random() > _SHARE:
            continue
        numbers = sorted(tree.query(ground, predicate="dwithin", distance=18))
        near = [streets[i] for i in numbers if streets[i].road_class in _FROM and not streets[i].elevated]
        for _ in range(2 if ground.area > _TWO_FROM_M2 else 1):
            line = _drawn(ground, near, rng)
            if line is not None and all(line.distance(other.line) > 20 for other in out[-3:]):
                out.append(Street("service", "", line))
    return out
