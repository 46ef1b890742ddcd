"""Pairs of venue and campus under the profile: filter, grid, matrix of kinds by campus, evidence of one pair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import rules, wording
from gislib.planning.evidence import Evidence
from gislib.reports.symbols import symbol_exists
from gislib.rules import Rule
from gislib.ui import charts, markup, tables, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html, Text, safe
from gislib.ui.words import Row

VERDICTS: Final = ("suspected", "remeasure", "not_measurable", "no_limit", "clear")
"""In order of urgency."""
ALL: Final = "all"
GRID_PX: Final = 330
_SCHOOLS_SHOWN: Final = 6


def verdict_filter(findings: pd.DataFrame, lang: str) -> str | None:
    """Pills with counts; returns the verdict chosen, None = all."""
    counts = findings["verdict"].value_counts()
    found = [verdict for verdict in VERDICTS if counts.get(verdict, 0)]
    labels = {ALL: wording.text("compliance.all", lang, count=len(findings))}
    labels |= {code: f"{wording.term('verdict', code, lang)} {counts[code]}" for code in found}
    picked = st.segmented_control(
        wording.text("campus.column.verdict", lang),
        list(labels),
        default=found[0] if found else ALL,
        format_func=labels.__getitem__,
        key="pairs.verdict",
        label_visibility="collapsed",
    )
    return None if picked in (None, ALL) else picked


def grid_rows(
    findings: pd.DataFrame, names: Mapping[str, str], venues: pd.DataFrame, on: date, lang: str
) -> pd.DataFrame:
    """
    Columns of the grid, most urgent first; index ``school_id|venue_id``.

    Parameters
    ----------
    findings
        Rows under the profile's method joined with ``straight_m``, ``walk_m``.
    names
        Campus id -> name.
    venues
        Index ``venue_id`` with ``name`` and ``kind``.
    on
        Day of the rules.
    lang
        Interface language.
    """
    kinds, rows = findings["venue_kind"], findings.to_dict("records")
    named = findings["venue_id"].map(venues["name"])
    general = kinds.map(lambda kind: words.kind_name("venue", kind, lang))
    departments = findings["lead_department"]
    pairs = findings.rename(columns={"uncertainty_m": "tolerance_m"})
    out = pd.DataFrame(
        {
            "symbol": tables.symbol_cells(kinds.map(symbol_of)),
            "venue": named.where(named.notna(), general),
            "school": findings["school_id"].map(names),
            "limit": [limit_text(row, on, lang) for row in rows],
            "straight": [measured_text(row["straight_m"], row["straight_least_m"]) for row in rows],
            "walk": [measured_text(row["walk_m"], row["walk_least_m"]) for row in rows],
            "graphic": tables.distance_cells(pairs),
            "verdict": tables.chip_cells(
                ["disagree" if row["methods_disagree"] else row["verdict"] for row in rows],
                [_verdict_text(row, lang) for row in rows],
                findings.index,
            ),
            "lead": [
                words.kind_name("department", code, lang) if words.known(code) else words.EMPTY for code in departments
            ],
        }
    )
    return out.set_index(findings["school_id"] + "|" + findings["venue_id"])


def limit_text(row: Row, on: date, lang: str) -> str:
    """Limit in metres with the word for what is no plain law: a number never stands without it."""
    doubt = words.doubt_of(row["rule_id"], on, lang)
    return " ".join(filter(None, (words.whole(row["limit_m"]), doubt)))


def measured_text(metres: float | None, at_least: float | None) -> str:
    """Distance with one decimal, "≥ n" where only that is known, "—" where nothing is."""
    if words.known(metres) or not words.known(at_least):
        return words.decimals(metres)
    return f"≥ {words.decimals(at_least)}"


def _verdict_text(row: Row, lang: str) -> str:
    text = wording.text(f"compliance.short.{row['verdict']}", lang)
    return f"{text} · {wording.text('compliance.short.disagree', lang)}" if row["methods_disagree"] else text


def symbol_of(kind: str) -> str:
    """Symbol file of a kind of venue."""
    found = rules.load().kinds("venue").get(kind)
    return found.symbol if found and symbol_exists(found.symbol) else "venue-other"


def columns(lang: str) -> dict[str, Any]:
    """Entries of the grid's columns, in order; English ones are wide, so the department stands in the evidence only."""
    config = st.column_config
    names = ("venue", "school", "limit", "straight", "walk", "graphic", "verdict", "lead")
    title = {name: wording.text(f"compliance.column.{name}", lang) for name in names}
    chinese = lang == "zh"
    shown = {
        "symbol": config.ImageColumn("", width=27),
        "venue": config.TextColumn(title["venue"], width=106),
        "school": config.TextColumn(title["school"], width=124),
        "limit": config.TextColumn(title["limit"], width=76 if chinese else 98),
        "straight": config.TextColumn(title["straight"], width=50 if chinese else 60, alignment="right"),
        "walk": config.TextColumn(title["walk"], width=50, alignment="right"),
        "graphic": config.ImageColumn(title["graphic"], width=98),
        "verdict": config.ImageColumn(title["verdict"], width=96),
        "lead": config.TextColumn(title["lead"], width=58),
    }
    return shown if chinese else {name: entry for name, entry in shown.items() if name != "lead"}


