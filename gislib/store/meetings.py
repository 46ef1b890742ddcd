"""
Joint-prevention meetings: planned, frozen once with what was known, and what they decided.

A decision with something to do becomes a ledger item of source meeting; decisions are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import audit, item_facts, item_rows, labels, plain_text, snapshots
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.item_facts import TITLE_LENGTH, Facts
from gislib.store.items import NewItem
from gislib.store.meeting_schema import DECISIONS, MEETINGS, TERMS

KINDS: Final = ("term_start", "mid_term", "term_end")


@dataclass(frozen=True)
class MeetingFacts:
    """What people say about a meeting; ``agenda``: one line per point."""

    kind: str
    title: str
    held_on: date
    term_id: str | None = None
    place: str | None = None
    agenda: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Point ``number`` of what was decided; ``item_id``: the ledger item that carries it out."""

    number: int
    text: str
    item_id: str | None


@dataclass(frozen=True)
class Meeting:
    """A meeting as it stands; ``snapshot_id``: None until it was frozen."""

    meeting_id: str
    version: int
    facts: MeetingFacts
    snapshot_id: str | None
    decisions: tuple[Decision, ...]
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class NewDecision:
    """A decision; ``facts``: of the item that carries it out, with department and deadline; None: nothing to do."""

    text: str
    facts: Facts | None = None


def add(store: Store, facts: MeetingFacts, author: Author) -> Meeting:
    """
    New meeting; StoreError ``meeting_kind``, ``meeting_title``, ``term_unknown``, ``item_day``.

    The same meeting (kind and day) twice is refused: ``meeting_taken``.
    """
    row = _row(facts)
    with writing(store) as connection:
        _check_term(connection, row)
        _refuse_twin(connection, row, None)
        serial = labels.last(connection, MEETINGS) + 1
        stamps = {"created_at": author.at, "created_by": author.actor}
        new = row | stamps | _changed(author) | {"serial": serial, "version": 1}
        connection.execute(insert(MEETINGS), new)
        audit.add(connection, author, "meeting.add", labels.text(labels.MEETING, serial), _told(row))
        return _fetch(connection, serial)


def edit(store: Store, meeting_id: str, expected_version: int, facts: MeetingFacts, author: Author) -> Meeting:
    """
    Another content for a meeting.

    Raises
    ------
    ConflictError
        ``meeting_stale``; nothing is written.
    StoreError
        ``meeting_unknown``, ``meeting_decided`` (its day or kind after a decision), and as in `add`.
    """
    row = _row(facts)
    with _changing(store, meeting_id, expected_version, author) as (connection, old):
        _check_term(connection, row)
        _refuse_twin(connection, row, old["serial"])
        moved = any(row[name] != old[name] for name in ("kind", "held_on"))
        if moved and _decisions(connection, old["serial"]):
            raise StoreError("meeting_decided", meeting=old["title"])
        connection.execute(update(MEETINGS).where(MEETINGS.c.serial == old["serial"]).values(row))
        detail = {"before": _told({name: old[name] for name in row}), "after": _told(row)}
        audit.add(connection, author, "meeting.change", meeting_id, detail)
        return _fetch(connection, old["serial"])


def freeze(
    store: Store, meeting_id: str, expected_version: int,
    content: tuple[Mapping[str, Any], Mapping[str, pd.DataFrame]], author: Author,
) -> Meeting:  # fmt: skip
    """
    Freeze what is known for a meeting, once: ``content`` is stamp and tables, as in `snapshots.freeze`.

    Raises
    ------
    ConflictError
        ``meeting_stale``; nothing is written.
    StoreError
        ``meeting_unknown``, ``meeting_frozen``, and as in `snapshots.freeze`.
    """
    stamp, tables = content
    frozen = snapshots.packed(tables)
    with _changing(store, meeting_id, expected_version, author) as (connection, old):
        if old["snapshot_serial"] is not None:
            raise StoreError("meeting_frozen", meeting=old["title"])
        taken = snapshots.put(connection, stamp, frozen, author)
        serial = labels.serial(labels.SNAPSHOT, taken.snapshot_id)
        of_meeting = MEETINGS.c.serial == old["serial"]
        connection.execute(update(MEETINGS).where(of_meeting).values({"snapshot_serial": serial}))
        audit.add(connection, author, "meeting.freeze", meeting_id, {"snapshot": taken.snapshot_id})
        return _fetch(connection, old["serial"])


def decide(
    store: Store, meeting_id: str, expected_version: int, decisions: Sequence[NewDecision], author: Author
) -> Meeting:  # fmt: skip
    """
    Put down what was decided; all decisions or none.

    Raises
    ------
    ConflictError
        ``meeting_stale``; nothing is written.
    StoreError
        ``meeting_unknown``, ``meeting_open`` (not frozen yet), ``decision_text``, ``decision_incomplete`` (no
        department or deadline), ``item_deadline_early`` (before the meeting), and as in `item_facts.checked`.
    """
    texts = [plain_text.cleaned(one.text) for one in decisions]
    if not texts or None in texts:
        raise StoreError("decision_text")
    with _changing(store, meeting_id, expected_version, author) as (connection, old):
        if old["snapshot_serial"] is None:
            raise StoreError("meeting_open", meeting=old["title"])
        first = len(_decisions(connection, old["serial"])) + 1
        rows = []
        for number, (one, text) in enumerate(zip(decisions, texts, strict=True), start=first):
            item_serial = None if one.facts is None else _item(connection, old, one.facts, author)
            who = {"actor": author.actor, "role": author.role, "at": author.at}
            key = {"meeting_serial": old["serial"], "number": number}
            rows.append(key | {"text": text, "item_serial": item_serial} | who)
        connection.execute(insert(DECISIONS), rows)
        items = [labels.optional(labels.ITEM, row["item_serial"]) for row in rows]
        audit.add(connection, author, "meeting.decide", meeting_id, {"first": first, "items": items})
        return _fetch(connection, old["serial"])


