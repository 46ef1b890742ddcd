"""RFC 7946: order, rings, precision, ids, foreign members; read back by GDAL."""

import json

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import shape

from gislib.domain.errors import CrsError
from gislib.geo.crs import metric_crs
from gislib.reports.geojson import geojson, write_geojson


@pytest.fixture
def parsed(schools, stamp):
    return json.loads(geojson(schools, stamp, "schools"))


def test_features_are_in_id_order_with_stable_ids_and_missing_as_null(parsed):
    first, second = parsed["features"]
    assert [first["id"], second["id"]] == ["osm:w1", "osm:w2"]
    assert first["properties"]["school_id"] == "osm:w1"
    assert second["properties"]["pupils"] is None
    assert second["properties"]["wall"] is None
    assert first["properties"] == {
        "school_id": "osm:w1",
        "name": "<script>兴义一小</script>",
        "pupils": 520.0,
        "wall": True,
        "doors": {"type": "MultiPoint", "coordinates": [[104.9, 25.0], [104.901, 25.0]]},
    }


def test_rings_follow_the_right_hand_rule(parsed):
    polygon = shape(parsed["features"][0]["geometry"])
    assert polygon.exterior.is_ccw
    assert not polygon.interiors[0].is_ccw


def test_positions_are_lon_lat_with_seven_decimals(parsed):
    assert parsed["features"][1]["geometry"] == {"type": "Point", "coordinates": [104.1234568, 25.5]}
    assert parsed["bbox"] == [104.1234568, 25.0, 104.901, 25.5]


def test_the_stamp_is_a_foreign_member_and_there_is_no_old_crs_member(parsed, stamp):
    assert "crs" not in parsed
    assert parsed["metadata"] == json.loads(stamp.as_json())
    assert parsed["metadata"]["sources"][0]["data_date"] == "2025-03-01"
    assert parsed["metadata"]["parameters"] == {"slice": "all", "seed": "0"}


def test_a_metric_table_is_written_in_degrees_within_a_centimetre(schools, stamp):
    metric = schools.drop(columns="doors").to_crs(metric_crs(104.9))
    point = json.loads(geojson(metric, stamp, "x"))["features"][1]["geometry"]["coordinates"]
    assert np.abs(np.array(point) - [104.123456789, 25.5]).max() <= 1e-7


def test_no_geometry_empty_geometry_and_no_rows(schools, stamp):
    table = schools.drop(columns="doors")
    table.geometry = [None, shapely.Polygon()]
    parsed = json.loads(geojson(table, stamp, "x"))
    assert [feature["geometry"] for feature in parsed["features"]] == [None, None]
    assert "bbox" not in parsed
    assert json.loads(geojson(schools.iloc[:0], stamp, "x"))["features"] == []


def test_without_crs_it_is_refused(schools, stamp):
    with pytest.raises(CrsError):
        geojson(schools.drop(columns="doors").set_crs(None, allow_override=True), stamp, "x")


def test_same_bytes_whatever_the_row_order_and_gdal_reads_it(schools, stamp, tmp_path):
    one = write_geojson(tmp_path / "a" / "schools.geojson", schools, stamp)
    two = write_geojson(tmp_path / "b" / "schools.geojson", schools.iloc[::-1], stamp)
    assert one.read_bytes() == two.read_bytes()
    assert not one.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [path.name for path in one.parent.iterdir()] == ["schools.geojson"]
    back = pyogrio.read_dataframe(one)
    assert back.crs.to_epsg() == 4326
    assert back["school_id"].tolist() == ["osm:w1", "osm:w2"]
    assert back["name"].iloc[0] == "<script>兴义一小</script>"
