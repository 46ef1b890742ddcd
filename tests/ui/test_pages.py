"""Every page through app.py in both languages: its figures are those of the result tables."""

from __future__ import annotations

import base64
import re
import shutil
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from browser import ROOT
from page_journey import app_on, pieces, text_of

from gislib import wording
from gislib.planning import campus, results
from gislib.planning.session import open_session
from gislib.rules import Reference
from gislib.sources.headers import header_words
from gislib.ui import computing, dossier, importing, pairs, rulebook, words

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
    unranked = risk[risk["rank"].isna() & (risk["kind"] != "not_a_school")]
    assert f"数据不足 {len(unranked)} " in text
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
    chips = {base64.b64decode(uri.partition(",")[2]).decode() for uri in grid["verdict"]}
    assert {re.search('aria-label="(.*?)"', chip)[1] for chip in chips} == {"疑似", "疑似 · 口径不一"}
    assert not any("<text" in chip for chip in chips)  # outlines: a picture in a page has no font of the page
    assert grid["limit"].str.contains("假设|待核实").any()
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
    trying = SimpleNamespace(profile="guangdong")
    assert computing.shared_profile(open_session(copy), trying) == "national_strict", "papers go by the workspace's"
    first.button(key="computing.share").click().run()
    assert results.request_of(open_session(copy), "findings").profile == "guangdong"
    assert "试看" not in text_of(first)
    third = app_on(copy, monkeypatch)
    opened(third, "overview")
    assert "试看" not in text_of(third)  # a new session begins with the workspace's profile
    assert suspected(third) == mine


def test_problems_of_one_kind_are_one_row_with_names(app):
    opened(app, "data")
    told = next(grid.value for grid in app.dataframe if "severity" in grid.value.columns)["text"]
    gates = told[told.str.contains("推定")]
    assert len(gates) == 1
    assert "澜桥县" in gates.iloc[0]
    assert "个" in gates.iloc[0]
    assert not told.str.contains("schools:").any()
    assert not told.str.contains("没有学校").any()


def test_rows_counted_are_no_raster_cells(app):
    opened(app, "data")
    kept = int(re.search(r"收下的行 ([\d,]+)", text_of(app))[1].replace(",", ""))
    assert kept < 100_000  # the two rasters of the demo have 650,000 cells


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", ["header_not_found", "crs_undeclared", "layer_ambiguous", "datum_contradicted"])
def test_errors_of_an_import_name_the_boxes_of_the_page(code, lang):
    told = importing.in_page_words(wording.catalogue(lang)[f"errors.{code}"], lang)
    assert "--" not in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_field_of_a_table_has_a_name(lang):
    fields = {name for layer in header_words().layers.values() for name in layer.fields}
    assert {name for name in fields if f"data.field_name.{name}" not in wording.catalogue(lang)} == set()


def test_a_refused_file_leaves_the_tabs_and_the_footer(app):
    opened(app, "data")
    app.selectbox(key="import.layer").set_value("venues").run()
    app.file_uploader(key="import.file").set_value(("v.csv", b"a,b\n1,2\n", "text/csv")).run()
    assert len(app.error) == 1
    assert "--" not in app.error[0].value
    assert any("severity" in grid.value.columns for grid in app.dataframe)
    assert "OpenStreetMap" in text_of(app)
    assert app.checkbox(key="import.all.venues").label == "本表已查全"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_topic_of_the_rules_has_a_word(lang):
    named = wording.catalogue(lang)
    assert {
        topic for topic in rulebook.topics(date(2026, 11, 16)) if f"methods.topic_name.{topic}" not in named
    } == set()


def test_profile_is_explained_in_the_language_of_the_page():
    assert "Net bars and entertainment: 200 m for schools" in rulebook.profile_card("guangdong", "en")
    assert "网吧和娱乐场所" not in rulebook.profile_card("guangdong", "en")


def test_articles_are_cited_in_figures_in_english():
    law = Reference("未成年人保护法", "第五十八条", "primary", date(2026, 11, 23), title_en="Law on minors")
    assert words.citation(law, "zh") == ("未成年人保护法", "第五十八条")
    assert words.citation(law, "en") == ("Law on minors", "Art. 58 ")
    far = replace(law, locator="第一百二十三条第2款")
    assert words.citation(far, "en")[1] == "Art. 123 Para. 2 "


def test_what_cannot_be_measured_is_a_dash_or_a_least():
    assert pairs.measured_text(float("nan"), None) == "—"
    assert pairs.measured_text(None, 812.3) == "≥ 812.3"
    assert pairs.measured_text(99.1, float("nan")) == "99.1"


def first_campus(workspace):
    risk = results.read(open_session(workspace), "school_risk")
    return campus.campus(open_session(workspace), str(risk["rank"].idxmin()))


def test_venues_of_the_figure_add_up(workspace):
    view = first_campus(workspace)
    strip = dossier.figures(view, "zh")
    inside, suspected_, remeasure = map(int, re.search(r">(\d+)<small>疑似 (\d+) · 需复测 (\d+)", strip).groups())
    assert suspected_ + remeasure <= inside == view.venues_in_zone
    beyond = re.search(r"圈外另 (\d+)", strip)
    doubtful = view.venues["verdict"].isin(["suspected", "remeasure"]).sum()
    assert suspected_ + remeasure + (int(beyond[1]) if beyond else 0) == doubtful


def test_reasons_say_speed_and_what_is_lacking_and_a_street_stands_once(workspace):
    view = first_campus(workspace)
    why = dossier.explanation(view, "zh")
    assert "km/h" in why
    assert "缺" in why
    streets = dossier._joined(view.hazards[view.hazards["share"] > 0], "zh")
    own = streets[streets["family"] == "traffic"]
    assert not own.duplicated(["text", "part"]).any()
    assert streets["share"].sum() == pytest.approx(view.hazards["share"].sum())
    assert "段）" in dossier.hazards(view, "zh")


def test_audit_states_the_value_that_is_required(workspace):
    table = dossier.audit(first_campus(workspace), "zh")
    assert "要求" in table
    assert "≤ 50 m" in table
