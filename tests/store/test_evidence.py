"""Evidence: kept once per content, listed per item, withdrawn but never lost."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, text
from store_plans import LI, WANG
from store_refusals import refused

from gislib.store import audit, evidence, ledger
from gislib.store.database import reading, writing
from gislib.store.evidence import Picture
from gislib.store.item_facts import Facts
from gislib.store.items import NewItem
from gislib.store.ledger_schema import FILES

PHOTO = Picture(bytes(range(256)) * 40, "image/jpeg", 64, 48, "校门\u200b前", date(2026, 9, 2), 104.9, 25.1)


@pytest.fixture
def items(store):
    return ledger.add(store, [NewItem("manual", date(2026, 9, 1), Facts("x", school_id="s"))] * 2, LI).item_ids


def test_pictures_of_items(store, items):
    first = evidence.add(store, items[0], PHOTO, LI)
    second = evidence.add(store, items[1], replace(PHOTO, caption=None, taken_on=None, lon=None, lat=None), WANG)
    assert (first, second) == ("Z-00001", "Z-00002")
    assert evidence.content(store, first) == evidence.content(store, second) == PHOTO.content
    found = evidence.table(store)
    assert found.columns.tolist() == list(evidence.COLUMNS)
    assert found.loc[first, ["item_id", "media_type", "width", "height", "caption", "lon", "actor"]].tolist() == [
        "H-00001", "image/jpeg", 64, 48, "校门前", 104.9, "李工",
    ]  # fmt: skip
    assert found.loc[first, "sha256"] == hashlib.sha256(PHOTO.content).hexdigest()
    assert found.loc[first, "taken_on"] == "2026-09-02"
    assert found.loc[second, ["caption", "taken_on", "lon"]].isna().all()
    assert evidence.table(store, items[1]).index.tolist() == [second]
    with reading(store) as connection:
        assert connection.scalar(select(func.count()).select_from(FILES)) == 1, "one picture, kept once"
    assert ledger.read(store, items[0]).version == 1, "a photo makes nobody's form stale"


def test_withdrawn_pictures_stay_in_the_history(store, items):
    photo = evidence.add(store, items[0], PHOTO, LI)
    refused("reason_missing", evidence.withdraw, store, photo, "", WANG)
    evidence.withdraw(store, photo, "拍错学校", WANG)
    refused("evidence_gone", evidence.withdraw, store, photo, "再撤", WANG)
    refused("evidence_unknown", evidence.withdraw, store, "Z-00002", "撤销撤销", WANG)
    assert evidence.table(store)["withdrawn"].tolist() == [True]
    assert evidence.content(store, photo) == PHOTO.content
    assert audit.entries(store)["action"].tolist()[-2:] == ["evidence.add", "evidence.withdraw"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"media_type": "image/svg+xml"}, "evidence_type"),
        ({"content": b""}, "evidence_size"),
        ({"content": bytes(evidence.MOST_BYTES + 1)}, "evidence_size"),
        ({"width": 0}, "evidence_size"),
        ({"lon": None}, "item_position"),
        ({"lat": 95.0}, "item_position"),
    ],
)
def test_unusable_pictures(store, items, changes, code):
    refused(code, evidence.add, store, items[0], replace(PHOTO, **changes), LI)
    assert evidence.table(store).empty


def test_unknown_ids(store, items):
    refused("item_unknown", evidence.add, store, "H-00003", PHOTO, LI)
    refused("evidence_unknown", evidence.content, store, "Z-00001")
    assert len(items) == 2


def test_a_damaged_picture_is_told(store, items):
    photo = evidence.add(store, items[0], PHOTO, LI)
    with writing(store) as connection:
        connection.execute(text("UPDATE evidence_files SET content = :new"), {"new": b"other"})
    refused("evidence_damaged", evidence.content, store, photo)
