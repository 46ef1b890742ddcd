from __future__ import annotations

import base64
import io
import json
import re
from datetime import date

import geopandas as gpd
import pytest
import shapely
from browser import Seen, opened, shot
from fontTools.ttLib import TTFont

from gislib.domain.errors import InputError
from gislib.reports import html_map, map_layers
from gislib.reports.html_map import HtmlLayer, Legend
from gislib.reports.metadata import Stamp

EVIL = "`${alert(1)}`</script><script>window.broken=1</script><img src=x onerror='window.broken=2'>\\"
STAMP = Stamp(
    area="澜桥县",
    sources=(),
    data_version="d" * 8,
    rules_version="r" * 8,
    code_version="0.1.0",
    profile="national_strict",
    as_of=date(2026, 11, 16),
    marking=("示例数据 · 虚构", "内部资料"),
    attribution=("© OpenStreetMap contributors (ODbL)",),
)
LEGEND = Legend("图例", (("schools", "red", "红"), ("routes", "straight", "直线"), ("zones", "venue", "200 m")))
BOUNDS = (104.99, 24.99, 105.01, 25.01)


def table(rows, **columns):
    return gpd.GeoDataFrame(columns, geometry=rows, index=[f"i{n}" for n in range(len(rows))], crs="EPSG:4326")


def page(name: str = "澜桥三中") -> str:
    school = shapely.Point(105.0, 25.0)
    zone = table([school.buffer(0.002)], case=["venue"], name=["200 m"])
    routes = table([shapely.LineString([(105.0, 25.0), (105.002, 25.0)])], case=["straight"], name=["直线 201.8 m"])
    layers = [
        HtmlLayer(
            "schools",
            "学校",
            map_layers.map_layer(table([school], case=["red"], name=[name]), case="case", name="name"),
        ),
        HtmlLayer("zones", "距离圈", map_layers.map_layer(zone, case="case", name="name")),
        HtmlLayer("routes", "量算线", map_layers.map_layer(routes, case="case", name="name")),
    ]
    return html_map.standalone_html("学校档案：" + name, layers, BOUNDS, LEGEND, STAMP)


def test_file_shows_marking_credit_and_versions():
    html = page()
    for text in (
        "示例数据 · 虚构",
        "内部资料",
        "© OpenStreetMap contributors (ODbL)",
        "dddddddd",
        "国家规定·从严",
        "2026-11-16",
    ):
        assert text in html
    assert '<html lang="zh-CN">' in html


def test_size_stays_below_half_a_megabyte():
    assert len(page().encode()) < 500_000


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://example.org/a.png">',
        "<style>@import 'x.css';</style>",
        "<style>a{background:url(//x/y.png)}</style>",
    ],
)
def test_a_remaining_address_is_refused(text):
    with pytest.raises(InputError) as caught:
        html_map.check_offline(f"<html>{text}</html>")
    assert caught.value.code == "html_not_offline"


def test_data_uris_and_anchors_are_no_addresses():
    html_map.check_offline('<a href="#top"><img src="data:image/png;base64,AA=="></a><style>a{fill:url(#p)}</style>')


def test_wide_widths_follow_the_looks_table_at_the_drawn_zoom():
    look = html_map.look_of("roads", "primary")
    # 5.5 px at zoom 15 and 11 px at 17: the geometric mean at 16
    assert html_map._width(look) == pytest.approx((5.5 * 11) ** 0.5, abs=0.01)


@pytest.mark.browser
def test_opens_from_the_disk_without_a_request(browser, tmp_path):
    file = tmp_path / "campus.html"
    file.write_text(page(EVIL), encoding="utf-8")
    seen = Seen()
    view = opened(browser, file.as_uri(), seen)
    view.wait_for_selector(".hxt-point img")
    assert view.evaluate("window.broken") is None
    assert view.locator(".hxt-point img + span").inner_text() == EVIL
    assert view.locator(".leaflet-control-scale-line").first.is_visible()
    assert view.locator("canvas").count() == 1
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert [url for url in seen.requests if url.startswith("file:")] == [file.as_uri()]
    assert seen.problems == []
    shot(view, "html_map")


def test_legend_swatches_are_pictures_of_the_looks():
    html = page()
    assert html.count("data:image/svg+xml;base64,") >= len(LEGEND.items)
    assert json.dumps(BOUNDS[0])[:5] in html


def test_measured_lines_and_rings_carry_their_metres_and_north_is_shown():
    html = page()
    figures = re.findall(r"color:(#[0-9A-F]{6})[^>]*?u003e([^<]*?)\\u003c/span", html)
    assert [text.encode().decode("unicode_escape") for _, text in figures] == ["200 m", "直线 201.8 m"]
    assert figures[1][0] == "#7A1FA0"
    assert '<div class="hxt-north">' in html
    assert "national_strict" not in html


def test_font_in_the_file_has_every_character_shown_and_no_other_chinese_one():
    html = page("澜桥龘中")  # 龘 is outside our fonts
    faces = re.findall(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", html)
    assert len(faces) == 2
    for data in faces:
        with TTFont(io.BytesIO(base64.b64decode(data))) as font:
            codes = set(font.getBestCmap())
            assert {ord(sign) for sign in "学校档案澜桥三中直线距离圈内部资料国家规定从严图例北"} - codes == {ord("三")}
            assert sum("\u4e00" <= chr(code) <= "\u9fff" for code in codes) < 80


@pytest.mark.browser
def test_chinese_is_written_with_the_font_of_the_file_where_the_machine_has_none(browser, tmp_path):
    file = tmp_path / "campus.html"
    file.write_text(page(), encoding="utf-8")
    view = opened(browser, file.as_uri(), Seen())
    view.wait_for_selector(".hxt-point img")
    view.evaluate("document.fonts.ready")
    faces = view.evaluate("[...document.fonts].map((f) => [f.family.replaceAll('\"', ''), f.weight, f.status])")
    assert {(family, weight) for family, weight, _ in faces} == {
        ("HuXueTu Sans", "400 500"),
        ("HuXueTu Sans", "600 700"),
    }
    drawn = view.evaluate(
        """async () => { await document.fonts.load("40px 'HuXueTu Sans'", "学校");
          const ink = (text) => { const board = document.createElement("canvas").getContext("2d");
            board.font = "40px 'HuXueTu Sans'"; board.fillText(text, 0, 45);
            return board.getImageData(0, 0, 50, 60).data.join(); };
          return [ink("学"), ink("校"), ink("\ue000")]; }"""
    )
    assert len(set(drawn)) == 3  # boxes would be the same three times
