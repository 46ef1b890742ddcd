"""Rows that an import refused, with the reason of each in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gislib import wording


def refusals(rejected: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """Rows refused: row number in the file, column, code, value and the reason in words."""
    reasons = wording.catalogue(lang)
    return [
        {
            **{str(name): value for name, value in row.items()},
            "reason": reasons.get(f"errors.{row['code']}", str(row["code"])).format_map(
                {str(name): value for name, value in row.items()}
            ),
        }
        for row in rejected.to_dict("records")
    ]
