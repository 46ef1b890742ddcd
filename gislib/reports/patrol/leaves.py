"""Pages of a team: as many stations as fit under a map that shows just them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.legs import STREET
from gislib.patrol.record import BREAK, RETURN, START, Station, TeamPlan
from gislib.reports.fonts import printable, width_em
from gislib.reports.patrol.paging import page_ends
from gislib.reports.patrol.way_words import own_name, way_words

WIDTHS_MM: Final = (9.0, 11.5, 61.5, 12.0, 13.0, 48.0, 25.0)
"""Columns: number, arrival, way, metres of the stretch, metres in all, task and checks, signature."""
TEXT_PT: Final = 8.2
_MM_PER_PT: Final = 0.3528
LEADING_EM: Final = 0.25
LINE_MM: Final = TEXT_PT * _MM_PER_PT * (1.0 + LEADING_EM)
PAD_MM: Final = 1.2
CELL_MM: Final = 1.4 - TEXT_PT * _MM_PER_PT * LEADING_EM
"""Left and right of the text of a cell; above and below it together, rule included, without the last line's leading."""
SIGN_CHARACTERS: Final = 2
"""Of the name of a team on its tag."""
LEAST_ROW_MM: Final = 8.0
"""Room to sign in."""
ROOM_MM: Final = 125.0
"""For the rows of a page, under head, map and column heads."""
TAIL_MM: Final = 12.0
"""Under the last row of a team: what to do, and who hands in and receives the sheets."""


@dataclass(frozen=True)
class Row:
    """
    One line of the table.

    ``label``: number or sign as on the map; ``arrives``: ``HH:MM``; ``way``: sentence; ``stretch_m``, ``total_m``:
    whole metres; ``task``: what and where; ``checks``: what to look at; ``stays``: minutes in words.
    """

    label: str
    arrives: str
    way: str
    stretch_m: str
    total_m: str
    task: str
    checks: str
    stays: str


@dataclass(frozen=True)
class Leaf:
    """
    Page ``number`` of ``count`` of a team.

    ``stations``, ``rows``: in order; ``before``, ``after``: the last station of the page before and the first of the
    next, None at the ends; ``spare_mm``: what the rows leave free.
    """

    team: TeamPlan
    number: int
    count: int
    stations: tuple[Station, ...]
    rows: tuple[Row, ...]
    before: Station | None
    after: Station | None
    spare_mm: float


def leaves(team: TeamPlan) -> tuple[Leaf, ...]:
    """Pages of a team; one that has nothing to do has one with start and return, one without any station none."""
    if not team.stations:
        return ()
    rows = tuple(_rows(team))
    heights = [_height(row) for row in rows]
    heights[-1] += TAIL_MM
    ends = page_ends(team.stations, heights, ROOM_MM)
    padded = (None, *team.stations, None)
    return tuple(
        Leaf(
            team, k + 1, len(ends), team.stations[a:b], rows[a:b], padded[a], padded[b + 1],
            max(ROOM_MM - sum(heights[a:b]), 0.0),
        )
        for k, (a, b) in enumerate(zip([0, *ends[:-1]], ends, strict=True))
    )  # fmt: skip


def _height(row: Row) -> float:
    task = _lines(row.task + row.stays, WIDTHS_MM[5]) + (_lines(row.checks, WIDTHS_MM[5]) if row.checks else 0)
    return max(LEAST_ROW_MM, max(_lines(row.way, WIDTHS_MM[2]), task) * LINE_MM + CELL_MM)


def _lines(text: str, width_mm: float) -> int:
    """Lines that a text takes; where it breaks, a character's width may stay empty at the end of each line."""
    em, room = TEXT_PT * _MM_PER_PT, width_mm - 2 * PAD_MM
    wide = width_em(printable(text), bold=True) * em
    return 1 if wide <= room else math.ceil(wide / (room - em))


def _rows(team: TeamPlan) -> Iterator[Row]:
    total = 0.0
    for station in team.stations:
        total += station.travel_m + station.served_m
        yield Row(
            label=sign(station),
            arrives=clock(station.arrives_min),
            way=way_words(station) or wording.text("patrol_sheet.here"),
            stretch_m=f"{station.travel_m + station.served_m:.0f}",
            total_m=f"{total:.0f}",
            task=_task(station),
            checks="" if station.kind in {START, BREAK, RETURN} else wording.text(f"patrol_sheet.check.{station.kind}"),
            stays=_stays(station),
        )


def sign(station: Station) -> str:
    """Number of a station, or the sign of the start, the rest and the return, as on the map."""
    return wording.text(f"patrol_sheet.sign_{station.kind}") if station.number is None else str(station.number)


def team_sign(team: TeamPlan) -> str:
    """Short name of a team, for tags: 甲组 is 甲."""
    return team.name.removesuffix("组")[:SIGN_CHARACTERS]


def _task(station: Station) -> str:
    """What is done, and where."""
    if station.kind in {START, BREAK, RETURN}:
        told = wording.text(f"patrol_sheet.{station.kind}")
        return f"{told}：{station.name}" if station.name and station.kind != BREAK else told
    kind = wording.term("patrol_kind", station.kind)
    place = own_name(station.name) or wording.text(f"patrol_sheet.nameless{'_road' if station.kind == STREET else ''}")
    campus = f"（{station.school_name}）" if station.school_name and station.school_name != station.name else ""
    police = wording.text("patrol_sheet.police") if station.skill else ""
    return f"{kind} {place}{campus}{police}"


def _stays(station: Station) -> str:
    """Waiting and staying in words, "" where the team goes on at once."""
    waits, stays = station.begins_min - station.arrives_min, station.ends_min - station.begins_min
    told = []
    if round(waits) >= 1:
        told.append(wording.text("patrol_sheet.waits", minutes=round(waits), begin=clock(station.begins_min)))
    if station.served is None and round(stays) >= 1:
        told.append(wording.text("patrol_sheet.stays", minutes=round(stays), end=clock(station.ends_min)))
    return "，" + "，".join(told) if told else ""