def read(store: Store, meeting_id: str) -> Meeting:
    """One meeting; StoreError ``meeting_unknown``."""
    with reading(store) as connection:
        return _fetch(connection, labels.serial(labels.MEETING, meeting_id))


def meetings(store: Store) -> list[Meeting]:
    """All meetings by day."""
    with reading(store) as connection:
        days = select(MEETINGS.c.serial).order_by(MEETINGS.c.held_on, MEETINGS.c.serial)
        return [_fetch(connection, serial) for serial in connection.scalars(days).all()]


@contextmanager
def _changing(
    store: Store, meeting_id: str, expected_version: int, author: Author
) -> Iterator[tuple[Connection, RowMapping]]:  # fmt: skip
    """Write transaction on one meeting, whose version grows by one."""
    serial = labels.serial(labels.MEETING, meeting_id)
    with writing(store) as connection:
        of_meeting = MEETINGS.c.serial == serial
        old = connection.execute(select(MEETINGS).where(of_meeting)).mappings().one_or_none()
        if old is None:
            raise StoreError("meeting_unknown", id=meeting_id)
        if old["version"] != expected_version:
            raise ConflictError(
                "meeting_stale", meeting=old["title"], mine=expected_version, theirs=old["version"],
                actor=old["changed_by"], at=old["changed_at"],
            )  # fmt: skip
        connection.execute(
            update(MEETINGS).where(of_meeting).values({"version": old["version"] + 1} | _changed(author))
        )
        yield connection, old


def _item(connection: Connection, meeting: RowMapping, facts: Facts, author: Author) -> int:
    if facts.department_lead is None or facts.deadline is None:
        raise StoreError("decision_incomplete", title=facts.title)
    row = item_rows.prepared(NewItem("meeting", meeting["held_on"], facts))
    (label,) = item_rows.insert_items(connection, [row], author, meeting["serial"]).item_ids
    return labels.serial(labels.ITEM, label)


def _row(facts: MeetingFacts) -> dict[str, Any]:
    if facts.kind not in KINDS:
        raise StoreError("meeting_kind", kind=facts.kind, known=", ".join(KINDS))
    held_on = item_facts.day(facts.held_on)
    if held_on is None:
        raise StoreError("item_day", value=None)
    return {
        "kind": facts.kind,
        "title": plain_text.required_line(facts.title, "meeting_title", TITLE_LENGTH),
        "held_on": held_on,
        "term_serial": None if facts.term_id is None else labels.serial(labels.TERM, facts.term_id),
        "place": plain_text.line(facts.place),
        "agenda": [text for point in facts.agenda if (text := plain_text.cleaned(point))],
    }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {"held_on": row["held_on"].isoformat()}


def _changed(author: Author) -> dict[str, Any]:
    return {"changed_at": author.at, "changed_by": author.actor}


def _check_term(connection: Connection, row: Mapping[str, Any]) -> None:
    serial = row["term_serial"]
    if serial is not None and connection.scalar(select(TERMS.c.serial).where(TERMS.c.serial == serial)) is None:
        raise StoreError("term_unknown", id=labels.text(labels.TERM, serial))


def _refuse_twin(connection: Connection, row: Mapping[str, Any], own: int | None) -> None:
    same = (MEETINGS.c.kind == row["kind"]) & (MEETINGS.c.held_on == row["held_on"])
    others = select(func.count()).select_from(MEETINGS).where(same, MEETINGS.c.serial != (own or 0))
    if connection.scalar(others):
        raise StoreError("meeting_taken", day=row["held_on"])


def _decisions(connection: Connection, serial: int) -> tuple[Decision, ...]:
    chosen = select(DECISIONS).where(DECISIONS.c.meeting_serial == serial).order_by(DECISIONS.c.number)
    rows = connection.execute(chosen).mappings()
    return tuple(Decision(row["number"], row["text"], labels.optional(labels.ITEM, row["item_serial"])) for row in rows)


def _fetch(connection: Connection, serial: int) -> Meeting:
    row = connection.execute(select(MEETINGS).where(MEETINGS.c.serial == serial)).mappings().one_or_none()
    if row is None:
        raise StoreError("meeting_unknown", id=labels.text(labels.MEETING, serial))
    term_id = labels.optional(labels.TERM, row["term_serial"])
    facts = MeetingFacts(
        row["kind"], row["title"], row["held_on"], term_id, row["place"], tuple(row["agenda"])
    )  # fmt: skip
    snapshot_id = labels.optional(labels.SNAPSHOT, row["snapshot_serial"])
    stamps = {name: row[name] for name in ("created_at", "created_by", "changed_at", "changed_by")}
    decisions = _decisions(connection, serial)
    label = labels.text(labels.MEETING, serial)
    return Meeting(label, row["version"], facts, snapshot_id, decisions, **stamps)
