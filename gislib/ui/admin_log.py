"""The audit log with its filter."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st

from gislib import wording
from gislib.planning import audit_log
from gislib.planning.audit_log import AuditFilter
from gislib.planning.session import Session
from gislib.ui import audit_words, guard, tables

GRID_ROWS: Final = 16
_WIDTHS_PX: Final = {"at": 140, "actor": 80, "role": 90, "action": 140, "subject": 110, "detail": 560}
ACTIONS: Final = (
    "", "refused", "plan", "patrol", "item", "workspace", "meeting", "snapshot", "checklist", "term", "user", "import",
    "backup", "restore", "assess", "comply", "evidence", "ledger", "export", "audit",
)  # fmt: skip


def show(session: Session, lang: str) -> None:
    """Filter, rows with the newest first, and the way out as CSV."""
    chosen = _filter(lang)
    with guard.end_part(lang):
        found = audit_log.entries(session, chosen)
    shown = found.assign(
        at=found["at"].dt.strftime("%Y-%m-%d %H:%M:%S"),
        role=[audit_words.role(code, lang) for code in found["role"]],
        subject=[audit_words.subject(code, lang) for code in found["subject"]],
        action=[audit_words.action(code, lang) for code in found["action"]],
        detail=[audit_words.detail(told, lang) for told in found["detail"]],
    )
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW_PX,
        height=tables.grid_height(len(shown), GRID_ROWS),
        column_config={
            name: st.column_config.Column(wording.text(f"admin.log_{name}", lang), width=_WIDTHS_PX.get(name))
            for name in shown.columns
        },
        key="admin.log",
    )
    count, out = st.columns([4, 1], vertical_alignment="center")
    count.caption(wording.text("ui.shown_of", lang, shown=len(shown), total=len(shown)))
    out.download_button(
        wording.text("admin.log_csv", lang), lambda: audit_log.as_csv(session, chosen), "audit.csv", "text/csv",
        on_click="ignore", key="admin.log.csv", width="stretch",
    )  # fmt: skip


def _filter(lang: str) -> AuditFilter:
    def text(name: str) -> str:
        return wording.text(f"admin.log_{name}", lang)

    first_box, last_box, actor_box, action_box, text_box = st.columns([2, 2, 2, 2, 3])
    first = first_box.date_input(text("first"), None, format="YYYY-MM-DD", key="admin.log.first")
    last = last_box.date_input(text("last"), None, format="YYYY-MM-DD", key="admin.log.last")
    actor = actor_box.text_input(text("actor"), key="admin.log.actor")
    action = action_box.selectbox(
        text("action"), ACTIONS, key="admin.log.action",
        format_func=lambda code: wording.text(f"admin.action_{code or 'all'}", lang),
    )  # fmt: skip
    words = text_box.text_input(text("text"), key="admin.log.text")
    return AuditFilter(_day(first), _day(last), actor.strip(), action or "", words.strip())


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
