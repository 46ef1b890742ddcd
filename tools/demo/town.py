"""The county town: hand-drawn arterials, then blocks and lanes by rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from demo import layout
from demo.blocks import Junctions, Plan, polygons, subdivide
from demo.plane import Xy, chance, xy
from demo.shapes import bend, bent_line, block_box, piece, smoothed
from demo.streets import Street, dual_carriageway
from demo.wishes import Wish, waits_for_campus

_OLD_TOWN_M: Final = 620.0
_OVERPASS_HALF_M: Final = 55.0
_TAIL_M: Final = 150.0
_TOUCH_M: Final = 0.05


def _with_overpass(street: Street, under: LineString) -> list[Street]:
    """``street`` cut into ground, bridge, ground where it crosses ``under``."""
    at = street.line.project(street.line.intersection(under).representative_point())
    a, b = at - _OVERPASS_HALF_M, at + _OVERPASS_HALF_M
    facts = {"bridge": "yes", "layer": "1"}
    cuts = [(0.0, a, {}, False), (a, b, facts, True), (b, street.line.length, {}, False)]
    return [Street(street.road_class, street.name, piece(street.line, s, e), tags, up) for s, e, tags, up in cuts]


def bypass_line() -> LineString:
    """Middle of the bypass, with rounded bends."""
    return bent_line([xy(p) for p in smoothed(layout.BYPASS, 2).coords])


def arterials() -> list[Street]:
    """Bypass, avenue and the named streets of the county town and its new district."""
    bypass = bypass_line()
    duals = dual_carriageway("trunk", "绕城大道", bypass, (True, True))
    duals += dual_carriageway("primary", "澜江大道", bent_line(layout.AVENUE), (True, True))
    drawn = [
        Street(c, name, bent_line(points)) for c, name, points in (*layout.TOWN_STREETS, *layout.NEW_DISTRICT_STREETS)
    ]
    lines = [street.line for street in (*duals, *drawn)]
    out = list(duals)
    for number, street in enumerate(drawn, start=len(duals)):
        others = lines[:number] + lines[number + 1 :]
        trimmed = replace(street, line=_trimmed(street.line, others))
        out += _with_overpass(trimmed, bypass) if street.name == "人民路" else [trimmed]
    return out


def _trimmed(line: LineString, others: Sequence[LineString]) -> LineString:
    """``line`` without short tails beyond its first and last meeting with other streets."""
    at = [
        line.project(Point(p))
        for other in others
        for part in shapely.get_parts(line.intersection(other))
        for p in shapely.get_coordinates(part)
    ]
    ends = [(0.0, line.coords[0]), (line.length, line.coords[-1])]
    at += [chainage for chainage, end in ends if min(other.distance(Point(end)) for other in others) < _TOUCH_M]
    open_ends = [bend(*place) for _, _, place, _ in layout.COUNTRY_ROADS if isinstance(place, tuple)]
    first = min(at) if min(at) < _TAIL_M and line.coords[0] not in open_ends else 0.0
    last = max(at) if line.length - max(at) < _TAIL_M and line.coords[-1] not in open_ends else line.length
    return piece(line, first, last)


def _grain_m2(place: Xy) -> float:
    """Wanted block area by place: old lanes in the middle, coarser outwards, superblocks in the west."""
    x, y = place
    if x < -1620:
        return 21_000.0
    distance = math.hypot(x - 60, (y - 60) * 1.15)
    outwards = min(max((distance - 350) / 1500, 0.0), 1.0)
    return 3_900.0 + 9_800.0 * math.pow(outwards, 1.1)


def _finest(place: Xy) -> str:
    if math.hypot(place[0] - 60, place[1] - 60) < _OLD_TOWN_M:
        return "footway"
    return "residential" if place[0] > -1620 else "service"


def build(wishes: Sequence[Wish], water: BaseGeometry, reserved: BaseGeometry) -> tuple[list[Street], list[Polygon]]:
    """Streets and leaf blocks of the county town; ``reserved`` ground and planted blocks are never cut."""
    streets = arterials()
    junctions = Junctions()
    zone = block_box(*layout.PLANTED_ZONE[:2], layout.PLANTED_ZONE[2] - layout.PLANTED_ZONE[0],
                     layout.PLANTED_ZONE[3] - layout.PLANTED_ZONE[1])  # fmt: skip
    kept_free = shapely.unary_union([reserved.buffer(6), zone.buffer(-2)])
    plan = Plan(_grain_m2, _finest, kept_free, lambda block: waits_for_campus(block, wishes) or not _built_up(block))
    leaves, lanes = subdivide(polygons(streets, water), plan, junctions, chance("town blocks"))
    return streets + lanes, leaves


def _built_up(block: Polygon) -> bool:
    """Whether a block lies where the town has grown to (fields stay whole)."""
    centre: Point = block.representative_point()
    inside_bypass = centre.y > -1400 and centre.x < 1830
    return inside_bypass and centre.x > -3200 and centre.y < 1900
