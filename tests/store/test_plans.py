"""Plans: created, read back to the last bit, replaced, renamed, copied, accepted, retired."""

import re
from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from store_plans import LAT, LI, LON, WANG, device, devices, logged, replayed, state

from gislib.domain.errors import ConflictError, CrsError, StoreError, TableError
from gislib.domain.tables import WGS84, check_table
from gislib.geo.crs import metric_crs
from gislib.store import edits, plans

PARAMETERS = {"budget_yuan": 2e6, "as_of": "2026-11-23", "options": {"floors": ["red"], "gap": 0.001}, "bound": None}


def refused(code, call, *arguments):
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value


def test_create_gives_out_ids_and_keeps_every_value(store):
    rng = np.random.default_rng(5)
    rows = [
        device(f"hump:{n}", lon=LON + rng.random(), lat=LAT + rng.random(), chainage_m=rng.random() * 1e4,
               cost_yuan=rng.random() * 1e5, note=["<b>㵲水</b>", None, '="x"'][n % 3], school_id=None)
        for n in range(30)
    ]  # fmt: skip
    plan = plans.create(store, " 春季 ", PARAMETERS, devices(*rows), LI)
    head = plan.head
    assert (head.plan_id, head.name, head.status, head.version) == ("P1", "春季", "draft", 1)
    assert (head.created_at, head.created_by, head.changed_at, head.changed_by) == (LI.at, "李工", LI.at, "李工")
    assert (head.undoable, head.redoable, head.devices) == (False, False, 30)
    assert head.cost_yuan == pytest.approx(sum(row["cost_yuan"] for row in rows), rel=1e-12)
    assert head.parameters == PARAMETERS
    check_table("treatments", plan.devices)
    assert plan.devices.crs == WGS84
    assert plan.devices.index.tolist() == [f"P1-{n:04d}" for n in range(1, 31)]
    assert plan.devices["chainage_m"].tolist() == [row["chainage_m"] for row in rows]
    assert plan.devices.geometry.tolist() == [row["geometry"] for row in rows]
    assert plan.devices["note"].tolist()[::3] == ["<b>㵲水</b>"] * 10
    assert plan.devices["note"].isna().sum() == 10
    assert plan.devices["school_id"].isna().all()
    assert plan.devices["approach_bearing_deg"].isna().all()
    store.engine.dispose()
    again = plans.read(store, "P1")
    assert again.head == head
    assert_geodataframe_equal(again.devices, plan.devices)


def test_devices_of_the_working_crs_are_stored_in_wgs84(store):
    metric = devices(device("a"), device("b", lon=LON + 0.01)).to_crs(metric_crs(LON))
    found = plans.create(store, "甲", {}, metric, LI).devices
    assert found.geometry.x.to_numpy() == pytest.approx([LON, LON + 0.01], abs=1e-9)


def test_an_empty_plan(store):
    plan = plans.create(store, "甲", {}, devices(), LI)
    assert (plan.head.devices, plan.head.cost_yuan, len(plan.devices)) == (0, 0.0, 0)
    check_table("treatments", plan.devices)


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "plan_name_empty"), (" \t", "plan_name_empty"), ("甲" * 81, "plan_name_unusable"),
     ("甲\n乙", "plan_name_unusable"), ("甲\x00", "plan_name_unusable"), ("甲\u202e乙", "plan_name_unusable")],
)  # fmt: skip
def test_unusable_names(file_store, name, code):
    refused(code, plans.create, file_store, name, {}, devices(), LI)
    plan = plans.create(file_store, "甲" * 80, {}, devices(), LI).head
    refused(code, plans.rename, file_store, plan.plan_id, name, LI)
    refused(code, plans.copy, file_store, plan.plan_id, name, LI)
    assert [head.name for head in plans.heads(file_store)] == ["甲" * 80]


def test_a_name_is_taken_once(store):
    plans.create(store, "甲", {}, devices(device()), LI)
    other = plans.create(store, "乙", {}, devices(), LI).head.plan_id
    assert str(refused("plan_name_taken", plans.create, store, " 甲", {}, devices(), LI)).endswith("plan=甲")
    refused("plan_name_taken", plans.copy, store, "P1", "乙", LI)
    refused("plan_name_taken", plans.rename, store, other, "甲", LI)
    assert [(head.plan_id, head.name, head.version) for head in plans.heads(store)] == [
        ("P1", "甲", 1),
        ("P2", "乙", 1),
    ]


