"""List of the devices of a plan: what, where, how much of it, what it costs and takes off, what to verify on site."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning.plan_scores import PlanScores
from gislib.ui import choice_box, frame, markup, state, tables, words
from gislib.ui.picture import Html, safe
from gislib.ui.plan_view import WHOLE, Shown
from gislib.ui.state import Choices

ROWS_SHOWN: Final = 6
_DETAILS: Final = {"verify": "verify_titles", "clauses": "clause_titles"}
_MILLION: Final = 1e6
WAN: Final = 10_000.0
"""Yuan of the unit that budgets and costs are shown in (万元)."""
_COLUMNS: Final = ("title", "number", "located", "quantity", "cost", "load", "verify", "clauses", "helps")


def show(seen: Shown, scores: PlanScores, choices: Choices) -> str | None:
    """Heading with the choice of the campus and the list; returns the device that was newly picked in it."""
    lang = choices.lang
    heading, chooser = st.columns([3, 2], vertical_alignment="center")
    heading.html(markup.note(_heading(seen, lang)))
    _choose_campus(chooser, seen, choices)
    listed = seen.listed
    if listed.empty:
        st.html(markup.note(wording.text("treatments.no_device", lang), warn=True))
        return None
    key = f"plan.list.{seen.plan.head.plan_id}.{seen.campus}.{state.noted('plan.jump')}"
    height = tables.grid_height(len(listed), ROWS_SHOWN)
    row = tables.pick_row(grid_rows(seen, scores, lang), key, columns(lang), height, choices.device)
    frame.block(detail(seen, scores, choices))
    return state.new_pick("plan.device", row)


def detail(seen: Shown, scores: PlanScores, choices: Choices) -> Html:
    """The chosen device with all its words, which the list may cut; empty without one."""
    lang = choices.lang
    if choices.device not in seen.rows.index:
        return Html("")
    row = seen.rows.loc[choices.device]
    values = {name: str(row[column]) for name, column in _DETAILS.items()}
    values["helps"] = str(scores.devices["helps"].get(choices.device, ""))
    said = [wording.text("treatments.detail", lang, title=row["shown_title"], id=choices.device, place=row["located"])]
    said.append(
        "　".join(
            wording.text("treatments.detail_part", lang, name=_column(name, lang), text=text)
            for name, text in values.items()
            if text
        )
    )
    return markup.note(Html("<br>".join(safe(line) for line in said if line)))


def _column(name: str, lang: str) -> str:
    return wording.text(f"treatments.column.{name}", lang)


def money(yuan: float, lang: str) -> str:
    """Amount with its unit: ten thousands in Chinese, millions in English."""
    amount = words.decimals(yuan / WAN) if lang == "zh" else words.decimals(yuan / _MILLION, 2)
    return wording.text("treatments.money", lang, amount=amount)


def _heading(seen: Shown, lang: str) -> str:
    listed = seen.listed
    return wording.text(
        "treatments.list",
        lang,
        count=len(listed),
        cost=money(listed["cost_yuan"].sum(), lang),
        all=len(seen.rows),
        campuses=seen.rows["school_id"].nunique(),
    )


def _choose_campus(place: st.delta_generator.DeltaGenerator, seen: Shown, choices: Choices) -> None:
    everywhere = wording.text("treatments.all_campuses", choices.lang, count=len(seen.rows))
    names = {"": everywhere, **seen.campuses}
    key = f"plan.campus.{seen.plan.head.plan_id}.{seen.campus}"
    choice_box.show(place, wording.text("treatments.choose_campus", choices.lang), names, seen.campus, key, _chosen)


def _chosen(widget_key: str) -> None:
    school = st.session_state[widget_key]
    state.note(WHOLE, "" if school else "yes")
    if school:
        state.put("school", school)
    state.put("device", None)


def grid_rows(seen: Shown, scores: PlanScores, lang: str) -> pd.DataFrame:
    """Cells of the list, index ``device_id``."""
    listed = seen.listed
    marks = listed["state"].map(lambda code: wording.text(f"treatments.mark.{code}", lang) if words.known(code) else "")
    verify = listed["verify_titles"].fillna("").astype(str)
    return pd.DataFrame(
        {
            "symbol": tables.symbol_cells(listed["symbol"]),
            "title": listed["shown_title"],
            "number": [str(int(n)) if words.known(n) else words.EMPTY for n in listed["number"]],
            "located": listed["located"],
            "quantity": [_quantity(q, u, lang) for q, u in zip(listed["quantity"], listed["unit"], strict=True)],
            "cost": listed["cost_yuan"] / WAN,
            "load": scores.devices["load"].reindex(listed.index),
            "verify": marks.where(marks != "", verify),
            "clauses": listed["clause_titles"],
            "helps": scores.devices["helps"].reindex(listed.index),
        },
        index=listed.index,
    )


def _quantity(value: float, unit: str, lang: str) -> str:
    group = "unit_one" if value == 1 else "unit"
    return f"{value:g} {wording.text(f'works.{group}.{unit}', lang)}"


def columns(lang: str) -> dict[str, Any]:
    """Entries of the list's columns, in order."""
    title = {name: _column(name, lang) for name in _COLUMNS}
    config = st.column_config
    return {
        "symbol": config.ImageColumn("", width=28),
        "title": config.TextColumn(title["title"], width=100),
        "number": config.TextColumn(title["number"], width=36),
        "located": config.TextColumn(title["located"], width=176),
        "quantity": config.TextColumn(title["quantity"], width=48),
        "cost": config.NumberColumn(title["cost"], format="%.2f", width=48),
        "load": config.NumberColumn(title["load"], format="%.3f", width=58),
        "verify": config.TextColumn(title["verify"], width=140),
        "clauses": config.TextColumn(title["clauses"], width=220),
        "helps": config.TextColumn(title["helps"], width=260),
    }
