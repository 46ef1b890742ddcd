"""The data-quality report in words."""

from __future__ import annotations

from typing import Any

from gislib import wording
from gislib.cli.plain import plain
from gislib.planning.checks import DOUBT, NOTE, SERIOUS, CheckReport

_ORDER = (SERIOUS, DOUBT, NOTE)


def report_of(report: CheckReport, lang: str) -> dict[str, Any]:
    """JSON values of a report, the most serious rows first, each with its sentence as ``text``."""
    rows = report.rows.sort_values("severity", key=lambda column: column.map(_ORDER.index), kind="stable")
    told = [row | {"text": _sentence(row, lang)} for row in plain(rows)]
    return {**plain(report), "rows": told}


def _sentence(row: dict[str, Any], lang: str) -> str:
    words = wording.catalogue(lang)
    severity = words[f"check.severity.{row['severity']}"]
    named = f"check.{row['code']}"
    if named not in words:  # a warning of an import: its values are told as they were noted
        return f"[{severity}] {row['code']} {row['value']}".rstrip()
    value = words.get(f"term.family.{row['value']}", row["value"])
    return f"[{severity}] {wording.text(named, lang, **{**row, 'value': value})}"
