"""The ledger: items added once, moved by steps, stale saves refused; the history replays to the items."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import text
from store_plans import LI, WANG
from store_refusals import refused

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import audit, item_rows, item_steps, ledger, workspace_edits
from gislib.store.database import reading
from gislib.store.item_facts import NAMES, Facts
from gislib.store.items import NewItem, Save
from gislib.store.workspace_edits import NewEdit

FOUND = date(2026, 9, 1)
DUE = date(2026, 10, 15)
FACTS = Facts(
    "网吧疑似在距离内",
    measure="现场复测",
    net="joint",
    grade="red",
    area_code="522301",
    place_kind="venue",
    place_id="osm:n7",
    school_id="osm:w1",
    lon=104.9,
    lat=25.1,
    rule_id="distance.net_bar",
    refs=("finding:osm:w1|osm:n7", "测量 1"),
    departments_main=("public_security", "education"),
    departments_support=("townships",),
    post="县文旅局执法大队",
    note="第一行\r\n㵲水 <b>",
)
ASSIGN = {"department_lead": "culture_tourism", "deadline": DUE}


def one(store, facts=FACTS, source="manual", **values):
    (item_id,) = ledger.add(store, [NewItem(source, FOUND, facts, **values)], LI).item_ids
    return item_id


def step(store, item_id, name, author=LI, **values):
    version = ledger.read(store, item_id).version
    (item,) = ledger.save(store, [Save(item_id, version, name, **values)], author)
    return item


def walk(store, item_id, upto):
    """Bring a new item to a state."""
    way = {"assigned": 1, "rectifying": 2, "recheck": 3, "closed": 4, "found": 0}[upto]
    steps = [("assign", {"changes": ASSIGN}), ("start", {}), ("submit", {}), ("close", {"on": DUE})]
    for name, values in steps[:way]:
        step(store, item_id, name, **values)
    return ledger.read(store, item_id)


def replayed(store, item_id):
    """Columns of an item worked out from its history alone."""
    now = {}
    for line in ledger.history(store, item_id).itertuples():
        assert {name: now.get(name) for name in line.before} == line.before
        now |= line.after
    return now


def test_an_item_keeps_every_fact(store):
    item = ledger.read(store, one(store))
    assert (item.item_id, item.version, item.state, item.outcome) == ("H-00001", 1, "found", None)
    assert (item.source, item.found_on, item.closed_on, item.extensions) == ("manual", FOUND, None, 0)
    assert item.facts == replace(FACTS, note="第一行\n㵲水 <b>")
    assert (item.created_at, item.created_by, item.changed_at, item.changed_by) == (LI.at, "李工", LI.at, "李工")


def test_the_way_of_an_item(store):
    item_id = one(store)
    assigned = step(store, item_id, "assign", changes=ASSIGN)
    assert (assigned.state, assigned.version, assigned.facts.deadline) == ("assigned", 2, DUE)
    assert step(store, item_id, "start", WANG).state == "rectifying"
    later = step(store, item_id, "extend", changes={"deadline": DUE + timedelta(30)}, reason="汛期")
    assert (later.state, later.extensions, later.facts.deadline) == ("rectifying", 1, DUE + timedelta(30))
    assert step(store, item_id, "submit").state == "recheck"
    assert step(store, item_id, "give_back", reason="未到位").state == "rectifying"
    step(store, item_id, "submit")
    closed = step(store, item_id, "close", on=DUE)
    assert (closed.state, closed.outcome, closed.closed_on, closed.version) == ("closed", "rectified", DUE, 8)
    assert step(store, item_id, "reopen", reason="反弹").state == "recheck"
    log = ledger.history(store, item_id)
    assert log["step"].tolist() == [
        "add", "assign", "start", "extend", "submit", "give_back", "submit", "close", "reopen",
    ]  # fmt: skip
    assert log["version"].tolist() == [*range(1, 10)]
    assert (log["before"].iloc[3], log["after"].iloc[3], log["reason"].iloc[3]) == (
        {"deadline": "2026-10-15", "extensions": 0}, {"deadline": "2026-11-14", "extensions": 1}, "汛期",
    )  # fmt: skip
    assert log["actor"].iloc[2] == "王工"
    assert audit.entries(store)["action"].tolist() == [f"item.{name}" for name in log["step"]]


@pytest.mark.parametrize("state", item_steps.STATES)
def test_only_the_ways_of_the_machine(store, state):
    """Every step from every state: allowed exactly where the table says so."""
    allowed = {
        "found": {"edit", "assign", "dismiss"},
        "assigned": {"edit", "reassign", "start", "give_back", "extend", "dismiss"},
        "rectifying": {"edit", "reassign", "submit", "extend", "dismiss"},
        "recheck": {"edit", "give_back", "extend", "close", "dismiss"},
        "closed": {"reopen"},
    }[state]
    item = walk(store, one(store), state)
    for name in set(item_steps.STEPS) - allowed:
        refused("item_step", step, store, item.item_id, name)
    for name in allowed:
        assert state in item_steps.STEPS[name].ways
    assert ledger.read(store, item.item_id) == item


def test_refused_steps_write_nothing(store):
    new, assigned = one(store), one(store)
    walk(store, assigned, "assigned")
    before = ledger.table(store)
    refused("item_not_assignable", step, store, new, "assign")
    for code, item_id, name, values in [
        ("item_not_assignable", new, "assign", {"changes": {"deadline": DUE}}),
        ("item_reason_missing", assigned, "give_back", {}),
        ("item_reason_missing", assigned, "extend", {"changes": {"deadline": DUE + timedelta(1)}, "reason": " \n"}),
        ("item_deadline_later", assigned, "extend", {"changes": {"deadline": DUE - timedelta(1)}, "reason": "x"}),
        ("item_deadline_later", assigned, "extend", {"reason": "x"}),
        ("item_deadline_locked", assigned, "edit", {"changes": {"deadline": DUE + timedelta(9)}}),
        ("item_deadline_locked", assigned, "start", {"changes": {"deadline": DUE + timedelta(9)}}),
        ("item_not_assignable", assigned, "edit", {"changes": {"department_lead": None}}),
        ("item_closed_on", assigned, "dismiss", {"reason": "复测在距离外"}),
        ("item_closed_on", assigned, "dismiss", {"reason": "复测在距离外", "on": FOUND - timedelta(1)}),
        ("item_closed_on", assigned, "start", {"on": DUE}),
        ("item_column", assigned, "edit", {"changes": {"state": "closed"}}),
        ("item_step_unknown", assigned, "delete", {}),
        ("item_edits_early", assigned, "start", {"edits": [NewEdit("venues", "retire", "osm:n7")]}),
        ("item_deadline_early", new, "edit", {"changes": {"deadline": FOUND - timedelta(1)}}),
    ]:
        with pytest.raises(StoreError) as caught:
            step(store, item_id, name, **values)
        assert caught.value.code == code
    pd.testing.assert_frame_equal(ledger.table(store), before)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " \u200b "}, "item_title"),
        ({"title": "长" * 201}, "item_title"),
        ({"net": "other"}, "item_choice"),
        ({"grade": "purple"}, "item_choice"),
        ({"place_kind": "planet"}, "item_choice"),
        ({"lon": None}, "item_position"),
        ({"lon": float("nan")}, "item_position"),
        ({"lat": 91.0}, "item_position"),
        ({"place_id": None, "school_id": None, "lon": None, "lat": None}, "item_place_missing"),
        ({"departments_main": ("a", "a")}, "item_department"),
        ({"departments_support": ("a b",)}, "item_department"),
        ({"department_lead": "education"}, "item_department"),
        ({"deadline": FOUND - timedelta(1)}, "item_deadline_early"),
        ({"deadline": "2026-12-01"}, "item_day"),
        ({"deadline": LI.at}, "item_day"),
    ],
)
def test_unusable_facts(file_store, changes, code):
    with pytest.raises(StoreError) as caught:
        one(file_store, replace(FACTS, **changes))
    assert caught.value.code == code
    assert ledger.table(file_store).empty


def test_unusable_new_items(file_store):
    refused("item_source", ledger.add, file_store, [NewItem("rumour", FOUND, FACTS)], LI)
    refused("item_state_start", ledger.add, file_store, [NewItem("manual", FOUND, FACTS, state="assigned")], LI)
    refused("item_state_start", ledger.add, file_store, [NewItem("import", FOUND, FACTS, state="gone")], LI)
    refused("item_not_assignable", ledger.add, file_store, [NewItem("import", FOUND, FACTS, state="assigned")], LI)
    refused("item_closed_on", ledger.add, file_store, [NewItem("import", FOUND, FACTS, state="closed")], LI)
    refused("item_key_unusable", ledger.add, file_store, [NewItem("finding", FOUND, FACTS, "k" * 301)], LI)
    refused("ledger_empty", ledger.save, file_store, [], LI)
    for label in ("H-00001", "H-1", "H-00000", "P1", "H-9999999999", "H-00001 "):
        refused("item_unknown", ledger.read, file_store, label)
    assert audit.entries(file_store).empty


def test_items_of_an_earlier_ledger_keep_their_state(store):
    open_, closed = ledger.add(
        store,
        [
            NewItem("import", FOUND, replace(FACTS, **ASSIGN), "旧台账:1", "rectifying"),
            NewItem("import", FOUND, FACTS, "旧台账:2", "closed", DUE),
        ],
        LI,
    ).item_ids
    assert ledger.read(store, open_).state == "rectifying"
    assert (ledger.read(store, closed).outcome, ledger.read(store, closed).closed_on) == ("rectified", DUE)


def test_the_same_finding_is_one_item_until_it_was_rectified(store):
    finding = NewItem("finding", FOUND, FACTS, "finding:1")
    first = ledger.add(store, [finding, finding, replace(finding, source_key="finding:2")], LI)
    assert first.item_ids == ("H-00001", "H-00001", "H-00002")
    assert first.new == {"H-00001", "H-00002"}
    again = ledger.add(store, [finding], WANG)
    assert (again.item_ids, again.new) == (("H-00001",), frozenset())
    assert len(audit.entries(store)) == 1, "an import that brings nothing new writes nothing"
    walk(store, "H-00001", "closed")
    step(store, "H-00002", "dismiss", reason="复测在距离外", on=DUE)
    found = ledger.add(store, [finding, replace(finding, source_key="finding:2")], LI)
    assert found.item_ids == ("H-00003", "H-00002")
    assert found.new == {"H-00003"}, "what was unfounded is not opened again"
    reopened = [Save("H-00001", 5, "reopen", reason="反弹")]
    assert "other=H-00003" in str(refused("item_key_live", ledger.save, store, reopened, LI))


def test_reopened_items_hold_their_key_again(store):
    one(store, source="finding", source_key="k")
    walk(store, "H-00001", "closed")
    with pytest.raises(StoreError, match="item_reason_missing"):
        step(store, "H-00001", "reopen")
    step(store, "H-00001", "reopen", reason="反弹")
    assert ledger.add(store, [NewItem("finding", FOUND, FACTS, "k")], LI).new == frozenset()


def test_bulk_assign_is_all_or_nothing(store):
    ids = ledger.add(store, [NewItem("manual", FOUND, FACTS)] * 30, LI).item_ids
    step(store, ids[7], "edit", WANG, changes={"note": "他人"})
    saves = [Save(item_id, 1, "assign", ASSIGN) for item_id in ids]
    stale = refused("items_stale", ledger.save, store, saves, LI)
    assert isinstance(stale, ConflictError)
    told = f"items_stale: count=1, item={ids[7]}, mine=1, theirs=2, actor=王工, at={WANG.at}"
    assert str(stale) == told
    assert set(ledger.table(store)["state"]) == {"found"}
    saves[7] = replace(saves[7], expected_version=2)
    assert {item.state for item in ledger.save(store, saves, LI)} == {"assigned"}
    assert audit.entries(store)["detail"].iloc[-1] == {"items": list(ids)}
    refused("item_twice", ledger.save, store, [saves[0], saves[0]], LI)
    refused("item_unknown", ledger.save, store, [saves[0], Save("H-00031", 1)], LI)


def test_an_edit_that_changes_nothing_is_not_written(store):
    item_id = one(store)
    same = step(store, item_id, "edit", changes={name: getattr(FACTS, name) for name in NAMES})
    assert same.version == 1
    assert len(ledger.history(store)) == len(audit.entries(store)) == 1


def test_the_ledger_as_a_table(store):
    assert ledger.table(store).columns.tolist() == list(item_rows.COLUMNS)
    one(store)
    one(store, Facts("无区划", school_id="s"))
    one(store, replace(FACTS, area_code="522302"))
    walk(store, "H-00001", "closed")
    found = ledger.table(store)
    assert found.index.tolist() == ["H-00001", "H-00002", "H-00003"]
    assert found.loc["H-00001", ["state", "outcome", "found_on", "closed_on", "deadline"]].tolist() == [
        "closed", "rectified", "2026-09-01", "2026-10-15", "2026-10-15",
    ]  # fmt: skip
    assert found.loc["H-00001", "departments_main"] == "public_security education"
    assert found.loc["H-00001", "refs"] == "finding:osm:w1|osm:n7\n测量 1"
    assert found.loc["H-00002", ["area_code", "deadline", "lon", "meeting_id"]].isna().all()
    assert ledger.table(store, {"522302"}).index.tolist() == ["H-00003"]
    assert ledger.table(store, {"522302", "522301"}).index.tolist() == ["H-00001", "H-00003"]
    assert ledger.table(store, ()).empty


def test_closing_changes_the_data_in_the_same_transaction(store):
    item = walk(store, one(store), "recheck")
    hump = NewEdit("devices", "add", None, {"kind": "hump", "located_to_m": 0.5}, Point(104.9, 25.1))
    save = Save(item.item_id, item.version, "close", on=DUE, edits=[hump, NewEdit("venues", "retire", "osm:n7")])
    refused(
        "workspace_edit_layer", ledger.save, store, [replace(save, edits=[hump, NewEdit("planets", "retire", "x")])], LI
    )
    assert workspace_edits.standing(store) == []
    assert ledger.read(store, item.item_id) == item
    ledger.save(store, [save], LI)
    first, second = workspace_edits.standing(store)
    assert (first.feature_id, first.item_id, second.feature_id) == ("edit:1", item.item_id, "osm:n7")


ACTS = st.lists(
    st.tuples(st.sampled_from(sorted(item_steps.STEPS)), st.integers(0, 40), st.booleans(), st.booleans()), max_size=12
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_run_of_steps_replays_to_the_item(store, acts):
    """Whatever people try, applied or refused: versions count the saves, and the history gives the item."""
    item_id = one(store)
    applied = 1
    for name, days, assigns, reasoned in acts:
        changes = {"note": str(days)} | ({"deadline": DUE + timedelta(days)} if assigns else {})
        if name == "assign":
            changes["department_lead"] = "culture_tourism"
        on = DUE if name in {"close", "dismiss"} else None
        try:
            item = step(store, item_id, name, changes=changes, reason="因" if reasoned else None, on=on)
        except StoreError:
            continue
        applied += item.version > applied
        assert item.version == applied
    with reading(store) as connection:
        serial = int(item_id[2:])
        row = connection.execute(text(f"SELECT * FROM ledger_items WHERE serial = {serial}")).mappings().one()  # noqa: S608
    told = replayed(store, item_id)
    now = ledger.read(store, item_id)
    assert (told["state"], told.get("outcome"), told.get("note")) == (now.state, now.outcome, now.facts.note)
    assert told.get("deadline") == (now.facts.deadline and now.facts.deadline.isoformat())
    assert (told.get("extensions", 0), told.get("live_key")) == (row["extensions"], row["live_key"])


def test_history_is_only_added_to(store):
    item_id = one(store)
    before = ledger.history(store)
    walk(store, item_id, "closed")
    pd.testing.assert_frame_equal(ledger.history(store).head(1), before)


def test_a_large_ledger(store):
    """Thousands of items are put down, assigned and read in seconds."""
    items = [NewItem("import", FOUND, FACTS, f"旧台账:{n}") for n in range(1200)]
    ids = ledger.add(store, items, LI).item_ids
    assert ledger.add(store, items, LI).new == frozenset()
    ledger.save(store, [Save(item_id, 1, "assign", ASSIGN) for item_id in ids], LI)
    found = ledger.table(store)
    assert (len(found), set(found["version"]), found.index[-1]) == (1200, {2}, "H-01200")
