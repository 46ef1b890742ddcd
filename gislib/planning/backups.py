"""A workspace in one file: written by an administrator, put back whole or not at all."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gislib.domain.errors import StoreError, WorkspaceError
from gislib.planning import users
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import DATABASE_URL, Session, open_session, require_whole
from gislib.sources import workspace, workspace_files
from gislib.store import backup as stored
from gislib.store.archive import Manifest
from gislib.store.audit import Author
from gislib.store.backup import Restored

_BEYOND_READING: Final = frozenset({"workspace_damaged", "store_damaged", "store_marker_damaged", "store_not_database"})
"""Refusals of a workspace that a backup is there to replace."""


def backup(session: Session, target: Path) -> Manifest:
    """
    Write inputs, results and decisions of a workspace to one file with a hash of every part; imports wait meanwhile.

    Raises
    ------
    RefusedError
        ``role_too_low`` below admin, ``areas_not_all`` for an administrator of some areas only.
    StoreError
        ``backup_exists`` and others as in `gislib.store.archive.write`.
    """
    require_whole(session, "admin")
    store, author, root = store_of(session), author_of(session), session.workspace.root
    with workspace_files.quiet(session.workspace):
        return stored.backup(store, root, workspace_files.files(session.workspace), target, author)


def restore(source: Path, root: Path, actor: str | None = None, *, replace: bool = False) -> Restored:
    """
    Put a backup in the place of a folder, as the local user of this machine.

    Parameters
    ----------
    source, root
        Archive, and folder of the workspace that it becomes.
    actor
        Who does it; None: the local user.
    replace
        Whether a folder that holds anything may be moved aside; it is kept under another name.

    Raises
    ------
    RefusedError
        ``role_too_low``, ``areas_not_all`` where the workspace that it replaces keeps accounts, and the one of the
        actor's name is no administrator of all areas.
    StoreError
        ``restore_not_empty``, ``backup_damaged`` and others as in `gislib.store.backup.restore`; nothing was changed.
    """
    _require_administrator(root, actor)
    return _restore(source, root, actor, replace=replace)


def restore_over(session: Session, source: Path) -> Session:
    """
    Put a backup in the place of a session's own workspace; the folder as it was is kept beside it.

    Raises
    ------
    RefusedError
        ``role_too_low`` below admin, ``areas_not_all``.
    StoreError
        As in `restore`.
    """
    require_whole(session, "admin")
    _restore(source, session.workspace.root, session.actor, replace=True)
    return open_session(session.workspace.root, session.actor, session.role)


def _require_administrator(root: Path, actor: str | None) -> None:
    """Refuse who may not replace a folder; one that is no workspace or cannot be read any more is nobody's."""
    if not workspace.is_workspace(root):
        return
    try:
        session = users.local(root, actor)
    except (WorkspaceError, StoreError) as problem:
        if problem.code in _BEYOND_READING:
            return
        raise
    require_whole(session, "admin")


def _restore(source: Path, root: Path, actor: str | None, *, replace: bool) -> Restored:
    author = Author(actor or getpass.getuser(), "admin", datetime.now(UTC))
    return stored.restore(source, root, author, url=os.environ.get(DATABASE_URL) or None, replace=replace)
