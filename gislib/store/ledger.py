"""
The ledger of hazards: items added once, moved from state to state, never deleted.

Every item has a version; a save on a stale one is refused as a whole, with nothing written. Its history holds who
changed what from what to what; replaying it gives the item.

An item that came from a finding, an audit or a file carries the key of what it came from. Adding the same key again
finds the item that is there instead of a second one, as long as it is open or was closed as unfounded; once the hazard
was rectified, finding it again opens a new item.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import pandas as pd
from sqlalchemy import Connection, select

from gislib.domain.errors import StoreError
from gislib.store import audit, item_rows, item_steps, labels, workspace_edits
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.items import Added, Item, NewItem, Save
from gislib.store.ledger_schema import HISTORY, ITEMS

HISTORY_COLUMNS: Final = ("item_id", "version", "step", "before", "after", "reason", "actor", "role", "at")


def add(store: Store, items: Sequence[NewItem], author: Author) -> Added:
    """
    Put hazards down, all or none; those whose key is there already are left as they are.

    Raises
    ------
    StoreError
        ``item_source``, ``item_state_start``, ``item_key_unusable``, ``item_closed_on``, and as in
        `item_facts.checked` and `item_steps.check_assigned`.
    """
    return write(store, (), items, author)[1]


def save(store: Store, saves: Sequence[Save], author: Author) -> list[Item]:
    """
    Move items on, all or none, and give them back as they are now; what changes nothing is not written.

    Raises
    ------
    ConflictError
        ``items_stale``: others were faster, with the first item concerned, who and when; nothing is written.
    StoreError
        ``ledger_empty``, ``item_unknown``, ``item_twice``, ``item_column``, ``item_closed_on``, ``item_edits_early``,
        ``item_key_live`` (reopened while the same hazard is open again), and as in `item_steps`,
        `item_facts.checked`, `workspace_edits.add`.
    """
    if not saves:
        raise StoreError("ledger_empty")
    return write(store, saves, (), author)[0]


def write(
    store: Store, saves: Sequence[Save], items: Sequence[NewItem], author: Author
) -> tuple[list[Item], Added]:  # fmt: skip
    """`save` and `add` at once: all of it or nothing; either may be empty."""
    serials = [labels.serial(labels.ITEM, one.item_id) for one in saves]
    prepared = [item_rows.prepared(item) for item in items]
    with writing(store) as connection:
        saved = _save(connection, serials, saves, author)
        added = item_rows.insert_items(connection, prepared, author)
        if added.new:
            _audit(connection, author, item_steps.ADD, sorted(added.new))
    return saved, added


def read(store: Store, item_id: str) -> Item:
    """One item; StoreError ``item_unknown``."""
    serial = labels.serial(labels.ITEM, item_id)
    with reading(store) as connection:
        return item_rows.item(item_rows.fetch(connection, [serial])[serial])


def table(store: Store, areas: Collection[str] | None = None) -> pd.DataFrame:
    """
    The ledger, oldest item first.

    Parameters
    ----------
    areas
        Only items of these area codes; an item without one belongs to none of them. None: all items.

    Returns
    -------
    DataFrame
        Index ``item_id``; columns `item_rows.COLUMNS`: days as ISO texts, several departments parted by spaces,
        ``refs`` by line ends; missing = unknown.
    """
    chosen = select(ITEMS).order_by(ITEMS.c.serial)
    if areas is not None:
        chosen = chosen.where(ITEMS.c.area_code.in_(sorted(areas)))
    with reading(store) as connection:
        rows = connection.execute(chosen).mappings().all()
    return item_rows.frame(rows)


def history(store: Store, item_id: str | None = None) -> pd.DataFrame:
    """Every step of one item or of all, by item and version: `HISTORY_COLUMNS`; ``before``, ``after``: what changed."""
    chosen = select(HISTORY).order_by(HISTORY.c.item_serial, HISTORY.c.version)
    if item_id is not None:
        chosen = chosen.where(HISTORY.c.item_serial == labels.serial(labels.ITEM, item_id))
    with reading(store) as connection:
        rows = connection.execute(chosen).mappings().all()
    data = [{**row, "item_id": labels.text(labels.ITEM, row["item_serial"])} for row in rows]
    return pd.DataFrame(data, columns=list(HISTORY_COLUMNS))


def _save(connection: Connection, serials: Sequence[int], saves: Sequence[Save], author: Author) -> list[Item]:
    moves = item_rows.moves(connection, serials, saves)
    item_rows.write_moves(connection, moves, author)
    for move, one in zip(moves, saves, strict=True):
        workspace_edits.add_all(connection, one.edits, author, item_serial=move.serial)
    real = [move for move in moves if move.changes_anything]
    for step in sorted({move.step for move in real}):
        ids = [labels.text(labels.ITEM, move.serial) for move in real if move.step == step]
        _audit(connection, author, step, ids)
    now = item_rows.fetch(connection, serials)
    return [item_rows.item(now[serial]) for serial in serials]


def _audit(connection: Connection, author: Author, step: str, ids: Sequence[str]) -> None:
    subject = ids[0] if len(ids) == 1 else "ledger"
    audit.add(connection, author, f"item.{step}", subject, {"items": list(ids)})
