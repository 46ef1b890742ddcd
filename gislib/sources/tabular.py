"""
Tables of one layer: CSV, TSV, XLSX, XLS, GeoJSON, GeoPackage, shapefile, KML.

Reading goes in steps, each in its own module: file to texts, texts to columns, columns to positions and values. Every
row or cell that cannot be taken comes back with its row number, column, reason and value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np

from gislib.domain.errors import InputError
from gislib.domain.tables import LAYERS, WGS84, conform, empty_table
from gislib.rules import RuleSet
from gislib.sources import duplicates, fields, gate_rows, ids, spreadsheets, text_files, vector_files
from gislib.sources.columns import Mapped, header_row, map_columns, wanted_headers
from gislib.sources.headers import HeaderWords, header_words
from gislib.sources.limits import check_file
from gislib.sources.positions import Placed, Setting, place
from gislib.sources.privacy import masked
from gislib.sources.provenance import Loaded, Message, Provenance
from gislib.sources.raw_table import Cell, RawTable, squared
from gislib.sources.refusals import Refusals

TABLE_LAYERS: Final = ("areas", "schools", "gates", "venues", "rentals", "water", "devices", "incidents", "depots")
TEXT_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt"})
SHEET_SUFFIXES: Final = frozenset({".xlsx", ".xlsm", ".xls"})
SUFFIXES: Final = TEXT_SUFFIXES | SHEET_SUFFIXES | vector_files.SUFFIXES
_CLAIMS: Final = frozenset({"venues", "rentals", "water"})
_REQUIRED_FIELDS: Final = {"areas": ("area_code", "name"), "gates": ("school",)}


@dataclass(frozen=True)
class TableOptions:
    """
    How to read a table.

    Parameters
    ----------
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02``, ``bd09``; None or ``auto``: what the file states, else the datum test.
    sheet
        Sheet of a workbook by name or number (1 = first), or layer of a GeoPackage.
    column_map
        The planner's own mapping, field to header.
    source_id
        Name of the source, by default the layer.
    covers_area
        Whether the table claims to be complete, so that no row means "none there" (venues, rentals, water). Never taken
        for granted: a table of one row says nothing of the rest of the county.
    data_date
        ISO date that the data describe, None if unknown.
    licence
        Terms of use, empty if unknown.
    read_at
        Moment of reading (UTC), by default now; also the day on which the rules are looked up.
    """

    datum: str | None = None
    sheet: str | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)
    source_id: str | None = None
    covers_area: bool = False
    data_date: str | None = None
    licence: str = ""
    read_at: datetime | None = None


def read_table(
    layer: str, path: Path, options: TableOptions, context: Mapping[str, gpd.GeoDataFrame], rs: RuleSet
) -> Loaded:
    """
    Read one layer from a file.

    Parameters
    ----------
    layer
        One of `TABLE_LAYERS`.
    path
        File; its suffix (`SUFFIXES`) says the format.
    options
        Datum, sheet, mapping, source name, coverage.
    context
        Known layers of the workspace in WGS 84: for the datum test, the area, and the campuses of gates.
    rs
        Rules: kinds, position uncertainties, limits.

    Returns
    -------
    Loaded
        Table in WGS 84 with ids ``<source>:<code>``, or provisional ones where the row has no code (`put_source`
        issues serials). ``rejected`` holds refused rows and, with codes ``cell_*`` and ``kind_unknown`` of kept rows,
        refused cells.

    Raises
    ------
    InputError
        The file is missing, empty, too large, of an unknown or broken format, without header, without rows, or every
        row is refused (``table_all_rejected``).
    DatumError
        The datum is undeclared and the evidence not clear, or it contradicts the file.
    """
    if layer not in TABLE_LAYERS:
        raise InputError("layer_unknown", layer=layer, known=", ".join(TABLE_LAYERS))
    check_file(path)
    words = header_words()
    table = read_raw(layer, path, options, words)
    if not table.rows:
        raise InputError("table_header_only", file=path.name)
    mapped = map_columns(layer, table.headers, options.column_map, words, table.filled)
    _require_columns(layer, path.name, table, mapped)
    moment = options.read_at or datetime.now(UTC)
    reading = _understood(Setting(layer, path.name, options.datum, context), table, mapped, words)
    _complete(reading, words, context, rs, moment.date())
    source_id = options.source_id or layer
    out = _table(reading, source_id)
    if out.empty:
        raise reading.refusals.all_refused(path.name)
    twins = duplicates.report(layer, out, source_id, context)
    return Loaded({layer: out}, reading.refusals.frame(), _provenance(reading, path, options, moment, twins))


@dataclass(frozen=True)
class _Reading:
    """A table on its way from texts to a layer."""

    layer: str
    table: RawTable
    mapped: Mapped
    columns: fields.Columns
    placed: Placed
    refusals: Refusals


def _understood(setting: Setting, table: RawTable, mapped: Mapped, words: HeaderWords) -> _Reading:
    """Positions and values of the cells."""
    refusals = Refusals(table, _names(setting.layer, table, mapped, words))
    columns = fields.cleaned(table, mapped, words, refusals)
    names = columns.values.get("name") if setting.layer == "schools" else None
    placed = place(table, mapped, names, setting, refusals)
    fields.read_values(setting.layer, columns, table, mapped, refusals, words)
    return _Reading(setting.layer, table, mapped, columns, placed, refusals)


def _names(layer: str, table: RawTable, mapped: Mapped, words: HeaderWords) -> dict[str, str]:
    """What the file calls each field; a field that it lacks goes by the header that was looked for."""
    wanted = {name: keys[0] for name, keys in words.layers[layer].fields.items()}
    own = {name: table.headers[at] for name, at in mapped.position.items()}
    places = [own[name] for name in ("lon", "lat", "lonlat") if name in own]
    return wanted | own | ({} if table.shapes is not None or not places else {"geometry": "、".join(places)})


def _complete(
    reading: _Reading, words: HeaderWords, context: Mapping[str, gpd.GeoDataFrame], rs: RuleSet, day: date
) -> None:
    """Look up what cells only hint at: campuses and roles of gates, kinds, position uncertainties."""
    if reading.layer == "gates":
        limit_m = rs.number("network.gate_off_boundary_max_m", day)
        schools = context.get("schools", empty_table("schools"))
        gate_rows.set_schools(reading.columns, reading.placed.shapes, schools, limit_m, reading.refusals)
        gate_rows.set_roles(reading.columns, words, reading.refusals)
    if reading.layer in fields.KIND_TOPIC:
        fields.set_kinds(reading.layer, reading.columns, rs, reading.refusals)
    _set_located(reading, rs, day)


def read_raw(layer: str, path: Path, options: TableOptions, words: HeaderWords) -> RawTable:
    """
    Rows of a file as texts under their headers; title rows above the header are skipped.

    Raises
    ------
    InputError
        ``file_format_unknown``, ``header_not_found``, ``table_header_only`` (no cell at all), and those of the readers.
    """
    suffix = path.suffix.lower()
    if suffix in vector_files.SUFFIXES:
        return vector_files.read_vector(path, options.sheet, datum_given=options.datum not in {None, "auto"})
    warnings: tuple[Message, ...] = ()
    if suffix in TEXT_SUFFIXES:
        rows, numbers = text_files.read_grid(path)
    elif suffix in SHEET_SUFFIXES:
        rows, numbers, warnings = _sheet(layer, path, options, words)
    else:
        raise InputError("file_format_unknown", file=path.name, known=" ".join(sorted(SUFFIXES)))
    if not rows:
        raise InputError("table_header_only", file=path.name)
    at = header_row(layer, rows, options.column_map, words, path.name)
    headers: list[str] = [cell or "" for cell in rows[at]]
    return RawTable(headers, squared(rows[at + 1 :], len(headers)), numbers[at + 1 :], warnings=warnings)


def _sheet(
    layer: str, path: Path, options: TableOptions, words: HeaderWords
) -> tuple[list[list[Cell]], list[int], tuple[Message, ...]]:
    """
    Rows of the sheet asked for, else of the first one if it has a header, else of the only one that has.

    Raises
    ------
    InputError
        ``header_on_no_sheet``, ``header_on_sheets`` (several have one, the first has not).
    """

    def has_header(rows: list[list[Cell]]) -> bool:
        try:
            header_row(layer, rows, options.column_map, words, path.name)
        except InputError:
            return False
        return True

    found = spreadsheets.read_grid(path, options.sheet)
    names = spreadsheets.sheet_names(path)
    if options.sheet is not None or len(names) == 1 or has_header(found[0]):
        return found
    others = {name: spreadsheets.read_grid(path, name) for name in names[1:]}
    fits = [name for name, (rows, _, _) in others.items() if has_header(rows)]
    if len(fits) != 1:
        code, listed = ("header_on_sheets", fits) if fits else ("header_on_no_sheet", names)
        raise InputError(code, file=path.name, sheets="、".join(listed), wanted=", ".join(wanted_headers(layer, words)))
    rows, numbers, _ = others[fits[0]]
    unread = ", ".join(name for name in names if name != fits[0])
    return rows, numbers, (Message("sheets_unread", {"read": fits[0], "unread": unread}),)


def _require_columns(layer: str, file: str, table: RawTable, mapped: Mapped) -> None:
    """Refuse a table that lacks a column without which no row can be kept."""
    located = table.shapes is not None or "lonlat" in mapped.position or {"lon", "lat"} <= mapped.position.keys()
    if LAYERS[layer].geometry_required and not located:
        raise InputError(
            "table_without_coordinates", file=file, columns=", ".join(name for name in table.headers if name)
        )
    for name in _REQUIRED_FIELDS.get(layer, ()):
        if name not in mapped.position:
            raise InputError(
                "table_without_field", file=file, field=name, columns=", ".join(filter(None, table.headers))
            )


def _set_located(reading: _Reading, rs: RuleSet, day: date) -> None:
    """Give every row its position uncertainty: its own column, else the rules' default for outlines and points."""
    if "located_to_m" not in LAYERS[reading.layer].columns:
        return
    point_m = rs.number("located.point_m", day)
    outline_m = rs.number("located.osm_outline_m", day)
    stated = reading.columns.values.get("located_to_m", [None] * len(reading.table.rows))
    is_point = reading.placed.shapes.geom_type == "Point"
    reading.columns.values["located_to_m"] = [
        (point_m if point else outline_m) if own is None else own for own, point in zip(stated, is_point, strict=True)
    ]


