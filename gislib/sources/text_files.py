"""CSV and TSV: encoding and delimiter are found out, blank lines are kept in the count of row numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from gislib.domain.errors import InputError
from gislib.sources.limits import MAX_CELL_SIGNS, MAX_COLUMNS, check_rows
from gislib.sources.raw_table import Cell, as_text

ENCODINGS: Final = ("utf-8-sig", "gb18030")
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_SNIFF_LINES: Final = 40
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def decoded(path: Path) -> str:
    """
    Text of a file in UTF-8 (with or without mark), UTF-16 with mark, or GB 18030 (which holds GBK and GB 2312).

    Raises
    ------
    InputError
        ``file_encoding`` if none fits, ``file_binary`` if the text holds NUL signs.
    """
    content = path.read_bytes()
    encodings = ("utf-16",) if content.startswith(_UTF16_MARKS) else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise InputError("file_binary", file=path.name)
        return text
    raise InputError("file_encoding", file=path.name, tried=", ".join(encodings))


def _delimiter(text: str) -> str:
    """Sign that splits the first lines into the most columns most evenly: the greatest count common to most lines."""
    lines = [line for line in text.splitlines()[:_SNIFF_LINES] if line.strip()]
    return max(
        _DELIMITERS,
        key=lambda sign: sum(line.count(sign) > 0 for line in lines) * 1000 + sum(line.count(sign) for line in lines),
    )


def read_grid(path: Path) -> tuple[list[list[Cell]], list[int]]:
    """
    Non-blank rows of a CSV or TSV file as texts, and the line each begins on.

    Raises
    ------
    InputError
        ``file_encoding``, ``file_binary``, ``file_is_markup`` (a web page saved under this name), ``file_broken``,
        ``too_many_rows``.
    """
    text = decoded(path)
    if text.lstrip()[:1] == "<":
        raise InputError("file_is_markup", file=path.name)
    csv.field_size_limit(MAX_CELL_SIGNS * 10)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    begin = 1
    try:
        for cells in reader:
            texts = [as_text(cell) for cell in cells[:MAX_COLUMNS]]
            if any(texts):
                rows.append(texts)
                numbers.append(begin)
                check_rows(path.name, len(rows))
            begin = reader.line_num + 1
    except csv.Error as problem:
        raise InputError("file_broken", file=path.name, row=begin, problem=str(problem)) from problem
    return rows, numbers
