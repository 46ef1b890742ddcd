"""School terms of a workspace: days, holidays and the times when gates are open."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Final

from gislib import rules
from gislib.domain.errors import InputError
from gislib.planning.authors import author_of, store_of
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, require_whole
from gislib.store import terms as stored
from gislib.store.terms import GateTime, Term, TermFacts

GATE_SLICES: Final = ("arrival", "noon", "leaving", "evening")
"""Parts of a school day at which gates open and close; of the rule ``risk.pupil_hours``."""


def terms(session: Session) -> list[Term]:
    """All terms, earliest first."""
    return stored.terms(store_of(session))


def term_on(session: Session, day: date) -> Term | None:
    """The term that a day lies in; None between terms."""
    return stored.term_on(terms(session), day)


def add(session: Session, facts: TermFacts) -> Term:
    """New term; errors as in `gislib.store.terms.add`, RefusedError below planner or for some areas only."""
    require_whole(session)
    return stored.add(store_of(session), facts, author_of(session))


def replace(session: Session, term_id: str, expected_version: int, facts: TermFacts) -> Term:
    """Another content for a term; errors as in `gislib.store.terms.replace` and `add`."""
    require_whole(session)
    return stored.replace(store_of(session), term_id, expected_version, facts, author_of(session))


def usual_times(on: date) -> dict[str, tuple[str, str]]:
    """Usual opening and closing by part of the day, ``HH:MM``, to begin from where nobody told any."""
    told = rules.load().table("risk.pupil_hours", on)
    spans = {slice_id: str(told[slice_id]).partition("-") for slice_id in GATE_SLICES}
    return {slice_id: (opens, closes) for slice_id, (opens, _, closes) in spans.items()}


def set_gate_times(session: Session, term_id: str, expected_version: int, rows: Sequence[GateTime]) -> Term:
    """
    Other gate times for a term, in place of all that it had; days and holidays stay.

    Parameters
    ----------
    expected_version
        Of the term as it was shown.
    rows
        One per part of the day (`GATE_SLICES`) and campus; no campus: all that have no row of their own.

    Raises
    ------
    InputError
        ``gate_slice``, ``school_unknown``, ``gate_twice``.
    ConflictError
        ``term_stale``; nothing is written.
    StoreError
        ``term_unknown``, ``term_clock`` (not HH:MM, or closed before it opens).
    RefusedError
        ``role_too_low``, ``areas_not_all``.
    """
    require_whole(session)
    _check(session, rows)
    store = store_of(session)
    term = stored.read(store, term_id)
    facts = dataclasses.replace(term.facts, gate_times=tuple(rows))
    return stored.replace(store, term_id, expected_version, facts, author_of(session))


def _check(session: Session, rows: Sequence[GateTime]) -> None:
    schools = tables_of(session.workspace)["schools"]
    told: set[tuple[str, str | None]] = set()
    for row in rows:
        if row.slice_id not in GATE_SLICES:
            raise InputError("gate_slice", slice=row.slice_id, known=", ".join(GATE_SLICES))
        if row.school_id is not None and row.school_id not in schools.index:
            raise InputError("school_unknown", id=row.school_id)
        key = row.slice_id, row.school_id
        if key in told:
            raise InputError("gate_twice", slice=row.slice_id, school=row.school_id or "*")
        told.add(key)
