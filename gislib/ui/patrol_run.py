"""A search for routes beside the page: begun once, its progress looked at, ended early on request."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from gislib import wording
from gislib.assessment import Request
from gislib.domain.errors import GislibError
from gislib.planning import patrols
from gislib.planning.patrols import PatrolWish, SavedPatrol
from gislib.planning.session import Session
from gislib.ui import guard, state

_SLOT: Final = "patrol.run"
_LOOK_SECONDS: Final = 0.8


@dataclass
class Run:
    """One search: its answer, the last step told with the share done, and the wish to end it."""

    answer: Future[SavedPatrol] = field(default_factory=Future)
    step: str = "patrol.ground"
    share: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    def tell(self, step: str, share: float) -> None:
        """Take over progress."""
        self.step, self.share = step, share


def begin(session: Session, request: Request, wish: PatrolWish, seen_version: int | None) -> None:
    """Begin a search for this browser tab; it goes on if the page is left."""
    run = Run()

    def work() -> None:
        try:
            run.answer.set_result(
                patrols.propose(session, request, wish, run.tell, lambda: not run.stop.is_set(), seen_version)
            )
        except GislibError as problem:
            run.answer.set_exception(problem)
        finally:
            if not run.answer.done():  # a defect: the page that looks at the answer meets it
                run.answer.cancel()

    threading.Thread(target=work, name="patrol", daemon=True).start()
    state.note(_SLOT, run)


def running() -> bool:
    """Whether a search of this tab has not been taken over yet."""
    return state.noted(_SLOT) is not None


def show(lang: str) -> None:
    """Progress with a button that ends the search; what was found is shown as soon as it is there."""
    run: Run | None = state.noted(_SLOT)
    if run is None:
        return

    @st.fragment(run_every=_LOOK_SECONDS)
    def look() -> None:
        if run.answer.done():
            st.rerun(scope="app")
        told, button = st.columns([5, 1], vertical_alignment="center")
        told.progress(min(max(run.share, 0.0), 1.0), wording.text(f"cli.progress.{run.step}", lang))
        if button.button(wording.text("patrols.cancel", lang), key="patrol.cancel", width="stretch"):
            run.stop.set()

    if not run.answer.done():
        look()
        return
    state.note(_SLOT, None)
    with guard.show_errors(lang):
        saved = run.answer.result()
    state.put("patrol", saved.head.patrol_id)
    state.put("station", None)
    st.rerun()
