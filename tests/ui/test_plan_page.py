"""The page of measures: a plan is optimised, edited on the map, refused where it must be, accepted and taken home."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from concurrent.futures import Future
from datetime import date
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
import shapely
from browser import shot
from page_journey import app_on, entered, gone_to, idle, look_at, on_map, pixel, press, shown, text_of, until

from gislib import wording
from gislib.assessment import Request
from gislib.planning import plans, proposals
from gislib.planning.plan_basis import plan_basis
from gislib.planning.plan_scores import scores
from gislib.planning.proposals import Frontier, FrontierRow, PlanWish
from gislib.planning.session import open_session
from gislib.ui import plan_cards, plan_ground

REQUEST = Request(date(2026, 11, 16))
PAGE = "pages/plan/treatments.py"


@pytest.fixture(scope="module")
def session(township, tmp_path_factory):
    """Workspace of its own with a plan of 400,000 yuan."""
    folder = shutil.copytree(township, tmp_path_factory.mktemp("planned") / "workspace")
    found = open_session(folder, actor="tester")
    proposals.propose(found, REQUEST, PlanWish("方案甲", 400_000.0))
    return found


@pytest.fixture
def draft(session, request):
    """A copy of the plan for one test."""
    name = re.sub(r"\W", "_", request.node.name)[:50]
    return plans.copy(session, plans.by_name(session, "方案甲").head.plan_id, name)


@pytest.fixture
def app(session, monkeypatch):
    """The app in this process; other budgets are not worked out beside it, which is for the browser's server."""
    monkeypatch.setattr(plan_cards, "prospects", lambda *_: Future())
    return app_on(session.workspace.root, monkeypatch)


def test_the_page_shows_the_stored_plan(app, session):
    plan = plans.by_name(session, "方案甲")
    own = scores(session, REQUEST, plan)
    chosen = own.devices["load"].idxmax()
    text = shown(app, PAGE, plan=plan.head.plan_id, device=chosen)
    assert "措施规划" in text
    assert f"惠及校园：{own.devices.loc[chosen, 'helps']}" in text
    assert f"版本 {plan.head.version}" in text
    grid = app.dataframe[0].value
    first = plan.devices.loc[grid.index]
    assert len(set(first["school_id"])) == 1
    assert list(grid["number"]) == [str(n + 1) for n in range(len(grid))]
    assert grid["cost"].sum() * 10_000 == pytest.approx(first["cost_yuan"].sum())
    assert list(grid["load"]) == pytest.approx(list(own.devices.loc[grid.index, "load"]))
    before, after = (int((own.campuses[f"grade_{when}"] == "red").sum()) for when in ("before", "after"))
    assert f"红级 {before} → {after}" in text


def test_an_unknown_plan_in_the_address_shows_the_newest(app, session):
    assert f"版本 {plans.heads(session)[-1].version}" in shown(app, PAGE, plan="P999")


def test_the_page_has_no_chinese_words_of_ours_in_english(app):
    text = shown(app, PAGE, lang="en")
    ours = {
        word
        for key, word in wording.catalogue("zh").items()
        if key.startswith(("treatments.", "ui.", "term.grade.", "works.status."))
        and re.search("[\u4e00-\u9fff]{2}", word)
    }
    assert {word for word in ours if "{" not in word and word in text} == set()


def test_an_accepted_plan_has_no_tools(app, session, draft):
    plans.accept(session, REQUEST, draft.head.plan_id, draft.head.version)
    shown(app, PAGE, plan=draft.head.plan_id)
    assert [button.label for button in app.button if button.key == "plan.reopen"] == ["退回草案"]
    assert not [button for button in app.button if button.key == "plan.accept"]


def test_refused_places_of_a_treatment_are_a_layer_and_nothing_is_saved(session, monkeypatch):
    before = [(head.plan_id, head.version) for head in plans.heads(session)]
    basis = plan_basis(session, REQUEST)
    monkeypatch.setattr(plan_ground, "_chosen", lambda: "hump")
    (layer,) = plan_ground.refused(session, SimpleNamespace(basis=basis), "zh")
    features = json.loads(layer.content)["features"]
    humps = basis.candidates[basis.candidates["treatment_id"] == "hump"]
    refused = humps[(humps["refused_by"] != "").to_numpy(bool)]
    assert {f["properties"]["id"] for f in features} == set(refused.index)
    arterial = refused.index[refused["refused_by"].str.contains("siting.calming_not_on_arterial")][0]
    (tip,) = [f["properties"]["tip"] for f in features if f["properties"]["id"] == arterial]
    assert "减速丘不设在主干路和国省道" in tip
    assert [(head.plan_id, head.version) for head in plans.heads(session)] == before


