"""Files and folders put in place so that a power cut leaves the old content or the new one, never half of it."""

from __future__ import annotations

import os
from pathlib import Path


def put(draft: Path, target: Path) -> None:
    """
    Give a finished file or folder its final name; it is on the disk before it has the name, and the name is after.

    A file replaces the one of that name; a folder needs the name to be free.
    """
    if draft.is_dir():
        for folder, _, names in os.walk(draft, topdown=False):
            for name in names:
                onto_disk(Path(folder) / name)
            onto_disk(Path(folder))
    else:
        onto_disk(draft)
    draft.replace(target)
    onto_disk(target.parent)


def onto_disk(path: Path) -> None:
    """Wait until the content of a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
