"""Terms: kept as said, never overlapping, stale saves refused."""

from dataclasses import replace
from datetime import date

import pytest
from store_plans import LI, WANG
from store_refusals import refused

from gislib.domain.errors import ConflictError
from gislib.store import audit, terms
from gislib.store.terms import GateTime, Holiday, TermFacts

AUTUMN = TermFacts(
    "2026—2027 学年第一学期",
    date(2026, 9, 1),
    date(2027, 1, 22),
    (Holiday(date(2026, 10, 1), date(2026, 10, 7), "国庆"),),
    (GateTime("arrival", "07:00", "08:00"), GateTime("arrival", "07:20", "08:10", "osm:w1")),
)
SPRING = TermFacts("2026—2027 学年第二学期", date(2027, 2, 26), date(2027, 7, 9))


def test_terms_come_back_as_they_were_said(store):
    second = terms.add(store, SPRING, LI)
    first = terms.add(store, AUTUMN, LI)
    assert (first.term_id, first.version, first.facts) == ("T2", 1, AUTUMN)
    assert terms.terms(store) == [first, second]
    changed = terms.replace(store, "T2", 1, replace(AUTUMN, holidays=()), WANG)
    assert (changed.version, changed.facts.holidays, changed.changed_by) == (2, (), "王工")
    assert terms.terms(store)[0] == changed
    detail = audit.entries(store)["detail"].iloc[-1]
    assert detail["before"]["holidays"] == [["2026-10-01", "2026-10-07", "国庆"]]
    assert detail["after"]["holidays"] == []


def test_days_of_a_term(store):
    term = terms.add(store, AUTUMN, LI)
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 8), date(2027, 1, 22)]
    assert [term.is_school_day(day) for day in days] == [False, True, False, True, True]
    assert terms.term_on([term], days[1]) == term
    assert terms.term_on([term], days[0]) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "term_name"),
        ({"name": SPRING.name}, "term_name_taken"),
        ({"ends": AUTUMN.starts}, "term_days"),
        ({"ends": SPRING.starts}, "term_overlap"),
        ({"holidays": (Holiday(date(2026, 8, 1), date(2026, 10, 7), "x"),)}, "term_holiday"),
        ({"holidays": (Holiday(date(2026, 10, 7), date(2026, 10, 1), "x"),)}, "term_holiday"),
        ({"gate_times": (GateTime("arrival", "7:00", "08:00"),)}, "term_clock"),
        ({"gate_times": (GateTime("arrival", "08:00", "07:00"),)}, "term_clock"),
        ({"gate_times": (GateTime("arrival", "07:00", "24:00"),)}, "term_clock"),
    ],
)
def test_unusable_terms(file_store, changes, code):
    terms.add(file_store, SPRING, LI)
    refused(code, terms.add, file_store, replace(AUTUMN, **changes), LI)
    assert len(terms.terms(file_store)) == 1


def test_a_stale_save_is_refused(store):
    terms.add(store, AUTUMN, LI)
    theirs = terms.replace(store, "T1", 1, AUTUMN, WANG)
    with pytest.raises(ConflictError) as caught:
        terms.replace(store, "T1", 1, SPRING, LI)
    assert (caught.value.code, caught.value.values["theirs"], caught.value.values["actor"]) == ("term_stale", 2, "王工")
    refused("term_unknown", terms.replace, store, "T2", 1, SPRING, LI)
    assert terms.terms(store) == [theirs]