def test_plans_are_compared_side_by_side(app, session, draft):
    plans.remove(session, REQUEST, (draft.head.plan_id, draft.head.version), list(draft.devices.index[:5]))
    app.session_state["plan.view"] = "compare"
    text = shown(app, PAGE, plan=draft.head.plan_id)
    assert "方案并排" in text
    assert "各方案不同的设施" in text


def pressed(app, key):
    (button,) = [button for button in app.button if button.key == key]
    button.click().run()
    return text_of(app)


def test_a_budget_of_nothing_gives_an_empty_plan_that_can_be_looked_at(app, session, monkeypatch):
    plan = proposals.propose(session, REQUEST, PlanWish("零预算", 0.0))
    assert plan.devices.empty
    found = Future()
    nothing = Frontier((FrontierRow(0.0, 0.0, 0.0, 0.0, "optimal"),) * 9)
    found.set_result(plan_cards.Prospects(nothing, pd.DataFrame({"name": [], "status": []})))
    monkeypatch.setattr(plan_cards, "prospects", lambda *_: found)
    assert "本方案 0.0 万元" in shown(app, PAGE, plan=plan.head.plan_id)


def test_accepting_from_a_stale_tab_is_refused_and_the_page_stays(app, session, draft):
    shown(app, PAGE, plan=draft.head.plan_id)
    gone = draft.devices.index[0]
    plans.remove(session, REQUEST, (draft.head.plan_id, draft.head.version), [gone])  # another tab
    text = pressed(app, "plan.accept")
    assert "本次未保存" in text
    assert plans.read(session, draft.head.plan_id).head.status == "draft"
    assert len(app.dataframe[0].value) > 0
    assert "前后对比" in text


def test_a_refused_accept_is_told_and_the_page_stays(app, session, draft, spots):
    at = draft.head.plan_id, draft.head.version
    plans.add(session, REQUEST, at, "hump", spots[1])
    shown(app, PAGE, plan=draft.head.plan_id)
    text = pressed(app, "plan.accept")
    assert "移开或删除后再采纳" in text
    assert len(app.dataframe[0].value) > 0
    assert "前后对比" in text


def test_optimising_from_a_stale_tab_does_not_write_over_a_newer_plan(app, session, draft):
    shown(app, PAGE, plan=draft.head.plan_id)
    newer = plans.remove(session, REQUEST, (draft.head.plan_id, draft.head.version), [draft.devices.index[0]]).plan
    (run,) = [button for button in app.button if button.label == "优化"]
    run.click().run()
    assert any("本次未保存" in problem.value for problem in app.error)
    assert plans.read(session, draft.head.plan_id).head.version == newer.head.version
    assert "前后对比" in text_of(app)


# --- in the browser ----------------------------------------------------------------------------------------------


def visit(tab, address, plan_id):
    return gone_to(tab.page, f"{address}/treatments?plan={plan_id}")


def drag_to(page, device_id, lon, lat):
    """Take the disc of a device and put the exact place on a point of the map."""
    disc = page.locator(f"[data-id='{device_id}'] .hxt-disc").bounding_box()
    spot = page.locator(f"[data-id='{device_id}'] .hxt-spot").bounding_box()
    x, y = disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2
    to_x, to_y = pixel(page, lon, lat)
    dx, dy = to_x - spot["x"] - spot["width"] / 2, to_y - spot["y"] - spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=4)
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()


@pytest.fixture(scope="module")
def spots(session):
    """A place where a hump may stand, and near to it one on an arterial (longitude, latitude)."""
    found = plan_basis(session, REQUEST).candidates
    humps = found[found["treatment_id"] == "hump"]
    fine = humps[(humps["refused_by"] == "").to_numpy(bool)]
    arterial = humps[humps["refused_by"].str.contains("siting.calming_not_on_arterial").to_numpy(bool)]
    apart = shapely.distance(fine.geometry.to_numpy()[:, None], arterial.geometry.to_numpy()[None, :])
    apart = np.where(apart < 40, np.inf, apart)  # far enough that one cannot be taken for the other
    i, j = np.unravel_index(np.argmin(apart), apart.shape)
    assert apart[i, j] < 150
    pair = found.loc[[fine.index[i], arterial.index[j]]].to_crs("EPSG:4326").geometry
    return [(point.x, point.y) for point in pair]


