"""Editing on the planner map in a real browser: each act is one event, ids stay, nothing is lost or done twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import one_tab, served, shot

from gislib.ui.map_editing import Act, act_of

APP = Path(__file__).parent / "apps" / "edit_app.py"
HUMP = "P1-0001"


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    with served(APP, tmp_path_factory.mktemp("edit")) as url:
        yield url


@pytest.fixture(scope="module")
def anew(browser, street):
    with one_tab(browser, street, ".hxt-map[data-ready][data-pins='4']") as begin:
        yield begin


@pytest.fixture
def page(anew):
    """The page as if nothing had been done on it."""
    return anew()


def middle(page, identity):
    box = page.locator(f"[data-id='{identity}'] .hxt-disc").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def spot(page, identity):
    box = page.locator(f"[data-id='{identity}'] .hxt-spot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, identity, dx, dy):
    x, y = middle(page, identity)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()


def tool(page, name):
    page.locator(f".hxt-tool[data-tool={name}]").click()


def asked(page, count):
    """Acts that the server got, once there are so many and the last is answered."""
    page.wait_for_function(
        "(n) => document.querySelector('#said')?.innerText.split('|')[0].split(' ').filter(Boolean).length === n",
        arg=count,
    )
    page.wait_for_selector(".hxt-map:not([data-busy])")
    return page.locator("#said").inner_text().split("|")[0].split()


def places(page):
    found = re.findall(r"(P1-\d+)=([\d.]+),([\d.]+)", page.locator("#where").inner_text())
    return {name: (float(x), float(y)) for name, x, y in found}


@pytest.mark.browser
def test_disc_stands_beside_the_road_and_the_leader_ends_at_the_exact_place(page):
    x, y = middle(page, HUMP)
    at_x, at_y = spot(page, HUMP)
    assert (x - at_x, y - at_y) == pytest.approx((0, 36), abs=1.5)  # the right of traffic that goes east is south
    pixel = page.evaluate(
        """() => { const {map} = document.querySelector(".hxt-map").huxuetu;
          const box = map.getContainer().getBoundingClientRect();
          const p = map.latLngToContainerPoint([25.0, 105.0012]); return [p.x + box.left, p.y + box.top]; }"""
    )
    assert (at_x, at_y) == pytest.approx(pixel, abs=1)
    assert page.locator(f"[data-id='{HUMP}'] .hxt-disc b").inner_text() == "1"
    assert page.locator("[data-id='P1-0004'] .hxt-disc b").count() == 0  # of another campus: no number
    shot(page, "map_editing")


@pytest.mark.browser
def test_two_devices_at_one_place_do_not_cover_each_other(page):
    (x0, y0), (x1, y1) = middle(page, "P1-0002"), middle(page, "P1-0003")
    assert max(abs(x0 - x1), abs(y0 - y1)) >= 32


@pytest.mark.browser
def test_nothing_moves_unless_moving_is_switched_on(page):
    before = middle(page, HUMP)
    drag(page, HUMP, 30, 0)
    page.wait_for_timeout(500)
    assert asked(page, 0) == []
    assert places(page)[HUMP] == (0.0012, 0.0)
    assert before is not None


@pytest.mark.browser
def test_a_drag_keeps_the_id_and_tells_the_place(page):
    tool(page, "move")
    drag(page, HUMP, 40, 0)
    assert asked(page, 1) == [f"move:{HUMP}"]
    per_pixel = 360 / (256 * 2**17)
    assert places(page)[HUMP][0] == pytest.approx(0.0012 + 40 * per_pixel, abs=1.5 * per_pixel)
    assert set(places(page)) == {HUMP, "P1-0002", "P1-0003", "P1-0004"}


@pytest.mark.browser
def test_a_refused_place_is_ringed_and_explained_at_once_and_undo_takes_it_back(page):
    tool(page, "move")
    drag(page, HUMP, 0, -100)
    asked(page, 1)
    assert page.locator(f"[data-id='{HUMP}'] .hxt-mark").count() == 1
    notice = page.locator(".hxt-notice:visible")
    assert "此处不能设减速丘" in notice.inner_text()
    assert page.locator(".hxt-notice-line").is_visible()
    shot(page, "map_editing_refused")
    tool(page, "undo")
    assert asked(page, 2) == [f"move:{HUMP}", "undo:"]
    assert places(page)[HUMP] == (0.0012, 0.0)
    assert not notice.is_visible()
    assert page.locator(".hxt-mark").count() == 0
    tool(page, "redo")
    asked(page, 3)
    assert places(page)[HUMP][1] == 0.001


@pytest.mark.browser
def test_the_box_never_hides_the_place_that_it_is_about(page):
    tool(page, "move")
    drag(page, HUMP, 0, -100)
    asked(page, 1)
    for x, y in ((150, 110), (150, 330), (600, 200)):
        page.evaluate(
            """([x, y]) => { const {map} = document.querySelector(".hxt-map").huxuetu;
              const box = map.getContainer().getBoundingClientRect();
              const disc = document.querySelector("[data-id='P1-0001'] .hxt-disc").getBoundingClientRect();
              map.panBy([disc.x + 16 - box.x - x, disc.y + 16 - box.y - y], {animate: false}); }""",
            [x, y],
        )
        page.wait_for_timeout(300)
        box, (at_x, at_y) = page.locator(".hxt-notice:visible").bounding_box(), middle(page, HUMP)
        assert not (box["x"] < at_x < box["x"] + box["width"] and box["y"] < at_y < box["y"] + box["height"]), (x, y)


@pytest.mark.browser
def test_the_box_hides_the_fewest_devices_and_can_be_closed(page):
    tool(page, "move")
    drag(page, HUMP, 0, -100)
    asked(page, 1)
    discs = page.locator(".hxt-pin .hxt-disc")
    found = page.evaluate(
        """() => { const host = document.querySelector(".hxt-map"), box = document.querySelector(".hxt-notice");
          const chosen = box.dataset.corner, counts = {};
          for (const corner of ["top-left", "bottom-left", "top-right", "bottom-right"]) {
            box.dataset.corner = corner;
            const a = box.getBoundingClientRect();
            counts[corner] = [...host.querySelectorAll(".hxt-pin .hxt-disc")].filter((d) => {
              const b = d.getBoundingClientRect();
              return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top; }).length; }
          box.dataset.corner = chosen;
          return { chosen, counts }; }"""
    )
    assert discs.count() > 1
    assert found["counts"][found["chosen"]] == min(found["counts"].values())
    page.get_by_role("button", name="关闭").click()
    assert not page.locator(".hxt-notice").is_visible()
    assert not page.locator(".hxt-notice-line").is_visible()


@pytest.mark.browser
def test_a_treatment_is_chosen_and_placed_with_one_click(page):
    tool(page, "add")
    page.locator("[data-treatment=lift_bollard]").click()
    assert page.locator(".hxt-map").get_attribute("data-mode") == "add"
    x, y = spot(page, HUMP)
    page.mouse.move(x + 60, y - 5)
    page.mouse.click(x + 60, y - 5)
    assert asked(page, 1) == ["add:lift_bollard"]
    page.wait_for_selector("[data-id='P1-0005'] .hxt-disc")
    assert page.locator(".hxt-map").get_attribute("data-mode") == ""
    assert page.locator(".hxt-pin").count() == 5


@pytest.mark.browser
def test_escape_leaves_adding_without_an_act(page):
    tool(page, "add")
    page.locator("[data-treatment=hump]").click()
    page.locator(".hxt-tool[data-tool=add]").press("Escape")
    assert page.locator(".hxt-map").get_attribute("data-mode") == ""
    page.mouse.click(*spot(page, "P1-0004"))
    page.wait_for_timeout(400)
    assert asked(page, 0) == []


@pytest.mark.browser
def test_turn_and_remove_act_on_the_chosen_device_only(page):
    assert page.locator(".hxt-tool[data-tool=remove]").is_disabled()
    page.mouse.click(*middle(page, "P1-0002"))
    page.wait_for_function("document.querySelector('#said').innerText.endsWith('|P1-0002')")
    tool(page, "turn")
    asked(page, 1)
    tool(page, "remove")
    assert asked(page, 2) == ["turn:P1-0002", "remove:P1-0002"]
    page.wait_for_function("document.querySelectorAll('.hxt-pin').length === 3")
    assert "P1-0002" not in places(page)
    tool(page, "undo")
    asked(page, 3)
    assert "P1-0002" in places(page)


@pytest.mark.browser
def test_quick_acts_are_answered_one_after_the_other_and_none_is_lost(page):
    tool(page, "move")
    for identity in (HUMP, "P1-0002", "P1-0003"):
        drag(page, identity, 20, 0)
    assert asked(page, 3) == [f"move:{HUMP}", "move:P1-0002", "move:P1-0003"]
    moved = places(page)
    assert all(moved[name][0] > 0.0012 for name in (HUMP, "P1-0002", "P1-0003"))
    assert moved["P1-0002"][0] > 0.002


@pytest.mark.browser
def test_an_answer_while_the_button_is_down_does_not_take_the_device_away(page):
    tool(page, "move")
    drag(page, HUMP, 20, 0)
    x, y = middle(page, HUMP)
    page.mouse.move(x, y)
    page.mouse.down()
    asked(page, 1)
    once = places(page)[HUMP]
    page.wait_for_timeout(200)
    page.mouse.move(x + 20, y, steps=3)
    page.mouse.up()
    assert asked(page, 2) == [f"move:{HUMP}"] * 2
    assert places(page)[HUMP][0] > once[0]


@pytest.mark.browser
def test_devices_are_reached_and_named_without_a_mouse(page):
    pin = page.locator(f"[data-id='{HUMP}']")
    assert pin.get_attribute("role") == "button"
    assert pin.get_attribute("aria-label") == f"speed-hump <b>{HUMP}</b>"
    pin.focus()
    pin.press("Enter")
    page.wait_for_function(f"document.querySelector('#said').innerText.endsWith('|{HUMP}')")
    page.locator(f"[data-id='{HUMP}']").press("Delete")
    assert asked(page, 1) == [f"remove:{HUMP}"]


@pytest.mark.browser
def test_a_device_is_moved_with_the_arrow_keys(page):
    tool(page, "move")
    pin = page.locator(f"[data-id='{HUMP}']")
    pin.focus()
    for _ in range(5):
        pin.press("ArrowRight")
    assert places(page)[HUMP] == (0.0012, 0.0)  # not yet put down
    pin.press("Enter")
    assert asked(page, 1) == [f"move:{HUMP}"]
    assert places(page)[HUMP][0] == pytest.approx(0.0012 + 15 * 360 / (256 * 2**17), abs=2e-6)


@pytest.mark.browser
def test_escape_puts_a_device_back_that_the_keys_have_moved(page):
    tool(page, "move")
    before = spot(page, HUMP)
    page.locator(f"[data-id='{HUMP}']").press("ArrowRight")
    page.locator(f"[data-id='{HUMP}']").press("Escape")
    assert spot(page, HUMP) == pytest.approx(before, abs=0.5)
    assert asked(page, 0) == []


@pytest.mark.browser
def test_far_out_only_dots_are_drawn(page):
    page.evaluate("document.querySelector('.hxt-map').huxuetu.map.setZoom(14)")
    page.wait_for_function("document.querySelectorAll('.hxt-pin').length === 0")
    tool(page, "move")
    assert page.locator(".hxt-hint").inner_text() == "先放大到街道"


SENT = {"serial": "1.1", "action": "move", "id": "P1-0001", "treatment": "", "lon": 105.0, "lat": 25}


def test_an_act_is_read():
    assert act_of(SENT) == Act("1.1", "move", "P1-0001", "", 105.0, 25.0)
    assert act_of(SENT | {"action": "undo", "lon": None, "lat": None}).lon is None


@pytest.mark.parametrize(
    "wrong",
    [None, {}, SENT | {"action": "drop table"}, SENT | {"lat": 91}, SENT | {"lon": "105"}, SENT | {"lon": True},
     SENT | {"lat": float("nan")}, SENT | {"action": "add", "lon": None}],
)  # fmt: skip
def test_what_is_no_act_is_not_done(wrong):
    assert act_of(wrong) is None
