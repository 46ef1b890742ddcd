"""Meetings of the demo county: frozen once, compared, decided; and the papers filled from what was frozen."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from docx import Document
from plan_wishes import REQUEST, WISH

from gislib import wording
from gislib.assessment import Request
from gislib.domain.errors import ConflictError, InputError, RefusedError, StoreError
from gislib.planning import (
    briefings,
    changes,
    ledger,
    ledger_book,
    ledger_sources,
    ledger_words,
    meeting_forms,
    meeting_papers,
    meetings,
    overview,
    plan_files,
    plan_scores,
    plans,
    proposals,
    results,
    snapshots,
    terms,
)
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import open_session
from gislib.planning.snapshots import Known
from gislib.reports.briefing import item_lists
from gislib.reports.briefing.content import Letterhead
from gislib.reports.briefing.form_papers import BLANK
from gislib.reports.briefing.forms import Sender
from gislib.reports.briefing.paper import texts
from gislib.sources import workspace
from gislib.store import audit
from gislib.store import snapshots as stored_snapshots
from gislib.store.item_facts import Facts
from gislib.store.items import Save
from gislib.store.meetings import MeetingFacts, NewDecision
from gislib.store.terms import TermFacts

ON = date(2026, 11, 16)
LATER = date(2026, 12, 20)
FIRST = MeetingFacts("term_start", "开学初会商", ON)
SECOND = MeetingFacts("mid_term", "期中会商", LATER)


@pytest.fixture(scope="module")
def session(workspace, twin, tmp_path_factory):
    """A county with one plan, items in the ledger and two frozen meetings, 34 days apart."""
    folder = twin(workspace, tmp_path_factory.mktemp("meetings") / "workspace")
    own = open_session(folder, actor="李工")
    proposals.propose(own, REQUEST, WISH)
    terms.add(own, TermFacts("2026 秋季学期", date(2026, 9, 1), date(2027, 1, 20)))
    meetings.hold(own, REQUEST, FIRST)
    request = results.request_of(own, "findings")
    ledger_sources.from_findings(own, request, ledger_sources.Wanted(("finding",), frozenset({"red"})))
    items = ledger.table(own)
    lone = items.index[0]
    ledger.save(own, [Save(lone, 1, "dismiss", reason="已停业", on=date(2026, 12, 1))])
    meetings.hold(own, Request(LATER), SECOND)
    return own


@pytest.fixture(scope="module")
def both(session):
    first, second = meetings.meetings(session)
    return first, second


@pytest.fixture(scope="module")
def told(session, both):
    return briefings.briefing(session, both[1].meeting_id)


def test_a_meeting_is_frozen_once_in_its_term(session, both):
    first, second = both
    assert (first.snapshot_id, second.snapshot_id) == ("S1", "S2")
    assert first.facts.term_id == "T1"
    again = meetings.hold(session, REQUEST, FIRST)
    assert again.already
    assert again.meeting == first
    with pytest.raises(InputError, match="meeting_not_frozen"):
        meetings.known(session, replace(first, snapshot_id=None))
    assert meetings.previous(session, ON) is None
    assert meetings.previous(session, LATER) == first
    assert meetings.differences(session, first.meeting_id) is None


def test_what_is_frozen_is_what_the_pages_show(session, both):
    known = meetings.known(session, both[1])
    shown = overview.overview(session)
    frozen = known.tables[snapshots.SCHOOLS]
    pd.testing.assert_series_equal(frozen["score"], shown.schools["score"])
    assert known.stamp.data_version == results.read_run(session)["school_risk"]["data_version"]
    assert known.stamp == results.stamp(session, results.request_of(session, "findings"))
    pairs = known.tables[snapshots.PAIRS]["verdict"].value_counts()
    assert (pairs["suspected"], pairs["remeasure"]) == (shown.suspected, shown.remeasure)
    shares = known.tables[snapshots.REASONS].groupby("school_id")["share"].sum()
    assert ((shares - 1).abs() < 1e-5).all()


def test_every_number_of_the_briefing_is_the_screens(session, told):
    shown = overview.overview(session)
    assert told.situation.campuses == len(shown.schools)
    assert told.situation.grades == dict(shown.grades)
    assert (told.situation.suspected, told.situation.remeasure) == (shown.suspected, shown.remeasure)
    counts = ledger.counts(ledger.table(session, on=LATER))
    assert (told.situation.items_open, told.situation.items_overdue) == (counts.open, counts.overdue)
    assert told.situation.items_closed == 1
    ranked = shown.schools[shown.schools["rank"].notna()]
    assert [one.school_id for one in told.ranking] == list(ranked.sort_values(["rank", "name"]).index)
    assert [one.score for one in told.ranking] == list(ranked.sort_values(["rank", "name"])["score"])
    plan = plans.by_name(session, "方案甲")
    scores = plan_scores.scores(session, plans.request_of(plan), plan)
    assert told.plan.cost_yuan == plan_files.summary(plan, scores).cost_yuan
    assert sum(line.cost_yuan for line in told.plan.lines) == pytest.approx(told.plan.cost_yuan)
    assert told.plan.reduction_share == pytest.approx(scores.reduction_rerouted / scores.campuses["before"].sum())
    assert sum(told.plan.grades_after.values()) == told.situation.campuses
    assert len(told.suspects) == briefings.PAIRS_SHOWN
    assert any(str(shown.suspected + shown.remeasure - briefings.PAIRS_SHOWN) in note for note in told.notes)
    assert told.patrols is None


def test_differences_are_counted_from_the_ledger(session, both, told):
    found = meetings.differences(session, both[1].meeting_id)
    kinds = {one.kind: one for one in found}
    items = ledger.table(session)
    assert kinds["item_new"].after == len(items)
    assert kinds["item_closed"].after == 1
    late = changes.overdue(items, LATER)
    assert sum(one.after for one in found if one.kind == "item_overdue") == len(late) > 0
    assert not {"rank_up", "rank_down", "suspect_new"} & kinds.keys()
    assert told.changes == found
    agenda = both[1].facts.agenda
    assert any("逾期" in line and str(len(late)) in line for line in agenda)
    assert any("方案甲" in line for line in agenda)


def test_a_later_change_of_the_ledger_does_not_touch_what_was_frozen(session, both, told):
    items = ledger.table(session)
    one = items[items["state"] == "found"].iloc[0]
    ledger.save(session, [Save(one.name, int(one["version"]), "dismiss", reason="重复", on=LATER)])
    assert briefings.briefing(session, both[1].meeting_id).situation == told.situation


def test_decisions_become_items(session, both):
    meeting_id = both[1].meeting_id
    campus = overview.overview(session).schools.index[0]
    facts = Facts("校门口增设减速丘", school_id=campus, department_lead="traffic_police", deadline=date(2027, 1, 10))
    decide = [NewDecision("校门口增设减速丘", facts), NewDecision("继续联合巡查")]
    version = meetings.read(session, meeting_id).version
    early = replace(facts, deadline=date(2026, 12, 19))
    with pytest.raises(StoreError, match="item_deadline_early"):
        meetings.decide(session, meeting_id, version, [NewDecision("早了", early)])
    gone = replace(facts, department_lead="ministry_of_magic")
    with pytest.raises(InputError, match="ledger_department_unknown"):
        meetings.decide(session, meeting_id, version, [NewDecision("撤销的部门", gone)])
    other = replace(session, areas=frozenset({"529902"}))
    with pytest.raises(RefusedError, match="area_not_yours"):
        meetings.decide(other, meeting_id, version, decide)
    done = meetings.decide(session, meeting_id, version, decide)
    item = ledger.read(session, done.decisions[0].item_id)
    assert (item.source, item.meeting_id, item.found_on) == ("meeting", meeting_id, LATER)
    assert item.facts.area_code is not None
    assert done.decisions[1].item_id is None
    with pytest.raises(ConflictError, match="meeting_stale"):
        meetings.decide(session, meeting_id, version, decide)
    ledger.save(session, [Save(item.item_id, item.version, "assign", {"deadline": date(2027, 2, 1)})])
    words = "".join(_texts(meeting_papers.rendered(meeting_papers.minutes(session, meeting_id), "docx")))
    assert "校门口增设减速丘" in words
    assert "2027-01-10" in words, "as it was decided"
    assert "2027-02-01" not in words


def test_a_decision_without_a_campus_concerns_the_whole_area(session, both):
    meeting_id, held_on = both[1].meeting_id, both[1].facts.held_on
    facts = Facts("集中整治上学路段", department_lead="traffic_police", deadline=date(2027, 1, 10))

    def decided(who):
        version = meetings.read(session, meeting_id).version
        return meetings.decide(who, meeting_id, version, [NewDecision("集中整治上学路段", facts)]).decisions[-1].item_id

    codes = sorted(ledger.table(session)["area_code"].dropna().unique())
    one, other = (replace(session, areas=frozenset({code})) for code in codes[:2])
    with pytest.raises(RefusedError, match="area_not_yours"):
        decided(replace(session, areas=frozenset(codes[:2])))
    everybody, own = decided(session), decided(one)
    assert ledger.read(session, everybody).facts.area_code is None
    assert ledger.read(one, own).facts.area_code == codes[0]
    seen = {name: set(ledger.table(who).index) & {everybody, own} for name, who in
            {"all": session, "one": one, "other": other}.items()}  # fmt: skip
    assert seen == {"all": {everybody, own}, "one": {own}, "other": set()}
    item = ledger.read(session, everybody)
    (item,) = ledger.save(session, [Save(everybody, item.version, "assign")])
    assert (item.state, item.facts.lon, item.facts.school_id) == ("assigned", None, None)
    row = ledger.table(session).loc[everybody]
    assert ledger.whole_area(row)
    assert not ledger.whole_area(ledger.table(session).loc["H-00001"])
    for lang, word in {"zh": "全域", "en": "Whole area"}.items():
        (cells,) = ledger_words.cells(ledger.table(session).loc[[everybody]], lang)
        assert (cells["place"], cells["lon"]) == (word, None)
    known = snapshots.known_now(session, held_on, scored=False)
    (listed,) = [one for one in briefings.items_of(known) if one.item_id == everybody]
    assert (listed.place, listed.whole_area) == ("全域", True)
    assert item_lists.placed_title(listed) == "全域：集中整治上学路段"


def test_a_workbook_with_an_item_of_the_whole_area_comes_back_unchanged(session, both, tmp_path):
    told = ledger.table(session)
    assert any(ledger.whole_area(row) for row in told.to_dict("records"))
    (tmp_path / "ledger.xlsx").write_bytes(ledger_book.workbook(session, both[1].facts.held_on))
    changes = ledger_book.preview(session, tmp_path / "ledger.xlsx", both[1].facts.held_on)
    assert (changes.unchanged, changes.changed, changes.rejected) == (len(told), (), ())


def test_an_order_needs_somebody_to_address_it_to(session, both, monkeypatch):
    told = briefings.briefing(session, both[1].meeting_id)
    everywhere = replace(told, items=(replace(told.items[0], whole_area=True), *told.items[1:]))
    monkeypatch.setattr(briefings, "briefing", lambda *_: everywhere)
    with pytest.raises(InputError, match="meeting_item_everywhere"):
        meeting_forms.order(session, both[1].meeting_id, told.items[0].item_id, Sender("traffic_police"))


def test_a_county_sees_its_ledger_only(session, both):
    codes = ledger.table(session)["area_code"].dropna().unique()
    assert len(codes) > 1
    one = replace(session, areas=frozenset({codes[0]}))
    mine = briefings.briefing(one, both[1].meeting_id)
    everything = briefings.briefing(session, both[1].meeting_id)
    assert 0 < len(mine.items) < len(everything.items)
    known = meetings.known(one, both[1])
    assert set(known.tables["ledger"]["area_code"]) == {codes[0]}
    none = replace(session, areas=frozenset())
    assert briefings.briefing(none, both[1].meeting_id).items == ()


def test_papers_are_written_and_noted(session, both, tmp_path):
    done = meeting_papers.write_papers(session, both[1].meeting_id, tmp_path, letterhead=Letterhead("澜桥县综治办"))
    names = {path.relative_to(tmp_path).as_posix() for path in done.files}
    assert {"briefing.docx", "briefing.pdf", "minutes.docx", "minutes.pdf"} <= names
    assert any(name.startswith("todo/") for name in names)
    assert done.missing_characters == ()
    words = "".join(_texts((tmp_path / "briefing.docx").read_bytes()))
    assert "澜桥县综治办" in words
    assert "征求意见稿" in words
    assert "{" not in words
    last = audit.entries(store_of(session)).iloc[-1]
    assert (last["action"], last["subject"]) == ("meeting.export", both[1].meeting_id)
    with pytest.raises(InputError, match="format_unknown"):
        meeting_papers.write_papers(session, both[1].meeting_id, tmp_path, ("odt",))


def test_orders_are_for_those_with_the_power(session, both, told):
    item = next(one for one in told.items if one.departments.lead == "culture_tourism" and one.state != "closed")
    meeting_id, day = both[1].meeting_id, date(2027, 1, 20)
    paper = meeting_forms.order(session, meeting_id, item.item_id, Sender("culture_tourism"), day)
    tables = workspace.tables(session.workspace)
    row = ledger.table(session).loc[item.item_id]
    assert paper.addressee == tables["venues"]["name"][row["place_id"]] == item.own_place
    assert item.campus == tables["schools"]["name"][row["school_id"]]
    words = "".join(texts(paper))
    assert "两人" not in words, "that is the department's own task"
    assert "营业执照" in words
    with pytest.raises(InputError, match="form_no_power"):
        meeting_forms.order(session, meeting_id, item.item_id, Sender("education"), day)
    with pytest.raises(InputError, match="form_deadline_early"):
        meeting_forms.order(session, meeting_id, item.item_id, Sender("culture_tourism"), date(2026, 12, 1))


def test_an_order_whose_owner_is_not_known_is_left_blank(session, both, told, monkeypatch):
    water = replace(told.items[0], source="water", place_kind="water", own_place="水坪塘", measure="补齐救生圈")
    monkeypatch.setattr(briefings, "briefing", lambda *_: replace(told, items=(water,)))
    paper = meeting_forms.order(session, both[1].meeting_id, water.item_id, Sender("public_security"), date(2027, 1, 9))
    assert paper.addressee == BLANK
    words = "".join(texts(paper))
    assert "补齐救生圈" not in words
    assert wording.text("form.order_other") in words


def test_reminders_go_to_a_campus_the_education_bureau_or_a_department(session, both, told):
    meeting_id = both[1].meeting_id
    items = [one for one in told.items if one.source == "finding" and one.state != "closed"][:2]
    ids = [one.item_id for one in items]
    offered = meeting_forms.receivers(items)
    assert [one.name for one in offered if one.kind == "campus"] == list(dict.fromkeys(one.campus for one in items))
    assert [one.name for one in offered if one.kind == "education"] == ["教育部门"]
    assert "学校" not in [one.name for one in offered if one.kind == "department"]
    proposed = {}
    for kind in ("campus", "education", "department"):
        receiver = next(one for one in offered if one.kind == kind)
        paper = meeting_forms.reminder(session, meeting_id, ids, receiver, Sender("politics_law"))
        assert paper.addressee == receiver.name
        words = "".join(texts(paper))
        assert all(one.title in words for one in items)
        proposed[kind] = wording.text(f"form.propose_{kind}_finding") if kind != "department" else items[0].measure
        assert proposed[kind] in words
    assert len(set(proposed.values())) == 3
    with pytest.raises(InputError, match="meeting_item_unknown"):
        meeting_forms.reminder(session, meeting_id, ["H-99999"], offered[0], Sender("education"))


def test_a_snapshot_that_was_meddled_with_is_refused(session, both):
    with pytest.raises(StoreError, match="snapshot_unknown"):
        snapshots.frozen(session, "S99")
    assert both[0].snapshot_id == "S1"


def test_calendar_edits_and_twins(session):
    facts = MeetingFacts("term_end", "期末会商", date(2027, 1, 15))
    meeting = meetings.plan(session, facts)
    moved = meetings.edit(session, meeting.meeting_id, meeting.version, replace(facts, held_on=date(2027, 2, 1)))
    assert (meeting.facts.term_id, moved.facts.term_id) == ("T1", None)
    with pytest.raises(StoreError, match="meeting_taken"):
        meetings.plan(session, FIRST)
    with pytest.raises(StoreError, match="meeting_kind"):
        meetings.plan(session, replace(facts, kind="weekly"))


def drawn(known: Known, **tables: pd.DataFrame) -> Known:
    return replace(known, tables={**known.tables, **tables})


def test_ranks_move_only_beyond_their_interval(session, both):
    before = meetings.known(session, both[0])
    schools = before.tables[snapshots.SCHOOLS]
    ranked = schools[schools["rank"].notna()].sort_values("rank")
    inside, beyond, graded = ranked.index[:3]
    moved = schools.copy()
    moved.loc[inside, "rank"] = schools.loc[inside, "rank_high"]
    moved.loc[beyond, "rank"] = schools.loc[beyond, "rank_high"] + 1
    moved.loc[graded, "grade"] = "blue"
    gone = moved.drop(index=ranked.index[-1])
    found = changes.changes(before, drawn(before, schools=gone), (ON, LATER))
    told = {(one.kind, one.subject) for one in found}
    assert told == {("rank_down", schools.loc[beyond, "name"]), ("grade_better", schools.loc[graded, "name"])}
    back = changes.changes(drawn(before, schools=gone), before, (ON, LATER))
    assert ("campus_new", schools.loc[ranked.index[-1], "name"]) in {(one.kind, one.subject) for one in back}


def test_suspects_plans_and_patrols_that_come_and_go(session, both):
    before = meetings.known(session, both[0])
    pairs = before.tables[snapshots.PAIRS]
    suspected = pairs[pairs["verdict"] == "suspected"]
    fewer = pairs.drop(index=suspected.index[0])
    found = changes.changes(before, drawn(before, pairs=fewer), (ON, LATER))
    first = suspected.iloc[0]
    left = fewer[(fewer["school_id"] == first["school_id"]) & (fewer["venue_id"] == first["venue_id"])]
    assert [one.kind for one in found] == ([] if len(left) else ["suspect_gone"])
    accepted = before.tables[snapshots.PLANS].assign(status="accepted")
    found = changes.changes(before, drawn(before, plans=accepted), (ON, LATER))
    assert [(one.kind, one.subject) for one in found] == [("plan_accepted", "方案甲")]
    row = {"patrol_id": "R1", "name": "入校", "covered_share": 0.6, "uncovered": 4}
    patrol = pd.DataFrame([row])
    found = changes.changes(before, drawn(before, patrols=patrol), (ON, LATER))
    assert [(one.kind, one.before, one.after) for one in found] == [("patrol_coverage", None, 0.6)]
    agenda = changes.agenda(drawn(before, patrols=patrol), found, LATER)
    assert [point.code for point in agenda if point.code == "patrol"] == ["patrol"]


def test_an_empty_patrol_table_and_no_plan(session, both):
    known = meetings.known(session, both[0])
    bare = drawn(known, plans=known.tables[snapshots.PLANS].iloc[:0], plan_lines=known.tables["plan_lines"].iloc[:0])
    told = briefings.preview(session, bare, ("term_start", ON), Letterhead())
    assert told.plan is None
    assert told.changes is None
    assert told.previous_on is None


def test_stamps_survive_the_store(session, both):
    head = stored_snapshots.heads(store_of(session))[0]
    known = meetings.known(session, both[0])
    assert head.stamp == json.loads(known.stamp.as_json())
    assert author_of(session).actor == head.taken_by


def _texts(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells
