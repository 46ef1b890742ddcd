"""Who did what when: one row per change, export and refusal; rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from gislib.domain.errors import StoreError
from gislib.store.database import Store, reading, writing
from gislib.store.schema import AUDIT

COLUMNS = ("at", "actor", "role", "action", "subject", "detail")


@dataclass(frozen=True)
class Author:
    """
    Who acts, in which role, and when; the store never reads the clock.

    Raises
    ------
    StoreError
        ``author_without_zone`` if the moment has no time zone.
    """

    actor: str
    role: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a moment without time zone, which could be any of 24."""
        if self.at.tzinfo is None:
            raise StoreError("author_without_zone", at=self.at.isoformat())


def record(store: Store, author: Author, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
    """
    Write one row for something that changes nothing here: an export, a refusal.

    Parameters
    ----------
    action, subject
        Code of what was done (``export``, ``refused.edit``) and id of what it was done to (``P3``).
    detail
        JSON-ready values.
    """
    with writing(store) as connection:
        add(connection, author, action, subject, detail or {})


def add(connection: Connection, author: Author, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Write one row in the transaction of the change itself."""
    row = {"at": author.at, "actor": author.actor, "role": author.role, "action": action, "subject": subject}
    connection.execute(insert(AUDIT), row | {"detail": json_ready(detail)})


def entries(store: Store) -> pd.DataFrame:
    """All rows in the order they were written: `COLUMNS`, ``at`` in UTC, ``detail`` a mapping."""
    with reading(store) as connection:
        found = connection.execute(select(*(AUDIT.c[name] for name in COLUMNS)).order_by(AUDIT.c.id)).all()
    return pd.DataFrame.from_records([tuple(row) for row in found], columns=list(COLUMNS))


def json_ready(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    Copy of a mapping as it will be read back.

    Raises
    ------
    StoreError
        ``store_not_json`` if JSON cannot hold a value (NaN, a date, a table).
    """
    try:
        plain = json.loads(json.dumps(dict(values), allow_nan=False))
    except (TypeError, ValueError) as problem:
        raise StoreError("store_not_json", problem=str(problem)) from problem
    out: dict[str, Any] = plain
    return out
