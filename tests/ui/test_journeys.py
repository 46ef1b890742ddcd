"""What a planner does, in a real browser without any network: look, pick, open, check, import, take home."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from browser import Seen, opened, served_workspace, shot

from gislib.planning import results
from gislib.planning.session import open_session

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(tab, address):
    """Open a page of the served demo county; every request is watched."""

    def go(path: str):
        tab.page.goto(address + path)
        tab.page.wait_for_selector(".hx-footer")
        return tab.page

    yield go
    tab.seen.check()


def drawn(page):
    """Wait until the map has drawn all its layers."""
    page.wait_for_selector(".hxt-map[data-ready]")
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    page.wait_for_timeout(500)


def school_spot(page, identity):
    """Pixel of a campus symbol in the window."""
    return page.evaluate(
        """(id) => {
          const host = document.querySelector(".hxt-map"), {map, layers} = host.huxuetu;
          const [x, y] = layers.get("schools").set.byId.get(id).parts[0], scale = 256 * 2 ** map.getZoom();
          const origin = map.getPixelOrigin(), pane = map.containerPointToLayerPoint([0, 0]);
          const box = host.getBoundingClientRect();
          return [x * scale - origin.x - pane.x + box.left, y * scale - origin.y - pane.y + box.top];
        }""",
        identity,
    )


def test_first_request_after_a_start_may_be_a_deep_link(browser, workspace, tmp_path):
    with served_workspace(workspace, tmp_path) as address:
        page = opened(browser, f"{address}/campus", Seen())
        page.wait_for_selector(".hx-footer")
        assert page.get_by_text("Page not found").count() == 0
        assert page.locator(".hx-title h1").inner_text() == "学校档案"
        page.context.close()


def test_overview_at_1366_by_768_shows_title_figures_map_and_ranking_above_the_fold(visit):
    page = visit("/")
    drawn(page)
    assert page.locator("[data-testid=stSidebar]").bounding_box()["width"] == 196
    figures = page.locator(".hx-kpi").first.bounding_box()
    assert figures["height"] == 62
    assert page.locator(".hxt-map").bounding_box()["y"] < 140
    grid = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    assert grid["y"] + 29 + 8 * 27 < 640
    assert page.locator(".hx-footer").bounding_box()["y"] < 768
    shot(page, "page_overview")


WRITTEN = """const write = CanvasRenderingContext2D.prototype.fillText; window.written = new Set();
CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
  window.written.add(text); write.call(this, text, ...at); };"""


def test_first_view_of_the_county_has_its_campuses_and_names_the_first_ten(browser, address, workspace):
    risk = results.read(open_session(workspace), "school_risk")
    ranked = risk[risk["rank"].notna()].sort_values("rank")
    page = opened(browser, "about:blank", Seen())
    page.add_init_script(WRITTEN)
    page.goto(address)
    page.wait_for_selector(".hx-footer")
    drawn(page)
    box = page.locator(".hxt-map").bounding_box()
    spots = [school_spot(page, identity) for identity in ranked.index]
    seen = [0 < x - box["x"] < box["width"] and 0 < y - box["y"] < box["height"] for x, y in spots]
    assert sum(seen) >= 0.9 * len(ranked)
    first = {f"{row['rank']:.0f} {row['name']}" for row in ranked.head(10).to_dict("records")}
    assert first <= set(page.evaluate("[...window.written]"))
    shot(page, "page_overview_first_view")
    page.context.close()


def test_a_campus_clicked_on_the_map_is_explained_and_opened(visit, workspace):
    risk = results.read(open_session(workspace), "school_risk").sort_values("rank")
    first = risk.index[0]
    page = visit("/")
    drawn(page)
    page.mouse.click(*school_spot(page, first))
    page.wait_for_function(
        "(n) => [...document.querySelectorAll('.hx-head')].some((h) => h.innerText.includes(n))",
        arg=risk.loc[first, "name"],
    )
    assert f"school={first.replace(':', '%3A')}" in page.url
    page.get_by_role("button", name="打开学校档案").click()
    page.wait_for_selector(".hx-title h1:text-is('学校档案')")
    drawn(page)
    assert f"{risk.loc[first, 'score']:.1f}" in page.locator(".hx-kpi .v").first.inner_text()
    layers = page.locator(".hxt-map").get_attribute("data-layers").split()
    assert {"zones", "catchment", "segment_risk", "routes", "venues", "gates", "roads"} <= set(layers)
    shot(page, "page_campus")


def test_a_row_picked_in_the_ranking_is_selected_on_the_map(visit, workspace):
    risk = results.read(open_session(workspace), "school_risk")
    third = risk[risk["rank"].notna()].sort_values(["rank", "name"]).index[2]
    page = visit("/")
    drawn(page)
    grid = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.click(grid["x"] + 17, grid["y"] + 33 + 2 * 27 + 13)
    page.wait_for_function("(id) => document.querySelector('.hxt-map').dataset.selected === id", arg=third)
    assert page.locator(".hxt-map").count() == 1


def test_offline_map_of_a_campus_opens_from_the_disk_without_any_request(visit, browser, tmp_path):
    page = visit("/campus")
    drawn(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载单机地图").click()
    file = tmp_path / "campus.html"
    download.value.save_as(file)
    seen = Seen()
    alone = opened(browser, file.as_uri(), seen)
    alone.wait_for_selector(".hxt-point img")
    assert seen.requests[0] == file.as_uri()
    assert [url for url in seen.requests[1:] if not url.startswith("data:")] == []
    assert "示例数据·虚构" in alone.locator(".hxt-head").inner_text()
    shot(alone, "page_campus_offline")
    alone.context.close()


def test_audit_and_hazards_are_one_click_away(visit):
    page = visit("/campus")
    drawn(page)
    page.get_by_role("radio", name="标准核查").or_(page.get_by_text("标准核查", exact=True)).first.click()
    page.wait_for_selector(".hx-head:has-text('标准核查')")
    states = page.locator(".hx-table td:first-child .hx-chip").all_inner_texts()
    order = ["缺", "不明", "有"]
    assert states == sorted(states, key=order.index)
    shot(page, "page_campus_audit")


def test_evidence_of_a_pair_names_rule_source_and_both_distances(visit):
    page = visit("/compliance")
    drawn(page)
    facts = page.locator(".hx-facts").first.inner_text()
    for word in ("判定", "口径", "误差", "规则", "出处", "主责"):
        assert word in facts
    before = page.locator(".hx b .hx-mark").first.inner_text()
    grid = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.click(grid["x"] + 17, grid["y"] + 33 + 4 * 27 + 13)
    page.wait_for_function("(t) => document.querySelector('.hx b .hx-mark')?.innerText !== t", arg=before)
    drawn(page)
    assert re.search(r"venue=\w+%3A", page.url)
    shot(page, "page_compliance")


def test_english_switch_works_on_every_page_and_stays(visit):
    page = visit("/")
    drawn(page)
    page.get_by_text("English", exact=True).click()
    page.wait_for_selector(".hx-title h1:text-is('Overview')")
    for name, title in (
        ("Campus", "Campus"),
        ("Compliance", "Compliance"),
        ("Measures", "Measures"),
        ("Data", "Data"),
        ("Methods and rules", "Methods and rules"),
    ):
        page.locator("[data-testid=stSidebar]").get_by_text(name, exact=True).click()
        page.wait_for_selector(f".hx-title h1:text-is('{title}')")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "lang=en" in page.url
    shot(page, "page_methods_en")


def test_sources_quality_and_rules_can_be_read(visit):
    page = visit("/data")
    page.get_by_role("tab", name=re.compile("来源")).click()
    page.wait_for_selector(".hx-table:has-text('town.osm.pbf')")
    shot(page, "page_data")
    page = visit("/methods")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    shot(page, "page_methods")


def test_import_maps_columns_refuses_bad_rows_and_keeps_names_as_text(browser, workspace, tmp_path):
    copy = shutil.copytree(workspace, tmp_path / "copy")
    table = tmp_path / "extra.csv"
    table.write_text(
        "场所名称,类别,lng,lat\n<script>window.broken=1</script>,网吧,104.902,25.092\n坏点,网吧,204.9,25.09\n",
        encoding="utf-8",
    )
    log = tmp_path / "log"
    log.mkdir()
    seen = Seen()
    with served_workspace(copy, log) as address:
        page = opened(browser, f"{address}/data", seen)
        page.wait_for_selector(".hx-footer")
        page.get_by_role("combobox", name=re.compile("导入什么")).click()
        page.get_by_role("option", name="场所").click()
        page.get_by_role("combobox", name=re.compile("坐标基准")).click()
        page.get_by_role("option", name="WGS 84").click()
        page.locator("input[type=file]").set_input_files(table)
        page.get_by_role("button", name="导入", exact=True).click()
        page.wait_for_selector(".hx-head:has-text('导入完成')")
        assert "1 / 2" in page.locator(".hx-facts").first.inner_text()
        assert page.evaluate("window.broken") is None
        shot(page, "page_import")
        page.context.close()
    seen.check()
    sources = json.loads((copy / "workspace.json").read_text(encoding="utf-8"))
    assert sources
