"""The page of the ledger: listed, filtered, raised, put down, assigned, closed, sent out and back."""

from __future__ import annotations

import io
import re
import shutil
from datetime import timedelta

import pytest
from page_journey import app_on, text_of
from PIL import Image

from gislib import wording
from gislib.assessment import Request
from gislib.planning import ledger, ledger_photos, ledger_sources, results
from gislib.planning.ledger import Order
from gislib.planning.ledger_sources import Wanted
from gislib.planning.session import open_session
from gislib.store.items import Save
from gislib.ui import computing, ledger_map, map_editing

PAGE = "pages/decide/ledger.py"


@pytest.fixture(scope="module")
def today():
    return computing.today()


@pytest.fixture(scope="module")
def base(township, tmp_path_factory, today):
    """Workspace with one overdue, one due soon, one waiting for the check, and the rest found."""
    folder = tmp_path_factory.mktemp("ledger") / "workspace"
    shutil.copytree(township, folder)
    session = open_session(folder, actor="tester")
    found_on = Request(today - timedelta(days=20))
    assert results.is_current(session, "findings")
    ledger_sources.from_findings(session, found_on, Wanted(("risk",)))
    ledger.assign(session, [("H-00001", 1)], Order("education", today - timedelta(days=1)))
    ledger.assign(session, [("H-00002", 1)], Order("education", today + timedelta(days=3)))
    ledger.assign(session, [("H-00003", 1)], Order("education", today + timedelta(days=90)))
    for version, step in ((2, "start"), (3, "submit")):
        ledger.save(session, [Save("H-00003", version, step)])
    return folder


@pytest.fixture
def session(base, tmp_path):
    folder = tmp_path / "workspace"
    shutil.copytree(base, folder)
    return open_session(folder, actor="tester")


@pytest.fixture
def app(session, monkeypatch):
    return app_on(session.workspace.root, monkeypatch, PAGE)


def shown(app, **choices):
    for name, value in choices.items():
        app.session_state[f"choice.{name}"] = value
    app.run()
    return text_of(app)


def widget(app, kind, key):
    return next(one for one in getattr(app, kind) if one.key == key)


def test_figures_are_those_of_the_ledger(app, session, today):
    text = " ".join(shown(app).split())
    found = ledger.counts(ledger.table(session, on=today))
    assert (found.overdue, found.recheck) == (1, 1)
    for name, count in (("未销号", found.open), ("逾期", 1), ("7 天内到期", found.due_soon), ("待复查", 1)):
        assert f"{name} {count}" in text
    grid = app.dataframe[0].value
    assert list(grid.index) == list(ledger.table(session, on=today).index)
    assert grid["deadline"].iloc[0].endswith("逾期")


def test_filters_narrow_the_list(app):
    shown(app)
    app.session_state["ledger.view"] = "overdue"
    app.run()
    assert list(app.dataframe[0].value.index) == ["H-00001"]
    app.session_state["ledger.view"] = "all"
    widget(app, "text_input", "ledger.search").set_value("H-00003").run()
    assert list(app.dataframe[0].value.index) == ["H-00003"]
    widget(app, "text_input", "ledger.search").set_value("没有").run()
    assert "没有符合条件的隐患" in text_of(app)


def test_an_item_is_told_in_full_and_moved_on(app, session):
    text = shown(app, item="H-00002")
    item = ledger.read(session, "H-00002")
    assert item.facts.title in text
    assert "第 2 版" in text
    widget(app, "button", "ledger.start.H-00002.2.do").click().run()
    text_of(app)
    assert ledger.read(session, "H-00002").state == "rectifying"


def test_closing_offers_nothing_foreign_and_closes(app, session, today):
    shown(app, item="H-00003")
    widget(app, "button", "ledger.close.H-00003.4.do").click().run()
    text_of(app)
    item = ledger.read(session, "H-00003")
    assert (item.state, item.closed_on) == ("closed", today)


def test_a_step_without_its_reason_is_refused_in_one_line(app, session):
    shown(app, item="H-00002")
    app.session_state["ledger.step.H-00002.2"] = "give_back"
    app.run()
    widget(app, "button", "ledger.give_back.H-00002.2.do").click().run()
    assert "写明原因" in app.error[0].value
    assert ledger.read(session, "H-00002").version == 2


def test_raising_adds_once_and_says_so(app, session):
    shown(app)
    widget(app, "multiselect", "ledger.raise.sources").set_value(["finding"]).run()
    widget(app, "button", "ledger.raise.do").click().run()
    count = int((ledger.table(session)["source"] == "finding").sum())
    assert count > 10
    assert f"新登记 {count} 条，0 条已在台账里" in text_of(app)
    widget(app, "button", "ledger.raise.do").click().run()
    assert f"新登记 0 条，{count} 条已在台账里" in text_of(app)


