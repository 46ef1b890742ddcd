"""Curves and blobs: what makes a drawn line look like ground."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from demo.plane import Xy

_SAMPLE_M = 26.0


def _fade(x: float) -> float:
    """0 west of -2000 m (the gridded new district stays straight), 1 east of -1700 m."""
    t = min(max((x + 2000) / 300, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def bend(x: float, y: float) -> Xy:
    """Gentle waves that take the ruler out of the hand-drawn county town; identity in the new district."""
    k = _fade(x)
    dx = 70 * math.sin(y / 620 + 0.4) + 24 * math.sin(y / 210)
    dy = 60 * math.sin(x / 700) + 20 * math.sin(x / 240 + 1)
    return x + k * dx, y + k * dy


def bent_line(points: Sequence[Xy]) -> LineString:
    """Polyline through ``points``, sampled every 26 m and bent."""
    out: list[Xy] = []
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        steps = max(1, round(math.hypot(bx - ax, by - ay) / _SAMPLE_M))
        if ax < -2000 and bx < -2000:
            steps = 1
        out += [bend(ax + (bx - ax) * i / steps, ay + (by - ay) * i / steps) for i in range(steps)]
    return LineString([*out, bend(*points[-1])])


def smoothed(points: Sequence[Xy], rounds: int = 3) -> LineString:
    """Corner-cut polyline (Chaikin) with its end points kept."""
    line = list(points)
    for _ in range(rounds):
        cut = [line[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        line = [*cut, line[-1]]
    return LineString(line)


def wandering(start: Xy, end: Xy, sway: float, rng: random.Random) -> LineString:
    """Road over hills: midpoints displaced by up to ``sway`` of the span, halving four times, then smoothed."""
    points = [start, end]
    for level in range(4):
        cut = [points[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            push = rng.uniform(-sway, sway) * (0.8 if level else 1.0)
            cut += [((ax + bx) / 2 - (by - ay) * push, (ay + by) / 2 + (bx - ax) * push), (bx, by)]
        points = cut
    return LineString(smoothed(points, 2).simplify(0.6).coords)


def blob(centre: Xy, radius: float, stretch: float, rng: random.Random) -> Polygon:
    """Draw a rounded irregular pond-like outline of about ``radius`` metres, ``stretch`` times as wide as high."""
    corners = 9
    ring = []
    for i in range(corners):
        r = radius * rng.uniform(0.75, 1.2)
        ring.append(
            (
                centre[0] + r * stretch * math.cos(math.tau * i / corners),
                centre[1] + r * math.sin(math.tau * i / corners),
            )
        )
    for _ in range(3):
        ring = [
            (f * ax + (1 - f) * bx, f * ay + (1 - f) * by)
            for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)
            for f in (0.75, 0.25)
        ]
    return largest(Polygon(ring).simplify(0.5))


def largest(shape: BaseGeometry) -> Polygon:
    """Largest polygon of a shape."""
    found = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return max(found, key=lambda part: part.area)


def polygon_parts(shape: BaseGeometry, above_m2: float) -> list[Polygon]:
    """Polygons of a shape with more than ``above_m2`` square metres."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area > above_m2]


def line_parts(shape: BaseGeometry, above_m: float) -> list[LineString]:
    """Lines of a shape longer than ``above_m`` metres."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, LineString) and part.length > above_m]


def box_angle(shape: BaseGeometry) -> float:
    """Direction in degrees of the first side of the smallest rectangle around a shape."""
    (ax, ay), (bx, by) = shapely.get_coordinates(shape.minimum_rotated_rectangle)[:2]
    return math.degrees(math.atan2(by - ay, bx - ax))


def offset(line: LineString, metres: float) -> LineString:
    """Parallel line, left of the direction if positive, with the same direction."""
    return line_parts(line.offset_curve(metres, join_style="mitre"), 0.0)[0]


def piece(line: LineString, start: float, end: float) -> LineString:
    """Part of ``line`` between two chainages."""
    return LineString(substring(line, max(0.0, start), min(line.length, end)).coords)


def block_box(x: float, y: float, width: float, height: float) -> Polygon:
    """Axis-parallel rectangle from its lower left corner."""
    return Polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
