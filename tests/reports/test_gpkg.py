"""A GeoPackage with several layers, read back by GDAL."""

import json
import sqlite3

import numpy as np
import pyogrio

from gislib.geo.crs import metric_crs
from gislib.reports.gpkg import write_gpkg


def test_layers_come_back_in_degrees_with_ids_and_missing_values(schools, findings, stamp, tmp_path):
    metric = schools.drop(columns="doors").to_crs(metric_crs(104.9))
    path = write_gpkg(tmp_path / "county.gpkg", {"schools": metric, "findings": findings}, stamp)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["schools", "findings"]
    back = pyogrio.read_dataframe(path, layer="schools")
    assert back.crs.to_epsg() == 4326
    assert back["school_id"].tolist() == ["osm:w1", "osm:w2"]
    assert back["pupils"].isna().tolist() == [False, True]
    assert np.abs(back.geometry.iloc[1].x - 104.123456789) < 1e-7
    plain = pyogrio.read_dataframe(path, layer="findings")
    assert plain["margin_m"].iloc[0] == -50.0
    assert plain["inside"].tolist()[0] in (True, 1)
    assert plain["reason"].isna().tolist() == [False, True]


def test_older_qgis_can_open_it_and_it_carries_the_stamp(schools, stamp, tmp_path):
    path = write_gpkg(tmp_path / "county.gpkg", {"schools": schools}, stamp)
    with sqlite3.connect(path) as file:
        [version] = file.execute("PRAGMA user_version").fetchone()
    assert version == 10200
    assert json.loads(pyogrio.read_info(path, layer="schools")["dataset_metadata"]["huxuetu"])["data_version"] == "d1"
    assert pyogrio.read_dataframe(path, layer="schools")["doors"].tolist()[0] == "MULTIPOINT ((104.9 25), (104.901 25))"


def test_same_bytes_for_the_same_input_and_overwriting_leaves_no_old_layer(schools, findings, stamp, tmp_path):
    path = tmp_path / "county.gpkg"
    first = write_gpkg(path, {"schools": schools, "findings": findings}, stamp).read_bytes()
    assert list(tmp_path.iterdir()) == [path]
    write_gpkg(path, {"findings": findings}, stamp)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["findings"]
    again = write_gpkg(path, {"schools": schools, "findings": findings}, stamp).read_bytes()
    assert first == again
