"""Gaps of the standards audit that a plan leaves open, one by one with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gislib import wording
from gislib.ui import markup, rulebook, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html
from gislib.ui.plan_view import Shown

ROWS_SHOWN: Final = 12


def card(seen: Shown, lang: str) -> Html:
    """Gaps of the campus in focus, of all campuses without one; empty where a plan was not asked to close any."""
    gaps: list[Mapping[str, str]] = list(seen.plan.head.parameters.get("gaps", ()))
    own = [gap for gap in gaps if not seen.campus or gap["school_id"] == seen.campus]
    if not own:
        return Html("")
    schools = seen.basis.tables["schools"]["name"]
    names = ("check", "reason") if seen.campus else ("campus", "check", "reason")
    heads = [Heading(wording.text(f"treatments.gaps.{name}", lang), keep=name == "check") for name in names]
    rows = [
        (
            *(() if seen.campus else (words.text_or(schools.get(gap["school_id"]), gap["school_id"]),)),
            rulebook.title_of(seen.basis.rs.rule(gap["check"], seen.basis.request.as_of), lang),
            _reason(seen, gap, lang),
        )
        for gap in own[:ROWS_SHOWN]
    ]
    note = wording.text("treatments.gaps.note", lang, shown=len(rows), total=len(own), all=len(gaps))
    return markup.card(wording.text("treatments.gaps.title", lang), markup.table(heads, rows), note)


def _reason(seen: Shown, gap: Mapping[str, str], lang: str) -> str:
    """Why it stays, with the clauses that refuse its places."""
    told = wording.term("gap_reason", gap["reason"], lang)
    rules = [seen.basis.rs.rule(rule_id, seen.basis.request.as_of) for rule_id in gap["refused_by"].split()]
    clauses = wording.text("ui.separator", lang).join(rulebook.title_of(rule, lang) for rule in rules)
    return f"{told}{wording.text('treatments.gaps.by', lang, clauses=clauses) if clauses else ''}"
