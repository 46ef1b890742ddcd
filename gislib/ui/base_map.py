"""Layers of the base map, from local data only: water, buildings, roads, campuses, and what may be switched on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import geopandas as gpd
import streamlit as st

from gislib import rules, wording
from gislib.reports import map_layers
from gislib.reports.metadata import Stamp
from gislib.ui import cache
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import LegendSection, MapFrame, MapLayer


@st.cache_data(max_entries=8, show_spinner=False)
def contents(taken: Snapshot) -> dict[str, bytes]:
    """GeoJSON of the base layers of the whole area, by layer."""
    return contents_of(cache.base_tables(taken))


def contents_of(tables: Mapping[str, gpd.GeoDataFrame]) -> dict[str, bytes]:
    """GeoJSON of base layers, by layer; layers that ``tables`` lacks or that are empty are left out."""
    symbols = {kind.id: kind.symbol for kind in rules.load().kinds("venue").values() if kind.symbol}
    makers: dict[str, Callable[[gpd.GeoDataFrame], bytes]] = {
        "water": map_layers.water_layer,
        "buildings": map_layers.map_layer,
        "roads": map_layers.roads_layer,
        "campuses": map_layers.campuses_layer,
        "devices": map_layers.devices_layer,
        "rentals": map_layers.rentals_layer,
        "venues": lambda table: map_layers.venues_layer(table, symbols),
    }
    sources = {"campuses": "schools"}
    named = {layer: tables.get(sources.get(layer, layer)) for layer in makers}
    return {layer: makers[layer](table) for layer, table in named.items() if table is not None and len(table)}


def ground(found: Mapping[str, bytes], lang: str) -> list[MapLayer]:
    """Water, buildings, roads and campuses, always drawn unless switched off."""
    swatches = {"roads": "primary", "campuses": "focus"}
    return [
        MapLayer(name, name, wording.text(f"layer.{name}", lang), found[name], swatch_case=swatches.get(name, ""))
        for name in ("water", "buildings", "roads", "campuses")
        if name in found
    ]


def optional(found: Mapping[str, bytes], lang: str, shown: tuple[str, ...] = ()) -> list[MapLayer]:
    """Rentals, devices and venues: listed, drawn at first only if named in ``shown``."""
    swatches = {"devices": "crossing"}
    return [
        MapLayer(
            name,
            name,
            wording.text(f"layer.{name}", lang),
            found[name],
            visible=name in shown,
            clickable=name == "venues",
            searchable=name == "venues",
            swatch_case=swatches.get(name, ""),
        )
        for name in ("rentals", "devices", "venues")
        if name in found
    ]


def frame(legend: tuple[LegendSection, ...], stamp: Stamp, height_px: int) -> MapFrame:
    """Legend, credit and marking of a map."""
    return MapFrame(legend, "　".join(stamp.attribution), " · ".join(stamp.marking), height_px)
