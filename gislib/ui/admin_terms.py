"""School terms: days and holidays."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import terms
from gislib.planning.session import Session
from gislib.store.terms import Holiday, Term, TermFacts
from gislib.ui import admin_gates, guard, markup, words
from gislib.ui.markup import Heading


def show(session: Session, lang: str) -> None:
    """Table of the terms, and the form that adds or changes one."""
    with guard.end_part(lang):
        known = terms.terms(session)
    left, right = st.columns([3, 2], gap="small")
    with left:
        if known:
            heads = [
                Heading(wording.text(f"admin.term_{name}", lang)) for name in ("name", "starts", "ends", "holidays")
            ]
            rows = [
                (one.facts.name, one.facts.starts.isoformat(), one.facts.ends.isoformat(), _holidays(one, lang))
                for one in known
            ]
            st.html(markup.card(wording.text("admin.terms", lang), markup.table(heads, rows), str(len(known))))
        else:
            st.html(markup.note(wording.text("admin.terms_none", lang), warn=True))
        admin_gates.show(session, known, lang)
    with right:
        _form(session, known, lang)


def _holidays(term: Term, lang: str) -> str:
    told = [f"{off.name} {off.starts:%m-%d}–{off.ends:%m-%d}" for off in term.facts.holidays]
    return wording.text("ui.separator", lang).join(told) or words.EMPTY


def _form(session: Session, known: list[Term], lang: str) -> None:
    def text(name: str) -> str:
        return wording.text(f"admin.{name}", lang)

    by_id = {one.term_id: one for one in known}
    chosen = st.selectbox(
        text("term_which"), ["", *by_id], format_func=lambda key: by_id[key].facts.name if key else text("term_new")
    )
    old = by_id.get(chosen or "")
    with st.form(f"admin.term.{chosen}.{old.version if old else 0}", border=True):
        name = st.text_input(text("term_name"), old.facts.name if old else "", max_chars=80)
        first_box, last_box = st.columns(2)
        starts = first_box.date_input(text("term_starts"), old.facts.starts if old else None, format="YYYY-MM-DD")
        ends = last_box.date_input(text("term_ends"), old.facts.ends if old else None, format="YYYY-MM-DD")
        st.html(markup.note(text("term_holidays_note")))
        rows = [(off.name, off.starts, off.ends) for off in old.facts.holidays] if old else []
        offs = st.data_editor(
            pd.DataFrame(rows, columns=["name", "starts", "ends"]),
            num_rows="dynamic", hide_index=True, width="stretch",
            column_config={
                "name": st.column_config.TextColumn(text("term_holiday"), max_chars=40),
                "starts": st.column_config.DateColumn(text("term_starts"), format="YYYY-MM-DD"),
                "ends": st.column_config.DateColumn(text("term_ends"), format="YYYY-MM-DD"),
            },
        )  # fmt: skip
        asked = st.form_submit_button(text("save"), type="primary", width="stretch")
    if not asked:
        return
    if not (isinstance(starts, date) and isinstance(ends, date)):
        st.html(markup.note(text("term_days_missing"), warn=True))
        return
    whole = offs.dropna(subset=["starts", "ends"])
    holidays = tuple(
        Holiday(_day(row["starts"]), _day(row["ends"]), words.text_or(row["name"], ""))
        for row in whole.to_dict("records")
    )
    facts = TermFacts(name, starts, ends, holidays, old.facts.gate_times if old else ())
    with guard.end_part(lang):
        if old is None:
            terms.add(session, facts)
        else:
            terms.replace(session, old.term_id, old.version, facts)
    st.rerun()


def _day(value: object) -> date:
    """Day of a cell, which a table may hold as a moment."""
    return pd.Timestamp(value).date()  # type: ignore[arg-type]
