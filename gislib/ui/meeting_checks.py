"""Inspections of the term: who was visited how often, the table to fill in, and the way back in."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import checklists
from gislib.planning.checklists import ImportSummary
from gislib.planning.session import Session
from gislib.ui import document, guard, markup, quality, state, tables, words

GRID_ROWS: Final = 9
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DONE: Final = "checklist.done"


def show(session: Session, on: date, lang: str) -> None:
    """Draw counts, grid, and the two buttons."""
    with guard.show_errors(lang):
        found = checklists.inspected(session, on)
    if found.empty:
        st.html(markup.note(wording.text("meetings.no_term_checks", lang), warn=True))
    else:
        _grid(found, lang)
    out, back = st.columns(2, vertical_alignment="bottom")
    out.download_button(
        wording.text("meetings.check_blank", lang), lambda: checklists.blank(session, on), "checklist.xlsx", _SHEET,
        on_click="ignore", key="meeting.checks.blank", width="stretch",
    )  # fmt: skip
    with back.popover(wording.text("meetings.check_import", lang), width="stretch"):
        _upload(session, on, lang)
    done: ImportSummary | None = state.noted(_DONE)
    if done is not None:
        _told(done, lang)


def _grid(found: pd.DataFrame, lang: str) -> None:
    lacking = int((found["inspections"] < found["needed"]).sum())
    values = {"lacking": lacking, "needed": int(found["needed"].max()), "total": len(found)}
    st.html(markup.note(wording.text("meetings.check_line", lang, **values), warn=lacking > 0))
    shown = found.sort_values(["inspections", "name"])[["name", "inspections", "last"]]
    shown["last"] = shown["last"].fillna(words.EMPTY)
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_PX,
        height=tables.grid_height(len(shown), GRID_ROWS),
        column_config={name: wording.text(f"meetings.check_{name}", lang) for name in shown.columns},
    )


def _upload(session: Session, on: date, lang: str) -> None:
    document.set_upload_words(lang)
    upload = st.file_uploader(
        wording.text("meetings.check_file", lang), type=["xlsx", "xls", "csv"], key="meeting.checks.file"
    )
    asked = st.button(wording.text("meetings.check_take", lang), type="primary", disabled=upload is None)
    if upload is None or not asked:
        return
    with guard.show_errors(lang), tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / Path(upload.name).name
        file.write_bytes(upload.getvalue())
        done = checklists.import_file(session, file, on)
    state.note(_DONE, done)
    st.rerun()


def _told(done: ImportSummary, lang: str) -> None:
    values = {
        "rows": done.rows_read, "answers": done.noted.answers, "schools": done.schools, "facts": done.noted.facts,
        "rejected": len(done.rejected),
    }  # fmt: skip
    st.html(markup.note(wording.text("meetings.check_done", lang, **values), warn=len(done.rejected) > 0))
    if len(done.rejected):
        quality.rejected_grid(done.rejected, lang, "meeting.checks.rejected")
