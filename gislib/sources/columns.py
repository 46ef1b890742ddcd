"""Which column of an imported table is which field: the header row, synonyms, the planner's own mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gislib.domain.errors import InputError
from gislib.sources.headers import HeaderWords, LayerWords
from gislib.sources.names import name_key

HEADER_SEARCH_ROWS: Final = 30
"""Title rows above the header are skipped within this many rows."""
_HEADER_FIELDS_MIN: Final = 2
_BRACKETS: Final = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_COORDINATES: Final = ("lon", "lat", "lonlat")
_DATUM_RANK: Final = {"wgs84": 0, "cgcs2000": 1, "": 2, "gcj02": 3, "bd09": 4}
"""Where a table gives its coordinates in several datums, the one that needs no conversion is read."""


@dataclass(frozen=True)
class Mapped:
    """
    Columns that were understood.

    Parameters
    ----------
    position
        Field to column number (0 = first).
    dropped
        Headers of the columns that are not stored.
    datum
        Datum that the coordinate headers state, None if they are silent.
    """

    position: dict[str, int]
    dropped: tuple[str, ...]
    datum: str | None


def _plain_key(header: str) -> str:
    return name_key(_BRACKETS.sub("", header)) or name_key(header)


def _stated_datum(key: str, words: HeaderWords) -> tuple[str, str]:
    """Datum named in a header key ("" for none) and the key without that word."""
    for datum, names in words.datum.items():
        for name in names:
            if name in key:
                return datum, key.replace(name, "", 1)
    return "", key


def _coordinate_field(header: str, fields: LayerWords, words: HeaderWords) -> tuple[str, str] | None:
    """Coordinate field of a header and the datum it states; the datum may stand in brackets or beside the word."""
    datum, rest = _stated_datum(name_key(header), words)
    for field in _COORDINATES:
        if rest in fields.fields[field] or _plain_key(header) in fields.fields[field]:
            return field, datum
    return None


def map_columns(
    layer: str, headers: Sequence[str], column_map: Mapping[str, str], words: HeaderWords,
    filled: frozenset[int] | None = None,
) -> Mapped:  # fmt: skip
    """
    Find the fields of ``layer`` among the headers of a table.

    Parameters
    ----------
    layer
        Layer of ``domain.tables``.
    headers
        Header texts in column order, empty for a blank one.
    column_map
        The planner's own choice: field to header; it goes before the synonyms.
    words
        Synonyms.
    filled
        Columns with values, which go before empty ones of a better name; None: not known.

    Raises
    ------
    InputError
        ``map_unknown_field`` or ``map_unknown_column`` for a mapping that fits neither side.
    """
    fields = words.layers[layer]
    position = _chosen(fields, headers, column_map)
    taken = set(position.values())
    free = [at for at in range(len(headers)) if at not in taken and headers[at]]
    datum = ""
    if not position.keys() & set(_COORDINATES):
        datum, found = _coordinates(fields, headers, free, words)
        position |= found
        free = [at for at in free if at not in set(found.values())]
    for field, keys in fields.fields.items():
        if field in position or field in _COORDINATES:
            continue
        named = ((at, _plain_key(headers[at])) for at in free)
        fits = [(filled is not None and at not in filled, keys.index(key), at) for at, key in named if key in keys]
        if fits:
            position[field] = min(fits)[2]
            free.remove(min(fits)[2])
    dropped = tuple(header for at, header in enumerate(headers) if header and at not in set(position.values()))
    return Mapped(position, dropped, datum or None)


def _chosen(fields: LayerWords, headers: Sequence[str], column_map: Mapping[str, str]) -> dict[str, int]:
    out = {}
    for field, header in column_map.items():
        if field not in fields.fields:
            raise InputError("map_unknown_field", field=field, known=", ".join(fields.fields))
        if header not in headers:
            raise InputError("map_unknown_column", column=header, known=", ".join(name for name in headers if name))
        out[field] = list(headers).index(header)
    return out


def _coordinates(
    fields: LayerWords, headers: Sequence[str], free: list[int], words: HeaderWords
) -> tuple[str, dict[str, int]]:
    """Datum stated by the headers and the coordinate columns of that datum; lon and lat before a joint column."""
    by_datum: dict[str, dict[str, int]] = {}
    for at in free:
        found = _coordinate_field(headers[at], fields, words)
        if found is not None:
            by_datum.setdefault(found[1], {}).setdefault(found[0], at)
    usable = {datum: place for datum, place in by_datum.items() if {"lon", "lat"} <= place.keys() or "lonlat" in place}
    if not usable:
        return "", by_datum.get("", {})
    datum = min(usable, key=_DATUM_RANK.__getitem__)
    place = usable[datum]
    return datum, {f: place[f] for f in (("lon", "lat") if {"lon", "lat"} <= place.keys() else ("lonlat",))}


def header_row(
    layer: str, rows: Sequence[Sequence[str | None]], column_map: Mapping[str, str], words: HeaderWords, file: str
) -> int:
    """
    Find the number (0 = first) of the row that holds the headers, below any title rows.

    It is the first row in which two of the layer's required fields, or all columns of ``column_map``, are found.

    Raises
    ------
    InputError
        ``header_not_found`` with the headers that are looked for.
    """
    for at, cells in enumerate(rows[:HEADER_SEARCH_ROWS]):
        headers = [(cell or "").strip() for cell in cells]
        if column_map and set(column_map.values()) <= set(headers):
            return at
        found = map_columns(layer, headers, {}, words).position.keys() & words.layers[layer].required
        if len(found) >= _HEADER_FIELDS_MIN:
            return at
    raise InputError("header_not_found", file=file, layer=layer, wanted=", ".join(wanted_headers(layer, words)))


def wanted_headers(layer: str, words: HeaderWords) -> list[str]:
    """Headers by which the header row of a layer is told."""
    return [words.layers[layer].fields[field][0] for field in sorted(words.layers[layer].required)]
