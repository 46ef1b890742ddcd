"""Campuses on the ground: outlines inside their blocks, gates on the street side, and what a school return states."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from demo.plane import Xy, chance
from demo.shapes import box_angle, largest, line_parts, polygon_parts
from demo.streets import RANK, Street
from demo.wishes import WHOLE_BLOCK, Wish, inside

KIND_ZH: Final = {
    "kindergarten": "幼儿园", "primary": "小学", "middle": "初中", "nine_year": "九年一贯制", "high": "高中",
    "vocational": "中职", "special": "特殊教育", "not_a_school": "非学校",
}  # fmt: skip
_PUPILS: Final = {
    "kindergarten": (90, 380), "primary": (620, 2300), "middle": (900, 2400), "nine_year": (700, 1900),
    "high": (1900, 3800), "vocational": (1200, 3000), "special": (60, 180), "village": (45, 260),
}  # fmt: skip
GEOCODED: Final = "教学点"
"""Village classes known by address only: a point, no boundary, no gate, position error beyond ranking."""
GEOCODED_M: Final = 90.0
_BOARDING: Final = {"middle": 0.35, "nine_year": 0.3, "high": 0.6, "vocational": 0.75, "special": 0.6}


@dataclass(frozen=True)
class Gate:
    """A gate on the boundary: role as in the table (学生, 车辆, 消防); ``surveyed`` ones are located to 0.5 m."""

    code: str
    name: str
    role: str
    at: Xy
    counts: bool
    surveyed: bool
    hours: str = ""


@dataclass(frozen=True)
class Campus:
    """A campus: outline (None = known as a point only), its point, and the return's columns (None = not stated)."""

    code: str
    name: str
    kind: str
    outline: Polygon | None
    at: Xy
    located_m: float
    pupils: int | None = None
    boarders: int | None = None
    flags: dict[str, str] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()


def plot(block: Polygon, wish: Wish) -> Polygon:
    """Cut the wished ground out of ``block``: all of it, or a corner towards the wish, in the block's direction."""
    if block.area <= WHOLE_BLOCK * wish.area_m2:
        return block
    angle = box_angle(block)
    level = affinity.rotate(block, -angle, origin=(0, 0))
    at = affinity.rotate(Point(wish.at), -angle, origin=(0, 0))
    west, south, east, north = level.bounds
    right, up = at.x > (west + east) / 2, at.y > (south + north) / 2
    side = math.sqrt(wish.area_m2)
    for _ in range(60):
        width, height = min(side * 1.15, east - west), min(side / 1.15, north - south)
        x, y = (east - width if right else west), (north - height if up else south)
        corner = level.intersection(shapely.box(x, y, x + width, y + height))
        if corner.area >= wish.area_m2 * 0.97:
            break
        side *= 1.04
    return affinity.rotate(largest(corner), angle, origin=(0, 0))


def ground(block: Polygon, streets: Sequence[Street], tree: shapely.STRtree, water: BaseGeometry) -> Polygon | None:
    """``block`` without the street width around it and without banks; None when nothing useful is left."""
    near = tree.query(block, predicate="dwithin", distance=16)
    road = shapely.unary_union(
        [streets[i].line.buffer(streets[i].clear_m, cap_style="flat", quad_segs=2) for i in sorted(near)]
    )
    rest = block.difference(road)
    if water.intersects(rest):
        rest = rest.difference(water.buffer(8))
    # Opening drops slivers between lanes.
    rest = rest.buffer(-4, join_style="mitre").buffer(4, join_style="mitre")
    return largest(rest.simplify(0.4)) if polygon_parts(rest, 250) else None


def plots(grounds: Sequence[Polygon], blocks: Sequence[Polygon], wishes: Sequence[Wish]) -> list[tuple[Wish, Polygon]]:
    """Each wish with its outline; several wishes in one block share it, the largest first."""
    out = []
    for rest, block in zip(grounds, blocks, strict=True):
        free = rest
        for wish in inside(block, wishes):
            shape = plot(free, wish)
            left = free.difference(shape.buffer(3))
            out.append((wish, largest(shape.simplify(0.8))))
            if not polygon_parts(left, 500):
                break
            free = largest(left)
    return out


