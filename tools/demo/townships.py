"""Township towns: a main street that the country road runs into, parallels and crosses, then blocks by rule."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from demo import layout
from demo.blocks import Junctions, Plan, polygons, subdivide
from demo.plane import Xy, chance, xy
from demo.streets import Street
from demo.wishes import Wish, waits_for_campus

# class, name, points; along the main street x, across it y
_SKELETON: Final[tuple[tuple[str, str, tuple[Xy, ...]], ...]] = (
    ("secondary", "{0}大街", ((-800, 0), (800, 0))),
    ("tertiary", "{0}新街", ((-560, 230), (570, 232))),
    ("tertiary", "{0}老街", ((-560, -190), (570, -190))),
    ("residential", "{0}环镇路", ((-450, -420), (-560, -190), (-560, 430), (180, 450), (570, 420), (570, -190))),
    ("tertiary", "{0}中路", ((-170, -420), (-170, 430))),
    ("residential", "河坎街", ((180, -420), (180, 450))),
    ("residential", "粮站路", ((-330, -420), (-330, 230))),
    ("residential", "场坝街", ((-450, -420), (180, -420), (570, -190))),
)

_SIDE_ENDS: Final[tuple[tuple[str, Xy], ...]] = (("n", (180, 450)), ("s", (180, -420)))


@dataclass(frozen=True)
class Township:
    """
    A township town on the ground: its streets and leaf blocks.

    ``ends``: where country roads may join it, the ends of its main street (w, e) and the ring road (n, s).
    """

    name: str
    suffix: str
    seat: Xy
    streets: list[Street]
    blocks: list[Polygon]
    ends: dict[str, Xy]


def placed(seat: Xy, bearing_deg: float, size: float, point: Xy) -> Xy:
    """County position of a point of the skeleton: scaled, waved, turned, moved to the seat."""
    x, y = point[0] * size, point[1] * size
    x, y = x + 22 * math.sin(y / 170 + seat[0]), y + 26 * math.sin(x / 260 + seat[1])
    c, s = math.cos(math.radians(bearing_deg)), math.sin(math.radians(bearing_deg))
    return seat[0] + c * x - s * y, seat[1] + s * x + c * y


def _drawn(points: Sequence[Xy], seat: Xy, bearing_deg: float, size: float) -> LineString:
    out: list[Xy] = []
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        steps = max(1, round(math.dist((ax, ay), (bx, by)) / 28))
        out += [
            placed(seat, bearing_deg, size, (ax + (bx - ax) * i / steps, ay + (by - ay) * i / steps))
            for i in range(steps)
        ]
    return LineString([*out, placed(seat, bearing_deg, size, points[-1])])


def build(wishes: Sequence[Wish], water: BaseGeometry, reserved: BaseGeometry) -> list[Township]:
    """All township towns of the layout."""
    out = []
    for name, _, seat, bearing_deg, size, suffix in layout.TOWNSHIPS:
        short = name[:2]
        drawn = [
            Street(road_class, title.format(short), _drawn(points, seat, bearing_deg, size))
            for road_class, title, points in _SKELETON
        ]
        plan = Plan(lambda _: 5_600.0, lambda _: "residential", reserved, lambda block: waits_for_campus(block, wishes))
        blocks, lanes = subdivide(polygons(drawn, water), plan, Junctions(), chance(f"{name} blocks"))
        main = drawn[0].line.coords
        ends = {"w": xy(main[0]), "e": xy(main[-1])}
        ends |= {side: placed(seat, bearing_deg, size, at) for side, at in _SIDE_ENDS}
        out.append(Township(name, suffix, seat, drawn + lanes, blocks, ends))
    return out
