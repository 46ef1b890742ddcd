"""The ledger out as a workbook, and an edited one back: what it would change is shown before anything is written."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.domain.errors import GislibError
from gislib.planning import ledger_book
from gislib.planning.ledger_changes import Changes, RowChange
from gislib.planning.session import Session
from gislib.ui import document, guard, markup, state, tables

_MOST_ROWS: Final = 6
_MIME: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PREVIEW: Final = "ledger.preview"


def menu(place: DeltaGenerator, session: Session, on: date, lang: str) -> None:
    """Button with the download of the whole ledger and the upload of an edited one."""
    with place.popover(wording.text("ledger.excel.menu", lang), width="stretch", disabled=session.role == "viewer"):
        st.download_button(
            wording.text("ledger.excel.out", lang),
            lambda: ledger_book.workbook(session, on, lang=lang),
            f"{wording.text('ledger.title', lang)}-{on.isoformat()}.xlsx",
            _MIME,
            on_click="ignore",
            key="ledger.excel.out",
            width="stretch",
        )
        serial = state.noted("ledger.excel.serial") or 0
        document.set_upload_words(lang)
        sent = st.file_uploader(wording.text("ledger.excel.back", lang), ["xlsx"], key=f"ledger.excel.file.{serial}")
    known = state.noted(_PREVIEW)
    if sent is None or (known is not None and known[0] == sent.file_id):
        return
    with guard.show_errors(lang), tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / Path(sent.name).name
        path.write_bytes(sent.getvalue())
        state.note(_PREVIEW, (sent.file_id, ledger_book.preview(session, path, on)))


def review(session: Session, lang: str) -> None:
    """What the file that was sent would do, with the buttons that write it or drop it; nothing without a file."""
    told = state.noted("ledger.excel.told")
    if told is not None:
        st.html(markup.note(wording.text("ledger.excel.done", lang, **told)))
        state.note("ledger.excel.told", None)
    known = state.noted(_PREVIEW)
    if known is None:
        return
    changes: Changes = known[1]
    with st.container(border=True):
        words, write, drop = st.columns([6, 1, 1], vertical_alignment="center")
        words.html(markup.note(_counts(changes, lang), warn=bool(changes.conflicts or changes.rejected)))
        nothing = not (changes.changed or changes.new)
        label = wording.text("ledger.excel.write", lang)
        if write.button(label, key="ledger.excel.write", type="primary", width="stretch", disabled=nothing):
            with guard.show_errors(lang):
                done = ledger_book.apply(session, changes)
            _forget()
            state.note("ledger.excel.told", {"changed": len(done.changed), "new": len(done.new)})
            st.rerun()
        if drop.button(wording.text("ledger.excel.drop", lang), key="ledger.excel.drop", width="stretch"):
            _forget()
            st.rerun()
        _tables(changes, lang)


def _forget() -> None:
    state.note(_PREVIEW, None)
    state.note("ledger.excel.serial", (state.noted("ledger.excel.serial") or 0) + 1)


def _counts(changes: Changes, lang: str) -> str:
    return wording.text(
        "ledger.excel.counts",
        lang,
        changed=len(changes.changed),
        new=len(changes.new),
        conflicts=len(changes.conflicts),
        rejected=len(changes.rejected),
        unchanged=changes.unchanged,
        absent=changes.absent,
    )


def _tables(changes: Changes, lang: str) -> None:
    """One grid of what changes, one of what is left out."""
    rows = _changed((*changes.changed, *changes.new), lang)
    if rows:
        _grid(rows, ("row", "item", "step", "column", "before", "after"), lang)
    left_out = [
        {
            "row": one.row,
            "item": one.item_id,
            "column": "、".join(_head(change.column, lang) for change in one.fields),
            "reason": wording.text("ledger.excel.conflict", lang, actor=one.actor, mine=one.mine, theirs=one.theirs),
        }
        for one in changes.conflicts
    ] + [
        {
            "row": one.row,
            "item": one.item_id or "",
            "column": _head(one.column, lang),
            "reason": wording.error(GislibError(one.code, **one.values), lang),
        }
        for one in changes.rejected
    ]
    if left_out:
        st.html(markup.note(wording.text("ledger.excel.left_out", lang), warn=True))
        _grid(left_out, ("row", "item", "column", "reason"), lang)


def _changed(rows: Sequence[RowChange], lang: str) -> list[dict[str, Any]]:
    return [
        {
            "row": row.row,
            "item": row.item_id or wording.text("ledger.excel.new_item", lang),
            "step": wording.term("item_step", row.step, lang),
            "column": _head(change.column, lang),
            "before": change.before or "",
            "after": change.after or "",
        }
        for row in rows
        for change in row.fields
    ]


def _grid(rows: Sequence[dict[str, Any]], names: Sequence[str], lang: str) -> None:
    config = {name: st.column_config.Column(wording.text(f"ledger.excel.column.{name}", lang)) for name in names}
    height = tables.grid_height(len(rows), _MOST_ROWS)
    st.dataframe(
        pd.DataFrame(rows)[list(names)], column_config=config, height=height, row_height=tables.ROW_PX, hide_index=True
    )


def _head(column: str, lang: str) -> str:
    return wording.text(f"ledger.column.{column}", lang)
