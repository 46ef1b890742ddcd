"""
GeoPackage of a plan with its styles inside, and a QGIS project that opens it; no QGIS is needed to write them.

What QGIS 3.22 needs of a project written by hand: layer ids of more than ten characters (shorter ones are replaced and
the layer tree stays empty), the flag that projections are enabled (else the project has no CRS), and sources relative
to the project.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pandas as pd
import pyproj

from gislib.domain.tables import WGS84
from gislib.reports.files import write_bytes
from gislib.reports.gpkg import write_gpkg
from gislib.reports.works.archive import xml_text, zip_bytes
from gislib.reports.works.content import Works
from gislib.reports.works.notes import plan_line
from gislib.reports.works.qgis_layers import MapLayer, map_layers
from gislib.reports.works.qgis_xml import DOCTYPE, VERSION, Element, labels_enabled, style_elements, style_text
from gislib.reports.works.survey import survey_crs

GEOPACKAGE: Final = "works.gpkg"
PROJECT: Final = "works.qgz"
VIEW_MARGIN_M: Final = 60.0
_GEOMETRY_COLUMN: Final = "geom"
_ID_PREFIX: Final = "huxuetu_works_"
_SHAPE_NAMES: Final = {"Point": "Point", "MultiLineString": "Line", "MultiPolygon": "Polygon"}


def write_geopackage(works: Works, folder: Path) -> list[Path]:
    """Write ``works.gpkg`` (layers, default styles, stamp) and ``works.qgz``, which opens it from the same folder."""
    layers = map_layers(works)
    tables: dict[str, pd.DataFrame] = {layer.name: layer.table for layer in layers}
    shapes = {layer.name: layer.geometry_type for layer in layers}
    geopackage = write_gpkg(
        folder / GEOPACKAGE, tables | {"layer_styles": _styles(layers, works.stamp.as_of)}, works.stamp, shapes
    )
    project = zip_bytes({"works.qgs": project_bytes(works, layers)}, works.stamp.as_of)
    return [geopackage, write_bytes(folder / PROJECT, project)]


def _styles(layers: list[MapLayer], day: date) -> pd.DataFrame:
    """Table ``layer_styles`` as QGIS keeps it; a layer opened by itself takes its default style from there."""
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [layer.name for layer in layers],
            "f_geometry_column": _GEOMETRY_COLUMN,
            "styleName": [layer.title for layer in layers],
            "styleQML": [style_text(layer.style, _attributes(layer)) for layer in layers],
            "styleSLD": "",
            "useAsDefault": True,
            "description": [layer.title for layer in layers],
            "owner": "",
            "update_time": pd.Timestamp(day),
        }
    )


def _attributes(layer: MapLayer) -> list[str]:
    """Fields of the layer in the GeoPackage, in order."""
    return [
        "fid",
        str(layer.table.index.name),
        *(name for name in layer.table.columns if name != layer.table.geometry.name),
    ]


def project_bytes(works: Works, layers: list[MapLayer]) -> bytes:
    """Text of the project file (``.qgs``): layers top first, in the survey CRS of the plan, zoomed to its devices."""
    crs = survey_crs(works)
    root = Element("qgis", projectname=xml_text(works.plan_name), version=VERSION)
    ET.SubElement(root, "title").text = xml_text(works.plan_name)
    ET.SubElement(root, "projectCrs").append(_reference_system(crs))
    tree = ET.SubElement(root, "layer-tree-group")
    for layer in layers:
        ET.SubElement(
            tree, "layer-tree-layer", id=_identity(layer), name=layer.title, source=_source(layer), providerKey="ogr",
            checked="Qt::Checked", expanded=str(int(layer.name == "devices")),
        )  # fmt: skip
    root.append(_canvas(works, crs))
    order = ET.SubElement(root, "layerorder")
    layer_list = ET.SubElement(root, "projectlayers")
    for layer in layers:
        ET.SubElement(order, "layer", id=_identity(layer))
        layer_list.append(_map_layer(layer))
    root.append(_properties())
    root.append(_metadata(works))
    ET.indent(root, " ")
    return (DOCTYPE + ET.tostring(root, encoding="unicode")).encode()


def _identity(layer: MapLayer) -> str:
    return _ID_PREFIX + layer.name


def _source(layer: MapLayer) -> str:
    return f"./{GEOPACKAGE}|layername={layer.name}"


def _map_layer(layer: MapLayer) -> Element:
    out = Element(
        "maplayer", type="vector", geometry=_SHAPE_NAMES[layer.geometry_type], wkbType=layer.geometry_type,
        labelsEnabled=labels_enabled(layer.style), minScale="100000000", maxScale="0", hasScaleBasedVisibilityFlag="0",
    )  # fmt: skip
    for tag, text in (("id", _identity(layer)), ("datasource", _source(layer)), ("layername", layer.title)):
        ET.SubElement(out, tag).text = text
    ET.SubElement(out, "srs").append(_reference_system(pyproj.CRS.from_user_input(WGS84)))
    ET.SubElement(out, "provider", encoding="UTF-8").text = "ogr"
    out.extend(style_elements(layer.style, _attributes(layer)))
    return out


def _reference_system(crs: pyproj.CRS) -> Element:
    out = Element("spatialrefsys", nativeFormat="Wkt")
    authority, code = crs.to_authority() or ("", "")
    found = {
        "wkt": crs.to_wkt("WKT2_2019"), "srid": code, "authid": f"{authority}:{code}", "description": crs.name,
        "geographicflag": str(crs.is_geographic).lower(),
    }  # fmt: skip
    for tag, text in found.items():
        ET.SubElement(out, tag).text = text
    return out


def _canvas(works: Works, crs: pyproj.CRS) -> Element:
    canvas = Element("mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters"
    shown = works.devices if len(works.devices) else works.campuses
    if len(shown):
        west, south, east, north = shown.to_crs(crs).total_bounds
        extent = ET.SubElement(canvas, "extent")
        sides = {"xmin": west - VIEW_MARGIN_M, "ymin": south - VIEW_MARGIN_M, "xmax": east + VIEW_MARGIN_M,
                 "ymax": north + VIEW_MARGIN_M}  # fmt: skip
        for tag, value in sides.items():
            ET.SubElement(extent, tag).text = f"{value:.3f}"
    ET.SubElement(canvas, "rotation").text = "0"
    ET.SubElement(canvas, "destinationsrs").append(_reference_system(crs))
    return canvas


def _properties() -> Element:
    properties = Element("properties")
    enabled = ET.SubElement(ET.SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int")
    enabled.text = "1"
    ET.SubElement(ET.SubElement(properties, "Paths"), "Absolute", type="bool").text = "false"
    return properties


def _metadata(works: Works) -> Element:
    """Marking and credits as rights, the stamp as abstract."""
    metadata = Element("projectMetadata")
    ET.SubElement(metadata, "identifier").text = xml_text(f"{works.plan_id}/{works.version}")
    ET.SubElement(metadata, "title").text = xml_text(works.plan_name)
    ET.SubElement(metadata, "abstract").text = xml_text(f"{plan_line(works)}\n{works.stamp.as_json()}")
    for line in (*works.stamp.marking, *works.stamp.attribution):
        ET.SubElement(metadata, "rights").text = xml_text(line)
    return metadata
