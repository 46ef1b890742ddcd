"""
Plans: create, read, replace, rename, copy, accept, retire.

Every write is one transaction: the plan, its log and the audit change together or not at all. A plan is never deleted;
a retired one leaves the lists and frees its name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
from sqlalchemy import Connection, RowMapping, insert, select
from sqlalchemy.exc import IntegrityError

from gislib.domain.errors import StoreError
from gislib.store import audit, edit_log, plan_state
from gislib.store.audit import Author, json_ready
from gislib.store.database import Store, reading, writing
from gislib.store.device_rows import Record, device_number, log_entry, records
from gislib.store.edit_log import DeviceChange, Step
from gislib.store.plan_state import DRAFT, Fetched, Plan, PlanHead
from gislib.store.schema import DEVICES, NAME_LENGTH, PLANS, STATUSES


def create(
    store: Store, name: str, parameters: Mapping[str, Any], devices: gpd.GeoDataFrame, author: Author
) -> Plan:  # fmt: skip
    """
    New draft.

    Parameters
    ----------
    parameters
        JSON-ready: budget, date, slice, profile, versions of data and rules, result of the solver.
    devices
        Columns of the device table, any CRS; the index is not used, ids are given out here.

    Raises
    ------
    StoreError
        ``plan_name_empty``, ``plan_name_unusable``, ``plan_name_taken``, ``store_not_json``, ``device_off_earth``.
    CrsError, TableError
        If the devices have no CRS or break their schema.
    """
    new = records(devices)
    with writing(store) as connection:
        fetched = _born(connection, name, (parameters, new), author)
    return fetched.plan()


def read(store: Store, plan_id: str) -> Plan:
    """One plan, retired or not; StoreError ``plan_unknown``."""
    with reading(store) as connection:
        fetched = plan_state.fetch(connection, plan_state.serial_of(connection, plan_id))
    return fetched.plan()


def heads(store: Store, *, include_retired: bool = False) -> list[PlanHead]:
    """All plans, oldest first."""
    with reading(store) as connection:
        return plan_state.heads(connection, *(() if include_retired else (PLANS.c.live_name.is_not(None),)))


def by_name(store: Store, name: str) -> Plan | None:
    """The plan of that name that is not retired."""
    with reading(store) as connection:
        serial = connection.scalar(select(PLANS.c.serial).where(PLANS.c.live_name == name.strip()))
        fetched = None if serial is None else plan_state.fetch(connection, serial)
    return None if fetched is None else fetched.plan()


def replace_devices(
    store: Store, plan_id: str, expected_version: int, parameters: Mapping[str, Any], devices: gpd.GeoDataFrame,
    author: Author,
) -> Plan:  # fmt: skip
    """
    New parameters and devices for a plan, as one undoable edit.

    A device keeps its id if its ``candidate_id`` was in the plan, or, without one, if its index is an id of the plan.

    Raises
    ------
    ConflictError
        ``plan_stale``; nothing is written.
    StoreError, CrsError, TableError
        As in `create`; ``plan_unknown``, ``plan_accepted``, ``plan_retired``.
    """
    new, labels, now = records(devices), devices.index.tolist(), json_ready(parameters)
    with plan_state.changing(store, plan_id, expected_version) as (connection, plan):
        plan_state.require_draft(plan)
        old = current(connection, plan["serial"])
        kept = _kept_numbers(plan["serial"], old, new, labels)
        fresh = iter(range(plan["devices_issued"] + 1, plan["devices_issued"] + 1 + len(new)))
        numbered = {next(fresh) if number is None else number: row for number, row in zip(kept, new, strict=True)}
        changes = [
            DeviceChange(number, old.get(number), numbered.get(number))
            for number in sorted(old.keys() | numbered.keys())
            if old.get(number) != numbered.get(number)
        ]
        step = Step("replace", changes, (plan["parameters"], now), issued=kept.count(None))
        edit_log.append(connection, plan, step, author)
        fetched = plan_state.fetch(connection, plan["serial"])
    return fetched.plan()


def set_parameters(
    store: Store, plan_id: str, expected_version: int, parameters: Mapping[str, Any], author: Author
) -> Plan:  # fmt: skip
    """New parameters for a plan, as one undoable edit; errors as in `replace_devices`."""
    now = json_ready(parameters)
    with plan_state.changing(store, plan_id, expected_version) as (connection, plan):
        plan_state.require_draft(plan)
        edit_log.append(connection, plan, Step("parameters", [], (plan["parameters"], now)), author)
        fetched = plan_state.fetch(connection, plan["serial"])
    return fetched.plan()


def rename(store: Store, plan_id: str, name: str, author: Author) -> Plan:
    """Same plan under another name; StoreError as in `create`."""
    new = _usable(name)
    with plan_state.changing(store, plan_id, None) as (connection, plan):
        live = None if plan["live_name"] is None else new
        _named(connection, plan, author, name=new, live_name=live)
        _audited(connection, plan, author, "plan.rename", {"before": plan["name"], "after": new})
        fetched = plan_state.fetch(connection, plan["serial"])
    return fetched.plan()


def copy(store: Store, plan_id: str, name: str, author: Author) -> Plan:
    """New draft with the parameters and devices of another plan, under ids of its own; StoreError as in `create`."""
    with writing(store) as connection:
        serial = plan_state.serial_of(connection, plan_id)
        parameters = connection.execute(select(PLANS.c.parameters).where(PLANS.c.serial == serial)).scalar_one()
        devices = list(current(connection, serial).values())
        fetched = _born(connection, name, (parameters, devices), author, copied_from=plan_id)
    return fetched.plan()


def set_status(store: Store, plan_id: str, expected_version: int, status: str, author: Author) -> Plan:
    """
    Accept a plan, retire it, or make it a draft again.

    Raises
    ------
    ConflictError
        ``plan_stale``; nothing is written.
    StoreError
        ``plan_unknown``, ``plan_status_unknown``; ``plan_name_taken`` if another plan took the name of a retired one.
    """
    if status not in STATUSES:
        raise StoreError("plan_status_unknown", status=status, known=", ".join(STATUSES))
    with plan_state.changing(store, plan_id, expected_version) as (connection, plan):
        live = None if status == "retired" else plan["name"]
        _named(connection, plan, author, status=status, live_name=live)
        _audited(connection, plan, author, "plan.status", {"before": plan["status"], "after": status})
        fetched = plan_state.fetch(connection, plan["serial"])
    return fetched.plan()


def current(connection: Connection, serial: int) -> dict[int, Record]:
    """Devices of a plan as log entries, by number."""
    chosen = select(DEVICES).where(DEVICES.c.plan_serial == serial).order_by(DEVICES.c.number)
    return {row["number"]: log_entry(row) for row in connection.execute(chosen).mappings()}


def _born(
    connection: Connection, name: str, content: tuple[Mapping[str, Any], list[Record]], author: Author,
    copied_from: str | None = None,
) -> Fetched:  # fmt: skip
    usable, (parameters, devices) = _usable(name), content
    row = {
        "name": usable, "live_name": usable, "status": DRAFT, "version": 0, "devices_issued": 0,
        "parameters": json_ready(parameters), "created_at": author.at, "created_by": author.actor,
        "changed_at": author.at, "changed_by": author.actor,
    }  # fmt: skip
    try:
        serial = connection.execute(insert(PLANS).returning(PLANS.c.serial), row).scalar_one()
    except IntegrityError as problem:
        raise StoreError("plan_name_taken", plan=usable) from problem
    plan = connection.execute(select(PLANS).where(PLANS.c.serial == serial)).mappings().one()
    changes = [DeviceChange(number, None, device) for number, device in enumerate(devices, start=1)]
    action, told = ("create", {}) if copied_from is None else ("copy", {"from": copied_from})
    edit_log.append(connection, plan, Step(action, changes, issued=len(changes), told=told), author)
    return plan_state.fetch(connection, serial)


def _named(connection: Connection, plan: RowMapping, author: Author, **values: object) -> None:
    try:
        edit_log.touch(connection, plan, author, **values)
    except IntegrityError as problem:
        raise StoreError("plan_name_taken", plan=values.get("name", plan["name"])) from problem


def _audited(connection: Connection, plan: RowMapping, author: Author, action: str, detail: dict[str, Any]) -> None:
    version = {"version": plan["version"] + 1}
    audit.add(connection, author, action, plan_state.plan_id(plan["serial"]), version | detail)


def _usable(name: str) -> str:
    stripped = name.strip()
    if not stripped:
        raise StoreError("plan_name_empty")
    if len(stripped) > NAME_LENGTH or any(unicodedata.category(sign).startswith("C") for sign in stripped):
        raise StoreError("plan_name_unusable", length=NAME_LENGTH)
    return stripped


def _kept_numbers(
    serial: int, old: Mapping[int, Record], new: Sequence[Record], labels: Sequence[object]
) -> list[int | None]:  # fmt: skip
    """Number that each new device keeps; None: a new one. No number is kept twice."""
    free = {device["candidate_id"]: number for number, device in sorted(old.items(), reverse=True)}
    left = set(old)
    kept: list[int | None] = []
    for device, label in zip(new, labels, strict=True):
        candidate = device["candidate_id"]
        number = device_number(serial, label) if candidate is None else free.get(candidate)
        kept.append(number if number in left else None)
        left.discard(number or 0)
    return kept
