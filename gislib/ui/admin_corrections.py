"""Corrections of the data that stand, and the form that takes one back."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from gislib import wording
from gislib.planning import corrections
from gislib.planning.corrections import Correction
from gislib.planning.session import Session
from gislib.store.workspace_edits import Edit
from gislib.ui import guard, markup, state, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Text

ROWS_SHOWN: Final = 40
_COLUMNS: Final = ("correction_id", "layer", "feature", "change", "item", "by")
_DONE: Final = "correction.taken_back"


def show(session: Session, lang: str) -> None:
    """Table of the corrections, and the form."""
    with guard.end_part(lang):
        known = corrections.corrections(session)
    told: str | None = state.noted(_DONE)
    if told is not None:
        st.html(markup.note(wording.text("admin.correction_done", lang, ids=told)))
        state.note(_DONE, None)
    if not known:
        st.html(markup.note(wording.text("admin.corrections_none", lang)))
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        _table(session, known, lang)
    with right, st.container(border=True):
        _form(session, known, lang)


def _table(session: Session, known: list[Correction], lang: str) -> None:
    zone = ZoneInfo(session.workspace.meta.time_zone)
    heads = [Heading(wording.text(f"admin.{name}", lang), keep=name == "correction_id") for name in _COLUMNS]
    rows: list[tuple[Text, ...]] = [
        (
            edit.edit_id,
            wording.term("layer", edit.layer, lang),
            name or edit.feature_id,
            _change(edit, lang),
            edit.item_id or words.EMPTY,
            f"{edit.actor} {edit.at.astimezone(zone):%Y-%m-%d %H:%M}",
        )
        for one in known
        for edit, name in zip(one.edits, one.names, strict=True)
    ]
    shown = markup.table(heads, rows[:ROWS_SHOWN])
    st.html(markup.card(wording.text("admin.corrections", lang), shown, str(len(rows))))
    st.caption(wording.text("ui.shown_of", lang, shown=len(rows[:ROWS_SHOWN]), total=len(rows)))


def _change(edit: Edit, lang: str) -> str:
    """What an edit did, with the columns that it set in a feature that was there before."""
    action = wording.text(f"admin.correction_{edit.action}", lang)
    if edit.action == "add":
        kind = edit.sets.get("kind")
        group = edit.layer.removesuffix("s")
        return f"{action} {words.kind_name(group, str(kind), lang)}" if kind else action
    texts = wording.catalogue(lang)
    columns = [texts.get(f"admin.column_{name}", texts.get(f"term.protection.{name}", name)) for name in edit.sets]
    return f"{action} {wording.text('ui.separator', lang).join(columns)}".strip()


def _form(session: Session, known: list[Correction], lang: str) -> None:
    st.html(markup.note(wording.text("admin.correction_note", lang), warn=True))
    by_id = {one.edit_ids: one for one in known}
    chosen = st.selectbox(
        wording.text("admin.correction_which", lang), list(by_id), index=None, placeholder="",
        format_func=lambda ids: _title(by_id[ids], lang), key="admin.correction",
    )  # fmt: skip
    reason = st.text_input(wording.text("admin.correction_reason", lang), key="admin.correction.reason", max_chars=200)
    label = wording.text("admin.correction_take_back", lang)
    asked = st.button(label, key="admin.correction.do", type="primary", width="stretch", disabled=chosen is None)
    if asked and chosen is not None:
        with guard.end_part(lang):
            corrections.take_back(session, chosen, reason)
        state.note(_DONE, " ".join(chosen))
        st.rerun()


def _title(one: Correction, lang: str) -> str:
    parts = (one.item_id, " ".join(one.edit_ids), *dict.fromkeys(filter(None, one.names)))
    return wording.text("ui.separator", lang).join(part for part in parts if part)
