"""The planner map in a real browser: what it draws, what comes back from it, what survives a rerun."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import Seen, one_tab, opened, served, shot

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "apps" / "map_app.py"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with served(APP, tmp_path_factory.mktemp("map")) as url:
        yield url


@pytest.fixture(scope="module")
def anew(browser, town):
    with one_tab(browser, town, ".hxt-map[data-ready]") as begin:
        yield begin


@pytest.fixture
def page(anew):
    """The page as if nothing had been done on it."""
    return anew()


def place_of(page, layer, identity):
    """Pixel of a feature in the browser's window."""
    return page.evaluate(
        """([layer, id]) => {
          const host = document.querySelector(".hxt-map"), {map, layers} = host.huxuetu;
          const [x, y] = layers.get(layer).set.byId.get(id).parts[0], scale = 256 * 2 ** map.getZoom();
          const origin = map.getPixelOrigin(), pane = map.containerPointToLayerPoint([0, 0]);
          const box = host.getBoundingClientRect();
          return [x * scale - origin.x - pane.x + box.left, y * scale - origin.y - pane.y + box.top];
        }""",
        [layer, identity],
    )


def pixel(page, x, y, radius=3):
    """Colours of the top canvas around a pixel of the window, as a set of hex texts."""
    return set(
        page.evaluate(
            """([x, y, r]) => {
              const out = [];
              for (const canvas of document.querySelectorAll(".hxt-canvas")) {
                const box = canvas.getBoundingClientRect(), ratio = canvas.width / box.width;
                const left = (x - box.left - r) * ratio, top = (y - box.top - r) * ratio;
                const {data} = canvas.getContext("2d").getImageData(left, top, 2 * r, 2 * r);
                const hex = (value) => value.toString(16).padStart(2, "0");
                for (let i = 0; i < data.length; i += 4)
                  if (data[i + 3] > 250) out.push(`#${hex(data[i])}${hex(data[i + 1])}${hex(data[i + 2])}`);
              }
              return out;
            }""",
            [x, y, radius],
        )
    )


def rerun(page):
    """Run the script again without any change and wait until it has."""
    before = page.locator("#runs").inner_text()
    page.get_by_role("button", name="再来一次").click()
    page.wait_for_function("(n) => document.querySelector('#runs').innerText !== n", arg=before)
    page.wait_for_timeout(300)


def test_each_grade_is_drawn_in_its_colour_where_it_stands(page):
    page.wait_for_timeout(400)
    for identity, colour in (("s0", "#a3161f"), ("s1", "#e2761b"), ("s2", "#f3cf4e"), ("s8", "#d3e5f6")):
        assert colour in pixel(page, *place_of(page, "schools", identity)), identity
    shot(page, "map_component")


def test_document_language_is_chinese_and_credit_is_shown(page):
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    credit = page.locator(".hxt-credit").inner_text()
    assert "© OpenStreetMap contributors (ODbL)" in credit
    assert "示例数据 · 虚构" in credit
    assert page.locator(".leaflet-control-attribution").count() == 0


def test_scale_bar_states_its_length(page):
    text = page.locator(".hxt-scale span").inner_text()
    metres = float(re.match(r"([\d.]+) m", text)[1])
    width = page.locator(".hxt-bar").bounding_box()["width"]
    per_pixel = page.evaluate(
        """() => { const {map} = document.querySelector(".hxt-map").huxuetu, y = map.getSize().y / 2;
          return map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([100, y])) / 100; }"""
    )
    assert width * per_pixel == pytest.approx(metres, rel=0.03)


