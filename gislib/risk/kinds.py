"""Look-up of a table by kind or class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from gislib.domain.errors import RuleError

OTHER: Final = "other"
"""Key that serves every kind or class the table does not name."""


def by_kind(kinds: pd.Series[str], rule_id: str, table: Mapping[str, float]) -> pd.Series[float]:
    """
    Value of each kind in the table of one rule; kinds the table does not name, and missing ones, take `OTHER`.

    Raises
    ------
    RuleError
        If a kind is not named and the table has no entry for other kinds.
    """
    values: dict[object, float] = {}
    for kind in kinds.unique():
        key = kind if isinstance(kind, str) and kind in table else OTHER
        if key not in table:
            raise RuleError("risk_rule_lacks_key", rule=rule_id, key=kind)
        values[kind] = float(table[key])
    return kinds.map(values).astype("float64")
