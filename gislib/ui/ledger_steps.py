"""The next steps of an item: who acts, put off, handed in, given back, closed with what was done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import ledger, ledger_remedies
from gislib.planning.ledger import Order
from gislib.planning.ledger_remedies import CAMPUS, DEVICE, MOVE, Remedy
from gislib.planning.session import Session
from gislib.store import item_steps
from gislib.store.items import Item, Save
from gislib.ui import guard, ledger_actions, markup, words

_ORDER: Final = ("assign", "start", "submit", "close", "extend", "give_back", "reassign", "dismiss", "reopen")


def show(session: Session, item: Item, row: pd.Series, on: date, lang: str) -> None:
    """Choice of the step and what it asks for."""
    known = [name for name in _ORDER if item.state in item_steps.STEPS[name].ways]
    key = f"ledger.step.{item.item_id}.{item.version}"
    step = st.segmented_control(
        wording.text("ledger.step.label", lang),
        known,
        default=known[0],
        format_func=lambda name: wording.term("item_step", name, lang),
        key=key,
        label_visibility="collapsed",
    )
    if step is None:
        return
    with st.container(border=True):
        if step in ("assign", "reassign"):
            _assign(session, item, row, on, lang)
        elif step == "close":
            _close(session, item, on, lang)
        else:
            _plain(session, item, (step, on), lang)


def _assign(session: Session, item: Item, row: words.Row, on: date, lang: str) -> None:
    key = f"ledger.one.{item.item_id}.{item.version}"
    asked = ledger_actions.order(key, row, on, lang)
    reason = _reason(key, lang) if item.state != item_steps.FOUND else None
    if _button(key, "assign" if item.state == item_steps.FOUND else "reassign", lang, closed=asked.lead is None):
        order = Order(asked.lead or "", asked.deadline, asked.main, asked.support, asked.post, reason)
        with guard.show_errors(lang):
            ledger.assign(session, [(item.item_id, item.version)], order)
        st.rerun()


def _plain(session: Session, item: Item, asked: tuple[str, date], lang: str) -> None:
    """Step that asks for a reason or a later day at most."""
    step, on = asked
    key = f"ledger.{step}.{item.item_id}.{item.version}"
    changes: dict[str, Any] = {}
    if step == item_steps.EXTEND:
        next_day = max(item.facts.deadline or on, on) + timedelta(days=1)
        label = wording.text("ledger.step.later", lang)
        changes["deadline"] = st.date_input(label, next_day, min_value=next_day, format="YYYY-MM-DD", key=f"{key}.day")
    reasoned = item_steps.STEPS[step].reasoned
    reason = _reason(key, lang) if reasoned else None
    if not reasoned:
        st.html(markup.note(wording.text(f"ledger.step.{step}", lang)))
    if _button(key, step, lang):
        closes = on if step == "dismiss" else None
        with guard.show_errors(lang):
            ledger.save(session, [Save(item.item_id, item.version, step, changes, reason, closes)])
        st.rerun()


def _close(session: Session, item: Item, on: date, lang: str) -> None:
    """Day of the check, and what was done in the world: it goes into the data of the next assessment."""
    key = f"ledger.close.{item.item_id}.{item.version}"
    day = st.date_input(
        wording.text("ledger.column.closed_on", lang), on, min_value=item.found_on, max_value=on,
        format="YYYY-MM-DD", key=f"{key}.day",
    )  # fmt: skip
    offered = ledger_remedies.remedies(item, on)
    chosen: list[Remedy] = []
    if offered:
        chosen = st.multiselect(
            wording.text("ledger.remedy.label", lang),
            offered,
            format_func=lambda one: _remedy(one, lang),
            key=f"{key}.remedies",
            placeholder="",
        )
        st.caption(wording.text("ledger.remedy.note", lang))
    if any(one.kind in (DEVICE, MOVE) for one in chosen):
        chosen = _with_place(key, item, chosen, lang)
    if _button(key, "close", lang):
        with guard.show_errors(lang):
            ledger_remedies.close_with_edit(session, (item.item_id, item.version), day, chosen)
        st.rerun()


def _with_place(key: str, item: Item, chosen: list[Remedy], lang: str) -> list[Remedy]:
    """Position of what was installed or moved, the item's own at first."""
    places = st.columns(2)
    told = [
        place.number_input(
            wording.text(f"ledger.column.{name}", lang),
            value=getattr(item.facts, name),
            format="%.6f",
            key=f"{key}.{name}",
        )
        for place, name in zip(places, ("lon", "lat"), strict=True)
    ]
    return [Remedy(one.kind, one.value, *told) if one.kind in (DEVICE, MOVE) else one for one in chosen]


def _remedy(one: Remedy, lang: str) -> str:
    if one.kind == DEVICE:
        return wording.text("ledger.remedy.device", lang, device=words.kind_name("device", one.value, lang))
    if one.kind == CAMPUS:
        return wording.text("ledger.remedy.campus", lang, what=wording.term("protection", one.value, lang))
    return wording.text(f"ledger.remedy.{one.kind}", lang)


def _reason(key: str, lang: str) -> str:
    return st.text_input(wording.text("ledger.column.reason", lang), key=f"{key}.reason", max_chars=200)


def _button(key: str, step: str, lang: str, *, closed: bool = False) -> bool:
    label = wording.term("item_step", step, lang)
    return st.button(label, key=f"{key}.do", type="primary", width="stretch", disabled=closed)
