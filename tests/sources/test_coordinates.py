import math

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.sources import coordinates as co

DMS = 104 + 54 / 60 + 24.5 / 3600


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("104.9", 104.9),
        (" 104.9° ", 104.9),
        ("１０４．９", 104.9),
        ("E104.9", 104.9),
        ("104.9 E", 104.9),
        ("东经104.9度", None),
        ("东经104.9", 104.9),
        ("-73.5", -73.5),
        ("73.5W", -73.5),
        ("南纬25.5", -25.5),
        ("104°54′24.5″E", DMS),
        ("104°54'24.5\"", DMS),
        ("104度54分24.5秒", DMS),
        ("104 54 24.5", DMS),
        ("104:54:24.5", DMS),
        ("104°54.5′", 104 + 54.5 / 60),
        ("-0°30′", -0.5),
        ("106.936593N/A", None),
        ("#N/A", None),
        ("1e2", None),
        ("104,9", None),
        ("104.9, 25.1", None),
        ("104°61′", None),
        ("104°54′60″", None),
        ("E104.9E", None),
        ("2776543.2", None),
        ("", None),
        ("°", None),
        ("=1+1", None),
    ],
)
def test_degrees_of_a_cell(text, expected):
    got = co.degrees(text)
    assert got is None if expected is None else got == pytest.approx(expected, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.floats(-180, 180).filter(lambda value: abs(value) > 1e-3))
def test_sexagesimal_round_trip(value):
    whole, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    seconds = math.floor(rest * 60 * 1e6) / 1e6
    sign = "W" if value < 0 else "E"
    got = co.degrees(f"{int(whole)}°{int(minutes)}′{seconds:.6f}″{sign}")
    assert got == pytest.approx(value, abs=1e-8)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    got = co.degrees(text)
    assert got is None or math.isfinite(got)


def test_pairs():
    assert co.pair("104.9,25.1") == (104.9, 25.1)
    assert co.pair("(104.9， 25.1)") == (104.9, 25.1)
    assert co.pair("25°30′，104°30′") == (25.5, 104.5)
    assert co.pair("104.9") is None
    assert co.pair("104.9,25.1,3") is None


def test_columns_swapped_by_most_rows():
    lon, lat = np.array([104.9, 104.8, 104.7]), np.array([25.1, 25.2, 25.3])
    assert not co.columns_swapped(lon, lat, None)
    assert co.columns_swapped(lat, lon, None)
    assert not co.columns_swapped(np.array([104.9, 104.8, 25.3]), np.array([25.1, 25.2, 104.7]), None)
    assert not co.columns_swapped(np.array([]), np.array([]), None)


def test_area_box_has_the_margin_on_every_side(schools):
    box = co.area_box({"schools": schools})
    west, south, east, north = schools.total_bounds
    assert (south - box.south) * 111.2 == pytest.approx(co.AREA_MARGIN_KM, rel=1e-3)
    assert (box.north - north) * 111.2 == pytest.approx(co.AREA_MARGIN_KM, rel=1e-3)
    shrink = math.cos(math.radians(25.09))
    assert (west - box.west) * 111.2 * shrink == pytest.approx(co.AREA_MARGIN_KM, rel=1e-2)
    assert (box.east - east) * 111.2 * shrink == pytest.approx(co.AREA_MARGIN_KM, rel=1e-2)


def test_area_box_of_nothing_known():
    assert co.area_box({}) is None
    assert co.area_box({"areas": gpd.GeoDataFrame({"name": ["x"]}, geometry=[None], crs="EPSG:4326")}) is None


def test_far_from_middle_is_measured_from_the_median():
    lon, lat = np.array([106.5, 106.6, 106.7, 116.4]), np.array([29.5, 29.6, 29.5, 39.9])
    assert co.far_from_middle(lon, lat).tolist() == [False, False, False, True]


def test_off_the_globe():
    lon, lat = np.array([0.0, 181.0, 104.9, 104.9]), np.array([0.0, 25.0, 91.0, 25.0])
    assert co.in_range(lon, lat).tolist() == [False, False, False, True]
