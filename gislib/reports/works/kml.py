"""
Devices for phones and globes: KML with numbered labels, and KMZ that also carries the symbols.

Every value is escaped twice, once as HTML of the balloon and once as XML: a name is never markup.

References
----------
OGC 12-007r2 KML 2.3: 9.1 (Document), 12.1 (styles), 9.3 (ExtendedData); coordinates are longitude, latitude in WGS 84.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import shapely

from gislib import wording
from gislib.reports.files import write_bytes
from gislib.reports.geojson import COORDINATE_DECIMALS
from gislib.reports.works.archive import xml_text, zip_bytes
from gislib.reports.works.attributes import device_table, field_name
from gislib.reports.works.content import Works
from gislib.reports.works.notes import plan_line
from gislib.reports.works.shifted import approximate_line, file_suffix, in_datum, stamp_in
from gislib.reports.works.symbol_images import symbol_pngs

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
LABEL_SCALE: Final = 0.8
BALLOON: Final = (
    "title", "located", "school_name", "quantity", "unit_name", "department_lead", "clause_titles", "verify_titles",
    "refused_titles", "note", "datum",
)  # fmt: skip
"""Attributes shown in the balloon, empty ones left out; all others travel as ExtendedData."""


def write_kml(works: Works, folder: Path, datum: str = "wgs84") -> list[Path]:
    """
    Write ``devices.kml`` and ``devices.kmz``; in a shifted datum the names end with it and every text says so.

    Raises
    ------
    DatumError
        ``datum_unknown``.
    """
    symbols = dict(zip(works.labels["title"], works.labels["symbol"], strict=True))
    pictures = {f"icons/{name}.png": png for name, png in symbol_pngs(symbols.values()).items()}
    icons = {title: f"icons/{name}.png" for title, name in symbols.items()}
    stem = f"devices{file_suffix(datum)}"
    packed = {"doc.kml": kml_bytes(works, icons, datum)} | pictures
    return [
        write_bytes(folder / f"{stem}.kml", kml_bytes(works, {}, datum)),
        write_bytes(folder / f"{stem}.kmz", zip_bytes(packed, works.stamp.as_of)),
    ]


def kml_bytes(works: Works, icons: Mapping[str, str], datum: str = "wgs84") -> bytes:
    """
    Text of a KML document, a folder per treatment, features in the order of their ids.

    Parameters
    ----------
    works, datum
        The plan, and the datum of the coordinates.
    icons
        Title of a treatment to the address of its picture; without one the program draws its own pin.
    """
    devices = in_datum(device_table(works, approximate_line(datum)), datum)
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _leaf(document, "name", " · ".join(filter(None, [works.plan_name, approximate_line(datum)])))
    _leaf(document, "description", _about(works, datum))
    styles = {title: f"style-{number}" for number, title in enumerate(sorted(set(devices["title"])))}
    for title, style in styles.items():
        _style(document, style, icons.get(title))
    data = ET.SubElement(ET.SubElement(document, "ExtendedData"), "Data", name="metadata")
    _leaf(data, "value", stamp_in(works.stamp, datum).as_json())
    for title, style in styles.items():
        rows = devices[devices["title"] == title]
        group = ET.SubElement(document, "Folder")
        _leaf(group, "name", title)
        for identity, attributes, point in zip(rows.index, _records(rows), rows.geometry, strict=True):
            group.append(_placemark(str(identity), attributes, point, style))
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def _records(rows: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Attributes of each row that are known and not empty."""
    plain = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    return [
        {str(name): value for name, value in row.items() if pd.notna(value) and value != ""}
        for row in plain.to_dict("records")
    ]


def _style(document: ET.Element, identity: str, icon: str | None) -> None:
    style = ET.SubElement(document, "Style", id=identity)
    if icon is not None:
        _leaf(ET.SubElement(ET.SubElement(style, "IconStyle"), "Icon"), "href", icon)
    _leaf(ET.SubElement(style, "LabelStyle"), "scale", LABEL_SCALE)


def _placemark(identity: str, attributes: Mapping[str, Any], point: shapely.Point, style: str) -> ET.Element:
    mark = ET.Element("Placemark", id=identity)
    _leaf(mark, "name", identity)
    _leaf(mark, "description", _balloon(attributes))
    _leaf(mark, "styleUrl", f"#{style}")
    data = ET.SubElement(mark, "ExtendedData")
    for name, value in ({"device_id": identity} | dict(attributes)).items():
        entry = ET.SubElement(data, "Data", name=name)
        _leaf(entry, "displayName", field_name(name))
        _leaf(entry, "value", value)
    lon, lat = (f"{value:.{COORDINATE_DECIMALS}f}" for value in (point.x, point.y))
    _leaf(ET.SubElement(mark, "Point"), "coordinates", f"{lon},{lat}")
    return mark


def _balloon(attributes: Mapping[str, Any]) -> str:
    rows = [
        f"<tr><th>{html.escape(field_name(name))}</th><td>{html.escape(_shown(attributes[name]))}</td></tr>"
        for name in BALLOON
        if name in attributes
    ]
    return f"<table>{''.join(rows)}</table>"


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _about(works: Works, datum: str) -> str:
    stamp = stamp_in(works.stamp, datum)
    lines = [plan_line(works), wording.text("works.note.centre_line"), *stamp.marking, *stamp.attribution]
    return "<br/>".join(html.escape(line) for line in lines)


def _leaf(parent: ET.Element, tag: str, value: object) -> None:
    ET.SubElement(parent, tag).text = xml_text(value)
