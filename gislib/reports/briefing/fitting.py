"""How many rows of a table fit on a page, reckoned from their texts with some room to spare: two programs set them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from typing import Final

from gislib.reports.briefing.paper import ROWS_TOGETHER, Column, Table

PAGE_PT: Final = 22 * 28.95
"""Height of the text area: 22 lines of GB/T 9704."""
LINE_PT: Final = 15.0
"""Line inside a cell: 15 pt in Word, 14.3 pt in the PDF."""
ROW_EDGE_PT: Final = 2.4
"""What a row is higher than its lines: in the PDF a row of one line is 17 pt, in Word every row has its rule."""
CHARACTER_MM: Final = 10.5 * 25.4 / 72
SIDES_MM: Final = 2.4
"""Left and right of the text in a cell."""
CAPTION_PT: Final = 34.0
POINTS_PER_MM: Final = 72 / 25.4
NARROW_SHARE: Final = 0.56
"""Width of a Latin letter or figure to that of a Chinese character: a figure of our fonts."""
WASTE: Final = 0.5
"""Characters that a line of Chinese loses because no mark of punctuation may begin one."""


def rows_that_fit(columns: Sequence[Column], rows: Sequence[tuple[str, ...]], room_pt: float) -> int:
    """
    Rows from the first that fit into a height together with the head; at least one where there is any.

    Parameters
    ----------
    columns, rows
        Widths in mm, and the texts of the cells.
    room_pt
        Height that the table may take, in points.
    """
    room_pt -= row_pt(columns, tuple(column.head for column in columns))
    heights = accumulate(row_pt(columns, row) for row in rows)
    return max(sum(height <= room_pt for height in heights), min(len(rows), 1))


def beginning_pt(table: Table) -> float:
    """Height that caption, head and first rows of a table need on one page, at most half a page."""
    rows = [tuple(column.head for column in table.columns), *table.rows[:ROWS_TOGETHER]]
    heights = (max(row_pt(table.columns, row), table.row_mm * POINTS_PER_MM) for row in rows)
    return min(sum(heights) + (CAPTION_PT if table.caption else 0.0), PAGE_PT / 2)


def row_pt(columns: Sequence[Column], row: Sequence[str]) -> float:
    """Height of a row in points: that of its longest cell."""
    lines = (cell_lines(text, column.width_mm) for column, text in zip(columns, row, strict=True))
    return ROW_EDGE_PT + LINE_PT * max(lines)


def cell_lines(text: str, width_mm: float) -> int:
    """Lines of a text in a cell."""
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in text)
    units = wide + NARROW_SHARE * (len(text) - wide)
    room = (width_mm - SIDES_MM) / CHARACTER_MM - (WASTE if wide else 0.0)
    return max(1, ceil(units / room))
