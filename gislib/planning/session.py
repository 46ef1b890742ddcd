"""Who does what in which workspace, for which areas; a refusal is written down."""

from __future__ import annotations

import getpass
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from gislib.domain.errors import RefusedError, StoreError
from gislib.sources import workspace
from gislib.sources.workspace import Workspace
from gislib.store import audit
from gislib.store.audit import Author
from gislib.store.database import open_store

Progress: TypeAlias = Callable[[str, float], None]
"""Called with a step code of the catalogues and the share done, 0 to 1."""

ROLES: Final = ("viewer", "planner", "admin")
DATABASE_URL: Final = "HUXUETU_DATABASE_URL"
"""Environment variable with the address of a database server; without it decisions are kept in the workspace."""
_PACKAGE: Final = "gislib.planning."
_PROVINCE_DIGITS: Final = 2
_COUNTY_DIGITS: Final = 6
"""Digits of the codes of provinces, and of counties and the cities and provinces above them (GB/T 2260)."""


@dataclass(frozen=True)
class Session:
    """
    A workspace and the actor in it.

    ``role``: viewer, planner or admin. ``areas``: codes of the areas whose ledger the actor sees and writes, None: all.
    """

    workspace: Workspace
    actor: str
    role: str = "admin"
    areas: frozenset[str] | None = None


def open_session(path: Path, actor: str | None = None, role: str = "admin") -> Session:
    """
    Session on an existing workspace for an actor whose rights the caller knows; who asks is `users.local`'s to say.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace or another release wrote it.
    """
    return Session(workspace.open_workspace(path), actor or getpass.getuser(), role)


def require_role(session: Session, lowest: str) -> None:
    """
    Refuse actors below a role, and write the refusal into the audit.

    Raises
    ------
    RefusedError
        ``role_too_low`` naming the role that is needed.
    """
    if ROLES.index(session.role) < ROLES.index(lowest):
        _note_refusal(session, "refused.role", {"needed": lowest})
        raise RefusedError("role_too_low", actor=session.actor, role=session.role, needed=lowest)


def in_scope(session: Session, area_code: str | None) -> bool:
    """
    Whether a row of an area is the actor's to see.

    An area holds those below it: county 529901 its townships 529901101 and so on, city 529900 its counties. A row
    without area is only theirs who see all areas.
    """
    if session.areas is None:
        return True
    return area_code is not None and any(area_code.startswith(_stem(own)) for own in session.areas)


def require_area(session: Session, area_code: str | None) -> None:
    """
    Refuse a row of another area, and write the refusal into the audit.

    Raises
    ------
    RefusedError
        ``area_not_yours``.
    """
    if not in_scope(session, area_code):
        _note_refusal(session, "refused.area", {"area": area_code})
        raise RefusedError("area_not_yours", actor=session.actor, area=area_code or "")


def require_all_areas(session: Session) -> None:
    """
    Refuse an actor who sees some areas only, for what concerns all of them, and write the refusal into the audit.

    Raises
    ------
    RefusedError
        ``areas_not_all``.
    """
    if session.areas is not None:
        _note_refusal(session, "refused.area", {"area": None})
        raise RefusedError("areas_not_all", actor=session.actor)


def require_whole(session: Session, lowest: str = "planner") -> None:
    """`require_role` and `require_all_areas`: for what there is one of in a workspace, whatever area it touches."""
    require_role(session, lowest)
    require_all_areas(session)


def silent(_step: str, _share: float) -> None:
    """Report no progress."""


def _note_refusal(session: Session, action: str, detail: dict[str, str | None]) -> None:
    author = Author(session.actor, session.role, datetime.now(UTC))
    # A folder that cannot be written to keeps no audit; the actor is refused all the same.
    with suppress(StoreError):
        store = open_store(session.workspace.root, os.environ.get(DATABASE_URL) or None)
        audit.record(store, author, action, _asked_for(), detail)


def _asked_for() -> str:
    """Function of the planning layer that was called from outside, such as ``plans.accept``."""
    names = [
        f"{module.removeprefix(_PACKAGE)}.{frame.f_code.co_name}"
        for frame, _ in traceback.walk_stack(None)
        if (module := str(frame.f_globals.get("__name__"))).startswith(_PACKAGE)
    ]
    return names[-1]


def _stem(code: str) -> str:
    """Digits of an administrative code that its parts share: 529900 → 5299, 529901 → 529901."""
    stem = code
    while len(stem) > _PROVINCE_DIGITS and len(code) == _COUNTY_DIGITS and stem.endswith("00"):
        stem = stem[:-2]
    return stem
