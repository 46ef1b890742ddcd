"""Map of a plan: its devices over the base map, editable while it is a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib import wording
from gislib.planning import plan_scores
from gislib.planning.overview import Overview
from gislib.planning.plan_scores import PlanScores
from gislib.reports import map_layers
from gislib.reports.metadata import Stamp
from gislib.siting.treatments import catalogue
from gislib.store.plan_state import DRAFT
from gislib.ui import area_map, base_map, cache, guard, plan_edit, plan_ground, plan_notice, state, words
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import LegendItem, LegendSection, MapLayer, Picked, View
from gislib.ui.map_editing import Act, Editing, Notice, Tool, editable_map
from gislib.ui.plan_edit import Outcome
from gislib.ui.plan_view import WHOLE, Shown
from gislib.ui.state import Choices

HEIGHT_PX: Final = 400
LAYER: Final = "treatments"
_LEGEND: Final = (("treatments", "mark-device"), ("devices", "signal"), ("treatments", "mark-refused"),
                  ("treatments", "mark-conflict"))  # fmt: skip


def show(
    base: tuple[Snapshot, Overview, Stamp], seen: Shown, last: Outcome | None, on_act: Callable[[Act], None],
    choices: Choices,
) -> Picked | None:  # fmt: skip
    """
    Draw the map; returns what was clicked.

    Parameters
    ----------
    base
        What the base map is drawn from: snapshot, campuses with their grades, stamp.
    seen
        The plan as the page shows it.
    last
        Outcome of the last act on the map.
    on_act
        Carries an act out.
    choices
        Selected device, language.
    """
    taken, found, stamp = base
    lang, session = choices.lang, cache.session_of(taken)
    with guard.show_errors(lang):
        scores = plan_scores.scores(session, seen.basis.request, seen.plan)
    contents = base_map.contents(taken)
    layers = [
        *base_map.ground(contents, lang),
        *(layer for layer in base_map.optional(contents, lang, ("devices",)) if layer.layer_id == "devices"),
        _focus(seen),
        _gates(seen, lang),
        replace(area_map.schools_layer(found, lang), searchable=False),
        *plan_ground.laid(session, seen, lang),
        *plan_ground.refused(session, seen, lang),
        device_layer(seen, scores, lang),
    ]
    key = f"{seen.plan.head.plan_id}.{seen.campus}"
    frame = base_map.frame((_legend(lang),), stamp, HEIGHT_PX)
    return editable_map(layers, View(key, _bounds(seen), 18), frame, editing(seen, last, choices), on_act, "plan")


def device_layer(seen: Shown, scores: PlanScores, lang: str) -> MapLayer:
    """Devices of the plan with symbol, number, mark, and under the pointer their place and whom they help."""
    rows = seen.rows.assign(helps=scores.devices["helps"].reindex(seen.rows.index).fillna(""))
    rows["tip"] = [_tip(row, lang) for row in rows.drop(columns="geometry").reset_index().to_dict("records")]
    content = map_layers.map_layer(
        rows, case="symbol", rank="number", tip="tip", bearing="approach_bearing_deg", side="side", state="state"
    )
    title = wording.text("treatments.layer", lang)
    return MapLayer(LAYER, LAYER, title, content, clickable=True, swatch_case="mark-device")


def _tip(row: words.Row, lang: str) -> str:
    told = [str(row[name]) for name in ("shown_title", "located", "device_id")]
    if row["helps"]:
        column = wording.text("treatments.column.helps", lang)
        told.append(wording.text("treatments.detail_part", lang, name=column, text=row["helps"]))
    return " · ".join(told)


def _focus(seen: Shown) -> MapLayer:
    schools = seen.basis.tables["schools"]
    content = map_layers.campuses_layer(schools[schools.index == seen.campus], seen.campus)
    return MapLayer("focus", "campuses", "", content, toggle=False)


def _gates(seen: Shown, lang: str) -> MapLayer:
    gates = seen.basis.now.ground.tables["gates"]
    return MapLayer("gates", "gates", wording.text("layer.gates", lang), map_layers.map_layer(gates, name="name"))


def _bounds(seen: Shown) -> map_layers.Bounds:
    """Devices in focus with their campus; everything without any."""
    schools = seen.basis.tables["schools"]
    shapes = [seen.listed.geometry, schools.geometry[schools.index == seen.campus]]
    around = gpd.GeoDataFrame(geometry=pd.concat(shapes, ignore_index=True), crs=schools.crs)
    return map_layers.bounds_of(around if len(around) else schools, 0.12)


def editing(seen: Shown, last: Outcome | None, choices: Choices) -> Editing:
    """State of the editing tools; an accepted plan and a viewer's session have none to use."""
    head, lang = seen.plan.head, choices.lang
    known = catalogue(seen.basis.rs, seen.basis.request.as_of)
    tools = tuple(Tool(t.id, plan_notice.title_of(t, lang), t.symbol) for t in known.values())
    return Editing(
        layer=LAYER,
        tools=tools,
        open=head.status == DRAFT,
        undo=head.undoable,
        redo=head.redoable,
        answered=last.act.serial if last else "",
        notice=_notice(seen, last, choices),
        selected=choices.device if choices.device in seen.rows.index else "",
        lang=lang,
    )


def _notice(seen: Shown, last: Outcome | None, choices: Choices) -> Notice | None:
    """Box about the last act that was not done, else about the chosen device."""
    known = catalogue(seen.basis.rs, seen.basis.request.as_of)
    refused = plan_notice.of_problem(last, known, choices.lang)
    if refused is not None or choices.device not in seen.rows.index:
        return refused
    return plan_notice.of_device(seen.basis, seen.plan, choices.device, seen.warnings, choices.lang)


def _legend(lang: str) -> LegendSection:
    names = ("new", "existing", "refused", "conflict")
    items = (
        LegendItem(look, case, wording.text(f"treatments.legend.{name}", lang))
        for (look, case), name in zip(_LEGEND, names, strict=True)
    )
    return LegendSection("", tuple(items))


def take(picked: Picked | None, plan_id: str) -> None:
    """Take over what was clicked: a device, or a campus to look at; what could not be done before is told no more."""
    if picked is None:
        return
    plan_edit.settle(plan_id)
    if picked.layer_id == LAYER:
        state.note("plan.jump", (state.noted("plan.jump") or 0) + 1)
        state.take("device", picked.id)
    elif picked.layer_id == "schools":
        state.note(WHOLE, "")
        state.take("school", picked.id)
