"""A street as drawn: class, name, centre line; and the widths that keep houses off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from shapely.geometry import LineString

from demo.shapes import offset

# Centre line to building front, metres: half the carriageway plus sidewalk or verge.
SETBACK_M: Final[dict[str, float]] = {
    "trunk": 11.0, "primary": 15.0, "secondary": 12.0, "tertiary": 8.5, "unclassified": 6.0, "residential": 5.5,
    "service": 4.0, "footway": 2.6, "steps": 2.6, "path": 2.0,
}  # fmt: skip
# Kerb to kerb of one way, metres.
WIDTH_M: Final[dict[str, float]] = {
    "trunk": 9.0, "primary": 19.0, "secondary": 15.0, "tertiary": 10.0, "unclassified": 6.0, "residential": 6.5,
    "service": 4.5, "footway": 2.5, "steps": 2.5, "path": 1.5,
}  # fmt: skip
RANK: Final = {name: rank for rank, name in enumerate(SETBACK_M)}
"""Class order, 0 = most important."""
DUAL_GAP_M: Final = 8.0
"""Centre of the median to the centre line of one carriageway of a dual carriageway."""


@dataclass(frozen=True)
class Street:
    """One drawn street; ``elevated`` ones share no node with what they cross; ``tags`` are its certain facts."""

    road_class: str
    name: str
    line: LineString
    tags: dict[str, str] = field(default_factory=dict)
    elevated: bool = False
    setback_m: float = 0.0

    @property
    def clear_m(self) -> float:
        """Distance from the centre line that stays free of houses."""
        return self.setback_m or SETBACK_M[self.road_class]


def dual_carriageway(road_class: str, name: str, line: LineString, joined: tuple[bool, bool]) -> list[Street]:
    """
    Two one-way streets, traffic on the right, beside the centre ``line``.

    ``joined``: whether the start and the end run together into one point (where the road goes on undivided).
    """
    right, left = offset(line, -DUAL_GAP_M), offset(line, DUAL_GAP_M)
    out = []
    for side, against in ((right, False), (left, True)):
        points = list(side.coords)
        points = ([line.coords[0]] if joined[0] else []) + points + ([line.coords[-1]] if joined[1] else [])
        geometry = LineString(points[::-1] if against else points)
        facts = {"oneway": "yes", "width": "8.5", "lanes": "2", "dual_carriageway": "yes"}
        out.append(Street(road_class, name, geometry, facts, setback_m=SETBACK_M[road_class]))
    return out
