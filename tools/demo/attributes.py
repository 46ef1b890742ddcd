"""Street facts as an extract holds them: some stated, many not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from demo.network import Edge
from demo.plane import chance
from demo.streets import WIDTH_M

_SPEEDS: Final = {
    "trunk": ("70", "80"), "primary": ("60", "60", "50"), "secondary": ("40", "50", "60"),
    "tertiary": ("30", "40", "50"),
    "unclassified": ("30", "40"), "residential": ("20", "30"), "service": ("15", "10"),
}  # fmt: skip
_LANES: Final = {"trunk": "2", "primary": "4", "secondary": "2", "tertiary": "2"}
# Shares of ways that state the fact, by class (others: 0).
_STATED: Final[dict[str, dict[str, float]]] = {
    "maxspeed": {"trunk": 0.85, "primary": 0.8, "secondary": 0.7, "tertiary": 0.5, "unclassified": 0.2,
                 "residential": 0.3, "service": 0.2},
    "lanes": {"trunk": 0.9, "primary": 0.75, "secondary": 0.55, "tertiary": 0.25},
    "sidewalk": {"primary": 0.6, "secondary": 0.5, "tertiary": 0.35, "residential": 0.08},
    "lit": {"trunk": 0.3, "primary": 0.7, "secondary": 0.55, "tertiary": 0.35, "residential": 0.12, "footway": 0.1},
    "width": {"secondary": 0.12, "tertiary": 0.1, "residential": 0.05},
    "surface": {"trunk": 0.8, "primary": 0.7, "secondary": 0.6, "tertiary": 0.5, "unclassified": 0.4,
                "residential": 0.25, "path": 0.8},
}  # fmt: skip


def _value(fact: str, road_class: str, rng: random.Random) -> str:
    if fact == "maxspeed":
        return rng.choice(_SPEEDS[road_class])
    if fact == "lanes":
        return _LANES[road_class]
    if fact == "sidewalk":
        return rng.choices(["both", "right", "left", "no"], [7, 1, 1, 3])[0]
    if fact == "lit":
        return "yes" if rng.random() < 0.85 else "no"
    if fact == "width":
        return f"{WIDTH_M[road_class]:g}"
    return rng.choices(["asphalt", "concrete", "unpaved"], [6, 4, 1 if road_class in ("unclassified", "path") else 0])[
        0
    ]


def of_way(chain: Sequence[Edge], number: int) -> dict[str, str]:
    """OSM tags of one way."""
    street, rng = chain[0].street, chance(f"way {number}")
    tags = {"highway": street.road_class}
    if street.name:
        tags["name"] = street.name
    for fact, shares in _STATED.items():
        draw = rng.random()
        if draw < shares.get(street.road_class, 0.0):
            tags[fact] = _value(fact, street.road_class, rng)
    if street.road_class == "residential" and rng.random() < 0.05:
        tags["oneway"] = "yes"
    if street.road_class == "trunk":
        tags["ref"] = "G999"
    if chain[0].bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    return tags | street.tags
