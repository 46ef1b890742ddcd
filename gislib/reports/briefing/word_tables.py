"""Ruled tables of the Word papers; built as XML because adding thousands of rows one by one takes minutes."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Final

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from gislib.reports.briefing.paper import ROWS_TOGETHER, TEXT_WIDTH_MM, Align, Form, Table
from gislib.reports.briefing.word_xml import clean, make, mm, paragraph, run

LABEL_MM: Final = 28.0
"""Width of the label columns of a form."""
_TEXT: Final = f".//{qn('w:t')}"
_PARAGRAPH_LOOKS: Final = f".//{qn('w:pPr')}"
_INSIDE_ID: Final = re.compile(r"(?<=[a-z])([._])(?=[a-z])")
_MAY_BREAK: Final = "\u200b"
"""Space without width: where a line may break inside a long id."""
_RULES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")
_RULE: Final = {"val": "single", "sz": 4, "space": 0, "color": "000000"}
_STYLES: Final[dict[Align, str]] = {"left": "TableLeft", "center": "TableCenter", "right": "TableRight"}


def table_element(table: Table) -> BaseOxmlElement:
    """Table with its head repeated on every page and rows that are never cut."""
    widths = [column.width_mm for column in table.columns]
    head = [_cell(width, column.head, "TableHead") for width, column in zip(widths, table.columns, strict=True)]
    rows = [_row(head, head=True)]
    styles = [_STYLES[column.align] for column in table.columns]
    blank = [_cell(width, "", style) for width, style in zip(widths, styles, strict=True)]
    for serial, texts in enumerate(table.rows, start=1):
        cells = [_filled(cell, text) for cell, text in zip(blank, texts, strict=True)]
        rows.append(_row(cells, least_mm=table.row_mm, with_next=serial < min(ROWS_TOGETHER, len(table.rows))))
    return _frame(widths, rows)


def form_element(form: Form) -> BaseOxmlElement:
    """Table of labels and values, four columns wide."""
    value_mm = TEXT_WIDTH_MM / 2 - LABEL_MM
    widths = [LABEL_MM, value_mm, LABEL_MM, value_mm]
    rows = []
    for row in form.rows:
        label, value, *more = row.cells
        if more:
            cells = [_cell(width, text, style) for width, text, style in zip(
                widths, (label, value, *more), ("TableHead", "TableLeft") * 2, strict=True
            )]  # fmt: skip
        else:
            cells = [_cell(LABEL_MM, label, "TableHead"), _cell(TEXT_WIDTH_MM - LABEL_MM, value, "TableLeft", span=3)]
        rows.append(_row(cells, least_mm=row.least_mm))
    return _frame(widths, rows)


def _frame(widths_mm: list[float], rows: list[BaseOxmlElement]) -> BaseOxmlElement:
    margins = [make(side, {"w": mm(1.2), "type": "dxa"}) for side in ("left", "right")]
    looks = make(
        "tblPr",
        None,
        make("tblW", {"w": mm(sum(widths_mm)), "type": "dxa"}),
        make("jc", {"val": "center"}),
        make("tblBorders", None, *(make(side, _RULE) for side in _RULES)),
        make("tblLayout", {"type": "fixed"}),
        make("tblCellMar", None, *margins),
    )
    grid = make("tblGrid", None, *(make("gridCol", {"w": mm(width)}) for width in widths_mm))
    return make("tbl", None, looks, grid, *rows)


def _row(
    cells: list[BaseOxmlElement], *, head: bool = False, least_mm: float = 0.0, with_next: bool = False
) -> BaseOxmlElement:
    if with_next:
        for cell in cells:
            cell.find(_PARAGRAPH_LOOKS).append(make("keepNext"))
    height = [make("trHeight", {"val": mm(least_mm), "hRule": "atLeast"})] if least_mm else []
    repeated = [make("tblHeader")] if head else []
    return make("tr", None, make("trPr", None, make("cantSplit"), *height, *repeated), *cells)


def _filled(blank: BaseOxmlElement, text: str) -> BaseOxmlElement:
    """Copy of a blank cell with a text; ten times as fast as making one."""
    cell = deepcopy(blank)
    cell.find(_TEXT).text = _INSIDE_ID.sub(rf"\1{_MAY_BREAK}", clean(text))
    return cell


def _cell(width_mm: float, text: str, style: str, span: int = 1) -> BaseOxmlElement:
    looks = make(
        "tcPr",
        None,
        make("tcW", {"w": mm(width_mm), "type": "dxa"}),
        *([make("gridSpan", {"val": span})] if span > 1 else []),
        *([make("shd", {"val": "clear", "color": "auto", "fill": "E6E6E6"})] if style == "TableHead" else []),
        make("vAlign", {"val": "center"}),
    )
    return make("tc", None, looks, paragraph(style, run(text)))
