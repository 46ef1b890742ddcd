"""Every file is read back by another reader: the same ids, the same places, the same words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import ezdxf
import geopandas as gpd
import numpy as np
import pandas as pd
import prcoords
import pyogrio
import pytest
import shapely
from works_worlds import EVIL, HERE

from gislib.domain.errors import DatumError, InputError
from gislib.reports.works.geo_files import FORMATS, SHIFTED_FORMATS, write_geo_files

IDS = ["P3-0001", "P3-0002", "P3-0003", "P3-0004", "P3-0005", "P3-0006", "P3-0010"]
CLOSE_M = 0.01


@pytest.fixture(scope="module")
def folder(full, tmp_path_factory):
    out = tmp_path_factory.mktemp("works")
    write_geo_files(full, out, FORMATS, "gcj02")
    return out


def truth(works) -> pd.DataFrame:
    """Metres in the drawing's own plane by id."""
    return works.devices.to_crs(HERE).geometry.get_coordinates()


def off_m(found: gpd.GeoSeries, works) -> float:
    """Greatest distance of WGS 84 points by id to where the devices are."""
    at = found.set_crs(4326, allow_override=True).to_crs(HERE).get_coordinates()
    wanted = truth(works).reindex(at.index)
    return float(np.hypot(at["x"] - wanted["x"], at["y"] - wanted["y"]).max())


def test_geojson(folder, full):
    path = folder / "geojson" / "devices.geojson"
    parsed = json.loads(path.read_text("utf-8"))
    assert [feature["id"] for feature in parsed["features"]] == IDS
    back = pyogrio.read_dataframe(path).set_index("device_id")
    assert back.index.tolist() == IDS
    assert back.crs.to_epsg() == 4326
    assert off_m(back.geometry, full) <= CLOSE_M
    first = parsed["features"][0]["properties"]
    for name in (*full.devices.columns.drop("geometry"), *full.labels.columns.drop("symbol")):
        assert name in first, name
    assert back["school_name"]["P3-0001"] == EVIL
    assert back["located"]["P3-0001"] == full.labels["located"]["P3-0001"]
    assert parsed["metadata"]["marking"] == list(full.stamp.marking)


def test_geopackage(folder, full):
    back = pyogrio.read_dataframe(folder / "gpkg" / "works.gpkg", layer="devices").set_index("device_id")
    assert back.index.tolist() == IDS
    assert off_m(back.geometry, full) <= CLOSE_M
    assert back["school_name"]["P3-0001"] == EVIL


@pytest.mark.parametrize("name", ["devices", "devices_GBK"])
def test_shapefile(folder, full, name):
    back = pyogrio.read_dataframe(folder / "shp" / f"{name}.shp").set_index("device_id")
    assert back.index.tolist() == IDS
    assert back.crs.to_epsg() == 4326
    assert off_m(back.geometry, full) <= CLOSE_M
    assert back["school"]["P3-0001"] == EVIL
    assert back["quantity"]["P3-0006"] == 3.0


def test_survey_coordinates_in_the_files_are_those_of_the_geometry(folder):
    for path in (folder / "geojson" / "devices.geojson", folder / "gpkg" / "works.gpkg"):
        back = pyogrio.read_dataframe(path, layer=None if path.suffix == ".geojson" else "devices")
        there = back.geometry.to_crs(4544).get_coordinates()
        assert np.abs(there["x"] - back["x_gk"]).max() <= CLOSE_M
        assert np.abs(there["y"] - back["y_gk"]).max() <= CLOSE_M


@pytest.mark.parametrize("name", ["devices.kml", "devices.kmz"])
def test_kml(folder, full, name):
    path = folder / "kml" / name
    layers = [pyogrio.read_dataframe(path, layer=layer) for layer in pyogrio.list_layers(path)[:, 0]]
    back = pd.concat(layers).set_index("Name").sort_index()
    assert back.index.tolist() == IDS
    assert off_m(gpd.GeoSeries(back.geometry), full) <= CLOSE_M


