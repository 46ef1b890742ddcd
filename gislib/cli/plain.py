"""Any summary as plain JSON values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def plain(value: object) -> Any:  # noqa: ANN401 - JSON is any of six types
    """
    JSON value of a summary.

    Dataclasses become objects, tables lists of rows (a named index is a column), sets sorted lists, dates and paths
    texts; missing values (None, NaN, NA, infinity) become null.

    Raises
    ------
    TypeError
        For a type that no summary should hold.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, pd.DataFrame):
        return _rows(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is pd.NA or value is pd.NaT:
        return None
    return _composite(value)


def _composite(value: object) -> Any:  # noqa: ANN401 - see `plain`
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple | np.ndarray | pd.Series | pd.Index):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    named = table.reset_index() if table.index.name is not None else table
    names = [str(name) for name in named.columns]
    return [dict(zip(names, map(plain, row), strict=True)) for row in named.itertuples(index=False, name=None)]
