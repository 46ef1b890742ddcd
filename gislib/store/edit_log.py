"""
The append-only log of a plan's edits, and the one place that writes devices.

A step holds, per device, what it was before and what it is after. Undo and redo are steps as well: an undo takes back
an edit, a redo takes back an undo, each by writing the inverse of the step it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from gislib.store import audit
from gislib.store.audit import Author
from gislib.store.device_rows import Record, database_row
from gislib.store.schema import CHANGES, DEVICES, PLANS, STEPS

BIRTHS: Final = ("create", "copy")
"""First steps of plans, which nobody undoes."""
UNDO: Final = "undo"
REDO: Final = "redo"


@dataclass(frozen=True)
class DeviceChange:
    """Device ``number`` of a plan before and after; None = not in the plan."""

    number: int
    before: Record | None
    after: Record | None


@dataclass(frozen=True)
class Step:
    """
    One undoable write.

    ``parameters``: before and after, None = left as they are. ``issued``: new device numbers given out by it.
    ``undoes_step``: the step it takes back. ``told``: what the audit says of it besides its counts.
    """

    action: str
    changes: Sequence[DeviceChange]
    parameters: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None
    issued: int = 0
    undoes_step: int | None = None
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Timeline:
    """Steps that undo would take back and redo would bring again, the next one last; and what was ever taken back."""

    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    taken_back: dict[int, int] = field(default_factory=dict)

    def follow(self, step: int, action: str, undoes_step: int | None) -> None:
        """Move on by one step of the log; a new edit after an undo forgets what could be redone."""
        if action in BIRTHS:
            return
        if action == UNDO and undoes_step is not None:
            self.taken_back[step] = self.done.pop()
            self.undone.append(step)
        elif action == REDO:
            self.done.append(self.taken_back.pop(self.undone.pop()))
        else:
            self.done.append(step)
            self.undone.clear()

    def is_undone(self, step: int, action: str) -> bool:
        """Whether an edit was undone or an undo redone."""
        if action in BIRTHS or action == REDO:
            return False
        return step not in (self.taken_back if action == UNDO else self.done)


def timelines(connection: Connection, serials: Sequence[int]) -> dict[int, Timeline]:
    """Timeline of each of the plans."""
    out = {serial: Timeline() for serial in serials}
    chosen = select(STEPS.c.plan_serial, STEPS.c.step, STEPS.c.action, STEPS.c.undoes_step)
    of_plans = chosen.where(STEPS.c.plan_serial.in_(serials))
    for serial, step, action, undoes_step in connection.execute(of_plans.order_by(STEPS.c.plan_serial, STEPS.c.step)):
        out[serial].follow(step, action, undoes_step)
    return out


def inverse(connection: Connection, serial: int, step: int, action: str) -> Step:
    """Step that takes back another one: ``action`` is undo or redo."""
    taken = (
        connection.execute(select(STEPS).where(STEPS.c.plan_serial == serial, STEPS.c.step == step)).mappings().one()
    )
    chosen = select(CHANGES).where(CHANGES.c.plan_serial == serial, CHANGES.c.step == step)
    rows = connection.execute(chosen.order_by(CHANGES.c.number)).mappings()
    changes = [DeviceChange(row["number"], row["after"], row["before"]) for row in rows]
    before, after = taken["parameters_before"], taken["parameters_after"]
    return Step(action, changes, None if before is None else (after, before), undoes_step=step)


def append(connection: Connection, plan: RowMapping, step: Step, author: Author) -> None:
    """Write a step to the log, to the plan and its devices, and to the audit; the plan's version grows by one."""
    serial, version = plan["serial"], plan["version"] + 1
    key = {"plan_serial": serial, "step": version}
    before, after = step.parameters or (None, None)
    connection.execute(
        insert(STEPS),
        key
        | {"action": step.action, "undoes_step": step.undoes_step}
        | {"parameters_before": before, "parameters_after": after}
        | {"actor": author.actor, "role": author.role, "at": author.at},
    )
    rows = [key | {"number": one.number, "before": one.before, "after": one.after} for one in step.changes]
    if rows:
        connection.execute(insert(CHANGES), rows)
    _write_devices(connection, serial, step.changes)
    changed = {"devices_issued": plan["devices_issued"] + step.issued}
    if after is not None:
        changed["parameters"] = after
    touch(connection, plan, author, **changed)
    audit.add(
        connection, author, f"plan.{step.action}", f"P{serial}", {"version": version, **_counts(step), **step.told}
    )


def touch(connection: Connection, plan: RowMapping, author: Author, **values: object) -> None:
    """Write values to a plan's row; its version grows by one."""
    stamp = {"version": plan["version"] + 1, "changed_at": author.at, "changed_by": author.actor}
    connection.execute(update(PLANS).where(PLANS.c.serial == plan["serial"]).values(stamp | values))


def _write_devices(connection: Connection, serial: int, changes: Sequence[DeviceChange]) -> None:
    gone = [{"of_plan": serial, "old": change.number} for change in changes if change.before is not None]
    if gone:
        one = (DEVICES.c.plan_serial == bindparam("of_plan")) & (DEVICES.c.number == bindparam("old"))
        connection.execute(delete(DEVICES).where(one), gone)
    present = [
        {"plan_serial": serial, "number": change.number} | database_row(change.after)
        for change in changes
        if change.after is not None
    ]
    if present:
        connection.execute(insert(DEVICES), present)


def _counts(step: Step) -> dict[str, int]:
    """How many devices a step adds, changes and removes."""
    added = sum(change.before is None for change in step.changes)
    removed = sum(change.after is None for change in step.changes)
    return {"added": added, "changed": len(step.changes) - added - removed, "removed": removed}
