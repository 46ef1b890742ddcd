"""Items of the ledger as rows of the database: inserted, moved on, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import item_facts, item_steps, labels, plain_text
from gislib.store.audit import Author
from gislib.store.items import SOURCES, WHOLE_AREA, Added, Item, NewItem, Save
from gislib.store.ledger_schema import HISTORY, ITEMS, KEY_LENGTH

COLUMNS: Final = (
    "version", "state", "outcome", "source", "source_key", "meeting_id", "found_on", "closed_on", "extensions",
    *item_facts.NAMES, "created_at", "created_by", "changed_at", "changed_by",
)  # fmt: skip
"""Columns of the ledger as a table."""
_MOVED: Final = ("state", "outcome", "closed_on", "live_key", "extensions", *item_facts.NAMES)
"""Columns that a step can change."""
_DAYS: Final = ("found_on", "closed_on", "deadline")
_BATCH: Final = 10_000
"""Serials asked for in one statement: databases bound the values of one."""


@dataclass(frozen=True)
class Move:
    """One step of one item: its row before, and the columns that it sets."""

    serial: int
    version: int
    step: str
    reason: str | None
    before: item_facts.Row
    after: Mapping[str, Any]

    @property
    def changes_anything(self) -> bool:
        """False for an edit that repeats what is there."""
        return bool(self.after)


def prepared(item: NewItem) -> dict[str, Any]:
    """
    Row of a new item without serial and stamps.

    Raises
    ------
    StoreError
        See `gislib.store.ledger.add`.
    """
    if item.source not in SOURCES:
        raise StoreError("item_source", source=item.source, known=", ".join(SOURCES))
    started = item.state in item_steps.STATES and (item.source == "import" or item.state == item_steps.FOUND)
    if not started:
        raise StoreError("item_state_start", state=item.state)
    found_on = item_facts.day(item.found_on)
    if found_on is None:
        raise StoreError("item_day", value=None)
    key = plain_text.line(item.source_key)
    if key is not None and len(key) > KEY_LENGTH:
        raise StoreError("item_key_unusable", longest=KEY_LENGTH)
    facts = item_facts.checked(item.facts, found_on, anywhere=item.source in WHOLE_AREA)
    item_steps.check_assigned(facts.title, item.state, facts)
    closed = item.state == item_steps.CLOSED
    _check_closed_on(facts.title, item.closed_on, found_on, closed=closed)
    return item_facts.row(facts) | {
        "state": item.state,
        "outcome": item_steps.RECTIFIED if closed else None,
        "source": item.source,
        "source_key": key,
        "live_key": None if closed else key,
        "found_on": found_on,
        "closed_on": item.closed_on,
        "extensions": 0,
        "version": 1,
    }


def insert_items(
    connection: Connection, rows: Sequence[dict[str, Any]], author: Author, meeting_serial: int | None = None
) -> Added:
    """Write prepared rows; one whose live key is there already stands for the item that has it."""
    keys = {row["live_key"] for row in rows} - {None}
    known = _serials_by_key(connection, keys)
    last = labels.last(connection, ITEMS)
    stamps = {"created_at": author.at, "created_by": author.actor, "changed_at": author.at, "changed_by": author.actor}
    serials: list[int] = []
    new: list[dict[str, Any]] = []
    for row in rows:
        key = row["live_key"]
        there = known.get(key) if key is not None else None
        if there is None:
            there = last + len(new) + 1
            new.append(row | stamps | {"serial": there, "meeting_serial": meeting_serial})
            if key is not None:
                known[key] = there
        serials.append(there)
    if new:
        connection.execute(insert(ITEMS), new)
        connection.execute(insert(HISTORY), [_birth(row, author) for row in new])
    return Added(
        tuple(labels.text(labels.ITEM, one) for one in serials),
        frozenset(labels.text(labels.ITEM, row["serial"]) for row in new),
    )


def fetch(connection: Connection, serials: Sequence[int]) -> dict[int, RowMapping]:
    """
    Rows of items by serial.

    Raises
    ------
    StoreError
        ``item_unknown``.
    """
    found: dict[int, RowMapping] = {}
    for batch in _batches(serials):
        rows = connection.execute(select(ITEMS).where(ITEMS.c.serial.in_(batch))).mappings()
        found |= {row["serial"]: row for row in rows}
    absent = [serial for serial in serials if serial not in found]
    if absent:
        raise StoreError("item_unknown", id=labels.text(labels.ITEM, absent[0]))
    return found


def moves(connection: Connection, serials: Sequence[int], saves: Sequence[Save]) -> list[Move]:
    """Steps checked against the items as they stand; errors as in `gislib.store.ledger.save`."""
    if len(set(serials)) < len(serials):
        twice = next(serial for serial in serials if serials.count(serial) > 1)
        raise StoreError("item_twice", item=labels.text(labels.ITEM, twice))
    rows = fetch(connection, serials)
    pairs = [(rows[serial], save) for serial, save in zip(serials, saves, strict=True)]
    _refuse_stale(pairs)
    return [_move(row, save) for row, save in pairs]


def write_moves(connection: Connection, chosen: Sequence[Move], author: Author) -> None:
    """
    Write the steps and their history; what changes nothing is left out.

    Raises
    ------
    StoreError
        ``item_key_live``.
    """
    real = [move for move in chosen if move.changes_anything]
    if not real:
        return
    keys = {move.after["live_key"]: move for move in real if move.after.get("live_key") is not None}
    taken = _serials_by_key(connection, set(keys))
    for key, serial in taken.items():
        mine, other = (labels.text(labels.ITEM, one) for one in (keys[key].serial, serial))
        raise StoreError("item_key_live", item=mine, other=other)
    changed = [
        {name: move.after.get(name, move.before[name]) for name in _MOVED}
        | {"key": move.serial, "version": move.version + 1, "changed_at": author.at, "changed_by": author.actor}
        for move in real
    ]
    connection.execute(update(ITEMS).where(ITEMS.c.serial == bindparam("key")), changed)
    connection.execute(insert(HISTORY), [_step(move, author) for move in real])


def item(row: RowMapping) -> Item:
    """An item from its row."""
    same = {name: row[name] for name in COLUMNS if name in row and name not in item_facts.NAMES}
    return Item(
        item_id=labels.text(labels.ITEM, row["serial"]),
        meeting_id=labels.optional(labels.MEETING, row["meeting_serial"]),
        facts=item_facts.of_row(row),
        **same,
    )


def frame(rows: Sequence[RowMapping]) -> pd.DataFrame:
    """Table of items: see `gislib.store.ledger.table`."""
    data = [
        {**row, **_plain_days(row), "refs": "\n".join(row["refs"])}
        | {"meeting_id": labels.optional(labels.MEETING, row["meeting_serial"])}
        for row in rows
    ]
    index = pd.Index([labels.text(labels.ITEM, row["serial"]) for row in rows], dtype="str", name="item_id")
    table = pd.DataFrame(data, columns=list(COLUMNS), index=index)
    times = dict.fromkeys(("created_at", "changed_at"), "datetime64[us, UTC]")
    numbers = {"version": "int64", "extensions": "int64", "lon": "float64", "lat": "float64"}
    texts = {name: "str" for name in COLUMNS if name not in times and name not in numbers}
    return table.astype(texts | numbers | times)


def _move(row: RowMapping, save: Save) -> Move:
    item_id, reason = save.item_id, plain_text.cleaned(save.reason)
    state = item_steps.state_after(item_id, row["state"], save.step, reason)
    old = item_facts.of_row(row)
    new = old
    if save.changes:
        told, anywhere = item_facts.changed(old, save.changes), row["source"] in WHOLE_AREA
        new = item_facts.checked(told, row["found_on"], anywhere=anywhere)
    item_steps.check_deadline(item_id, save.step, row["state"], old, new)
    item_steps.check_assigned(item_id, state, new)
    if save.edits and save.step != "close":
        raise StoreError("item_edits_early", item=item_id)
    outcome = item_steps.STEPS[save.step].outcome
    closes = state == item_steps.CLOSED
    _check_closed_on(item_id, save.on, row["found_on"], closed=closes)
    now = item_facts.row(new) | {
        "state": state,
        "outcome": outcome,
        "closed_on": save.on if closes else None,
        "live_key": None if outcome == item_steps.RECTIFIED else row["source_key"],
        "extensions": row["extensions"] + (save.step == item_steps.EXTEND),
    }
    after = {name: value for name, value in now.items() if value != row[name]}
    return Move(row["serial"], row["version"], save.step, reason, row, after)


def _refuse_stale(pairs: Sequence[tuple[RowMapping, Save]]) -> None:
    stale = [(row, save) for row, save in pairs if row["version"] != save.expected_version]
    if stale:
        row, save = stale[0]
        raise ConflictError(
            "items_stale", count=len(stale), item=save.item_id, mine=save.expected_version, theirs=row["version"],
            actor=row["changed_by"], at=row["changed_at"],
        )  # fmt: skip


def _check_closed_on(item_id: str, closed_on: date | None, found_on: date, *, closed: bool) -> None:
    day = item_facts.day(closed_on)
    if closed != (day is not None) or (day is not None and day < found_on):
        raise StoreError("item_closed_on", item=item_id, found_on=found_on)


def _serials_by_key(connection: Connection, keys: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in _batches(sorted(keys)):
        chosen = select(ITEMS.c.live_key, ITEMS.c.serial).where(ITEMS.c.live_key.in_(batch))
        found |= {key: serial for key, serial in connection.execute(chosen)}  # noqa: C416 - rows are no pairs to mypy
    return found


def _birth(row: Mapping[str, Any], author: Author) -> dict[str, Any]:
    content = {name: row[name] for name in ("source", "source_key", "found_on", *_MOVED)}
    after = {name: value for name, value in content.items() if value not in (None, "", [])}
    return _line(row["serial"], 1, item_steps.ADD, author) | {"before": {}, "after": _json(after), "reason": None}


def _step(move: Move, author: Author) -> dict[str, Any]:
    before = {name: move.before[name] for name in move.after}
    changed = {"before": _json(before), "after": _json(move.after), "reason": move.reason}
    return _line(move.serial, move.version + 1, move.step, author) | changed


def _line(serial: int, version: int, step: str, author: Author) -> dict[str, Any]:
    who = {"actor": author.actor, "role": author.role, "at": author.at}
    return {"item_serial": serial, "version": version, "step": step} | who


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _plain_days(row: RowMapping) -> dict[str, str | None]:
    return {name: None if row[name] is None else row[name].isoformat() for name in _DAYS}


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
