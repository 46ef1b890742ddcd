"""Rows and cells of an imported table that could not be taken, each with its row number, column, reason and value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gislib.domain.errors import InputError
from gislib.sources.privacy import masked
from gislib.sources.provenance import REJECTED_COLUMNS
from gislib.sources.raw_table import Cell, RawTable

_SHOWN_SIGNS = 120


class Refusals:
    """
    Collects refusals while a table is read; ``alive`` says which rows are still to be kept.

    ``names``: what the file itself calls a field (``geometry``: its coordinate columns), used for the refused columns.
    """

    def __init__(self, table: RawTable, names: Mapping[str, str] | None = None) -> None:
        self._numbers = table.numbers
        self._names = names or {}
        self._found: list[tuple[int, str, str, str]] = []
        self.alive: NDArray[np.bool_] = np.ones(len(table.rows), dtype=bool)

    def row(self, at: int, column: str, code: str, value: Cell) -> None:
        """Refuse the row at position ``at``; its first reason counts."""
        if self.alive[at]:
            self.alive[at] = False
            self.cell(at, column, code, value)

    def cell(self, at: int, column: str, code: str, value: Cell) -> None:
        """Note that one cell was not taken; the row is kept with the value missing."""
        self._found.append(
            (self._numbers[at], self._names.get(column, column), code, masked(value or "")[:_SHOWN_SIGNS])
        )

    def frame(self) -> pd.DataFrame:
        """Columns ``row``, ``column``, ``code``, ``value``, in file order."""
        found = sorted(self._found, key=lambda item: item[0])
        return pd.DataFrame(found, columns=list(REJECTED_COLUMNS))

    def codes(self) -> Counter[str]:
        """How often each code occurs."""
        return Counter(code for _, _, code, _ in self._found)

    def all_refused(self, file: str) -> InputError:
        """Error for a table without any row left, with the refusal that comes first in the file and its reason."""
        row, column, code, value = min(self._found)
        return InputError(
            "table_all_rejected", file=file, rows=len(self.alive), row=row, column=column, reason=code, value=value,
            why=(InputError(code),),
        )  # fmt: skip
