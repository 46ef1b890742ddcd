"""What was done of a patrol: figures, teams, every task with its state, what was missed; and the states on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from gislib import wording
from gislib.domain.tables import WGS84
from gislib.patrol.checked import DONE, MISSED, NOT_PLANNED, PARTLY, UNKNOWN, Checked, TeamCheck
from gislib.patrol.clock import clock
from gislib.planning import patrol_tasks
from gislib.planning.session import Session
from gislib.reports import map_layers
from gislib.reports.symbols import look_of
from gislib.ui import markup, tables, words
from gislib.ui.map_component import LegendItem, LegendSection, MapLayer
from gislib.ui.markup import Figure, Heading
from gislib.ui.patrol_view import Shown
from gislib.ui.picture import Html

STATES: Final = (MISSED, PARTLY, UNKNOWN, DONE, NOT_PLANNED)
"""In the order in which they ask for something."""
MISSED_SHOWN: Final = 15
ROWS_SHOWN: Final = 12
CHECKED: Final = "checked"
_ALL: Final = "all"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def figures(found: Checked, lang: str) -> None:
    """Shares of the risk, and how many planned tasks are not done, two by two."""
    planned = [task for task in found.tasks if task.team_id is not None]

    def figure(name: str, value: str, *, alert: bool = False, **told: object) -> Figure:
        note = wording.text(f"patrols.check.{name}_note", lang, **told)
        return Figure(wording.text(f"patrols.check.{name}", lang), value, note, alert=alert)

    def share(value: float) -> str:
        return f"{words.decimals(100 * value)}%"

    st.html(markup.figure_strip([
        figure("planned", share(found.planned_share)), figure("eligible", share(found.eligible_share)),
    ]))  # fmt: skip
    st.html(markup.figure_strip([
        figure("unknown", share(found.unknown_share), alert=found.unknown_share > 0),
        figure("open", str(len(found.missed)), alert=bool(found.missed), total=len(planned)),
    ]))  # fmt: skip


def team_table(found: Checked, lang: str) -> Html:
    """Teams with the hours, metres and gaps of their tracks."""
    heads = _heads(("team", "hours", "metres", "covered", "gaps"), lang)
    rows = [
        (
            team.name,
            words.EMPTY if team.begins_min is None else f"{clock(team.begins_min)}–{clock(team.ends_min or 0.0)}",
            _metres(team, lang),
            words.UNKNOWN if team.begins_min is None else words.percent(team.covered_share),
            _gaps(team, lang),
        )
        for team in found.teams
    ]
    return markup.card(wording.text("patrols.check.teams", lang), markup.table(heads, rows))


def _metres(team: TeamCheck, lang: str) -> str:
    walked = words.UNKNOWN if team.begins_min is None else words.decimals(team.metres / 1000)
    return wording.text("patrols.check.walked", lang, walked=walked, planned=words.decimals(team.planned_metres / 1000))


def _gaps(team: TeamCheck, lang: str) -> str:
    if team.begins_min is None:
        return wording.text("patrols.check.whole_gap", lang)
    return "、".join(f"{clock(begin)}–{clock(end)}" for begin, end in team.gaps) or words.EMPTY


def notes(found: Checked, lang: str) -> list[str]:
    """Sentences about what the tracks do not tell."""
    tasks = Counter(task.team_id for task in found.tasks)
    told = [
        wording.text("patrols.check.no_track", lang, team=team.name, count=tasks[team.team_id])
        for team in found.teams
        if team.begins_min is None and tasks[team.team_id]
    ]
    if found.unmatched:
        told.append(wording.text("patrols.check.unmatched", lang, labels="、".join(found.unmatched)))
    if found.jumps:
        told.append(wording.text("patrols.check.jumps", lang, count=found.jumps))
    return told


def missed(seen: Shown, found: Checked, lang: str) -> Html:
    """What was planned and not done, or not wholly, or cannot be told, with the reason; most risk first."""
    title = wording.text("patrols.check.missed", lang)
    ids = [task.demand_id for task in found.missed]
    if not ids:
        planned = sum(task.team_id is not None for task in found.tasks)
        return markup.card(title, markup.body(wording.text("patrols.check.missed_none", lang, count=planned)))
    table = patrol_tasks.task_table(seen.record, found, lang)
    names = ("place", "kind", "school", "team", "planned", "done", "state", "reason")
    heads = [Heading(wording.text(f"check_table.head.{name}", lang)) for name in names]
    rows = [
        [_state(row["state_code"], row["state"]) if name == "state" else words.text_or(row[name]) for name in names]
        for row in table.set_index("demand_id").loc[ids[:MISSED_SHOWN]].to_dict("records")
    ]
    note = wording.text("patrols.check.missed_note", lang, shown=len(rows), total=len(ids))
    return markup.card(title, markup.table(heads, rows), note)


def _state(code: str, word: str) -> Html:
    """Symbol and word of a state."""
    return markup.marked(_symbol(code), word)


def task_grid(session: Session, seen: Shown, found: Checked, on: date, lang: str) -> None:
    """All tasks with their state, some of them by a switch, and as a workbook by a button."""
    table = patrol_tasks.task_table(seen.record, found, lang)
    counts = Counter(table["state_code"])
    st.html(markup.note(wording.text("patrols.check.all_note", lang, total=len(table))))
    views, file = st.columns([5, 1], vertical_alignment="center")
    view = views.segmented_control(
        wording.text("patrols.check.all", lang), [_ALL, *(state for state in STATES if counts[state])], default=_ALL,
        format_func=lambda code: _view_name(code, len(table) if code == _ALL else counts[code], lang),
        key="patrol.check.state", label_visibility="collapsed",
    )  # fmt: skip
    file.download_button(
        wording.text("patrols.check.xlsx", lang),
        lambda: patrol_tasks.tasks_workbook(session, seen.saved, patrol_tasks.task_table(seen.record, found), on),
        f"{seen.saved.head.patrol_id}_{on.isoformat()}_check.xlsx", _XLSX, on_click="ignore", key="patrol.check.xlsx",
        width="stretch",
    )  # fmt: skip
    shown = table if view in {None, _ALL} else table[table["state_code"] == view]
    columns = _columns(lang)
    told = shown.assign(
        symbol=tables.symbol_cells(shown["state_code"].map(_symbol)), dwell=shown["dwell"].map(words.decimals)
    )[list(columns)]
    st.dataframe(
        told.where(told.notna(), words.EMPTY),
        column_config=columns, height=tables.grid_height(len(shown), ROWS_SHOWN), row_height=tables.ROW_PX,
        hide_index=True, key=f"patrol.check.tasks.{view}",
    )  # fmt: skip


def _view_name(code: str, count: int, lang: str) -> str:
    word = wording.text("patrols.check.view_all", lang) if code == _ALL else wording.term("check_state", code, lang)
    return f"{word} {count}"


def _symbol(code: str) -> str:
    return str(look_of("patrol_checked", code).symbol)


def _columns(lang: str) -> dict[str, Any]:
    config = st.column_config
    title = {name: wording.text(f"check_table.head.{name}", lang) for name in patrol_tasks.SHOWN}
    texts = {"state": 84, "place": 190, "kind": 84, "team": 72, "planned": 76, "done": 76, "by": 84}
    return {
        "symbol": config.ImageColumn("", width=26),
        **{name: config.TextColumn(title[name], width=width) for name, width in texts.items()},
        "dwell": config.TextColumn(title["dwell"], width=92, alignment="right"),
        "reason": config.TextColumn(title["reason"], width=220),
    }


def states_layer(seen: Shown, found: Checked, lang: str) -> MapLayer:
    """Tasks of the plan by state: streets as lines, stops as symbols, reason under the pointer."""
    places = {task.demand_id: task.place for task in seen.record.tasks}
    table = patrol_tasks.task_table(seen.record, found, lang)
    rows = []
    for row in table.to_dict("records"):
        place = places[row["demand_id"]]
        suffix = "-line" if place.geom_type.endswith("LineString") else ""
        told = [row["place"], row["kind"], row["state"], row["reason"], row["done"]]
        rows.append(
            {"id": row["demand_id"], "case": row["state_code"] + suffix, "tip": " · ".join(filter(None, told)),
             "geometry": place}
        )  # fmt: skip
    content = map_layers.map_layer(
        gpd.GeoDataFrame(pd.DataFrame(rows).set_index("id"), geometry="geometry", crs=WGS84), case="case", tip="tip"
    )
    return MapLayer(CHECKED, "patrol_checked", wording.text("patrols.check.states", lang), content, swatch_case=DONE)


def legend(found: Checked, lang: str) -> LegendSection:
    """States that occur, with the number of their tasks."""
    counts = Counter(task.state for task in found.tasks)
    items = [
        LegendItem("patrol_checked", state, wording.term("check_state", state, lang), str(counts[state]))
        for state in STATES
        if counts[state]
    ]
    return LegendSection("", (*items, LegendItem("tracks", "", wording.text("patrols.check.layer", lang))))


def _heads(names: Sequence[str], lang: str) -> list[Heading]:
    return [Heading(wording.text(f"patrols.check.head.{name}", lang)) for name in names]
