"""
Routes for phones and globes, a file per team: GPX with waypoints, route and track, and KML; WGS 84, longitude first.

References
----------
GPX 1.1 schema (TopoGrafix, 2004): metadata, wpt, rte, trk in this order. OGC 12-007r2 KML 2.3: 9.1, 12.1.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import shapely

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.record import BREAK, RETURN, START, Station, TeamPlan
from gislib.reports.files import write_bytes
from gislib.reports.geojson import COORDINATE_DECIMALS
from gislib.reports.patrol.content import PatrolPaper
from gislib.reports.patrol.way_words import way_words
from gislib.reports.works.archive import xml_text

GPX_NAMESPACE: Final = "http://www.topografix.com/GPX/1/1"
KML_NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
CREATOR: Final = "HuXueTu"
LINE_STYLES: Final = {"served": ("ff6b3c0b", 5), "passed": ("ff6b3c0b", 2)}
"""Colour (alpha, blue, green, red) and width in pixels."""
LONGEST_NAME: Final = 40
_DIGITS: Final = 2
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]+")


def write_tracks(paper: PatrolPaper, folder: Path) -> list[Path]:
    """Write ``<patrol>_<position>_<team>.gpx`` and ``.kml`` of every team."""
    paths = []
    for position, team in enumerate(paper.record.teams, start=1):
        safe = _NOT_IN_NAMES.sub("_", team.name).strip("_")[:LONGEST_NAME]
        stem = "_".join(filter(None, [paper.patrol_id, str(position), safe]))
        paths.append(write_bytes(folder / f"{stem}.gpx", gpx_bytes(paper, team)))
        paths.append(write_bytes(folder / f"{stem}.kml", kml_bytes(paper, team)))
    return paths


def gpx_bytes(paper: PatrolPaper, team: TeamPlan) -> bytes:
    """
    GPX 1.1 of a team: stations as waypoints and as route points, the whole way as track.

    All three, because some devices read only tracks. There are no times in it: a plan is not a record of a walk.
    """
    root = ET.Element("gpx", {"version": "1.1", "creator": CREATOR, "xmlns": GPX_NAMESPACE})
    about = ET.SubElement(root, "metadata")
    _leaf(about, "name", _title(paper, team))
    _leaf(about, "desc", "\n".join(_about(paper)))
    names = station_names(team)
    for station, name in zip(team.stations, names, strict=True):
        _gpx_point(root, "wpt", station, name)
    route = ET.SubElement(root, "rte")
    _leaf(route, "name", _title(paper, team))
    for station, name in zip(team.stations, names, strict=True):
        _gpx_point(route, "rtept", station, name)
    track = ET.SubElement(root, "trk")
    _leaf(track, "name", _title(paper, team))
    segment = ET.SubElement(track, "trkseg")
    for lon, lat in whole_way(team):
        ET.SubElement(segment, "trkpt", {"lat": lat, "lon": lon})
    return _document(root)


def kml_bytes(paper: PatrolPaper, team: TeamPlan) -> bytes:
    """KML of a team: numbered stations, and the way to and along each; every text is escaped as HTML and as XML."""
    root = ET.Element("kml", xmlns=KML_NAMESPACE)
    document = ET.SubElement(root, "Document")
    _leaf(document, "name", _title(paper, team))
    _leaf(document, "description", "<br/>".join(html.escape(line) for line in _about(paper)))
    for name, (colour, width) in LINE_STYLES.items():
        line = ET.SubElement(ET.SubElement(document, "Style", id=name), "LineStyle")
        _leaf(line, "color", colour)
        _leaf(line, "width", str(width))
    points = _folder(document, "stations")
    lines = _folder(document, "way")
    for station, name in zip(team.stations, station_names(team), strict=True):
        mark = _placemark(points, name, _told(station))
        _leaf(ET.SubElement(mark, "Point"), "coordinates", ",".join(_lonlat(station.spot)))
        for style, way in (("passed", station.travel), ("served", station.served)):
            if way is not None:
                _kml_line(lines, f"{name} {wording.text(f'patrol_file.{style}')}", style, way)
    return _document(root)


def station_names(team: TeamPlan) -> list[str]:
    """Names of the stations as short as devices show them: ``01``, ``02``, ... and words for start, rest, return."""
    digits = max([_DIGITS, *(len(str(station.number or 0)) for station in team.stations)])
    return [
        wording.text(f"patrol_file.{station.kind}") if station.number is None else f"{station.number:0{digits}d}"
        for station in team.stations
    ]


def whole_way(team: TeamPlan) -> Iterator[tuple[str, str]]:
    """Longitude and latitude of the way in order, as written; no point twice in a row."""
    before = None
    for station in team.stations:
        for line in (station.travel, station.served):
            for lon, lat in [] if line is None else shapely.get_coordinates(line).tolist():
                here = _degrees(lon), _degrees(lat)
                if here != before:
                    yield here
                before = here


def _gpx_point(parent: ET.Element, tag: str, station: Station, name: str) -> None:
    lon, lat = _lonlat(station.spot)
    point = ET.SubElement(parent, tag, {"lat": lat, "lon": lon})
    _leaf(point, "name", name)
    _leaf(point, "desc", _told(station))


def _told(station: Station) -> str:
    """Times, task, place and way of a station in one line."""
    hours = wording.text("patrol_file.hours", begin=clock(station.begins_min), end=clock(station.ends_min))
    kind = station.kind
    task = wording.text(f"patrol_file.{kind}") if kind in {START, BREAK, RETURN} else wording.term("patrol_kind", kind)
    return " · ".join(filter(None, [hours, task, station.name, station.school_name, way_words(station)]))


def _title(paper: PatrolPaper, team: TeamPlan) -> str:
    return wording.text("patrol_file.team", team=team.name, shift=paper.shift_title)


def _about(paper: PatrolPaper) -> list[str]:
    own = wording.text("patrol_file.line", id=paper.patrol_id, version=paper.version, name=paper.name)
    day = [] if paper.on is None else [paper.on.isoformat()]
    return [own, *day, *paper.stamp.marking, *paper.stamp.attribution]


def _folder(document: ET.Element, name: str) -> ET.Element:
    folder = ET.SubElement(document, "Folder")
    _leaf(folder, "name", wording.text(f"patrol_file.folder_{name}"))
    return folder


def _placemark(folder: ET.Element, name: str, description: str) -> ET.Element:
    mark = ET.SubElement(folder, "Placemark")
    _leaf(mark, "name", html.escape(name))
    _leaf(mark, "description", html.escape(description))
    return mark


def _kml_line(folder: ET.Element, name: str, style: str, line: shapely.LineString) -> None:
    mark = ET.SubElement(folder, "Placemark")
    _leaf(mark, "name", name)
    _leaf(mark, "styleUrl", f"#{style}")
    shape = ET.SubElement(mark, "LineString")
    _leaf(shape, "tessellate", "1")
    _leaf(shape, "coordinates", " ".join(f"{_degrees(x)},{_degrees(y)}" for x, y in shapely.get_coordinates(line)))


def _lonlat(spot: shapely.Point) -> tuple[str, str]:
    return _degrees(spot.x), _degrees(spot.y)


def _degrees(value: float) -> str:
    return f"{float(value):.{COORDINATE_DECIMALS}f}"


def _leaf(parent: ET.Element, tag: str, value: str) -> None:
    ET.SubElement(parent, tag).text = xml_text(value)


def _document(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"