def _index(reading: _Reading, source_id: str) -> list[str]:
    """Id of every row: the area code, ``<source>:<code>``, or a provisional one; refuses repeated and missing codes."""
    own = reading.layer == "areas"
    codes = reading.columns.values.get("area_code" if own else "code", [None] * len(reading.table.rows))
    seen: set[str] = set()
    out = []
    for at, (code, number) in enumerate(zip(codes, reading.table.numbers, strict=True)):
        if not isinstance(code, str):
            if own:
                reading.refusals.row(at, "area_code", "code_missing", None)
            out.append(ids.provisional(number))
            continue
        if code in seen:
            reading.refusals.row(at, "code", "code_duplicate", code)
        elif reading.refusals.alive[at]:
            seen.add(code)
        out.append(code if own else ids.coded(source_id, code))
    return out


def _table(reading: _Reading, source_id: str) -> gpd.GeoDataFrame:
    """Kept rows as a layer."""
    index = _index(reading, source_id)
    schema = LAYERS[reading.layer].columns
    for name, column in schema.items():
        if column.nullable or name == "source_id":
            continue
        for at, value in enumerate(reading.columns.values.get(name, [None] * len(index))):
            if value is None:
                reading.refusals.row(at, name, "cell_required", None)
    kept = np.flatnonzero(reading.refusals.alive)
    values = {name: [column[at] for at in kept] for name, column in reading.columns.values.items() if name in schema}
    values["source_id"] = [source_id] * len(kept)
    shapes = reading.placed.shapes.to_numpy()[kept]
    frame = gpd.GeoDataFrame(values, geometry=shapes, crs=WGS84, index=[index[at] for at in kept])
    return conform(reading.layer, frame)


