"""Which meeting of which term the page shows: the three of a term, or any other one of the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.assessment import Request
from gislib.planning import meetings, plans
from gislib.planning.meetings import TermMeetings
from gislib.planning.session import Session
from gislib.reports.briefing.content import MEETING_KINDS
from gislib.store.meetings import Meeting, MeetingFacts
from gislib.ui import computing, guard, markup, words
from gislib.ui.markup import Figure, Heading
from gislib.ui.picture import Html
from gislib.ui.state import Choices


@dataclass(frozen=True)
class Calendar:
    """
    A term and its meetings.

    ``chosen``: the term shown; no term: days between terms. ``by_kind``: its newest meeting of each kind. ``last``: the
    last meeting of all that was frozen. ``opened``: one that was picked from the calendar by itself.
    """

    today: date
    chosen: TermMeetings
    by_kind: dict[str, Meeting]
    last: Meeting | None
    opened: Meeting | None = None


def calendar(place: DeltaGenerator, session: Session, lang: str) -> Calendar:
    """Button with the calendar: a term is chosen there, any of its meetings opened, another one planned."""
    today = computing.today()
    rows = meetings.calendar(session)
    with place.popover(wording.text("meetings.calendar", lang), width="stretch"):
        chosen = _term(rows, today, lang)
        opened = _open(chosen, lang)
        if session.role != "viewer":
            _plan(session, today, lang)
    frozen = [one for one in meetings.meetings(session) if one.snapshot_id is not None]
    by_kind = {one.facts.kind: one for one in chosen.meetings}
    return Calendar(today, chosen, by_kind, frozen[-1] if frozen else None, opened)


def _term(rows: tuple[TermMeetings, ...], today: date, lang: str) -> TermMeetings:
    """Term that is shown: at first that of today, else the newest."""
    if not rows:
        return TermMeetings(None, ())
    now = [k for k, one in enumerate(rows) if one.term and one.term.facts.starts <= today <= one.term.facts.ends]
    picked = st.selectbox(
        wording.text("meetings.term", lang), range(len(rows)), now[0] if now else len(rows) - 1,
        format_func=lambda k: _name(rows[k], lang), key="meeting.term",
    )  # fmt: skip
    return rows[picked if picked is not None and picked < len(rows) else 0]


def _open(chosen: TermMeetings, lang: str) -> Meeting | None:
    """All meetings of the term, and which of them is opened; None: by kind."""
    if not chosen.meetings:
        st.html(markup.note(wording.text("meetings.term_empty", lang)))
        return None
    heads = [Heading(wording.text(f"meetings.{name}", lang)) for name in ("day", "name", "state")]
    rows = [(one.facts.held_on.isoformat(), one.facts.title, _state(one, lang)) for one in chosen.meetings]
    st.html(markup.card("", markup.table(heads, rows)))
    known = {one.meeting_id: one for one in chosen.meetings}
    picked = st.selectbox(
        wording.text("meetings.open", lang), [None, *known],
        format_func=lambda key: _title(known[key]) if key else wording.text("meetings.by_kind", lang),
        key=f"meeting.open.{chosen.term.term_id if chosen.term else ''}",
    )  # fmt: skip
    return known.get(picked or "")


def _plan(session: Session, today: date, lang: str) -> None:
    """Form that puts a meeting into the calendar."""

    def text(name: str) -> str:
        return wording.text(f"meetings.{name}", lang)

    st.markdown(f"**{text('plan_new')}**")
    with st.form("meeting.plan", clear_on_submit=True, border=False):
        kind_box, day_box = st.columns(2)
        kind = kind_box.selectbox(
            text("kind"), MEETING_KINDS, format_func=lambda one: wording.term("meeting", one, lang)
        )
        day = day_box.date_input(text("day"), today, format="YYYY-MM-DD")
        title = st.text_input(text("name"), placeholder=text("name_usual"), max_chars=200)
        spot = st.text_input(text("place"), max_chars=80)
        asked = st.form_submit_button(text("plan_do"), width="stretch")
    if asked and isinstance(day, date):
        with guard.show_errors(lang):
            meetings.plan(session, MeetingFacts(str(kind), title, day, place=spot))
        st.rerun()


def _title(meeting: Meeting) -> str:
    return f"{meeting.facts.held_on.isoformat()} {meeting.facts.title}"


def _name(one: TermMeetings, lang: str) -> str:
    return one.term.facts.name if one.term else wording.text("meetings.no_term", lang)


def context(found: Calendar, lang: str) -> str:
    """Term and last meeting in one line."""
    name = _name(found.chosen, lang)
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
    return Figure(label, meeting.facts.held_on.isoformat(), _state(meeting, lang))


def _state(meeting: Meeting, lang: str) -> str:
    if meeting.snapshot_id is None:
        return wording.text("meetings.step_planned", lang)
    count = len(meeting.decisions)
    return wording.text("meetings.step_frozen", lang, snapshot=meeting.snapshot_id, decisions=count)


def choose(place: DeltaGenerator, found: Calendar, lang: str) -> tuple[str, Meeting | None]:
    """Kind and meeting that are shown: one opened from the calendar, else at first the next that is not frozen yet."""
    if found.opened is not None:
        place.html(markup.body(_title(found.opened)))
        return found.opened.facts.kind, found.opened
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
    kind = picked or following
    return kind, found.by_kind.get(kind)


def frozen(meeting: Meeting | None) -> Meeting | None:
    """The meeting if its snapshot was frozen."""
    return meeting if meeting is not None and meeting.snapshot_id is not None else None


def freeze(
    place: DeltaGenerator, session: Session, choices: Choices, today: date, chosen: tuple[str, Meeting | None]
) -> None:
    """Button that asks for day, title and plan, and freezes the meeting."""
    lang = choices.lang
    kind, meeting = chosen

    def text(name: str) -> str:
        return wording.text(f"meetings.{name}", lang)

    closed = session.role == "viewer"
    box = place.popover(text("freeze"), type="primary", width="stretch", disabled=closed)
    with box, st.form("meeting.freeze", border=False):
        day = st.date_input(text("day"), meeting.facts.held_on if meeting else today, format="YYYY-MM-DD")
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
        request = Request(day, profile=computing.shared_profile(session, choices))
        meetings.hold(session, request, facts, plan_id, computing.telling(status.update, lang))
    st.rerun()
