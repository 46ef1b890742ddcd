"""What becomes of a plan: accepted, reopened, copied, retired, taken home as a works package; and who came first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import wording
from gislib.assessment import Request
from gislib.domain.errors import ConflictError, GislibError
from gislib.planning import plans, works
from gislib.planning.session import Session
from gislib.store.plan_state import DRAFT, Plan, PlanHead
from gislib.ui import guard, markup, plan_choice, plan_edit, plan_ground, state, words
from gislib.ui.picture import Html, safe
from gislib.ui.plan_edit import Difference
from gislib.ui.plan_view import Shown

DATUMS: Final = ("wgs84", "gcj02")
_REFUSED: Final = "plan.refused"


def menu(place: DeltaGenerator, session: Session, request: Request, seen: Shown, lang: str) -> None:
    """Button with what can be done with a plan besides editing it, and with places where something may not stand."""
    head = seen.plan.head
    with place.popover(wording.text("treatments.more", lang), width="stretch"):
        if head.status == DRAFT:
            _button("accept", session, head, lang, lambda: plans.accept(session, request, head.plan_id, head.version))
        else:
            _button("reopen", session, head, lang, lambda: plans.reopen(session, head.plan_id, head.version))
        name_key = f"plan.copy.{head.plan_id}.{lang}"
        st.text_input(
            wording.text("treatments.copy_name", lang),
            wording.text("treatments.copy_of", lang, name=head.name),
            key=name_key,
            max_chars=60,
        )
        _button("copy", session, head, lang, lambda: plans.copy(session, head.plan_id, st.session_state[name_key]))
        plan_ground.choose(st.container(), seen, lang)
        _button("retire", session, head, lang, lambda: plans.retire(session, head.plan_id, head.version))


def _button(name: str, session: Session, head: PlanHead, lang: str, act: Callable[[], Plan]) -> None:
    """Button that does something to a plan in the version that is drawn with it, and shows what came of it."""
    st.button(
        wording.text(f"treatments.{name}", lang),
        key=f"plan.{name}",
        width="stretch",
        on_click=_do,
        args=(name, session, head, act),
    )


def _do(name: str, session: Session, head: PlanHead, act: Callable[[], Plan]) -> None:
    """Do it before the page is drawn again: what a click means was settled when its button was drawn."""
    try:
        plan = act()
    except GislibError as problem:
        newest = next((one.version for one in plans.heads(session) if one.plan_id == head.plan_id), 0)
        state.note(_REFUSED, (head.plan_id, newest, problem))
        return
    state.note(_REFUSED, None)
    state.put("plan", None if name == "retire" else plan.head.plan_id)
    state.put("device", None)


def refused(session: Session, plan: Plan, lang: str) -> None:
    """Why the last button did nothing, for as long as the plan stands as it did then."""
    kept = state.noted(_REFUSED)
    if kept is None or kept[:2] != (plan.head.plan_id, plan.head.version):
        return
    st.html(markup.note(_said(session, kept[2], lang), warn=True))


def _said(session: Session, problem: GislibError, lang: str) -> str:
    """The words of an error, moments on the planner's own clock."""
    if not isinstance(problem, ConflictError) or "at" not in problem.values:
        return wording.error(problem, lang)
    at = plan_choice.clock(datetime.fromisoformat(str(problem.values["at"])), session)
    return wording.text(f"errors.{problem.code}", lang, **{**problem.values, "at": at})


def export(place: DeltaGenerator, session: Session, request: Request, plan: Plan, lang: str) -> None:
    """Button with the formats of the works package; the file is made when it is asked for."""
    with place.popover(wording.text("treatments.export", lang), type="primary", width="stretch"):
        formats = st.multiselect(
            wording.text("treatments.formats", lang),
            works.FORMATS,
            works.FORMATS,
            format_func=lambda name: words.text_for(f"treatments.format.{name}", name, lang),
            key="plan.formats",
            placeholder="",
        )
        datum = st.radio(
            wording.text("treatments.datum.label", lang),
            DATUMS,
            format_func=lambda name: wording.text(f"treatments.datum.{name}", lang),
            key="plan.datum",
        )
        st.download_button(
            wording.text("treatments.download", lang),
            lambda: works.works_zip(session, request, plan.head.plan_id, tuple(formats), datum),
            f"{plan.head.plan_id}.zip",
            "application/zip",
            type="primary",
            on_click="ignore",
            disabled=not formats,
            key="plan.download",
            width="stretch",
        )


def late(session: Session, request: Request, plan: Plan, lang: str) -> None:
    """
    Where the last act came too late: who saved what in between, and the ways on. Nothing is lost either way.

    The map shows the newest version already; the act can be done again on it, or on a copy of it.
    """
    last = plan_edit.outcome(plan.head.plan_id)
    if last is None or not isinstance(last.problem, ConflictError) or last.seen is None:
        return
    said = [_said(session, last.problem, lang), _told(plan_edit.difference(last.seen, plan), lang)]
    st.html(markup.note(Html("<br>".join(safe(line) for line in said)), warn=True))
    redo, aside, drop, _ = st.columns([2, 2, 2, 3])
    if redo.button(wording.text("treatments.late.again", lang), key="plan.late.again", width="stretch"):
        plan_edit.again(session, request, plan)
        st.rerun()
    if aside.button(wording.text("treatments.late.copy", lang), key="plan.late.copy", width="stretch"):
        with guard.show_errors(lang):
            name = wording.text("treatments.copy_of", lang, name=plan.head.name)
            copied = plan_edit.aside(session, request, plan, name)
        state.put("plan", copied.head.plan_id)
        st.rerun()
    if drop.button(wording.text("treatments.late.drop", lang), key="plan.late.drop", width="stretch"):
        plan_edit.settle(plan.head.plan_id)
        st.rerun()


def _told(found: Difference, lang: str) -> str:
    """What changed in between, by id."""
    parts = [
        wording.text(f"treatments.late.{name}", lang, ids=wording.text("ui.separator", lang).join(ids))
        for name, ids in (("added", found.added), ("removed", found.removed), ("changed", found.changed))
        if ids
    ]
    return "　".join(parts) or wording.text("treatments.late.same", lang)
