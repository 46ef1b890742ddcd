"""The map of one campus as layers of drawn cases, for the page and for the standalone file alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from gislib import rules, wording
from gislib.domain.tables import WGS84
from gislib.geo.crs import to_wgs84
from gislib.planning import results
from gislib.planning.campus import Campus, campus
from gislib.planning.evidence import measured_lines
from gislib.planning.session import Session
from gislib.reports import map_layers
from gislib.reports.html_map import HtmlLayer, Legend, standalone_html
from gislib.reports.marking import KEPT_INSIDE

SHOWN_PAIRS: Final = 6
"""Venues whose measured lines are drawn: the nearest ones that are suspected or to be measured again."""
DRAWN_METHODS: Final = ("boundary_straight", "gate_walk_legal")
LEGEND_CASES: Final = (
    ("campuses", "focus", "campus"), ("gates", "", "gate"), ("zones", "venue", "zone_venue"),
    ("zones", "patrol", "zone_patrol"), ("zones", "gate", "zone_gate"), ("catchment", "", "catchment"),
    ("segment_risk", "red", "segment_red"), ("segment_risk", "orange", "segment_orange"),
    ("segment_risk", "yellow", "segment_yellow"), ("segment_risk", "blue", "segment_blue"),
    ("routes", "straight", "straight"), ("routes", "walk", "walk"),
)  # fmt: skip


def pair_lines(session: Session, view: Campus) -> gpd.GeoDataFrame:
    """
    Lines along which the nearest doubtful venues were measured, by the straight and the legal walking method.

    Index ``school/venue/method``; ``case`` straight or walk, ``name`` the metres in words; WGS 84.
    """
    asked = view.venues[view.venues["verdict"].isin(["suspected", "remeasure"]) | view.venues["methods_disagree"]]
    request = results.request_of(session, "distances")
    school_id = str(view.row.name)
    shown = [str(venue_id) for venue_id in asked.index[:SHOWN_PAIRS]]
    if not shown:
        empty = gpd.GeoDataFrame({"method": [], "distance_m": [], "case": [], "name": []}, geometry=[], crs=WGS84)
        return empty.set_index(pd.Index([], dtype="str"))
    lines = measured_lines(session, school_id, shown, request)
    lines = lines[lines["method"].isin(DRAWN_METHODS)]
    joined = to_wgs84(lines.set_index(f"{school_id}/" + lines["venue_id"] + "/" + lines["method"]))
    return joined.assign(name=[f"{metres:.1f} m" for metres in joined["distance_m"]])


def layers(session: Session, view: Campus, lang: str) -> list[HtmlLayer]:
    """Layers of one campus in WGS 84, titled in the language; the page adds what can be clicked."""
    around, title = view.surroundings, _titles(lang)
    symbols = {kind.id: kind.symbol for kind in rules.load().kinds("venue").values()}
    zones = view.zones.assign(
        name=[
            wording.text(f"map.zone_{case}", lang, radius=f"{radius:.0f}")
            for case, radius in zip(view.zones["case"], view.zones["radius_m"], strict=True)
        ]
    )
    zones = zones.set_index("case", drop=False)
    catchment = view.catchments[(view.catchments["case"] == "venue") & (view.catchments["part"] == "area")]
    segments = view.segments[shapely.get_dimensions(view.segments.geometry.to_numpy()) == 1]
    return [
        HtmlLayer("water", title["water"], map_layers.water_layer(around["water"])),
        HtmlLayer("buildings", title["buildings"], map_layers.map_layer(around["buildings"])),
        HtmlLayer("rentals", title["rentals"], map_layers.rentals_layer(around["rentals"]), show=False),
        HtmlLayer("catchment", title["catchment"], map_layers.map_layer(catchment.reset_index(drop=True))),
        HtmlLayer("zones", title["zones"], map_layers.map_layer(zones, case="case", name="name")),
        HtmlLayer("roads", title["roads"], map_layers.roads_layer(around["roads"])),
        HtmlLayer("segment_risk", title["segment_risk"], map_layers.map_layer(segments, case="grade")),
        HtmlLayer("campuses", title["campuses"], map_layers.map_layer(_outlines(view), case="case", name="name")),
        HtmlLayer("routes", title["routes"], map_layers.map_layer(pair_lines(session, view), case="case", name="name")),
        HtmlLayer("gates", title["gates"], map_layers.map_layer(view.gates, name="name")),
        HtmlLayer("devices", title["devices"], map_layers.devices_layer(around["devices"]), show=False),
        HtmlLayer("venues", title["venues"], map_layers.venues_layer(view.venues, symbols)),
    ]


def _titles(lang: str) -> dict[str, str]:
    """Titles of all layers."""
    names = ("water", "buildings", "rentals", "catchment", "zones", "roads", "segment_risk", "campuses", "routes",
             "gates", "devices", "venues")  # fmt: skip
    return {name: wording.text(f"layer.{name}", lang) for name in names}


def _outlines(view: Campus) -> gpd.GeoDataFrame:
    """Campus outlines around, the shown one in focus."""
    around = view.surroundings["schools"]
    areal = around[shapely.get_dimensions(around.geometry.to_numpy()) == 2]  # noqa: PLR2004 - an area
    out: gpd.GeoDataFrame = areal.assign(case=["focus" if i == view.row.name else "" for i in areal.index])
    return out


def _without_private(view: Campus) -> Campus:
    """Campus as a file may show it: without homes for rent and without cameras."""
    devices, rentals = view.surroundings["devices"], view.surroundings["rentals"]
    shown = {"devices": devices[~devices["kind"].isin(KEPT_INSIDE)], "rentals": rentals.iloc[:0]}
    return replace(view, surroundings={**view.surroundings, **shown})


def campus_html(session: Session, school_id: str, lang: str = "zh") -> str:
    """
    Standalone offline map of one campus, without cameras and homes for rent.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` before the first runs.
    """
    view = _without_private(campus(session, school_id))
    legend = Legend(
        wording.text("map.legend_title", lang),
        tuple((look, case, wording.text(f"map.legend_{key}", lang)) for look, case, key in LEGEND_CASES),
    )
    bounds = map_layers.bounds_of(view.zones[view.zones["case"] == "venue"])
    stamp = results.stamp(session, results.request_of(session, "school_risk"), lang)
    shown = [layer for layer in layers(session, view, lang) if layer.look != "rentals"]
    return standalone_html(str(view.row["name"]), shown, bounds, legend, stamp, lang)
