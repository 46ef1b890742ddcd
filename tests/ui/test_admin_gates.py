"""Gate times of a term as a table, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime

from gislib.store.terms import GateTime, Term, TermFacts
from gislib.ui import admin_gates

CAMPUSES = {"": "全部校园", "s1": "第一小学", "s2": "第二小学"}
SLICES = {"arrival": "入校", "leaving": "放学"}
TIMES = (GateTime("arrival", "07:00", "08:20"), GateTime("leaving", "16:30", "18:00", "s2"))
FACTS = TermFacts("2026 秋季学期", date(2026, 9, 1), date(2027, 1, 20), (), TIMES)
TERM = Term("T1", 1, FACTS, datetime(2026, 9, 1, tzinfo=UTC), "李工")


def test_times_go_into_the_table_in_words_and_come_back():
    table = admin_gates._table(TERM, CAMPUSES, SLICES)
    assert table.to_numpy().tolist() == [
        ["全部校园", "入校", "07:00", "08:20"],
        ["第二小学", "放学", "16:30", "18:00"],
    ]
    assert admin_gates._rows(table, CAMPUSES, SLICES) == list(TIMES)


def test_an_unfinished_row_is_not_dropped_but_left_to_be_refused():
    table = admin_gates._table(TERM, CAMPUSES, SLICES)
    table.loc[len(table)] = ["第一小学", None, "07:00", None]
    assert admin_gates._rows(table, CAMPUSES, SLICES)[-1] == GateTime("", "07:00", "", "s1")
