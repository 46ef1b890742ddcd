"""The calendar of the small town: meetings of all terms, and gate times of a term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import town_workspace

from gislib.domain.errors import ConflictError, InputError, RefusedError, StoreError
from gislib.patrol.clock import Span
from gislib.planning import meetings, terms
from gislib.planning.loaded import tables_of
from gislib.planning.patrol_basis import campus_hours
from gislib.store.meetings import MeetingFacts
from gislib.store.terms import GateTime, Holiday, TermFacts

AUTUMN = TermFacts(
    "秋季", date(2026, 9, 1), date(2027, 1, 20), (Holiday(date(2026, 10, 1), date(2026, 10, 7), "国庆"),)
)
SPRING = TermFacts("春季", date(2027, 3, 1), date(2027, 7, 5))
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def session(tmp_path):
    return town_workspace.build(tmp_path / "ws")


def test_the_calendar_holds_the_meetings_of_all_terms(session):
    assert meetings.calendar(session) == ()
    spring, autumn = terms.add(session, SPRING), terms.add(session, AUTUMN)
    late = meetings.plan(session, MeetingFacts("term_end", "", date(2027, 1, 11)))
    first = meetings.plan(session, MeetingFacts("term_start", "开学第一会", date(2026, 9, 2)))
    between = meetings.plan(session, MeetingFacts("mid_term", "", date(2027, 2, 10)))
    assert (late.facts.title, late.facts.term_id, between.facts.term_id) == ("期末会商", autumn.term_id, None)
    told = meetings.calendar(session)
    assert [(one.term, one.meetings) for one in told] == [(autumn, (first, late)), (spring, ()), (None, (between,))]
    with pytest.raises(StoreError, match="meeting_taken"):
        meetings.plan(session, MeetingFacts("term_end", "", date(2027, 1, 11)))
    with pytest.raises(StoreError, match="meeting_kind"):
        meetings.plan(session, MeetingFacts("coffee", "", date(2027, 1, 11)))


def test_gate_times_are_replaced_as_a_whole_and_patrols_go_by_them(session):
    term = terms.add(session, AUTUMN)
    school = str(tables_of(session.workspace)["schools"].index[0])
    rows = [GateTime("arrival", "07:00", "08:00"), GateTime("arrival", "07:20", "08:10", school)]
    told = terms.set_gate_times(session, term.term_id, 1, rows)
    assert (told.version, told.facts) == (2, replace(AUTUMN, gate_times=tuple(rows)))
    schools = [str(one) for one in tables_of(session.workspace)["schools"].index]
    spans = campus_hours(session, date(2026, 9, 2), "arrival", schools)
    assert spans == {one: Span(440.0, 490.0) if one == school else Span(420.0, 480.0) for one in schools}
    assert len(spans) > 1, "the others have the hours told for all"
    assert campus_hours(session, date(2026, 9, 2), "leaving", schools) == {}
    assert campus_hours(session, date(2027, 2, 2), "arrival", schools) == {}, "between terms"
    spring = replace(SPRING, gate_times=(GateTime("evening", "21:00", "22:30"),))
    terms.add(session, spring)
    assert set(campus_hours(session, SPRING.starts, "evening", schools).values()) == {Span(1260.0, 1350.0)}
    with pytest.raises(ConflictError, match="term_stale"):
        terms.set_gate_times(session, term.term_id, 1, [])
    assert terms.set_gate_times(session, term.term_id, 2, []).facts == AUTUMN


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([GateTime("midnight", "07:00", "08:00")], "gate_slice"),
        ([GateTime("arrival", "07:00", "08:00", "nowhere")], "school_unknown"),
        ([GateTime("arrival", "07:00", "08:00"), GateTime("arrival", "07:10", "08:00")], "gate_twice"),
        ([GateTime("leaving", "18:00", "17:00")], "term_clock"),
        ([GateTime("leaving", "5pm", "18:00")], "term_clock"),
    ],
)
def test_unusable_gate_times_change_nothing(session, rows, code):
    term = terms.add(session, AUTUMN)
    with pytest.raises((InputError, StoreError), match=code):
        terms.set_gate_times(session, term.term_id, 1, rows)
    assert terms.terms(session) == [term]


def test_usual_times_are_those_of_the_rule():
    usual = terms.usual_times(date(2026, 9, 1))
    assert usual["arrival"] == ("07:00", "08:30")
    assert set(usual) == set(terms.GATE_SLICES)


def test_the_calendar_is_one_for_all_areas(session):
    term = terms.add(session, AUTUMN)
    meeting = meetings.plan(session, MeetingFacts("term_start", "", date(2026, 9, 2)))
    some = replace(session, role="planner", areas=frozenset({"529901"}))
    assert meetings.calendar(some)[0].meetings == (meeting,)
    for write in (
        lambda: terms.add(some, SPRING),
        lambda: terms.replace(some, term.term_id, 1, AUTUMN),
        lambda: terms.set_gate_times(some, term.term_id, 1, []),
        lambda: meetings.plan(some, MeetingFacts("mid_term", "", date(2026, 11, 2))),
        lambda: meetings.edit(some, meeting.meeting_id, 1, meeting.facts),
        lambda: meetings.hold(some, None, meeting.facts),
    ):
        with pytest.raises(RefusedError, match="areas_not_all"):
            write()
