"""The audit: one row per change, and rows for what changes nothing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from store_plans import AT, LI, WANG, device, devices

from gislib.domain.errors import StoreError
from gislib.store import audit, edits, plans
from gislib.store.audit import Author


def test_record(store):
    audit.record(store, LI, "export", "P3", {"formats": ["geojson", "dxf"], "note": "县局"})
    audit.record(store, WANG, "refused.edit", "P3")
    found = audit.entries(store)
    assert list(found.columns) == list(audit.COLUMNS)
    assert found.to_dict("records") == [
        {"at": AT, "actor": "李工", "role": "planner", "action": "export", "subject": "P3",
         "detail": {"formats": ["geojson", "dxf"], "note": "县局"}},
        {"at": WANG.at, "actor": "王工", "role": "planner", "action": "refused.edit", "subject": "P3", "detail": {}},
    ]  # fmt: skip


def test_moments_are_utc_whatever_the_zone(store):
    beijing = timezone(timedelta(hours=8))
    audit.record(store, Author("李工", "planner", datetime(2026, 11, 23, 7, 5, 6, 789, tzinfo=beijing)), "x", "y")
    assert audit.entries(store)["at"].iloc[0] == datetime(2026, 11, 22, 23, 5, 6, 789, tzinfo=UTC)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(StoreError, match="author_without_zone"):
        Author("李工", "planner", datetime(2026, 11, 23))  # noqa: DTZ001


@pytest.mark.parametrize("value", [float("nan"), AT, {1, 2}])
def test_what_json_cannot_hold_is_refused(store, value):
    with pytest.raises(StoreError, match="store_not_json"):
        audit.record(store, LI, "export", "P3", {"value": value})
    assert audit.entries(store).empty


def test_every_change_writes_one_row(store):
    plan = plans.create(store, "甲", {}, devices(device("a"), device("b")), LI).head.plan_id
    edits.apply(store, plan, 1, [edits.Change(f"{plan}-0002", None), edits.Change(None, device())], WANG)
    edits.undo(store, plan, 2, WANG)
    edits.redo(store, plan, 3, WANG)
    plans.replace_devices(store, plan, 4, {"budget_yuan": 5}, devices(device("a", note="x"), device("c")), LI)
    plans.set_parameters(store, plan, 5, {}, LI)
    plans.rename(store, plan, "乙", LI)
    plans.set_status(store, plan, 7, "accepted", LI)
    plans.copy(store, plan, "丙", LI)
    found = audit.entries(store)
    assert list(zip(found["action"], found["subject"], found["detail"], strict=True)) == [
        ("plan.create", "P1", {"version": 1, "added": 2, "changed": 0, "removed": 0}),
        ("plan.edit", "P1", {"version": 2, "added": 1, "changed": 0, "removed": 1}),
        ("plan.undo", "P1", {"version": 3, "added": 1, "changed": 0, "removed": 1}),
        ("plan.redo", "P1", {"version": 4, "added": 1, "changed": 0, "removed": 1}),
        ("plan.replace", "P1", {"version": 5, "added": 1, "changed": 1, "removed": 1}),
        ("plan.parameters", "P1", {"version": 6, "added": 0, "changed": 0, "removed": 0}),
        ("plan.rename", "P1", {"version": 7, "before": "甲", "after": "乙"}),
        ("plan.status", "P1", {"version": 8, "before": "draft", "after": "accepted"}),
        ("plan.copy", "P2", {"version": 1, "added": 2, "changed": 0, "removed": 0, "from": "P1"}),
    ]