@pytest.mark.browser
def test_optimise_add_drag_onto_an_arterial_undo_accept_and_take_home(tab, own_address, session, spots, tmp_path):
    page = visit(tab, own_address, plans.by_name(session, "方案甲").head.plan_id)
    draft = optimise(page, session, "浏览器方案", 15)
    added, new = add_hump(page, session, draft, spots)
    drag_and_undo(page, session, added, new, spots)

    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="采纳方案").click()
    until(page, "document.body.innerText.includes('已采纳')")
    idle(page)
    assert plans.read(session, draft.head.plan_id).head.status == "accepted"
    assert page.locator("[data-tool=add]").is_disabled()

    page.get_by_role("button", name="导出工程包").click()
    with page.expect_download(timeout=300_000) as download:
        page.get_by_role("button", name="下载", exact=True).click()
    download.value.save_as(tmp_path / "works.zip")
    screen, package = on_screen(page, new), in_package(tmp_path / "works.zip", session, draft.head.plan_id)
    assert screen.keys() == package.keys()
    for identity, place in screen.items():  # the screen has six decimals, the file seven
        assert place == pytest.approx(package[identity], abs=0.6e-6), identity
    tab.seen.check()


def optimise(page, session, name, budget_wan):
    """Fill in the form and press its button; returns the plan that came of it, which is shown."""
    page.get_by_role("textbox", name="方案名称").fill(name)
    page.get_by_role("spinbutton", name="预算（万元）").fill(str(budget_wan))
    press(page, "优化")
    until(page, "document.body.innerText.includes('版本 1 ·')")
    idle(page)
    plan = plans.by_name(session, name)
    assert query(page)["plan"] == [plan.head.plan_id]
    assert 0 < plan.head.cost_yuan <= budget_wan * 10_000
    return plan


def add_hump(page, session, draft, spots):
    """Put a hump where it may stand; returns the plan and the new id."""
    fine, arterial = spots
    look_at(page, (fine[0] + arterial[0]) / 2, (fine[1] + arterial[1]) / 2, zoom=18)
    page.locator("[data-tool=add]").click()
    page.locator("[data-treatment=hump]").click()
    page.mouse.move(*pixel(page, *fine))
    page.mouse.click(*pixel(page, *fine))
    idle(page)
    added = plans.read(session, draft.head.plan_id)
    (new,) = set(added.devices.index) - set(draft.devices.index)
    assert new == f"{draft.head.plan_id}-{len(draft.devices) + 1:04}"
    assert added.devices.loc[new, "refused_by"] == ""
    return added, new


def drag_and_undo(page, session, added, new, spots):
    """Onto the arterial: told at once why not; undo takes it back."""
    page.locator("[data-tool=move]").click()
    drag_to(page, new, *spots[1])
    page.wait_for_selector(".hxt-notice:not([hidden])")
    idle(page)
    box = page.locator(".hxt-notice").inner_text()
    assert "此处不能设减速丘" in box
    assert "减速丘不设在主干路和国省道" in box
    assert page.locator(f"[data-id='{new}'] .hxt-mark").count() == 1
    shot(page, "page_plan_refused")
    moved = plans.read(session, added.head.plan_id)
    assert set(moved.devices.index) == set(added.devices.index)  # ids kept
    assert "siting.calming_not_on_arterial" in moved.devices.loc[new, "refused_by"]
    page.locator("[data-tool=undo]").click()
    idle(page)
    assert not page.locator(".hxt-notice").is_visible()
    back = plans.read(session, added.head.plan_id)
    assert back.devices.geometry[new].equals(added.devices.geometry[new])


def on_screen(page, newest):
    """Devices that the map holds: id -> (longitude, latitude)."""
    features = on_map(page, "treatments")
    found = {f["properties"]["id"]: tuple(f["geometry"]["coordinates"]) for f in features}
    assert newest in found
    return found


def in_package(file, session, plan_id):
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as package:
        (name,) = [n for n in package.namelist() if n.endswith(".geojson") and "GCJ" not in n and "laid" not in n]
        features = json.loads(package.read(name))["features"]
    found = {str(f["id"]): tuple(f["geometry"]["coordinates"][:2]) for f in features}
    assert set(found) == set(plans.read(session, plan_id).devices.index)
    return found


UNCOVERED = """() => [...document.querySelectorAll('.hxt-pin')].filter(pin => {
  const disc = pin.querySelector('.hxt-disc').getBoundingClientRect();
  const top = document.elementFromPoint(disc.x + 16, disc.y + 16);
  return top && pin.contains(top);
}).map(pin => pin.dataset.id)"""
"""Ids of the devices whose disc no other hides where it is clicked."""


def select(page, device):
    """Click a device and wait until the page has drawn it as the chosen one: later saves of others are not in it."""
    disc = page.locator(f"[data-id='{device}'] .hxt-disc").bounding_box()
    page.mouse.click(disc["x"] + 16, disc["y"] + 16)
    page.wait_for_selector(f".hxt-map[data-selected='{device}']")
    until(page, f"new URL(location).searchParams.get('device') === '{device}'")
    idle(page)