def test_broken_devices_are_refused(store):
    with pytest.raises(TableError):
        plans.create(store, "甲", {}, devices(device(treatment_id=None)), LI)
    with pytest.raises(CrsError):
        plans.create(
            store, "甲", {}, gpd.GeoDataFrame(devices(device()), crs=None).set_crs(None, allow_override=True), LI
        )
    metric = devices(device()).to_crs(metric_crs(LON)).set_crs(WGS84, allow_override=True)
    refused("device_off_earth", plans.create, store, "甲", {}, metric, LI)
    refused("store_not_json", plans.create, store, "甲", {"gap": float("nan")}, devices(), LI)
    assert plans.heads(store, include_retired=True) == []


def test_read_by_id_and_name(store):
    plans.create(store, "甲", {}, devices(device()), LI)
    assert plans.by_name(store, "甲 ").head == plans.read(store, "P1").head
    assert plans.by_name(store, "乙") is None
    for label in ("P2", "P0", "P01", "1", "", "P1; DROP TABLE plans", "P99999999999999999999"):
        refused("plan_unknown", plans.read, store, label)


def test_heads_of_many_plans(store):
    for n in range(5):
        plans.create(store, f"方案{n}", {"n": n}, devices(*(device(str(k)) for k in range(n))), LI)
    edits.apply(store, "P3", 1, [edits.Change(None, device())], WANG)
    edits.undo(store, "P3", 2, WANG)
    found = plans.heads(store)
    assert [(head.plan_id, head.devices, head.cost_yuan, head.parameters["n"]) for head in found] == [
        (f"P{n + 1}", n, n * 8000.0, n) for n in range(5)
    ]
    assert [(head.undoable, head.redoable) for head in found] == [(False, head.plan_id == "P3") for head in found]


def test_replace_keeps_ids_of_unchanged_candidates(store):
    plans.create(store, "甲", {"budget_yuan": 1.0}, devices(device("a"), device("b"), device("c")), LI)
    edits.apply(store, "P1", 1, [edits.Change(None, device(note="手加"))], LI)
    before = plans.read(store, "P1")
    wanted = devices(device("c", cost_yuan=9000.0), device("d"), device(note="手加"), device("a"), device("a"))
    wanted.index = ["x", "P1-0002", "P1-0004", "P9-0001", "y"]
    after = plans.replace_devices(store, "P1", 2, {"budget_yuan": 2.0}, wanted, WANG)
    found = after.devices
    assert dict(zip(found.index, found["candidate_id"].fillna("-"), strict=True)) == {
        "P1-0001": "a", "P1-0003": "c", "P1-0004": "-", "P1-0005": "d", "P1-0006": "a",
    }  # fmt: skip
    assert found.loc["P1-0003", "cost_yuan"] == 9000.0
    assert (after.head.version, after.head.parameters, after.head.changed_by) == (3, {"budget_yuan": 2.0}, "王工")
    log = edits.history(store, "P1")
    assert log.loc[log["step"] == 3, "device_id"].tolist() == ["P1-0002", "P1-0003", "P1-0005", "P1-0006"]
    undone = edits.undo(store, "P1", 3, WANG)
    assert_geodataframe_equal(undone.devices, before.devices)
    assert undone.head.parameters == {"budget_yuan": 1.0}
    redone = edits.redo(store, "P1", 4, WANG)
    assert_geodataframe_equal(redone.devices, after.devices)
    assert redone.head.parameters == {"budget_yuan": 2.0}
    assert replayed(store, "P1") == logged(redone)


def test_an_id_is_never_given_twice(store):
    plans.create(store, "甲", {}, devices(device("a")), LI)
    plans.replace_devices(store, "P1", 1, {}, devices(), LI)
    plan = plans.replace_devices(store, "P1", 2, {}, devices(device("a")), LI)
    assert plan.devices.index.tolist() == ["P1-0002"]
    edits.undo(store, "P1", 3, LI)
    plan = edits.apply(store, "P1", 4, [edits.Change(None, device("a"))], LI)
    assert plan.devices.index.tolist() == ["P1-0003"]


def test_more_than_9999_devices_of_a_plan(file_store):
    plan = plans.create(file_store, "甲", {}, devices(*[device()] * 10001), LI)
    assert plan.devices.index[[0, 9998, 9999, 10000]].tolist() == ["P1-0001", "P1-9999", "P1-10000", "P1-10001"]
    plan = edits.apply(file_store, "P1", 1, [edits.Change("P1-10000", None)], LI)
    assert len(plan.devices) == 10000


def test_parameters_are_an_undoable_edit(store):
    plans.create(store, "甲", {"a": 1}, devices(device()), LI)
    plans.set_parameters(store, "P1", 1, {"a": 2}, WANG)
    assert plans.read(store, "P1").head.undoable
    assert edits.undo(store, "P1", 2, WANG).head.parameters == {"a": 1}
    assert edits.redo(store, "P1", 3, WANG).head.parameters == {"a": 2}


