"""会商: what changed since the last meeting, the briefing, and what is decided."""

import streamlit as st

from gislib.planning import briefings, meetings, snapshots
from gislib.ui import (
    cache,
    computing,
    frame,
    guard,
    meeting_checks,
    meeting_choice,
    meeting_decide,
    meeting_files,
    meeting_preview,
    state,
)

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    heading, chooser, dates, act = st.columns([6, 5, 2, 3], vertical_alignment="center")
    asked = computing.require_results(session, choices)
    calendar = meeting_choice.calendar(dates, session, lang)
    with heading:
        frame.title("meetings.title", lang, meeting_choice.context(calendar, lang))
    kind, meeting = meeting_choice.choose(chooser, calendar, lang)
    frozen = meeting_choice.frozen(meeting)
    if frozen is None:
        meeting_choice.freeze(act, session, choices, calendar.today, (kind, meeting))
    st.html(meeting_choice.stepper(calendar, lang))
    on = meeting.facts.held_on if meeting else calendar.today
    known = meetings.known(session, frozen) if frozen else snapshots.known_now(session, on, scored=False)
    found = meetings.differences_at(session, known, on)
    told = briefings.preview(session, known, (kind, on))
    stamp = cache.stamp(cache.snapshot(session), asked, lang)

left, right = st.columns([3, 2], gap="small")
with left, guard.show_errors(lang):
    meeting_preview.pages(told, lang)
with right:
    tabs = frame.tabs("meetings", ("differences", "decisions", "papers", "checks"), lang)
    with tabs["differences"]:
        meeting_preview.differences(found, lang)
    with tabs["decisions"]:
        schools = {str(key): str(name) for key, name in known.tables[snapshots.SCHOOLS]["name"].items()}
        meeting_decide.agenda(session, meeting, meetings.agenda_of(session, known, on), lang)
        meeting_decide.decisions(session, meeting, schools, lang)
    with tabs["papers"]:
        meeting_files.papers(session, meeting, told, lang)
    with tabs["checks"]:
        meeting_checks.show(session, on, lang)
frame.footer(stamp, lang)