@pytest.mark.browser
def test_two_tabs_the_later_save_is_refused_and_can_be_done_again(browser, tab, own_address, session, draft):
    mine = visit(tab, own_address, draft.head.plan_id)
    theirs = entered(browser, mine.url, tab.seen)
    gone, wanted = mine.evaluate(UNCOVERED)[:2]
    for page, identity in ((mine, gone), (theirs, wanted)):
        select(page, identity)
    for page in (mine, theirs):
        page.locator("[data-tool=remove]").click()
        idle(page)
    note = theirs.locator(".hx-note.warn", has_text="本次未保存").inner_text()
    assert f"第 {draft.head.version + 1} 版" in note
    assert f"第 {draft.head.version} 版" in note
    assert f"期间删除：{gone}" in note
    assert wanted in plans.read(session, draft.head.plan_id).devices.index
    shot(theirs, "page_plan_late")
    theirs.get_by_role("button", name="在新版本上再做一次").click()
    theirs.locator(".hx-note.warn", has_text="本次未保存").wait_for(state="detached")
    idle(theirs)
    after = plans.read(session, draft.head.plan_id)
    assert set(draft.devices.index) - set(after.devices.index) == {gone, wanted}
    assert theirs.locator(".hx-note.warn", has_text="本次未保存").count() == 0
    tab.seen.check()
    theirs.context.close()


@pytest.mark.browser
def test_an_edit_stays_in_its_plan_and_at_its_campus(tab, own_address, session, draft):
    """A second plan is on the list, and the names in both boxes change with the edit."""
    counts = draft.devices["school_id"].value_counts()
    school = counts.index[counts >= 3][-1]
    own = list(draft.devices.index[draft.devices["school_id"] == school])
    page = visit(tab, own_address, f"{draft.head.plan_id}&school={school}")
    for device in own[:2]:
        select(page, device)
        assert query(page)["plan"] == [draft.head.plan_id]
        assert query(page)["school"] == [school]
        if device == own[0]:
            page.locator("[data-tool=remove]").click()
            idle(page)
    after = plans.read(session, draft.head.plan_id)
    assert set(draft.devices.index) - set(after.devices.index) == {own[0]}
    assert f"{len(own) - 1} 项" in page.locator(".hx-note", has_text="设施清单").inner_text()
    tab.seen.check()


def query(page):
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.browser
def test_list_and_map_choose_the_same_device(tab, own_address, draft):
    page = visit(tab, own_address, draft.head.plan_id)
    grid = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.click(grid["x"] + 17, grid["y"] + 33 + 2 * 27 + 13)
    until(page, "/-0\\d+$/.test(document.querySelector('.hxt-map').dataset.selected)")
    chosen = page.locator(".hxt-map").get_attribute("data-selected")
    assert page.locator(f"[data-id='{chosen}'] .hxt-disc b").inner_text() == "3"
    idle(page)
    other = page.locator(".hxt-pin:not(.hxt-chosen):not(.hxt-other)").first.get_attribute("data-id")
    disc = page.locator(f"[data-id='{other}'] .hxt-disc").bounding_box()
    page.mouse.click(disc["x"] + 16, disc["y"] + 16)
    until(page, f"document.querySelector('.hxt-map').dataset.selected === '{other}'")
    assert f"device={other}" in page.url
    shot(page, "page_plan")
    tab.seen.check()


@pytest.mark.browser
def test_everything_that_matters_lies_above_the_fold(tab, own_address, draft):
    page = visit(tab, own_address, draft.head.plan_id)
    page.wait_for_selector(".hx-head:has-text('预算与效果')")
    until(page, "!document.body.innerText.includes('正在算各预算的最优方案')")
    idle(page)
    assert page.locator(".hxt-map").bounding_box()["y"] < 60
    grid = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    assert grid["y"] + 29 + 5 * 27 < 680
    assert page.locator(".hx-head:has-text('前后对比')").bounding_box()["y"] < 520
    shot(page, "page_plan_budgets")
    tab.seen.check()


def test_gaps_left_open_are_told_with_their_reason(app, session):
    wish = PlanWish("标准优先", 200_000.0, standards_first=True, seconds=5.0)
    plan = proposals.propose(session, REQUEST, wish)
    gaps = plan.head.parameters["gaps"]
    assert gaps
    text = shown(app, PAGE, plan=plan.head.plan_id, school=gaps[0]["school_id"])
    own = [gap for gap in gaps if gap["school_id"] == gaps[0]["school_id"]]
    assert "补不了的标准缺口" in text
    assert f"全方案 {len(gaps)} 处" in text
    for gap in own[:3]:
        assert wording.term("gap_reason", gap["reason"]) in text