def test_a_place_clicked_on_the_map_becomes_an_item(app, session):
    spot = ledger.table(session)[["map_lon", "map_lat"]].iloc[0]
    shown(app)
    app.session_state["note.ledger.new"] = (float(spot["map_lon"]), float(spot["map_lat"]))
    app.run()
    next(one for one in app.text_input if one.label == "隐患").set_value("<script>路灯不亮")
    next(one for one in app.button if one.label == "登记").click().run()
    item = ledger.read(session, ledger.table(session).sort_index().index[-1])
    assert (item.source, item.facts.title, item.facts.lon) == ("manual", "<script>路灯不亮", spot["map_lon"])
    assert item.facts.area_code is not None
    bodies = " ".join(block.proto.body for block in app.get("html"))
    assert "&lt;script&gt;路灯不亮" in bodies
    assert "<script>" not in bodies


def test_acts_of_the_map(session, monkeypatch):
    noted = {}
    monkeypatch.setattr(ledger_map.state, "note", noted.__setitem__)
    drawn = ledger.table(session)
    act = ledger_map.acting(session, drawn)
    act(map_editing.Act("1", "move", "H-00002", "", 105.2, 25.2))
    moved = ledger.read(session, "H-00002").facts
    assert (moved.lon, moved.lat) == (105.2, 25.2)
    act(map_editing.Act("1b", "move", "H-00002", "", 105.3, 25.3))
    assert noted["ledger.refused"].code == "items_stale"
    assert ledger.read(session, "H-00002").facts.lon == 105.2
    act(map_editing.Act("2", "move", "H-09999", "", 105.2, 25.2))
    assert noted["ledger.refused"].code == "item_unknown"
    act(map_editing.Act("3", "add", "", "hazard-incident", 105.1, 25.1))
    assert noted["ledger.new"] == (105.1, 25.1)
    assert noted["ledger.answered"] == "3"
    act(map_editing.Act("4", "remove", "H-00002", "", None, None))
    assert ledger.read(session, "H-00002").state == "assigned"


def test_photos_are_shown_and_their_place_offered(app, session):
    memory = io.BytesIO()
    Image.new("RGB", (60, 40), (0, 90, 0)).save(memory, "JPEG")
    ledger_photos.add_photo(session, "H-00002", memory.getvalue(), "a.jpg", "校门口")
    app.session_state["note.ledger.photo.place"] = ("H-00002", 105.19, 25.21)
    app.session_state["ledger.part"] = "evidence"
    assert "105.190000, 25.210000" in shown(app, item="H-00002")
    (picture,) = [block for block in app.main if block.type == "imgs"] or app.get("image")
    assert picture.proto.imgs[0].caption.endswith("校门口")
    widget(app, "button", "ledger.photo.place").click().run()
    assert ledger.read(session, "H-00002").facts.lon == 105.19


def test_history_and_edit(app, session):
    app.session_state["ledger.part"] = "history"
    text = shown(app, item="H-00003")
    assert text.index("报请复查") < text.index("开始整改") < text.rindex("登记")
    app.session_state["ledger.part"] = "edit"
    app.run()
    next(one for one in app.text_area if one.label == "备注").set_value("=1+1")
    next(one for one in app.button if one.label == "保存修改").click().run()
    assert ledger.read(session, "H-00003").facts.note == "=1+1"


def test_a_viewer_sees_and_writes_nothing(app, monkeypatch):
    monkeypatch.setattr(
        "gislib.ui.auth.session", lambda root: open_session(root, actor="guest", role="viewer"), raising=True
    )
    shown(app, item="H-00002")
    assert not [one for one in app.button if (one.key or "").startswith("ledger.start")]
    assert [one.label for one in app.button if one.key == "ledger.photo.do"] == []


@pytest.mark.parametrize("item", ["", "H-00003"])
def test_no_chinese_words_of_ours_in_english(app, session, item):
    text = shown(app, lang="en", item=item)
    facts = ledger.read(session, item).facts if item else None
    for data in (facts.title, facts.measure, facts.note) if facts else ():
        text = text.replace(data, "")
    ours = {
        word
        for key, word in wording.catalogue("zh").items()
        if key.startswith(("ledger.", "ui.", "term.item_", "term.net"))
        and not key.startswith("ledger.raised")
        and re.search("[\u4e00-\u9fff]{2}", word)
    }
    told = text + " ".join(one.label for kind in (app.button, app.selectbox, app.multiselect) for one in kind)
    assert {word for word in ours if "{" not in word and word in told and word not in ("学校", "来源")} == set()
