"""The way back from an import, and forth again: each source keeps its current version and the one beside it."""

from __future__ import annotations

from dataclasses import dataclass

from gislib.domain.errors import WorkspaceError
from gislib.sources import manifest, version_files, workspace
from gislib.sources.provenance import Provenance
from gislib.sources.workspace import Difference, Workspace


@dataclass(frozen=True)
class Standing:
    """
    Versions of one source.

    ``current``: the version that counts, None if the first import was undone. ``other``: what an undo or redo brings
    instead, None for no rows. ``undone``: the last import was undone, so that only a redo is left.
    """

    current: Provenance | None
    other: Provenance | None
    undone: bool


def standings(ws: Workspace) -> dict[str, Standing]:
    """Versions of every source that was ever imported, by source id; none before the first import."""
    return {name: _standing(ws, name, entry) for name, entry in manifest.read(ws.inputs).items()}


def undo(ws: Workspace, source_id: str) -> Difference:
    """
    Bring the version before the last import of a source back.

    Undoing the first import leaves the source without rows.

    Raises
    ------
    WorkspaceError
        ``source_missing`` for a source that was never imported, ``already_undone`` (the version before is not kept).
    """
    return _swap(ws, source_id, undone=False)


def redo(ws: Workspace, source_id: str) -> Difference:
    """
    Bring the version that was undone back.

    Raises
    ------
    WorkspaceError
        ``source_missing`` as `undo`, ``not_undone`` unless the last thing done to the source was an undo.
    """
    return _swap(ws, source_id, undone=True)


def _swap(ws: Workspace, source_id: str, *, undone: bool) -> Difference:
    """Swap the two versions of a source whose last import is undone, or is not."""
    with workspace.writing(ws):
        entries = manifest.read(ws.inputs)
        if source_id not in entries:
            raise WorkspaceError("source_missing", source=source_id, known=", ".join(entries))
        entry = entries[source_id]
        if entry.undone != undone:
            now = _standing(ws, source_id, entry).current
            raise WorkspaceError(
                "already_undone" if entry.undone else "not_undone",
                source=source_id, file="-" if now is None else now.origin,
                read_at="-" if now is None else now.read_at[:10], rows=0 if now is None else now.rows_kept,
            )  # fmt: skip
        after = manifest.swapped(entry)
        states = [
            {} if version is None else version_files.read_layers(workspace.version_folder(ws, source_id, version))
            for version in (entry.current, after.current)
        ]
        manifest.write(ws.inputs, {**entries, source_id: after})
    return Difference(source_id, workspace.compare(states[0], states[1]))


def _standing(ws: Workspace, source_id: str, entry: manifest.Entry) -> Standing:
    current, other = (
        None if version is None else version_files.read_provenance(workspace.version_folder(ws, source_id, version))
        for version in (entry.current, entry.previous)
    )
    return Standing(current, other, entry.undone)
