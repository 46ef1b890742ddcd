"""The briefing as pages, and what differs from the last meeting."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gislib import rules, wording
from gislib.reports.briefing import content, figures
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Briefing, Change
from gislib.reports.briefing.pdf import render_paper_pages
from gislib.ui import markup, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html

PAGES_SHOWN: Final = 8
"""Pages drawn on the screen; the whole paper is downloaded."""
ROWS_SHOWN: Final = 40
HEIGHT_PX: Final = 548
_PPI: Final = 84.0


@st.cache_data(max_entries=4, show_spinner=False)
def _pages(told: Briefing, _rules_version: str) -> tuple[tuple[bytes, ...], int]:
    """First pages of a briefing as pictures, and how many it has."""
    pages = render_paper_pages(briefing_paper(told, rules.load()), _PPI)
    return pages[:PAGES_SHOWN], len(pages)


def pages(told: Briefing, lang: str) -> None:
    """Draw the first pages, one under the other."""
    with st.spinner(wording.text("meetings.drawing", lang)):
        shown, count = _pages(told, rules.load().version)
    st.caption(wording.text("meetings.pages", lang, shown=len(shown), count=count))
    with st.container(height=HEIGHT_PX, key="meeting.pages"):
        for page in shown:
            st.image(page, width="stretch")


def differences(found: tuple[Change, ...] | None, lang: str) -> None:
    """Table of what changed since the last meeting."""
    if found is None:
        st.html(markup.note(wording.text("meetings.first", lang)))
        return
    if not found:
        st.html(markup.note(wording.text("meetings.unchanged", lang)))
        return
    heads = [Heading(wording.text(f"meetings.change_{name}", lang)) for name in ("kind", "subject", "before", "after")]
    rows = [
        (
            wording.text(f"meetings.kind_{one.kind}", lang),
            _subject(one, lang),
            _value(one, one.before, lang),
            _value(one, one.after, lang),
        )
        for one in found[:ROWS_SHOWN]
    ]
    st.html(markup.card(Html(""), markup.table(heads, rows)))
    st.caption(wording.text("ui.shown_of", lang, shown=len(rows), total=len(found)))


def _subject(one: Change, lang: str) -> str:
    """What changed; departments are named in the language of the page."""
    if one.kind != "item_overdue" or lang == "zh":
        return one.subject
    named = {kind.zh: kind.en for kind in rules.load().kinds("department").values()}
    return named.get(one.subject, one.subject)


def _value(one: Change, value: str | float | None, lang: str) -> str:
    """A value of a change in words."""
    if value is None:
        return words.EMPTY
    if one.kind in content.GRADE_CHANGES:
        return words.term_or_code("grade", value, lang)
    if isinstance(value, str):
        return value
    if one.kind in content.SHARE_CHANGES:
        return words.percent(value)
    if one.kind in content.RANK_CHANGES:
        return wording.text("meetings.rank", lang, rank=int(value))
    return figures.quantity(value)
