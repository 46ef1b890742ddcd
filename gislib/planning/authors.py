"""Who writes decisions, when, and where they are kept."""

from __future__ import annotations

from datetime import UTC, datetime

from gislib.planning.session import Session
from gislib.store.audit import Author
from gislib.store.database import Store, open_store


def author_of(session: Session) -> Author:
    """Actor of a session at this moment; with `gislib.planning.results` the place where decisions meet the clock."""
    return Author(session.actor, session.role, datetime.now(UTC))


def store_of(session: Session) -> Store:
    """Decisions of a session's workspace."""
    return open_store(session.workspace.root)
