"""Sheets to sign: every place and time is the plan's or the ledger's."""

from __future__ import annotations

from datetime import date

import pytest
from office import page_texts, require_office, to_pdf
from paper_patrols import point, station, team
from plan_wishes import REQUEST

from gislib.domain.errors import InputError, StoreError
from gislib.patrol.clock import clock
from gislib.planning import ledger_sources, meeting_papers, meetings, patrol_teams, patrols, results, sign_in_sheets
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.planning.session import open_session
from gislib.planning.sign_in_sheets import INSPECTION_PLACES, team_stops
from gislib.reports.briefing.forms import PatrolStop
from gislib.reports.briefing.paper import Annex, Form, Paper, Table
from gislib.store.meetings import MeetingFacts

ON = date(2026, 11, 16)


@pytest.fixture(scope="module")
def held(planned, twin, tmp_path_factory):
    """A session with a patrol of two teams, items in the ledger, and a frozen meeting; with the ids of both."""
    folder = twin(planned.workspace.root, tmp_path_factory.mktemp("sheets") / "workspace")
    own = open_session(folder, actor="李工")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patrols, "ROUNDS", 1000)
        teams = patrol_teams.proposed(patrol_basis(own, REQUEST), 2)
        saved = patrols.propose(own, REQUEST, PatrolWish("护水", "summer_water", teams))
    ledger_sources.from_findings(
        own, results.request_of(own, "findings"), ledger_sources.Wanted(("finding",), frozenset({"red"}))
    )
    meeting = meetings.hold(own, REQUEST, MeetingFacts("mid_term", "期中会商", ON)).meeting
    return own, saved, meeting.meeting_id


def tables(paper: Paper) -> list[Table]:
    return [block for block in paper.blocks if isinstance(block, Table)]


def test_a_team_signs_at_stops_and_where_another_campus_begins():
    def on_street(number: int, name: str | None, campus: str | None):
        return station("street", (420.0 + number,) * 3, point(0, 0), number=number, name=name, school_name=campus)

    walked = (
        station("start", (420.0,) * 3, point(0, 0)),
        on_street(1, "红桥路", "一小"),
        on_street(2, "麒麟路", "一小"),
        station("water", (430.0, 432.4, 435.0), point(0, 0), number=3, name="㵲阳河", school_name="一小"),
        on_street(4, None, "二小"),
        on_street(5, "红桥路", None),
        station("return", (440.0,) * 3, point(0, 0)),
    )
    assert team_stops(team(walked)) == (
        PatrolStop("一小（红桥路）", "07:01"),
        PatrolStop("㵲阳河", "07:12"),
        PatrolStop("二小（无名路）", "07:04"),
        PatrolStop("红桥路", "07:05"),
    )


def test_a_patrol_has_a_sheet_per_team_with_the_times_of_its_plan(held):
    session, saved, _ = held
    record = saved.sets[0]
    paper = sign_in_sheets.patrol_sheets(session, saved.head.patrol_id, ON)
    assert sum(isinstance(block, Annex) for block in paper.blocks) == len(record.teams) - 1
    forms = [block for block in paper.blocks if isinstance(block, Form)]
    assert [form.rows[0].cells[3] for form in forms] == [f"{saved.head.patrol_id} {one.name}" for one in record.teams]
    assert forms[0].rows[1].cells[1] == "2026年11月16日"
    for table, walked in zip(tables(paper), record.teams, strict=True):
        told = [row[1:3] for row in table.rows if row[1]]
        assert told == [(stop.name, stop.planned) for stop in team_stops(walked)]
        times = {clock(one.begins_min) for one in walked.stations}
        assert {time for _, time in told} <= times
    with pytest.raises(StoreError, match="patrol_unknown"):
        sign_in_sheets.patrol_sheets(session, "R77")


def test_an_inspection_goes_to_the_places_that_a_department_leads(held):
    session, _, meeting_id = held
    (table,) = tables(sign_in_sheets.inspection_sheet(session, meeting_id, "culture_tourism", ON))
    places = [row[1] for row in table.rows if row[1]]
    assert 0 < len(places) == len(set(places)) <= INSPECTION_PLACES
    with pytest.raises(InputError, match="sign_in_nothing"):
        sign_in_sheets.inspection_sheet(session, meeting_id, "power")


def test_blank_and_inspection_sheets_are_one_page(held, tmp_path):
    require_office()
    session, _, meeting_id = held
    papers = {
        "blank": sign_in_sheets.blank_sheet(session, meeting_id),
        "inspection": sign_in_sheets.inspection_sheet(session, meeting_id, "culture_tourism", ON),
    }
    printed = to_pdf({name: meeting_papers.rendered(paper, "docx") for name, paper in papers.items()}, tmp_path)
    for name, paper in papers.items():
        file = tmp_path / f"{name}-typst.pdf"
        file.write_bytes(meeting_papers.rendered(paper, "pdf"))
        assert [len(page_texts(one)) for one in (printed[name], file)] == [1, 1]


def test_the_papers_of_a_meeting_hold_the_sheets(held, tmp_path):
    session, saved, meeting_id = held
    done = meeting_papers.write_papers(session, meeting_id, tmp_path, ("docx",))
    names = {path.relative_to(tmp_path).as_posix() for path in done.files}
    assert {"sign-in/blank.docx", f"sign-in/{saved.head.patrol_id}.docx"} <= names
