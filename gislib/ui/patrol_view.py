"""A patrol as the page shows it: one set of routes, one team in focus, the others of its group beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.legs import STREET
from gislib.patrol.record import BREAK, RETURN, START, PatrolRecord, Station, TeamPlan
from gislib.planning.patrols import SavedPatrol
from gislib.reports.looks import TEAMS
from gislib.reports.patrol.leaves import team_sign
from gislib.reports.patrol.way_words import own_name, short_way
from gislib.ui import words
from gislib.ui.state import Choices

LETTERS: Final = tuple(TEAMS)
"""Looks of the teams by their position in the plan."""
TOGETHER: Final = 3
"""Teams on one map: among more nobody finds a route."""


@dataclass(frozen=True)
class Shown:
    """
    What is on the page.

    ``number``: position of the set of routes; ``team``: the one in focus; ``letters``: look of every team drawn, by id;
    ``station``: id of the chosen station, "" = none.
    """

    saved: SavedPatrol
    number: int
    team: TeamPlan
    letters: dict[str, str]
    station: str

    @property
    def record(self) -> PatrolRecord:
        """Set of routes in focus."""
        return self.saved.sets[self.number]

    @property
    def drawn(self) -> list[TeamPlan]:
        """Teams on the map."""
        return [team for team in self.record.teams if team.team_id in self.letters]


def shown(saved: SavedPatrol, number: int, choices: Choices) -> Shown:
    """View of a patrol; an unknown team or set is the first one."""
    number = number if number < len(saved.sets) else 0
    teams = saved.sets[number].teams
    chosen = next((k for k, team in enumerate(teams) if team.team_id == choices.team), 0)
    first = max(0, min(chosen - chosen % TOGETHER, len(teams) - TOGETHER))
    letters = {teams[k].team_id: letter(k) for k in range(first, min(first + TOGETHER, len(teams)))}
    known = {station_id(teams[chosen], station) for station in teams[chosen].stations if station.number}
    return Shown(saved, number, teams[chosen], letters, choices.station if choices.station in known else "")


def letter(position: int) -> str:
    """Look of the team at a position of the plan, the same in map, timetable and legend."""
    return LETTERS[position % len(LETTERS)]


def where(seen: Shown, number: int, lang: str) -> str:
    """Which set of which version is printed."""
    head = seen.saved.head
    return wording.text("patrols.printed", lang, patrol=head.patrol_id, version=head.version, number=number + 1)


def station_id(team: TeamPlan, station: Station) -> str:
    """Id of a numbered station."""
    return f"{team.team_id}.{station.number}"


def tag(team: TeamPlan, station: Station) -> str:
    """What stands on the map: short name of the team and the number."""
    return f"{team_sign(team)}{station.number}"


def task_words(station: Station, lang: str) -> str:
    """What is done at a station, with the place."""
    nameless = "nameless" if station.kind == STREET else "nameless_place"
    place = own_name(station.name) or wording.text(f"patrols.{nameless}", lang)
    if station.kind in {START, RETURN, BREAK}:
        told = wording.text(f"patrols.station.{station.kind}", lang)
        return f"{told} · {station.name}" if station.name and station.kind != BREAK else told
    return f"{place} {wording.term('patrol_kind', station.kind, lang)}"


def rows(seen: Shown, lang: str) -> pd.DataFrame:
    """Stations of the team in focus: ``tag, arrives, stays, task, school, way, pinned``; index station id."""
    team, wish = seen.team, seen.saved.wish
    told = [
        {
            "id": station_id(team, station) if station.number else f"{team.team_id}.{station.kind}.{k}",
            "tag": tag(team, station) if station.number else "",
            "arrives": clock(station.arrives_min),
            "stays": round(station.ends_min - station.begins_min, 1),
            "task": task_words(station, lang),
            "school": words.text_or(station.school_name, ""),
            "way": short_way(station, lang),
            "pinned": any(key in wish.pinned for key in station.demand_ids),
        }
        for k, station in enumerate(team.stations)
    ]
    return pd.DataFrame(told).set_index("id")
