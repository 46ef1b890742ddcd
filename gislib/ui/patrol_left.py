"""What a patrol leaves uncovered and why, most risk first; chosen rows are given to a team."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.assessment import Request
from gislib.patrol.legs import STREET
from gislib.planning.session import Session
from gislib.reports.patrol.way_words import own_name
from gislib.store.patrols import DRAFT
from gislib.ui import markup, patrol_choice, tables, words
from gislib.ui.patrol_view import Shown

ROWS_SHOWN: Final = 10


def show(session: Session, request: Request, seen: Shown, lang: str) -> None:
    """Heading, grid, and the button that gives the chosen rows to a team."""
    table = rows(seen, lang)
    closed = len(seen.record.closed)
    told = wording.text("patrols.left.note", lang, total=len(table), closed=closed)
    if table.empty:
        st.html(markup.card(wording.text("patrols.left.title", lang), markup.body(told)))
        return
    heading, teams, give = st.columns([7, 2, 2], vertical_alignment="bottom")
    heading.html(markup.card(wording.text("patrols.left.title", lang), "", told))
    key = f"patrol.left.{seen.saved.head.patrol_id}.{seen.saved.head.version}.{seen.number}"
    chosen = tables.pick_rows(table, key, _columns(lang), tables.grid_height(len(table), ROWS_SHOWN))
    names = {team.team_id: team.name for team in seen.record.teams}
    team = teams.selectbox(
        wording.text("patrols.left.team", lang), list(names), format_func=names.__getitem__, key="patrol.left.team",
        label_visibility="collapsed",
    )  # fmt: skip
    label = wording.text("patrols.left.give", lang, count=len(chosen))
    closed_plan = not chosen or seen.saved.head.status != DRAFT
    if give.button(label, key="patrol.left.give", disabled=closed_plan, width="stretch"):
        pinned = {**seen.saved.wish.pinned, **dict.fromkeys(chosen, team)}
        skipped = seen.saved.wish.skipped - set(chosen)
        patrol_choice.again(session, request, seen.saved, pinned=pinned, skipped=skipped)


def rows(seen: Shown, lang: str) -> pd.DataFrame:
    """Uncovered tasks, most risk first: ``place, task, school, share, reason``; index task id."""
    tasks = sorted((task for task in seen.record.tasks if task.reason), key=lambda task: (-task.risk, task.demand_id))
    total = sum(task.risk for task in seen.record.tasks) or 1.0
    told = [
        {
            "id": task.demand_id,
            "place": own_name(task.name)
            or wording.text(f"patrols.nameless{'' if task.kind == STREET else '_place'}", lang),
            "task": wording.term("patrol_kind", task.kind, lang),
            "school": words.text_or(task.school_name),
            "share": round(100 * task.risk / total, 2),
            "reason": wording.term("patrol_reason", str(task.reason), lang),
        }
        for task in tasks
    ]
    columns = ["id", "place", "task", "school", "share", "reason"]
    return pd.DataFrame(told, columns=columns).set_index("id")


def _columns(lang: str) -> dict[str, Any]:
    config = st.column_config
    widths = {"place": 240, "task": 110, "school": 240, "share": 90, "reason": 260}
    title = {name: wording.text(f"patrols.left.{name}", lang) for name in widths}
    return {
        name: config.NumberColumn(title[name], format="%.2f", width=width)
        if name == "share"
        else config.TextColumn(title[name], width=width)
        for name, width in widths.items()
    }
