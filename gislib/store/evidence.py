"""
Pictures that prove what the ledger says: bounded, re-encoded by the caller, kept once each, never deleted.

Evidence that was added by mistake is withdrawn: it leaves the item's list, the history keeps it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, insert, select

from gislib.domain.errors import StoreError
from gislib.store import audit, item_facts, item_rows, labels, plain_text
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.ledger_schema import EVIDENCE, FILES

MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
MOST_BYTES: Final = 8 * 2**20
"""Largest picture kept: several times what a re-encoded photo needs."""
COLUMNS: Final = (
    "item_id", "sha256", "media_type", "width", "height", "caption", "taken_on", "lon", "lat", "withdrawn",
    "actor", "role", "at",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A re-encoded picture without metadata; ``lon``, ``lat``: where it was taken, WGS 84, None = unknown."""

    content: bytes
    media_type: str
    width: int
    height: int
    caption: str | None = None
    taken_on: date | None = None
    lon: float | None = None
    lat: float | None = None


def add(store: Store, item_id: str, picture: Picture, author: Author) -> str:
    """
    Add a picture to an item, closed or not; its id.

    Raises
    ------
    StoreError
        ``evidence_type``, ``evidence_size``, ``item_unknown``, ``item_position``.
    """
    if picture.media_type not in MEDIA_TYPES:
        raise StoreError("evidence_type", type=picture.media_type, known=", ".join(MEDIA_TYPES))
    if not 0 < len(picture.content) <= MOST_BYTES or min(picture.width, picture.height) < 1:
        raise StoreError("evidence_size", bytes=len(picture.content), most=MOST_BYTES)
    item_facts.check_position(picture.lon, picture.lat)
    digest = hashlib.sha256(picture.content).hexdigest()
    serial = labels.serial(labels.ITEM, item_id)
    with writing(store) as connection:
        item_rows.fetch(connection, [serial])
        if connection.scalar(select(FILES.c.sha256).where(FILES.c.sha256 == digest)) is None:
            size = {"width": picture.width, "height": picture.height}
            file = {"sha256": digest, "media_type": picture.media_type, "content": picture.content}
            connection.execute(insert(FILES), file | size)
        told = {"caption": plain_text.cleaned(picture.caption), "taken_on": item_facts.day(picture.taken_on)}
        place = {"lon": picture.lon, "lat": picture.lat}
        label = _insert(connection, {"item_serial": serial, "sha256": digest} | told | place, author)
        audit.add(connection, author, "evidence.add", item_id, {"evidence": label, "sha256": digest})
    return label


def withdraw(store: Store, evidence_id: str, reason: str, author: Author) -> None:
    """
    Take a picture off its item.

    Raises
    ------
    StoreError
        ``evidence_unknown``, ``evidence_gone`` (withdrawn already), ``reason_missing``.
    """
    why = plain_text.cleaned(reason)
    if why is None:
        raise StoreError("reason_missing")
    serial = labels.serial(labels.EVIDENCE, evidence_id)
    with writing(store) as connection:
        of_file = EVIDENCE.c.takes_back.is_(None)
        chosen = select(EVIDENCE.c.item_serial).where(EVIDENCE.c.serial == serial, of_file)
        item_serial = connection.scalar(chosen)
        if item_serial is None:
            raise StoreError("evidence_unknown", id=evidence_id)
        if connection.scalar(select(EVIDENCE.c.serial).where(EVIDENCE.c.takes_back == serial)) is not None:
            raise StoreError("evidence_gone", id=evidence_id)
        _insert(connection, {"item_serial": item_serial, "takes_back": serial, "caption": why}, author)
        item_id = labels.text(labels.ITEM, item_serial)
        audit.add(connection, author, "evidence.withdraw", item_id, {"evidence": evidence_id, "reason": why})


def table(store: Store, item_id: str | None = None) -> pd.DataFrame:
    """
    Pictures of one item or of all, without their content.

    Returns
    -------
    DataFrame
        Index ``evidence_id``, columns `COLUMNS`; ``withdrawn``: it is off the item's list; ``taken_on``: ISO text.
    """
    gone = EVIDENCE.alias("gone")
    joined = EVIDENCE.join(FILES).outerjoin(gone, gone.c.takes_back == EVIDENCE.c.serial)
    columns = (*EVIDENCE.c, FILES.c.media_type, FILES.c.width, FILES.c.height, gone.c.serial.label("gone"))
    chosen = select(*columns).select_from(joined).order_by(EVIDENCE.c.serial)
    if item_id is not None:
        chosen = chosen.where(EVIDENCE.c.item_serial == labels.serial(labels.ITEM, item_id))
    with reading(store) as connection:
        rows = connection.execute(chosen).mappings().all()
    data = [
        {**row, "item_id": labels.text(labels.ITEM, row["item_serial"]), "withdrawn": row["gone"] is not None}
        | {"taken_on": None if row["taken_on"] is None else row["taken_on"].isoformat()}
        for row in rows
    ]
    index = pd.Index([labels.text(labels.EVIDENCE, row["serial"]) for row in rows], dtype="str", name="evidence_id")
    return pd.DataFrame(data, columns=list(COLUMNS), index=index)


def content(store: Store, evidence_id: str) -> bytes:
    """
    The picture itself, withdrawn or not.

    Raises
    ------
    StoreError
        ``evidence_unknown``, ``evidence_damaged``.
    """
    serial = labels.serial(labels.EVIDENCE, evidence_id)
    chosen = select(FILES.c.content, FILES.c.sha256).select_from(EVIDENCE.join(FILES))
    with reading(store) as connection:
        found = connection.execute(chosen.where(EVIDENCE.c.serial == serial)).one_or_none()
    if found is None:
        raise StoreError("evidence_unknown", id=evidence_id)
    picture = bytes(found.content)
    if hashlib.sha256(picture).hexdigest() != found.sha256:
        raise StoreError("evidence_damaged", id=evidence_id)
    return picture


def _insert(connection: Connection, row: dict[str, Any], author: Author) -> str:
    serial = labels.last(connection, EVIDENCE) + 1
    who = {"serial": serial, "actor": author.actor, "role": author.role, "at": author.at}
    connection.execute(insert(EVIDENCE), row | who)
    return labels.text(labels.EVIDENCE, serial)
