"""A meeting held in a real browser, its decision in the ledger, its briefing on paper; and what a viewer may not do."""

from __future__ import annotations

import re
import shutil
import subprocess

import docx
import pytest
from browser import Seen, served_workspace, shot
from office import require_office
from page_journey import entered, figure, idle, until

from gislib import rules, wording
from gislib.assessment import Request
from gislib.planning import ledger, ledger_sources, meetings, results
from gislib.planning.ledger_sources import Wanted
from gislib.planning.session import open_session
from gislib.store import audit
from gislib.store.database import open_store
from gislib.ui import computing
from gislib.ui.meeting_decide import DAYS_GIVEN

pytestmark = pytest.mark.browser
VIEWER = (
    "from gislib.ui import auth; from gislib.planning.session import open_session; "
    "auth.session = lambda root: open_session(root, '访客', 'viewer')"
)
WRITING = (
    "从核查结果生成", "登记", "交办", "开始整改", "销号", "冻结快照并出简报", "保存议程", "采纳方案", "生成备份",
    "撤销",
)  # fmt: skip


@pytest.fixture(scope="module")
def session(township, tmp_path_factory):
    """The township with its suspected pairs in the ledger."""
    folder = shutil.copytree(township, tmp_path_factory.mktemp("meeting") / "workspace")
    found = open_session(folder, actor="tester")
    ledger_sources.from_findings(found, Request(computing.today()), Wanted(("finding",)))
    return found


def downloaded(page, name, file):
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name=name, exact=True).first.click()
    waiting.value.save_as(file)
    return file


def decided(page, session, before):
    """Type a decision in; the id of the item that it became."""
    page.get_by_role("tab", name=wording.text("meetings.tab_decisions")).click()
    page.get_by_label(wording.text("meetings.decision"), exact=True).fill("东门增设减速丘")
    page.get_by_label(wording.text("meetings.lead"), exact=True).click()
    page.get_by_role("option", name=rules.load().kinds("department")["traffic_police"].zh, exact=True).click()
    page.get_by_label(wording.text("meetings.campus"), exact=True).click()
    page.get_by_role("option").nth(1).click()
    page.get_by_role("button", name=wording.text("meetings.decide"), exact=True).click()
    page.wait_for_selector(".hx-table:has-text('东门增设减速丘')")
    idle(page)
    shot(page, "page_meeting_decided")
    (new,) = set(ledger.table(session).index) - before
    item, (meeting,) = ledger.read(session, new), meetings.meetings(session)
    told = item.source, item.facts.title, item.facts.department_lead
    assert told == ("meeting", "东门增设减速丘", "traffic_police")
    assert (item.facts.deadline - meeting.facts.held_on).days == DAYS_GIVEN
    return new


@pytest.fixture(scope="module")
def held(browser, own_address, session, tmp_path_factory):
    """A meeting held in the browser: its files, the figures of the screen, and who was in the ledger before."""
    tmp_path, seen = tmp_path_factory.mktemp("home"), Seen()
    page = entered(browser, f"{own_address}/meetings", seen)
    page.get_by_role("button", name=wording.text("meetings.freeze")).click()
    page.get_by_role("button", name=wording.text("meetings.freeze_now"), exact=True).click()
    until(page, "document.body.innerText.includes('快照 S1')")
    idle(page)
    # The page stays at the meeting that was frozen; pressing the chosen one again changes nothing.
    page.get_by_role("radio", name=wording.term("meeting", "term_start")).click()
    page.wait_for_timeout(1000)
    idle(page)
    assert page.get_by_role("button", name=wording.text("meetings.freeze")).count() == 0
    before = set(ledger.table(session).index)
    new = decided(page, session, before)
    page.get_by_role("tab", name=wording.text("meetings.tab_papers")).click()
    word = downloaded(page, wording.text("meetings.as_docx"), tmp_path / "briefing.docx")
    pdf = downloaded(page, wording.text("meetings.as_pdf"), tmp_path / "briefing.pdf")
    seen.check()
    page.goto(f"{own_address}/ledger?item={new}")
    idle(page)
    assert "东门增设减速丘" in page.get_by_test_id("stMain").inner_text()
    still_open = figure(page, "未销号")
    assert still_open == len(before) + 1
    page.goto(f"{own_address}/compliance")
    page.wait_for_selector(".hx-footer")
    idle(page)
    page.get_by_role("radio", name=re.compile("^疑似")).first.wait_for()
    choice = next(text for text in page.get_by_role("radio").all_inner_texts() if text.startswith("疑似"))
    suspected = int(re.search(r"(\d+)", choice)[1])
    shot(page, "page_compliance_figures")
    found = results.read(session, "findings")
    assert suspected == (found["verdict"] == "suspected").sum()
    page.context.close()
    return word, pdf, suspected, len(before)


def says_the_figures(text, suspected, open_items):
    assert f"疑似在距离内{suspected}对" in text
    assert f"未销号{open_items}条" in text, "frozen before the decision"


def test_a_meeting_is_held_decided_and_taken_home(held):
    word, _, *figures = held
    says_the_figures("".join(paragraph.text for paragraph in docx.Document(str(word)).paragraphs), *figures)


def test_the_printed_briefing_says_what_the_screen_says(held):
    require_office()
    _, pdf, *figures = held
    printed = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    says_the_figures(re.sub(r"\s", "", printed.stdout), *figures)


def test_a_viewer_finds_nothing_to_write_with(browser, session, tmp_path):
    root = session.workspace.root
    before = len(audit.entries(open_store(root)))
    with served_workspace(root, tmp_path, VIEWER) as url:
        seen = Seen()
        page = entered(browser, f"{url}/ledger?item=H-00001", seen)
        for path in ("/ledger?item=H-00001", "/meetings", "/treatments", "/admin"):
            page.goto(url + path)
            idle(page)
            shot(page, f"page_viewer_{path[1:].partition('?')[0]}")
            open_buttons = [
                button.inner_text().strip()
                for button in page.get_by_test_id("stMain").get_by_role("button").all()
                if button.is_enabled() and button.is_visible()
            ]
            assert not [text for text in open_buttons if text.startswith(WRITING)], path
        (line,) = page.get_by_test_id("stAlert").all_inner_texts()
        assert "管理员" in line
        assert page.get_by_role("tab").count() == 0
        page.context.close()
    rows = audit.entries(open_store(root)).iloc[before:]
    assert set(rows["action"]) == {"refused.role"}
    assert set(rows["actor"]) == {"访客"}
