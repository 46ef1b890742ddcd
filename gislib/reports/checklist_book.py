"""The blank checklist as a workbook: one row per campus, a column per question, answers from a list."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import xlsxwriter

from gislib import wording

FIRST_ROW: Final = 3
"""Row (from 0) of the column heads."""
_FONT: Final[dict[str, Any]] = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_GRID: Final[dict[str, Any]] = _FONT | {"border": 1, "text_wrap": True}
_HEAD: Final[dict[str, Any]] = _GRID | {"bold": True, "align": "center", "bg_color": "#E4E7EA"}
_ANSWERS: Final = ("yes", "no", "unknown", "na")
_WIDTHS: Final = {"id": 20, "school": 26, "day": 12, "post": 18, "note": 30}
_QUESTION_WIDTH: Final = 13
_A4: Final = 9


def blank_book(schools: Mapping[str, str], questions: Sequence[tuple[str, str]], on: date, area: str) -> bytes:
    """
    Bytes of the workbook; nothing in it depends on the clock.

    Parameters
    ----------
    schools
        Id to name.
    questions
        Code of the net and title of every question.
    on, area
        Day of the questions, and whose campuses these are.
    """
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(memory, options)
    book.set_properties({"created": datetime.combine(on, time.min)})
    sheet = book.add_worksheet(wording.text("checklist.sheet"))
    grid, head = book.add_format(_GRID), book.add_format(_HEAD)
    sheet.write_string(0, 0, wording.text("checklist.title", area=area), book.add_format(_FONT | {"bold": True}))
    sheet.write_string(1, 0, wording.text("checklist.how"), book.add_format(_FONT))
    heads = [wording.text(f"checklist.head_{name}") for name in ("id", "school", "day", "post")]
    heads += [title for _, title in questions] + [wording.text("checklist.head_note")]
    sheet.set_column(0, len(heads) - 1, _QUESTION_WIDTH)
    for k, name in enumerate(("id", "school", "day", "post")):
        sheet.set_column(k, k, _WIDTHS[name])
    sheet.set_column(len(heads) - 1, len(heads) - 1, _WIDTHS["note"])
    sheet.set_row(FIRST_ROW, 58)
    for k, title in enumerate(heads):
        sheet.write_string(FIRST_ROW, k, title, head)
    for k, (net, _) in enumerate(questions, start=4):
        sheet.write_string(FIRST_ROW - 1, k, wording.text(f"checklist.net_{net}"), head)
    last = FIRST_ROW + max(len(schools), 1)
    for row, (school_id, name) in enumerate(sorted(schools.items(), key=lambda pair: pair[1]), start=FIRST_ROW + 1):
        sheet.write_string(row, 0, school_id, grid)
        sheet.write_string(row, 1, name, grid)
        for k in range(2, len(heads)):
            sheet.write_blank(row, k, None, grid)
    words = [wording.text(f"checklist.answer_{answer}") for answer in _ANSWERS]
    sheet.data_validation(FIRST_ROW + 1, 4, last, 3 + len(questions), {"validate": "list", "source": words})
    sheet.freeze_panes(FIRST_ROW + 1, 2)
    sheet.repeat_rows(FIRST_ROW - 1, FIRST_ROW)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    book.close()
    return memory.getvalue()
