"""
Back up a workspace to one file, and restore it: whole, or nothing changes.

Decisions travel as a database file whatever database they are kept in, so a backup also moves them from a file to a
server and back. The side files of an open database are never copied: its rows are, as one transaction sees them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Final

from gislib.domain import durable
from gislib.domain.errors import StoreError
from gislib.store import archive, audit, copying, migration, server, sqlite_file
from gislib.store.archive import Manifest
from gislib.store.audit import Author
from gislib.store.database import Store, lone_store, reading
from gislib.store.sqlite_file import FILE

OWN_FILES: Final = frozenset({FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", server.MARKER})
"""Files of the database itself."""


@dataclass(frozen=True)
class Restored:
    """What was restored; ``kept``: where the folder that was there before is now."""

    manifest: Manifest
    kept: Path | None


def backup(store: Store, workspace_root: Path, files: Sequence[str], target: Path, author: Author) -> Manifest:
    """
    Write a workspace to one file.

    Parameters
    ----------
    files
        Paths inside the workspace, with slashes; the database's own files are left out. Nobody may be writing them: the
        caller holds off imports.
    target
        File that does not exist yet.

    Raises
    ------
    StoreError
        See `archive.write`.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        with lone_store(folder) as copy:
            rows = copying.copy_all(store, copy)
        told = Manifest(author.at.astimezone(UTC).isoformat(), author.actor, migration.revisions()[-1], rows, ())
        others = [(path, workspace_root / path) for path in sorted(set(files) - OWN_FILES)]
        content = [(FILE, folder / FILE), *others]
        manifest = archive.write(target, content, (author.at, author.actor), told)
    audit.record(store, author, "backup", target.name, {"files": len(manifest.files), "rows": sum(rows.values())})
    return manifest


def restore(
    source: Path, workspace_root: Path, author: Author, *, url: str | None = None, replace: bool = False
) -> Restored:  # fmt: skip
    """
    Put a workspace in the place of a folder.

    Parameters
    ----------
    url
        Address of the PostgreSQL database that shall keep the decisions, under a schema of their own; None: a file.
    replace
        Whether a folder that holds anything may be moved aside; it is kept under another name.

    Raises
    ------
    StoreError
        ``restore_not_empty``; ``backup_damaged`` and others as in `archive.check`; as in `open_store`. Nothing was
        changed then.
    """
    root = workspace_root.resolve()
    occupied = root.exists() and (not root.is_dir() or any(root.iterdir()))
    if occupied and not (replace and root.is_dir()):
        raise StoreError("restore_not_empty", folder=root.name)
    archive.check(source)
    new = Path(tempfile.mkdtemp(dir=root.parent, prefix=f".{root.name}.restore-"))
    try:
        manifest = archive.extract(source, new)
        _open_restored(source, new, manifest, url, author)
        new.chmod(0o755)
        kept = _swap(new, root, occupied=occupied)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return Restored(manifest, kept)


def _open_restored(source: Path, folder: Path, manifest: Manifest, url: str | None, author: Author) -> None:
    """Bring the database of an extracted archive to the newest schema, and to its server."""
    if not (folder / FILE).is_file():
        raise StoreError("backup_damaged", file=source.name, part=FILE)
    with lone_store(folder) as store:
        with reading(store) as connection:
            whole = sqlite_file.is_whole(connection)
        found = copying.counts(store)
        if not whole or any(found.get(table) != rows for table, rows in manifest.rows.items()):
            raise StoreError("backup_damaged", file=source.name, part=FILE)
        if url is None:
            _told(store, source, manifest, author)
    if url is None:
        return
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".restore-") as aside:
        (folder / FILE).rename(Path(aside) / FILE)
        with lone_store(Path(aside)) as store, lone_store(folder, url) as on_server:
            copying.copy_all(store, on_server)
            _told(on_server, source, manifest, author)


def _told(store: Store, source: Path, manifest: Manifest, author: Author) -> None:
    audit.record(store, author, "restore", source.name, {"made_at": manifest.made_at, "made_by": manifest.made_by})


def _swap(new: Path, root: Path, *, occupied: bool) -> Path | None:
    """Put a folder in the place of another; what was there is moved aside and back if that fails."""
    if not occupied:
        durable.put(new, root)
        return None
    number = 1
    while (kept := root.with_name(f"{root.name}.before-restore-{number}")).exists():
        number += 1
    root.rename(kept)
    try:
        durable.put(new, root)
    except OSError:
        kept.rename(root)
        raise
    return kept
