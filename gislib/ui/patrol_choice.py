"""Controls of the patrols: which one is shown, which of its sets, and what is asked of a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gislib import rules, wording
from gislib.assessment import Request
from gislib.patrol.clock import clock
from gislib.patrol.parameters import read_modes, read_shift, shifts
from gislib.planning import patrol_teams, patrols
from gislib.planning.patrol_basis import PatrolBasis
from gislib.planning.patrol_teams import TeamWish
from gislib.planning.patrols import PatrolWish, SavedPatrol
from gislib.planning.session import Session
from gislib.store.patrols import PatrolHead
from gislib.ui import choice_box, computing, guard, patrol_run, state, words
from gislib.ui.state import Choices

BAR: Final = (5.4, 4.0, 2.0, 2.7, 2.05, 2.05, 2.15)
"""Widths of the title row: title, patrol, set, view, plan again, more, print; every label has room in Chinese."""
VIEWS: Final = ("plan", "check")
FIRST_TEAMS: Final = 3
_SETS: Final = 5
_FIRST_SHIFT: Final = "leaving"


def choose(place: DeltaGenerator, heads: Sequence[PatrolHead], choices: Choices) -> PatrolHead | None:
    """Switch between the patrols, the one changed last at first; None while there is none."""
    if not heads:
        return None
    by_id = {head.patrol_id: head for head in heads}
    chosen = by_id.get(choices.patrol) or max(heads, key=lambda head: head.changed_at)
    names = {patrol_id: _label(head, choices.lang) for patrol_id, head in by_id.items()}
    label_of_box, key = wording.text("patrols.choose", choices.lang), f"patrol.choose.{chosen.patrol_id}"
    choice_box.show(place, label_of_box, names, chosen.patrol_id, key, partial(state.take_widget, "patrol"))
    return chosen


def _label(head: PatrolHead, lang: str) -> str:
    """Name and state; the shift stands beside the title."""
    return f"{head.name} · {wording.text(f'works.status.{head.status}', lang)}"


def context(saved: SavedPatrol | None, lang: str) -> str:
    """Hours and teams of a patrol."""
    if saved is None:
        return wording.text("patrols.motto", lang)
    record = saved.sets[0]
    return wording.text(
        "patrols.context", lang, shift=wording.term("shift", record.shift_id, lang),
        begin=clock(record.begins_min), end=clock(record.ends_min), teams=len(record.teams),
        people=sum(team.headcount for team in record.teams),
    )  # fmt: skip


def which_set(place: DeltaGenerator, saved: SavedPatrol, lang: str) -> int:
    """Switch between the sets of routes."""
    count = len(saved.sets)
    picked = place.selectbox(
        wording.text("patrols.set.label", lang),
        range(count),
        format_func=lambda k: wording.text("patrols.set.one", lang, number=k + 1, count=count),
        key=f"patrol.set.{saved.head.patrol_id}.{saved.head.version}",
        label_visibility="collapsed",
        disabled=count == 1,
    )
    return int(picked or 0)


def view(place: DeltaGenerator, lang: str) -> str:
    """Switch between the plan and what was done."""
    picked = place.segmented_control(
        wording.text("patrols.view.label", lang), VIEWS, default=VIEWS[0], key="patrol.view",
        format_func=lambda name: wording.text(f"patrols.view.{name}", lang), label_visibility="collapsed",
    )  # fmt: skip
    return picked or VIEWS[0]


def label(name: str, lang: str) -> str:
    """Words of a button of the page."""
    return wording.text(f"patrols.{name}", lang)


def preparing(lang: str) -> AbstractContextManager[None]:
    """Spinner while roads and hazards are read, once per content of the data."""
    return st.spinner(label("preparing", lang))


def form(session: Session, request: Request, basis: PatrolBasis, saved: SavedPatrol | None, lang: str) -> None:
    """Form of what is asked: shift, hours, teams, sets, seed; its button begins the search."""
    before = saved.wish if saved else None
    key = f"patrol.wish.{saved.head.patrol_id if saved else ''}.{saved.head.version if saved else 0}"

    def text(name: str) -> str:
        return wording.text(f"patrols.wish.{name}", lang)

    with st.form(key, border=False):
        name_box, shift_box, hours_box = st.columns([3, 2, 2])
        name = name_box.text_input(
            text("name"), before.name if before else "", max_chars=60, help=text("name_help"),
            placeholder=text("name_empty"),
        )  # fmt: skip
        known = shifts(*basis.rules)
        first = before.shift_id if before else _FIRST_SHIFT
        shift = shift_box.selectbox(
            text("shift"), known, known.index(first), format_func=lambda code: wording.term("shift", code, lang)
        )
        hours = hours_box.text_input(
            text("hours"), before.hours if before else "", placeholder="16:20-18:30", help=text("hours_help")
        )
        teams = _teams_grid(basis, before, f"{key}.teams", lang)
        sets_box, seconds_box, seed_box, button = st.columns([2, 2, 2, 2], vertical_alignment="bottom")
        sets = sets_box.number_input(text("sets"), 1, patrols.MOST_SETS, before.sets if before else _SETS)
        seconds = seconds_box.number_input(
            text("seconds"), 0, 600, int(before.seconds or 0) if before else 20, help=text("seconds_help")
        )
        seed = seed_box.number_input(text("seed"), 1, 999_999, before.seed if before else 1)
        asked = button.form_submit_button(text("run"), type="primary", width="stretch")
    if asked:
        named = name.strip() or _first_name(str(shift), lang)
        kept = before if before and before.name == named and before.shift_id == shift else None
        wish = PatrolWish(
            named, str(shift), teams, hours.strip(), int(sets), int(seed), float(seconds) or None,
            kept.pinned if kept else {}, kept.skipped if kept else frozenset(), kept.posts if kept else {},
        )  # fmt: skip
        patrol_run.begin(session, request, wish, saved.head.version if kept and saved else None)
        st.rerun()


def _first_name(shift: str, lang: str) -> str:
    """Name of a patrol that was given none: its shift and the day, short enough for the title row."""
    told = {"shift": wording.term("shift", shift, lang), "day": f"{computing.today():%m-%d}"}
    return wording.text("patrols.wish.first_name", lang, **told)


def again(session: Session, request: Request, saved: SavedPatrol, **changes: Any) -> None:  # noqa: ANN401 - fields of a wish
    """Begin the search again with something pinned, skipped or freed."""
    patrol_run.begin(session, request, replace(saved.wish, **changes), saved.head.version)
    st.rerun()


def _teams_grid(basis: PatrolBasis, before: PatrolWish | None, key: str, lang: str) -> tuple[TeamWish, ...]:
    """Editable table of the teams; rows can be added and removed."""
    with guard.show_errors(lang):
        hours = read_shift(*basis.rules, _FIRST_SHIFT).hours
        teams = before.teams if before else patrol_teams.proposed(basis, FIRST_TEAMS, hours)
    names = _depot_names(basis, lang)
    modes = {code: wording.term("patrol_mode", code, lang) for code in read_modes(rules.load(), basis.request.as_of)}
    rows = [
        {
            "name": team.name, "depot": names.get(team.depot_id), "mode": modes[team.mode], "people": team.headcount,
            "police": team.police, "speed": _digits(team.speed_kmh), "rest": team.break_min,
            "overtime": _digits(team.overtime_min),
            "hours": team.hours,
        }
        for team in teams
    ]  # fmt: skip
    edited = st.data_editor(
        pd.DataFrame(rows),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_config=_team_columns(names, modes, lang),
    )
    return _teams_from(edited, {name: depot for depot, name in names.items()}, {v: k for k, v in modes.items()})


def _team_columns(depots: dict[str, str], modes: dict[str, str], lang: str) -> dict[str, Any]:
    """Columns of the table of teams; together as wide as the form, so that none is hidden."""
    config = st.column_config
    title = {
        name: wording.text(f"patrols.team_column.{name}", lang)
        for name in ("name", "depot", "mode", "people", "police", "speed", "rest", "overtime", "hours")
    }
    empty = wording.text("patrols.team_column.empty", lang)
    number = r"^\d{0,3}(\.\d)?$"
    return {
        "name": config.TextColumn(title["name"], required=True, max_chars=20, width=62),
        "depot": config.SelectboxColumn(title["depot"], options=sorted(depots.values()), required=True, width=212),
        "mode": config.SelectboxColumn(title["mode"], options=list(modes.values()), required=True, width=74),
        "people": config.NumberColumn(title["people"], min_value=1, max_value=99, step=1, required=True, width=66),
        "police": config.CheckboxColumn(title["police"], width=66),
        "speed": config.TextColumn(title["speed"], validate=number, width=76, help=empty, alignment="right"),
        "rest": config.NumberColumn(title["rest"], min_value=0, max_value=120, step=5, width=86),
        "overtime": config.TextColumn(title["overtime"], validate=number, width=86, help=empty, alignment="right"),
        "hours": config.TextColumn(title["hours"], max_chars=11, width=100),
    }


def _teams_from(table: pd.DataFrame, depots: dict[str, str], modes: dict[str, str]) -> tuple[TeamWish, ...]:
    """Rows as they were typed; empty cells are what a new row starts with."""
    told = table.astype(object).where(table.notna(), None).to_dict("records")
    return tuple(
        TeamWish(
            f"t{k + 1}", str(row["name"]), depots.get(str(row["depot"]), ""), modes.get(str(row["mode"]), "ebike"),
            int(row["people"] or 2), bool(row["police"]), float(row["rest"] or 0.0), str(row["hours"] or "").strip(),
            _number(row["speed"]), _number(row["overtime"]),
        )
        for k, row in enumerate(told)
        if row["name"]
    )  # fmt: skip


def _digits(value: float | None) -> str:
    """Number as typed; "" leaves it to the rules."""
    return "" if value is None else f"{value:g}"


def _number(cell: Any) -> float | None:  # noqa: ANN401 - a cell of the grid
    text = str(cell or "").strip()
    return float(text) if text else None


def _depot_names(basis: PatrolBasis, lang: str) -> dict[str, str]:
    """Names of the starts by id: of a gatehouse with its gate; what is called the same is counted through."""
    known = rules.load().kinds("depot")
    nameless = wording.text("patrols.nameless_place", lang)
    gates = basis.ground.tables["gates"]["name"].to_dict()
    kinds = [words.kind_name("depot" if kind in known else "device", kind, lang) for kind in basis.depots["kind"]]
    names: dict[str, str] = {}
    used: Counter[str] = Counter()
    for depot, name, kind in zip(basis.depots.index, basis.depots["name"], kinds, strict=True):
        place = " ".join(filter(None, (words.text_or(name, nameless), words.text_or(gates.get(depot), ""))))
        label = f"{place} · {kind}"
        used[label] += 1
        names[str(depot)] = label if used[label] == 1 else f"{label} {used[label]}"
    return names
