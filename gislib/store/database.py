"""
The database of a workspace: opened, brought to the newest schema, read and written in transactions.

All that is SQLite's own is here. A write transaction takes the write lock at its start, so that what it reads cannot
change before it writes; a committed one is on the disk (``synchronous=FULL``). No connection is used across a fork.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import URL, Connection, Engine, Pool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from gislib.domain.errors import StoreError
from gislib.store import migration

FILE: Final = "decisions.sqlite"
WAIT_S: Final = 30
"""Longest wait for another writer."""
_PRAGMAS: Final = (f"busy_timeout={WAIT_S * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_CODES: Final = {
    sqlite3.SQLITE_NOTADB: "store_not_database",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_READONLY: "store_read_only",
    sqlite3.SQLITE_CANTOPEN: "store_read_only",
    sqlite3.SQLITE_PERM: "store_read_only",
    sqlite3.SQLITE_BUSY: "store_busy",
    sqlite3.SQLITE_FULL: "store_disk_full",
}
_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended result codes carry the primary one in their low byte."""


@dataclass(frozen=True)
class Store:
    """The decisions of one workspace."""

    engine: Engine


@dataclass(frozen=True)
class _Opened:
    """A store, and device and inode of its file: a file put in its place is another store."""

    store: Store
    identity: tuple[int, int]


_open: Final[dict[Path, _Opened]] = {}
_inherited: Final[list[Pool]] = []
_locks: Final = {"open": Lock()}


def open_store(workspace_root: Path) -> Store:
    """
    Store of a workspace, created or brought to the newest schema where needed; cheap to call again.

    Raises
    ------
    StoreError
        ``store_folder_missing``; ``store_not_database``, ``store_damaged``, ``store_foreign`` (another program's
        database), ``store_newer`` (a later release's), ``store_read_only``, ``store_busy``, ``store_disk_full``.
    """
    if not workspace_root.is_dir():
        raise StoreError("store_folder_missing", folder=workspace_root.name)
    path = workspace_root.resolve() / FILE
    with _locks["open"]:
        known = _open.get(path)
        if known is not None and known.identity == _identity(path):
            return known.store
        if known is not None:
            known.store.engine.dispose()
        store = Store(_sqlite_engine(path))
        _bring_up(store)
        _open[path] = _Opened(store, _identity(path) or (0, 0))
        return store


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """One consistent view of the database."""
    with _refusals(store), store.engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """Everything inside is written, or, if it raises, nothing."""
    with (
        _refusals(store),
        store.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        yield connection


def _bring_up(store: Store) -> None:
    with reading(store) as connection:
        if migration.is_current(connection):
            return
    with writing(store) as connection:
        # Another process may have been first while this one waited for the lock.
        if not migration.is_current(connection):
            migration.upgrade(connection)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _sqlite_engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
        pool_timeout=WAIT_S,
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `begin` does.
        raw.isolation_level = None
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _refusals(store: Store) -> Iterator[None]:
    """Turn what the database refuses into one error of ours."""
    file = Path(store.engine.url.database or "").name
    try:
        yield
    except PoolTimeoutError as problem:
        raise StoreError("store_busy", file=file, problem=str(problem)) from problem
    except DBAPIError as problem:
        cause = problem.orig
        primary = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE
        raise StoreError(_CODES.get(primary, "store_failed"), file=file, problem=str(cause)[:200]) from problem


def _after_fork() -> None:
    """Give a forked child its own connections; the inherited ones stay open, closing them could touch the parent's."""
    _locks["open"] = Lock()
    for opened in _open.values():
        _inherited.append(opened.store.engine.pool)
        opened.store.engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
