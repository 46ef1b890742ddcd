"""Meetings and snapshots: frozen once, decisions become items, nothing frozen changes."""

from dataclasses import replace
from datetime import date, timedelta

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point
from sqlalchemy import text
from store_plans import LI, WANG
from store_refusals import refused

from gislib.domain.errors import ConflictError
from gislib.store import audit, ledger, meetings, snapshots, terms
from gislib.store.database import writing
from gislib.store.item_facts import Facts
from gislib.store.items import NewItem, Save
from gislib.store.meetings import MeetingFacts, NewDecision
from gislib.store.terms import TermFacts

DAY = date(2026, 9, 8)
START = MeetingFacts("term_start", "秋季开学初联席会议", DAY, None, "州政府 3 号会议室", ("通报排名", "研究网吧问题"))
STAMP = {"data_version": "d1", "rules_version": "r1", "profile": "national_strict"}
TASK = Facts("清理网吧", school_id="s", department_lead="culture_tourism", deadline=DAY + timedelta(30))


def scores():
    index = pd.Index(["osm:w1", "osm:w2"], dtype="str", name="school_id")
    rows = {"name": ["甲", None], "score": [71.25, float("nan")], "rank": pd.array([1, None], dtype="Int64")}
    return pd.DataFrame(rows, index=index)


def meeting(store, **changes):
    return meetings.add(store, replace(START, **changes), LI)


def frozen(store):
    made = meeting(store)
    return meetings.freeze(store, made.meeting_id, 1, (STAMP, {"scores": scores()}), LI)


def test_a_meeting_from_plan_to_decisions(store):
    made = meeting(store)
    assert (made.meeting_id, made.version, made.facts, made.snapshot_id) == ("M1", 1, START, None)
    changed = meetings.edit(store, "M1", 1, replace(START, title=" 改期 ", place=None), WANG)
    assert (changed.version, changed.facts.title, changed.facts.place, changed.changed_by) == (2, "改期", None, "王工")
    refused("meeting_open", meetings.decide, store, "M1", 2, [NewDecision("x")], LI)
    held = meetings.freeze(store, "M1", 2, (STAMP, {"scores": scores()}), LI)
    assert (held.version, held.snapshot_id) == (3, "S1")
    refused("meeting_frozen", meetings.freeze, store, "M1", 3, (STAMP, {}), LI)
    done = meetings.decide(store, "M1", 3, [NewDecision("限期清理", TASK), NewDecision("通报表扬")], LI)
    assert [(one.number, one.text, one.item_id) for one in done.decisions] == [
        (1, "限期清理", "H-00001"), (2, "通报表扬", None),
    ]  # fmt: skip
    item = ledger.read(store, "H-00001")
    assert (item.source, item.meeting_id, item.found_on, item.state) == ("meeting", "M1", DAY, "found")
    again = meetings.decide(store, "M1", 4, [NewDecision("补充")], WANG)
    assert [one.number for one in again.decisions] == [1, 2, 3]
    assert meetings.read(store, "M1") == again == meetings.meetings(store)[0]
    refused("meeting_decided", meetings.edit, store, "M1", 5, replace(START, held_on=DAY + timedelta(1)), LI)
    assert audit.entries(store)["action"].tolist() == [
        "meeting.add", "meeting.change", "snapshot.freeze", "meeting.freeze", "meeting.decide", "meeting.decide",
    ]  # fmt: skip


def test_a_snapshot_stays_as_it_was(store):
    ledger.add(store, [NewItem("manual", DAY, TASK)], LI)
    held = frozen(store)
    before = ledger.table(store)
    ledger.save(store, [Save("H-00001", 1, "assign")], LI)
    pd.testing.assert_frame_equal(snapshots.table(store, held.snapshot_id, "scores"), scores())
    pd.testing.assert_frame_equal(snapshots.table(store, held.snapshot_id, "ledger"), before)
    (head,) = snapshots.heads(store)
    assert (head.snapshot_id, head.stamp, head.rows, head.taken_at) == ("S1", STAMP, {"ledger": 1, "scores": 2}, LI.at)
    later = snapshots.freeze(store, {}, {}, WANG)
    assert (later.snapshot_id, later.rows) == ("S2", {"ledger": 1})
    assert snapshots.table(store, "S2", "ledger")["state"].tolist() == ["assigned"]


