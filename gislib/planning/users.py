"""Who may do what, for which areas; kept by administrators who answer for all areas."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Final

from gislib.domain.errors import RefusedError
from gislib.planning.authors import author_of, has_store, store_at, store_of
from gislib.planning.session import Session, open_session, require_whole
from gislib.sources import workspace
from gislib.sources.workspace import Meta, Workspace
from gislib.store import users as stored
from gislib.store.users import Rights, User

UNLISTED: Final = Rights("viewer")
"""Rights of an account that nobody put down yet: may look at the map, but at nobody's ledger."""


def users(session: Session) -> list[User]:
    """All users by name, those switched off among them; RefusedError unless an administrator asks."""
    require_whole(session, "admin")
    return stored.users(store_of(session))


def put(session: Session, actor: str, expected_version: int, rights: Rights) -> User:
    """
    Give a user rights; ``expected_version`` 0: a new one.

    Raises
    ------
    RefusedError
        ``role_too_low``; ``areas_not_all`` for an administrator of some areas only.
    ConflictError
        ``user_stale``.
    StoreError
        ``user_name``, ``user_role``, ``user_area``, ``user_last_admin``.
    """
    require_whole(session, "admin")
    return stored.put(store_of(session), actor, expected_version, rights, author_of(session))


def signed_in(path: Path, actor: str) -> Session:
    """
    Session of an account that the login service vouches for, with the rights that are kept for it.

    Raises
    ------
    RefusedError
        ``user_off`` for an account that was switched off.
    WorkspaceError
        If the folder is no workspace.
    """
    ws = workspace.open_workspace(path)
    return _session(ws, actor, stored.read(store_at(ws), actor))


def starting(path: Path, meta: Meta | None = None, actor: str | None = None) -> Session:
    """
    `local`; where there is no workspace yet, the session whose first import makes one, with ``meta`` in it.

    Raises
    ------
    WorkspaceError
        ``workspace_not_empty``, ``workspace_not_folder`` where none can be made.
    """
    if workspace.is_workspace(path):
        return local(path, actor)
    return Session(workspace.create(path, meta), actor or getpass.getuser())


def local(path: Path, actor: str | None = None) -> Session:
    """
    Session of the local user of this machine, None: who runs the program.

    They may do everything while no accounts are kept; else what the account of their name may. Errors as in
    `signed_in`.
    """
    session = open_session(path, actor)
    known = stored.users(store_of(session)) if has_store(session.workspace) else []
    if not known:
        return session
    own = next((one for one in known if one.actor == session.actor), None)
    return _session(session.workspace, session.actor, own)


def _session(ws: Workspace, actor: str, known: User | None) -> Session:
    rights = UNLISTED if known is None else known.rights
    if not rights.active:
        raise RefusedError("user_off", actor=actor)
    return Session(ws, actor, rights.role, rights.areas)
