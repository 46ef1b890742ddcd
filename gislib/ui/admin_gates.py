"""When the gates of a term are open: for all campuses, and for those with times of their own."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import terms
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session
from gislib.store.terms import GateTime, Term
from gislib.ui import computing, guard, markup, tables, words

COLUMNS: Final = ("campus", "slice", "opens", "closes")
_ALL: Final = ""
"""Campus of a row that counts for all without a row of their own."""
_ROWS: Final = 8


def show(session: Session, known: list[Term], lang: str) -> None:
    """Table of a term's gate times, to be edited as a whole."""
    if not known:
        return
    st.markdown(f"**{wording.text('admin.gates', lang)}**")
    by_id = {one.term_id: one for one in reversed(known)}
    chosen = st.selectbox(
        wording.text("admin.gates_term", lang), list(by_id), format_func=lambda key: by_id[key].facts.name,
        key="admin.gates.term",
    )  # fmt: skip
    term = by_id[chosen or next(iter(by_id))]
    campuses = _campuses(session, lang)
    slices = {code: wording.term("slice", code, lang) for code in terms.GATE_SLICES}
    st.html(markup.note(wording.text("admin.gates_note", lang, usual=_usual(slices, lang))))
    with st.form(f"admin.gates.{term.term_id}.{term.version}", border=False):
        edited = st.data_editor(
            _table(term, campuses, slices),
            num_rows="dynamic", hide_index=True, width="stretch", row_height=tables.ROW_PX,
            height=tables.grid_height(len(term.facts.gate_times) + 2, _ROWS),
            column_config=_columns(campuses, slices, lang),
        )  # fmt: skip
        asked = st.form_submit_button(wording.text("admin.gates_save", lang), type="primary", width="stretch")
    if asked:
        with guard.end_part(lang):
            terms.set_gate_times(session, term.term_id, term.version, _rows(edited, campuses, slices))
        st.rerun()


def _campuses(session: Session, lang: str) -> dict[str, str]:
    """Campuses by id as the table names them; "" is all of them. Names that are not unique carry their id."""
    names = tables_of(session.workspace)["schools"]["name"]
    told = {str(key): words.text_or(name, str(key)) for key, name in names.items()}
    counts = pd.Series(list(told.values())).value_counts()
    unique = {key: name if counts[name] == 1 else f"{name} {key}" for key, name in told.items()}
    return {_ALL: wording.text("admin.gates_all", lang)} | dict(sorted(unique.items(), key=lambda pair: pair[1]))


def _usual(slices: dict[str, str], lang: str) -> str:
    """Usual times of the rules in words."""
    usual = terms.usual_times(computing.today())
    spans = (f"{slices[code]} {opens}–{closes}" for code, (opens, closes) in usual.items())
    return wording.text("ui.separator", lang).join(spans)


def _table(term: Term, campuses: dict[str, str], slices: dict[str, str]) -> pd.DataFrame:
    rows = [
        (
            campuses.get(one.school_id or _ALL, one.school_id),
            slices.get(one.slice_id, one.slice_id),
            one.opens,
            one.closes,
        )
        for one in term.facts.gate_times
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def _columns(campuses: dict[str, str], slices: dict[str, str], lang: str) -> dict[str, Any]:
    head = {name: wording.text(f"admin.gate_{name}", lang) for name in COLUMNS}
    clock: Any = {"max_chars": 5, "validate": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "required": True}
    config = st.column_config
    return {
        "campus": config.SelectboxColumn(head["campus"], options=list(campuses.values()), required=True),
        "slice": config.SelectboxColumn(head["slice"], options=list(slices.values()), required=True),
        "opens": config.TextColumn(head["opens"], **clock),
        "closes": config.TextColumn(head["closes"], **clock),
    }


def _rows(edited: pd.DataFrame, campuses: dict[str, str], slices: dict[str, str]) -> list[GateTime]:
    """Rows as they are stored; an unfinished one is left to be refused by its content."""
    ids = {name: key for key, name in campuses.items()}
    codes = {name: code for code, name in slices.items()}
    rows = edited.fillna("").astype(str).to_dict("records")
    return [
        GateTime(
            codes.get(row["slice"], row["slice"]), row["opens"], row["closes"],
            ids.get(row["campus"], row["campus"]) or None,
        )
        for row in rows
    ]  # fmt: skip
