"""What is done with several items at once, or before there is one: raised from results, put down, assigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import rules, wording
from gislib.assessment import Request
from gislib.planning import ledger, ledger_sources
from gislib.planning.ledger import Order
from gislib.planning.ledger_sources import Wanted
from gislib.planning.session import Session
from gislib.store import item_facts
from gislib.store.item_facts import Facts
from gislib.ui import guard, ledger_list, ledger_map, markup, state, words


@dataclass(frozen=True)
class Asked:
    """Departments, deadline and post as they were typed in."""

    lead: str | None
    main: tuple[str, ...]
    support: tuple[str, ...]
    deadline: date
    post: str | None


def raising(place: DeltaGenerator, session: Session, request: Request, lang: str) -> None:
    """Button that makes items of what was computed."""
    with place.popover(wording.text("ledger.raise.menu", lang), width="stretch", disabled=session.role == "viewer"):
        sources = st.multiselect(
            wording.text("ledger.raise.sources", lang),
            ledger_sources.SOURCES,
            ("finding", "water", "risk", "inspection"),
            format_func=lambda code: wording.term("item_source", code, lang),
            key="ledger.raise.sources",
            placeholder="",
        )
        grades = st.multiselect(
            wording.text("ledger.raise.grades", lang),
            item_facts.GRADES,
            format_func=lambda code: wording.term("grade", code, lang),
            key="ledger.raise.grades",
            placeholder="",
        )
        st.caption(wording.text("ledger.raise.note", lang))
        label = wording.text("ledger.raise.do", lang)
        if st.button(label, key="ledger.raise.do", type="primary", width="stretch", disabled=not sources):
            with guard.show_errors(lang):
                done = ledger_sources.from_findings(session, request, Wanted(tuple(sources), frozenset(grades)))
            state.note("ledger.raised", {"new": len(done.new), "known": done.known})
            st.rerun()


def raised(lang: str) -> None:
    """Say what the last press of the button put down, once."""
    told = state.noted("ledger.raised")
    if told is not None:
        st.html(markup.note(wording.text("ledger.raise.told", lang, **told)))
        state.note("ledger.raised", None)


def assigning(place: DeltaGenerator, session: Session, items: pd.DataFrame, on: date, lang: str) -> None:
    """Button that gives the marked items to a department, all or none."""
    label = wording.text("ledger.assign.menu", lang, count=len(items))
    closed = session.role == "viewer" or items.empty
    with place.popover(label, type="primary", width="stretch", disabled=closed):
        if items.empty:
            return
        asked = order("ledger.assign", items.iloc[0], on, lang)
        reason = st.text_input(wording.text("ledger.assign.reason", lang), key="ledger.assign.reason", max_chars=200)
        do = wording.text("ledger.assign.do", lang, count=len(items))
        if st.button(do, key="ledger.assign.do", type="primary", width="stretch", disabled=asked.lead is None):
            chosen = [(str(item_id), int(version)) for item_id, version in items["version"].items()]
            wanted = Order(asked.lead or "", asked.deadline, asked.main, asked.support, asked.post, reason or None)
            with guard.show_errors(lang):
                ledger.assign(session, chosen, wanted)
            st.rerun()


def order(key: str, row: words.Row, on: date, lang: str) -> Asked:
    """Fields for departments, deadline and post, filled in from an item."""
    known = ledger_list.departments(lang)
    lead = row["department_lead"]
    codes = list(known)
    chosen = st.selectbox(
        wording.text("ledger.column.department_lead", lang),
        codes,
        index=codes.index(str(lead)) if lead in codes else None,
        format_func=known.__getitem__,
        key=f"{key}.lead",
        placeholder="",
    )
    several = []
    for name in ("departments_main", "departments_support"):
        given = [code for code in (str(row[name]).split() if words.known(row[name]) else []) if code in codes]
        label = wording.text(f"ledger.column.{name}", lang)
        picked = st.multiselect(label, codes, given, format_func=known.__getitem__, key=f"{key}.{name}", placeholder="")
        several.append(tuple(code for code in picked if code != chosen))
    deadline = row["deadline"]
    told = date.fromisoformat(str(deadline)) if words.known(deadline) else on
    later = told if told > on else on + timedelta(days=_days(on))
    day = st.date_input(
        wording.text("ledger.column.deadline", lang), later, min_value=on, format="YYYY-MM-DD", key=f"{key}.day"
    )
    post = st.text_input(wording.text("ledger.column.post", lang), key=f"{key}.post", max_chars=60)
    return Asked(chosen, several[0], several[1], day, post or None)


def _days(on: date) -> int:
    return int(rules.load().table(ledger.DEADLINES, on)["manual"])


def new_item(session: Session, on: date, lang: str) -> None:
    """Form for the hazard whose place was clicked on the map."""
    lon, lat = ledger_map.asked_new() or (None, None)
    if lon is None or lat is None:
        return
    st.html(markup.title_row(wording.text("ledger.new.title", lang), f"{lon:.6f}, {lat:.6f}"))
    with st.form("ledger.new", border=True):
        title = st.text_input(wording.text("ledger.column.title", lang), max_chars=item_facts.TITLE_LENGTH)
        measure = st.text_area(wording.text("ledger.column.measure", lang), height=68)
        source = st.selectbox(
            wording.text("ledger.column.source", lang),
            ("manual", "inspection"),
            format_func=lambda code: wording.term("item_source", code, lang),
        )
        net = st.selectbox(
            wording.text("ledger.column.net", lang),
            item_facts.NETS,
            index=None,
            format_func=lambda code: wording.term("net", code, lang),
            placeholder="",
        )
        known = ledger_list.departments(lang)
        lead = st.selectbox(
            wording.text("ledger.column.department_lead", lang), list(known), index=None,
            format_func=known.__getitem__, placeholder="",
        )  # fmt: skip
        put, drop = st.columns(2)
        done = put.form_submit_button(wording.text("ledger.new.do", lang), type="primary", width="stretch")
        given_up = drop.form_submit_button(wording.text("ledger.new.drop", lang), width="stretch")
    if done:
        facts = Facts(title, measure=measure, net=net, lon=lon, lat=lat, department_lead=lead)
        with guard.show_errors(lang):
            item = ledger.add_by_hand(session, facts, on, source)
        state.put("item", item.item_id)
    if done or given_up:
        ledger_map.drop_new()
        st.rerun()
