"""
Recorded tracks of patrols: team, time and position of a GPX file or a table, and nothing else.

A track is personal data. Names of devices, heart rates, remarks, authors and contacts are not read at all, and tracks
never enter a result or the data version of a workspace.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.errors import InputError
from gislib.rules import RuleSet
from gislib.sources import gpx, tabular, workspace
from gislib.sources.columns import Mapped, map_columns
from gislib.sources.coordinates import area_box
from gislib.sources.headers import header_words
from gislib.sources.limits import check_file
from gislib.sources.positions import TRACKS, Placed, Setting, place
from gislib.sources.privacy import looks_private, masked
from gislib.sources.provenance import Loaded, Message, Provenance
from gislib.sources.raw_table import Cell, RawTable
from gislib.sources.refusals import Refusals
from gislib.sources.track_times import moment
from gislib.sources.workspace import TRACKS_FILE, Workspace

COLUMNS: Final = ("team", "track", "time", "lon", "lat")
_READ: Final = frozenset({"time", "day", "team", "track", "lon", "lat", "lonlat"})
_OUTSIDE: Final = "coordinate_outside_area"
_TIMELESS: Final = frozenset({"track_time_missing", "track_time_unreadable", "track_time_impossible"})
_FIRST_YEAR: Final = 2010
"""Receivers that have lost their calendar report 1980, 1999 or 2006."""
_AHEAD: Final = timedelta(days=1)
_DECIMALS: Final = 7
_LABEL_SIGNS: Final = 60
_STEM_SIGNS: Final = 50


@dataclass(frozen=True)
class TrackOptions:
    """
    How to read tracks.

    ``zone``: of times without one in tables (GPX is in UTC); ``datum``, ``sheet``, ``column_map``: as in
    `tabular.TableOptions`; ``source_id``: None = named after the file, so that files of several teams add up;
    ``read_at``: by default now.
    """

    zone: tzinfo
    datum: str | None = None
    sheet: str | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)
    source_id: str | None = None
    read_at: datetime | None = None


@dataclass(frozen=True)
class TrackFile:
    """
    Tracks of one file.

    Attributes
    ----------
    table
        ``team`` (label of the track), ``track`` (number within the file), ``time`` (UTC), ``lon``, ``lat`` (WGS 84),
        sorted by these; every time once per track.
    loaded
        Refused points and the provenance; no layers.
    """

    table: pd.DataFrame
    loaded: Loaded


@dataclass
class _Reading:
    """A file on its way to a table."""

    file: str
    raw: RawTable
    mapped: Mapped
    refusals: Refusals
    placed: Placed
    counts: dict[str, int]
    warnings: list[Message]


def read_tracks(path: Path, options: TrackOptions, known: Mapping[str, gpd.GeoDataFrame], rs: RuleSet) -> TrackFile:
    """
    Read the tracks of a GPX file, or of a table with the columns time, longitude, latitude and team.

    Parameters
    ----------
    path
        ``.gpx``, or any table format; its suffix says which.
    options
        Time zone, datum, columns, source name.
    known
        Layers of the workspace in WGS 84: where the area is.
    rs
        Rules: what counts as a gap.

    Raises
    ------
    InputError
        The refusals of `gpx.read_gpx` and of tables; ``track_before_area`` (no campus is known yet),
        ``track_elsewhere`` (no point in the area), ``track_no_times`` (no point has a usable time),
        ``table_all_rejected``.
    DatumError
        As `tabular.read_table`.
    """
    check_file(path)
    box = area_box(known)
    if box is None:
        raise InputError("track_before_area", file=path.name)
    moment_read = options.read_at or datetime.now(UTC)
    reading = _placed(path, options, known)
    times = _times(reading, options.zone, moment_read)
    table = _table(reading, times, _labels(reading, path.stem))
    _tell_gaps(reading, table, rs.table("patrol_check.gap", moment_read.date()))
    return TrackFile(table, Loaded({}, reading.refusals.frame(), _provenance(reading, path, options, table)))


def source_name(file: Path) -> str:
    """Name of the source that a file of tracks becomes unless the planner names it."""
    stem = re.sub(r"[^\w-]+", "_", masked(file.stem)).strip("_")[:_STEM_SIGNS]
    return f"{TRACKS}_{stem}" if stem else TRACKS


def recorded(ws: Workspace) -> pd.DataFrame:
    """All tracks of the workspace: columns as `TrackFile.table` with ``source_id`` before them."""
    files = workspace.attachments(ws, TRACKS_FILE)
    parts = [pd.read_parquet(path).assign(source_id=source_id) for source_id, path in files.items()]
    columns = ["source_id", *COLUMNS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _placed(path: Path, options: TrackOptions, known: Mapping[str, gpd.GeoDataFrame]) -> _Reading:
    """Points of the file in WGS 84; those outside the area are refused."""
    words = header_words()
    if path.suffix.lower() == gpx.SUFFIX:
        raw = gpx.read_gpx(path)
    else:
        told = tabular.TableOptions(datum=options.datum, sheet=options.sheet, column_map=options.column_map)
        raw = tabular.read_raw(TRACKS, path, told, words)
        if not raw.rows:
            raise InputError("table_header_only", file=path.name)
    mapped = map_columns(TRACKS, raw.headers, options.column_map, words)
    columns = ", ".join(filter(None, raw.headers))
    if raw.shapes is None and "lonlat" not in mapped.position and not {"lon", "lat"} <= mapped.position.keys():
        raise InputError("table_without_coordinates", file=path.name, columns=columns)
    if "time" not in mapped.position:
        raise InputError("table_without_field", file=path.name, field="time", columns=columns)
    refusals = Refusals(raw)
    placed = place(raw, mapped, None, Setting(TRACKS, path.name, options.datum, known), refusals)
    if not refusals.alive.any() and refusals.codes()[_OUTSIDE]:
        raise InputError("track_elsewhere", file=path.name, points=len(raw.rows))
    return _Reading(path.name, raw, mapped, refusals, placed, {}, [*raw.warnings, *placed.warnings])


def _times(reading: _Reading, zone: tzinfo, now: datetime) -> list[datetime | None]:
    """Time of every point, with the day of its own column where there is one; points without a time are refused."""
    raw, at_column = reading.raw, reading.mapped.position["time"]
    header = raw.headers[at_column]
    of_gpx = raw.headers == list(gpx.HEADERS)
    own_zone = UTC if of_gpx or "utc" in header.casefold() else zone
    at_day = reading.mapped.position.get("day")
    out: list[datetime | None] = []
    for at, cell in enumerate(raw.column(at_column)):
        found = None if cell is None else moment(cell, own_zone)
        if found is None and cell is not None and at_day is not None:
            found = moment(f"{raw.rows[at][at_day]} {cell}", own_zone)
        if found is None:
            code = "track_time_missing" if cell is None else "track_time_unreadable"
            reading.refusals.row(at, header, code, cell)
        elif found.year < _FIRST_YEAR or found > now + _AHEAD:
            reading.refusals.row(at, header, "track_time_impossible", cell)
        out.append(found)
    if not reading.refusals.alive.any():
        if reading.refusals.codes().keys() & _TIMELESS:
            raise InputError("track_no_times", file=reading.file, points=len(out))
        raise reading.refusals.all_refused(reading.file)
    return out


def _labels(reading: _Reading, stem: str) -> list[str]:
    """Team label of every point, personal numbers masked; without one the file's name."""
    at_column = reading.mapped.position.get("team")
    cells: list[Cell] = [None] * len(reading.raw.rows) if at_column is None else reading.raw.column(at_column)
    label: dict[Cell, str] = {cell: " ".join(masked(cell or stem).split())[:_LABEL_SIGNS] for cell in set(cells)}
    private = sum(looks_private(cell) for cell in label if cell)
    if private:
        reading.warnings.append(Message("cells_private", {"count": private}))
    return [label[cell] for cell in cells]


