"""School terms: first and last day, holidays, and when gates open; what days and times are depends on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import RowMapping, insert, select, update

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import audit, labels, plain_text
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.meeting_schema import TERMS
from gislib.store.schema import NAME_LENGTH

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class Holiday:
    """Days without school inside a term, first and last included."""

    starts: date
    ends: date
    name: str


@dataclass(frozen=True)
class GateTime:
    """When the gates of a campus are open in a slice of the day, local ``HH:MM``; no campus: all without a line."""

    slice_id: str
    opens: str
    closes: str
    school_id: str | None = None


@dataclass(frozen=True)
class TermFacts:
    """What people say about a term."""

    name: str
    starts: date
    ends: date
    holidays: tuple[Holiday, ...] = ()
    gate_times: tuple[GateTime, ...] = ()


@dataclass(frozen=True)
class Term:
    """A term as it stands."""

    term_id: str
    version: int
    facts: TermFacts
    changed_at: datetime
    changed_by: str

    def is_school_day(self, day: date) -> bool:
        """Whether a day lies in the term and in none of its holidays; weekends are not looked at."""
        inside = self.facts.starts <= day <= self.facts.ends
        return inside and not any(off.starts <= day <= off.ends for off in self.facts.holidays)


def add(store: Store, facts: TermFacts, author: Author) -> Term:
    """
    New term.

    Raises
    ------
    StoreError
        ``term_name``, ``term_name_taken``, ``term_days``, ``term_overlap``, ``term_holiday``, ``term_clock``.
    """
    clean = _checked(facts)
    with writing(store) as connection:
        _refuse_neighbours(connection.execute(select(TERMS)).mappings().all(), clean, None)
        serial = labels.last(connection, TERMS) + 1
        row = _row(clean, author) | {"serial": serial, "version": 1}
        connection.execute(insert(TERMS), row)
        audit.add(connection, author, "term.add", labels.text(labels.TERM, serial), _told(clean))
    return _term(row)


def replace(store: Store, term_id: str, expected_version: int, facts: TermFacts, author: Author) -> Term:
    """
    Another content for a term.

    Raises
    ------
    ConflictError
        ``term_stale``; nothing is written.
    StoreError
        ``term_unknown``, and as in `add`.
    """
    clean, serial = _checked(facts), labels.serial(labels.TERM, term_id)
    with writing(store) as connection:
        rows = connection.execute(select(TERMS)).mappings().all()
        old = next((row for row in rows if row["serial"] == serial), None)
        if old is None:
            raise StoreError("term_unknown", id=term_id)
        if old["version"] != expected_version:
            raise ConflictError(
                "term_stale", term=old["name"], mine=expected_version, theirs=old["version"], actor=old["changed_by"],
                at=old["changed_at"],
            )  # fmt: skip
        _refuse_neighbours(rows, clean, serial)
        row = _row(clean, author) | {"serial": serial, "version": expected_version + 1}
        connection.execute(update(TERMS).where(TERMS.c.serial == serial).values(row))
        detail = {"before": _told(_term(old).facts), "after": _told(clean)}
        audit.add(connection, author, "term.change", term_id, detail)
    return _term(row)


def read(store: Store, term_id: str) -> Term:
    """One term; StoreError ``term_unknown``."""
    found = next((term for term in terms(store) if term.term_id == term_id), None)
    if found is None:
        raise StoreError("term_unknown", id=term_id)
    return found


def terms(store: Store) -> list[Term]:
    """All terms, earliest first."""
    with reading(store) as connection:
        rows = connection.execute(select(TERMS).order_by(TERMS.c.starts)).mappings().all()
    return [_term(row) for row in rows]


def term_on(known: Sequence[Term], day: date) -> Term | None:
    """The term that a day lies in; None between terms."""
    return next((term for term in known if term.facts.starts <= day <= term.facts.ends), None)


def _checked(facts: TermFacts) -> TermFacts:
    name = plain_text.required_line(facts.name, "term_name", NAME_LENGTH)
    if facts.starts >= facts.ends:
        raise StoreError("term_days", starts=facts.starts, ends=facts.ends)
    for off in facts.holidays:
        if not facts.starts <= off.starts <= off.ends <= facts.ends:
            raise StoreError("term_holiday", name=off.name, starts=off.starts, ends=off.ends)
    for time in facts.gate_times:
        if not (_CLOCK.fullmatch(time.opens) and _CLOCK.fullmatch(time.closes)) or time.opens >= time.closes:
            raise StoreError("term_clock", slice=time.slice_id, opens=time.opens, closes=time.closes)
    return TermFacts(name, facts.starts, facts.ends, tuple(facts.holidays), tuple(facts.gate_times))


def _refuse_neighbours(rows: Sequence[RowMapping], facts: TermFacts, own: int | None) -> None:
    for row in rows:
        if row["serial"] == own:
            continue
        if row["name"] == facts.name:
            raise StoreError("term_name_taken", term=facts.name)
        if row["starts"] <= facts.ends and facts.starts <= row["ends"]:
            raise StoreError("term_overlap", term=facts.name, other=row["name"])


def _told(facts: TermFacts) -> dict[str, Any]:
    """Facts as JSON."""
    return {
        "name": facts.name,
        "starts": facts.starts.isoformat(),
        "ends": facts.ends.isoformat(),
        "holidays": [[off.starts.isoformat(), off.ends.isoformat(), off.name] for off in facts.holidays],
        "gate_times": [[time.slice_id, time.opens, time.closes, time.school_id] for time in facts.gate_times],
    }


def _row(facts: TermFacts, author: Author) -> dict[str, Any]:
    days = {"starts": facts.starts, "ends": facts.ends}
    return _told(facts) | days | {"changed_at": author.at, "changed_by": author.actor}


def _term(row: RowMapping | dict[str, Any]) -> Term:
    holidays = tuple(
        Holiday(date.fromisoformat(starts), date.fromisoformat(ends), name) for starts, ends, name in row["holidays"]
    )
    facts = TermFacts(
        row["name"], row["starts"], row["ends"], holidays, tuple(GateTime(*line) for line in row["gate_times"])
    )
    return Term(labels.text(labels.TERM, row["serial"]), row["version"], facts, row["changed_at"], row["changed_by"])
