"""Where the pages of a long route end: few pages, but none whose map would be too small to read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import Final, NamedTuple

from shapely.geometry.base import BaseGeometry

from gislib.patrol.record import Station

MOST_STATIONS: Final = 14
"""More numbers on one map cannot be found again."""
EASY_M: Final = 1200.0
"""Stations are easily told apart on a map that shows ground of this width."""
WIDE_TO_HIGH: Final = 2.0
"""A map is about so many times as wide as high: ground that reaches far north needs a wide map too."""
PAGES_PER_DOUBLING: Final = 0.4
"""Pages that one accepts to halve the ground shown on one."""
WIDE_M: Final = 2000.0
WIDE_PAGES_PER_DOUBLING: Final = 1.5
"""From this width to twice it the blocks around a station become too small to be told apart, and one accepts more."""
AWAY_TIMES: Final = 1.35
"""A start, rest or return that would widen the map of its page by more than this is only pointed at."""
_M_PER_DEG: Final = 111_320.0

Bounds = tuple[float, float, float, float]


def page_ends(stations: Sequence[Station], heights_mm: Sequence[float], room_mm: float) -> list[int]:
    """
    Positions after the last station of every page.

    The pages cost least together: one each, and more for a wide map, so a page ends before a long way; neither the
    way to its first station nor a start or return far off is on its map.
    """
    count, extents = len(stations), [_extent(station) for station in stations]
    best, before = [0.0] + [math.inf] * count, [0] * (count + 1)
    for first in range(count):
        for end in range(first + 1, _last(first, stations, heights_mm, room_mm) + 1):
            price = best[first] + _price(_width_m(_page(extents[first:end])))
            if price < best[end]:
                best[end], before[end] = price, first
    ends = [count]
    while before[ends[0]] > 0:
        ends.insert(0, before[ends[0]])
    return ends


def _price(width_m: float) -> float:
    """Pages that a page with so wide a map counts for."""
    doublings, wide = (max(0.0, math.log2(max(width_m, 1.0) / most)) for most in (EASY_M, WIDE_M))
    return 1.0 + PAGES_PER_DOUBLING * doublings + (WIDE_PAGES_PER_DOUBLING - PAGES_PER_DOUBLING) * min(wide, 1.0)


def _fits(stations: Sequence[Station], heights_mm: Sequence[float], room_mm: float) -> bool:
    numbered = sum(station.number is not None for station in stations)
    return numbered <= MOST_STATIONS and sum(heights_mm) <= room_mm


def _last(first: int, stations: Sequence[Station], heights_mm: Sequence[float], room_mm: float) -> int:
    """Position after the last station that fits on a page from ``first``; one station always does."""
    end = first + 1
    while end < len(stations) and _fits(stations[first : end + 1], heights_mm[first : end + 1], room_mm):
        end += 1
    return end


def on_map(stations: Sequence[Station]) -> tuple[bool, ...]:
    """By station of a page: whether its map shows it; it does not show a start, rest or return far from the others."""
    return _shown([_extent(station) for station in stations])


def fits_map(before: Station, station: Station) -> bool:
    """Whether the way between two stations on a map is drawn whole: it is no long detour."""
    return _fitted(_extent(before), _extent(station))


def page_bounds(stations: Sequence[Station]) -> Bounds:
    """Extent in degrees of what the map of a page shows whole: west, south, east, north."""
    return _page([_extent(station) for station in stations])


class _Extent(NamedTuple):
    """Extents of a station and of the way to it, and whether it has a number."""

    numbered: bool
    place: Bounds
    way: Bounds


def _extent(station: Station) -> _Extent:
    place = _both(_of(station.spot), _of(station.served))
    return _Extent(station.number is not None, place, _of(station.travel))


def _shown(extents: Sequence[_Extent]) -> tuple[bool, ...]:
    walked = reduce(_both, [own.place for own in extents if own.numbered], _of(None))
    if not any(own.numbered for own in extents):
        return (True,) * len(extents)
    most_m = AWAY_TIMES * max(_width_m(walked), EASY_M)
    return tuple(own.numbered or _width_m(_both(walked, own.place)) <= most_m for own in extents)


def _fitted(before: _Extent, after: _Extent) -> bool:
    return _width_m(after.way) <= AWAY_TIMES * max(_width_m(_both(before.place, after.place)), EASY_M)


def _page(extents: Sequence[_Extent]) -> Bounds:
    shown = [own for own, kept in zip(extents, _shown(extents), strict=True) if kept]
    ways = [after.way for before, after in pairwise(shown) if _fitted(before, after)]
    return reduce(_both, [own.place for own in shown] + ways)


def _of(shape: BaseGeometry | None) -> Bounds:
    """West, south, east, north; nothing at all for no shape."""
    west, south, east, north = (math.inf, math.inf, -math.inf, -math.inf) if shape is None else shape.bounds
    return west, south, east, north


def _both(one: Bounds, other: Bounds) -> Bounds:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _width_m(bounds: Bounds) -> float:
    """Ground in metres, about, that a map must be wide to show an extent in degrees; 0 for no extent."""
    west, south, east, north = bounds
    if west > east:
        return 0.0
    wide = (east - west) * math.cos(math.radians((south + north) / 2))
    return _M_PER_DEG * max(wide, WIDE_TO_HIGH * (north - south))
