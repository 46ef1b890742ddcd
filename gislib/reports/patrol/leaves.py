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
from gislib.reports.patrol.way_words import way_words

WIDTHS_MM: Final = (10.0, 12.0, 61.0, 12.5, 14.0, 51.5, 19.0)
"""Columns: number, arrival, way, metres of the stretch, metres in all, task and checks, signature."""
TEXT_PT: Final = 8.2
_MM_PER_PT: Final = 0.3528
LINE_MM: Final = TEXT_PT * _MM_PER_PT * 1.25
PAD_MM: Final = 1.2
CELL_MM: Final = 1.5
"""Left and right of the text of a cell; above and below it together, rule included."""
LEAST_ROW_MM: Final = 7.0
ROOM_MM: Final = 121.0
"""For the rows of a page, under head, map and column heads."""


@dataclass(frozen=True)
class Row:
    """
    One line of the table.

    ``label``: number or "" ; ``arrives``: ``HH:MM``; ``way``: sentence; ``stretch_m``, ``total_m``: whole metres;
    ``task``: what and where; ``checks``: what to look at; ``stays``: minutes in words.
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
    """Page ``number`` of ``count`` of a team: its stations, their rows, and millimetres that the rows leave free."""

    team: TeamPlan
    number: int
    count: int
    stations: tuple[Station, ...]
    rows: tuple[Row, ...]
    spare_mm: float


def leaves(team: TeamPlan) -> tuple[Leaf, ...]:
    """Pages of a team; one that has nothing to do has one with start and return, one without any station none."""
    if not team.stations:
        return ()
    rows = tuple(_rows(team))
    heights = [_height(row) for row in rows]
    ends = page_ends(team.stations, heights, ROOM_MM)
    spans = zip([0, *ends[:-1]], ends, strict=True)
    return tuple(
        Leaf(team, k + 1, len(ends), team.stations[a:b], rows[a:b], max(ROOM_MM - sum(heights[a:b]), 0.0))
        for k, (a, b) in enumerate(spans)
    )


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
            label="" if station.number is None else str(station.number),
            arrives=clock(station.arrives_min),
            way=way_words(station) or wording.text("patrol_sheet.here"),
            stretch_m=f"{station.travel_m + station.served_m:.0f}",
            total_m=f"{total:.0f}",
            task=_task(station),
            checks="" if station.kind in {START, BREAK, RETURN} else wording.text(f"patrol_sheet.check.{station.kind}"),
            stays=_stays(station),
        )


def _task(station: Station) -> str:
    """What is done, and where."""
    if station.kind in {START, BREAK, RETURN}:
        told = wording.text(f"patrol_sheet.{station.kind}")
        return f"{told}：{station.name}" if station.name and station.kind != BREAK else told
    kind = wording.term("patrol_kind", station.kind)
    place = station.name or wording.text(f"patrol_sheet.nameless{'_road' if station.kind == STREET else ''}")
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
