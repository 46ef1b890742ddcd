"""Which meeting of which term the page shows, and the button that freezes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.assessment import Request
from gislib.planning import meetings, plans, terms
from gislib.planning.session import Session
from gislib.reports.briefing.content import MEETING_KINDS
from gislib.store.meetings import Meeting, MeetingFacts
from gislib.store.terms import Term
from gislib.ui import computing, guard, markup, words
from gislib.ui.markup import Figure
from gislib.ui.picture import Html
from gislib.ui.state import Choices


@dataclass(frozen=True)
class Calendar:
    """Term of today (None between terms), and its meetings by kind; ``last``: the last one that was frozen."""

    today: date
    term: Term | None
    by_kind: dict[str, Meeting]
    last: Meeting | None


def calendar(session: Session) -> Calendar:
    """Meetings of the term of today; between terms the newest of each kind."""
    today = computing.today()
    term = terms.term_on(session, today)
    known = meetings.meetings(session)
    own = [
        one for one in known if term is None or term.facts.starts <= one.facts.held_on <= term.facts.ends
    ]  # fmt: skip
    frozen = [one for one in known if one.snapshot_id is not None]
    return Calendar(today, term, {one.facts.kind: one for one in own}, frozen[-1] if frozen else None)


def context(found: Calendar, lang: str) -> str:
    """Term and last meeting in one line."""
    name = found.term.facts.name if found.term else wording.text("meetings.no_term", lang)
    if found.last is None:
        return wording.text("meetings.context_first", lang, term=name)
    facts = found.last.facts
    kind, day = wording.term("meeting", facts.kind, lang), facts.held_on.isoformat()
    return wording.text("meetings.context", lang, term=name, kind=kind, day=day)


def stepper(found: Calendar, lang: str) -> Html:
    """The three meetings of a term: held when, with how many decisions, or still to come."""
    return markup.figure_strip([_step(found.by_kind.get(kind), kind, lang) for kind in MEETING_KINDS])


def _step(meeting: Meeting | None, kind: str, lang: str) -> Figure:
    label = wording.term("meeting", kind, lang)
    if meeting is None:
        return Figure(label, words.EMPTY, wording.text("meetings.step_open", lang))
    day = meeting.facts.held_on.isoformat()
    if meeting.snapshot_id is None:
        return Figure(label, day, wording.text("meetings.step_planned", lang))
    note = wording.text("meetings.step_frozen", lang, snapshot=meeting.snapshot_id, decisions=len(meeting.decisions))
    return Figure(label, day, note)


def choose(place: DeltaGenerator, found: Calendar, lang: str) -> str:
    """Kind of the meeting that is shown: at first the next one of the term that is not frozen yet."""
    done = [kind for kind in MEETING_KINDS if frozen(found.by_kind.get(kind)) is not None]
    following = next((kind for kind in MEETING_KINDS if kind not in done), MEETING_KINDS[-1])
    picked = place.segmented_control(
        wording.text("meetings.choose", lang),
        MEETING_KINDS,
        default=following,
        required=True,
        format_func=lambda kind: wording.term("meeting", kind, lang),
        key="meeting.kind",
        label_visibility="collapsed",
    )
    return picked or following


def frozen(meeting: Meeting | None) -> Meeting | None:
    """The meeting if its snapshot was frozen."""
    return meeting if meeting is not None and meeting.snapshot_id is not None else None


def freeze(place: DeltaGenerator, session: Session, choices: Choices, found: Calendar, kind: str) -> None:
    """Button that asks for day, title and plan, and freezes the meeting."""
    lang = choices.lang
    meeting = found.by_kind.get(kind)

    def text(name: str) -> str:
        return wording.text(f"meetings.{name}", lang)

    closed = session.role == "viewer"
    box = place.popover(text("freeze"), type="primary", width="stretch", disabled=closed)
    with box, st.form("meeting.freeze", border=False):
        day = st.date_input(text("day"), meeting.facts.held_on if meeting else found.today, format="YYYY-MM-DD")
        named = meeting.facts.title if meeting else wording.term("meeting", kind, lang)
        title = st.text_input(text("name"), named, max_chars=200)
        spot = st.text_input(text("place"), (meeting.facts.place or "") if meeting else "", max_chars=80)
        names = {head.plan_id: head.name for head in reversed(plans.heads(session))}
        plan_id = st.selectbox(
            text("plan"), [None, *names], format_func=lambda key: names.get(key or "", text("plan_newest"))
        )
        st.html(markup.note(text("freeze_note")))
        asked = st.form_submit_button(text("freeze_now"), type="primary", width="stretch")
    if not asked or not isinstance(day, date):
        return
    facts = MeetingFacts(kind, title, day, place=spot)
    with guard.show_errors(lang), st.status(text("freezing")) as status:
        request = Request(day, profile=choices.profile)
        meetings.hold(session, request, facts, plan_id, computing.telling(status.update, lang))
    st.rerun()
