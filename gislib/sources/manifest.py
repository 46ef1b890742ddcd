"""
Which stored version of each source is the current one, and which the previous: ``inputs/sources.json``.

The file is replaced in one step, so a reader sees either the old set of inputs or the new one, never half an import.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from gislib.domain import durable
from gislib.domain.errors import WorkspaceError

FILE_NAME: Final = "sources.json"


@dataclass(frozen=True)
class Version:
    """One stored version of a source: the number of its folder and the digest of its content."""

    number: int
    digest: str


@dataclass(frozen=True)
class Entry:
    """
    Versions of one source.

    ``current`` None: the first import was undone and the source has no rows now. ``previous`` None: nothing to undo
    to but the state before the first import. ``issued``: highest folder number used so far.
    """

    current: Version | None = None
    previous: Version | None = None
    issued: int = 0

    @property
    def undone(self) -> bool:
        """Whether the last import was undone: numbers only grow, so the newer version is the one set aside."""
        return self.previous is not None and (self.current is None or self.current.number < self.previous.number)


def advanced(entry: Entry, digest: str) -> Entry:
    """Entry after a new version was stored under the next number."""
    number = entry.issued + 1
    return Entry(current=Version(number, digest), previous=entry.current, issued=number)


def swapped(entry: Entry) -> Entry:
    """Entry after an undo, or after the redo of one."""
    return replace(entry, current=entry.previous, previous=entry.current)


def _version(raw: dict[str, object] | None) -> Version | None:
    return None if raw is None else Version(int(str(raw["number"])), str(raw["digest"]))


def read(inputs: Path) -> dict[str, Entry]:
    """
    Entries by source id, sorted; empty before the first import.

    Raises
    ------
    WorkspaceError
        ``workspace_damaged`` if the file is not the JSON it should be.
    """
    path = inputs / FILE_NAME
    if not path.exists():
        return {}
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Entry(_version(item["current"]), _version(item["previous"]), int(item["issued"]))
            for name, item in sorted(raw.items())
        }
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise WorkspaceError("workspace_damaged", file=FILE_NAME, problem=str(problem)) from problem


def write(inputs: Path, entries: dict[str, Entry]) -> None:
    """Replace the file in one step."""
    write_json(inputs / FILE_NAME, {name: asdict(entries[name]) for name in sorted(entries)})


def write_json(path: Path, content: object) -> None:
    """Write JSON beside ``path`` and put it in place in one step."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False, indent=1, sort_keys=True)
        durable.put(Path(temporary), path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
