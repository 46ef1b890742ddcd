"""Ids of stored things on the outside, and back; plans have their own in `plan_state` and `device_rows`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, func, select

from gislib.domain.errors import StoreError


@dataclass(frozen=True)
class Label:
    """Form of an id: prefix and serial with at least so many digits; ``unknown``: error code for what is no such id."""

    prefix: str
    digits: int
    unknown: str


ITEM: Final = Label("H-", 5, "item_unknown")
EVIDENCE: Final = Label("Z-", 5, "evidence_unknown")
EDIT: Final = Label("E-", 5, "workspace_edit_unknown")
MEETING: Final = Label("M", 1, "meeting_unknown")
SNAPSHOT: Final = Label("S", 1, "snapshot_unknown")
TERM: Final = Label("T", 1, "term_unknown")
PATROL: Final = Label("R", 1, "patrol_unknown")
_MOST_DIGITS: Final = 9
"""Serials fit into the integers of every database."""


def text(form: Label, serial: int) -> str:
    """Id of a serial."""
    return f"{form.prefix}{serial:0{form.digits}d}"


def serial(form: Label, label: str) -> int:
    """
    Serial of an id.

    Raises
    ------
    StoreError
        ``form.unknown`` if no such id is ever given out.
    """
    shaped = re.fullmatch(re.escape(form.prefix) + "([0-9]+)", label, re.ASCII)
    number = int(shaped[1]) if shaped and len(shaped[1]) <= _MOST_DIGITS else 0
    if number == 0 or text(form, number) != label:
        raise StoreError(form.unknown, id=label)
    return number


def optional(form: Label, number: int | None) -> str | None:
    """Id of a serial that may be missing."""
    return None if number is None else text(form, number)


def last(connection: Connection, table: Table) -> int:
    """Last serial given out, in a write transaction; rows are never deleted, so none is given twice."""
    return connection.scalar(select(func.max(table.c.serial))) or 0
