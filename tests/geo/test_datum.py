import geopandas as gpd
import numpy as np
import prcoords
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from gislib.domain.errors import DatumError
from gislib.geo import datum

GEOD = pyproj.Geod(ellps="GRS80")
# Mainland China with a margin to the edge of the shifted rectangle, where the inverse may leave it.
LON = st.floats(73.0, 136.0)
LAT = st.floats(3.0, 54.0)


def metres(first, second):
    _, _, out = GEOD.inv(*first, *second)
    return np.asarray(out)


def arrays(lon, lat):
    return np.array([lon]), np.array([lat])


@settings(max_examples=200, deadline=None)
@given(LON, LAT, st.sampled_from(["gcj02", "bd09"]))
def test_inverse_returns_within_a_centimetre(lon, lat, name):
    there = datum.from_wgs84(name, *arrays(lon, lat))
    assert metres(datum.to_wgs84(name, *there), arrays(lon, lat)).max() < 0.01


@settings(max_examples=200, deadline=None)
@given(LON, LAT)
def test_forward_equals_prcoords(lon, lat):
    gcj = prcoords.wgs_gcj((lat, lon))
    bd = prcoords.wgs_bd((lat, lon))
    assert metres(datum.from_wgs84("gcj02", *arrays(lon, lat)), arrays(gcj.lon, gcj.lat)).max() < 1e-4
    assert metres(datum.from_wgs84("bd09", *arrays(lon, lat)), arrays(bd.lon, bd.lat)).max() < 1e-4


@settings(max_examples=50, deadline=None)
@given(LON, LAT)
def test_inverse_agrees_with_prcoords_iteration(lon, lat):
    back = prcoords.gcj_wgs_bored((lat, lon))
    # prcoords stops at 1e-5 degree steps
    assert metres(datum.to_wgs84("gcj02", *arrays(lon, lat)), arrays(back.lon, back.lat)).max() < 0.05


def test_offsets_in_qianxinan_exceed_the_200_m_rule():
    lon, lat = np.meshgrid(np.linspace(104.5, 106.5, 40), np.linspace(24.6, 26.2, 40))
    here = lon.ravel(), lat.ravel()
    gcj = metres(datum.from_wgs84("gcj02", *here), here)
    bd = metres(datum.from_wgs84("bd09", *here), here)
    assert 390 < gcj.min() < gcj.max() < 530
    assert 900 < bd.min() < bd.max() < 1110


def test_the_kink_of_the_formula_at_105_degrees_east_inverts():
    lon = 105.0 + np.array([-1e-6, -1e-9, 0.0, 1e-9, 1e-6])
    lat = np.full(5, 25.1)
    for name in ("gcj02", "bd09"):
        assert metres(datum.to_wgs84(name, *datum.from_wgs84(name, lon, lat)), (lon, lat)).max() < 0.01


def test_outside_china_unchanged():
    helsinki = arrays(24.94, 60.17)
    for name in ("gcj02", "bd09"):
        assert np.array_equal(datum.from_wgs84(name, *helsinki), helsinki)
        assert np.array_equal(datum.to_wgs84(name, *helsinki), helsinki)


def test_cgcs2000_is_wgs84_and_missing_stays_missing():
    lon, lat = np.array([104.9, np.nan]), np.array([25.09, np.nan])
    assert np.array_equal(datum.to_wgs84("cgcs2000", lon, lat), (lon, lat), equal_nan=True)
    moved = datum.to_wgs84("gcj02", lon, lat)
    assert np.isnan(moved[0][1])
    assert not np.isnan(moved[0][0])


def test_unknown_datum_is_refused():
    with pytest.raises(DatumError) as caught:
        datum.to_wgs84("nad27", *arrays(104.9, 25.1))
    assert caught.value.code == "datum_unknown"


def test_shapes_move_vertex_by_vertex():
    square = Polygon([(104.90, 25.09), (104.91, 25.09), (104.91, 25.10), (104.90, 25.10)])
    shapes = gpd.GeoSeries([square, None, Point(104.9, 25.09)], crs="EPSG:4326")
    back = datum.shapes_to_wgs84("bd09", datum.shapes_from_wgs84("bd09", shapes))
    assert back[0].equals_exact(square, 1e-9)
    assert back[1] is None
    assert back.crs == shapes.crs
    moved = datum.shapes_from_wgs84("bd09", shapes)
    assert metres(arrays(moved[2].x, moved[2].y), arrays(104.9, 25.09))[0] > 900
