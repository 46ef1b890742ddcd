"""Inspections of one campus: what the six nets look like there, and the form of a new inspection."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import checklists
from gislib.planning.checklists import Noted, Question
from gislib.planning.session import Session
from gislib.store.checklists import CHOICES, Answer
from gislib.ui import computing, guard, markup, state, tables, words

GRID_ROWS: Final = 17
_DONE: Final = "campus.checks.done"
_POST_LENGTH: Final = 60


def show(session: Session, school_id: str, lang: str) -> None:
    """Draw how often the campus was inspected this term, every question with its last answer, and the form."""
    on = computing.day_of(session)
    with guard.show_errors(lang):
        st.html(markup.note(_visits(session, school_id, on, lang)))
        _form(session, school_id, on, lang)
    done: Noted | None = state.noted(_DONE)
    if done is not None:
        st.html(markup.note(_text("saved", lang, answers=done.answers, facts=done.facts)))
        state.note(_DONE, None)


def _text(name: str, lang: str, **values: object) -> str:
    return wording.text(f"checklist.campus.{name}", lang, **values)


def _visits(session: Session, school_id: str, on: date, lang: str) -> str:
    found = checklists.inspected(session, on)
    if school_id not in found.index:
        return _text("no_term", lang)
    own = found.loc[[school_id]].to_dict("records")[0]
    last = words.text_or(own["last"], _text("none", lang))
    return _text("line", lang, count=own["inspections"], needed=own["needed"], last=last)


def _form(session: Session, school_id: str, on: date, lang: str) -> None:
    """Table to answer, day and post; only what was answered is kept."""
    asked = checklists.questions(on)
    known = checklists.current(session)
    own = known[known["school_id"] == school_id].set_index("question")
    choices = {wording.text(f"checklist.answer_{code}", lang): code for code in CHOICES}
    # A new inspection begins with an empty form, as does another campus.
    with st.form(f"campus.checks.{school_id}.{len(own)}.{own['at'].max() if len(own) else ''}", border=False):
        day_box, post_box, save_box, _tools_of_the_grid = st.columns([2, 4, 2, 1], vertical_alignment="bottom")
        day = day_box.date_input(_text("day", lang), on, max_value=on, format="YYYY-MM-DD")
        post = post_box.text_input(_text("post", lang), max_chars=_POST_LENGTH)
        filled = _grid(_rows(asked, own, lang), list(choices), lang)
        viewer = session.role == "viewer"
        saved = save_box.form_submit_button(_text("save", lang), type="primary", width="stretch", disabled=viewer)
    if not saved:
        return
    rows = filled[filled["answer"].isin(choices)].to_dict("records")
    codes = {_title(one, lang): one.code for one in asked}
    told = [(codes[row["question"]], choices[row["answer"]], words.text_or(row["note"], "") or None) for row in rows]
    answers = [Answer(school_id, question, answer, day, post, remark) for question, answer, remark in told]
    if not answers:
        st.html(markup.note(_text("empty", lang), warn=True))
        return
    state.note(_DONE, checklists.add(session, answers))
    st.rerun()


def _rows(asked: list[Question], own: pd.DataFrame, lang: str) -> pd.DataFrame:
    """One row per question, with what was answered last."""
    return pd.DataFrame(
        {
            "net": [wording.text(f"checklist.net_{one.net}", lang) for one in asked],
            "question": [_title(one, lang) for one in asked],
            "now": [_last(own, one.code, lang) for one in asked],
            "answer": words.EMPTY,
            "note": "",
            "clause": [one.clause for one in asked],
        }
    )


def _title(question: Question, lang: str) -> str:
    return question.title if lang == "zh" else question.title_en


def _last(own: pd.DataFrame, code: str, lang: str) -> str:
    """Last answer with its day and post; nothing was ever answered: a dash."""
    if code not in own.index:
        return words.EMPTY
    row = own.loc[code]
    word = wording.text(f"checklist.answer_{row['answer']}", lang)
    return wording.text("ui.separator", lang).join([word, str(row["answered_on"]), str(row["post"])])


def _grid(rows: pd.DataFrame, choices: list[str], lang: str) -> pd.DataFrame:
    wide = {"now": "medium", "answer": "small", "note": "medium", "question": "large"}
    columns = {
        name: st.column_config.SelectboxColumn(_text(name, lang), options=[words.EMPTY, *choices], width="small")
        if name == "answer"
        else st.column_config.TextColumn(_text(name, lang), width=wide.get(name))  # type: ignore[arg-type]
        for name in rows.columns
    }
    edited: pd.DataFrame = st.data_editor(
        rows, hide_index=True, width="stretch", row_height=tables.ROW_PX,
        height=tables.grid_height(len(rows), GRID_ROWS), column_config=columns,
        disabled=["net", "question", "now", "clause"],
    )  # fmt: skip
    return edited
