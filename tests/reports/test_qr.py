"""QR codes hold the place in the datum that their reader takes."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.geo.datum import to_wgs84
from gislib.reports.qr import NAME_CHARACTERS, amap_link, geo_address, qr_svg


def pixels(svg: str, scale: int = 4) -> np.ndarray:
    """Grey picture of a QR code's SVG, drawn from its runs."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    picture = np.full((side, side), 255, dtype=np.uint8)
    for left, top, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        picture[int(top), int(left) : int(left) + int(width)] = 0
    return np.kron(picture, np.ones((scale, scale), dtype=np.uint8))


def test_amap_link_is_gcj02_longitude_first_and_says_so():
    link = urlsplit(amap_link(105.2, 25.2, "示例 小学&<b>"))
    asked = parse_qs(link.query)
    assert asked["coordinate"] == ["gaode"]
    assert asked["name"] == ["示例 小学&<b>"]
    lon, lat = map(float, asked["position"][0].split(","))
    assert abs(lon - 105.2) > 1e-3
    back = to_wgs84("gcj02", np.array([lon]), np.array([lat]))
    assert (back[0][0], back[1][0]) == pytest.approx((105.2, 25.2), abs=1e-7)


def test_a_long_name_is_cut():
    asked = parse_qs(urlsplit(amap_link(105.2, 25.2, "校" * 100)).query)
    assert asked["name"] == ["校" * NAME_CHARACTERS]


def test_geo_address_is_wgs84_latitude_first():
    assert geo_address(105.2, 25.20000004) == "geo:25.2000000,105.2000000"


@settings(max_examples=15, deadline=None)
@given(st.floats(73, 135), st.floats(4, 53), st.text("校园小学abc &%#", max_size=30))
def test_codes_are_read_back(lon: float, lat: float, name: str):
    for content in (amap_link(lon, lat, name), geo_address(lon, lat)):
        assert [code.text for code in zxingcpp.read_barcodes(pixels(qr_svg(content)))] == [content]


def test_quiet_zone_is_white():
    picture = pixels(qr_svg("geo:25.2,105.2"), scale=1)
    assert (picture[:4] == 255).all()
    assert (picture[:, -4:] == 255).all()
    assert picture[4, 4] == 0