def test_dxf(folder, full):
    drawing = ezdxf.readfile(folder / "dxf" / "devices.dxf")
    found = {i.get_xdata("HUXUETU")[0].value: i.dxf.insert for i in drawing.modelspace().query("INSERT")}
    assert sorted(found) == IDS
    labels = full.labels
    for identity, at in found.items():
        assert abs(at.x - labels["x_gk"][identity]) <= 0.001
        assert abs(at.y - labels["y_gk"][identity]) <= 0.001
    survey = shapely.points([(at.x, at.y) for at in found.values()])
    assert off_m(gpd.GeoSeries(survey, index=list(found), crs=4544).to_crs(4326), full) <= CLOSE_M


def test_shifted_variants_are_marked_untagged_and_where_prcoords_puts_them(folder, full):
    path = folder / "geojson" / "devices_GCJ02.geojson"
    text = path.read_text("utf-8")
    assert '"crs"' not in text
    assert "近似" in json.loads(text)["metadata"]["marking"][-1]
    back = pyogrio.read_dataframe(path).set_index("device_id")
    assert back["datum"].str.contains("近似").all()
    for identity, point in back.geometry.items():
        place = full.devices.geometry[identity]
        lat, lon = prcoords.wgs_gcj((place.y, place.x))
        assert (point.x, point.y) == pytest.approx((lon, lat), abs=1.1e-7)
    assert 300 < off_m(back.geometry, full) < 700
    shp = pyogrio.read_dataframe(folder / "shp" / "devices_GCJ02.shp").set_index("device_id")
    assert shp.crs is None
    assert np.allclose(shp.get_coordinates(), back.get_coordinates(), atol=1e-7)
    assert not list(folder.rglob("*_GCJ02*.prj"))
    assert "近似" in (folder / "kml" / "devices_GCJ02.kml").read_text("utf-8")
    assert "近似" in (folder / "说明.txt").read_text("utf-8-sig")


def test_the_files_in_wgs84_say_nothing_of_a_datum(folder):
    for path in folder.rglob("*.geojson"):
        back = pyogrio.read_dataframe(path)
        assert (back["datum"] == "").all() == ("GCJ02" not in path.name)


def test_shifted_files_never_stand_alone_and_survey_files_are_never_shifted(folder):
    shifted = list(folder.rglob("*_GCJ02*"))
    assert {path.parent.name for path in shifted} == set(SHIFTED_FORMATS)
    for path in shifted:
        assert path.with_name(path.name.replace("_GCJ02", "")).is_file()


def test_notes_carry_plan_projection_marking_and_credits(folder, full):
    text = (folder / "说明.txt").read_text("utf-8-sig")
    assert "EPSG:4544" in text
    assert "中央子午线 105°" in text
    assert "第 4 版，草案" in text
    for line in (*full.stamp.marking, *full.stamp.attribution):
        assert line in text


@pytest.mark.parametrize("kind", ["empty", "single"])
def test_small_plans(kind, request, tmp_path: Path):
    works = request.getfixturevalue(kind)
    paths = write_geo_files(works, tmp_path, FORMATS)
    assert all(path.stat().st_size for path in paths)
    count = len(works.devices)
    assert len(json.loads((tmp_path / "geojson" / "devices.geojson").read_text("utf-8"))["features"]) == count
    info = pyogrio.read_info(tmp_path / "gpkg" / "works.gpkg", layer="devices")
    assert (info["features"], info["geometry_type"]) == (count, "Point")
    assert pyogrio.read_info(tmp_path / "shp" / "devices.shp")["features"] == count
    drawing = ezdxf.readfile(tmp_path / "dxf" / "devices.dxf")
    assert len(drawing.modelspace().query("INSERT")) == count
    assert not drawing.audit().errors