def test_click_returns_the_id_and_selection_survives_a_rerun(page):
    page.evaluate("document.querySelector('.hxt-map').huxuetu.map.mark = 'same'")
    page.mouse.click(*place_of(page, "schools", "s1"))
    page.wait_for_function("document.querySelector('#said')?.innerText === 's1|schools s1'")
    rerun(page)
    assert page.locator(".hxt-map").get_attribute("data-selected") == "s1"
    assert page.evaluate("document.querySelector('.hxt-map').huxuetu.map.mark") == "same"
    assert "school=s1" in page.url
    page.mouse.move(5, 5)
    x, y = place_of(page, "schools", "s1")
    assert "#0b3c6b" in pixel(page, x + 14, y, 3)  # ring of 18 / 2 + 5 px around the symbol
    shot(page, "map_selected")


def test_click_on_a_venue_returns_layer_and_id_and_keeps_the_school(page):
    page.mouse.click(*place_of(page, "venues", "v4"))
    page.wait_for_function("document.querySelector('#said')?.innerText === '|venues v4'")


def test_users_view_is_kept_over_reruns(page):
    page.evaluate("document.querySelector('.hxt-map').huxuetu.map.setView([25.006, 105.008], 16)")
    rerun(page)
    view = page.evaluate(
        "[document.querySelector('.hxt-map').huxuetu.map].map((m) => [m.getZoom(), m.getCenter().lat])[0]"
    )
    assert view[0] == 16
    assert view[1] == pytest.approx(25.006, abs=1e-4)


def test_layer_switch_hides_the_layer_and_survives_a_rerun(page):
    page.locator(".hxt-button").click()
    x, y = place_of(page, "schools", "s1")
    assert "#e2761b" in pixel(page, x, y)
    page.locator("input[data-layer=schools]").uncheck()
    assert "#e2761b" not in pixel(page, x, y)
    rerun(page)
    assert "#e2761b" not in pixel(page, x, y)
    assert page.locator(".hxt-list input").count() == 5
    shot(page, "map_layers")


def test_search_finds_a_school_and_selects_it(page):
    page.locator(".hxt-search input").fill("第8")
    assert page.locator(".hxt-found button").count() == 1
    page.locator(".hxt-found button").click()
    page.wait_for_function("document.querySelector('#said')?.innerText === 's7|schools s7'")


def test_names_are_text_never_markup(page):
    page.locator(".hxt-search input").fill("<img")
    assert page.locator(".hxt-found button span").inner_text() == "<img src=x onerror=window.broken=1>小学"
    page.mouse.move(*place_of(page, "schools", "s3"))
    page.wait_for_selector(".hxt-tip:not([hidden])")
    assert page.evaluate("window.broken") is None


def test_tiled_layer_is_drawn_by_its_worker_and_answers_clicks(page):
    page.locator(".hxt-button").click()
    page.locator("input[data-layer=risk]").check()
    page.wait_for_selector(".hxt-map[data-tiled=risk]")
    page.evaluate("document.querySelector('.hxt-map').huxuetu.map.setView([25.0001, 105.008], 18)")
    page.wait_for_timeout(600)
    x, y = place_of(page, "risk", "t80")
    page.mouse.click(x, y - 20)
    page.wait_for_function("document.querySelector('#said')?.innerText === '|risk t80'")
    shot(page, "map_tiled")


def test_english_switch_changes_controls_and_document(browser, town):
    seen = Seen()
    page = opened(browser, f"{town}/?lang=en", seen)
    page.wait_for_selector(".hxt-map[data-ready]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator(".hxt-button").inner_text().startswith("Layers")
    seen.check()


def test_nothing_is_editable_and_geoman_is_loaded(page):
    assert page.evaluate("typeof L.PM") == "object"
    assert page.locator(".leaflet-pm-toolbar").count() == 0


def test_a_layer_that_cannot_be_fetched_is_named(browser, town):
    page = browser.new_context().new_page()
    asked = []

    def refuse_second(route):
        asked.append(route.request.url)
        route.fulfill(status=404) if len(asked) == 2 else route.continue_()  # the first is the table of looks

    page.route("**/media/*.json", refuse_second)
    page.goto(town)
    page.wait_for_selector(".hxt-map[data-ready]")
    assert page.locator(".hxt-credit").inner_text().startswith("未能载入：")
    page.context.close()
