"""Items of the ledger as cells of its workbook, and cells back as values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.planning import ledger
from gislib.reports.ledger_book import Cell, SheetColumn
from gislib.sources.raw_table import as_text
from gislib.store import item_facts, item_steps
from gislib.store.item_facts import Facts

KEYS: Final = ("item_id", "version", "check")
"""Columns by which a row is told apart."""
_COLUMNS: Final = (
    ("item_id", 9, "text", "always"), ("state", 8, "text", "never"), ("title", 34, "text", "never"),
    ("school", 18, "text", "items"), ("place", 16, "text", "always"), ("grade", 6, "text", "never"),
    ("net", 8, "text", "never"), ("measure", 30, "text", "never"), ("department_lead", 12, "text", "never"),
    ("departments_main", 16, "text", "never"), ("departments_support", 16, "text", "never"),
    ("post", 12, "text", "never"), ("found_on", 11, "day", "items"), ("deadline", 11, "day", "never"),
    ("closed_on", 11, "day", "never"), ("reason", 16, "text", "never"), ("note", 32, "text", "never"),
    ("lon", 12, "degree", "never"), ("lat", 11, "degree", "never"), ("source", 10, "text", "always"),
    ("rule_id", 16, "text", "always"), ("version", 6, "whole", "always"), ("check", 10, "text", "always"),
)  # fmt: skip
EDITABLE: Final = (
    "title", "grade", "net", "measure", "department_lead", "departments_main", "departments_support", "post",
    "deadline", "note", "lon", "lat",
)  # fmt: skip
"""Columns that are facts of the item."""
PROTECTED: Final = ("school", "place", "found_on", "source", "rule_id")
"""Columns of an item that the workbook only shows."""
_GROUPS: Final = {"state": "item_state", "grade": "grade", "net": "net", "source": "item_source"}
_CHOICES: Final = {"state": item_steps.STATES, "grade": item_facts.GRADES, "net": item_facts.NETS}
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?", re.ASCII)
_BETWEEN: Final = re.compile(r"[、，,;；\n]+")
_JOINED: Final = "、"
_CHECK_SIGNS: Final = 8
_NOT_PRINTED: Final = ("lon", "lat", "source", "rule_id", *KEYS[1:])
_DEGREE_DECIMALS: Final = 7
"""Degrees as the workbook shows them: one centimetre."""


def columns(lang: str) -> tuple[SheetColumn, ...]:
    """Columns of the ledger sheet, in order."""
    choices = {
        name: tuple(wording.term(_GROUPS[name], code, lang) for code in codes) for name, codes in _CHOICES.items()
    }
    choices["department_lead"] = tuple(departments(lang).values())
    return tuple(
        SheetColumn(
            name, wording.text(f"ledger.column.{name}", lang), width, kind, lock, choices.get(name, ()),  # type: ignore[arg-type]
            printed=name not in _NOT_PRINTED,
        )
        for name, width, kind, lock in _COLUMNS
    )  # fmt: skip


def heads() -> dict[str, str]:
    """Column by its head, in either language."""
    return {column.head: column.name for lang in wording.LANGUAGES for column in columns(lang)}


def departments(lang: str) -> dict[str, str]:
    """Names of the departments by code."""
    return {code: kind.zh if lang == "zh" else kind.en for code, kind in rules.load().kinds("department").items()}


def cells(items: pd.DataFrame, lang: str) -> list[dict[str, Cell]]:
    """Cells of every item of a `gislib.planning.ledger.table`, by column."""
    names = departments(lang)
    words = {name: _words_of(group, lang) for name, group in _GROUPS.items()}
    out = []
    for row in items.reset_index().to_dict("records"):
        told: dict[str, Cell] = {str(k): None if pd.isna(v) else v for k, v in row.items()}
        for name, known in words.items():
            told[name] = known.get(str(told[name]), told[name])
        for name in ("department_lead", "departments_main", "departments_support"):
            codes = str(told[name] or "").split()
            told[name] = _JOINED.join(names.get(code, code) for code in codes) or None
        for name in ("found_on", "deadline", "closed_on"):
            told[name] = None if told[name] is None else date.fromisoformat(str(told[name]))
        for name in ("lon", "lat"):
            told[name] = None if told[name] is None else round(float(row[name]), _DEGREE_DECIMALS)
        if ledger.whole_area(row):
            told["place"] = wording.text("ledger.whole_area", lang)
        shown: dict[str, Cell] = {name: told.get(name) for name, *_ in _COLUMNS}
        own = check_of(str(told["item_id"]), int(row["version"]))
        shown["check"] = own + content_of(shown) + content_of(shown, PROTECTED)
        out.append(shown)
    return out


def as_file(cell: Cell) -> str | None:
    """Cell as the reader of workbooks would give it back."""
    return as_text(cell)


def check_of(item_id: str, version: int) -> str:
    """Sign that tells an id or version that was typed over; no secret."""
    return hashlib.sha256(f"{item_id}/{version}".encode()).hexdigest()[:_CHECK_SIGNS]


def content_of(shown: Mapping[str, Cell], names: Sequence[str] = ("state", "closed_on", *EDITABLE)) -> str:
    """Sign of cells of a row, by default of those that may be edited, by which such that nobody touched are known."""
    told = [as_text(shown.get(name)) for name in names]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:_CHECK_SIGNS]


def facts_of(row: Mapping[str, Any]) -> Facts:
    """Facts of a row of a `gislib.planning.ledger.table`."""
    told: dict[str, Any] = {name: None if pd.isna(row[name]) else row[name] for name in item_facts.NAMES}
    told["refs"] = tuple(str(told["refs"] or "").split("\n")) if told["refs"] else ()
    for name in ("departments_main", "departments_support"):
        told[name] = tuple(str(told[name] or "").split())
    if told["deadline"] is not None:
        told["deadline"] = date.fromisoformat(str(told["deadline"]))
    return Facts(**told)


def value(column: str, cell: str | None) -> Any:  # noqa: ANN401 - the value of any column
    """
    Value of a cell.

    Raises
    ------
    InputError
        ``ledger_cell_choice``, ``ledger_cell_day``, ``ledger_cell_number``, ``ledger_department_unknown``.
    """
    if column in ("departments_main", "departments_support"):
        return tuple(_department(word.strip()) for word in _BETWEEN.split(cell or "") if word.strip())
    return None if cell is None else _READERS.get(column, str)(cell)


def _words_of(group: str, lang: str) -> dict[str, str]:
    start = f"term.{group}."
    return {key.removeprefix(start): word for key, word in wording.catalogue(lang).items() if key.startswith(start)}


def _chosen(column: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        known = {word: code for lang in wording.LANGUAGES for code, word in _words_of(_GROUPS[column], lang).items()}
        code = known.get(cell.strip(), cell.strip())
        if code not in _CHOICES[column]:
            listed = _JOINED.join(wording.term(_GROUPS[column], one) for one in _CHOICES[column])
            raise InputError("ledger_cell_choice", value=cell, known=listed)
        return code

    return read


def day(cell: str) -> date:
    """
    Day as people write it.

    Raises
    ------
    InputError
        ``ledger_cell_day``.
    """
    shaped = _DAY.fullmatch(cell.strip())
    try:
        return date(*(int(part) for part in shaped.groups())) if shaped else date.fromisoformat(cell.strip())
    except ValueError as problem:
        raise InputError("ledger_cell_day", value=cell) from problem


def _degrees(cell: str) -> float:
    try:
        return float(cell)
    except ValueError as problem:
        raise InputError("ledger_cell_number", value=cell) from problem


def _department(word: str) -> str:
    known = {name: code for lang in wording.LANGUAGES for code, name in departments(lang).items()}
    code = known.get(word, word)
    if code not in departments("zh"):
        raise InputError("ledger_department_unknown", department=word)
    return code


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "state": _chosen("state"), "grade": _chosen("grade"), "net": _chosen("net"), "department_lead": _department,
    "found_on": day, "deadline": day, "closed_on": day, "lon": _degrees, "lat": _degrees,
}  # fmt: skip
