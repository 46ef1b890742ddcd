"""GeoPackage styles and the project: what QGIS needs of a project that no QGIS wrote."""

from __future__ import annotations

import base64
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest
from defusedxml import ElementTree
from works_worlds import PLAN, works

from gislib.reports.symbols import symbol_svg
from gislib.reports.works.qgis_layers import map_layers
from gislib.reports.works.qgis_project import project_bytes, write_geopackage


@pytest.fixture(scope="module")
def folder(full, tmp_path_factory):
    out = tmp_path_factory.mktemp("qgis")
    write_geopackage(full, out)
    return out


@pytest.fixture(scope="module")
def project(folder):
    with zipfile.ZipFile(folder / "works.qgz") as archive:
        [name] = archive.namelist()
        assert name.endswith(".qgs")
        return ElementTree.fromstring(archive.read(name))


def test_layer_ids_are_longer_than_ten_characters_and_agree(project):
    ids = [layer.findtext("id") for layer in project.iter("maplayer")]
    assert all(len(identity) > 10 for identity in ids)
    assert len(set(ids)) == len(ids)
    assert [e.get("id") for e in project.iter("layer-tree-layer")] == ids
    assert [e.get("id") for e in project.find("layerorder")] == ids


def test_projections_are_enabled_and_the_project_is_in_the_survey_crs(project):
    assert project.findtext("properties/SpatialRefSys/ProjectionsEnabled") == "1"
    assert project.findtext("projectCrs/spatialrefsys/authid") == "EPSG:4544"
    assert project.findtext("mapcanvas/destinationsrs/spatialrefsys/authid") == "EPSG:4544"
    assert {s.text for s in project.findall("projectlayers/maplayer/srs/spatialrefsys/authid")} == {"EPSG:4326"}


def test_sources_are_relative_and_their_layers_are_in_the_file_with_their_geometry(project, folder):
    known = dict(pyogrio.list_layers(folder / "works.gpkg").tolist())
    drawn = set()
    for layer in project.iter("maplayer"):
        file, _, name = layer.findtext("datasource").partition("|layername=")
        assert file == "./works.gpkg"
        assert known[name] == layer.get("wkbType")
        drawn.add(name)
    assert drawn == set(known) - {"layer_styles"}


def test_layers_and_their_order(project):
    names = [layer.findtext("datasource").split("=")[1] for layer in project.iter("maplayer")]
    assert names == [
        "devices", "existing", "existing_lines", "gates", "campuses_points", "campuses", "roads", "buildings", "water",
    ]  # fmt: skip


def test_the_view_holds_all_devices(project, full):
    box = {side.tag: float(side.text) for side in project.find("mapcanvas/extent")}
    assert box["xmin"] < full.labels["x_gk"].min() < full.labels["x_gk"].max() < box["xmax"]
    assert box["ymin"] < full.labels["y_gk"].min() < full.labels["y_gk"].max() < box["ymax"]


def test_each_treatment_has_its_symbol_inside_the_file(project, full):
    [devices] = [m for m in project.iter("maplayer") if m.findtext("layername") == "拟设设施"]
    renderer = devices.find("renderer-v2")
    assert (renderer.get("type"), renderer.get("labelAttributeName")) == ("pointDisplacement", "device_id")
    inner = renderer.find("renderer-v2")
    symbols = {s.get("name"): s for s in inner.find("symbols")}
    found = {}
    for category in inner.find("categories"):
        [name] = [
            option.get("value")
            for option in symbols[category.get("symbol")].iter("Option")
            if option.get("name") == "name" and option.get("value").startswith("base64:")
        ]
        found[category.get("value")] = base64.b64decode(name.removeprefix("base64:")).decode()
    wanted = {t: symbol_svg(s) for t, s in zip(full.devices["treatment_id"], full.labels["symbol"], strict=True)}
    assert found == wanted


def test_fields_have_chinese_names(project):
    [devices] = [m for m in project.iter("maplayer") if m.findtext("layername") == "拟设设施"]
    aliases = {alias.get("field"): alias.get("name") for alias in devices.find("aliases")}
    assert (aliases["device_id"], aliases["verify_titles"]) == ("编号", "现场核实")


def test_default_styles_are_in_the_geopackage(folder):
    with closing(sqlite3.connect(folder / "works.gpkg")) as file:
        rows = file.execute(
            "SELECT f_table_schema, f_table_name, f_geometry_column, styleQML, useAsDefault, update_time "
            "FROM layer_styles"
        ).fetchall()
        columns = dict(file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
    assert sorted(row[1] for row in rows) == sorted(columns)
    for schema, name, column, qml, default, stamped in rows:
        assert (schema, column, default) == ("", columns[name], 1)
        assert stamped.startswith("2026-11-23T00:00:00")
        fields = pyogrio.read_info(folder / "works.gpkg", layer=name)["fields"].tolist()
        root = ElementTree.fromstring(qml)
        assert [alias.get("field") for alias in root.find("aliases")] == ["fid", *fields]
        assert root.find("renderer-v2") is not None


def test_roads_are_cased_below_and_filled_above(project):
    [roads] = [m for m in project.iter("maplayer") if m.findtext("layername") == "道路"]
    renderer = roads.find("renderer-v2")
    assert renderer.get("symbollevels") == "1"
    assert [c.get("value") for c in renderer.find("categories")] == ["footway", "residential", "secondary", ""]
    passes = [[int(layer.get("pass")) for layer in s.iter("layer")] for s in renderer.find("symbols")]
    cased = [found for found in passes if len(found) == 2]
    assert max(casing for casing, _ in cased) < min(fill for _, fill in cased)


def test_rights_abstract_and_title_survive_hostile_names(project, full):
    assert project.findtext("title") == full.plan_name
    rights = [element.text for element in project.findall("projectMetadata/rights")]
    assert rights == [*full.stamp.marking, *full.stamp.attribution]
    assert '"data_version": "d1"' in project.findtext("projectMetadata/abstract")


def test_a_plan_without_devices_still_has_its_layer(empty):
    root = ElementTree.fromstring(project_bytes(empty, map_layers(empty)))
    assert [layer.findtext("layername") for layer in root.iter("maplayer")] == ["拟设设施"]
    assert root.find("mapcanvas/extent") is None


def test_overwriting_leaves_no_old_layer(tmp_path: Path):
    write_geopackage(works(), tmp_path)
    write_geopackage(works(PLAN[:1]), tmp_path)
    with closing(sqlite3.connect(tmp_path / "works.gpkg")) as file:
        [count] = file.execute("SELECT count(*) FROM devices").fetchone()
    assert count == 1
