"""The five legal ways to measure a distance between a campus and a venue: one function, the method is data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Method:
    """
    One way to measure.

    Attributes
    ----------
    start
        ``boundary`` (any point of the campus and its gates) or the gates with the flag: ``counting`` or ``student``.
    path
        ``straight``, ``legal`` (walk that obeys the crossing duty) or ``passable`` (shortest walk without barriers).
    """

    code: str
    start: str
    path: str


METHODS: Final = (
    Method("boundary_straight", "boundary", "straight"),
    Method("gate_straight", "counting", "straight"),
    Method("gate_circle", "student", "straight"),
    Method("gate_walk_legal", "counting", "legal"),
    Method("door_walk", "counting", "passable"),
)
