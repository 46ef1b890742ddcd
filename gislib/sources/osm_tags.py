"""Readings of single OSM tags: numbers, flags and names. Unknown or unreadable values are missing, never a default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

Tags = Mapping[str, str]

MILE_KM: Final = 1.609344
KNOT_KMH: Final = 1.852
FOOT_M: Final = 0.3048
INCH_M: Final = 0.0254

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_SPEED: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?")
_SPEED_UNITS: Final = {"mph": MILE_KM, "knots": KNOT_KMH}
_METRES: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|metres?|meters?|米)?")
_FEET: Final = re.compile(r"(\d+)'(?:\s*(\d+)\")?")
_NO: Final = frozenset({"no", "none", "false", "0", "disused", "abandoned"})
_SHUT: Final = frozenset({"no", "private", "use_sidepath"})
_OPEN: Final = frozenset({"yes", "designated", "permissive", "official"})


def maxspeed_kmh(value: str | None, zones_kmh: Mapping[str, float]) -> float | None:
    """
    Speed limit in km/h.

    Parameters
    ----------
    value
        ``50``, ``30 mph``, ``20 knots``, ``walk``, ``CN:urban``; the lowest of several (``50;30``). ``none``,
        ``signals`` and unreadable texts are missing.
    zones_kmh
        Limit of each word and traffic zone that stands for a number (rules ``network.maxspeed_zone_kmh``).
    """
    if value is None:
        return None
    limits = [_one_speed_kmh(part.strip(), zones_kmh) for part in re.split(r"[;|]", value)]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def _one_speed_kmh(text: str, zones_kmh: Mapping[str, float]) -> float | None:
    match = _SPEED.fullmatch(text)
    if match is None:
        return zones_kmh.get(text)
    speed = float(match[1]) * _SPEED_UNITS.get(match[2] or "", 1.0)
    return speed if speed > 0 else None


def lanes(value: str | None) -> float | None:
    """Whole number of lanes; ``1.5`` and lists such as ``2;3`` are unreadable, hence missing."""
    return float(value) if value is not None and value.isascii() and value.isdigit() and int(value) > 0 else None


def width_m(value: str | None) -> float | None:
    """Width in metres from ``7.5``, ``7.5 m``, ``7,5`` or feet and inches ``24'6"``."""
    if value is None:
        return None
    feet = _FEET.fullmatch(value.strip())
    if feet:
        return int(feet[1]) * FOOT_M + int(feet[2] or 0) * INCH_M
    metres = _METRES.fullmatch(value.strip())
    return float(metres[1].replace(",", ".")) if metres else None


def levels(value: str | None) -> float | None:
    """Return the number of storeys; the highest of a list (``3;5``)."""
    found = [float(number.replace(",", ".")) for number in _NUMBER.findall(value or "")]
    return max(found) if found else None


def flag(value: str | None) -> bool | None:
    """Tag that says yes or no: missing stays missing, ``no`` and its kin are False, any other value is True."""
    return None if value is None else value not in _NO


def present(value: str | None) -> bool:
    """Tag that is only ever written when it holds (``bridge``, ``tunnel``): absent means no."""
    return value is not None and value not in _NO


def oneway(tags: Tags) -> str:
    """``yes``, ``-1`` or ``no``; without the tag two-way by OSM's convention, save motorways and roundabouts."""
    value = tags.get("oneway")
    if value in {"yes", "true", "1"}:
        return "yes"
    if value in {"-1", "reverse"}:
        return "-1"
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return "yes" if value is None and implied else "no"


_SIDEWALKS: Final = {"yes": "both", "none": "no"}


def sidewalk(tags: Tags) -> str | None:
    """``both``, ``left``, ``right``, ``no`` or ``separate``; missing when not mapped."""
    value = tags.get("sidewalk")
    if value is not None:
        return _SIDEWALKS.get(value, value)
    if not any(key.startswith("sidewalk:") for key in tags):
        return None
    sides = {side: tags.get(f"sidewalk:{side}", tags.get("sidewalk:both")) for side in ("left", "right")}
    if set(sides.values()) == {None}:
        return None
    if "separate" in sides.values():
        return "separate"
    walked = [side for side, there in sides.items() if there is not None and there not in _NO]
    return {0: "no", 1: (walked or [""])[0], 2: "both"}[len(walked)]


def median(tags: Tags) -> bool | None:
    """Whether something parts the two directions; missing when nothing says so."""
    for key in ("median", "divider", "dual_carriageway"):
        if key in tags:
            return tags[key] not in _NO
    return None


def walkable(tags: Tags) -> bool | None:
    """Whether the way may be walked by its own tags; missing when only its class can tell."""
    foot = tags.get("foot")
    if foot in _OPEN:
        return True
    if foot in _SHUT or tags.get("motorroad") == "yes":
        return False
    return False if tags.get("access") in {"no", "private"} else None


_MARKED: Final = frozenset({
    "marked", "zebra", "uncontrolled", "traffic_signals", "controlled", "pelican", "puffin", "toucan", "pegasus",
    "tiger",
})  # fmt: skip
_UNMARKED: Final = frozenset({"unmarked", "informal"})


def crossing_marked(tags: Tags) -> bool | None:
    """Whether a crossing is marked on the ground; missing when nothing says so."""
    markings = tags.get("crossing:markings")
    if markings is not None:
        return markings not in _NO
    if tags.get("crossing") in _MARKED or "crossing_ref" in tags or tags.get("crossing:signals") == "yes":
        return True
    return False if tags.get("crossing") in _UNMARKED else None


def display_name(tags: Tags) -> str | None:
    """``name:zh``, else ``name``; missing without either."""
    return tags.get("name:zh") or tags.get("name") or None


_OTHER_NAMES: Final = ("name", "official_name", "alt_name", "short_name", "loc_name", "old_name")
_LANGUAGE: Final = re.compile(r"name:[a-z]{2,3}(?:[-_][A-Za-z]+)*")


def other_names(tags: Tags) -> list[str]:
    """Names beside `display_name`, each once: the local ones first, then other languages in key order."""
    keys = [*_OTHER_NAMES, *sorted(key for key in tags if _LANGUAGE.fullmatch(key))]
    found = [part.strip() for key in keys if key in tags for part in tags[key].split(";")]
    shown = display_name(tags)
    return [name for name in dict.fromkeys(found) if name and name != shown]


def alt_names(tags: Tags) -> str | None:
    """`other_names` joined by ``;``; missing without any."""
    return ";".join(other_names(tags)) or None
