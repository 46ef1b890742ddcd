"""Photos of ledger items: taken in, shown, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from gislib.domain.errors import StoreError
from gislib.planning import ledger
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Session, require_role
from gislib.sources.photos import read_photo
from gislib.store import evidence
from gislib.store.evidence import Picture

MEDIA_TYPE: Final = "image/jpeg"


@dataclass(frozen=True)
class PhotoAdded:
    """Id of the picture, and the position that its camera noted (WGS 84), offered as the item's; None = none."""

    evidence_id: str
    lon: float | None
    lat: float | None


def add_photo(session: Session, item_id: str, content: bytes, name: str, caption: str | None = None) -> PhotoAdded:
    """
    Add a photo to an item: re-encoded, without metadata.

    Raises
    ------
    InputError
        As in `gislib.sources.photos.read_photo`.
    RefusedError, StoreError
        ``role_too_low``, ``area_not_yours``, ``item_unknown``.
    """
    require_role(session, "planner")
    ledger.read(session, item_id)
    photo = read_photo(content, name)
    picture = Picture(
        photo.content, MEDIA_TYPE, photo.width, photo.height, caption, photo.taken_on, photo.lon, photo.lat
    )
    evidence_id = evidence.add(store_of(session), item_id, picture, author_of(session))
    return PhotoAdded(evidence_id, photo.lon, photo.lat)


def photos(session: Session, item_id: str) -> pd.DataFrame:
    """Pictures of an item that were not withdrawn, see `gislib.store.evidence.table`."""
    ledger.read(session, item_id)
    rows = evidence.table(store_of(session), item_id)
    return rows[~rows["withdrawn"].astype(bool)]


def photo(session: Session, item_id: str, evidence_id: str) -> bytes:
    """
    The picture itself.

    Raises
    ------
    StoreError
        ``evidence_unknown`` if this item has no such picture, ``evidence_damaged``.
    """
    _require_own(session, item_id, evidence_id)
    return evidence.content(store_of(session), evidence_id)


def withdraw_photo(session: Session, item_id: str, evidence_id: str, reason: str) -> None:
    """Take a picture off its item; errors as in `photo` and `gislib.store.evidence.withdraw`."""
    require_role(session, "planner")
    _require_own(session, item_id, evidence_id)
    evidence.withdraw(store_of(session), evidence_id, reason, author_of(session))


def _require_own(session: Session, item_id: str, evidence_id: str) -> None:
    ledger.read(session, item_id)
    if evidence_id not in evidence.table(store_of(session), item_id).index:
        raise StoreError("evidence_unknown", id=evidence_id)
