"""Agenda of a meeting and what it decided; a decision with a department and a deadline becomes a ledger item."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import streamlit as st

from gislib import rules, wording
from gislib.planning import meetings
from gislib.planning.changes import Point
from gislib.planning.session import Session
from gislib.store.item_facts import TITLE_LENGTH, Facts
from gislib.store.meetings import Meeting, NewDecision
from gislib.ui import guard, markup, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html

DAYS_GIVEN: Final = 30
"""Deadline that the form proposes, days after the meeting; any other may be typed."""


def agenda(session: Session, meeting: Meeting | None, points: tuple[Point, ...], lang: str) -> None:
    """Agenda as it stands, or as proposed; it is edited as lines of text."""
    proposed = [meetings.agenda_text(point, lang) for point in points]
    stored = list(meeting.facts.agenda) if meeting else []
    if meeting is None or session.role == "viewer":
        rows = [(str(number), line) for number, line in enumerate(stored or proposed, start=1)]
        title = wording.text("meetings.agenda" if stored else "meetings.agenda_proposed", lang)
        st.html(markup.card(title, markup.table([Heading("", number=True), Heading("")], rows)))
        return
    with st.form("meeting.agenda", border=True):
        lines = st.text_area(
            wording.text("meetings.agenda", lang),
            "\n".join(stored or proposed),
            height=150,
            key=_key(meeting, "agenda"),
        )
        if st.form_submit_button(wording.text("meetings.agenda_save", lang)):
            facts = replace(meeting.facts, agenda=tuple(lines.splitlines()))
            with guard.show_errors(lang):
                meetings.edit(session, meeting.meeting_id, meeting.version, facts)
            st.rerun()


def decisions(session: Session, meeting: Meeting | None, schools: dict[str, str], lang: str) -> None:
    """What was decided, and the form for one more; before the snapshot there is nothing to decide on."""
    if meeting is None or meeting.snapshot_id is None:
        st.html(markup.note(wording.text("meetings.decide_later", lang)))
        return
    if meeting.decisions:
        heads = [
            Heading("", number=True),
            Heading(wording.text("meetings.decision", lang)),
            Heading(wording.text("meetings.item", lang), keep=True),
        ]
        rows = [(str(one.number), one.text, one.item_id or words.EMPTY) for one in meeting.decisions]
        st.html(markup.card(Html(""), markup.table(heads, rows)))
    if session.role != "viewer":
        _form(session, meeting, schools, lang)


def _form(session: Session, meeting: Meeting, schools: dict[str, str], lang: str) -> None:
    def text(name: str) -> str:
        return wording.text(f"meetings.{name}", lang)

    departments = {
        code: kind.zh if lang == "zh" else kind.en for code, kind in rules.load().kinds("department").items()
    }
    with st.form(_key(meeting, "decide"), border=True):
        told = st.text_input(text("decision"), max_chars=TITLE_LENGTH)
        lead_box, due_box = st.columns(2)
        lead = lead_box.selectbox(
            text("lead"), [None, *departments], format_func=lambda code: departments.get(code or "", text("nobody"))
        )
        due = due_box.date_input(
            text("deadline"), meeting.facts.held_on + timedelta(days=DAYS_GIVEN), format="YYYY-MM-DD"
        )
        main_box, school_box = st.columns(2)
        main = main_box.multiselect(
            text("main"), list(departments), format_func=departments.__getitem__, placeholder=""
        )
        school = school_box.selectbox(
            text("campus"), [None, *schools], format_func=lambda key: schools.get(key or "", text("nowhere"))
        )
        asked = st.form_submit_button(text("decide"), type="primary", width="stretch")
    if not asked:
        return
    facts = None
    if lead is not None and isinstance(due, date):
        others = tuple(code for code in main if code != lead)
        facts = Facts(told or " ", school_id=school, department_lead=lead, departments_main=others, deadline=due)
    with guard.show_errors(lang):
        meetings.decide(session, meeting.meeting_id, meeting.version, [NewDecision(told, facts)])
    st.rerun()


def _key(meeting: Meeting, name: str) -> str:
    """Key of a widget that starts anew with every version of a meeting."""
    return f"meeting.{name}.{meeting.meeting_id}.{meeting.version}"
