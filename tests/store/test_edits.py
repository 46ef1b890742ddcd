"""Edits of devices: ids kept, one step each, undone and redone; the log is only ever added to."""

import re

import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import event
from store_plans import AT, LAT, LI, LON, WANG, device, devices, logged, replayed, state

from gislib.domain.errors import StoreError, TableError
from gislib.store import edits, plans
from gislib.store.edits import Change


@pytest.fixture
def plan(store):
    return plans.create(store, "甲", {}, devices(device("a"), device("b")), LI)


def test_add_move_and_remove_in_one_step(store, plan):
    moved = plan.devices.loc["P1-0001"].copy()
    moved["geometry"] = Point(LON + 0.001, LAT)
    after = edits.apply(
        store, "P1", 1, [Change("P1-0001", moved), Change("P1-0002", None), Change(None, device(note="新"))], WANG
    )
    assert state(after) == {"P1-0001": ("a", None, LON + 0.001, LAT), "P1-0003": (None, "新", LON, LAT)}
    assert (after.head.version, after.head.undoable, after.head.redoable) == (2, True, False)
    undone = edits.undo(store, "P1", 2, WANG)
    assert_geodataframe_equal(undone.devices, plan.devices)
    assert (undone.head.undoable, undone.head.redoable) == (False, True)
    redone = edits.redo(store, "P1", 3, WANG)
    assert_geodataframe_equal(redone.devices, after.devices)
    assert (redone.head.version, redone.head.undoable, redone.head.redoable) == (4, True, False)


def test_a_row_of_the_device_table_comes_back_as_it_was(store, plan):
    """Missing values of a table row (NaN) are missing in the store."""
    same = edits.apply(store, "P1", 1, [Change(label, row) for label, row in plan.devices.T.items()], LI)
    assert_geodataframe_equal(same.devices, plan.devices)


def test_a_new_edit_after_undo_clears_redo(store, plan):
    edits.apply(store, "P1", 1, [Change("P1-0001", None)], LI)
    edits.undo(store, "P1", 2, LI)
    now = edits.apply(store, "P1", 3, [Change("P1-0002", None)], LI)
    assert not now.head.redoable
    with pytest.raises(StoreError, match="nothing_to_redo"):
        edits.redo(store, "P1", 4, LI)
    assert_geodataframe_equal(edits.undo(store, "P1", 4, LI).devices, plan.devices)
    with pytest.raises(StoreError, match="nothing_to_undo"):
        edits.undo(store, "P1", 5, LI)
    assert plans.read(store, "P1").head.version == 5


def test_history(store):
    plans.create(store, "甲", {}, devices(device("a")), LI)
    edits.apply(store, "P1", 1, [Change("P1-0001", device("a", note="x"))], WANG)
    plans.set_parameters(store, "P1", 2, {"n": 1}, LI)
    edits.undo(store, "P1", 3, LI)
    edits.undo(store, "P1", 4, LI)
    edits.redo(store, "P1", 5, LI)
    log = edits.history(store, "P1")
    assert list(log.columns) == list(edits.HISTORY)
    found = log[["step", "action", "device_id", "undoes_step", "undone"]].astype(object)
    assert [tuple(None if value is None or value != value else value for value in row) for row in  # noqa: PLR0124
            found.where(found.notna(), None).to_numpy()] == [
        (1, "create", "P1-0001", None, False),
        (2, "edit", "P1-0001", None, False),
        (3, "parameters", None, None, True),
        (4, "undo", None, 3, False),
        (5, "undo", "P1-0001", 2, True),
        (6, "redo", "P1-0001", 5, False),
    ]  # fmt: skip
    first, second = log.iloc[0], log.iloc[1]
    assert first["before"] is None
    assert second["before"] == first["after"]
    assert (second["before"]["note"], second["after"]["note"], second["after"]["candidate_id"]) == (None, "x", "a")
    assert bytes.fromhex(second["after"]["geometry"]) == Point(LON, LAT).wkb
    assert (second["actor"], second["role"], second["at"]) == ("王工", "planner", WANG.at)
    assert log["at"].iloc[0] == AT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([], "edit_empty"),
        ([Change(None, None)], "edit_empty"),
        ([Change("P1-0009", None)], "device_unknown"),
        ([Change("P2-0001", None)], "device_unknown"),
        ([Change("P1-1", None)], "device_unknown"),
        ([Change("P1-0001", None), Change("P1-0001", device())], "edit_twice"),
        ([Change(None, device(lon=500000.0, lat=3100000.0))], "device_off_earth"),
    ],
)
def test_refused_edits_write_nothing(store, plan, changes, code):
    with pytest.raises(StoreError) as caught:
        edits.apply(store, "P1", 1, changes, LI)
    assert caught.value.code == code
    assert plans.read(store, "P1").head == plan.head


