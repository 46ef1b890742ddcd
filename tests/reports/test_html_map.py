from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import pytest
import shapely
from browser import Seen, opened, shot

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
        "national_strict",
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
    assert view.locator(".hxt-point span").inner_text() == EVIL
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
