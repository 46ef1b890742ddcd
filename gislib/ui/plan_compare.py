"""Plans side by side: totals, campuses, and the devices that not all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning.plan_basis import PlanBasis
from gislib.planning.plan_scores import Comparison
from gislib.reports.looks import GRADES, UNKNOWN_GRADE
from gislib.siting.treatments import catalogue
from gislib.store.plan_state import PlanHead
from gislib.ui import choice_box, markup, plan_notice, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html, Text
from gislib.ui.plan_list import WAN

LEAST: Final = 2
MOST: Final = 4
"""More plans do not fit side by side, and each is scored by the whole model."""
_LISTS_PX: Final = 420
_GRADED: Final = tuple(grade for grade in GRADES if grade != UNKNOWN_GRADE)


def choose(heads: Sequence[PlanHead], head: PlanHead | None, lang: str) -> list[PlanHead]:
    """Which plans stand side by side, the one in focus at first; empty where fewer than two are chosen."""
    names = {one.plan_id: one.name for one in heads}
    others = [one.plan_id for one in reversed(heads) if head is None or one.plan_id != head.plan_id]
    first = [*([head.plan_id] if head else []), *others][:MOST]
    picked = st.multiselect(
        wording.text("treatments.compare.choose", lang, most=MOST),
        list(names),
        first,
        format_func=lambda plan_id: names.get(plan_id, plan_id),
        max_selections=MOST,
        key=choice_box.keyed("plan.compared", lang, names),
        placeholder="",
    )
    if len(picked) < LEAST:
        st.html(markup.note(wording.text("treatments.compare.few", lang), warn=True))
        return []
    by_id = {one.plan_id: one for one in heads}
    return [by_id[plan_id] for plan_id in picked if plan_id in by_id]


def show(found: Comparison, basis: PlanBasis, lang: str) -> None:
    """Draw totals and campuses at the left, differing devices at the right; long lists scroll."""
    st.html(_totals(found, lang))
    only = st.checkbox(wording.text("treatments.compare.differing", lang), key="plan.differing")
    left, right = st.columns([1, 1], gap="small")
    with left.container(height=_LISTS_PX, border=False):
        st.html(_campuses(found, lang, differing=only))
    with right.container(height=_LISTS_PX, border=False):
        st.html(_devices(found, basis, lang))


def _totals(found: Comparison, lang: str) -> Html:
    def text(name: str) -> str:
        return wording.text(f"treatments.compare.{name}", lang)

    columns = [Heading(text("plan")), *(Heading(text(name), number=True) for name in ("devices", "cost", "load",
               "rerouted"))]  # fmt: skip
    columns += [
        Heading(wording.text("ui.grade_label", lang, grade=wording.term("grade", grade, lang)), number=True)
        for grade in _GRADED
    ]
    first = found.totals.iloc[0]
    rows: list[list[Text]] = [
        [
            str(row["name"]),
            _against(row["devices"], first["devices"], 0),
            _against(row["cost_yuan"] / WAN, first["cost_yuan"] / WAN, 1),
            _against(row["reduction_fixed"], first["reduction_fixed"], 2),
            _against(row["reduction_rerouted"], first["reduction_rerouted"], 2),
            # A grade that no campus has is no column of the totals.
            *(words.whole(row.get(f"grade_{grade}"), "0") for grade in _GRADED),
        ]
        for row in found.totals.to_dict("records")
    ]
    return markup.card(text("title"), markup.table(columns, rows))


def _against(value: float, first: float, digits: int) -> str:
    """A figure, and what it has more or less than the first plan's."""
    delta = round(value - first, digits)
    return words.decimals(value, digits) + (f" ({_signed(delta, digits)})" if delta else "")


def _signed(delta: float, digits: int) -> str:
    return ("+" if delta > 0 else "") + words.decimals(delta, digits)


def _campuses(found: Comparison, lang: str, *, differing: bool) -> Html:
    table = found.campuses
    scores = [f"score:{head.plan_id}" for head in found.heads]
    if differing:
        shown = table[scores].round(1)
        table = table[shown.ne(shown[scores[0]], axis=0).any(axis=1)]
    heads = [Heading(wording.text("treatments.compare.campus", lang)),
             Heading(wording.text("treatments.compare.today", lang), number=True)]  # fmt: skip
    for number, head in enumerate(found.heads):
        heads.append(Heading(head.name, number=True))
        heads += [Heading(wording.text("treatments.compare.delta", lang), number=True)] if number else []
    rows = [_campus(row, found, scores) for row in table.to_dict("records")]
    note = wording.text("ui.shown_of", lang, shown=len(table), total=len(found.campuses))
    return markup.card(wording.text("treatments.compare.campuses", lang), markup.table(heads, rows), note)


def _campus(row: words.Row, found: Comparison, scores: Sequence[str]) -> list[Text]:
    """Cells of one campus: today, every plan, and what each has more or less than the first."""
    cells: list[Text] = [words.text_or(row["name"]), _score(row["score_before"], row["grade_before"])]
    for number, head in enumerate(found.heads):
        cells.append(_score(row[scores[number]], row[f"grade:{head.plan_id}"]))
        if number:
            delta = round(float(row[scores[number]]) - float(row[scores[0]]), 1)
            cells.append(words.EMPTY if pd.isna(delta) else _signed(delta, 1) if delta else "0")
    return cells


def _score(value: object, grade: object) -> Html:
    return markup.marked(f"grade-{grade if grade in GRADES else UNKNOWN_GRADE}", words.decimals(value))


def _devices(found: Comparison, basis: PlanBasis, lang: str) -> Html:
    on = {head.plan_id: head.name for head in found.heads}
    table = found.devices
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
