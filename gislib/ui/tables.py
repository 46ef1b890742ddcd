"""Data grids: SVG cells as images, one selectable row, and the position of the row that stands for a selected id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from gislib.reports.looks import GRADES
from gislib.reports.symbols import data_uri, symbol_data_uri
from gislib.ui import charts

ROW_PX: Final = 27
_HEADER_PX: Final = 29
_GRAPHIC_PX: Final = 94  # a cell clips a wider picture


def svg_cells(drawings: Iterable[str], index: pd.Index) -> pd.Series:
    """Column of SVG texts as the ``data:`` URIs an image column shows."""
    return pd.Series([data_uri(drawing) for drawing in drawings], index=index, dtype="object")


def grade_cells(grades: pd.Series) -> pd.Series:
    """Column of grade symbols, to stand beside the word: images are not read aloud. What is no grade is unknown."""
    return grades.map(lambda grade: symbol_data_uri(f"grade-{grade}" if grade in GRADES else "grade-unknown"))


def symbol_cells(names: pd.Series) -> pd.Series:
    """Column of symbols by file name."""
    return names.map(symbol_data_uri)


def index_cells(values: pd.Series) -> pd.Series:
    """Column of index bars."""
    return svg_cells((charts.index_bar(value, 32, 22) for value in values), values.index)


def distance_cells(pairs: pd.DataFrame) -> pd.Series:
    """Column of distance graphics from ``straight_m``, ``walk_m``, ``limit_m``, ``tolerance_m``."""
    rows = zip(pairs["straight_m"], pairs["walk_m"], pairs["limit_m"], pairs["tolerance_m"], strict=True)
    return svg_cells((charts.distance_graphic(charts.Measured(*row), _GRAPHIC_PX) for row in rows), pairs.index)


def chip_cells(codes: Sequence[str], words: Sequence[str], index: pd.Index) -> pd.Series:
    """Column of outlined chips, in the looks of `gislib.reports.looks.CHIPS`."""
    return svg_cells((charts.chip(code, word) for code, word in zip(codes, words, strict=True)), index)


def grid_height(rows: int, most: int) -> int:
    """Height in pixels of a grid that shows up to ``most`` rows."""
    return _HEADER_PX + ROW_PX * max(1, min(rows, most)) + 2


def pick_row(
    table: pd.DataFrame, key: str, columns: Mapping[str, Any], height_px: int, selected: str = ""
) -> str | None:
    """
    Show a grid whose rows can be picked; returns the id (index) of the row picked, or None.

    Parameters
    ----------
    table
        What is shown, one row an id; only the columns named in ``columns`` are.
    key
        Key of the grid; a new order of rows needs a new key, because a selection is a position.
    columns
        Column -> ``st.column_config`` entry, in the order shown.
    height_px
        Fixed height: nothing jumps when rows come and go.
    selected
        Id that is selected while nobody has picked a row under this key.
    """
    first = [int(row) for row in np.flatnonzero(table.index == selected)]
    return next(iter(_picked(table, key, columns, height_px, first)), None)


def pick_rows(table: pd.DataFrame, key: str, columns: Mapping[str, Any], height_px: int) -> list[str]:
    """Show a grid any number of whose rows can be picked; their ids in the order picked. See `pick_row`."""
    return _picked(table, key, columns, height_px, None)


def _picked(
    table: pd.DataFrame, key: str, columns: Mapping[str, Any], height_px: int, one: list[int] | None
) -> list[str]:
    """Ids picked in a grid; ``one``: only one row can be picked, at first this one, where there is one."""
    event = st.dataframe(
        table[list(columns)],
        key=key,
        column_config=dict(columns),
        height=height_px,
        row_height=ROW_PX,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row" if one is None else "single-row",
        selection_default=None if one is None else {"selection": {"rows": one}},
    )
    return [str(table.index[row]) for row in event["selection"]["rows"] if row < len(table)]
