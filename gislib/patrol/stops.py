"""Stops of a patrol: hot spots, venue checks and rounds of the waters, each with its window and time at the place."""

from __future__ import annotations

import math
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.exposure.ground import Ground
from gislib.exposure.hazards import Hazards
from gislib.patrol.clock import Span, open_span
from gislib.patrol.parameters import PatrolParameters, Shift
from gislib.rules.model import Kind


def hotspot_stops(
    hazards: Hazards, spots: pd.DataFrame, shift: Shift, parameters: PatrolParameters, road_names: pd.Series[str]
) -> gpd.GeoDataFrame:
    """
    Stops at crossing places and gates; hot spots are visited again where the shift is longer than the revisit time.

    ``spots``: index ``hazard_id``, with ``kind, risk, school_id``; named after their road (``road_names`` by
    ``road_id``). A visit has its share of the risk and of the shift.
    """
    lines = hazards.traffic_lines
    hours = shift.hours
    parts = []
    for kind, own in spots.groupby("kind"):
        visits = (
            1 if kind != "hotspot" else max(math.ceil((hours.end - hours.begin) / parameters.revisit_min - 1e-9), 1)
        )
        step = (hours.end - hours.begin) / visits
        names = road_names.reindex(lines.loc[own.index, "road_id"]).to_numpy(dtype=object)
        for visit in range(visits):
            span = Span(hours.begin + visit * step, hours.begin + (visit + 1) * step)
            facts = own.assign(kind=kind, name=names, visit=visit + 1, risk=own["risk"] / visits)
            parts.append(
                _rows(facts, lines.loc[own.index].geometry, span, (parameters.dwell_min[str(kind)], visits > 1))
            )
    return _joined(parts, lines)


def venue_stops(
    ground: Ground, loads: pd.DataFrame, shift: Shift, rules: tuple[PatrolParameters, Mapping[str, Kind]]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    One check of every venue while it is open, and the venues closed during the whole shift.

    Unknown opening hours count as open. The authority needed is that of the venue's group.
    """
    parameters, kinds = rules
    venues = ground.tables["venues"].loc[loads.index]
    spans = [open_span(hours if isinstance(hours, str) else None, shift.hours) for hours in venues["hours"]]
    is_open = np.array([span is not None for span in spans], bool)
    groups = [kinds[kind].group if kind in kinds else "" for kind in venues["kind"]]
    facts = loads.assign(
        kind="venue", name=venues["name"].to_numpy(dtype=object), visit=1,
        skill=[parameters.skills.get(group, "") for group in groups],
        opens_min=[shift.hours.begin if span is None else span.begin for span in spans],
        closes_min=[shift.hours.end if span is None else span.end for span in spans],
    )  # fmt: skip
    spots = gpd.GeoSeries(venues.geometry.representative_point()[is_open], crs=venues.crs)
    table = _rows(facts[is_open], spots, shift.hours, (parameters.dwell_min["venue"], False))
    closed = pd.DataFrame({"kind": "venue", "name": facts["name"], "risk": facts["risk"]})[~is_open]
    return table, closed


def water_stops(ground: Ground, loads: pd.DataFrame, shift: Shift, parameters: PatrolParameters) -> gpd.GeoDataFrame:
    """Every water once in every round of the shift; each round has its share of the risk."""
    water = ground.tables["water"].loc[loads.index]
    near = _bank_points(ground, water)
    parts = []
    for number, span in enumerate(shift.rounds, start=1):
        inside = Span(max(span.begin, shift.hours.begin), min(span.end, shift.hours.end))
        facts = loads.assign(
            kind="water",
            name=water["name"].to_numpy(dtype=object),
            visit=number,
            risk=loads["risk"] / len(shift.rounds),
        )
        parts.append(_rows(facts, near, inside, (parameters.dwell_min["water"], len(shift.rounds) > 1)))
    return _joined(parts, water)


def _bank_points(ground: Ground, water: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Point of every water nearest to a campus: where its pupils come to the bank."""
    schools = ground.tables["schools"].geometry
    nearest = schools.iloc[schools.sindex.nearest(water.geometry, return_all=False)[1]].to_numpy()
    lines = water.geometry.shortest_line(gpd.GeoSeries(nearest, index=water.index, crs=water.crs))
    return gpd.GeoSeries(shapely.get_point(lines.to_numpy(), 0), index=water.index, crs=water.crs)


def _rows(facts: pd.DataFrame, spots: gpd.GeoSeries, span: Span, stay: tuple[float, bool]) -> gpd.GeoDataFrame:
    """Rows of ``Demand.stops`` of one kind; ``stay``: minutes at the place, and whether visits are numbered."""
    dwell_min, numbered = stay
    ids = [
        f"{kind}:{hazard}" + (f"#{visit}" if numbered else "")
        for kind, hazard, visit in zip(facts["kind"], facts.index, facts["visit"], strict=True)
    ]
    opens = facts["opens_min"] if "opens_min" in facts else pd.Series(span.begin, index=facts.index)
    closes = facts["closes_min"] if "closes_min" in facts else pd.Series(span.end, index=facts.index)
    table = facts[["kind", "name", "school_id", "risk", "visit"]].assign(
        hazard_id=facts.index, dwell_min=dwell_min, opens_min=opens, closes_min=closes - dwell_min,
        skill=facts.get("skill", ""), needed=False,
    )  # fmt: skip
    return gpd.GeoDataFrame(table.set_axis(ids), geometry=spots.to_numpy(), crs=spots.crs)


def _joined(parts: list[gpd.GeoDataFrame], like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    full = [part for part in parts if len(part)]
    return gpd.GeoDataFrame(pd.concat(full), crs=like.crs) if full else gpd.GeoDataFrame(geometry=[], crs=like.crs)
