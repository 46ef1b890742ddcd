"""Papers of a frozen meeting to take home: briefing, minutes, to-do pages, and the forms of who issues them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import streamlit as st

from gislib import rules, wording
from gislib.planning import briefings, meeting_forms, meeting_papers, patrols, sign_in_sheets
from gislib.planning.session import Session
from gislib.reports.briefing import item_lists
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Briefing, LedgerItem, Letterhead
from gislib.reports.briefing.forms import ORDER, Sender, forms_of
from gislib.reports.briefing.paper import Paper
from gislib.store.meetings import Meeting
from gislib.ui import guard, markup

_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def papers(session: Session, meeting: Meeting | None, told: Briefing, lang: str) -> None:
    """Letterhead and downloads; before the snapshot only a sentence."""
    if meeting is None or meeting.snapshot_id is None:
        st.html(markup.note(wording.text("meetings.papers_later", lang)))
        return
    head = _letterhead(lang)
    rs, meeting_id = rules.load(), meeting.meeting_id

    def briefing() -> Paper:
        return briefing_paper(briefings.briefing(session, meeting_id, head), rs)

    _downloads(session, meeting_id, "briefing", briefing, lang)
    _downloads(session, meeting_id, "minutes", lambda: meeting_papers.minutes(session, meeting_id, head), lang)
    named = item_lists.departments_named(told, rs)
    if named:
        code = st.selectbox(wording.text("meetings.todo_of", lang), named, format_func=lambda one: _name(one, lang))
        _downloads(session, meeting_id, "todo", lambda: meeting_papers.to_do(told, str(code)), lang)
    _forms(session, meeting, told, head, lang)
    _sign_in(session, meeting, told, lang)


def _letterhead(lang: str) -> Letterhead:
    with st.popover(wording.text("meetings.letterhead", lang), width="stretch"):
        st.html(markup.note(wording.text("meetings.letterhead_note", lang)))
        organ, number, by = (
            st.text_input(wording.text(f"meetings.head_{name}", lang), max_chars=60, key=f"meeting.head.{name}")
            for name in ("organ", "number", "signed_by")
        )
    return Letterhead(organ, number, by)


def _downloads(session: Session, meeting_id: str, name: str, make: Callable[[], Paper], lang: str) -> None:
    """Two buttons side by side for one paper; the file is made when it is asked for."""
    label, *boxes = st.columns([3, 2, 2], vertical_alignment="center")
    label.html(markup.body(wording.text(f"meetings.paper_{name}", lang)))
    for box, end in zip(boxes, _TYPES, strict=True):

        def content(end: str = end) -> bytes:
            return meeting_papers.one_paper(session, meeting_id, make(), end)

        box.download_button(
            wording.text(f"meetings.as_{end}", lang), content, f"{meeting_id}-{name}.{end}", _TYPES[end],
            on_click="ignore", key=f"meeting.get.{name}.{end}", width="stretch",
        )  # fmt: skip


def _forms(session: Session, meeting: Meeting, told: Briefing, head: Letterhead, lang: str) -> None:
    """Order about one item or reminder about several, by what the department may issue."""
    items = {one.item_id: one for one in item_lists.open_items(told.items or ())}
    if not items:
        return
    with st.popover(wording.text("meetings.forms", lang), width="stretch"):
        rs, on = rules.load(), meeting.facts.held_on
        codes = list(rs.kinds("department"))
        sender = st.selectbox(wording.text("meetings.sender", lang), codes, format_func=lambda one: _name(one, lang))
        kinds = forms_of(rs, str(sender), on)
        kind = st.radio(
            wording.text("meetings.form", lang), kinds, horizontal=True,
            format_func=lambda one: wording.text(f"meetings.form_{one}", lang),
        )  # fmt: skip
        issuer = Sender(str(sender), head.organ, head.number)
        ask = _order if kind == ORDER else _reminder
        form = ask(session, (meeting.meeting_id, on), items, issuer, lang)
        if form is not None:
            with guard.show_errors(lang):
                _downloads(session, meeting.meeting_id, "form", form, lang)


def _order(
    session: Session, meeting: tuple[str, date], items: dict[str, LedgerItem], issuer: Sender, lang: str
) -> Callable[[], Paper]:
    """Item and deadline of an order."""
    meeting_id, on = meeting
    item_id = st.selectbox(
        wording.text("meetings.about", lang), list(items), format_func=lambda key: f"{key} {items[key].title}"
    )
    label = wording.text("meetings.form_deadline", lang)
    due = st.date_input(label, _due(items[item_id], on), format="YYYY-MM-DD")
    day = due if isinstance(due, date) else None
    return lambda: meeting_forms.order(session, meeting_id, item_id, issuer, day)


def _reminder(
    session: Session, meeting: tuple[str, date], items: dict[str, LedgerItem], issuer: Sender, lang: str
) -> Callable[[], Paper] | None:
    """Items and receiver of a reminder; None until an item is chosen."""
    chosen = st.multiselect(
        wording.text("meetings.about", lang), list(items), list(items)[:1], placeholder="",
        format_func=lambda key: f"{key} {items[key].title}",
    )  # fmt: skip
    receiver = st.selectbox(
        wording.text("meetings.receiver", lang),
        meeting_forms.receivers([items[key] for key in chosen]),
        format_func=lambda one: one.name,
    )
    if not chosen:
        return None
    return lambda: meeting_forms.reminder(session, meeting[0], chosen, receiver, issuer)


def _sign_in(session: Session, meeting: Meeting, told: Briefing, lang: str) -> None:
    """Sheet to sign: blank, of a patrol, or for the places that a department leads."""
    meeting_id, on = meeting.meeting_id, meeting.facts.held_on
    heads = {head.patrol_id: head for head in patrols.heads(session)}
    leads = dict.fromkeys(one.departments.lead for one in item_lists.open_items(told.items or ()))
    choices = [("blank", ""), *(("patrol", key) for key in heads), *(("department", code) for code in leads if code)]

    def label(choice: tuple[str, str]) -> str:
        kind, key = choice
        name = heads[key].name if kind == "patrol" else _name(key, lang)
        return wording.text(f"meetings.sign_in_{kind}", lang, patrol=key, name=name, department=name)

    with st.popover(wording.text("meetings.sign_in", lang), width="stretch"):
        kind, key = st.selectbox(wording.text("meetings.sign_in_of", lang), choices, format_func=label)

        def sheet() -> Paper:
            if kind == "patrol":
                return sign_in_sheets.patrol_sheets(session, key, on)
            if kind == "department":
                return sign_in_sheets.inspection_sheet(session, meeting_id, key, on)
            return sign_in_sheets.blank_sheet(session, meeting_id)

        with guard.show_errors(lang):
            _downloads(session, meeting_id, "sign_in", sheet, lang)


def _due(item: LedgerItem, on: date) -> date:
    return max(item.deadline or on, on)


def _name(code: str, lang: str) -> str:
    kind = rules.load().kinds("department").get(code)
    return code if kind is None else kind.zh if lang == "zh" else kind.en
