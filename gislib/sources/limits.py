"""Bounds on what may come in from outside: size, rows, vertices, packed files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gislib.domain.errors import InputError

MIB: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 200 * MIB
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 500
MAX_SHEET_CELLS: Final = 30_000_000
"""A sheet is held as the rectangle around its cells; one stray cell in the last corner would fill the memory."""
MAX_CELL_SIGNS: Final = 10_000
MAX_VERTICES: Final = 5_000_000
MAX_UNPACKED_BYTES: Final = 500 * MIB
MAX_PACKING_RATIO: Final = 200
"""A file that unpacks to more than this many times its size is a bomb, not data."""
MAX_PACKED_FILES: Final = 1_000


def check_file(path: Path) -> None:
    """
    Refuse a file that cannot be read at all or is too large.

    Raises
    ------
    InputError
        ``file_missing``, ``file_empty`` or ``file_too_large``.
    """
    if not path.is_file():
        raise InputError("file_missing", file=path.name)
    size = path.stat().st_size
    if size == 0:
        raise InputError("file_empty", file=path.name)
    if size > MAX_FILE_BYTES:
        raise InputError("file_too_large", file=path.name, size_mb=size // MIB, max_mb=MAX_FILE_BYTES // MIB)


def check_rows(file: str, rows: int) -> None:
    """Raise ``InputError`` (``too_many_rows``) above `MAX_ROWS`."""
    if rows > MAX_ROWS:
        raise InputError("too_many_rows", file=file, rows=rows, max=MAX_ROWS)
