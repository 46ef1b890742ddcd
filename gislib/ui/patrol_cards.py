"""Cards of a patrol: key figures, stations of the team in focus, and what the planner should know."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from gislib import rules, wording
from gislib.assessment import Request
from gislib.patrol.clock import clock
from gislib.patrol.record import Station, TeamPlan
from gislib.patrol.routing import OFF_ROAD, UNREACHABLE
from gislib.planning.session import Session
from gislib.ui import markup, patrol_choice, patrol_view, state, tables, words
from gislib.ui.markup import Figure
from gislib.ui.patrol_view import Shown
from gislib.ui.state import Choices

ROWS_SHOWN: Final = 9
_AWAY: Final = frozenset({OFF_ROAD, UNREACHABLE})


def figures(seen: Shown, lang: str) -> None:
    """Coverage, gap, overtime and what cannot be reached, two by two."""
    record = seen.record
    away = [task for task in record.tasks if task.reason in _AWAY]
    late = max((team.overtime_min for team in record.teams), default=0.0)
    back = max((team.returns_min for team in record.teams), default=record.begins_min)

    def figure(name: str, value: str, *, alert: bool = False, **told: object) -> Figure:
        label, note = (wording.text(f"patrols.figure.{name}{part}", lang, **told) for part in ("", "_note"))
        return Figure(label, value, note, alert=alert)

    share, bound = words.decimals(100 * record.covered_share), words.decimals(100 * record.coverage_bound)
    st.html(markup.figure_strip([
        figure("covered", f"{share}%", bound=bound),
        figure("gap", f"{words.decimals(100 * record.gap)}%", km=words.decimals(record.metres / 1000)),
    ]))  # fmt: skip
    names = "、".join(dict.fromkeys(task.name for task in away if task.name)) or words.EMPTY
    st.html(markup.figure_strip([
        figure("overtime", wording.text("patrols.minutes", lang, minutes=round(late)), alert=late > 0,
               at=clock(back)),
        figure("away", wording.text("patrols.places", lang, count=len(away)), alert=bool(away), names=names[:24]),
    ]))  # fmt: skip


def stations(session: Session, request: Request, seen: Shown, choices: Choices) -> None:
    """Tabs of the teams, the stations of the one in focus, and what can be done with the chosen one."""
    lang = choices.lang
    names = {team.team_id: team.name for team in seen.record.teams}
    key = f"patrol.team.{seen.saved.head.patrol_id}.{seen.number}.{seen.team.team_id}"
    st.segmented_control(
        wording.text("patrols.team_label", lang), list(names), default=seen.team.team_id, format_func=names.__getitem__,
        key=key, label_visibility="collapsed", on_change=state.take_widget, args=("team", key),
    )  # fmt: skip
    st.html(markup.note(_load(seen.team, lang)))
    grid = patrol_view.rows(seen, lang)
    grid["mark"] = grid["pinned"].map({True: "📌", False: ""})
    height = tables.grid_height(len(grid), ROWS_SHOWN)
    row = tables.pick_row(grid, f"patrol.stations.{key}", _columns(lang), height, seen.station)
    picked = state.new_pick("patrol.station", row)
    if picked is not None and picked in {patrol_view.station_id(seen.team, s) for s in seen.team.stations}:
        state.take("station", picked)
    _acts(session, request, seen, lang)


def _load(team: TeamPlan, lang: str) -> str:
    numbered = sum(station.number is not None for station in team.stations)
    return wording.text(
        "patrols.load", lang, km=words.decimals(team.metres / 1000), stations=numbered,
        minutes=round(team.returns_min - team.begins_min), idle=round(team.idle_min), back=clock(team.returns_min),
    )  # fmt: skip


def _columns(lang: str) -> dict[str, Any]:
    title = {
        name: wording.text(f"patrols.column.{name}", lang)
        for name in ("tag", "arrives", "stays", "task", "school", "way")
    }
    config = st.column_config
    return {
        "mark": config.TextColumn("", width=20),
        "tag": config.TextColumn(title["tag"], width=44),
        "arrives": config.TextColumn(title["arrives"], width=48),
        "stays": config.NumberColumn(title["stays"], format="%.1f", width=58),
        "task": config.TextColumn(title["task"], width=150),
        "school": config.TextColumn(title["school"], width=120),
        "way": config.TextColumn(title["way"], width=220),
    }


def _acts(session: Session, request: Request, seen: Shown, lang: str) -> None:
    """Pin the chosen station to its team, skip it, or free all; each works the routes out again."""
    wish, draft = seen.saved.wish, seen.saved.head.status == "draft"
    chosen = next((s for s in seen.team.stations if patrol_view.station_id(seen.team, s) == seen.station), None)
    closed = chosen is None or not draft
    ids = chosen.demand_ids if chosen else ()
    if chosen is not None:
        st.html(markup.note(_chosen(seen.team, chosen, lang)))
    pin, skip, free, post = st.columns(4)
    if pin.button(wording.text("patrols.pin", lang), key="patrol.pin", disabled=closed, width="stretch"):
        pinned = {**wish.pinned, **dict.fromkeys(ids, seen.team.team_id)}
        patrol_choice.again(session, request, seen.saved, pinned=pinned)
    if skip.button(wording.text("patrols.skip", lang), key="patrol.skip", disabled=closed, width="stretch"):
        patrol_choice.again(session, request, seen.saved, skipped=wish.skipped | set(ids))
    with post.popover(wording.text("patrols.posts.give", lang), disabled=not (draft and seen.record.posts)):
        _posts(session, request, seen, lang)
    fixed = len(wish.pinned) + len(wish.skipped) + len(wish.posts)
    label = wording.text("patrols.free", lang, count=fixed)
    if free.button(label, key="patrol.free", disabled=not (fixed and draft), width="stretch"):
        patrol_choice.again(session, request, seen.saved, pinned={}, skipped=frozenset(), posts={})


def _chosen(team: TeamPlan, station: Station, lang: str) -> str:
    """Station that was chosen, on the map or by an address too: its row may lie below those in sight."""
    return wording.text(
        "patrols.chosen", lang, tag=patrol_view.tag(team, station), at=clock(station.arrives_min),
        minutes=words.decimals(station.ends_min - station.begins_min), task=patrol_view.task_words(station, lang),
    )  # fmt: skip


def _posts(session: Session, request: Request, seen: Shown, lang: str) -> None:
    """Give a gate post to the team in focus, which then stands there from begin to end; the nearest first."""
    start = seen.team.stations[0].spot
    posts = sorted(seen.record.posts, key=lambda post: (post.spot.distance(start), post.gate_id))
    names = {
        post.gate_id: wording.text(
            "patrols.posts.one", lang, school=words.text_or(post.school_name), gate=words.text_or(post.gate_name),
            begin=clock(post.begins_min), end=clock(post.ends_min),
        )
        for post in posts
    }  # fmt: skip
    key = f"patrol.post.{seen.team.team_id}"
    gate = st.selectbox(wording.text("patrols.posts.which", lang), list(names), format_func=names.__getitem__, key=key)
    if st.button(wording.text("patrols.posts.do", lang, team=seen.team.name), key="patrol.post", width="stretch"):
        patrol_choice.again(session, request, seen.saved, posts={**seen.saved.wish.posts, gate: seen.team.team_id})


def notes(seen: Shown, lang: str) -> None:
    """Rotation of the sets, and whether the search can be made again."""
    wish, told = seen.saved.wish, seen.saved.told
    wanted = rules.load().table("patrol.alternatives", seen.saved.request.as_of)
    if len(told) > 1:
        loss = max(one["loss_share"] for one in told)
        apart = min(one["apart_share"] for one in told[1:])
        line = wording.text(
            "patrols.rotation", lang, count=len(told), loss=words.decimals(100 * loss),
            apart=words.percent(apart), minutes=round(float(wanted["apart_min"])), seed=seen.record.seed,
        )  # fmt: skip
        st.html(markup.note(line))
    if len(told) < wish.sets:
        st.html(markup.note(wording.text("patrols.fewer_sets", lang, found=len(told), wanted=wish.sets), warn=True))
    if wish.seconds is not None:
        st.html(markup.note(wording.text("patrols.timed", lang, seconds=round(wish.seconds))))
