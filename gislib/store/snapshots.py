"""
What was known at a moment, frozen: tables as Parquet with their hashes, and the versions that made them.

The ledger of that moment is always part of it, read in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, RowMapping, insert, select

from gislib.domain.errors import StoreError
from gislib.store import audit, item_rows, labels
from gislib.store.audit import Author, json_ready
from gislib.store.database import Store, reading, writing
from gislib.store.ledger_schema import ITEMS
from gislib.store.meeting_schema import SNAPSHOT_TABLES, SNAPSHOTS

LEDGER: Final = "ledger"


@dataclass(frozen=True)
class Snapshot:
    """A frozen state; ``stamp``: versions of data, rules and program, profile, parameters; ``rows`` by table."""

    snapshot_id: str
    stamp: Mapping[str, Any]
    rows: Mapping[str, int]
    taken_at: datetime
    taken_by: str


def freeze(store: Store, stamp: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], author: Author) -> Snapshot:
    """
    Freeze tables (scores, findings, …) and the ledger.

    Raises
    ------
    StoreError
        ``snapshot_table`` if a table is called ledger or cannot be written as Parquet, ``store_not_json``.
    """
    frozen = packed(tables)
    with writing(store) as connection:
        return put(connection, stamp, frozen, author)


def packed(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[int, bytes]]:
    """Tables as rows and Parquet bytes, before the transaction; StoreError ``snapshot_table``."""
    if LEDGER in tables:
        raise StoreError("snapshot_table", table=LEDGER, problem=LEDGER)
    return {name: (len(table), _parquet(name, table)) for name, table in tables.items()}


def put(
    connection: Connection, stamp: Mapping[str, Any], frozen: Mapping[str, tuple[int, bytes]], author: Author
) -> Snapshot:
    """`freeze` in the transaction of the caller, with tables from `packed`."""
    items = item_rows.frame(connection.execute(select(ITEMS).order_by(ITEMS.c.serial)).mappings().all())
    whole = dict(frozen) | {LEDGER: (len(items), _parquet(LEDGER, items))}
    serial = labels.last(connection, SNAPSHOTS) + 1
    row = {"serial": serial, "stamp": json_ready(stamp), "actor": author.actor, "role": author.role, "at": author.at}
    connection.execute(insert(SNAPSHOTS), row)
    connection.execute(
        insert(SNAPSHOT_TABLES),
        [
            {"snapshot_serial": serial, "name": name, "rows": rows, "content": content}
            | {"sha256": hashlib.sha256(content).hexdigest()}
            for name, (rows, content) in whole.items()
        ],
    )
    counts = {name: rows for name, (rows, _) in sorted(whole.items())}
    audit.add(connection, author, "snapshot.freeze", labels.text(labels.SNAPSHOT, serial), {"rows": counts})
    return _snapshot(row, counts)


def heads(store: Store) -> list[Snapshot]:
    """All snapshots, oldest first."""
    with reading(store) as connection:
        return _heads(connection)


def table(store: Store, snapshot_id: str, name: str) -> pd.DataFrame:
    """
    One frozen table as it was, index and all.

    Raises
    ------
    StoreError
        ``snapshot_unknown``, ``snapshot_table_unknown``, ``snapshot_damaged``.
    """
    serial = labels.serial(labels.SNAPSHOT, snapshot_id)
    with reading(store) as connection:
        of_snapshot = SNAPSHOT_TABLES.c.snapshot_serial == serial
        chosen = select(SNAPSHOT_TABLES).where(of_snapshot, SNAPSHOT_TABLES.c.name == name)
        found = connection.execute(chosen).mappings().one_or_none()
        known = connection.scalar(select(SNAPSHOTS.c.serial).where(SNAPSHOTS.c.serial == serial))
    if known is None:
        raise StoreError("snapshot_unknown", id=snapshot_id)
    if found is None:
        raise StoreError("snapshot_table_unknown", id=snapshot_id, table=name)
    content = bytes(found["content"])
    if hashlib.sha256(content).hexdigest() != found["sha256"]:
        raise StoreError("snapshot_damaged", id=snapshot_id, table=name)
    return pd.read_parquet(BytesIO(content))


def _heads(connection: Connection) -> list[Snapshot]:
    counts: dict[int, dict[str, int]] = {}
    parts = SNAPSHOT_TABLES.c
    for serial, name, rows in connection.execute(select(parts.snapshot_serial, parts.name, parts["rows"])):
        counts.setdefault(serial, {})[name] = rows
    rows = connection.execute(select(SNAPSHOTS).order_by(SNAPSHOTS.c.serial)).mappings().all()
    return [_snapshot(row, dict(sorted(counts[row["serial"]].items()))) for row in rows]


def _snapshot(row: RowMapping | Mapping[str, Any], counts: Mapping[str, int]) -> Snapshot:
    return Snapshot(labels.text(labels.SNAPSHOT, row["serial"]), row["stamp"], counts, row["at"], row["actor"])


def _parquet(name: str, content: pd.DataFrame) -> bytes:
    out = BytesIO()
    try:
        content.to_parquet(out)
    except (TypeError, ValueError) as problem:
        raise StoreError("snapshot_table", table=name, problem=str(problem)[:200]) from problem
    return out.getvalue()
