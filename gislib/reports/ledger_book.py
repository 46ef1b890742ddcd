"""The ledger as a workbook that comes back: ids protected, lists to choose from, days as days, text as text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from gislib import wording
from gislib.reports.metadata import Stamp
from gislib.reports.spreadsheet import FONT, LEAST_ROW_PT, LINE_PT, ROW_SPARE_PT, lines_of

HEAD_ROW: Final = 3
"""Row (from 0) of the column heads: above it title, marking and how to fill it in."""
NEW_ROWS: Final = 300
"""Empty rows below the items in which new ones can be put down with the same lists."""
LONGEST_CELL: Final = 32_000
"""Characters of a cell; Excel takes 32,767."""
_FROZEN_COLUMNS: Final = 2
_A3: Final = 8
_FOOTER: Final = 90
_MOST_LINES: Final = 12
"""Lines of a row at most: a long note is not to fill the page."""
_FIRST_DAY: Final = date(2000, 1, 1)
_LAST_DAY: Final = date(2100, 1, 1)
_NUMBER_FORMATS: Final = {"text": "@", "whole": "0", "day": "yyyy-mm-dd", "degree": "0.0000000"}

Kind = Literal["text", "whole", "day", "degree"]
Cell = str | float | date | None


@dataclass(frozen=True)
class SheetColumn:
    """
    One column of the ledger sheet.

    ``lock``: ``never`` (it may be edited), ``items`` (in new rows only), ``always``. ``choices``: words to choose
    from. ``width``: characters. ``printed``: on paper too; printed columns come first.
    """

    name: str
    head: str
    width: float
    kind: Kind = "text"
    lock: Literal["never", "items", "always"] = "always"
    choices: tuple[str, ...] = ()
    printed: bool = True


@dataclass(frozen=True)
class LedgerSheet:
    """Columns, and the cells of every item in their order; ``lists``: further words for people, by title."""

    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[Cell]]
    lists: Mapping[str, Sequence[str]]
    stamp: Stamp
    lang: str = "zh"


def ledger_workbook(sheet: LedgerSheet) -> bytes:
    """
    Bytes of the workbook: the ledger first, then what it was made from, then the lists.

    Text that starts like a formula stays text; nothing in the file depends on the clock.
    """
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(memory, options)
    made = datetime.combine(sheet.stamp.as_of, time.min)
    title = wording.text("ledger.book.title", sheet.lang, area=sheet.stamp.area)
    workbook.set_properties({"title": title, "created": made, "comments": sheet.stamp.as_json()})
    looks = _looks(workbook)
    page = workbook.add_worksheet(wording.text("ledger.book.sheet", sheet.lang))
    _head(page, sheet, looks, title)
    _items(page, sheet, looks)
    _about(workbook, sheet, looks)
    _lists(workbook, page, sheet, looks)
    _page(page, sheet, title)
    workbook.close()
    return memory.getvalue()


def _looks(workbook: Workbook) -> dict[str, Format]:
    base: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    looks = {
        "title": workbook.add_format(base | {"bold": True, "font_size": 15}),
        "line": workbook.add_format(base),
        "head": workbook.add_format(base | {"border": 1, "bold": True, "align": "center", "bg_color": "#E4E7EA"}),
    }
    for kind, number in _NUMBER_FORMATS.items():
        cell = base | {"border": 1, "text_wrap": kind == "text", "num_format": number}
        cell |= {} if kind == "text" else {"align": "right"}
        looks[f"{kind}.open"] = workbook.add_format(cell | {"locked": False})
        looks[f"{kind}.locked"] = workbook.add_format(cell | {"bg_color": "#F4F6F8"})
        looks[f"{kind}.column"] = workbook.add_format(base | {"num_format": number, "locked": False})
    return looks


def _head(page: Worksheet, sheet: LedgerSheet, looks: Mapping[str, Format], title: str) -> None:
    page.write_string(0, 0, title, looks["title"])
    page.write_string(1, 0, "｜".join((*sheet.stamp.marking, *sheet.stamp.attribution)), looks["line"])
    page.write_string(2, 0, wording.text("ledger.book.guide", sheet.lang), looks["line"])
    for k, column in enumerate(sheet.columns):
        below = None if column.lock == "always" else looks[f"{column.kind}.column"]
        page.set_column(k, k, column.width, below)
        page.write_string(HEAD_ROW, k, column.head, looks["head"])
    for row in range(HEAD_ROW):
        page.set_row(row, 22 if row == 0 else 16, looks["title"] if row == 0 else looks["line"])
    page.set_row(HEAD_ROW, 28)


def _items(page: Worksheet, sheet: LedgerSheet, looks: Mapping[str, Format]) -> None:
    formats = [looks[f"{c.kind}.{'open' if c.lock == 'never' else 'locked'}"] for c in sheet.columns]
    for at, cells in enumerate(sheet.rows, start=HEAD_ROW + 1):
        for k, (cell, look) in enumerate(zip(cells, formats, strict=True)):
            if cell is None or cell == "":
                page.write_blank(at, k, None, look)
            elif isinstance(cell, str):
                page.write_string(at, k, cell[:LONGEST_CELL], look)
            elif isinstance(cell, date):
                page.write_datetime(at, k, datetime.combine(cell, time.min), look)
            else:
                page.write_number(at, k, cell, look)
        lines = max(lines_of(cell, column.width) for cell, column in zip(cells, sheet.columns, strict=True))
        page.set_row(at, max(LEAST_ROW_PT, min(lines, _MOST_LINES) * LINE_PT + ROW_SPARE_PT))


def _about(workbook: Workbook, sheet: LedgerSheet, looks: Mapping[str, Format]) -> None:
    """Sheet that says from what, and by whose rules."""
    page = workbook.add_worksheet(wording.text("ledger.book.about", sheet.lang))
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 90)
    stamp = sheet.stamp
    rows = [
        ("area", stamp.area), ("as_of", stamp.as_of.isoformat()), ("count", str(len(sheet.rows))),
        ("data", stamp.data_version), ("rules", stamp.rules_version), ("code", stamp.code_version),
        *(("source", f"{one.origin} · {one.data_date or '?'} · {one.licence or '?'}") for one in stamp.sources),
        *(("marking", line) for line in (*stamp.marking, *stamp.attribution)),
    ]  # fmt: skip
    for at, (name, value) in enumerate(rows):
        page.write_string(at, 0, wording.text(f"ledger.book.about_{name}", sheet.lang), looks["line"])
        page.write_string(at, 1, value, looks["line"])


def _lists(workbook: Workbook, page: Worksheet, sheet: LedgerSheet, looks: Mapping[str, Format]) -> None:
    """Sheet with the words to choose from, and the rules of the cells that use them."""
    name = wording.text("ledger.book.lists", sheet.lang)
    words = workbook.add_worksheet(name)
    last = HEAD_ROW + len(sheet.rows) + NEW_ROWS
    at = 0
    for k, column in enumerate(sheet.columns):
        cells = HEAD_ROW + 1, k, last, k
        if column.choices:
            _write_list(words, at, (column.head, column.choices), looks)
            ends = [xl_rowcol_to_cell(row, at, row_abs=True, col_abs=True) for row in (1, len(column.choices))]
            page.data_validation(*cells, {"validate": "list", "source": f"='{name}'!{ends[0]}:{ends[1]}"})
            at += 1
        elif column.kind == "day" and column.lock != "always":
            between = {"criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
            page.data_validation(*cells, {"validate": "date", **between})
    for title, listed in sheet.lists.items():
        _write_list(words, at, (title, listed), looks)
        at += 1
    words.protect()


def _write_list(page: Worksheet, at: int, titled: tuple[str, Sequence[str]], looks: Mapping[str, Format]) -> None:
    page.set_column(at, at, 18)
    for row, word in enumerate((titled[0], *titled[1])):
        page.write_string(row, at, word, looks["head" if row == 0 else "line"])


def _page(page: Worksheet, sheet: LedgerSheet, title: str) -> None:
    """Heads that stay, filters, protection, A3 across with the printed columns on one page."""
    page.freeze_panes(HEAD_ROW + 1, _FROZEN_COLUMNS)
    page.autofilter(HEAD_ROW, 0, HEAD_ROW + max(len(sheet.rows), 1), len(sheet.columns) - 1)
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
    page.repeat_rows(HEAD_ROW)
    page.set_landscape()
    page.set_paper(_A3)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    last = sum(column.printed for column in sheet.columns) - 1
    page.print_area(0, 0, HEAD_ROW + max(len(sheet.rows), 1), last)
    left, centre = (text[:_FOOTER].replace("&", "&&") for text in (title, "｜".join(sheet.stamp.marking)))
    page.set_footer(f"&L{left}&C{centre}&R{wording.text('ledger.book.page', sheet.lang)}")
