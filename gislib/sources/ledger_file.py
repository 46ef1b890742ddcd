"""A ledger that comes back as a workbook: its rows as texts, by the columns that were sent out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gislib.domain.errors import InputError
from gislib.sources.limits import check_file
from gislib.sources.raw_table import Cell
from gislib.sources.spreadsheets import read_grid

_HEAD_WITHIN: Final = 20
"""Rows among which the column heads are looked for."""


@dataclass(frozen=True)
class LedgerRow:
    """Row of the sheet (1 = first) and its cells by column; a column that the file lacks is not among them."""

    number: int
    cells: Mapping[str, Cell]


def read_ledger(path: Path, heads: Mapping[str, str], required: tuple[str, ...]) -> list[LedgerRow]:
    """
    Rows of the first sheet below the heads.

    Parameters
    ----------
    path
        XLSX or XLS.
    heads
        Column by its head; further columns of the file are left alone.
    required
        Columns without which a row cannot be told apart.

    Raises
    ------
    InputError
        As in `gislib.sources.spreadsheets.read_grid`; ``ledger_file_heads`` naming the columns that are missing,
        ``ledger_file_head_twice``.
    """
    check_file(path)
    grid, numbers, _ = read_grid(path, "1")
    best = max(range(min(len(grid), _HEAD_WITHIN)), key=lambda at: _known(grid[at], heads), default=0)
    names = [heads.get((cell or "").strip()) for cell in grid[best]] if grid else []
    missing = [head for head, name in heads.items() if name in required and name not in names]
    if missing:
        raise InputError("ledger_file_heads", file=path.name, columns="、".join(dict.fromkeys(missing)))
    twice = [name for name in names if name is not None and names.count(name) > 1]
    if twice:
        raise InputError("ledger_file_head_twice", file=path.name, column=twice[0])
    return [
        LedgerRow(number, {name: cell for name, cell in zip(names, cells, strict=False) if name is not None})
        for cells, number in zip(grid[best + 1 :], numbers[best + 1 :], strict=True)
    ]


def _known(cells: list[Cell], heads: Mapping[str, str]) -> int:
    return sum((cell or "").strip() in heads for cell in cells)
