"""The files of a workspace as one whole, for a backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gislib.sources import staging
from gislib.sources.workspace import Workspace


@contextmanager
def quiet(ws: Workspace) -> Iterator[None]:
    """Hold off imports; waits for one that runs."""
    with staging.locked(ws.inputs):
        yield


def files(ws: Workspace) -> list[str]:
    """Paths inside the workspace, with slashes, sorted; locks and half-written files begin with a dot and stay out."""
    found = (path.relative_to(ws.root) for path in ws.root.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))
