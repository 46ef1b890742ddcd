"""What surrounds every page: sidebar with brand, workspace and choices; title row; footer of provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from gislib import rules, wording
from gislib.planning import results
from gislib.planning.session import Session
from gislib.reports.metadata import Stamp
from gislib.risk.family import ALL_DAY
from gislib.sources import workspace
from gislib.ui import auth, cache, document, guard, markup, state
from gislib.ui.picture import Html, safe
from gislib.ui.state import Choices


def enter(choices: Choices, pages: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """
    Ask for the login where one is configured, then draw the sidebar.

    The sidebar holds the brand, the area with the mark of fictional data, the pages by section, the rule profile and
    the language.
    """
    lang = choices.lang
    auth.require_login(lang)
    with st.sidebar:
        st.html(markup.brand(wording.text("ui.name", lang), wording.text("ui.motto", lang)))
        with guard.show_errors(lang):
            root = cache.workspace_root()
            if workspace.is_workspace(root):
                session = auth.session(root)
                _area(session, lang)
                choices = _with_profile(session, choices)
        for section, listed in pages.items():
            st.html(Html(f'<div class="hx-section">{safe(section)}</div>'))
            for page in listed:
                st.page_link(page)
        _profile_choice(choices)
        _language_choice(lang)
        document.set_language(lang)


def _with_profile(session: Session, choices: Choices) -> Choices:
    """Choices of a session that has just begun: the workspace's own profile, unless the address names one."""
    if state.noted("profile_begun") is None:
        state.note("profile_begun", value=True)
        run = results.read_run(session).get("findings")
        if "profile" not in st.query_params and run is not None:
            state.put("profile", run["profile"])
    if state.current().profile not in rules.load().profiles():
        state.put("profile", rules.DEFAULT_PROFILE)
    return replace(choices, profile=state.current().profile)


def _area(session: Session, lang: str) -> None:
    meta = session.workspace.meta
    badge = markup.demo_badge(wording.text("ui.demo", lang)) if meta.demo else ""
    st.html(Html(f'<div class="hx"><b>{safe(meta.name)}</b> {safe(badge)}</div>'))


def _profile_choice(choices: Choices) -> None:
    profiles = rules.load().profiles()
    names = {key: found.title_zh if choices.lang == "zh" else found.title_en for key, found in profiles.items()}
    options = list(names)
    st.selectbox(
        wording.text("ui.profile", choices.lang),
        options,
        index=options.index(choices.profile) if choices.profile in names else 0,
        format_func=names.__getitem__,
        key="frame.profile",
        on_change=state.take_widget,
        args=("profile", "frame.profile"),
    )


def _language_choice(lang: str) -> None:
    names = {"zh": "中文", "en": "English"}
    st.segmented_control(
        wording.text("ui.language", lang),
        list(names),
        default=lang,
        format_func=names.__getitem__,
        key="frame.lang",
        label_visibility="collapsed",
        on_change=state.take_widget,
        args=("lang", "frame.lang"),
    )


def title(key: str, lang: str, context: str = "") -> None:
    """Heading of a page from its key, with one line of context."""
    st.html(markup.title_row(wording.text(key, lang), context))


def tabs(section: str, names: Sequence[str], lang: str) -> dict[str, DeltaGenerator]:
    """Tabs of a page by name, titled by the texts ``section.tab_name``."""
    shown = st.tabs([wording.text(f"{section}.tab_{name}", lang) for name in names])
    return dict(zip(names, shown, strict=True))


def block(html: Html) -> None:
    """Show a block that may be empty, which Streamlit refuses."""
    if html:
        st.html(html)


def slice_choice(choices: Choices, on: date) -> None:
    """Switch for the slice of the day; the slices are those of the rules in force ``on`` a day."""
    slices = list(dict.fromkeys([ALL_DAY, *rules.load().table("risk.slices", on)]))
    st.segmented_control(
        wording.text("ui.slice", choices.lang),
        slices,
        default=choices.slice if choices.slice in slices else ALL_DAY,
        format_func=lambda code: wording.term("slice", code, choices.lang),
        key="frame.slice",
        label_visibility="collapsed",
        on_change=state.take_widget,
        args=("slice", "frame.slice"),
    )


def footer(stamp: Stamp | None, lang: str) -> None:
    """Show marking, versions and sources of what the page holds."""
    if stamp is None:
        return
    versions = [
        wording.text("ui.data_version", lang, version=stamp.data_version),
        wording.text("ui.rules_version", lang, version=stamp.rules_version),
        wording.text("ui.as_of", lang, day=stamp.as_of.isoformat()),
        wording.text("ui.code_version", lang, version=stamp.code_version),
    ]
    st.html(markup.footer([*stamp.marking, *versions, *stamp.attribution]))
