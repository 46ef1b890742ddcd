"""Map of the whole area: campuses by grade over the base map."""

from __future__ import annotations

from datetime import date

from gislib import rules, wording
from gislib.planning.overview import Overview
from gislib.reports import map_layers
from gislib.reports.looks import GRADES
from gislib.reports.metadata import Stamp
from gislib.ui import base_map, words
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import LegendItem, LegendSection, MapLayer, Picked, View, planner_map
from gislib.ui.state import Choices

HEIGHT_PX = 596


def show(taken: Snapshot, found: Overview, stamp: Stamp, choices: Choices) -> Picked | None:
    """Draw the map; returns what was clicked."""
    lang = choices.lang
    base = base_map.contents(taken)
    layers = [*base_map.ground(base, lang), *base_map.optional(base, lang), schools_layer(found, lang)]
    ranked = found.schools[found.schools["rank"].notna()]
    view = View(taken.root, map_layers.core_bounds(ranked if len(ranked) else found.schools))
    selected = Picked("schools", choices.school) if choices.school else None
    frame = base_map.frame((grade_legend(stamp.as_of, lang),), stamp, HEIGHT_PX)
    return planner_map("area", layers, view, frame, selected, lang)


def schools_layer(found: Overview, lang: str) -> MapLayer:
    """Campuses as grade symbols, with name and index under the pointer."""
    tips = [_tip(row, lang) for row in found.schools.drop(columns="geometry").to_dict("records")]
    shown = found.schools.assign(tip=tips)
    content = map_layers.map_layer(shown, case="shown_grade", name="name", rank="rank", tip="tip")
    title = wording.text("layer.schools", lang)
    return MapLayer("schools", "schools", title, content, clickable=True, searchable=True, swatch_case="red")


def _tip(row: words.Row, lang: str) -> str:
    grade = wording.term("grade", row["shown_grade"], lang)
    return " · ".join((words.text_or(row["name"]), grade, words.index_text(row)))


def grade_legend(on: date, lang: str) -> LegendSection:
    """Grades with their limits from the rules in force on a day."""
    cut = rules.load().table("grade.cutoffs", on)
    notes = {
        "red": f"≥ {cut['red']:g}",
        "orange": f"{cut['orange']:g}–{cut['red']:g}",
        "yellow": f"{cut['yellow']:g}–{cut['orange']:g}",
        "blue": f"< {cut['yellow']:g}",
        "unknown": wording.text("map.not_ranked", lang),
    }
    items = tuple(LegendItem("schools", grade, wording.term("grade", grade, lang), notes[grade]) for grade in GRADES)
    return LegendSection(wording.text("map.grades", lang), items)