def test_the_same_plan_gives_the_same_bytes_whatever_the_order_of_its_rows(full, tmp_path: Path):
    turned = replace(full, devices=full.devices.iloc[::-1], labels=full.labels.iloc[::-1])
    one = write_geo_files(full, tmp_path / "a", FORMATS, "gcj02")
    two = write_geo_files(turned, tmp_path / "b", FORMATS, "gcj02")
    assert [p.relative_to(tmp_path / "a") for p in one] == [p.relative_to(tmp_path / "b") for p in two]
    assert [p.name for p, q in zip(one, two, strict=True) if p.read_bytes() != q.read_bytes()] == []


def test_only_what_is_asked_for_is_written(single, tmp_path: Path):
    paths = write_geo_files(single, tmp_path, ["kml"])
    assert sorted(str(p.relative_to(tmp_path)) for p in paths) == ["kml/devices.kml", "kml/devices.kmz", "说明.txt"]
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == sorted(paths)


def test_unknown_format_and_datum(single, tmp_path: Path):
    with pytest.raises(InputError) as caught:
        write_geo_files(single, tmp_path, ["dwg"])
    assert caught.value.code == "format_unknown"
    with pytest.raises(DatumError):
        write_geo_files(single, tmp_path, ["kml"], "mars")
    assert list(tmp_path.iterdir()) == []


def laid_in(content):
    """The town's plan with a fence line and a zone of two entries laid."""
    first, second = content.devices.index[:2]
    xy = content.devices.geometry
    rows = [
        (first, 1, 1, shapely.LineString([(xy[first].x, xy[first].y), (xy[first].x + 0.0005, xy[first].y)])),
        (second, 1, 2, xy[second]),
        (second, 2, 2, shapely.Point(xy[second].x + 0.001, xy[second].y)),
        (content.devices.index[2], 1, 1, xy[content.devices.index[2]]),
    ]
    table = gpd.GeoDataFrame(
        {
            "device_id": [row[0] for row in rows],
            "part": [row[1] for row in rows],
            "parts": [row[2] for row in rows],
            "treatment_id": content.devices["treatment_id"].reindex([row[0] for row in rows]).to_numpy(),
            "length_m": [50.0, None, None, None],
        },
        geometry=[row[3] for row in rows],
        crs="EPSG:4326",
        index=pd.Index([first, f"{second}/1", f"{second}/2", rows[3][0]], name="part_id"),
    )
    return replace(content, laid=table), first, second


def test_what_is_laid_goes_out_beside_the_points_of_the_devices(full, tmp_path):
    content, first, second = laid_in(full)
    write_geo_files(content, tmp_path, ["geojson", "gpkg", "dxf"])
    told = json.loads((tmp_path / "geojson" / "laid.geojson").read_text("utf-8"))["features"]
    assert {f["id"]: f["geometry"]["type"] for f in told} == {
        first: "LineString", f"{second}/1": "Point", f"{second}/2": "Point",
    }  # fmt: skip
    lines = pyogrio.read_dataframe(tmp_path / "gpkg" / "works.gpkg", layer="laid_lines")
    assert (list(lines["device_id"]), list(lines["length_m"])) == ([first], [50.0])
    points = pyogrio.read_dataframe(tmp_path / "gpkg" / "works.gpkg", layer="laid_points")
    assert list(points["part_id"]) == [f"{second}/1", f"{second}/2"]
    drawing = ezdxf.readfile(tmp_path / "dxf" / "devices.dxf")
    laid = [e for e in drawing.modelspace() if e.dxf.layer == "拟设-铺设范围"]
    assert [e.dxftype() for e in laid] == ["LWPOLYLINE", "POINT", "POINT"]
    assert laid[0].get_xdata("HUXUETU")[1].value == first
    devices = json.loads((tmp_path / "geojson" / "devices.geojson").read_text("utf-8"))["features"]
    assert {f["geometry"]["type"] for f in devices} == {"Point"}
