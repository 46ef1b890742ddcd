"""Words of imported tables as data: header synonyms, marks for a missing cell, words for yes, no and gate roles."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from gislib.domain.home import data_folder
from gislib.sources.names import name_key

_FILE: Final = ("text", "headers.toml")


@dataclass(frozen=True)
class LayerWords:
    """
    Header words of one layer.

    Parameters
    ----------
    fields
        Field to the keys (`names.name_key`) of the headers that mean it, best first.
    required
        Fields by which a header row is told from a title row.
    """

    fields: Mapping[str, tuple[str, ...]]
    required: frozenset[str]


@dataclass(frozen=True)
class HeaderWords:
    """Everything of ``headers.toml``; ``values``: name of a list to word key to value."""

    layers: Mapping[str, LayerWords]
    datum: Mapping[str, tuple[str, ...]]
    missing: frozenset[str]
    values: Mapping[str, Mapping[str, str]]


def header_words() -> HeaderWords:
    """Words of the project's ``data/text/headers.toml`` (read once)."""
    return _read(data_folder().joinpath(*_FILE))


@cache
def _read(path: Path) -> HeaderWords:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return HeaderWords(
        layers={layer: _layer(raw["common"], own) for layer, own in raw["layers"].items()},
        datum={datum: tuple(name_key(word) for word in words) for datum, words in raw["datum"].items()},
        missing=frozenset(word.casefold() for word in raw["missing"]),
        values={
            name: {_value_key(word): value for value, words in lists.items() for word in words}
            for name, lists in raw["values"].items()
        },
    )


def _value_key(word: str) -> str:
    """Key of a cell's word; signs such as √ have no letters and stand for themselves."""
    return name_key(word) or word


def value_of(words: HeaderWords, name: str, cell: str) -> str | None:
    """Value that a cell's word means in the list ``name`` of ``[values]``; None if it is not listed."""
    return words.values[name].get(_value_key(cell.strip()))


def _layer(common: Mapping[str, list[str]], own: Mapping[str, Any]) -> LayerWords:
    fields = {field: words for field, words in own.items() if field != "required"}
    claimed = {name_key(word) for words in fields.values() for word in words}
    out: dict[str, tuple[str, ...]] = {}
    for field in [*fields, *(field for field in common if field not in fields)]:
        first = [name_key(word) for word in fields.get(field, ())]
        general = [key for key in map(name_key, (field, *common.get(field, ()))) if key not in claimed]
        out[field] = tuple(dict.fromkeys([*first, *general]))
    return LayerWords(out, frozenset(own["required"]))
