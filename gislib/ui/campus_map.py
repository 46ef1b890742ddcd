"""Map of one campus: zones, walking catchment, streets by risk, venues with their measured lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from gislib import wording
from gislib.planning import campus_map
from gislib.planning.campus import Campus
from gislib.reports import map_layers
from gislib.reports.html_map import HtmlLayer
from gislib.reports.metadata import Stamp
from gislib.ui import base_map, cache
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import LegendItem, LegendSection, MapLayer, Picked, View, planner_map
from gislib.ui.state import Choices

HEIGHT_PX: Final = 596
_LEGEND: Final = (
    ("zones", "venue"),
    ("zones", "patrol"),
    ("zones", "gate"),
    ("catchment", ""),
    ("segment_risk", "red"),
    ("segment_risk", "orange"),
    ("segment_risk", "yellow"),
    ("routes", "straight"),
    ("routes", "walk"),
    ("gates", ""),
    ("venues", "venue-other"),
    ("rentals", ""),
)


@st.cache_data(max_entries=32, show_spinner=False)
def contents(taken: Snapshot, school_id: str, lang: str) -> list[HtmlLayer]:
    """Layers of a campus, see `gislib.planning.campus_map`."""
    return campus_map.layers(cache.session_of(taken), cache.campus(taken, school_id), lang)


def show(taken: Snapshot, view: Campus, stamp: Stamp, choices: Choices) -> Picked | None:
    """Draw the map; returns the venue that was clicked."""
    lang, school_id = choices.lang, str(view.row.name)
    layers = [_layer(found) for found in contents(taken, school_id, lang)]
    layers.append(_veil(view))
    bounds = map_layers.bounds_of(view.zones[view.zones["case"] == "venue"])
    frame = base_map.frame((legend(view, lang),), stamp, HEIGHT_PX)
    selected = Picked("venues", choices.venue) if choices.venue else None
    return planner_map("campus", layers, View(school_id, bounds, 18), frame, selected, lang)


def _layer(found: HtmlLayer) -> MapLayer:
    swatches = {
        "roads": "primary",
        "campuses": "focus",
        "zones": "venue",
        "segment_risk": "red",
        "routes": "straight",
        "devices": "crossing",
    }
    return MapLayer(
        found.look,
        found.look,
        found.title,
        found.content,
        visible=found.show,
        clickable=found.look == "venues",
        searchable=found.look == "venues",
        swatch_case=swatches.get(found.look, ""),
    )


def _veil(view: Campus) -> MapLayer:
    zone = view.zones[view.zones["case"] == "venue"]
    return MapLayer("veil", "veil", "", map_layers.map_layer(zone.reset_index(drop=True)), toggle=False)


def legend(view: Campus, lang: str) -> LegendSection:
    """Say what the lines, areas and signs mean; rings with their metres."""
    metres = dict(zip(view.zones["case"], view.zones["radius_m"], strict=True))
    items = tuple(LegendItem(look, case, _meaning(look, case, metres, lang)) for look, case in _LEGEND)
    return LegendSection("", items)


def _meaning(look: str, case: str, metres: Mapping[str, float], lang: str) -> str:
    if look == "zones":
        return wording.text(f"map.zone_{case}", lang, radius=f"{metres[case]:.0f}")
    if look in ("rentals", "venues", "gates"):
        return wording.text(f"layer.{look}", lang)
    name = {"segment_risk": f"segment_{case}", "routes": case, "catchment": "catchment"}[look]
    return wording.text(f"map.legend_{name}", lang)
