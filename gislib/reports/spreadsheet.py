"""Workbooks for print: head lines, column heads that stay, page set-up; every text is written as text."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final, Literal

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from gislib import wording
from gislib.reports.metadata import Stamp
from gislib.reports.works.content import Works
from gislib.reports.works.notes import plan_line

FIRST_ROW: Final = 4
"""Row (from 0) of the column heads: above it title, plan, marking and a blank line."""
FONT: Final = "Microsoft YaHei"
_A4: Final = 9
_FOOTER_NAME, _FOOTER_MARKING = 35, 70
"""Characters of plan and marking in the footer, which Excel limits to 255 with its codes and doubled ampersands."""

LINE_PT, ROW_SPARE_PT, LEAST_ROW_PT = 13.5, 3.0, 17.0
_WIDE_DIGITS: Final = 1.85
"""Height of a line of text, and of a row beyond its lines: viewers do not all measure wrapped rows themselves."""

Kind = Literal["text", "whole", "number", "money", "metre", "degree"]
_NUMBER_FORMATS: Final[dict[Kind, str]] = {
    "text": "@",
    "whole": "0",
    "number": "General",
    "money": "#,##0.00",
    "metre": "0.000",
    "degree": "0.0000000",
}


@dataclass(frozen=True)
class Column:
    """Head, width in characters, and kind of the cells; ``marked``: cells that hold something are shaded."""

    head: str
    width: float
    kind: Kind = "text"
    marked: bool = False


@dataclass(frozen=True)
class Formula:
    """Formula and the value that it has now, for readers that do not calculate."""

    text: str
    value: float


Cell = str | float | Formula | None


@dataclass(frozen=True)
class Headed:
    """
    What every sheet of a workbook says about what it belongs to.

    ``topic``: ``plan`` or ``patrol``; ``number``: its id; ``line``: name, id and version in words.
    """

    topic: Literal["plan", "patrol"]
    number: str
    name: str
    line: str
    stamp: Stamp


def of_plan(works: Works) -> Headed:
    """Head of the workbooks of a plan."""
    return Headed("plan", works.plan_id, works.plan_name, plan_line(works), works.stamp)


@dataclass(frozen=True)
class Book:
    """A workbook being written: its formats are made once per look."""

    workbook: Workbook
    headed: Headed
    formats: dict[tuple[str, bool, bool], Format]

    def look(self, kind: str, *, bold: bool = False, marked: bool = False) -> Format:
        """Format of a kind of cell."""
        key = kind, bold, marked
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(_look(kind, bold=bold, marked=marked))
        return self.formats[key]


def write_book(headed: Headed, fill: Callable[[Book], None]) -> bytes:
    """Bytes of the workbook that ``fill`` writes; nothing in it depends on the clock."""
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(memory, options)
    made = datetime.combine(headed.stamp.as_of, time.min)
    workbook.set_properties({"title": headed.name, "created": made, "comments": headed.stamp.as_json()})
    workbook.set_calc_mode("auto")
    fill(Book(workbook, headed, {}))
    workbook.close()
    return memory.getvalue()


def add_sheet(book: Book, name: str, title: str, columns: Sequence[Column]) -> Worksheet:
    """Sheet with title, plan and marking, column heads at `FIRST_ROW` that stay on screen and on every page."""
    sheet = book.workbook.add_worksheet(name)
    sheet.write_string(0, 0, title, book.look("title"))
    sheet.write_string(1, 0, book.headed.line, book.look("line"))
    sheet.write_string(2, 0, "｜".join((*book.headed.stamp.marking, *book.headed.stamp.attribution)), book.look("line"))
    for k, column in enumerate(columns):
        sheet.set_column(k, k, column.width)
        sheet.write_string(FIRST_ROW, k, column.head, book.look("head"))
    sheet.set_row(FIRST_ROW, 32)
    sheet.freeze_panes(FIRST_ROW + 1, 2)
    sheet.repeat_rows(FIRST_ROW)
    _page(sheet, book.headed)
    return sheet


def write_row(
    book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], cells: Sequence[Cell], *, bold: bool = False
) -> None:
    """Cells of one row; None and NaN stay empty, text is never taken for a formula, a link or a number."""
    lines = max((lines_of(cell, column.width) for cell, column in zip(cells, columns, strict=True)), default=1)
    sheet.set_row(row, max(lines * LINE_PT + ROW_SPARE_PT, LEAST_ROW_PT))
    for k, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        held = not (cell is None or cell == "" or (isinstance(cell, float) and pd.isna(cell)))
        look = book.look(column.kind, bold=bold, marked=column.marked and held)
        if isinstance(cell, Formula):
            sheet.write_formula(row, k, cell.text, look, cell.value)
        elif not held:
            sheet.write_blank(row, k, None, look)
        elif isinstance(cell, str):
            sheet.write_string(row, k, cell, look)
        else:
            sheet.write_number(row, k, float(cell or 0.0), look)


def add_about(book: Book, notes: Sequence[str]) -> None:
    """Sheet that says what was computed from what: notes, versions, sources, marking and credits."""
    columns = (Column("", 14), Column("", 90))
    sheet = book.workbook.add_worksheet(wording.text("bill.sheet_about"))
    for k, column in enumerate(columns):
        sheet.set_column(k, k, column.width)
    rows = [(wording.text("bill.about_note"), note) for note in notes] + _about_rows(book.headed)
    for row, cells in enumerate(rows):
        write_row(book, sheet, row, columns, cells)
    _page(sheet, book.headed)


def _about_rows(headed: Headed) -> list[tuple[str, str]]:
    """What it belongs to, versions, sources, marking and credits as (name, value)."""
    stamp = headed.stamp
    unknown = wording.text("bill.about_unknown")
    rows = [
        (headed.topic, headed.line),
        ("as_of", stamp.as_of.isoformat()),
        ("profile", stamp.profile),
        ("data", stamp.data_version),
        ("rules", stamp.rules_version),
        ("code", stamp.code_version),
    ]
    for source in stamp.sources:
        dated = {"date": source.data_date or unknown, "licence": source.licence or unknown}
        rows.append(("source", wording.text("bill.about_licence", origin=source.origin, **dated)))
    rows += [("marking", line) for line in stamp.marking] + [("attribution", line) for line in stamp.attribution]
    return [(wording.text(f"bill.about_{name}"), value) for name, value in rows]


def lines_of(cell: object, width: float) -> int:
    """Lines that a text takes in a column so many digits wide; a Chinese character is nearly two digits wide."""
    if not isinstance(cell, str) or len(cell) * _WIDE_DIGITS <= width:
        return 1
    digits = sum(_WIDE_DIGITS if unicodedata.east_asian_width(sign) in "WF" else 1.0 for sign in cell)
    return max(1, math.ceil(digits / width))


def _page(sheet: Worksheet, headed: Headed) -> None:
    """A4 across, all columns on one page, marking and page number below."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    left = f"{headed.number} {headed.name}"[:_FOOTER_NAME].replace("&", "&&")
    centre = "｜".join(headed.stamp.marking)[:_FOOTER_MARKING].replace("&", "&&")
    sheet.set_footer(f"&L{left}&C{centre}&R{wording.text('bill.page')}")


def _look(kind: str, *, bold: bool, marked: bool) -> dict[str, Any]:
    base: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    if kind == "title":
        return base | {"bold": True, "font_size": 15}
    if kind == "line":
        return base
    base |= {"border": 1, "text_wrap": True}
    if kind == "head":
        return base | {"bold": True, "align": "center", "bg_color": "#E4E7EA"}
    shade = {"bg_color": "#FFF5D6"} if marked else {"bg_color": "#F4F6F8"} if bold else {}
    align = {} if kind == "text" else {"align": "right"}
    return base | align | shade | {"bold": bold, "num_format": _NUMBER_FORMATS[kind]}  # type: ignore[index]