def ordered(findings: pd.DataFrame, distances: pd.DataFrame) -> pd.DataFrame:
    """
    One row a pair, the rule that decides first, with the straight and the walking distance beside it.

    Most urgent verdict first, then by distance.
    """
    pair = ["school_id", "venue_id"]
    by_method = pd.DataFrame(index=pd.MultiIndex.from_frame(findings[pair].drop_duplicates()))
    for method, name in (("boundary_straight", "straight"), ("gate_walk_legal", "walk")):
        own = distances[distances["method"] == method].drop_duplicates(pair).set_index(pair)
        metres = own[["distance_m", "distance_at_least_m"]].set_axis([f"{name}_m", f"{name}_least_m"], axis=1)
        by_method = by_method.join(metres)
    urgency = pd.Categorical(findings["verdict"], VERDICTS, ordered=True)
    rows = findings.assign(urgency=urgency).sort_values(["urgency", "distance_m", "school_id", "venue_id"])
    rows = rows.drop_duplicates(pair)
    return rows.join(by_method, on=pair).reset_index(drop=True)


def matrix(findings: pd.DataFrame, names: Mapping[str, str], on: date, lang: str) -> Html:
    """Count by kind of venue and campus: suspected and to be measured again; campuses with most first."""
    asked = findings[findings["verdict"].isin(["suspected", "remeasure"])]
    if asked.empty:
        return markup.note(wording.text("compliance.none_doubtful", lang))
    schools = [str(identity) for identity in asked["school_id"].value_counts().index[:_SCHOOLS_SHOWN]]
    counts = asked.groupby(["venue_kind", "school_id", "verdict"]).size()
    kinds = asked["venue_kind"].value_counts().index
    rows: list[list[Text]] = [
        [
            _kind_head(asked[asked["venue_kind"] == kind], kind, on, lang),
            *(_cell(counts, kind, school, lang) for school in schools),
        ]
        for kind in kinds
    ]
    headings = [Heading(wording.text("compliance.kind", lang), keep=True), *(Heading(names.get(s, s)) for s in schools)]
    body = Html(f'<div style="overflow-x:auto">{markup.table(headings, rows)}</div>')
    shown = wording.text("ui.shown_of", lang, shown=len(schools), total=asked["school_id"].nunique())
    return markup.card(wording.text("compliance.matrix", lang), body, Html(f"{_matrix_key(lang)}　{safe(shown)}"))


def _kind_head(rows: pd.DataFrame, kind: str, on: date, lang: str) -> Html:
    """Kind of venue, with a chip where a limit that it is judged by is no plain law."""
    doubts = {words.doubt_of(rule_id, on, lang) for rule_id in rows["rule_id"].unique()} - {""}
    chips = "".join(markup.chip("unverified", doubt) for doubt in sorted(doubts))
    return Html(f"{markup.marked(symbol_of(kind), words.kind_name('venue', kind, lang), 15)} {chips}")


def _matrix_key(lang: str) -> Html:
    keys = [
        f"{markup.count_square(code, 1, '')} {wording.text(f'compliance.short.{code}', lang)}"
        for code in ("suspected", "remeasure")
    ]
    return Html(" ".join(keys))


def _cell(counts: pd.Series, kind: str, school: str, lang: str) -> Html:
    found = [(code, int(counts.get((kind, school, code), 0))) for code in ("suspected", "remeasure")]
    squares = [markup.count_square(code, count, wording.term("verdict", code, lang)) for code, count in found if count]
    return Html("".join(squares) or '<span class="hx-muted">·</span>')


