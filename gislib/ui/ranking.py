"""The ranking of campuses: grids, key figures, share of confidence classes."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import exports
from gislib.planning.overview import Overview
from gislib.planning.session import Session
from gislib.reports.looks import GRADES, UNKNOWN_GRADE
from gislib.reports.metadata import Stamp
from gislib.risk.family import FAMILIES
from gislib.ui import charts, markup, tables, words
from gislib.ui.markup import Figure
from gislib.ui.picture import Html, picture, safe
from gislib.ui.state import Choices

FIRST: Final = 10
GRID_PX: Final = 332


def figures(found: Overview, lang: str) -> Html:
    """Campuses by grade, and pairs that need a decision."""
    strip = [
        Figure(
            _grade_label(grade, lang),
            words.whole(found.grades.get(grade, 0)),
            wording.text("overview.campuses", lang),
            f"grade-{grade}",
        )
        for grade in GRADES
    ]
    if found.suspected is not None:
        note = wording.text("overview.remeasure_note", lang, count=words.whole(found.remeasure))
        strip.append(Figure(wording.text("overview.suspected", lang), words.whole(found.suspected), note, grow=1.3))
    return markup.figure_strip(strip)


def _grade_label(grade: str, lang: str) -> str:
    word = wording.term("grade", grade, lang)
    return word if grade == UNKNOWN_GRADE else wording.text("ui.grade_label", lang, grade=word)


def grid_rows(schools: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Columns of the ranking grid, one row a campus, index ``school_id``."""
    return pd.DataFrame(
        {
            "rank": [words.rank_range(row) for row in schools.to_dict("records")],
            "shape": tables.grade_cells(schools["shown_grade"]),
            "grade": schools["shown_grade"].map(lambda code: wording.term("grade", code, lang)),
            "name": schools["name"].map(words.text_or),
            "bar": tables.index_cells(schools["score"]),
            "score": schools["score"].round(1),
            "reason": schools["main_family"].map(lambda code: words.term_or_code("family", code, lang)),
            "p_top10": schools["p_top10"].map(words.percent),
            "confidence": schools["confidence"],
        },
        index=schools.index,
    )


def columns(lang: str) -> dict[str, Any]:
    """Entries of the grid's columns, in order."""
    title = {name: wording.text(f"overview.column.{name}", lang) for name in _COLUMNS}
    config = st.column_config
    chinese = lang == "zh"
    return {
        "rank": config.TextColumn(title["rank"], width=46),
        "shape": config.ImageColumn("", width=27),
        "grade": config.TextColumn(title["grade"], width=42 if chinese else 56),
        "name": config.TextColumn(title["name"], width=132 if chinese else 116),
        "bar": config.ImageColumn("", width=32),
        "score": config.NumberColumn(title["score"], format="%.1f", width=44),
        "reason": config.TextColumn(title["reason"], width=54),
        "p_top10": config.TextColumn(title["first"], width=50, help=wording.text("overview.column.p_top10", lang)),
        "confidence": config.TextColumn(title["confidence"], width=44),
    }


_COLUMNS: Final = ("rank", "grade", "name", "score", "reason", "first", "confidence")


