"""Map of one pair: campus, gates, venue, and the lines along which every method measured."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gislib import rules, wording
from gislib.planning.campus import Campus
from gislib.planning.evidence import Evidence
from gislib.reports import map_layers
from gislib.reports.metadata import Stamp
from gislib.ui import base_map, cache, campus_map
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import MapLayer, View, planner_map

HEIGHT_PX: Final = 270
_GROUND: Final = ("water", "buildings", "roads", "campuses")


def show(taken: Snapshot, ids: tuple[str, str], stamp: Stamp, lang: str) -> None:
    """Draw the map of a campus and a venue, given by their ids."""
    school_id, venue_id = ids
    found, view = cache.evidence(taken, school_id, venue_id), cache.campus(taken, school_id)
    layers = [*_ground(taken, school_id, lang), *_pair(found, view, venue_id, lang)]
    ends = found.ends[found.ends["role"] != "campus"]
    bounds = map_layers.bounds_of(found.lines if len(found.lines) else ends, 0.25)
    planner_map("pair", layers, View("|".join(ids), bounds, 18), base_map.frame((), stamp, HEIGHT_PX), lang=lang)


@st.cache_data(max_entries=32, show_spinner=False)
def _ground(taken: Snapshot, school_id: str, lang: str) -> list[MapLayer]:
    found = {layer.look: layer for layer in campus_map.contents(taken, school_id, lang)}
    return [
        MapLayer(name, name, found[name].title, found[name].content, toggle=False) for name in _GROUND if name in found
    ]


def _pair(found: Evidence, view: Campus, venue_id: str, lang: str) -> list[MapLayer]:
    symbols = {kind.id: kind.symbol for kind in rules.load().kinds("venue").values()}
    lines = found.lines.drop_duplicates(["method", "distance_m"])
    drawn = lines[lines["method"].isin(["boundary_straight", "gate_walk_legal"])]
    drawn = drawn if len(drawn) else lines.head(1)
    named = drawn.assign(name=[f"{metres:.1f} m" for metres in drawn["distance_m"]]).set_index("method", drop=False)
    venue = view.venues[view.venues.index == venue_id]
    return [
        MapLayer(
            "routes",
            "routes",
            wording.text("layer.routes", lang),
            map_layers.map_layer(named, case="case", name="name"),
            toggle=False,
        ),
        MapLayer(
            "gates",
            "gates",
            wording.text("layer.gates", lang),
            map_layers.map_layer(view.gates, name="name"),
            toggle=False,
        ),
        MapLayer(
            "venues",
            "venues",
            wording.text("layer.venues", lang),
            map_layers.venues_layer(venue, symbols),
            toggle=False,
        ),
    ]
