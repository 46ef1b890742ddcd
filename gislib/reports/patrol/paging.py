"""Where the pages of a long route end: few pages, but none whose map would be too small to read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from gislib.patrol.record import Station

MOST_STATIONS: Final = 14
"""More numbers on one map cannot be found again."""
EASY_M: Final = 900.0
"""Stations within a square of this side are easily told apart on one map."""
PAGES_PER_DOUBLING: Final = 0.4
"""Pages that one accepts to halve the ground shown on one."""
_M_PER_DEG: Final = 111_320.0

Bounds = tuple[float, float, float, float]


def page_ends(stations: Sequence[Station], heights_mm: Sequence[float], room_mm: float) -> list[int]:
    """
    Positions after the last station of every page.

    What fits on one page stays on it. Otherwise the pages cost least together: one each, and more for a wide map; the
    way to the first station of a page need not be on its map.
    """
    count = len(stations)
    if _fits(stations, heights_mm, room_mm):
        return [count]
    places, ways = [_of_place(station) for station in stations], [_of_way(station) for station in stations]
    best, before = [0.0] + [math.inf] * count, [0] * (count + 1)
    for first in range(count):
        for end, bounds in _pages_from(first, (places, ways), _last(first, stations, heights_mm, room_mm)):
            price = best[first] + 1.0 + PAGES_PER_DOUBLING * max(0.0, math.log2(max(_side_m(bounds), 1.0) / EASY_M))
            if price < best[end]:
                best[end], before[end] = price, first
    ends = [count]
    while before[ends[0]] > 0:
        ends.insert(0, before[ends[0]])
    return ends


def _fits(stations: Sequence[Station], heights_mm: Sequence[float], room_mm: float) -> bool:
    numbered = sum(station.number is not None for station in stations)
    return numbered <= MOST_STATIONS and sum(heights_mm) <= room_mm


def _last(first: int, stations: Sequence[Station], heights_mm: Sequence[float], room_mm: float) -> int:
    """Position after the last station that fits on a page from ``first``; one station always does."""
    end = first + 1
    while end < len(stations) and _fits(stations[first : end + 1], heights_mm[first : end + 1], room_mm):
        end += 1
    return end


def _pages_from(first: int, shapes: tuple[list[Bounds], list[Bounds]], last: int) -> Iterator[tuple[int, Bounds]]:
    """End and extent of every page that begins at ``first``."""
    places, ways = shapes
    bounds = places[first]
    for end in range(first + 1, last + 1):
        if end > first + 1:
            bounds = _both(_both(bounds, places[end - 1]), ways[end - 1])
        yield end, bounds


def _of_place(station: Station) -> Bounds:
    return _both(_of(station.spot), _of(station.served))


def _of_way(station: Station) -> Bounds:
    return _of(station.travel)


def _of(shape: BaseGeometry | None) -> Bounds:
    """West, south, east, north; nothing at all for no shape."""
    west, south, east, north = (math.inf, math.inf, -math.inf, -math.inf) if shape is None else shape.bounds
    return west, south, east, north


def _both(one: Bounds, other: Bounds) -> Bounds:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _side_m(bounds: Bounds) -> float:
    """Longer side of an extent in degrees, about, in metres."""
    west, south, east, north = bounds
    return _M_PER_DEG * max((east - west) * float(np.cos(np.radians((south + north) / 2))), north - south)