def frontages(outline: Polygon, streets: Sequence[Street], tree: shapely.STRtree) -> list[tuple[Street, LineString]]:
    """Streets along the outline, each with the stretch of boundary that faces it; the best for a gate first."""
    out = []
    for i in sorted(tree.query(outline, predicate="dwithin", distance=20)):
        street = streets[i]
        facing = outline.exterior.intersection(street.line.buffer(street.clear_m + 3.5, cap_style="flat"))
        parts = line_parts(shapely.line_merge(facing), 14)
        if parts and street.road_class not in ("trunk", "steps"):
            out.append((street, max(parts, key=lambda p: p.length)))
    return sorted(out, key=lambda item: (-item[1].length / (1 + RANK[item[0].road_class]), item[0].name))


def gates(code: str, kind: str, fronts: Sequence[tuple[Street, LineString]], rng: random.Random) -> tuple[Gate, ...]:
    """One to three gates on different frontages: main gate, side gate, and at larger schools a vehicle or fire gate."""
    plan = [("正门", "学生", True)]
    if kind != "kindergarten" and rng.random() < 0.7:
        plan.append(("侧门", "学生", True))
    if kind in ("high", "vocational", "middle", "nine_year") and rng.random() < 0.6:
        plan.append(rng.choice([("后勤门", "车辆", False), ("消防通道门", "消防", False)]))
    out = []
    for number, (name, role, counts) in enumerate(plan):
        if not fronts:
            break
        stretch = fronts[number % len(fronts)][1]
        if number and number % len(fronts) == 0:
            spot = stretch.interpolate(rng.uniform(0.12, 0.2), normalized=True)
        else:
            spot = stretch.interpolate(rng.uniform(0.4, 0.62), normalized=True)
        hours = "入校 放学" if name == "侧门" and rng.random() < 0.5 else ""
        out.append(Gate(f"{code}-{number + 1}", name, role, (spot.x, spot.y), counts, rng.random() < 0.45, hours))
    return tuple(out)


def described(code: str, wish: Wish, outline: Polygon, fronts: Sequence[tuple[Street, LineString]]) -> Campus:
    """Campus with pupils, boarders, six-nets facts and gates; some facts and some gates are not stated."""
    rng = chance(f"campus {wish.name}")
    village = wish.area_m2 < 6000 and wish.kind == "primary"
    point = outline.representative_point()
    if wish.kind == "not_a_school":
        return Campus(code, wish.name, wish.kind, outline, (point.x, point.y), 5.0)
    low, high = _PUPILS["village" if village else wish.kind]
    scale = 1.0 if wish.township.startswith("0") or village else 0.6
    pupils = round(rng.uniform(low, high) * scale)
    share = _BOARDING.get(wish.kind, 0.0)
    boarders = round(pupils * share * rng.uniform(0.4, 1.3)) if share else 0
    flags = {
        title: rng.choices(["是", "否", ""], weights)[0]
        for title, weights in (
            ("围墙", (85, 5, 10)),
            ("视频监控", (75, 10, 15)),
            ("护学岗", (50, 30, 20)),
            ("防冲撞设施", (30, 45, 25)),
        )
    }
    if wish.name.endswith(GEOCODED):
        at = (point.x + rng.gauss(0, 45), point.y + rng.gauss(0, 45))
        return Campus(code, wish.name, wish.kind, None, at, GEOCODED_M, pupils)
    found = () if rng.random() < (0.45 if village else 0.07) else gates(code, wish.kind, fronts, rng)
    return Campus(
        code, wish.name, wish.kind, outline, (point.x, point.y), rng.choice([2.0, 5.0, 5.0, 5.0]),
        None if rng.random() < 0.09 else pupils,
        None if rng.random() < 0.12 else min(boarders, pupils),
        flags, found,
    )  # fmt: skip