def _provenance(
    reading: _Reading, path: Path, options: TableOptions, moment: datetime, twins: tuple[Message, ...]
) -> Provenance:
    warnings = [*reading.table.warnings, *reading.placed.warnings, *twins]
    kept = int(reading.refusals.alive.sum())
    dropped, counts = reading.mapped.dropped, dict(reading.columns.counts)
    if dropped:
        counts["columns_dropped"] = len(dropped)
        warnings.append(Message("columns_dropped", {"count": len(dropped), "columns": masked("、".join(dropped))}))
    warnings += [Message(name, {"count": counts[name]}) for name in ("cells_private", "kind_assumed") if name in counts]
    if kept < len(reading.table.rows):
        warnings.append(
            Message("rows_rejected", {"rejected": len(reading.table.rows) - kept, "rows": len(reading.table.rows)})
        )
    counts |= {f"rejected_{code}": count for code, count in sorted(reading.refusals.codes().items())}
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Provenance(
        source_id=options.source_id or reading.layer,
        origin=path.name,
        read_at=moment.isoformat(timespec="seconds"),
        data_date=options.data_date,
        licence=options.licence,
        datum=reading.placed.datum,
        sha256=sha256,
        rows_read=len(reading.table.rows),
        rows_kept=kept,
        covers_area=options.covers_area,
        counts=counts,
        warnings=tuple(warnings),
        claims=frozenset({reading.layer}) & _CLAIMS if options.covers_area else frozenset(),
    )
