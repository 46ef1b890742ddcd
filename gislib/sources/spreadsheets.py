"""XLSX and XLS through calamine: values only, no formulas, no macros."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound, load_workbook

from gislib.domain.errors import InputError
from gislib.sources.archive import check_archive
from gislib.sources.limits import MAX_COLUMNS, MAX_SHEET_CELLS, MIB, check_rows
from gislib.sources.provenance import Message
from gislib.sources.raw_table import Cell, as_text

_CELL_NAME: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_OVERLAP_BYTES: Final = 64


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_extent(path: Path) -> None:
    """
    Refuse a workbook with a sheet whose cells span too large a rectangle; calamine would end the process over it.

    Raises
    ------
    InputError
        ``sheet_too_large``, ``archive_broken``.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            for member in (item for item in packed.infolist() if item.filename.lower().endswith(".xml")):
                rows, columns = _extent(packed, member)
                if rows * columns > MAX_SHEET_CELLS:
                    raise InputError("sheet_too_large", file=path.name, rows=rows, columns=columns)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as problem:
        raise InputError("archive_broken", file=path.name) from problem


def _extent(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Highest row and column number of the cells named in one part of a workbook."""
    rows = columns = 0
    rest = b""
    with packed.open(member) as part:
        while piece := part.read(MIB):
            for letters, digits in set(_CELL_NAME.findall(rest + piece)):
                rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
            rest = piece[-_OVERLAP_BYTES:]
    return rows, columns


def _sheet_name(book: CalamineWorkbook, sheet: str | None, file: str) -> str:
    """Name of the sheet asked for by name or by number (1 = first); the first by default."""
    names = book.sheet_names
    if sheet is None:
        return str(names[0])
    if sheet in names:
        return sheet
    if sheet.isdecimal() and 1 <= int(sheet) <= len(names):
        return str(names[int(sheet) - 1])
    raise InputError("sheet_missing", file=file, sheet=sheet, known=", ".join(names))


def sheet_names(path: Path) -> list[str]:
    """Names of the sheets of a workbook that `read_grid` could open."""
    return [str(name) for name in load_workbook(str(path)).sheet_names]


def read_grid(path: Path, sheet: str | None) -> tuple[list[list[Cell]], list[int], tuple[Message, ...]]:
    """
    Non-blank rows of a sheet as texts, the row number of each, and a warning if other sheets were left unread.

    Raises
    ------
    InputError
        ``file_broken`` for anything that is no readable workbook, ``sheet_missing``, ``too_many_rows``,
        ``archive_bomb``, ``sheet_too_large``.
    """
    if zipfile.is_zipfile(path):
        check_archive(path)
        _check_extent(path)
    try:
        book = load_workbook(str(path))
        name = _sheet_name(book, sheet, path.name)
        table = book.get_sheet_by_name(name)
        values = table.to_python(skip_empty_area=False)
    except (CalamineError, WorksheetNotFound) as problem:
        raise InputError("file_broken", file=path.name, row=0, problem=str(problem)[:200]) from problem
    check_rows(path.name, len(values))
    rows, numbers = [], []
    for number, cells in enumerate(values, start=1):
        texts = [as_text(value) for value in cells[:MAX_COLUMNS]]
        if any(texts):
            rows.append(texts)
            numbers.append(number)
    others = [other for other in book.sheet_names if other != name]
    unread = (Message("sheets_unread", {"read": name, "unread": ", ".join(others)}),) if others and not sheet else ()
    return rows, numbers, unread
