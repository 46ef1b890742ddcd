"""Who does what in which workspace."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from gislib.domain.errors import RefusedError
from gislib.sources import workspace
from gislib.sources.workspace import Workspace

Progress: TypeAlias = Callable[[str, float], None]
"""Called with a step code of the catalogues and the share done, 0 to 1."""

ROLES: Final = ("viewer", "planner", "admin")


@dataclass(frozen=True)
class Session:
    """A workspace and the actor in it; ``role`` is viewer, planner or admin."""

    workspace: Workspace
    actor: str
    role: str = "admin"


def open_session(path: Path, actor: str | None = None, role: str = "admin") -> Session:
    """
    Session on an existing workspace; on a single machine the actor is the local user and may do everything.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace or another release wrote it.
    """
    return Session(workspace.open_workspace(path), actor or getpass.getuser(), role)


def require_role(session: Session, lowest: str) -> None:
    """
    Refuse actors below a role.

    Raises
    ------
    RefusedError
        ``role_too_low`` naming the role that is needed.
    """
    if ROLES.index(session.role) < ROLES.index(lowest):
        raise RefusedError("role_too_low", actor=session.actor, role=session.role, needed=lowest)


def silent(_step: str, _share: float) -> None:
    """Report no progress."""
