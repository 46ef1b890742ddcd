"""会商 and 管理 on a workspace of their own: what they show, and what their buttons write."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pytest
from page_journey import app_on, pieces, text_of

from gislib import wording
from gislib.assessment import Request
from gislib.domain.errors import RefusedError
from gislib.planning import briefings, ledger, meetings, overview, terms, users
from gislib.planning.session import Session, open_session
from gislib.store.meetings import MeetingFacts
from gislib.store.terms import TermFacts
from gislib.store.users import Rights
from gislib.ui import auth, computing

ON = date(2026, 11, 16)
FOOTER = "OpenStreetMap"
"""Credit that stands in the footer only."""
PAGES = {"meetings": "pages/decide/meetings.py", "admin": "pages/base/admin.py"}


@pytest.fixture(scope="module")
def folder(township, tmp_path_factory):
    own = tmp_path_factory.mktemp("pages") / "workspace"
    shutil.copytree(township, own)
    terms.add(open_session(own), TermFacts("2026 秋季学期", date(2026, 9, 1), date(2027, 1, 20)))
    return own


@pytest.fixture
def page(folder, monkeypatch):
    monkeypatch.setattr(computing, "today", lambda: ON)

    def opened(name, lang="zh"):
        app = app_on(folder, monkeypatch, PAGES[name])
        app.session_state["choice.lang"] = lang
        app.run()
        assert not app.exception, [problem.message for problem in app.exception]
        assert not app.error, [problem.value for problem in app.error]
        return app

    return opened


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_both_languages(page, name, lang):
    app = page(name, lang)
    assert wording.text(f"{name}.title", lang) in pieces(app)
    if lang == "en":
        ours = {text for key, text in wording.catalogue("zh").items() if key.startswith(("ui.", "term.", f"{name}."))}
        chinese = {text for text in ours if re.search("[\u4e00-\u9fff]{2}", text)}
        assert chinese & set(pieces(app)) == set()


def test_before_a_meeting_the_page_shows_now_and_freezing_writes_it(page, folder):
    app = page("meetings")
    session = open_session(folder)
    text = " ".join(pieces(app))
    assert "2026 秋季学期" in text
    assert wording.text("meetings.first") in text
    assert wording.text("meetings.decide_later") in text
    worst = overview.overview(session).schools.iloc[0]["name"]
    assert worst in text  # in the proposed agenda
    freeze = next(one for one in app.button if one.label == wording.text("meetings.freeze_now"))
    freeze.click().run()
    assert not app.exception
    (meeting,) = meetings.meetings(session)
    assert (meeting.facts.kind, meeting.facts.held_on, meeting.snapshot_id) == ("term_start", ON, "S1")
    app = page("meetings")
    assert "2026-11-16" in pieces(app)
    meetings.hold(session, Request(ON), MeetingFacts("mid_term", "期中", date(2026, 11, 17)))


def test_a_decision_goes_into_the_ledger(page, folder):
    session = open_session(folder)
    app = page("meetings")
    app.session_state["meeting.kind"] = "mid_term"
    app.run()
    before = len(ledger.table(session))
    campus = overview.overview(session).schools.index[0]
    box = {one.label: one for one in (*app.text_input, *app.selectbox)}
    box[wording.text("meetings.decision")].set_value("东门增设减速丘")
    box[wording.text("meetings.lead")].set_value("traffic_police")
    box[wording.text("meetings.campus")].set_value(campus)
    next(one for one in app.button if one.label == wording.text("meetings.decide")).click().run()
    assert not app.exception
    assert not app.error
    items = ledger.table(session)
    assert len(items) == before + 1
    assert items.iloc[-1]["title"] == "东门增设减速丘"
    assert "东门增设减速丘" in pieces(app)


def test_a_decision_without_a_campus_goes_into_the_ledger_for_the_whole_area(page, folder, monkeypatch):
    session = open_session(folder)
    before = set(ledger.table(session).index)
    app = page("meetings")
    app.session_state["meeting.kind"] = "mid_term"
    app.run()
    box = {one.label: one for one in (*app.text_input, *app.selectbox)}
    assert box[wording.text("meetings.campus")].options[0] == "全域（不限某所校园）"
    box[wording.text("meetings.decision")].set_value("集中整治上学路段")
    box[wording.text("meetings.lead")].set_value("traffic_police")
    next(one for one in app.button if one.label == wording.text("meetings.decide")).click().run()
    assert not app.exception
    assert not app.error
    (new,) = set(ledger.table(session).index) - before
    shown = app_on(folder, monkeypatch, "pages/decide/ledger.py")
    shown.session_state["choice.item"] = new
    shown.run()
    assert "全域" in pieces(shown)
    assert "全域：集中整治上学路段" in list(shown.dataframe[0].value["title"])


def test_a_sign_in_sheet_is_chosen_among_patrols_and_departments(page, folder):
    app = page("meetings")
    app.session_state["meeting.kind"] = "mid_term"
    app.run()
    (box,) = [one for one in app.selectbox if one.label == wording.text("meetings.sign_in_of")]
    (meeting,) = [one for one in meetings.meetings(open_session(folder)) if one.facts.kind == "mid_term"]
    told = briefings.briefing(open_session(folder), meeting.meeting_id)
    leads = {one.departments.lead for one in told.items if one.state != "closed"} - {""}
    assert len(box.options) == 1 + len(leads)
    assert box.options[0] == wording.text("meetings.sign_in_blank")
    box.select_index(len(box.options) - 1).run()
    assert not app.exception
    assert not app.error


def test_a_meeting_is_put_into_the_calendar_and_an_earlier_one_opened(page, folder):
    session = open_session(folder)
    app = page("meetings")
    box = {one.label: one for one in app.selectbox}
    assert box[wording.text("meetings.term")].options == ["2026 秋季学期"]
    box[wording.text("meetings.kind")].set_value("term_end")
    next(one for one in app.button if one.label == wording.text("meetings.plan_do")).click().run()
    assert not app.exception
    assert not app.error
    planned = [one for one in meetings.meetings(session) if one.facts.kind == "term_end"]
    assert [(one.facts.title, one.facts.held_on, one.snapshot_id) for one in planned] == [("期末会商", ON, None)]
    first = meetings.meetings(session)[0]
    opening = next(one for one in app.selectbox if one.label == wording.text("meetings.open"))
    opening.set_value(first.meeting_id).run()
    assert not app.exception
    assert f"{first.facts.held_on} {first.facts.title}" in " ".join(pieces(app))
    assert not [one for one in app.button if one.label == wording.text("meetings.freeze_now")], "it is frozen"


def test_an_account_is_put_down_and_the_log_tells(page, folder):
    app = page("admin")
    assert wording.text("admin.users_none") in pieces(app)
    session = open_session(folder)
    users.put(session, session.actor, 0, Rights("admin", None))  # else the first account would shut us out
    app = page("admin")
    box = {one.label: one for one in (*app.text_input, *app.radio, *app.checkbox)}
    box[wording.text("admin.user_name")].set_value("<b>李工</b>")
    box[wording.text("admin.user_role")].set_value("admin")
    box[wording.text("admin.all_areas")].check()
    next(one for one in app.button if one.label == wording.text("admin.save")).click().run()
    assert not app.exception
    assert {one.actor for one in users.users(session)} == {"<b>李工</b>", session.actor}
    assert any("&lt;b&gt;李工" in block.proto.body for block in app.get("html"))
    logged = [set(grid.value["action"]) for grid in app.dataframe if "action" in grid.value]
    assert any("账号·登记" in told for told in logged), logged


@pytest.mark.usefixtures("page")
def test_a_planner_is_kept_out_of_administration(folder, monkeypatch):
    own = open_session(folder)
    monkeypatch.setattr(auth, "session", lambda _root: Session(own.workspace, "王工", "planner"))
    app = app_on(folder, monkeypatch, PAGES["admin"]).run()
    assert len(app.error) == 1
    assert not app.tabs
    assert FOOTER in text_of(app)


@pytest.mark.usefixtures("page")
def test_an_administrator_of_one_area_loses_only_what_concerns_all(folder, monkeypatch):
    own = open_session(folder)
    limited = Session(own.workspace, "张工", "admin", frozenset({"529901"}))
    monkeypatch.setattr(auth, "session", lambda _root: limited)
    app = app_on(folder, monkeypatch, PAGES["admin"]).run()
    refused = wording.error(RefusedError("areas_not_all", actor="张工"), "zh")
    assert {problem.value for problem in app.error} == {refused}
    text = text_of(app)
    assert "2026 秋季学期" in text
    for key in ("admin.areas", "admin.backup_note"):
        assert wording.text(key) in text, key
    assert FOOTER in text
