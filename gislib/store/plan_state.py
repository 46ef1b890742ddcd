"""A plan as it stands: head and devices, read and locked inside a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import geopandas as gpd
from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import edit_log
from gislib.store.database import Store, writing
from gislib.store.device_rows import device_table
from gislib.store.schema import DEVICES, PLANS

DRAFT: Final = "draft"
ACCEPTED: Final = "accepted"
_PLAN_ID: Final = re.compile(r"P([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class PlanHead:
    """
    What a list of plans shows.

    ``status`` is draft, accepted or retired; only a draft can be edited, undone and redone. ``version`` counts the
    writes. ``parameters`` as the planner gave them (JSON). Moments are UTC. ``cost_yuan`` sums the typical costs.
    """

    plan_id: str
    name: str
    status: str
    version: int
    parameters: Mapping[str, Any]
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    undoable: bool
    redoable: bool
    devices: int
    cost_yuan: float


@dataclass(frozen=True)
class Plan:
    """A plan with its devices: the device table of ``gislib.domain.tables``, WGS 84, in the order of their ids."""

    head: PlanHead
    devices: gpd.GeoDataFrame


@dataclass(frozen=True)
class Fetched:
    """A plan as its rows: fetched in a transaction, made into tables after it, while others may write."""

    serial: int
    head: PlanHead
    rows: Sequence[RowMapping]

    def plan(self) -> Plan:
        """Head and device table."""
        return Plan(self.head, device_table(self.serial, self.rows))


def plan_id(serial: int) -> str:
    """Id of a plan on the outside."""
    return f"P{serial}"


def heads(connection: Connection, *conditions: ColumnElement[bool]) -> list[PlanHead]:
    """Heads of the plans that meet the conditions, oldest first."""
    count, cost = func.count(DEVICES.c.number), func.coalesce(func.sum(DEVICES.c.cost_yuan), 0.0)
    sums = select(DEVICES.c.plan_serial, count.label("devices"), cost.label("cost_yuan"))
    totals = sums.group_by(DEVICES.c.plan_serial).subquery()
    joined = PLANS.outerjoin(totals, totals.c.plan_serial == PLANS.c.serial)
    chosen = select(PLANS, totals.c.devices, totals.c.cost_yuan).select_from(joined).where(*conditions)
    plans = connection.execute(chosen.order_by(PLANS.c.serial)).mappings().all()
    lines = edit_log.timelines(connection, [row["serial"] for row in plans])
    return [_head(row, lines[row["serial"]]) for row in plans]


def fetch(connection: Connection, serial: int) -> Fetched:
    """One plan that is known to exist."""
    (head,) = heads(connection, PLANS.c.serial == serial)
    chosen = select(DEVICES).where(DEVICES.c.plan_serial == serial).order_by(DEVICES.c.number)
    return Fetched(serial, head, connection.execute(chosen).mappings().all())


def serial_of(connection: Connection, label: str) -> int:
    """
    Serial of the plan with this id.

    Raises
    ------
    StoreError
        ``plan_unknown``.
    """
    shaped = _PLAN_ID.fullmatch(label)
    serial = int(shaped[1]) if shaped else 0
    if connection.scalar(select(PLANS.c.serial).where(PLANS.c.serial == serial)) is None:
        raise StoreError("plan_unknown", plan=label)
    return serial


@contextmanager
def changing(store: Store, label: str, expected_version: int | None) -> Iterator[tuple[Connection, RowMapping]]:
    """
    Write transaction with the plan's row locked; without an expected version the newest one is changed.

    Raises
    ------
    ConflictError
        ``plan_stale`` if the plan has another version by now, with who saved it and when; nothing is written.
    StoreError
        ``plan_unknown``.
    """
    with writing(store) as connection:
        serial = serial_of(connection, label)
        locked = select(PLANS).where(PLANS.c.serial == serial).with_for_update()
        plan = connection.execute(locked).mappings().one()
        if expected_version is not None and plan["version"] != expected_version:
            raise ConflictError(
                "plan_stale", plan=plan["name"], mine=expected_version, theirs=plan["version"],
                actor=plan["changed_by"], at=plan["changed_at"],
            )  # fmt: skip
        yield connection, plan


def require_draft(plan: RowMapping) -> None:
    """
    Refuse to edit what was decided.

    Raises
    ------
    StoreError
        ``plan_accepted``, ``plan_retired``.
    """
    if plan["status"] == "accepted":
        raise StoreError("plan_accepted", plan=plan["name"])
    if plan["status"] != DRAFT:
        raise StoreError("plan_retired", plan=plan["name"])


def _head(row: RowMapping, line: edit_log.Timeline) -> PlanHead:
    draft = row["status"] == DRAFT
    return PlanHead(
        plan_id=plan_id(row["serial"]),
        name=row["name"],
        status=row["status"],
        version=row["version"],
        parameters=row["parameters"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
        undoable=draft and bool(line.done),
        redoable=draft and bool(line.undone),
        devices=row["devices"] or 0,
        cost_yuan=row["cost_yuan"] or 0.0,
    )