@pytest.mark.parametrize("broken", [{"treatment_id": None}, {"quantity": "many"}, {"geometry": None}])
def test_rows_that_break_the_schema_write_nothing(store, plan, broken):
    with pytest.raises(TableError):
        edits.apply(store, "P1", 1, [Change("P1-0001", None), Change(None, device(**broken))], LI)
    assert plans.read(store, "P1").head == plan.head


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "remove", "undo", "redo", "replace", "undo", "redo"]), st.integers(0, 10**6)
    ),
    max_size=10,
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_run_of_edits_against_a_plain_list_of_states(store, acts):
    """The store does what a list of states with a cursor does; its log replays to the same devices."""
    serial = len(plans.heads(store)) + 1
    now = plans.create(store, f"方案{serial}", {}, devices(device("a"), device("b")), LI)
    plan_id, states, cursor, issued = now.head.plan_id, [state(now)], 0, {*now.devices.index}
    for act, seed in acts:
        wanted = _act(store, now, act, seed)
        if act in {"undo", "redo"}:
            goal = cursor + (1 if act == "redo" else -1)
            if not 0 <= goal < len(states):
                with pytest.raises(StoreError, match=f"nothing_to_{act}"):
                    wanted()
                continue
            now, cursor = wanted(), goal
        elif wanted is None:
            continue
        else:
            now = wanted()
            assert (set(state(now)) - set(states[cursor])).isdisjoint(issued), "an id given twice"
            states, cursor = [*states[: cursor + 1], state(now)], cursor + 1
            issued |= set(now.devices.index)
        assert state(now) == states[cursor]
        assert (now.head.undoable, now.head.redoable) == (cursor > 0, cursor < len(states) - 1)
    assert replayed(store, plan_id) == logged(plans.read(store, plan_id))
    assert edits.history(store, plan_id)["step"].max() == now.head.version


def _act(store, now, act, seed):
    """The act as a call; None if the plan has nothing to do it on."""
    plan_id, version = now.head.plan_id, now.head.version
    lon = LON + seed / 1e8
    if act in {"undo", "redo"}:
        return lambda: getattr(edits, act)(store, plan_id, version, LI)
    if act == "add":
        return lambda: edits.apply(store, plan_id, version, [Change(None, device(lon=lon))], LI)
    if act == "replace":
        rows = devices(*(device(letter, lon=lon) for letter in "abcd"[seed % 3 : seed % 5]))
        return lambda: plans.replace_devices(store, plan_id, version, {"seed": seed}, rows, LI)
    if now.devices.empty:
        return None
    label = now.devices.index[seed % len(now.devices)]
    after = None if act == "remove" else device(now.devices.loc[label, "candidate_id"], lon=lon)
    return lambda: edits.apply(store, plan_id, version, [Change(label, after)], LI)


def test_log_and_audit_are_only_added_to(store):
    written = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: written.append(args[2]))
    plans.create(store, "甲", {}, devices(device("a")), LI)
    edits.apply(store, "P1", 1, [Change("P1-0001", None)], LI)
    edits.undo(store, "P1", 2, LI)
    edits.redo(store, "P1", 3, LI)
    plans.replace_devices(store, "P1", 4, {}, devices(device("b")), LI)
    plans.rename(store, "P1", "乙", LI)
    plans.set_status(store, "P1", 6, "retired", LI)
    touched = {
        (verb, table) for verb, table in re.findall(r"(UPDATE|DELETE FROM|INSERT INTO) (\w+)", "\n".join(written))
    }
    assert {table for verb, table in touched if verb != "INSERT INTO"} == {"plans", "plan_devices"}
    assert {table for verb, table in touched if verb == "INSERT INTO"} == {
        "plans", "plan_devices", "plan_steps", "plan_changes", "audit",
    }  # fmt: skip
