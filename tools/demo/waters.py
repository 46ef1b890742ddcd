"""Rivers, streams, reservoirs and ponds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
import shapely.prepared
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from demo import layout
from demo.plane import Xy, chance
from demo.shapes import bend, blob, largest, smoothed


@dataclass(frozen=True)
class Water:
    """A body of water: OSM ``water=`` kind, its outline, and the flow line of a river or stream."""

    name: str
    kind: str
    outline: Polygon
    flow: LineString | None = None


def _river(name: str, kind: str, points: Sequence[Xy], half_width_m: float) -> Water:
    line = smoothed([bend(*p) for p in points])
    outline = largest(line.buffer(half_width_m, cap_style="flat").simplify(0.8))
    return Water(name, kind, outline, LineString(line.simplify(0.5).coords))


def flowing() -> list[Water]:
    """River, creek and tributary; the smaller ones end at the river's bank."""
    river = _river("澜江", "river", layout.RIVER, layout.RIVER_HALF_WIDTH_M)
    out = [river]
    for name, points in (("白石河", layout.CREEK), ("龙滩河", layout.TRIBUTARY)):
        stream = _river(name, "stream", points, layout.STREAM_HALF_WIDTH_M)
        rest = stream.outline.difference(river.outline)
        out.append(Water(name, "stream", largest(rest), stream.flow))
    return out


def reservoirs(kept_free: BaseGeometry) -> list[Water]:
    """Reservoirs of the layout, cut clear of ``kept_free``."""
    rng = chance("reservoirs")
    out = []
    for name, at, radius, stretch in layout.RESERVOIRS:
        shape = blob(at, radius, stretch, rng).difference(kept_free)
        out.append(Water(name, "reservoir", largest(shape)))
    return out


def ponds(near: Sequence[tuple[str, Xy]], taken: BaseGeometry, count: int) -> list[Water]:
    """Up to ``count`` village and town ponds about the named places, clear of ``taken``."""
    rng = chance("ponds")
    out: list[Water] = []
    tree = shapely.prepared.prep(taken)
    for title, (x, y) in (rng.choice(near) for _ in range(count * 30)):
        at = (x + rng.uniform(-330, 330), y + rng.uniform(-330, 330))
        shape = blob(at, rng.uniform(16, 46), rng.uniform(0.9, 1.6), rng)
        if tree.intersects(shape.buffer(9)) or any(w.outline.distance(Point(at)) < 90 for w in out):
            continue
        out.append(Water(f"{title}塘", "pond", shape))
        if len(out) == count:
            break
    return out


def covered(bodies: Sequence[Water]) -> BaseGeometry:
    """All water as one shape."""
    return shapely.unary_union([w.outline for w in bodies])
