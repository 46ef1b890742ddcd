"""Sheets to sign on the way: of a patrol, of an inspection by a department, and blank ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.patrol.clock import clock
from gislib.patrol.record import Station, TeamPlan
from gislib.planning import briefings, meetings, patrols, results
from gislib.planning.session import Session, require_role
from gislib.reports.briefing import figures, item_lists
from gislib.reports.briefing.form_papers import sign_in_paper
from gislib.reports.briefing.forms import PatrolStop, SignIn
from gislib.reports.briefing.paper import Paper

STREET: Final = "street"
INSPECTION_PLACES: Final = 7
"""Places of one inspection: with the empty rows one page, and what two people see in a day."""
BLANK_ROWS: Final = 10
"""Rows of a sheet without any planned stop: one page."""


def patrol_sheets(session: Session, patrol_id: str, on: date | None = None) -> Paper:
    """
    Sheets of all teams of a patrol, each on pages of its own.

    A team signs at every stop, and once where its streets come to another campus.

    Parameters
    ----------
    on
        Day that is printed; None leaves a line to fill in.

    Raises
    ------
    StoreError
        ``patrol_unknown``.
    """
    require_role(session, "planner")
    saved = patrols.read(session, patrol_id)
    record = saved.sets[0]
    stamp = results.stamp(session, saved.request, guarded=True)
    hours = f"{clock(record.begins_min)}–{clock(record.ends_min)}"
    shift = wording.text("form.shift_hours", shift=wording.term("shift", record.shift_id), hours=hours)
    plain = SignIn(stamp.area, shift, "", (), stamp, on)
    sheets = [
        replace(plain, route=f"{patrol_id} {team.name}", stops=team_stops(team), people=team.headcount)
        for team in record.teams
    ]
    return sign_in_paper(sheets, rules.load())


def inspection_sheet(session: Session, meeting_id: str, department: str, on: date | None = None) -> Paper:
    """
    Sheet for the places of the most urgent items that a department leads.

    Raises
    ------
    InputError
        ``meeting_not_frozen``; ``sign_in_nothing`` if it leads no open item.
    StoreError
        ``meeting_unknown``.
    """
    require_role(session, "planner")
    told, rs = briefings.briefing(session, meeting_id), rules.load()
    led = [one for one in item_lists.open_items(told.items or ()) if one.departments.lead == department]
    name = figures.department(rs, department)
    if not led:
        raise InputError("sign_in_nothing", department=name)
    places = tuple(PatrolStop(place) for place in dict.fromkeys(one.place for one in led))[:INSPECTION_PLACES]
    shift = wording.text("form.inspection", department=name)
    return sign_in_paper([SignIn(told.area, shift, "", places, told.stamp, on)], rs)


def blank_sheet(session: Session, meeting_id: str) -> Paper:
    """Sheet without planned stops; InputError ``meeting_not_frozen``, StoreError ``meeting_unknown``."""
    require_role(session, "planner")
    stamp = meetings.known(session, meetings.read(session, meeting_id)).stamp
    sheet = SignIn(stamp.area, "", "", (), stamp, blank_rows=BLANK_ROWS)
    return sign_in_paper([sheet], rules.load())


def team_stops(team: TeamPlan) -> tuple[PatrolStop, ...]:
    """Where a team signs and when it is due there, by the times of its plan."""
    stops, campus = [], None
    for station in team.stations:
        if station.number is None:
            continue
        if station.kind != STREET or station.school_name != campus:
            stops.append(PatrolStop(_place(station), clock(station.begins_min)))
        campus = station.school_name
    return tuple(stops)


def _place(station: Station) -> str:
    """Name of a stop, or the campus of a street with its road."""
    road = station.name or wording.text(f"patrol_sheet.nameless{'_road' if station.kind == STREET else ''}")
    if station.kind != STREET or station.school_name is None:
        return road
    return wording.text("form.stop_at_campus", campus=station.school_name, road=road)
