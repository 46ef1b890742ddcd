"""What becomes of a patrol: accepted, reopened, retired, and who walks which set on which day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from gislib import wording
from gislib.planning import patrol_days, patrols
from gislib.planning.patrols import SavedPatrol
from gislib.planning.session import Session
from gislib.store.patrols import DRAFT, PatrolHead
from gislib.ui import guard, markup, plan_choice, state
from gislib.ui.markup import Heading
from gislib.ui.picture import Html

_HORIZON: tuple[int, ...] = (5, 10, 20)


def menu(session: Session, saved: SavedPatrol, lang: str) -> None:
    """Buttons that accept, reopen or retire."""
    head = saved.head
    at = plan_choice.clock(head.changed_at, session)
    st.html(markup.note(wording.text("patrols.version", lang, version=head.version, actor=head.changed_by, at=at)))
    if head.status == DRAFT:
        _button("accept", lang, lambda: patrols.accept(session, head.patrol_id, head.version))
    else:
        _button("reopen", lang, lambda: patrols.reopen(session, head.patrol_id, head.version))
    _button("retire", lang, lambda: patrols.retire(session, head.patrol_id, head.version))


def _button(name: str, lang: str, act: Callable[[], PatrolHead]) -> None:
    if not st.button(wording.text(f"patrols.{name}", lang), key=f"patrol.{name}", width="stretch"):
        return
    with guard.show_errors(lang):
        head = act()
    state.put("patrol", None if name == "retire" else head.patrol_id)
    st.rerun()


def rota(session: Session, saved: SavedPatrol, today: date, lang: str) -> None:
    """Days of the horizon with the set that is walked on each."""
    first_box, count_box = st.columns(2)
    first = first_box.date_input(wording.text("patrols.rota.first", lang), today, key="patrol.rota.first")
    count = count_box.selectbox(
        wording.text("patrols.rota.days", lang), _HORIZON, key="patrol.rota.days",
        format_func=lambda days: wording.text("patrols.rota.count", lang, days=days),
    )  # fmt: skip
    days = patrol_days.school_days(session, first, count)
    sets = patrol_days.day_sets(session, saved, days)
    st.html(_rota_table(days, sets, lang))


def _rota_table(days: list[date], sets: list[int], lang: str) -> Html:
    heads = [Heading(wording.text(f"patrols.rota.{name}", lang)) for name in ("day", "weekday", "set")]
    rows = [
        (day.isoformat(), wording.term("weekday", str(day.isoweekday()), lang), str(number + 1))
        for day, number in zip(days, sets, strict=True)
    ]
    return markup.table(heads, rows)
