"""Plans side by side: totals, campuses, and the devices that not all of them have."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gislib import wording
from gislib.planning.plan_basis import PlanBasis
from gislib.planning.plan_scores import Comparison
from gislib.reports.looks import GRADES, UNKNOWN_GRADE
from gislib.siting.treatments import catalogue
from gislib.ui import markup, plan_notice, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html, Text
from gislib.ui.plan_list import WAN

_ROWS: Final = 14
_GRADED: Final = tuple(grade for grade in GRADES if grade != UNKNOWN_GRADE)


def show(found: Comparison, basis: PlanBasis, lang: str) -> None:
    """Draw totals and campuses at the left, differing devices at the right."""
    st.html(_totals(found, lang))
    left, right = st.columns([1, 1], gap="small")
    left.html(_campuses(found, lang))
    right.html(_devices(found, basis, lang))


def _totals(found: Comparison, lang: str) -> Html:
    def text(name: str) -> str:
        return wording.text(f"treatments.compare.{name}", lang)

    columns = [Heading(text("plan")), *(Heading(text(name), number=True) for name in ("devices", "cost", "load",
               "rerouted"))]  # fmt: skip
    columns += [
        Heading(wording.text("ui.grade_label", lang, grade=wording.term("grade", grade, lang)), number=True)
        for grade in _GRADED
    ]
    rows: list[list[Text]] = [
        [
            str(row["name"]),
            words.whole(row["devices"]),
            words.decimals(row["cost_yuan"] / WAN),
            words.decimals(row["reduction_fixed"], 2),
            words.decimals(row["reduction_rerouted"], 2),
            # A grade that no campus has is no column of the totals.
            *(words.whole(row.get(f"grade_{grade}"), "0") for grade in _GRADED),
        ]
        for row in found.totals.to_dict("records")
    ]
    return markup.card(text("title"), markup.table(columns, rows))


def _campuses(found: Comparison, lang: str) -> Html:
    table = found.campuses.head(_ROWS)
    heads = [Heading(wording.text("treatments.compare.campus", lang)),
             Heading(wording.text("treatments.compare.today", lang), number=True)]  # fmt: skip
    heads += [Heading(head.name, number=True) for head in found.heads]
    rows: list[list[Text]] = [
        [
            words.text_or(row["name"]),
            _score(row["score_before"], row["grade_before"]),
            *(_score(row[f"score:{head.plan_id}"], row[f"grade:{head.plan_id}"]) for head in found.heads),
        ]
        for row in table.to_dict("records")
    ]
    note = wording.text("ui.shown_of", lang, shown=len(table), total=len(found.campuses))
    return markup.card(wording.text("treatments.compare.campuses", lang), markup.table(heads, rows), note)


def _score(value: object, grade: object) -> Html:
    return markup.marked(f"grade-{grade if grade in GRADES else UNKNOWN_GRADE}", words.decimals(value))


def _devices(found: Comparison, basis: PlanBasis, lang: str) -> Html:
    on = {head.plan_id: head.name for head in found.heads}
    table = found.devices.head(_ROWS)
    heads = [Heading(wording.text(f"treatments.compare.{name}", lang)) for name in ("device", "campus", "only_in")]
    heads.append(Heading(wording.text("treatments.compare.cost", lang), number=True))
    known, names = catalogue(basis.rs, basis.request.as_of), basis.now.school_risk["name"]
    rows: list[list[Text]] = [
        [
            plan_notice.title_of(known[str(row["treatment_id"])], lang),
            words.text_or(names.get(row["school_id"])),
            wording.text("ui.separator", lang).join(on[plan] for plan in str(row["plans"]).split()),
            words.decimals(row["cost_yuan"] / WAN, 2),
        ]
        for row in table.to_dict("records")
    ]
    note = wording.text("ui.shown_of", lang, shown=len(table), total=len(found.devices))
    return markup.card(wording.text("treatments.compare.devices_differ", lang), markup.table(heads, rows), note)
