"""The data-quality report in words."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from gislib import wording
from gislib.cli.plain import plain
from gislib.planning import checks
from gislib.planning.checks import DOUBT, NOTE, SERIOUS, CheckReport

_ORDER = (SERIOUS, DOUBT, NOTE)


def report_of(report: CheckReport, lang: str) -> dict[str, Any]:
    """JSON values of a report, the most serious rows first, each with its sentence as ``text``."""
    rows = report.rows.sort_values("severity", key=lambda column: column.map(_ORDER.index), kind="stable")
    told = [row | {"text": _sentence(row, lang)} for row in plain(rows)]
    return {**plain(report), "rows": told}


def _sentence(row: dict[Hashable, Any], lang: str) -> str:
    severity = wording.text(f"check.severity.{row['severity']}", lang)
    return f"[{severity}] {checks.sentence(row, lang)}"
