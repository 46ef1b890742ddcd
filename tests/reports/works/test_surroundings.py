"""What is drawn around the devices."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from works_worlds import HERE, PLAN, RS, devices, town

from gislib.reports.works.surroundings import KIND_NAME, by_shape, context_around


@pytest.fixture(scope="module")
def near():
    tables, plan = town(), devices(PLAN[:1])
    return context_around(tables, plan, tables["schools"].iloc[:0], RS, margin_m=80.0)


def test_roads_are_cut_at_the_margin(near):
    # Device at (40, 0), 80 m around: r1 from -40 to 100, r2 from 100 to 120, the footway within its chord.
    lengths = near["roads"].to_crs(HERE).length
    assert lengths["r1"] == pytest.approx(140.0, abs=0.05)
    assert lengths["r2"] == pytest.approx(20.0, abs=0.05)
    assert near["roads"].crs.to_epsg() == 4326


def test_buildings_stay_whole_or_away(near):
    tables, plan = town(), devices(PLAN[4:5])
    wide = context_around(tables, plan, tables["schools"].iloc[:0], RS, margin_m=100.0)
    assert near["buildings"].empty
    assert wide["buildings"].geometry["b1"].equals(tables["buildings"].geometry["b1"])


def test_kinds_have_names_and_an_unknown_one_its_id(near):
    assert near["roads"][KIND_NAME]["r1"] == RS.kinds("road")["secondary"].zh
    kinds = near["devices"].set_index("kind")[KIND_NAME]
    assert kinds["crossing"] == RS.kinds("device")["crossing"].zh
    assert kinds["bench"] == "bench"


def test_existing_cameras_stay_inside():
    tables, plan = town(), devices(PLAN[:1])
    watched = tables["devices"].assign(kind=["camera", "speed_camera", "crossing"])
    found = context_around(tables | {"devices": watched}, plan, tables["schools"], RS)["devices"]
    assert found["kind"].tolist() == ["crossing"]


def test_no_devices_draw_nothing_but_keep_the_columns():
    tables = town()
    found = context_around(tables, devices([]), tables["schools"].iloc[:0], RS)
    assert {name: len(table) for name, table in found.items()} == dict.fromkeys(
        ("roads", "water", "buildings", "gates", "devices"), 0
    )
    assert KIND_NAME in found["roads"]


def test_a_lake_around_everything_is_cut_to_the_margin():
    plan = devices(PLAN[:1])
    lake = gpd.GeoDataFrame(
        {"kind": ["lake"]}, geometry=[shapely.box(-500, -500, 500, 500)], index=["w"], crs=HERE
    ).to_crs(4326)
    found = context_around({"water": lake}, plan, town()["schools"].iloc[:0], RS, margin_m=50.0)["water"]
    assert found.geometry.geom_type.tolist() == ["Polygon"]
    assert found.to_crs(HERE).area["w"] == pytest.approx(3.1365 * 2500, rel=2e-3)


def test_by_shape():
    mixed = gpd.GeoDataFrame(
        geometry=[shapely.Point(0, 0), shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])], crs=4326
    )
    assert {name: rows.index.tolist() for name, rows in by_shape(mixed).items()} == {
        "points": [0], "lines": [2], "areas": [1],
    }  # fmt: skip
    assert by_shape(mixed.iloc[:0]) == {}
