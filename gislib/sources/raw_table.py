"""An imported table before anything is understood: texts with their row numbers, and shapes if the format has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.sources.limits import MAX_CELL_SIGNS
from gislib.sources.provenance import Message

Cell = str | None
_MIDNIGHT = time()


@dataclass(frozen=True)
class RawTable:
    """
    Rows of a file as texts.

    Parameters
    ----------
    headers
        Column names as written, empty for a blank one.
    rows
        Cells per row, as many as headers; None = blank.
    numbers
        Row number of each row in the file, 1 = first line or sheet row; feature number in files without a header.
    shapes
        Longitude, latitude shapes by row position, None for formats whose coordinates are columns.
    datum
        Datum that the file itself states through its CRS; None if it is silent.
    warnings
        What the planner must know about the reading.
    """

    headers: list[str]
    rows: list[list[Cell]]
    numbers: list[int]
    shapes: gpd.GeoSeries | None = None
    datum: str | None = None
    warnings: tuple[Message, ...] = ()

    @property
    def filled(self) -> frozenset[int]:
        """Columns that have a value in any row."""
        return frozenset(at for row in self.rows for at, cell in enumerate(row) if cell is not None)

    def column(self, at: int) -> list[Cell]:
        """Cells of one column."""
        return [row[at] for row in self.rows]


def as_text(value: object) -> Cell:
    """Cell value as text: whole floats without a point, dates in ISO form, blanks as None; cut at a sane length."""
    if isinstance(value, str):
        return value.strip()[:MAX_CELL_SIGNS] or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float | np.floating):
        return _number_text(float(value))
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)[:MAX_CELL_SIGNS]


def _number_text(value: float) -> Cell:
    if not np.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def squared(rows: Iterable[list[Cell]], width: int) -> list[list[Cell]]:
    """Rows of exactly ``width`` cells, cut or filled with blanks."""
    return [row[:width] + [None] * (width - len(row)) for row in rows]
