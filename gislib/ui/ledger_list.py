"""Figures, filters and grid of the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import rules, wording
from gislib.planning import ledger
from gislib.planning.ledger import DUE_SOON, OVERDUE, Filters
from gislib.store import item_facts, item_steps
from gislib.store.items import SOURCES
from gislib.ui import markup, state, tables, words
from gislib.ui.markup import Figure
from gislib.ui.picture import Html
from gislib.ui.state import Choices

ROWS_SHOWN: Final = 8
OPEN: Final = frozenset(item_steps.STATES) - {item_steps.CLOSED}
_VIEWS: Final = {
    "open": Filters(states=OPEN),
    OVERDUE: Filters(urgency=frozenset({OVERDUE})),
    DUE_SOON: Filters(urgency=frozenset({DUE_SOON})),
    item_steps.RECHECK: Filters(states=frozenset({item_steps.RECHECK})),
    item_steps.CLOSED: Filters(states=frozenset({item_steps.CLOSED})),
    "all": Filters(),
}
_COLUMNS: Final = ("state", "title", "department", "deadline", "item")
_TITLE_PX: Final = {"zh": 250, "en": 208}
_DEPARTMENT_PX: Final = {"zh": 82, "en": 124}
"""English names of departments are longer."""
_SELECTS: Final = ("departments", "sources", "nets", "grades")


def urgency_name(code: str, on: date, lang: str) -> str:
    """Word for an urgency; what is due soon says within how many days."""
    days = f"{rules.load().number('ledger.due_soon_days', on):.0f}"
    return wording.text(f"term.item_urgency.{code}", lang, days=days)


def context(items: pd.DataFrame, on: date, lang: str) -> str:
    """Line beside the title."""
    return wording.text("ledger.context", lang, count=len(items), day=on.isoformat())


def figures(items: pd.DataFrame, on: date, lang: str) -> Html:
    """Strip of the four figures."""
    found = ledger.counts(items)
    late = wording.text("ledger.figure_late", lang) if found.overdue else ""
    return markup.figure_strip(
        [
            Figure(wording.text("ledger.figure_open", lang), str(found.open)),
            Figure(words.sentence(urgency_name(OVERDUE, on, lang)), str(found.overdue), late, alert=bool(late)),
            Figure(words.sentence(urgency_name(DUE_SOON, on, lang)), str(found.due_soon)),
            Figure(words.sentence(_state_name(item_steps.RECHECK, lang)), str(found.recheck)),
        ]
    )


def filters(items: pd.DataFrame, on: date, lang: str) -> Filters:
    """Row of filters: which items, a box with further choices, words to look for."""
    views, box, search = st.columns([6, 2, 3], vertical_alignment="center")
    counts = {name: len(_only(items, found)) for name, found in _VIEWS.items()}
    view = views.segmented_control(
        wording.text("ledger.view.label", lang),
        list(_VIEWS),
        default="open",
        format_func=lambda name: f"{words.sentence(_view_name(name, on, lang))} {counts[name]}",
        key="ledger.view",
        label_visibility="collapsed",
    )
    picked: dict[str, frozenset[str]] = {}
    with box.popover(wording.text("ledger.filter", lang), width="stretch"):
        for name in _SELECTS:
            known = _choices(name, lang)
            chosen = st.multiselect(
                wording.text(f"ledger.filter_{name}", lang),
                list(known),
                format_func=known.__getitem__,
                key=f"ledger.filter.{name}",
                placeholder="",
            )
            picked[name] = frozenset(chosen)
    text = search.text_input(
        wording.text("ledger.search", lang),
        key="ledger.search",
        placeholder=wording.text("ledger.search", lang),
        label_visibility="collapsed",
        max_chars=60,
    )
    base = _VIEWS[view or "all"]
    return Filters(base.states, urgency=base.urgency, text=text, **picked)


def _only(items: pd.DataFrame, wanted: Filters) -> pd.DataFrame:
    by_state = items["state"].isin(wanted.states) if wanted.states else items["state"].notna()
    by_urgency = items["urgency"].isin(wanted.urgency) if wanted.urgency else items["state"].notna()
    return items[by_state & by_urgency]


def _view_name(name: str, on: date, lang: str) -> str:
    if name in ledger.URGENCIES:
        return urgency_name(name, on, lang)
    return wording.text(f"ledger.view.{name}", lang) if name in {"open", "all"} else _state_name(name, lang)


def _state_name(code: str, lang: str) -> str:
    return wording.term("item_state", code, lang)


def _choices(name: str, lang: str) -> dict[str, str]:
    """Codes of a filter with their words."""
    if name == "departments":
        return departments(lang)
    group, codes = {
        "sources": ("item_source", SOURCES), "nets": ("net", item_facts.NETS), "grades": ("grade", item_facts.GRADES),
    }[name]  # fmt: skip
    return {code: wording.term(group, code, lang) for code in codes}


def departments(lang: str) -> dict[str, str]:
    """Departments of the rules by code."""
    return {code: words.kind_name("department", code, lang) for code in rules.load().kinds("department")}


def show(items: pd.DataFrame, total: int, on: date, choices: Choices) -> list[str]:
    """Grid of the items on a day; returns the ids of the marked rows, the newest mark last."""
    lang = choices.lang
    if items.empty:
        st.html(markup.note(wording.text("ledger.none" if total else "ledger.empty", lang)))
        return []
    key = f"ledger.grid.{hashlib.sha256(' '.join(items.index).encode()).hexdigest()[:12]}"
    marked = tables.pick_rows(_cells(items, on, lang), key, _columns(lang), tables.grid_height(len(items), ROWS_SHOWN))
    before = state.noted("ledger.marked") or []
    state.note("ledger.marked", marked)
    return [*(one for one in marked if one in before), *(one for one in marked if one not in before)]


def _cells(items: pd.DataFrame, on: date, lang: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "grade": tables.grade_cells(items["grade"]),
            "state": [_state_name(code, lang) for code in items["state"]],
            "title": _titles(items, lang),
            "department": [words.kind_name("department", words.text_or(c), lang) for c in items["department_lead"]],
            "deadline": [due(row, on, lang) for row in items[["deadline", "urgency"]].to_dict("records")],
            "item": items.index,
        },
        index=items.index,
    )


def _titles(items: pd.DataFrame, lang: str) -> list[str]:
    """Titles; what concerns the whole area says so, the others name their place themselves."""
    rows = items[["title", "place_id", "school_id", "lon"]].to_dict("records")
    return [
        wording.text("ledger.whole_area_title", lang, title=row["title"]) if ledger.whole_area(row) else row["title"]
        for row in rows
    ]


def due(row: words.Row, on: date, lang: str) -> str:
    """Deadline with a word where it is urgent."""
    day = words.text_or(row["deadline"])
    return f"{day} {urgency_name(str(row['urgency']), on, lang)}" if row["urgency"] else day


def _columns(lang: str) -> dict[str, Any]:
    head = {name: wording.text(f"ledger.grid.{name}", lang) for name in _COLUMNS}
    config = st.column_config
    return {
        "grade": config.ImageColumn("", width=28),
        "state": config.TextColumn(head["state"], width=62),
        "title": config.TextColumn(head["title"], width=_TITLE_PX[lang]),
        "department": config.TextColumn(head["department"], width=_DEPARTMENT_PX[lang]),
        "deadline": config.TextColumn(head["deadline"], width=136),
        "item": config.TextColumn(head["item"], width=66),
    }


def names_of(codes: Sequence[str], lang: str) -> str:
    """Names of departments, "—" for none."""
    named = [words.kind_name("department", code, lang) for code in codes]
    return wording.text("ui.separator", lang).join(named) or words.EMPTY
