"""Wished campuses of a town: kind, name, ground, and the place they should be near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry import Point, Polygon

from demo.plane import Xy

WHOLE_BLOCK = 1.75
"""A block up to this many times the wished ground is given to the campus whole (streets eat a third of it)."""


@dataclass(frozen=True)
class Wish:
    """A campus to place: ``area_m2`` of ground about ``at`` (local metres); ``township`` is its code suffix."""

    name: str
    kind: str
    area_m2: float
    at: Xy
    township: str


def inside(block: Polygon, wishes: Sequence[Wish]) -> list[Wish]:
    """Wishes whose place lies in ``block``, largest first."""
    west, south, east, north = block.bounds
    near = [w for w in wishes if west < w.at[0] < east and south < w.at[1] < north]
    return sorted((w for w in near if block.contains(Point(w.at))), key=lambda w: -w.area_m2)


def waits_for_campus(block: Polygon, wishes: Sequence[Wish]) -> bool:
    """Whether ``block`` is small enough to be given to a wish that lies in it."""
    found = inside(block, wishes)
    return bool(found) and block.area <= WHOLE_BLOCK * 1.25 * found[0].area_m2