def survey_rows(schools: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Columns of the list of campuses to survey on the spot: what each lacks; index ``school_id``."""
    return pd.DataFrame(
        {
            "shape": tables.grade_cells(schools["shown_grade"]),
            "name": schools["name"].map(words.text_or),
            "lacks": [words.reasons_text(codes, lang) for codes in schools["confidence_reasons"]],
        },
        index=schools.index,
    )


def survey_columns(lang: str) -> dict[str, Any]:
    """Entries of the survey list's columns, in order."""
    config = st.column_config
    return {
        "shape": config.ImageColumn("", width=27),
        "name": config.TextColumn(wording.text("overview.column.name", lang), width=150),
        "lacks": config.TextColumn(wording.text("overview.column.lacks", lang), width=290),
    }


def pick(found: Overview, lang: str) -> str | None:
    """Tabs with the first ranks, all ranks and the field-survey list; returns the campus picked in any of them."""
    ranked = found.schools[found.schools["rank"].notna()]
    survey = found.schools[found.schools["rank"].isna()]
    parts = {"first": ranked.head(FIRST), "all": ranked, "survey": survey}
    names = [wording.text(f"overview.tab.{name}", lang, count=len(part)) for name, part in parts.items()]
    picked: list[str] = []
    for tab, (name, part) in zip(st.tabs(names), parts.items(), strict=True):
        with tab:
            if part.empty:
                st.caption(wording.text(f"overview.empty.{name}", lang))
                continue
            rows, shown = (survey_rows, survey_columns) if name == "survey" else (grid_rows, columns)
            row = tables.pick_row(rows(part, lang), f"ranking.{name}", shown(lang), GRID_PX)
            picked += [row] if row else []
    return picked[0] if picked else None


def context(found: Overview, as_of: date, lang: str) -> str:
    """Give the number of campuses, kinds and the day in one line."""
    kinds = found.schools["kind"].value_counts().index[:4]
    listed = wording.text("ui.separator", lang).join(words.kind_name("school", kind, lang) for kind in kinds)
    return wording.text("overview.context", lang, count=len(found.schools), kinds=listed, day=as_of.isoformat())


def confidence_card(found: Overview, lang: str) -> Html:
    """Campuses by confidence class, with what the classes mean and which families no source covers."""
    bar = picture(charts.confidence_bar(found.confidence, 330), wording.text("overview.confidence", lang))
    lines = [wording.text("overview.confidence_note", lang)]
    unknown = [family for family in FAMILIES if not found.schools[f"index_{family}"].notna().any()]
    if unknown:
        listed = wording.text("ui.separator", lang).join(wording.term("family", family, lang) for family in unknown)
        lines.append(wording.text("overview.unknown_families", lang, families=listed))
    notes = Html("<br>".join(safe(line) for line in lines))
    label = f"<b>{wording.text('overview.confidence', lang)}</b>"
    head = Html(f'<div style="display:flex;gap:10px;align-items:center">{label}{bar}</div>')
    small = Html(f'<div class="hx-small hx-muted" style="margin-top:6px">{notes}</div>')
    return markup.card("", markup.body(head, small))


def selected_card(found: Overview, choices: Choices) -> Html:
    """Campus that is selected: grade, index, and what it is made of; a hint while none is."""
    lang = choices.lang
    if choices.school not in found.schools.index:
        return markup.note(wording.text("overview.select_hint", lang))
    row = pd.DataFrame(found.schools).loc[choices.school]
    assert isinstance(row, pd.Series)  # noqa: S101 - narrows the type: ids are unique
    title = markup.marked(f"grade-{row['shown_grade']}", f"{words.text_or(row['name'])}　{words.index_text(row)}")
    shares = {family: row[f"share_{family}"] for family in FAMILIES}
    bar = picture(charts.contribution_bar(shares, 440, 14), wording.text("campus.why_alt", lang))
    parts = [
        Html(
            f'<span class="hx-mark">{picture(charts.family_swatch(name))}'
            f"{wording.term('family', name, lang)} {words.percent(share, words.UNKNOWN)}</span>"
        )
        for name, share in shares.items()
    ]
    return markup.card(title, markup.body(bar, Html(f'<div class="hx-small">{"　".join(parts)}</div>')))


def actions(session: Session, found: Overview, stamp: Stamp, choices: Choices) -> None:
    """Way to the selected campus, and the ranking as files."""
    lang = choices.lang
    go, save = st.columns([3, 2])
    chosen = choices.school in found.schools.index
    label = wording.text("overview.open_campus", lang)
    if go.button(label, type="primary", disabled=not chosen, width="stretch", key="ranking.open"):
        st.switch_page("pages/study/campus.py")
    with save.popover(wording.text("ui.export", lang), width="stretch"):
        for name in exports.RANKING_FORMATS:
            st.download_button(
                wording.text(f"overview.download_{name}", lang),
                partial(exports.ranking_file, session, found, stamp, name),
                f"school_risk.{name}", on_click="ignore", key=f"ranking.{name}",
            )  # fmt: skip
