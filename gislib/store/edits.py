"""Edits of a plan's devices by people: apply, undo, redo, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import RowMapping, select

from gislib.domain.errors import StoreError
from gislib.store import edit_log, plan_state
from gislib.store.audit import Author
from gislib.store.database import Store, reading
from gislib.store.device_rows import device_id, device_number, records_of
from gislib.store.edit_log import REDO, UNDO, DeviceChange, Step
from gislib.store.plan_state import Plan
from gislib.store.plans import current
from gislib.store.schema import CHANGES, STEPS

HISTORY: Final = ("step", "action", "device_id", "before", "after", "actor", "role", "at", "undoes_step", "undone")


@dataclass(frozen=True, eq=False)
class Change:
    """
    One device of an edit.

    ``device_id`` None adds a device (its id is given out), ``after`` None removes one, otherwise ``after`` is the whole
    new row: columns of the device table and ``geometry``, a point in WGS 84.
    """

    device_id: str | None
    after: Mapping[str, Any] | pd.Series[Any] | None


def apply(store: Store, plan_id: str, expected_version: int, changes: Sequence[Change], author: Author) -> Plan:
    """
    Change devices, as one undoable edit.

    Raises
    ------
    ConflictError
        ``plan_stale``; nothing is written.
    StoreError
        ``edit_empty``, ``edit_twice`` (one device twice), ``device_unknown``, ``device_off_earth``, ``plan_unknown``,
        ``plan_accepted``, ``plan_retired``.
    TableError
        If a row breaks the schema of devices.
    """
    wanted = [change for change in changes if change.device_id is not None or change.after is not None]
    if not wanted:
        raise StoreError("edit_empty")
    rows = iter(records_of([change.after for change in wanted if change.after is not None]))
    after = [None if change.after is None else next(rows) for change in wanted]
    with plan_state.changing(store, plan_id, expected_version) as (connection, plan):
        plan_state.require_draft(plan)
        old = current(connection, plan["serial"])
        numbers = _numbers(plan, old, wanted)
        step = Step(
            "edit",
            [DeviceChange(number, old.get(number), row) for number, row in zip(numbers, after, strict=True)],
            issued=sum(change.device_id is None for change in wanted),
        )
        edit_log.append(connection, plan, step, author)
        fetched = plan_state.fetch(connection, plan["serial"])
    return fetched.plan()


def undo(store: Store, plan_id: str, expected_version: int, author: Author) -> Plan:
    """Take back the last edit that stands; StoreError ``nothing_to_undo``, others as in `apply`."""
    return _stepped(store, plan_id, expected_version, author, UNDO)


def redo(store: Store, plan_id: str, expected_version: int, author: Author) -> Plan:
    """Bring back the edit undone last; StoreError ``nothing_to_redo``, others as in `apply`."""
    return _stepped(store, plan_id, expected_version, author, REDO)


def history(store: Store, plan_id: str) -> pd.DataFrame:
    """
    The whole log of a plan, oldest first: one row per step and device (``device_id`` missing: parameters only).

    Columns `HISTORY`. ``step``: the plan's version after it. ``before``, ``after``: the device's columns, ``geometry``
    as WKB in hexadecimal; None = not in the plan. ``undoes_step``: step that an undo or a redo takes back. ``undone``:
    the step does not stand any more.
    """
    with reading(store) as connection:
        serial = plan_state.serial_of(connection, plan_id)
        columns = (*STEPS.c, CHANGES.c.number, CHANGES.c.before, CHANGES.c.after)
        chosen = select(*columns).select_from(STEPS.outerjoin(CHANGES)).where(STEPS.c.plan_serial == serial)
        rows = connection.execute(chosen.order_by(STEPS.c.step, CHANGES.c.number)).mappings().all()
        line = edit_log.timelines(connection, [serial])[serial]
    data = [_line(serial, row) | {"undone": line.is_undone(row["step"], row["action"])} for row in rows]
    return pd.DataFrame(data, columns=list(HISTORY)).astype({"undoes_step": "Int64", "undone": bool})


def _stepped(store: Store, plan_id: str, expected_version: int, author: Author, action: str) -> Plan:
    with plan_state.changing(store, plan_id, expected_version) as (connection, plan):
        plan_state.require_draft(plan)
        serial = plan["serial"]
        line = edit_log.timelines(connection, [serial])[serial]
        steps = line.done if action == UNDO else line.undone
        if not steps:
            raise StoreError(f"nothing_to_{action}", plan=plan["name"])
        edit_log.append(connection, plan, edit_log.inverse(connection, serial, steps[-1], action), author)
        fetched = plan_state.fetch(connection, serial)
    return fetched.plan()


def _numbers(plan: RowMapping, old: Mapping[int, Any], changes: Sequence[Change]) -> list[int]:
    """Device number of every change; new ones follow on the last number given out."""
    numbers: list[int] = []
    last = plan["devices_issued"]
    for change in changes:
        if change.device_id is None:
            last += 1
            numbers.append(last)
            continue
        number = device_number(plan["serial"], change.device_id)
        if number is None or number not in old:
            raise StoreError("device_unknown", plan=plan["name"], device=change.device_id)
        if number in numbers:
            raise StoreError("edit_twice", device=change.device_id)
        numbers.append(number)
    return numbers


def _line(serial: int, row: RowMapping) -> dict[str, Any]:
    named = {name: row[name] for name in HISTORY if name in row}
    return named | {"device_id": None if row["number"] is None else device_id(serial, row["number"])}
