"""From a finding to a closed venue, in a real browser: put down, assigned, closed, computed again, and taken back."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace

import pytest
from browser import shot
from page_journey import figure, gone_to, idle, look_at, pixel, press, until

from gislib import rules, wording
from gislib.assessment import Request
from gislib.planning import assess, checklists, corrections, ledger, results
from gislib.planning.loaded import tables_of
from gislib.planning.session import open_session
from gislib.ui import computing, tables

pytestmark = pytest.mark.browser
MOST_OFF_DEG = 3e-5
"""Three pixels at the zoom of the test."""
HEADER_PX, ANSWER_COLUMN = 32, 0.615
"""Where the answers lie in the grid of questions."""


@pytest.fixture(scope="module")
def session(township, tmp_path_factory):
    """The township computed today, as the button on the page does."""
    folder = shutil.copytree(township, tmp_path_factory.mktemp("closing") / "workspace")
    found = open_session(folder, actor="tester")
    request = Request(computing.today())
    assess.assess(found, request)
    assess.comply(found, request)
    return found


@pytest.fixture
def visit(tab, own_address):
    yield lambda path: gone_to(tab.page, own_address + path)
    tab.seen.check()


def said(page):
    return " ".join(page.locator("[data-testid=stMain]").inner_text().split())


def heaviest(session):
    """Suspected pair whose venue weighs most in the load of its campus."""
    terms = results.read(session, "terms")
    own = terms[terms["family"] == "venues"].set_index(["school_id", "hazard_id"])["x"]
    found = results.read(session, "findings")
    pairs = found.loc[found["verdict"] == "suspected", ["school_id", "venue_id"]].drop_duplicates()
    risk = results.read(session, "school_risk")
    pairs = pairs[pairs["school_id"].isin(risk.index[risk["rank"].notna()])]
    return max(pairs.itertuples(index=False, name=None), key=lambda pair: own.get(pair, 0.0))


def test_a_click_on_the_map_becomes_an_item(visit, session):
    page = visit("/ledger")
    before = set(ledger.table(session).index)
    assert figure(page, "未销号") == len(before)
    gate = tables_of(session.workspace)["gates"].geometry.iloc[0]
    look_at(page, gate.x, gate.y, zoom=17)
    page.locator("[data-tool=add]").click()
    page.locator("[data-treatment=hazard-incident]").click()
    spot = pixel(page, gate.x, gate.y)
    page.mouse.move(*spot)
    page.mouse.click(*spot)
    title = page.locator("[data-testid=stForm]").get_by_label("隐患", exact=True)
    title.wait_for()
    idle(page)
    title.fill("路灯不亮 <b>")
    shot(page, "page_ledger_new")
    press(page, "登记")
    (new,) = set(ledger.table(session).index) - before
    item = ledger.read(session, new)
    assert (item.source, item.facts.title, item.state) == ("manual", "路灯不亮 <b>", "found")
    assert (item.facts.lon, item.facts.lat) == pytest.approx((gate.x, gate.y), abs=MOST_OFF_DEG)
    days = rules.load().table(ledger.DEADLINES, item.found_on)["manual"]
    assert (item.facts.deadline - computing.today()).days == days
    assert f"item={new}" in page.url
    assert figure(page, "未销号") == len(before) + 1
    assert "路灯不亮 <b>" in said(page)


def campus_score(visit, school_id):
    page = visit(f"/campus?school={school_id.replace(':', '%3A')}")
    return float(re.search(r"([\d.]+)", page.locator(".hx-kpi .v").first.inner_text())[1])


def closed_by_hand(page, session, pair):
    """Raise all suspected pairs, and lead the one of the pair through all its steps on the page."""
    page.get_by_role("button", name="从核查结果生成", exact=True).click()  # opens a menu, the script does not run
    press(page, wording.text("ledger.raise.do"))
    key = f"finding:{pair[0]}/{pair[1]}"
    items = ledger.table(session)
    item_id = items.index[items["source_key"] == key][0]
    page.goto(page.url.partition("?")[0] + f"?item={item_id}")
    idle(page)
    for step, state in (("交办", "assigned"), ("开始整改", "rectifying"), ("报请复查", "recheck")):
        press(page, step)
        assert ledger.read(session, item_id).state == state
        page.get_by_test_id("stMain").get_by_text(wording.term("item_state", state), exact=True).first.wait_for()
    page.get_by_label("现场做了什么").click()
    page.get_by_role("option", name="场所已关停或迁走").click()
    page.keyboard.press("Escape")
    idle(page)
    shot(page, "page_ledger_close")
    press(page, "销号")
    return ledger.read(session, item_id)


def computed(page):
    """Press the button that computes, and wait for the new results."""
    assert "下面是改动前的结果" in said(page)
    page.get_by_role("button", name="开始计算").click()
    until(page, "!document.body.innerText.includes('下面是改动前的结果')")
    idle(page)


def test_a_closed_venue_lowers_the_score_until_it_is_taken_back(visit, session):
    pair = heaviest(session)
    was = SimpleNamespace(
        risk=results.read(session, "school_risk").loc[pair[0]], pairs=len(results.read(session, "findings"))
    )
    assert campus_score(visit, pair[0]) == pytest.approx(was.risk["score"], abs=0.051)
    page = visit("/ledger")
    item = closed_by_hand(page, session, pair)
    assert (item.state, item.outcome, item.closed_on) == ("closed", "rectified", computing.today())
    assert item.facts.department_lead is not None
    computed(page)
    now = results.read(session, "school_risk").loc[pair[0]]
    assert now["load_venues"] < was.risk["load_venues"]
    assert now["score"] < was.risk["score"]
    assert campus_score(visit, pair[0]) == pytest.approx(now["score"], abs=0.051)
    assert not (results.read(session, "findings")["venue_id"] == pair[1]).any()
    page = visit("/admin")
    page.get_by_role("tab", name="数据修正").click()
    (one,) = corrections.corrections(session)
    page.get_by_label("撤销哪一处").click()
    page.get_by_role("option", name=item.item_id).click()
    idle(page)
    press(page, "撤销")
    assert "缺原因" in said(page) or "原因" in page.locator("[data-testid=stAlert]").inner_text()
    page.get_by_role("tab", name="数据修正").click()
    page.get_by_label("原因", exact=True).fill("场所没有关停")
    page.keyboard.press("Tab")
    idle(page)
    shot(page, "page_admin_corrections")
    press(page, "撤销")
    assert f"已撤销 {one.edit_ids[0]}" in said(page)
    assert corrections.corrections(session) == []
    page.goto(page.url.replace("/admin", "/ledger"))
    idle(page)
    computed(page)
    back = results.read(session, "school_risk").loc[pair[0]]
    assert back["score"] == was.risk["score"]
    assert len(results.read(session, "findings")) == was.pairs


def answered(page, row, word):
    """Type an answer into a row of the grid of questions, which is a canvas."""
    box = page.locator("[data-testid=stDataFrameResizable]").first.bounding_box()
    x, y = box["x"] + ANSWER_COLUMN * box["width"], box["y"] + HEADER_PX + tables.ROW_PX * (row + 0.5)
    page.mouse.dblclick(x, y)
    editor = page.locator("#portal input")
    editor.wait_for()
    page.keyboard.type(word)
    page.get_by_role("option", name=word, exact=True).wait_for()
    page.keyboard.press("Enter")
    editor.wait_for(state="detached")
    idle(page)


def test_an_inspection_on_the_page_becomes_an_item(visit, session):
    school_id = str(results.read(session, "school_risk").sort_values("rank").index[0])
    page = visit(f"/campus?school={school_id.replace(':', '%3A')}")
    page.get_by_text("六网检查", exact=True).click()
    idle(page)
    codes = [one.code for one in checklists.questions(computing.today())]
    asked = {"technical.alarm_button": "否", "technical.alarm_perimeter": "是"}
    for code, word in asked.items():
        answered(page, codes.index(code), word)
    page.get_by_label("检查人岗位（不填姓名）").fill("安全科长")
    shot(page, "page_campus_checks")
    press(page, "保存检查结果")
    told = checklists.current(session)
    own = told[told["school_id"] == school_id].set_index("question")
    assert own["answer"].to_dict() == {"technical.alarm_button": "no", "technical.alarm_perimeter": "yes"}
    assert set(own["post"]) == {"安全科长"}
    assert set(own["answered_on"]) == {computing.today().isoformat()}
    assert "已记入 2 项" in said(page)
    page = visit("/ledger")
    page.get_by_role("button", name="从核查结果生成", exact=True).click()  # opens a menu, the script does not run
    press(page, wording.text("ledger.raise.do"))
    items = ledger.table(session)
    item = items[items["source"] == "inspection"].to_dict("records")
    assert [(one["school_id"], one["rule_id"]) for one in item] == [(school_id, "checklist.technical.alarm_button")]
