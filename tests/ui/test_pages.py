"""Every page through app.py in both languages: its figures are those of the result tables."""

from __future__ import annotations

import re
import shutil

import pandas as pd
import pytest
from browser import ROOT
from page_journey import app_on, pieces, text_of

from gislib import wording
from gislib.planning import results
from gislib.planning.session import open_session

PAGES = {
    "overview": "pages/study/overview.py",
    "campus": "pages/study/campus.py",
    "compliance": "pages/study/compliance.py",
    "treatments": "pages/plan/treatments.py",
    "patrols": "pages/plan/patrols.py",
    "ledger": "pages/decide/ledger.py",
    "meetings": "pages/decide/meetings.py",
    "data": "pages/base/data.py",
    "methods": "pages/base/methods.py",
    "admin": "pages/base/admin.py",
}


@pytest.fixture
def app(workspace, monkeypatch):
    return app_on(workspace, monkeypatch)


def opened(app, page: str, **query: str):
    app.query_params.update(query)
    app.run()
    app.switch_page(PAGES[page]).run()
    assert not app.exception, [problem.message for problem in app.exception]
    return app


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_title_and_marking(app, page, lang):
    opened(app, page, lang=lang)
    text = text_of(app)
    assert wording.text(f"{page}.title", lang) in text
    assert wording.text("ui.demo", lang) in text
    assert "OpenStreetMap" in text  # credit in the footer
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_no_chinese_words_of_ours_are_left_in_english(app, page):
    opened(app, page, lang="en")
    ours = {word for key, word in wording.catalogue("zh").items() if key.startswith(("ui.", "term.", f"{page}."))}
    chinese = {word for word in ours if re.search("[\u4e00-\u9fff]{2}", word)}
    assert chinese & set(pieces(app)) == set()


def test_overview_counts_are_those_of_the_table(app, workspace):
    opened(app, "overview")
    risk = results.read(open_session(workspace), "school_risk")
    ranked = risk[risk["rank"].notna()]
    text = text_of(app)
    for grade in ("red", "orange", "yellow", "blue"):
        count = int((ranked["grade"] == grade).sum())
        assert f"{wording.term('grade', grade)}级 {count} " in text
    assert f"数据不足 {len(risk) - len(ranked)} " in text
    first = app.dataframe[0].value
    assert list(first["name"]) == list(ranked.sort_values(["rank", "name"])["name"].head(10))


def test_slice_switch_recomputes_the_index_in_memory(app, workspace):
    opened(app, "overview")
    stored = app.dataframe[0].value["score"].tolist()
    opened(app, "overview", slice="night")
    app.session_state["choice.slice"] = "night"
    app.run()
    assert app.dataframe[0].value["score"].tolist() != stored
    run = results.read_run(open_session(workspace))
    assert run["school_risk"]["slice"] == "all"


def test_campus_page_shows_the_published_index_and_shares(app, workspace):
    risk = results.read(open_session(workspace), "school_risk")
    first = risk[risk["rank"].notna()].sort_values("rank").iloc[0]
    opened(app, "campus", school=str(first.name))
    text = text_of(app)
    assert f"{first['score']:,.1f}" in text
    assert f"{100 * first['share_traffic']:.0f}%" in text


def test_unknown_school_in_the_address_falls_back_to_the_first(app, workspace):
    opened(app, "campus", school="no:such")
    risk = results.read(open_session(workspace), "school_risk")
    top = risk[risk["rank"].notna()].sort_values(["rank", "name"]).index[0]
    assert app.selectbox[0].value == top


def test_compliance_lists_each_pair_once_most_urgent_first(app, workspace):
    opened(app, "compliance")
    findings = results.read(open_session(workspace), "findings")
    grid = app.dataframe[0].value
    assert not grid.index.duplicated().any()
    urgent = findings.drop_duplicates(["school_id", "venue_id"])["verdict"].value_counts()
    assert set(grid["verdict"].str.split(" · ").str[0]) == {"疑似在距离内"}
    assert len(grid) <= urgent["suspected"]
    assert "图上量算不作执法依据" in text_of(app)


def test_data_page_names_every_source(app, workspace):
    opened(app, "data")
    text = text_of(app)
    for name in ("town.osm.pbf", "schools.geojson", "venues.csv"):
        assert name in text
    assert workspace.is_dir()


def test_methods_page_lists_rules_with_their_reliability(app):
    opened(app, "methods")
    grid = app.dataframe[0].value
    assert {"原文", "转载", "报道", "待核实"} >= set(grid["reliability"])
    assert "distance.net_bar.national" in set(grid["id"]) or pd.Series(grid["id"]).str.startswith("distance.").any()


def test_without_a_workspace_the_overview_says_what_to_do(app, tmp_path, monkeypatch):
    monkeypatch.setenv("HUXUETU_WORKSPACE", str(tmp_path / "new"))
    app.run()
    assert not app.exception
    assert "到“数据”页导入，或先打开示例县" in text_of(app)
    assert app.button(key="computing.demo").label == "打开示例县"


def test_pages_stay_thin():
    for path in PAGES.values():
        lines = (ROOT / path).read_text("utf-8").splitlines()
        assert len(lines) <= 120
        for line in lines:
            if line.startswith(("import ", "from ")):
                assert line.startswith(
                    ("import streamlit", "from gislib.ui", "from gislib.planning", "from gislib.domain")
                )
            assert "def " not in line


def suspected(app) -> int:
    return int(re.search(r"疑似在规定距离内 (\d+)", text_of(app))[1])


def test_a_profile_of_ones_own_is_shown_to_oneself_until_it_is_made_the_workspaces(workspace, monkeypatch, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(workspace, copy)
    first, second = app_on(copy, monkeypatch), app_on(copy, monkeypatch)
    shared = (copy / "results" / "findings.parquet").read_bytes()
    opened(first, "overview", profile="guangdong")
    assert "按“广东”试看，只有自己看到" in text_of(first)
    mine = suspected(first)
    opened(second, "overview")
    assert "试看" not in text_of(second)
    assert suspected(second) != mine
    opened(first, "compliance")
    assert len(first.dataframe[0].value) == mine
    assert (copy / "results" / "findings.parquet").read_bytes() == shared
    first.button(key="computing.share").click().run()
    assert results.request_of(open_session(copy), "findings").profile == "guangdong"
    assert "试看" not in text_of(first)
    third = app_on(copy, monkeypatch)
    opened(third, "overview")
    assert "试看" not in text_of(third)  # a new session begins with the workspace's profile
    assert suspected(third) == mine
