"""Every rule and assumption with its number, source and reliability; profiles; methods; weights."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import rules, wording
from gislib.rules import Rule
from gislib.ui import charts, markup, tables, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html, Text, picture

GRID_PX: Final = 500
_COUNT: Final = "count"
_COMPARATORS: Final = {"<=": "≤", ">=": "≥", "==": "="}
TOPICS: Final = ("distance", "zone", "audit", "risk", "grade", "network", "located", "confidence", "water", "marking")


def context(lang: str) -> str:
    """Version of the rule set in one line."""
    return wording.text("ui.rules_version", lang, version=rules.load().version)


def topics(on: date) -> list[str]:
    """Topics that have an entry on a day, in the usual order, others after them."""
    found = {rule.id.split(".")[0] for rule in rules.load().rules("", on)}
    return [*(topic for topic in TOPICS if topic in found), *sorted(found - set(TOPICS))]


def topic_choice(on: date, lang: str) -> str | None:
    """Pills of topics, on as many lines as they need; None = all."""
    return st.pills(
        wording.text("methods.topic", lang),
        topics(on),
        format_func=lambda topic: _topic_name(topic, lang),
        key="methods.topic",
        label_visibility="collapsed",
        wrap=True,
    )


def _topic_name(topic: str, lang: str) -> str:
    return words.text_for(f"methods.topic_name.{topic}", topic, lang)


def pick(on: date, topic: str | None, lang: str) -> Rule | None:
    """Grid of the entries in force on a day; returns the one picked, else the first."""
    found = rules.load().rules(f"{topic}." if topic else "", on)
    if not found:
        st.html(markup.note(wording.text("methods.empty", lang)))
        return None
    table = pd.DataFrame(
        {
            "title": [title_of(rule, lang) for rule in found],
            "value": [value_text(rule, lang) for rule in found],
            "kind": [wording.term("rule_kind", rule.kind, lang) for rule in found],
            "reliability": [wording.term("reliability", rule.reliability, lang) for rule in found],
            "id": [rule.id for rule in found],
        },
        index=[str(position) for position in range(len(found))],
    )
    row = tables.pick_row(table, f"methods.grid.{topic}", _columns(lang), GRID_PX)
    return found[int(row)] if row is not None else found[0]


def _columns(lang: str) -> dict[str, Any]:
    config = st.column_config
    widths = {"title": 226, "value": 120, "kind": 72, "reliability": 60, "id": 190}
    return {
        name: config.TextColumn(wording.text(f"methods.column.{name}", lang), width=width)
        for name, width in widths.items()
    }


def title_of(rule: Rule, lang: str) -> str:
    """Name of a rule."""
    return rule.title if lang == "zh" else rule.title_en


def value_text(rule: Rule, lang: str) -> str:
    """Value of an entry with comparator and unit; a table as "table", a duty without number as "—"."""
    if isinstance(rule.value, dict):
        return wording.text("methods.table", lang, count=len(rule.value))
    if isinstance(rule.value, str):
        return rule.value
    if rule.value is None:
        return words.EMPTY
    unit = words.term_or_code("unit", rule.unit, lang) if rule.unit and rule.unit != _COUNT else ""
    compared = _COMPARATORS.get(rule.comparator or "", rule.comparator or "")
    return " ".join(filter(None, (compared, f"{rule.value:g}", "" if unit == words.EMPTY else unit)))


def detail(rule: Rule, lang: str) -> Html:
    """Everything known of an entry: value, scope, sources with reliability, why, who is in charge."""
    pairs: dict[str, Text] = {
        wording.text("methods.column.value", lang): value_text(rule, lang),
        wording.text("methods.column.kind", lang): wording.term("rule_kind", rule.kind, lang),
        wording.text("methods.jurisdiction", lang): _place(rule, lang),
        wording.text("methods.in_force", lang): _span(rule, lang),
    }
    if rule.method:
        pairs[wording.text("compliance.method", lang)] = wording.term("method", rule.method, lang)
    if rule.venue_kinds:
        pairs[wording.text("methods.venues", lang)] = _kinds("venue", rule.venue_kinds, lang)
    if rule.school_kinds:
        pairs[wording.text("methods.schools", lang)] = _kinds("school", rule.school_kinds, lang)
    rationale = rule.rationale if lang == "zh" else rule.rationale_en or rule.rationale
    if rationale:
        pairs[wording.text("methods.rationale", lang)] = rationale
    departments = [code for code in (rule.departments.lead, *rule.departments.main, *rule.departments.support) if code]
    if departments:
        pairs[wording.text("compliance.departments", lang)] = _kinds("department", tuple(departments), lang)
    pairs[wording.text("methods.column.id", lang)] = rule.id
    body = markup.body(markup.facts(pairs))
    extra = _value_table(rule.value, lang) if isinstance(rule.value, dict) else Html("")
    return markup.card(title_of(rule, lang), Html(body + extra + _references(rule, lang)))


def _place(rule: Rule, lang: str) -> str:
    return words.text_for(f"methods.place.{rule.jurisdiction}", rule.jurisdiction, lang)


def _span(rule: Rule, lang: str) -> str:
    start = rule.in_force_from.isoformat() if rule.in_force_from > date.min else words.EMPTY
    if rule.in_force_until is None:
        return (
            wording.text("methods.from_on", lang, start=start)
            if start != words.EMPTY
            else wording.text("methods.now", lang)
        )
    return wording.text("methods.from_until", lang, start=start, end=rule.in_force_until.isoformat())


def _kinds(topic: str, kinds: tuple[str, ...], lang: str) -> str:
    return wording.text("ui.separator", lang).join(words.kind_name(topic, kind, lang) for kind in kinds)


def _value_table(values: dict[str, Any], lang: str) -> Html:
    rows: list[list[Text]] = [[_code_name(name, lang), _nested(value)] for name, value in values.items()]
    headings = (
        Heading(wording.text("methods.entry", lang), keep=True),
        Heading(wording.text("methods.column.value", lang)),
    )
    return markup.table(headings, rows)


def _code_name(code: str, lang: str) -> str:
    for group in ("family", "grade", "slice", "confidence", "datum", "layer"):
        word = words.term_or_code(group, code, lang)
        if word != code:
            return word
    for topic in ("venue", "school", "water", "road", "rental"):
        word = words.kind_name(topic, code, lang)
        if word != code:
            return word
    return code


def _nested(value: Any) -> str:  # noqa: ANN401 - a rule's table holds anything TOML does
    if isinstance(value, dict):
        return " · ".join(f"{name} {_nested(item)}" for name, item in value.items())
    if isinstance(value, list):
        return " ".join(_nested(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _references(rule: Rule, lang: str) -> Html:
    rows: list[list[Text]] = [
        [
            *words.citation(reference, lang),
            wording.term("reliability", reference.reliability, lang),
            reference.checked_on.isoformat(),
        ]
        for reference in rule.references
    ]
    names = ("source", "locator", "reliability", "checked_on")
    return markup.table(
        [
            Heading(wording.text(f"methods.reference.{name}", lang), keep=name in ("reliability", "checked_on"))
            for name in names
        ],
        rows,
    )


def profile_card(profile_id: str, lang: str) -> Html:
    """Chosen rule profile: status, method, what it holds."""
    found = rules.load().profile(profile_id)
    pairs: dict[str, Text] = {
        wording.text("methods.status", lang): wording.term("profile_status", found.status, lang),
        wording.text("compliance.method", lang): wording.term("method", found.method, lang),
        wording.text("methods.rule_count", lang): str(len(found.rule_ids)),
        wording.text("methods.note", lang): (found.note if lang == "zh" else found.note_en) or words.EMPTY,
    }
    title = found.title_zh if lang == "zh" else found.title_en
    return markup.card(wording.text("methods.profile", lang, name=title), markup.body(markup.facts(pairs)))


def methods_card(lang: str) -> Html:
    """List the five ways to measure a distance."""
    rows: list[list[Text]] = [
        [
            wording.term("method_letter", code, lang),
            wording.term("method", code, lang),
            wording.term("method_note", code, lang),
        ]
        for code in rules.METHODS
    ]
    headings = [Heading(""), Heading(wording.text("compliance.method_column.method", lang), keep=True), Heading("")]
    return markup.card(wording.text("compliance.all_methods", lang), markup.table(headings, rows))


def weights_card(on: date, lang: str) -> Html:
    """Weights of the hazard families as a bar with figures."""
    weights = rules.load().table("risk.weights", on)
    bar = picture(charts.contribution_bar(weights, 420, 16), wording.text("methods.weights", lang))
    parts = "　".join(f"{wording.term('family', name, lang)} {words.percent(share)}" for name, share in weights.items())
    return markup.card(wording.text("methods.weights", lang), markup.body(bar, Html("<br>"), parts))
