"""Controls of the plans: which one is shown, how, and what the optimiser shall do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import rules, wording
from gislib.assessment import Request
from gislib.planning import proposals
from gislib.planning.proposals import PlanWish
from gislib.planning.session import Session
from gislib.siting.treatments import catalogue
from gislib.store.plan_state import PlanHead
from gislib.ui import choice_box, computing, guard, markup, plan_notice, state
from gislib.ui.plan_list import WAN, money
from gislib.ui.state import Choices

VIEWS: Final = ("edit", "compare")
FIRST_BUDGET_WAN: Final = 50.0
_BUDGET_STEP_WAN: Final = 5.0
_WORST: Final = "red"


def choose(place: DeltaGenerator, heads: Sequence[PlanHead], choices: Choices) -> PlanHead | None:
    """Switch between the plans, the newest at first; None while there is none."""
    if not heads:
        return None
    by_id = {head.plan_id: head for head in heads}
    chosen = by_id.get(choices.plan, heads[-1])
    names = {plan_id: _label(head, choices.lang) for plan_id, head in by_id.items()}
    label, key = wording.text("treatments.choose", choices.lang), f"plan.choose.{chosen.plan_id}"
    choice_box.show(place, label, names, chosen.plan_id, key, partial(state.take_widget, "plan"))
    return chosen


def _label(head: PlanHead, lang: str) -> str:
    cost, status = money(head.cost_yuan, lang), wording.text(f"works.status.{head.status}", lang)
    return wording.text("treatments.plan", lang, name=head.name, cost=cost, status=status)


def context(head: PlanHead | None, session: Session, lang: str) -> str:
    """Status and version, and who changed the plan last."""
    if head is None:
        return wording.text("treatments.motto", lang)
    at = clock(head.changed_at, session)
    status = wording.text(f"works.status.{head.status}", lang)
    return wording.text("treatments.context", lang, status=status, version=head.version, actor=head.changed_by, at=at)


def clock(moment: datetime, session: Session) -> str:
    """Moment on the planner's own clock."""
    return moment.astimezone(ZoneInfo(session.workspace.meta.time_zone)).strftime("%m-%d %H:%M")


def view(lang: str, count: int) -> str:
    """Switch between editing one plan and comparing all; without a second plan there is nothing to compare."""
    picked = st.segmented_control(
        wording.text("treatments.view.label", lang),
        VIEWS,
        default=VIEWS[0],
        format_func=lambda name: wording.text(f"treatments.view.{name}", lang),
        key="plan.view",
        label_visibility="collapsed",
        disabled=count < len(VIEWS),
    )
    return picked if picked and count >= len(VIEWS) else VIEWS[0]


def wish_of(head: PlanHead | None) -> PlanWish | None:
    """What a plan was asked to do, as it was stored; None for a plan that was not optimised."""
    stored: Mapping[str, Any] = head.parameters.get("wish", {}) if head else {}
    if not stored:
        return None
    return PlanWish(
        str(stored["name"]),
        float(stored["budget_yuan"]),
        tuple(stored["floor_grades"]),
        bool(stored["standards_first"]),
        frozenset(stored["banned"]),
        stored["seconds"],
    )


def preparing(lang: str) -> AbstractContextManager[None]:
    """Spinner while today's situation and all candidates are worked out, once per content of the data."""
    return st.spinner(wording.text("treatments.preparing", lang))


def start(session: Session, request: Request, lang: str) -> None:
    """Show what to do while there is no plan: the form alone."""
    st.html(markup.note(wording.text("treatments.start", lang)))
    form, _ = st.columns([2, 3])
    with form:
        optimise(session, request, [], None, lang)


def optimise(session: Session, request: Request, heads: Sequence[PlanHead], head: PlanHead | None, lang: str) -> None:
    """
    Form with budget and switches; its button optimises, stores the draft and shows it.

    A draft of the same name is replaced in the version that is drawn, ``heads``: a later one is not written over.
    """
    before = wish_of(head)

    def text(name: str) -> str:
        return wording.text(f"treatments.wish.{name}", lang)

    key = f"plan.wish.{head.plan_id if head else ''}"
    with st.form(key, border=True):
        name_box, budget_box, button_box = st.columns([5, 4, 3], vertical_alignment="bottom")
        name = name_box.text_input(
            text("name"), head.name if head else text("first_name"), max_chars=60, help=text("name_help")
        )
        budget = budget_box.number_input(
            text("budget"), value=before.budget_yuan / WAN if before else FIRST_BUDGET_WAN, step=_BUDGET_STEP_WAN
        )
        floors_box, standards_box, banned_box = st.columns([4, 4, 3], vertical_alignment="center")
        floors = floors_box.checkbox(text("floor"), bool(before and before.floor_grades))
        standards = standards_box.checkbox(text("standards"), bool(before and before.standards_first))
        with banned_box.popover(text("banned"), width="stretch"):
            known = catalogue(rules.load(), request.as_of)
            banned = st.multiselect(
                text("banned"),
                list(known),
                sorted(before.banned) if before else [],
                format_func=lambda treatment: plan_notice.title_of(known[treatment], lang),
                placeholder="",
            )
        versions = {one.name: one.version for one in heads}
        asked = button_box.form_submit_button(
            text("run"), width="stretch", on_click=state.note, args=("plan.drawn", versions)
        )
    if asked:
        wish = PlanWish(name, budget * WAN, (_WORST,) if floors else (), standards, frozenset(banned))
        _run(session, request, wish, lang)


def _run(session: Session, request: Request, wish: PlanWish, lang: str) -> None:
    version = (state.noted("plan.drawn") or {}).get(wish.name, 0)  # 0: none of that name was drawn
    with guard.end_part(lang), st.status(wording.text("treatments.optimising", lang)) as status:
        plan = proposals.propose(session, request, wish, computing.telling(status.update, lang), version=version)
    state.put("plan", plan.head.plan_id)
    state.put("device", None)
    st.rerun()
