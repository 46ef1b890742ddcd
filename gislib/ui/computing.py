"""Buttons that compute: the first run, a new run after the data changed, the demo county."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NoReturn

import streamlit as st

from gislib import wording
from gislib.assessment import Request
from gislib.planning import assess, demo, results
from gislib.planning.session import Progress, Session
from gislib.reports.metadata import Stamp
from gislib.sources import workspace
from gislib.ui import auth, cache, guard, markup, words
from gislib.ui.state import Choices


def today() -> date:
    """Day on which a new run is made; the one place where the screen reads the clock."""
    return date.today()  # noqa: DTZ011 - the planner's own calendar day


def open_workspace(lang: str) -> Session:
    """Session on the served workspace; where there is none yet, what to do is shown and the page ends here."""
    root = cache.workspace_root()
    if not workspace.is_workspace(root):
        offer_start(lang)
    return auth.session(root)


def existing_session() -> Session | None:
    """Session on the served workspace, None before the first import."""
    root = cache.workspace_root()
    return auth.session(root) if workspace.is_workspace(root) else None


def day_of(session: Session) -> date:
    """Day of the last run, else today."""
    run = results.read_run(session).get("school_risk")
    return date.fromisoformat(run["as_of"]) if run else today()


def stamp_of_workspace(choices: Choices) -> Stamp | None:
    """Stamp for the footer of a page that needs no workspace; None without a workspace or before the first run."""
    session = existing_session()
    return None if session is None else stamp_or_none(session, choices)


def stamp_or_none(session: Session, choices: Choices) -> Stamp | None:
    """Stamp for the footer, None before the first run."""
    request = request_of(session, choices)
    return None if request is None else cache.stamp(cache.snapshot(session), request, choices.lang)


def request_of(session: Session, choices: Choices) -> Request | None:
    """Request that the pages show: the stored run's (its profile, too), with the chosen slice; None before it."""
    if "school_risk" not in results.read_run(session):
        return None
    stored = results.request_of(session, "school_risk")
    return Request(stored.as_of, choices.slice, stored.seed, stored.draws, stored.profile)


def require_results(session: Session, choices: Choices) -> Request:
    """
    Request to show, or, before the first run, the button that starts it; then the page ends here.

    A run made with other data or rules is shown with a note and a button. A profile of the session's own is for this
    session only, until somebody makes it that of the workspace.
    """
    request = request_of(session, choices)
    if request is None:
        _offer_run(session, choices)
    if not all(results.is_current(session, table) for table in ("school_risk", "findings")):
        note, button = st.columns([5, 1], vertical_alignment="center")
        note.html(markup.note(wording.text("ui.stale", choices.lang), warn=True))
        with button:
            _compute_button(session, Request(today(), profile=shared_profile(session, choices)), choices.lang)
    if choices.profile != (shared := results.request_of(session, "findings")).profile:
        _own_profile(session, shared, choices)
    return request


def shared_profile(session: Session, choices: Choices) -> str:
    """Profile of the workspace, which papers and meetings go by; before the first run the one chosen."""
    if "findings" not in results.read_run(session):
        return choices.profile
    return results.request_of(session, "findings").profile


def _own_profile(session: Session, shared: Request, choices: Choices) -> None:
    """Say that the findings are under the session's own profile; planners may make it everybody's."""
    lang = choices.lang
    names = {"own": words.profile_name(choices.profile, lang), "shared": words.profile_name(shared.profile, lang)}
    note, button = st.columns([5, 1], vertical_alignment="center")
    note.html(markup.note(wording.text("ui.own_profile", lang, **names), warn=True))
    label = wording.text("ui.share_profile", lang)
    if session.role == "viewer" or not button.button(label, key="computing.share", width="stretch"):
        return
    with guard.show_errors(lang), st.status(wording.text("ui.computing", lang)) as status:
        assess.comply(session, replace(shared, profile=choices.profile), telling(status.update, lang))
    st.rerun()


def _offer_run(session: Session, choices: Choices) -> NoReturn:
    st.html(markup.note(wording.text("ui.not_assessed", choices.lang), warn=True))
    _compute_button(session, Request(today(), profile=choices.profile), choices.lang, primary=True)
    st.stop()


def _compute_button(session: Session, request: Request, lang: str, *, primary: bool = False) -> None:
    label = wording.text("ui.compute", lang)
    if st.button(label, key="computing.run", type="primary" if primary else "secondary"):
        with guard.show_errors(lang):
            run_all(session, request, lang)
        st.rerun()


def run_all(session: Session, request: Request, lang: str) -> None:
    """Assess and comply, telling what is being done."""
    with st.status(wording.text("ui.computing", lang)) as status:
        progress = telling(status.update, lang)
        assess.assess(session, request, progress)
        assess.comply(session, request, progress)


def telling(update: Callable[..., None], lang: str) -> Progress:
    """Report that writes the words of each step into the label of a status box (its ``update``)."""

    def tell(step: str, _share: float) -> None:
        update(label=wording.text(f"cli.progress.{step}", lang))

    return tell


def offer_start(lang: str) -> NoReturn:
    """Show what to do where there is no workspace yet: import, or open the fictional county; the page ends here."""
    st.html(markup.note(wording.text("ui.no_workspace", lang), warn=True))
    if auth.on_this_machine() and st.button(wording.text("ui.open_demo", lang), key="computing.demo", type="primary"):
        with guard.show_errors(lang), st.status(wording.text("ui.computing", lang)) as status:
            demo.build(cache.workspace_root(), telling(status.update, lang))
        st.rerun()
    st.stop()
