"""Who writes decisions, when, and where they are kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from gislib.planning.session import DATABASE_URL, Session
from gislib.sources.workspace import Workspace
from gislib.store import database, server, sqlite_file
from gislib.store.audit import Author
from gislib.store.database import Store, open_store


def author_of(session: Session) -> Author:
    """Actor of a session at this moment; with `gislib.planning.results` the place where decisions meet the clock."""
    return Author(session.actor, session.role, datetime.now(UTC))


def store_of(session: Session) -> Store:
    """Decisions of a session's workspace."""
    return store_at(session.workspace)


def store_at(ws: Workspace) -> Store:
    """Decisions of a workspace, on the database server that `DATABASE_URL` names, else in the workspace's folder."""
    return open_store(ws.root, os.environ.get(DATABASE_URL) or None)


def require_reachable() -> None:
    """Refuse where a database server is named that does not answer; StoreError ``store_unreachable`` and others."""
    url = os.environ.get(DATABASE_URL) or None
    if url is not None:
        database.require_server(url)


def has_store(ws: Workspace) -> bool:
    """Whether anybody decided anything yet: to look for decisions before would make a database for them."""
    return any((ws.root / name).exists() for name in (sqlite_file.FILE, server.MARKER))
