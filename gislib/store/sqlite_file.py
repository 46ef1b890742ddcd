"""
Decisions in a file of the workspace: all that is SQLite's own.

A write transaction takes the write lock at its start; a committed one is on the disk (``synchronous=FULL``).
"""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

FILE: Final = "decisions.sqlite"
WAIT_S: Final = 30
"""Longest wait for another writer."""
CODES: Final = {
    sqlite3.SQLITE_NOTADB: "store_not_database",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_READONLY: "store_read_only",
    sqlite3.SQLITE_CANTOPEN: "store_read_only",
    sqlite3.SQLITE_PERM: "store_read_only",
    sqlite3.SQLITE_BUSY: "store_busy",
    sqlite3.SQLITE_FULL: "store_disk_full",
}
_PRAGMAS: Final = (f"busy_timeout={WAIT_S * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended result codes carry the primary one in their low byte."""


def engine(path: Path) -> Engine:
    """Engine on a database file, created with its first write."""
    out = create_engine(
        URL.create("sqlite", database=str(path)),
        json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
        pool_timeout=WAIT_S,
    )

    @event.listens_for(out, "connect")
    def prepare(raw: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `begin` does.
        raw.isolation_level = None
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(out, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return out


def refusal(cause: BaseException) -> str:
    """Message code for what SQLite refused."""
    return CODES.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE, "store_failed")


def is_whole(connection: Connection) -> bool:
    """Whether every page of the file is readable and no row points at an absent one."""
    pages = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    strays = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return pages == "ok" and strays is None
