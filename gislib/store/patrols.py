"""
Patrols: saved with their routes, changed by saving a new version, accepted, retired; no version is ever lost.

What the routes look like is not known here: they are JSON of the patrol layer.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import audit, labels, plain_text
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.patrol_schema import PATROL_VERSIONS, PATROLS
from gislib.store.schema import NAME_LENGTH

DRAFT: Final = "draft"
ACCEPTED: Final = "accepted"
RETIRED: Final = "retired"


@dataclass(frozen=True)
class PatrolHead:
    """What is known of a patrol without its routes; ``patrol_id``: R3; ``parameters``: of the version that stands."""

    patrol_id: str
    name: str
    status: str
    version: int
    parameters: Mapping[str, Any]
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Patrol:
    """A patrol with its sets of routes, JSON each, the one that is used first."""

    head: PatrolHead
    sets: Sequence[Mapping[str, Any]]


def create(
    store: Store, name: str, parameters: Mapping[str, Any], sets: Sequence[Mapping[str, Any]], author: Author
) -> Patrol:
    """
    New draft.

    Parameters
    ----------
    name
        Unused by any patrol that is not retired.
    parameters
        JSON-ready: teams, shift, date, seed, versions of data and rules.
    sets
        JSON-ready sets of routes, at least one.

    Raises
    ------
    StoreError
        ``patrol_name``, ``patrol_name_taken``, ``store_not_json``.
    """
    clean = plain_text.required_line(name, "patrol_name", NAME_LENGTH)
    asked, content = audit.json_ready(parameters), _packed(sets)
    with writing(store) as connection:
        _refuse_taken(connection, clean)
        serial = labels.last(connection, PATROLS) + 1
        row = {
            "serial": serial, "name": clean, "live_name": clean, "status": DRAFT, "version": 1,
            "created_at": author.at, "created_by": author.actor, "changed_at": author.at, "changed_by": author.actor,
        }  # fmt: skip
        connection.execute(insert(PATROLS), row)
        _put(connection, serial, 1, (asked, content), author)
        audit.add(connection, author, "patrol.create", labels.text(labels.PATROL, serial), {"name": clean})
        return _fetch(connection, serial)


def save(
    store: Store, patrol_id: str, expected_version: int,
    content: tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]], author: Author,
) -> Patrol:  # fmt: skip
    """
    New version of a draft: parameters and sets of routes; earlier ones are kept.

    Raises
    ------
    ConflictError
        ``patrol_stale``; nothing is written.
    StoreError
        ``patrol_unknown``, ``patrol_closed`` for an accepted or retired one, ``store_not_json``.
    """
    asked, packed = audit.json_ready(content[0]), _packed(content[1])
    with _changing(store, patrol_id, expected_version) as (connection, row):
        if row["status"] != DRAFT:
            raise StoreError("patrol_closed", patrol=row["name"])
        version = expected_version + 1
        _put(connection, row["serial"], version, (asked, packed), author)
        _update(connection, row["serial"], author, version=version)
        audit.add(connection, author, "patrol.save", patrol_id, {"version": version})
        return _fetch(connection, row["serial"])


def set_status(store: Store, patrol_id: str, expected_version: int, status: str, author: Author) -> PatrolHead:
    """
    Accept a patrol, take it back to draft, or retire it, which frees its name.

    Raises
    ------
    ConflictError
        ``patrol_stale``.
    StoreError
        ``patrol_unknown``, ``patrol_name_taken`` if the name of one that comes back has been used since.
    """
    with _changing(store, patrol_id, expected_version) as (connection, row):
        if status != RETIRED and row["live_name"] is None:
            _refuse_taken(connection, row["name"])
        live = None if status == RETIRED else row["name"]
        _update(connection, row["serial"], author, status=status, live_name=live)
        audit.add(connection, author, f"patrol.{status}", patrol_id, {"before": row["status"]})
        return _fetch(connection, row["serial"]).head


def read(store: Store, patrol_id: str, version: int | None = None) -> Patrol:
    """One patrol, as it stands or as an earlier version was; StoreError ``patrol_unknown``."""
    with reading(store) as connection:
        return _fetch(connection, labels.serial(labels.PATROL, patrol_id), version)


def heads(store: Store, *, include_retired: bool = False) -> list[PatrolHead]:
    """All patrols, oldest first."""
    query = select(PATROLS, PATROL_VERSIONS.c.parameters).join(PATROL_VERSIONS).order_by(PATROLS.c.serial)
    query = query.where(PATROL_VERSIONS.c.version == PATROLS.c.version)
    with reading(store) as connection:
        rows = connection.execute(query).mappings().all()
    return [_head(dict(row)) for row in rows if include_retired or row["status"] != RETIRED]


def by_name(store: Store, name: str) -> PatrolHead | None:
    """The patrol of that name that is not retired."""
    return next((head for head in heads(store) if head.name == name.strip()), None)


@contextmanager
def _changing(store: Store, patrol_id: str, expected_version: int) -> Iterator[tuple[Connection, RowMapping]]:
    """Transaction on a patrol whose version is the one that was seen."""
    serial = labels.serial(labels.PATROL, patrol_id)
    with writing(store) as connection:
        row = _row(connection, serial)
        if row["version"] != expected_version:
            raise ConflictError(
                "patrol_stale", patrol=row["name"], mine=expected_version, theirs=row["version"],
                actor=row["changed_by"], at=row["changed_at"],
            )  # fmt: skip
        yield connection, row


def _row(connection: Connection, serial: int) -> RowMapping:
    row = connection.execute(select(PATROLS).where(PATROLS.c.serial == serial)).mappings().one_or_none()
    if row is None:
        raise StoreError("patrol_unknown", id=labels.text(labels.PATROL, serial))
    return row


def _fetch(connection: Connection, serial: int, version: int | None = None) -> Patrol:
    head = _row(connection, serial)
    own = select(PATROL_VERSIONS).where(
        PATROL_VERSIONS.c.patrol_serial == serial, PATROL_VERSIONS.c.version == (version or head["version"])
    )
    found = connection.execute(own).mappings().one_or_none()
    if found is None:
        raise StoreError("patrol_unknown", id=f"{labels.text(labels.PATROL, serial)}/{version}")
    told = {**head, "parameters": found["parameters"], "version": found["version"]}
    return Patrol(_head(told), json.loads(zlib.decompress(found["content"])))


def _head(row: Mapping[str, Any]) -> PatrolHead:
    own = {name: row[name] for name in PatrolHead.__dataclass_fields__ if name != "patrol_id"}
    return PatrolHead(patrol_id=labels.text(labels.PATROL, row["serial"]), **own)


def _put(
    connection: Connection, serial: int, version: int, content: tuple[Mapping[str, Any], bytes], author: Author
) -> None:
    row = {"patrol_serial": serial, "version": version, "parameters": content[0], "content": content[1]}
    connection.execute(insert(PATROL_VERSIONS), row | {"actor": author.actor, "role": author.role, "at": author.at})


def _update(connection: Connection, serial: int, author: Author, **values: object) -> None:
    own = values | {"changed_at": author.at, "changed_by": author.actor}
    connection.execute(update(PATROLS).where(PATROLS.c.serial == serial).values(own))


def _refuse_taken(connection: Connection, name: str) -> None:
    if connection.scalar(select(PATROLS.c.serial).where(PATROLS.c.live_name == name)) is not None:
        raise StoreError("patrol_name_taken", patrol=name)


def _packed(sets: Sequence[Mapping[str, Any]]) -> bytes:
    """
    Sets of routes as they are kept.

    Raises
    ------
    StoreError
        ``store_not_json`` if JSON cannot hold a value.
    """
    plain = audit.json_ready({"sets": list(sets)})["sets"]
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode())
