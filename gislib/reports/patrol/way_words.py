"""The way to a station and along it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gislib import wording
from gislib.patrol.joined import JUNCTION_M
from gislib.patrol.record import Part, Station
from gislib.patrol.turns import AHEAD, BACK
from gislib.reports.fonts import one_line

CLASS_WORDS: Final = frozenset(
    {"路", "街", "道", "巷", "弄", "小路", "大路", "马路", "道路", "街道", "公路", "小道", "小巷", "巷道", "便道",
     "村道", "乡道", "县道", "road", "street", "lane"}
)  # fmt: skip
"""What maps hold as the name of a road that has none: the word for its class alone names nothing."""
_WORD: Final = "patrol_sheet.way."
_UNNAMED: Final = frozenset({"on", "bend", "return"})
"""Stretches of the road that was named just before."""


@dataclass(frozen=True)
class _Stretch:
    """Parts told as one: the first of them, all metres, and how many of these are patrolled."""

    part: Part
    metres: float
    patrolled_m: float


def way_words(station: Station, lang: str = "zh") -> str:
    """
    Sentence of the way of a station, patrolled stretches marked; "" where one need not move.

    "沿红桥路向东 70 m，右转进入麒麟路向北 87 m（巡查）": a road that goes on, or back, is not named again.
    """
    own = _stretches([replace(part, road_name=own_name(part.road_name)) for part in station.way])
    told = [_told(stretch, before, lang) for before, stretch in zip((None, *own), own, strict=False)]
    return wording.text(_WORD + "between", lang).join(told)


def own_name(name: str | None) -> str | None:
    """Name of a road or place as one line; None where it has none, or only the word for its class."""
    told = one_line(name or "")
    return None if not told or told.lower() in CLASS_WORDS else told


def _stretches(way: Sequence[Part]) -> list[_Stretch]:
    """Parts of a way; once patrolling has begun, what goes straight on along the same road is told together."""
    found: list[_Stretch] = []
    for part in way:
        patrolled_m = part.metres if part.patrolled else 0.0
        last = found[-1] if found else None
        if last is not None and last.patrolled_m > 0 and _key(part, last.part) == "on":
            found[-1] = _Stretch(last.part, last.metres + part.metres, last.patrolled_m + patrolled_m)
        else:
            found.append(_Stretch(part, part.metres, patrolled_m))
    return found


def short_way(station: Station, lang: str = "zh") -> str:
    """Roads in the order in which they are walked, each once in a row, for a table: "红桥路 → 麒麟路 157 m"."""
    names: list[str] = []
    for part in station.way:
        name = road_words(part, lang)
        if not names or names[-1] != name:
            names.append(name)
    metres = round(station.travel_m + station.served_m)
    return wording.text(_WORD + "short", lang, roads=" → ".join(names), metres=metres) if names else ""


def road_words(part: Part, lang: str = "zh") -> str:
    """Name of the road of a part as one line; a nameless one gets its direction."""
    return own_name(part.road_name) or wording.text(
        _WORD + "nameless", lang, heading=wording.term("patrol_heading", part.heading, lang)
    )


def _told(stretch: _Stretch, before: _Stretch | None, lang: str) -> str:
    """One stretch: along, on, or with a turn into a road."""
    part = stretch.part
    key = _key(part, None if before is None else before.part)
    named = "nameless" if part.road_name is None else "named"
    told = wording.text(
        _WORD + (key if key in _UNNAMED else f"{key}_{named}"),
        lang,
        turn=wording.term("patrol_turn", part.turn, lang),
        road=road_words(part, lang),
        heading=wording.term("patrol_heading", part.heading, lang),
        metres=round(stretch.metres),
    )
    return told + _patrolled(stretch, before, key, lang)


def _patrolled(stretch: _Stretch, before: _Stretch | None, key: str, lang: str) -> str:
    """How much of a stretch is patrolled, "" if nothing."""
    if not stretch.patrolled_m > 0:
        return ""
    if stretch.metres - stretch.patrolled_m > JUNCTION_M:
        return wording.text(_WORD + "partly", lang, metres=round(stretch.patrolled_m))
    back = before is not None and key == "return" and abs(before.patrolled_m - stretch.metres) <= JUNCTION_M
    return wording.text(_WORD + ("other_side" if back else "patrolled"), lang)


def _key(part: Part, before: Part | None) -> str:
    """How a stretch is told: going on, bending or returning on one road, turning or going straight into another."""
    if part.turn == BACK:
        return "return" if before is not None and before.road_name == part.road_name else "back"
    if part.turn != AHEAD:
        return "turn"
    if before is None:
        return "along"
    if before.road_name != part.road_name:
        return "into"
    if before.heading == part.heading:
        return "on"
    return "into" if part.road_name is None else "bend"
