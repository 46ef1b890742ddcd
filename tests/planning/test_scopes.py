"""What planners of one area read of meetings: their own items, places, inspections; frozen is what all know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import town_workspace
from plan_worlds import REQUEST

from gislib.domain.errors import RefusedError
from gislib.planning import ledger, meetings, results, snapshots
from gislib.planning.authors import author_of, store_of
from gislib.store import meetings as stored
from gislib.store.item_facts import Facts
from gislib.store.meetings import MeetingFacts, NewDecision

A, B = "529901", "529902"
ON = REQUEST.as_of
DUE = date(ON.year + 1, 1, 10)


def facts(title, code):
    return Facts(title, lon=105.0, lat=25.0, area_code=code, department_lead="education", deadline=DUE)


pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def session(tmp_path):
    """The town with one item per county, and a meeting that froze both and decided about both and about neither."""
    own = town_workspace.build(tmp_path / "town")
    for code in (A, B):
        ledger.add_by_hand(own, facts(f"隐患{code}", code), ON)
    items = ledger.table(own)
    schools = pd.DataFrame({"area_code": [A, B, None]}, index=pd.Index(["s1", "s2", "s3"], name="school_id"))
    empty = {name: pd.DataFrame({"x": [1.0]}) for name in snapshots.TABLES}
    frozen = empty | {
        snapshots.SCHOOLS: schools,
        snapshots.INSPECTIONS: pd.DataFrame({"school_id": ["s1", "s2", "s3"], "inspections": [0, 1, 2]}),
        snapshots.PLACES: items[["place", "school"]],
    }
    meeting = meetings.plan(own, MeetingFacts("mid_term", "会", ON))
    told = results.stamp(own, REQUEST).as_dict(), frozen
    meeting = stored.freeze(store_of(own), meeting.meeting_id, 1, told, author_of(own))
    decided = [NewDecision("甲", facts("甲", A)), NewDecision("乙", facts("乙", B)), NewDecision("继续巡查")]
    meetings.decide(own, meeting.meeting_id, meeting.version, decided)
    return own


def test_decisions_about_items_of_others_are_left_out(session):
    everything = meetings.read(session, "M1")
    assert [one.text for one in everything.decisions] == ["甲", "乙", "继续巡查"]
    planner = replace(session, role="planner", areas=frozenset({A}))
    mine = meetings.read(planner, "M1")
    assert [(one.number, one.text) for one in mine.decisions] == [(1, "甲"), (3, "继续巡查")]
    assert meetings.meetings(planner) == [mine]
    assert meetings.calendar(planner)[0].meetings == (mine,)
    nobody = replace(session, role="viewer", areas=frozenset())
    assert [one.text for one in meetings.read(nobody, "M1").decisions] == ["继续巡查"]
    with pytest.raises(RefusedError, match="area_not_yours"):
        meetings.decide(planner, "M1", everything.version, [NewDecision("乙", facts("乙", B))])


def test_what_was_frozen_for_all_is_read_by_area(session):
    whole = meetings.known(session, meetings.read(session, "M1")).tables
    assert list(whole[snapshots.INSPECTIONS]["school_id"]) == ["s1", "s2", "s3"]
    assert list(whole[snapshots.PLACES].index) == ["H-00001", "H-00002"]
    planner = replace(session, role="planner", areas=frozenset({B}))
    mine = meetings.known(planner, meetings.read(planner, "M1")).tables
    assert list(mine["ledger"]["title"]) == [f"隐患{B}"]
    assert list(mine[snapshots.PLACES].index) == ["H-00002"]
    assert mine[snapshots.INSPECTIONS].to_dict("list") == {"school_id": ["s2"], "inspections": [1]}