def test_copy(store):
    plans.create(store, "甲", PARAMETERS, devices(device("a"), device("b", note="x")), LI)
    edits.apply(store, "P1", 1, [edits.Change("P1-0001", None)], LI)
    plan = plans.copy(store, "P1", "乙", WANG)
    assert state(plan) == {"P2-0001": ("b", "x", LON, LAT)}
    assert (plan.head.plan_id, plan.head.version, plan.head.undoable) == ("P2", 1, False)
    assert plan.head.parameters == PARAMETERS
    assert plan.head.created_by == "王工"
    edits.apply(store, "P2", 1, [edits.Change("P2-0001", None)], LI)
    assert len(plans.read(store, "P1").devices) == 1, "the copied plan is another one"
    refused("plan_unknown", plans.copy, store, "P9", "丙", LI)


def test_accepted_and_retired_plans_are_not_edited(store):
    plans.create(store, "甲", {}, devices(device("a")), LI)
    version = edits.apply(store, "P1", 1, [edits.Change(None, device())], LI).head.version
    for status, code in (("accepted", "plan_accepted"), ("retired", "plan_retired")):
        head = plans.set_status(store, "P1", version, status, WANG).head
        assert (head.status, head.undoable, head.redoable) == (status, False, False)
        version = head.version
        refused(code, edits.apply, store, "P1", version, [edits.Change(None, device())], LI)
        refused(code, edits.undo, store, "P1", version, LI)
        refused(code, edits.redo, store, "P1", version, LI)
        refused(code, plans.replace_devices, store, "P1", version, {}, devices(), LI)
        refused(code, plans.set_parameters, store, "P1", version, {}, LI)
        assert plans.read(store, "P1").head == head
    draft = plans.set_status(store, "P1", version, "draft", LI).head
    assert draft.undoable
    refused("plan_status_unknown", plans.set_status, store, "P1", draft.version, "done", LI)


def test_a_retired_plan_leaves_the_list_and_frees_its_name(store):
    plans.create(store, "甲", {}, devices(device()), LI)
    plans.set_status(store, "P1", 1, "retired", LI)
    assert plans.heads(store) == []
    assert plans.by_name(store, "甲") is None
    assert [head.plan_id for head in plans.heads(store, include_retired=True)] == ["P1"]
    assert plans.create(store, "甲", {}, devices(), LI).head.plan_id == "P2"
    refused("plan_name_taken", plans.set_status, store, "P1", 2, "draft", LI)
    plans.rename(store, "P1", "旧甲", LI)
    assert plans.by_name(store, "旧甲") is None
    assert plans.set_status(store, "P1", 3, "draft", LI).head.name == "旧甲"
    assert [head.name for head in plans.heads(store)] == ["旧甲", "甲"]


def test_a_stale_save_is_refused_with_both_versions(store):
    plans.create(store, "甲", {}, devices(device("a")), LI)
    theirs = edits.apply(store, "P1", 1, [edits.Change(None, device(note="他人"))], WANG)
    saves = [
        lambda: edits.apply(store, "P1", 1, [edits.Change("P1-0001", None)], LI),
        lambda: edits.undo(store, "P1", 1, LI),
        lambda: edits.redo(store, "P1", 1, LI),
        lambda: plans.replace_devices(store, "P1", 1, {}, devices(), LI),
        lambda: plans.set_parameters(store, "P1", 1, {}, LI),
        lambda: plans.set_status(store, "P1", 1, "accepted", LI),
        lambda: plans.set_status(store, "P1", 3, "accepted", LI),
    ]
    for save in saves:
        with pytest.raises(ConflictError) as caught:
            save()
        assert re.fullmatch(
            r"plan_stale: plan=甲, mine=[13], theirs=2, actor=王工, at=2026-11-23 09:30:00\+00:00", str(caught.value)
        )
    now = plans.read(store, "P1")
    assert now.head == theirs.head
    assert_geodataframe_equal(now.devices, theirs.devices)
    assert len(edits.history(store, "P1")) == 2


def test_changed_says_who_wrote_last(store):
    plans.create(store, "甲", {}, devices(), LI)
    head = plans.rename(store, "P1", "乙", WANG).head
    assert (head.version, head.created_by, head.changed_by) == (2, "李工", "王工")
    assert head.changed_at - head.created_at == timedelta(hours=1)
    assert pd.Timestamp(head.changed_at).tz is not None
