"""Writing a file so that a reader never sees half of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gislib.domain import durable


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """
    Path to write to; on leaving it replaces ``path`` in one step, on an error it is removed and ``path`` stays.

    Makes the folder. The temporary file has the same suffix, because GDAL chooses by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        draft = Path(folder) / path.name
        yield draft
        durable.put(draft, path)


def write_bytes(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path`` in one step; returns ``path``."""
    with replacing(path) as draft:
        draft.write_bytes(content)
    return path