def evidence_facts(found: Evidence, lang: str) -> Html:
    """Say what the verdict rests on: method, points, errors, rule with its source, department."""
    row = found.finding
    pairs: dict[str, Text] = {
        wording.text("campus.column.verdict", lang): _verdict_line(found, lang),
        wording.text("compliance.method", lang): wording.term("method", row["method"], lang),
        wording.text("compliance.error", lang): _error_line(row, lang),
        wording.text("compliance.rule", lang): _rule_line(found.rule, lang),
    }
    if found.rule is not None:
        pairs[wording.text("compliance.reliability", lang)] = _reliability_line(found.rule, lang)
        pairs[wording.text("compliance.departments", lang)] = _departments(found.rule, lang)
    return markup.facts(pairs)


def _verdict_line(found: Evidence, lang: str) -> Html:
    row = found.finding
    chip = markup.chip(row["verdict"], wording.term("verdict", row["verdict"], lang))
    note = wording.term("verdict_note", row["verdict"], lang)
    if row["methods_disagree"]:
        note = wording.text("compliance.disagree", lang)
    return Html(f"{chip} {safe(note)}")


def _error_line(row: pd.Series, lang: str) -> str:
    if words.known(row["reason"]):
        return words.term_or_code("reason", row["reason"], lang)
    return f"± {words.metres(row['uncertainty_m'])}"


def _rule_line(rule: Rule | None, lang: str) -> str:
    if rule is None:
        return wording.term("verdict", "no_limit", lang)
    title = rule.title if lang == "zh" else rule.title_en
    return f"{title} · {' '.join(words.citation(rule.references[0], lang))}"


def _reliability_line(rule: Rule, lang: str) -> Html:
    """Reliability and kind in chips (an assumption does not read as law), and why the number is what it is."""
    kind = wording.term("rule_kind", rule.kind, lang)
    word = wording.term("reliability", rule.reliability, lang)
    chips = [
        markup.chip("unverified" if rule.kind == "assumption" else "clear", kind),
        markup.chip("unverified" if rule.reliability == "unverified" else "clear", word),
    ]
    rationale = rule.rationale if lang == "zh" else rule.rationale_en or rule.rationale
    return Html(f"{' '.join(chips)} {safe(rationale)}")


def _departments(rule: Rule, lang: str) -> str:
    found = rule.departments
    listed = [code for code in (found.lead, *found.main) if code]
    return (
        wording.text("ui.separator", lang).join(words.kind_name("department", code, lang) for code in listed)
        or words.EMPTY
    )


def number_line(found: Evidence, on: date, lang: str) -> Html:
    """Straight and walking distance against the limit on one axis."""
    rows = found.distances.drop_duplicates("method").set_index("method")["distance_m"]
    straight, walk = rows.get("boundary_straight"), rows.get("gate_walk_legal")
    if straight is None or not words.known(straight):
        straight = rows.get("gate_straight")
    limit, tolerance = found.finding["limit_m"], found.finding["uncertainty_m"]
    doubt = words.doubt_of(found.finding["rule_id"], on, lang)
    told = wording.text("compliance.limit", lang, metres=words.whole(limit), tolerance=words.decimals(tolerance))
    labels = {
        "straight": wording.text("compliance.straight", lang, metres=words.decimals(straight)),
        "walk": wording.text("compliance.walk", lang, metres=words.decimals(walk)),
        "limit": " · ".join(filter(None, (told, doubt))),
    }
    return charts.number_line(charts.Measured(straight, walk, limit, tolerance), labels)


def all_methods(found: Evidence, lang: str) -> Html:
    """Every method's distance, whether inside the number, and its verdict."""
    rows: list[list[Text]] = [
        [
            wording.term("method_letter", row["method"], lang),
            wording.term("method", row["method"], lang),
            _distance_text(row, lang),
            words.decimals(row["uncertainty_m"]),
            markup.chip(row["verdict"], wording.term("verdict", row["verdict"], lang)),
        ]
        for row in found.distances.drop_duplicates("method").to_dict("records")
    ]
    names = ("letter", "method", "distance", "error", "verdict")
    headings = [
        Heading(wording.text(f"compliance.method_column.{name}", lang), number=name in ("distance", "error"))
        for name in names
    ]
    return markup.card(wording.text("compliance.all_methods", lang), markup.table(headings, rows))


def _distance_text(row: Row, lang: str) -> str:
    if words.known(row["distance_m"]):
        return words.decimals(row["distance_m"])
    if words.known(row["distance_at_least_m"]):
        return f"> {words.decimals(row['distance_at_least_m'])}"
    return words.term_or_code("reason", row["reason"], lang)
