from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gislib.domain.errors import CrsError
from gislib.reports import map_layers


def table(shapes, crs="EPSG:4326", **columns):
    return gpd.GeoDataFrame(columns, geometry=shapes, index=[f"i{n}" for n in range(len(shapes))], crs=crs)


def features(content: bytes):
    return json.loads(content)["features"]


def test_missing_values_are_left_out_and_ids_are_the_index():
    points = table([shapely.Point(105, 25), shapely.Point(105.1, 25)], name=["甲", None], rank=[1.0, np.nan])
    first, second = features(map_layers.map_layer(points, name="name", rank="rank"))
    assert first["properties"] == {"id": "i0", "name": "甲", "rank": 1.0}
    assert second["properties"] == {"id": "i1"}


def test_coordinates_come_in_wgs84_with_six_decimals():
    points = table([shapely.Point(500000.123456, 2765000.5)], crs="EPSG:4544")
    ((lon, lat),) = [feature["geometry"]["coordinates"] for feature in features(map_layers.map_layer(points))]
    assert lon == pytest.approx(105.000001, abs=2e-6)
    assert round(lon, 6) == lon
    assert round(lat, 6) == lat


def test_table_without_crs_is_refused():
    with pytest.raises(CrsError):
        map_layers.map_layer(table([shapely.Point(105, 25)], crs=None))


def test_rows_without_geometry_are_left_out():
    assert len(features(map_layers.map_layer(table([shapely.Point(105, 25), None])))) == 1


def test_holes_run_against_their_ring():
    square = shapely.box(105, 25, 105.01, 25.01).difference(shapely.box(105.002, 25.002, 105.004, 25.004))
    rings = features(map_layers.map_layer(table([square])))[0]["geometry"]["coordinates"]
    assert shapely.LinearRing(rings[0]).is_ccw
    assert not shapely.LinearRing(rings[1]).is_ccw


def test_pieces_of_one_street_are_joined_and_carry_the_median_width():
    a, b, c = (105, 25), (105.001, 25), (105.002, 25)
    roads = table(
        [shapely.LineString([a, b]), shapely.LineString([b, c]), shapely.LineString([a, (105, 25.001)])],
        road_class=["primary", "primary", "primary"],
        name=["人民路", "人民路", None],
        width_m=[10.0, 14.0, np.nan],
    )
    named = [f for f in features(map_layers.roads_layer(roads)) if "name" in f["properties"]]
    assert len(named) == 1
    assert named[0]["geometry"]["type"] == "LineString"
    assert named[0]["properties"] | {"id": ""} == {"id": "", "case": "primary", "name": "人民路", "width_m": 12.0}


def test_water_areas_carry_a_label_point_inside_and_lines_their_case():
    lake = shapely.Point(105, 25).buffer(0.001)
    water = table([lake, shapely.LineString([(105, 25), (105.1, 25)])], name=["印月湖", None])
    area, line = features(map_layers.water_layer(water))
    assert lake.contains(shapely.Point(area["properties"]["at"]))
    assert line["properties"] == {"id": "i1", "case": "line"}


def test_rentals_leave_neither_name_nor_beds():
    rentals = table([shapely.Point(105, 25)], kind=["room"], beds=[12.0], last_visit=["2026-01-01"])
    assert features(map_layers.rentals_layer(rentals))[0]["properties"] == {"id": "i0", "case": ""}


def test_venues_are_points_with_the_symbol_of_their_kind():
    venues = table(
        [shapely.box(105, 25, 105.001, 25.001), shapely.Point(105, 25)], kind=["bar", "odd"], name=["甲", "乙"]
    )
    bar, odd = features(map_layers.venues_layer(venues, {"bar": "venue-bar"}))
    assert bar["geometry"]["type"] == "Point"
    assert bar["properties"]["case"] == "venue-bar"
    assert "case" not in odd["properties"]


def test_only_outlined_campuses_are_drawn_and_the_focus_is_told():
    schools = table([shapely.box(105, 25, 105.001, 25.001), shapely.Point(105, 25)])
    (outlined,) = features(map_layers.campuses_layer(schools, focus="i0"))
    assert outlined["properties"]["case"] == "focus"


def inside(points, bounds):
    west, south, east, north = bounds
    return int((points.x.between(west, east) & points.y.between(south, north)).sum())


def test_first_view_of_a_county_has_nearly_all_of_it():
    rng = np.random.default_rng(83)
    points = table([shapely.Point(xy) for xy in rng.normal([105, 25], [0.05, 0.03], (83, 2))])
    assert inside(points.geometry, map_layers.core_bounds(points)) >= 80
    stray = table([*points.geometry, shapely.Point(106.5, 25)])
    assert map_layers.core_bounds(stray)[2] < 105.5  # one stray point does not shrink the county


def test_first_view_of_a_wide_area_has_every_town():
    towns = [(118.8, 32.0), (120.6, 24.2), (117.2, 28.3)]
    points = table([shapely.Point(x + 0.01 * n, y) for x, y in towns for n in range(7)])
    assert inside(points.geometry, map_layers.core_bounds(points)) == 21


def test_bounds_ignore_nothing():
    points = table([shapely.Point(105 + 0.001 * n, 25) for n in range(9)] + [shapely.Point(106, 26)])
    west, _, east, north = map_layers.bounds_of(points, 0)
    assert (west, east, north) == (105, 106, 26)
    assert map_layers.bounds_of(points.iloc[:0])[0] == -180


def test_devices_that_are_lines_are_drawn_as_lines():
    shapes = [shapely.Point(105, 25), shapely.LineString([(105, 25), (105.1, 25)])]
    devices = table(shapes, kind=["crossing", "wall"], name=pd.Series([None, None], index=["i0", "i1"], dtype="object"))
    assert [f["properties"]["case"] for f in features(map_layers.devices_layer(devices))] == ["crossing", "line"]
