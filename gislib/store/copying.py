"""All rows of one database to another, of either kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, Table, func, insert, select

from gislib.domain.errors import StoreError
from gislib.store import ledger_schema, meeting_schema, patrol_schema, server
from gislib.store.database import Store, reading, writing
from gislib.store.schema import METADATA

TABLES: Final[list[Table]] = METADATA.sorted_tables
"""Every table, those that others point at first."""
_ALL_KNOWN: Final = (ledger_schema.ITEMS, meeting_schema.MEETINGS, patrol_schema.PATROLS)
"""Importing their modules puts the tables into the metadata."""
_BATCH: Final = 100


def copy_all(source: Store, target: Store) -> dict[str, int]:
    """
    Copy what one transaction sees into an empty store; rows by table.

    Raises
    ------
    StoreError
        ``store_not_empty``.
    """
    with reading(source) as old, writing(target) as new:
        filled = [table.name for table in TABLES if _count(new, table)]
        if filled:
            raise StoreError("store_not_empty", tables=", ".join(filled))
        return {table.name: _copy(old, new, table) for table in TABLES}


def counts(store: Store) -> Mapping[str, int]:
    """Rows by table."""
    with reading(store) as connection:
        return {table.name: _count(connection, table) for table in TABLES}


def _copy(old: Connection, new: Connection, table: Table) -> int:
    rows = old.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key))
    copied = 0
    for batch in rows.mappings().partitions():
        new.execute(insert(table), [dict(row) for row in batch])
        copied += len(batch)
    counted = table.autoincrement_column
    if counted is not None and new.dialect.name == "postgresql":
        server.continue_serials(new, table.name, counted.name)
    return copied


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
