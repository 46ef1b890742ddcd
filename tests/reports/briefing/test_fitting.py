"""Heights of rows, by hand and against the page that comes out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.reports.briefing.fitting import LINE_PT, ROW_EDGE_PT, cell_lines, row_pt, rows_that_fit
from gislib.reports.briefing.paper import columns

TWO = columns(("编号", "问题"), (20.0, 40.0), "cl")
"""40 mm hold 10.15 characters of 3.704 mm between 1.2 mm on both sides; half of one is lost where there is Chinese."""


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("国" * 9, 1), ("国" * 10, 2), ("国" * 19, 2), ("国" * 20, 3), ("a" * 18, 1), ("a" * 19, 2)],
)
def test_lines_of_a_cell(text, lines):
    assert cell_lines(text, 40.0) == lines


def test_a_row_is_as_high_as_its_longest_cell():
    assert row_pt(TWO, ("1", "国" * 20)) == 3 * LINE_PT + ROW_EDGE_PT


def test_rows_are_counted_with_their_head():
    low, high = ("1", "短"), ("2", "国" * 20)
    one, three = LINE_PT + ROW_EDGE_PT, 3 * LINE_PT + ROW_EDGE_PT
    assert rows_that_fit(TWO, [low, high, low], one + one + three + 0.1) == 2
    assert rows_that_fit(TWO, [low, high, low], one + one + three - 1) == 1
    assert rows_that_fit(TWO, [high, low], 1.0) == 1
    assert rows_that_fit(TWO, [], 100.0) == 0


@settings(max_examples=30)
@given(st.lists(st.text(max_size=60), max_size=20), st.floats(0.0, 900.0))
def test_what_fits_is_never_higher_than_the_room(texts, room):
    rows = [("1", text) for text in texts]
    shown = rows_that_fit(TWO, rows, room)
    heights = [row_pt(TWO, row) for row in rows[:shown]]
    assert len(heights) <= 1 or row_pt(TWO, ("编号", "问题")) + sum(heights) <= room
