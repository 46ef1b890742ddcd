"""排班表: who goes when and where, every station, and the gate posts, as a workbook to fill in and print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.record import BREAK, RETURN, START, Post, Station, TeamPlan
from gislib.reports.geojson import COORDINATE_DECIMALS
from gislib.reports.patrol.content import PatrolPaper
from gislib.reports.patrol.way_words import way_words
from gislib.reports.spreadsheet import (
    FIRST_ROW,
    Book,
    Cell,
    Column,
    Headed,
    Kind,
    add_about,
    add_sheet,
    write_book,
    write_row,
)

_Look = tuple[float, Kind]
_TEAMS: Final[dict[str, _Look]] = {
    "row": (6, "whole"), "team": (14, "text"), "mode": (9, "text"), "headcount": (7, "whole"), "skills": (11, "text"),
    "depot": (24, "text"), "begins": (8, "text"), "returns": (8, "text"), "ends": (8, "text"), "break": (9, "whole"),
    "stations": (7, "whole"), "metres": (10, "whole"), "leader": (12, "text"), "members": (22, "text"),
    "vehicle": (14, "text"),
}  # fmt: skip
_STATIONS: Final[dict[str, _Look]] = {
    "team": (10, "text"), "number": (6, "whole"), "kind": (11, "text"), "name": (22, "text"), "campus": (22, "text"),
    "arrives": (8, "text"), "begin_at": (8, "text"), "leaves": (8, "text"), "way": (60, "text"),
    "stretch": (9, "whole"), "total": (9, "whole"), "lon": (13, "degree"), "lat": (12, "degree"),
    "signed": (12, "text"),
}  # fmt: skip
_POST_HEAD: Final[dict[str, _Look]] = {
    "row": (6, "whole"), "campus": (28, "text"), "gate": (14, "text"), "begin_at": (8, "text"), "end_at": (8, "text"),
}  # fmt: skip
_POST_TAIL: Final[dict[str, _Look]] = {"came": (10, "text"), "left": (10, "text")}
_PERSON: Final[_Look] = (12, "text")


@dataclass(frozen=True)
class _Sheet:
    """Name of a sheet of `patrol_file`, its columns and rows."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def roster_workbook(paper: PatrolPaper) -> bytes:
    """Bytes of the workbook: roster, stations, gate posts, and what it was made from; equal patrols, equal bytes."""
    line = wording.text("patrol_file.line", id=paper.patrol_id, version=paper.version, name=paper.name)
    day = "patrol_file.day_open" if paper.on is None else "patrol_file.day"
    dated = wording.text(day, day=None if paper.on is None else paper.on.isoformat())
    return write_book(
        Headed("patrol", paper.patrol_id, paper.name, f"{line}　{dated}", paper.stamp), lambda book: _fill(book, paper)
    )


def _fill(book: Book, paper: PatrolPaper) -> None:
    people = list(dict.fromkeys(code for post in paper.record.posts for code in post.people))
    persons = [Column(wording.term("post_people", code), *_PERSON) for code in people]
    teams, posts = paper.record.teams, paper.record.posts
    for sheet in (
        _Sheet("roster", _columns(_TEAMS), (_team(row, team) for row, team in enumerate(teams, start=1))),
        _Sheet("stations", _columns(_STATIONS), (cells for team in teams for cells in _stations(team))),
        _Sheet(
            "posts",
            [*_columns(_POST_HEAD), *persons, *_columns(_POST_TAIL)],
            (_post(row, post, len(people)) for row, post in enumerate(posts, start=1)),
        ),
    ):
        title = wording.text(f"patrol_file.title_{sheet.name}", shift=paper.shift_title)
        page = add_sheet(book, wording.text(f"patrol_file.sheet_{sheet.name}"), title, sheet.columns)
        for at, cells in enumerate(sheet.rows, start=FIRST_ROW + 1):
            write_row(book, page, at, sheet.columns, cells)
    add_about(book, [wording.text(f"patrol_file.note_{name}") for name in ("times", "unknown")])


def _columns(looks: dict[str, _Look]) -> list[Column]:
    return [Column(wording.text(f"patrol_file.head.{name}"), *look) for name, look in looks.items()]


def _team(row: int, team: TeamPlan) -> list[Cell]:
    return [
        row, team.name, wording.term("patrol_mode", team.mode), team.headcount,
        wording.text("patrol_file.police") if team.skills else None, team.depot_name, clock(team.begins_min),
        clock(team.returns_min), clock(team.ends_min), round(team.break_min),
        sum(station.number is not None for station in team.stations), round(team.metres), None, None, None,
    ]  # fmt: skip


def _stations(team: TeamPlan) -> Iterable[list[Cell]]:
    walked = accumulate(station.travel_m + station.served_m for station in team.stations)
    for station, total in zip(team.stations, walked, strict=True):
        yield [
            team.name, station.number, _task(station), station.name, station.school_name, clock(station.arrives_min),
            clock(station.begins_min), clock(station.ends_min), way_words(station) or None,
            round(station.travel_m + station.served_m), round(total), round(station.spot.x, COORDINATE_DECIMALS),
            round(station.spot.y, COORDINATE_DECIMALS), None,
        ]  # fmt: skip


def _task(station: Station) -> str:
    own = station.kind in {START, BREAK, RETURN}
    return wording.text(f"patrol_file.{station.kind}") if own else wording.term("patrol_kind", station.kind)


def _post(row: int, post: Post, people: int) -> list[Cell]:
    """Post with empty cells for the names of who stands there and for when they come and leave."""
    blank: list[Cell] = [None] * (people + len(_POST_TAIL))
    return [row, post.school_name, post.gate_name, clock(post.begins_min), clock(post.ends_min), *blank]
