"""What a table file offers before it is imported: its headers, and which field each one was taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyogrio
from python_calamine import CalamineError, CalamineWorkbook

from gislib.sources.columns import map_columns
from gislib.sources.headers import header_words
from gislib.sources.tabular import TableOptions, read_raw

_BOOKS: Final = (".xlsx", ".xls", ".xlsm", ".ods")


@dataclass(frozen=True)
class FilePreview:
    """
    Headers of a table and the fields understood.

    Attributes
    ----------
    headers
        Column names as written, blank ones left out.
    mapped
        Field of the layer -> header; fields without a column are missing here.
    fields
        Every field that the layer knows.
    rows
        Number of rows below the header.
    """

    headers: tuple[str, ...]
    mapped: Mapping[str, str]
    fields: tuple[str, ...]
    rows: int


def preview(layer: str, file: Path, sheet: str | None = None) -> FilePreview:
    """
    Read the headers of a table.

    Raises
    ------
    InputError
        A file that is no table, or has no header row.
    """
    words = header_words()
    table = read_raw(layer, file, TableOptions(sheet=sheet), words)
    found = map_columns(layer, table.headers, {}, words, table.filled)
    return FilePreview(
        headers=tuple(name for name in table.headers if name),
        mapped={field: table.headers[at] for field, at in found.position.items()},
        fields=tuple(words.layers[layer].fields),
        rows=len(table.rows),
    )


def sheet_names(file: Path) -> tuple[str, ...]:
    """Worksheets of a workbook, layers of a GeoPackage; nothing for other files and for what cannot be read."""
    try:
        if file.suffix.lower() in _BOOKS:
            return tuple(CalamineWorkbook.from_path(file).sheet_names)
        if file.suffix.lower() == ".gpkg":
            return tuple(str(name) for name, _ in pyogrio.list_layers(file))
    except (CalamineError, pyogrio.errors.DataSourceError, OSError):
        return ()  # the import says what is wrong with it
    return ()
