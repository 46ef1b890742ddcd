"""GPX: the recorded tracks of one file as texts and points; waypoints, routes and everything personal stay out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from xml.etree.ElementTree import Element, ParseError

import geopandas as gpd
import numpy as np
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from gislib.domain.errors import InputError
from gislib.domain.tables import WGS84
from gislib.sources import text_files
from gislib.sources.limits import check_rows
from gislib.sources.raw_table import Cell, RawTable, as_text

SUFFIX: Final = ".gpx"
HEADERS: Final = ("time", "team", "track")
"""``track`` numbers the tracks of a file: one team may record with two devices."""
_ENCODINGS: Final = "utf-8, utf-16, gb18030"
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']gb", re.IGNORECASE)
_DECLARATION_BYTES: Final = 200
_POINT, _TRACK, _NAME, _TIME, _ROOT = "trkpt", "trk", "name", "time", "gpx"


@dataclass
class _Points:
    """Points read so far: their coordinates as written, times as written, and the track each belongs to."""

    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    times: list[Cell] = field(default_factory=list)
    track: list[int] = field(default_factory=list)
    names: list[Cell] = field(default_factory=list)


def read_gpx(path: Path) -> RawTable:
    """
    Track points of a GPX file (1.0 or 1.1), read piece by piece.

    Returns
    -------
    RawTable
        Columns `HEADERS`; rows are numbered by point, 1 = first; longitude and latitude in WGS 84, as GPX lays down.
        A coordinate that is no number is missing.

    Raises
    ------
    InputError
        ``track_not_gpx``, ``track_broken`` (no well-formed XML to its end), ``track_entities`` (declares a document
        type or entities), ``track_no_points``, ``file_encoding``, ``too_many_rows``.
    """
    points = _Points()
    try:
        with _opened(path) as file:
            _collect(_elements(path, iterparse(file, ("start", "end"), forbid_dtd=True)), points, path.name)
    except DefusedXmlException as problem:
        raise InputError("track_entities", file=path.name) from problem
    except ParseError as problem:
        raise InputError("track_broken", file=path.name, line=problem.position[0]) from problem
    except InputError:
        raise
    except (ValueError, LookupError) as problem:
        # What the parser says of an encoding that it does not know.
        raise InputError("file_encoding", file=path.name, tried=_ENCODINGS) from problem
    if not points.lon:
        raise InputError("track_no_points", file=path.name)
    shapes = np.full(len(points.lon), None, dtype=object)
    xy = np.column_stack([points.lon, points.lat])
    known = np.isfinite(xy).all(axis=1)
    shapes[known] = shapely.points(xy[known])
    rows: list[list[Cell]] = [
        [time, points.names[track], str(track)] for time, track in zip(points.times, points.track, strict=True)
    ]
    numbers = list(range(1, len(rows) + 1))
    return RawTable(list(HEADERS), rows, numbers, gpd.GeoSeries(shapes, crs=WGS84), datum="wgs84")


def _opened(path: Path) -> IO[bytes]:
    """File to be parsed; one that declares a Chinese encoding, which the parser lacks, as UTF-8."""
    with path.open("rb") as file:
        declared = _DECLARED.match(file.read(_DECLARATION_BYTES))
    if declared is None:
        return path.open("rb")
    return io.BytesIO(text_files.decoded(path).partition("?>")[2].encode())


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _elements(path: Path, events: Iterator[tuple[str, Element]]) -> Iterator[tuple[str, str, Element, str]]:
    """Yield event, name, element and the parent's name; what has ended and is not needed any more is let go."""
    above: list[Element] = []
    for event, element in events:
        name = _local(element)
        if not above and name != _ROOT and event == "start":
            raise InputError("track_not_gpx", file=path.name)
        if event == "start":
            yield event, name, element, _local(above[-1]) if above else ""
            above.append(element)
            continue
        above.pop()
        yield event, name, element, _local(above[-1]) if above else ""
        # A point's time is read when the point ends; all else is read when it ends itself.
        if above and _local(above[-1]) != _POINT:
            above[-1].remove(element)


def _collect(elements: Iterator[tuple[str, str, Element, str]], points: _Points, file: str) -> None:
    for event, name, element, parent in elements:
        if event == "start":
            if name == _TRACK:
                points.names.append(None)
        elif name == _POINT and points.names:
            points.lon.append(_degrees(element.get("lon")))
            points.lat.append(_degrees(element.get("lat")))
            points.times.append(next((as_text(own.text) for own in element if _local(own) == _TIME), None))
            points.track.append(len(points.names) - 1)
            check_rows(file, len(points.lon))
        elif name == _NAME and parent == _TRACK:
            points.names[-1] = as_text(element.text)


def _degrees(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")
