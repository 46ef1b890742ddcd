"""The way to a station and along it, in words."""

from __future__ import annotations

from typing import Final

from gislib import wording
from gislib.patrol.record import Part, Station
from gislib.patrol.turns import AHEAD
from gislib.reports.fonts import one_line

_WORD: Final = "patrol_sheet.way."


def way_words(station: Station, lang: str = "zh") -> str:
    """
    Sentence of the way of a station, patrolled stretches marked; "" where one need not move.

    "沿红桥路向东 70 m，右转进入麒麟路向北 87 m（巡查）": a road that goes on is not named again.
    """
    told = [_part(part, before, lang) for before, part in zip((None, *station.way), station.way, strict=False)]
    return wording.text(_WORD + "between", lang).join(told)


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
    name = one_line(part.road_name or "")
    return name or wording.text(_WORD + "nameless", lang, heading=wording.term("patrol_heading", part.heading, lang))


def _part(part: Part, before: Part | None, lang: str) -> str:
    """One stretch: along, on, or with a turn into a road."""
    key = _key(part, before)
    named = "named" if one_line(part.road_name or "") else "nameless"
    told = wording.text(
        f"{_WORD}{key}_{named}" if key != "on" else _WORD + key,
        lang,
        turn=wording.term("patrol_turn", part.turn, lang),
        road=road_words(part, lang),
        heading=wording.term("patrol_heading", part.heading, lang),
        metres=round(part.metres),
    )
    return told + (wording.text(_WORD + "patrolled", lang) if part.patrolled else "")


def _key(part: Part, before: Part | None) -> str:
    """How a stretch is told: ``on`` the same road, ``back`` on it, ``turn`` into another, ``along`` without a turn."""
    if part.turn == "back":
        return "back"
    if part.turn != AHEAD:
        return "turn"
    if before is None:
        return "along"
    same = before.road_name == part.road_name and before.heading == part.heading
    return "on" if same else "into"