def _table(reading: _Reading, times: list[datetime | None], labels: list[str]) -> pd.DataFrame:
    """Kept points in order, each time once per track; counts what was out of order or repeated."""
    kept = np.flatnonzero(reading.refusals.alive)
    at_column = reading.mapped.position.get("track")
    tracks = ["0"] * len(times) if at_column is None else [cell or "" for cell in reading.raw.column(at_column)]
    spots = shapely.get_coordinates(reading.placed.shapes.to_numpy()[kept]).round(_DECIMALS)
    table = pd.DataFrame(
        {
            "team": pd.Series([labels[at] for at in kept], dtype="str"),
            "track": pd.factorize(np.array([tracks[at] for at in kept], dtype=object))[0],
            "time": pd.DatetimeIndex([times[at] for at in kept], tz="UTC").as_unit("ms"),
            "lon": spots[:, 0],
            "lat": spots[:, 1],
        }
    )
    same = table["team"].eq(table["team"].shift()) & table["track"].eq(table["track"].shift())
    backwards = int((same & (table["time"] < table["time"].shift())).sum())
    ordered = table.sort_values(["team", "track", "time"], kind="stable", ignore_index=True)
    whole = ordered.drop_duplicates(["team", "track", "time"], ignore_index=True)
    for code, count in (("track_unsorted", backwards), ("track_repeated", len(ordered) - len(whole))):
        if count:
            reading.counts[code] = count
            reading.warnings.append(Message(code, {"count": count}))
    reading.counts["tracks"] = whole.groupby(["team", "track"]).ngroups
    return whole


def _tell_gaps(reading: _Reading, table: pd.DataFrame, limits: Mapping[str, float]) -> None:
    """Count gaps in time; a silence at one place is judged later, where a stay can be told from a gap."""
    between_s = table.groupby(["team", "track"])["time"].diff().dt.total_seconds()
    gaps = between_s[between_s > limits["join_s"]]
    if len(gaps):
        reading.counts["track_gaps"] = len(gaps)
        longest = round(float(gaps.max()) / 60)
        reading.warnings.append(Message("track_gaps", {"count": len(gaps), "longest_min": longest}))


def _provenance(reading: _Reading, path: Path, options: TrackOptions, table: pd.DataFrame) -> Provenance:
    rows = len(reading.raw.rows)
    unread = [name for name, at in _columns(reading.raw, reading.mapped) if at and name]
    if unread:
        columns = masked("、".join(unread))
        reading.warnings.append(Message("columns_dropped", {"count": len(unread), "columns": columns}))
    refused = rows - int(reading.refusals.alive.sum())
    if refused:
        reading.warnings.append(Message("rows_rejected", {"rejected": refused, "rows": rows}))
    counts = reading.counts | {f"rejected_{code}": n for code, n in sorted(reading.refusals.codes().items())}
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    read_at = options.read_at or datetime.now(UTC)
    return Provenance(
        source_id=options.source_id or source_name(path), origin=masked(path.name),
        read_at=read_at.isoformat(timespec="seconds"),
        data_date=table["time"].max().tz_convert(options.zone).date().isoformat(), licence="",
        datum=reading.placed.datum, sha256=sha256, rows_read=rows, rows_kept=len(table), covers_area=False,
        counts=counts, warnings=tuple(reading.warnings),
    )  # fmt: skip


def _columns(raw: RawTable, mapped: Mapped) -> list[tuple[str, bool]]:
    """Headers with whether they are left unread."""
    read = {at for name, at in mapped.position.items() if name in _READ}
    return [(name, at not in read) for at, name in enumerate(raw.headers)]
