"""Rows of a location sheet as the template asks for them, and how high they will be."""

from __future__ import annotations

import math
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib import wording
from gislib.reports.fonts import printable, width_em

ROW_WIDTHS_MM: Final = (17.0, 22.0, 52.0, 13.0, 16.0, 24.0, 36.0)
"""Number, measure, place, from the gate, quantity, basis, check on site."""
DEPARTMENT_WIDTHS_MM: Final = (30.0, 42.0, 42.0, 66.0)
TEXT_MM: Final = 2.96
LINE_MM: Final = 3.65
_CELL_MM: Final = 0.7
"""Insets above and below less the part of a line's pitch that the last line does not use."""
_INSET_MM: Final = 2.6
_LEAST_ROW_MM: Final = 7.6
_HEAD_MM: Final = 6.3
_TICK_MM: Final = 3.2
_BETWEEN: Final = "；"
DENSE: Final = 0.82
"""Scale of the tables of a sheet that is to stay one page: 6.9 pt instead of 8.4."""


def mark_label(device_id: str) -> str:
    """Serial part of a device id, as printed on map and sheet: ``0007`` of ``P3-0007``."""
    return device_id.rpartition("-")[2]


def symbol_file(name: str) -> str:
    """Name under which a symbol is handed to the template."""
    return f"symbol-{name}.svg"


def device_rows(devices: gpd.GeoDataFrame, labels: pd.DataFrame) -> list[dict[str, Any]]:
    """One row per device, in the order of ``devices``; ``labels`` has the same rows."""
    both = pd.DataFrame(devices.drop(columns=devices.geometry.name)).join(labels)
    records: list[dict[str, Any]] = both.to_dict("records")  # type: ignore[assignment]  # columns are texts
    return [_row(str(identity), row) for identity, row in zip(both.index, records, strict=True)]


def department_rows(labels: pd.DataFrame) -> list[dict[str, str]]:
    """Departments with the devices they are concerned with, the one with most first."""
    columns = ["department_lead", "departments_main", "departments_support"]
    found = []
    for names, own in labels[columns].fillna("").groupby(columns, sort=True):
        lead, main, support = (str(name) for name in names)
        devices = [mark_label(str(identity)) for identity in own.index]
        found.append((-len(devices), {"lead": lead, "main": main, "support": support, "labels": "、".join(devices)}))
    none = wording.text("sheet.none")
    ordered = [row for _, row in sorted(found, key=lambda one: (one[0], one[1]["lead"], one[1]["main"]))]
    return [{key: value or none for key, value in row.items()} for row in ordered]


def rows_height_mm(rows: list[dict[str, Any]], scale: float = 1.0) -> float:
    """Height of the table of devices, estimated from the widths of its texts; ``scale`` of the texts."""
    return scale * _HEAD_MM + sum(_row_height(row, scale) for row in rows)


def department_height_mm(rows: list[dict[str, str]], scale: float = 1.0) -> float:
    """Height of the table of departments, estimated likewise."""
    width = DEPARTMENT_WIDTHS_MM[-1]
    return sum(_lines(row["labels"], width, scale) * LINE_MM * scale + _CELL_MM for row in rows) + scale * _HEAD_MM


def _row(identity: str, row: dict[str, Any]) -> dict[str, Any]:
    bearing, offset, along = (row[name] for name in ("approach_bearing_deg", "offset_m", "chainage_from_gate_m"))
    detail = [
        wording.text("sheet.bearing", degrees=f"{bearing:.0f}") if np.isfinite(bearing) else "",
        wording.text("sheet.offset", metres=f"{offset:.1f}") if np.isfinite(offset) and offset > 0 else "",
    ]
    return {
        "label": mark_label(identity),
        "symbol": symbol_file(row["symbol"]),
        "title": row["title"],
        "place": row["located"],
        "detail": "，".join(part for part in detail if part),
        "from_gate": f"{along:.0f}" if np.isfinite(along) else wording.text("sheet.none"),
        "quantity": f"{row['quantity']:g} {row['unit_name']}",
        "clauses": row["clause_titles"],
        "checks": _items(row["verify_titles"]),
        "refused": _items(row["refused_titles"]),
        "nothing": wording.text("sheet.nothing_to_verify"),
    }


def _items(titles: str) -> list[str]:
    return [item for item in titles.split(_BETWEEN) if item]


def _row_height(row: dict[str, Any], scale: float) -> float:
    _, title, place, _, _, clauses, checks = ROW_WIDTHS_MM
    refused = [wording.text("sheet.refused") + item for item in row["refused"]]
    lines = max(
        _lines(row["title"], title, scale),
        _lines(row["place"], place, scale) + (1 if row["detail"] else 0),
        _lines(row["clauses"], clauses, scale),
        sum(_lines(item, checks - _TICK_MM, scale) for item in [*row["checks"], *refused]),
    )
    return max(lines * LINE_MM * scale + _CELL_MM, _LEAST_ROW_MM * scale)


def _lines(text: str, width_mm: float, scale: float) -> int:
    return max(1, math.ceil(width_em(printable(text)) * TEXT_MM * scale / (width_mm - _INSET_MM)))