def test_unusable_snapshots(file_store):
    refused("snapshot_table", snapshots.freeze, file_store, {}, {"ledger": scores()}, LI)
    odd = pd.DataFrame({"x": [object()]})
    refused("snapshot_table", snapshots.freeze, file_store, {}, {"odd": odd}, LI)
    refused("store_not_json", snapshots.freeze, file_store, {"at": LI.at}, {}, LI)
    assert snapshots.heads(file_store) == []
    snapshots.freeze(file_store, {}, {}, LI)
    refused("snapshot_unknown", snapshots.table, file_store, "S2", "ledger")
    refused("snapshot_unknown", snapshots.table, file_store, "S01", "ledger")
    refused("snapshot_table_unknown", snapshots.table, file_store, "S1", "scores")
    with writing(file_store) as connection:
        connection.execute(text("UPDATE snapshot_tables SET content = :new"), {"new": b"other"})
    refused("snapshot_damaged", snapshots.table, file_store, "S1", "ledger")


def test_a_table_with_positions_is_refused_or_read_back_whole(store):
    """Positions go in as columns; a geometry column has no place in a snapshot."""
    table = gpd.GeoDataFrame({"score": [1.0]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    plain = pd.DataFrame(table.drop(columns="geometry"))
    snapshots.freeze(store, {}, {"scores": plain}, LI)
    pd.testing.assert_frame_equal(snapshots.table(store, "S1", "scores"), plain)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "yearly"}, "meeting_kind"),
        ({"title": " "}, "meeting_title"),
        ({"held_on": None}, "item_day"),
        ({"term_id": "T1"}, "term_unknown"),
        ({"term_id": "x"}, "term_unknown"),
    ],
)
def test_unusable_meetings(file_store, changes, code):
    refused(code, meeting, file_store, **changes)
    assert meetings.meetings(file_store) == []


def test_the_same_meeting_once(store):
    meeting(store)
    refused("meeting_taken", meeting, store)
    other = meeting(store, kind="mid_term")
    refused("meeting_taken", meetings.edit, store, other.meeting_id, 1, START, LI)
    refused("meeting_unknown", meetings.read, store, "M3")
    refused("meeting_unknown", meetings.edit, store, "M3", 1, START, LI)


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (NewDecision(" "), "decision_text"),
        (NewDecision("x", replace(TASK, deadline=None)), "decision_incomplete"),
        (NewDecision("x", replace(TASK, department_lead=None)), "decision_incomplete"),
        (NewDecision("x", replace(TASK, deadline=DAY - timedelta(1))), "item_deadline_early"),
    ],
)
def test_unusable_decisions_write_nothing(file_store, decision, code):
    held = frozen(file_store)
    refused(code, meetings.decide, file_store, "M1", 2, [NewDecision("好", TASK), decision], LI)
    assert meetings.read(file_store, "M1") == held
    assert ledger.table(file_store).empty


def test_stale_saves(store):
    made = meeting(store)
    theirs = meetings.edit(store, "M1", 1, replace(START, title="他人"), WANG)
    for call, content in [
        (meetings.edit, START),
        (meetings.freeze, (STAMP, {})),
        (meetings.decide, [NewDecision("x")]),
    ]:
        with pytest.raises(ConflictError) as caught:
            call(store, "M1", made.version, content, LI)
        assert str(caught.value) == f"meeting_stale: meeting=他人, mine=1, theirs=2, actor=王工, at={WANG.at}"
    assert meetings.read(store, "M1") == theirs


def test_a_meeting_of_a_term(store):
    term = terms.add(store, TermFacts("2026 秋", date(2026, 9, 1), date(2027, 1, 20)), LI)
    assert meeting(store, term_id=term.term_id).facts.term_id == "T1"
