"""Patrols: every version kept, stale saves refused, names freed by retiring, all in the audit."""

import pytest
from store_plans import LI, WANG
from store_refusals import refused

from gislib.domain.errors import ConflictError
from gislib.store import audit, patrols

ASKED = {"shift": "leaving", "teams": 2}
SETS = [{"seed": 1, "teams": [{"name": "㵲阳组"}]}, {"seed": 2, "teams": []}]


def test_every_version_comes_back_as_it_was_saved(store):
    first = patrols.create(store, " 放学甲 ", ASKED, SETS, LI)
    assert (first.head.patrol_id, first.head.name, first.head.version) == ("R1", "放学甲", 1)
    assert list(first.sets) == SETS
    second = patrols.save(store, "R1", 1, ({"shift": "night"}, SETS[:1]), WANG)
    assert (second.head.version, second.head.changed_by, second.head.created_by) == (2, "王工", "李工")
    assert patrols.read(store, "R1") == second
    old = patrols.read(store, "R1", 1)
    assert (list(old.sets), old.head.parameters, old.head.version) == (SETS, ASKED, 1)
    assert patrols.heads(store) == [second.head]
    assert audit.entries(store)["action"].tolist() == ["patrol.create", "patrol.save"]


def test_a_stale_save_is_refused_and_changes_nothing(store):
    patrols.create(store, "甲", ASKED, SETS, LI)
    patrols.save(store, "R1", 1, (ASKED, SETS[:1]), LI)
    stale = refused("patrol_stale", patrols.save, store, "R1", 1, (ASKED, SETS), WANG)
    assert isinstance(stale, ConflictError)
    assert stale.values["theirs"] == 2
    assert list(patrols.read(store, "R1").sets) == SETS[:1]


def test_retiring_frees_the_name_and_coming_back_needs_it(store):
    patrols.create(store, "甲", ASKED, SETS, LI)
    refused("patrol_name_taken", patrols.create, store, "甲", ASKED, SETS, LI)
    patrols.set_status(store, "R1", 1, patrols.RETIRED, LI)
    assert patrols.heads(store) == []
    assert patrols.by_name(store, "甲") is None
    assert patrols.create(store, "甲", ASKED, SETS, LI).head.patrol_id == "R2"
    refused("patrol_name_taken", patrols.set_status, store, "R1", 1, patrols.DRAFT, LI)
    assert [head.status for head in patrols.heads(store, include_retired=True)] == ["retired", "draft"]


def test_an_accepted_patrol_is_not_overwritten(store):
    patrols.create(store, "甲", ASKED, SETS, LI)
    assert patrols.set_status(store, "R1", 1, patrols.ACCEPTED, WANG).status == "accepted"
    refused("patrol_closed", patrols.save, store, "R1", 1, (ASKED, SETS), LI)
    assert list(patrols.read(store, "R1").sets) == SETS


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda store: patrols.create(store, " ", ASKED, SETS, LI), "patrol_name"),
        (lambda store: patrols.create(store, "乙", {"x": float("nan")}, SETS, LI), "store_not_json"),
        (lambda store: patrols.create(store, "乙", ASKED, [{"x": float("nan")}], LI), "store_not_json"),
        (lambda store: patrols.read(store, "R9"), "patrol_unknown"),
        (lambda store: patrols.read(store, "R0"), "patrol_unknown"),
        (lambda store: patrols.read(store, "P1"), "patrol_unknown"),
    ],
)
def test_what_is_refused(store, call, code):
    refused(code, call, store)
    assert patrols.heads(store) == []
