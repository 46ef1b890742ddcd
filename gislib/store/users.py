"""Who may do what, and for which areas; a user is never deleted, only switched off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import audit, plain_text
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.meeting_schema import USERS
from gislib.store.schema import NAME_LENGTH

ROLES: Final = ("viewer", "planner", "admin")
ADMIN: Final = "admin"


@dataclass(frozen=True)
class Rights:
    """Role and areas of a user; ``areas`` None: all of them, empty: none."""

    role: str
    areas: frozenset[str] | None = frozenset()
    active: bool = True


@dataclass(frozen=True)
class User:
    """A user as they stand."""

    actor: str
    version: int
    rights: Rights
    changed_at: datetime
    changed_by: str


def put(store: Store, actor: str, expected_version: int, rights: Rights, author: Author) -> User:
    """
    Give a user rights; ``expected_version`` 0: a new one.

    Raises
    ------
    ConflictError
        ``user_stale``; nothing is written.
    StoreError
        ``user_name``, ``user_role``, ``user_area``, ``user_last_admin`` (no active one for all areas would be left).
    """
    name = plain_text.required_line(actor, "user_name", NAME_LENGTH)
    row = _row(rights) | {"changed_at": author.at, "changed_by": author.actor}
    with writing(store) as connection:
        old = _fetch(connection, name)
        there = 0 if old is None else old["version"]
        if there != expected_version:
            by, at = (author.actor, author.at) if old is None else (old["changed_by"], old["changed_at"])
            raise ConflictError("user_stale", user=name, mine=expected_version, theirs=there, actor=by, at=at)
        row |= {"actor": name, "version": there + 1}
        if old is None:
            connection.execute(insert(USERS), row)
        else:
            connection.execute(update(USERS).where(USERS.c.actor == name).values(row))
        _require_admin(connection)
        detail = {"before": None if old is None else _told(old), "after": _told(row)}
        audit.add(connection, author, "user.put", name, detail)
    return _user(row)


def read(store: Store, actor: str) -> User | None:
    """One user, active or not; None if nobody put them down."""
    with reading(store) as connection:
        row = _fetch(connection, plain_text.line(actor) or "")
    return None if row is None else _user(row)


def users(store: Store) -> list[User]:
    """All users by name."""
    with reading(store) as connection:
        rows = connection.execute(select(USERS)).mappings().all()
    return sorted((_user(row) for row in rows), key=lambda user: user.actor)


def _row(rights: Rights) -> dict[str, Any]:
    if rights.role not in ROLES:
        raise StoreError("user_role", role=rights.role, known=", ".join(ROLES))
    if rights.areas is None:
        return {"role": rights.role, "areas": None, "active": rights.active}
    codes = sorted({plain_text.required_line(code, "user_area", NAME_LENGTH) for code in rights.areas})
    return {"role": rights.role, "areas": codes, "active": rights.active}


def _require_admin(connection: Connection) -> None:
    """Once there are users, one of them can always put the others right."""
    rows = connection.execute(select(USERS.c.areas).where(USERS.c.role == ADMIN, USERS.c.active)).scalars()
    if all(areas is not None for areas in rows):
        raise StoreError("user_last_admin")


def _fetch(connection: Connection, actor: str) -> RowMapping | None:
    return connection.execute(select(USERS).where(USERS.c.actor == actor)).mappings().one_or_none()


def _told(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("role", "areas", "active")}


def _user(row: RowMapping | dict[str, Any]) -> User:
    areas = None if row["areas"] is None else frozenset(row["areas"])
    rights = Rights(row["role"], areas, row["active"])
    return User(row["actor"], row["version"], rights, row["changed_at"], row["changed_by"])
