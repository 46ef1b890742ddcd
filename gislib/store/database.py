"""
The database of a workspace: opened, brought to the newest schema, read and written in transactions.

``sqlite_file`` and ``server`` hold what is one database's own; nothing else in the store is. A write transaction takes
the workspace's write lock at its start, so that what it reads cannot change before it writes. No connection is used
across a fork.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, Pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gislib.domain.errors import StoreError
from gislib.store import migration, server, sqlite_file
from gislib.store.sqlite_file import FILE

_REFUSALS: Final = {"sqlite": sqlite_file.refusal, "postgresql": server.refusal}


@dataclass(frozen=True)
class Store:
    """The decisions of one workspace."""

    engine: Engine


@dataclass(frozen=True)
class _Opened:
    """A store, and what tells it from another one in the same place: device and inode of its file, or its schema."""

    store: Store
    identity: object


_open: Final[dict[tuple[Path, str | None], _Opened]] = {}
_inherited: Final[list[Pool]] = []
_locks: Final = {"open": Lock()}


def open_store(workspace_root: Path, url: str | None = None) -> Store:
    """
    Store of a workspace, created or brought to the newest schema where needed; cheap to call again.

    Parameters
    ----------
    url
        Address of a PostgreSQL database that keeps the decisions; None: a file in the workspace folder.

    Raises
    ------
    StoreError
        ``store_folder_missing``; ``store_not_database``, ``store_damaged``, ``store_foreign`` (another program's
        database), ``store_newer`` (a later release's), ``store_read_only``, ``store_busy``, ``store_disk_full``;
        ``store_unreachable``, ``store_url_unusable``, ``store_marker_damaged``, ``store_other_server``;
        ``store_in_file``, ``store_on_server`` if the decisions are kept in the other kind of place.
    """
    if not workspace_root.is_dir():
        raise StoreError("store_folder_missing", folder=workspace_root.name)
    root = workspace_root.resolve()
    with _locks["open"]:
        _one_home(root, url)
        known = _open.get((root, url))
        if known is not None and known.identity == _identity(root, url):
            return known.store
        if known is not None:
            known.store.engine.dispose()
        store = _in_file(root) if url is None else _on_server(root, url)
        _open[root, url] = _Opened(store, _identity(root, url))
        return store


@contextmanager
def lone_store(workspace_root: Path, url: str | None = None) -> Iterator[Store]:
    """`open_store` for a folder that is about to be moved: every connection and side file is gone after the block."""
    root = workspace_root.resolve()
    with _locks["open"]:
        _one_home(root, url)
        store = _in_file(root) if url is None else _on_server(root, url)
    try:
        yield store
    finally:
        store.engine.dispose()


def require_server(url: str) -> None:
    """Refuse an address at which no database answers; StoreError ``store_unreachable``, ``store_url_unusable``."""
    lone = server.lone_engine(url)
    with _refusals(lone), lone.connect():
        pass


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """One consistent view of the database."""
    with _refusals(store.engine), store.engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """Everything inside is written, or, if it raises, nothing."""
    with (
        _refusals(store.engine),
        store.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        yield connection


def _one_home(root: Path, url: str | None) -> None:
    """Refuse to begin a second set of decisions beside the one that is there."""
    if url is None and (root / server.MARKER).exists():
        raise StoreError("store_on_server", marker=server.MARKER)
    if url is not None and (root / FILE).exists():
        raise StoreError("store_in_file", file=FILE)


def _in_file(root: Path) -> Store:
    store = Store(sqlite_file.engine(root / FILE))
    with _closed_if_refused(store):
        _bring_up(store)
    return store


def _on_server(root: Path, url: str) -> Store:
    if server.schema_of(root) is None:
        lone = server.lone_engine(url)
        with _refusals(lone), server.founding(root, lone) as fresh:
            if fresh is not None:
                new = Store(server.engine(url, fresh))
                with _closed_if_refused(new):
                    _bring_up(new)
                new.engine.dispose()
    schema = server.schema_of(root) or ""
    store = Store(server.engine(url, schema))
    with _closed_if_refused(store):
        with reading(store) as connection:
            server.require_schema(connection, schema)
        _bring_up(store)
    return store


@contextmanager
def _closed_if_refused(store: Store) -> Iterator[None]:
    """Leave no connection to a database that is not to be used."""
    try:
        yield
    except BaseException:
        store.engine.dispose()
        raise


def _bring_up(store: Store) -> None:
    with reading(store) as connection:
        if migration.is_current(connection):
            return
    with writing(store) as connection:
        # Another process may have been first while this one waited for the lock.
        if not migration.is_current(connection):
            migration.upgrade(connection)


def _identity(root: Path, url: str | None) -> object:
    if url is not None:
        return server.schema_of(root)
    try:
        found = (root / FILE).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _refusals(engine: Engine) -> Iterator[None]:
    """Turn what the database refuses into one error of ours."""
    file = Path(engine.url.database or "").name
    try:
        yield
    except PoolTimeoutError as problem:
        raise StoreError("store_busy", file=file, problem=str(problem)) from problem
    except DBAPIError as problem:
        cause = problem.orig or problem
        code = _REFUSALS[engine.dialect.name](cause)
        raise StoreError(code, file=file, problem=str(cause)[:200]) from problem


def _after_fork() -> None:
    """Give a forked child its own connections; the inherited ones stay open, closing them could touch the parent's."""
    _locks["open"] = Lock()
    for opened in _open.values():
        _inherited.append(opened.store.engine.pool)
        opened.store.engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
