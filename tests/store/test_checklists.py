"""Checklist answers: only added, the newest counts, the same file twice adds nothing."""

from dataclasses import replace
from datetime import date

import pytest
from store_plans import LI, WANG
from store_refusals import refused

from gislib.store import audit, checklists
from gislib.store.checklists import Answer

SEEN = Answer("osm:w1", "net.physical.wall", "yes", date(2026, 9, 10), "州教育局安全科科长", "北墙已加高")
OTHER = replace(SEEN, question="net.technical.alarm", answer="unknown", note=None)


def test_the_newest_answer_counts(store):
    assert checklists.add(store, [SEEN, OTHER], LI) == 2
    assert checklists.add(store, [SEEN, OTHER, SEEN], WANG) == 0
    assert len(audit.entries(store)) == 1
    earlier = replace(SEEN, answer="no", answered_on=date(2026, 9, 1))
    assert checklists.add(store, [earlier], WANG) == 1
    now = checklists.current(store)
    assert now[["question", "answer"]].to_numpy().tolist() == [[SEEN.question, "yes"], [OTHER.question, "unknown"]]
    then = checklists.current(store, date(2026, 9, 9))
    assert then[["answer", "answered_on"]].to_numpy().tolist() == [["no", "2026-09-01"]]
    assert len(checklists.history(store)) == 3
    assert checklists.history(store, "osm:w2").empty


def test_a_correction_of_the_same_day_counts_and_can_be_corrected_again(store):
    wrong = replace(SEEN, answer="no")
    for answer in (SEEN, wrong, SEEN):
        assert checklists.add(store, [answer], LI) == 1
    assert checklists.current(store)["answer"].tolist() == ["yes"]


def test_two_inspections_a_term(store):
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 1), date(2026, 12, 1)]
    answers = [replace(SEEN, answered_on=day, question=f"q{n}") for n, day in enumerate(days)]
    checklists.add(store, [*answers, replace(SEEN, school_id="osm:w9")], LI)
    found = checklists.inspections(store, date(2026, 9, 1), date(2027, 1, 22), {"osm:w2", "osm:w1"})
    assert found.index.tolist() == ["osm:w1", "osm:w2"]
    assert found["inspections"].tolist() == [2, 0]
    assert found["last"].iloc[0] == "2026-12-01"
    assert found["last"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answer": "maybe"}, "checklist_answer"),
        ({"school_id": ""}, "checklist_school"),
        ({"question": "q" * 81}, "checklist_question"),
        ({"post": " "}, "checklist_post"),
        ({"answered_on": None}, "item_day"),
    ],
)
def test_unusable_answers_write_nothing(file_store, changes, code):
    refused(code, checklists.add, file_store, [SEEN, replace(SEEN, **changes)], LI)
    assert checklists.history(file_store).empty


def test_nothing_answered(store):
    assert checklists.add(store, [], LI) == 0
    assert checklists.current(store).empty
    assert checklists.inspections(store, date(2026, 9, 1), date(2027, 1, 1), ["a"])["inspections"].tolist() == [0]
