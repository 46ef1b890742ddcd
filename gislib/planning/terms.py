"""School terms of a workspace: days, holidays and the times when gates are open."""

from __future__ import annotations

from datetime import date

from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Session, require_role
from gislib.store import terms as stored
from gislib.store.terms import Term, TermFacts


def terms(session: Session) -> list[Term]:
    """All terms, earliest first."""
    return stored.terms(store_of(session))


def term_on(session: Session, day: date) -> Term | None:
    """The term that a day lies in; None between terms."""
    return stored.term_on(terms(session), day)


def add(session: Session, facts: TermFacts) -> Term:
    """New term; errors as in `gislib.store.terms.add`, RefusedError below planner."""
    require_role(session, "planner")
    return stored.add(store_of(session), facts, author_of(session))


def replace(session: Session, term_id: str, expected_version: int, facts: TermFacts) -> Term:
    """Another content for a term; errors as in `gislib.store.terms.replace`, RefusedError below planner."""
    require_role(session, "planner")
    return stored.replace(store_of(session), term_id, expected_version, facts, author_of(session))
