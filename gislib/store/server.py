"""
Decisions on a PostgreSQL server: all that is PostgreSQL's own.

Every workspace has a schema of its own, named in the marker file of its folder. A write transaction takes the
workspace's lock at its start, so writers wait for each other in the order they came, as with SQLite; a reading one sees
the database as it was when it began. The server's clock and zone are never used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from gislib.domain import durable
from gislib.domain.errors import StoreError
from gislib.store.sqlite_file import WAIT_S

MARKER: Final = "decisions.json"
CODES: Final = {
    "25006": "store_read_only",
    "42501": "store_read_only",
    "40001": "store_busy",
    "40P01": "store_busy",
    "55P03": "store_busy",
    "53100": "store_disk_full",
    "XX001": "store_damaged",
    "XX002": "store_damaged",
}
"""Message code by SQLSTATE."""
_UNREACHABLE: Final = ("08", "28", "3D", "53", "57")
"""Classes of SQLSTATE: no connection, not let in, no such database, out of resources, shut down."""
_DRIVER: Final = "postgresql+psycopg"
_SCHEMA: Final = re.compile(r"huxuetu_[0-9a-f]{32}")
_FOUNDING: Final = 0x687578756574
"""Key of the server's lock under which workspaces get their schema."""
_KEEP_COMMITS: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)


def engine(url: str, schema: str) -> Engine:
    """
    Engine on the schema of one workspace.

    Raises
    ------
    StoreError
        ``store_url_unusable`` if the address is not one of a PostgreSQL database.
    """
    out = create_engine(
        _address(url),
        json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False),
        pool_timeout=WAIT_S,
        pool_pre_ping=True,
    )
    settings = (f"SET search_path TO {schema}", f"SET lock_timeout TO '{WAIT_S}s'", _KEEP_COMMITS)

    @event.listens_for(out, "connect", insert=True)
    def prepare(raw: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = raw.cursor()
        for setting in settings:
            cursor.execute(setting)
        cursor.close()
        raw.commit()

    @event.listens_for(out, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:schema, 0))"), {"schema": schema})
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return out


def refusal(cause: BaseException) -> str:
    """Message code for what the server or the way to it refused."""
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return "store_unreachable" if type(cause).__name__ == "OperationalError" else "store_failed"
    return CODES.get(state, "store_unreachable" if state[:2] in _UNREACHABLE else "store_failed")


def schema_of(root: Path) -> str | None:
    """
    Schema that the marker in a workspace folder names; None without a marker.

    Raises
    ------
    StoreError
        ``store_marker_damaged``.
    """
    try:
        found = json.loads((root / MARKER).read_text("utf-8"))["schema"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise StoreError("store_marker_damaged", file=MARKER) from problem
    if not (isinstance(found, str) and _SCHEMA.fullmatch(found)):
        raise StoreError("store_marker_damaged", file=MARKER)
    return found


def lone_engine(url: str) -> Engine:
    """Engine without transactions and schema, each connection new; StoreError as in `engine`."""
    return create_engine(_address(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")


@contextmanager
def founding(root: Path, lone: Engine) -> Iterator[str | None]:
    """
    New schema for a workspace, named in its folder once the block is through; None if another process was first.

    A crash in between leaves a schema that nothing names, never a marker of a schema that is not there. ``lone``: see
    `lone_engine`.
    """
    with lone.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _FOUNDING})
        if schema_of(root) is not None:
            yield None
            return
        schema = f"huxuetu_{uuid4().hex}"
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        yield schema
        _mark(root, schema)


def require_schema(connection: Connection, schema: str) -> None:
    """
    Refuse a server that has never seen the workspace.

    Raises
    ------
    StoreError
        ``store_other_server``.
    """
    known = connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :schema"), {"schema": schema})
    if known is None:
        raise StoreError("store_other_server", file=connection.engine.url.database, marker=MARKER)


def continue_serials(connection: Connection, table: str, column: str) -> None:
    """Let a serial column go on after the highest value in it: rows copied from elsewhere did not count it on."""
    highest = f"SELECT max({column}) FROM {table}"  # noqa: S608 - names of our own tables
    connection.exec_driver_sql(
        f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), ({highest})) WHERE ({highest}) > 0"
    )


def _mark(root: Path, schema: str) -> None:
    new = root / f"{MARKER}.{uuid4().hex}"
    try:
        with new.open("w", encoding="utf-8") as file:
            json.dump({"schema": schema}, file)
        durable.put(new, root / MARKER)
    except OSError as problem:
        new.unlink(missing_ok=True)
        raise StoreError("store_read_only", file=MARKER, problem=str(problem.strerror)) from problem


def _address(url: str) -> URL:
    # The address is never shown: it may hold a password.
    try:
        address = make_url(url)
        server = address.get_backend_name() in {"postgresql", "postgres"}
    except ArgumentError as problem:
        raise StoreError("store_url_unusable") from problem
    if not server or not address.database:
        raise StoreError("store_url_unusable")
    return address.set(drivername=_DRIVER)
