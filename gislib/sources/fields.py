"""The columns of a layer from the texts of an imported table: numbers, flags, dates, kinds, codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gislib.domain.tables import LAYERS
from gislib.rules import RuleSet
from gislib.sources import cells
from gislib.sources.columns import Mapped
from gislib.sources.headers import HeaderWords, value_of
from gislib.sources.kind_words import KindWords
from gislib.sources.privacy import looks_private
from gislib.sources.raw_table import Cell, RawTable
from gislib.sources.refusals import Refusals
from gislib.sources.school_kinds import kind_of_name

PLACES: Final = frozenset({"lon", "lat", "lonlat"})
KIND_TOPIC: Final = {
    "schools": "school",
    "venues": "venue",
    "rentals": "rental",
    "water": "water",
    "devices": "device",
    "incidents": "incident",
    "depots": "depot",
}
_GENERAL_KIND: Final = {"schools": "school", "rentals": "room", "water": "open_water", "depots": "other"}
"""Kind of a row whose kind is not said; venues and devices without a known kind are refused."""
_DATES: Final = frozenset({"last_visit", "date"})
_NEEDS_KIND: Final = frozenset({"venues", "devices"})

Value = str | float | bool | None
Reader = Callable[[str], Value]


@dataclass
class Columns:
    """Values by field and row, and counts of what was not stored or had to be assumed."""

    values: dict[str, list[Value]]
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a named count."""
        self.counts[name] = self.counts.get(name, 0) + by


def cleaned(table: RawTable, mapped: Mapped, words: HeaderWords, refusals: Refusals) -> Columns:
    """
    Cells of the mapped columns as texts, without marks for "missing" and without personal numbers.

    Coordinates are left out: long decimals may look like telephone numbers.
    """
    out = Columns({})
    for name, at_column in mapped.position.items():
        if name in PLACES:
            continue
        texts: list[Value] = []
        for at, cell in enumerate(table.column(at_column)):
            missing = cell is None or cell.casefold() in words.missing
            private = not missing and looks_private(cell or "")
            if private:
                out.count("cells_private")
                refusals.cell(at, table.headers[at_column], "cell_private", cell)
            texts.append(None if missing or private else cell)
        out.values[name] = texts
    return out


def _reader(layer: str, name: str, words: HeaderWords) -> tuple[Reader, str] | None:
    """How a field's cells are read and the code of those that cannot be; None for free text."""
    column = LAYERS[layer].columns.get(name)
    if column is not None and column.dtype == "float64":
        return cells.number, "cell_number"
    if column is not None and column.dtype == "boolean":
        return (lambda text: _flag(words, text)), "cell_flag"
    if name in _DATES:
        return cells.iso_date, "cell_date"
    return (cells.opening_hours, "cell_text") if name == "hours" else None


def _flag(words: HeaderWords, text: str) -> bool | None:
    value = value_of(words, "flag", text)
    return None if value is None else value == "true"


def read_values(
    layer: str, columns: Columns, table: RawTable, mapped: Mapped, refusals: Refusals, words: HeaderWords
) -> None:
    """Replace texts by numbers, flags and dates; cells that cannot be read become missing and are noted."""
    for name, texts in columns.values.items():
        how = _reader(layer, name, words)
        if how is None:
            continue
        read, code = how
        header = table.headers[mapped.position[name]]
        for at, text in enumerate(texts):
            if isinstance(text, str):
                value = read(text)
                if value is None:
                    refusals.cell(at, header, code, text)
                texts[at] = value


def set_kinds(layer: str, columns: Columns, rs: RuleSet, refusals: Refusals) -> None:
    """
    Give every row its kind id: from the kind column, else from the name, else the layer's general kind.

    Rows of venues and devices whose kind stays unknown are refused (``kind_missing``, ``kind_unknown``).
    """
    words = KindWords(rs.kinds(KIND_TOPIC[layer]))
    rows = len(refusals.alive)
    texts = columns.values.get("kind", [None] * rows)
    names = columns.values.get("name", [None] * rows)
    out: list[Value] = []
    for at, (text, name) in enumerate(zip(texts, names, strict=True)):
        kind = _kind_of(layer, words, text, None) or _kind_of(layer, words, None, name)
        if kind is None and layer in _GENERAL_KIND:
            kind = _GENERAL_KIND[layer]
            columns.count("kind_assumed")
        elif kind is None and layer in _NEEDS_KIND:
            refusals.row(at, "kind", "kind_missing" if text is None else "kind_unknown", _text(text) or _text(name))
        elif kind is None and text is not None:
            refusals.cell(at, "kind", "kind_unknown", _text(text))
        out.append(kind)
    columns.values["kind"] = out


def _text(value: Value) -> Cell:
    return value if isinstance(value, str) else None


def _kind_of(layer: str, words: KindWords, text: Value, name: Value) -> str | None:
    """Kind said by a cell that names a kind, or by a name; school names are read by their own grammar."""
    if isinstance(text, str):
        exact = words.of_exact(text)
        return exact or (kind_of_name(text) if layer == "schools" else words.of_name(text))
    if isinstance(name, str):
        return kind_of_name(name) if layer == "schools" else words.of_name(name)
    return None
