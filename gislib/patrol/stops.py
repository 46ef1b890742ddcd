"""Stops of a patrol: hot spots, venue checks and rounds of the waters, each with its window and time at the place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.exposure.ground import Ground
from gislib.exposure.hazards import Hazards
from gislib.patrol.clock import Span, open_span
from gislib.patrol.parameters import PatrolParameters, Shift
from gislib.rules.model import Kind

_SAME: Final = 1e-9


def visit_spans(hours: Span, dwell_min: float, revisit_min: tuple[float, float]) -> list[Span]:
    """
    When the visits of one place may begin, so that any choice keeps them neither too near nor too far apart.

    Parameters
    ----------
    hours
        Hours in which the place is patrolled.
    dwell_min
        Time at the place; the last visit ends within the hours.
    revisit_min
        Least and most minutes between the begins of two visits.

    Notes
    -----
    As few visits as keep the place from being left alone for longer than the most, from the begin of the hours to their
    end: a long evening needs two, a short shift one. Windows of width ``w`` a period ``p`` apart keep every interval
    between ``p - w`` (the least) and ``p + w`` (the most).
    """
    least, most = revisit_min
    length = hours.end - hours.begin
    room = max(length - dwell_min, 0.0)
    width, period = (most - least) / 2.0, (most + least) / 2.0
    more = max(math.ceil((length - 2.0 * most + width) / period - _SAME), 0)
    # when the first visit may begin: late enough for the last, early enough for all
    begin, end = max(length - most - more * period, 0.0), min(most, room - more * period)
    if not more:
        return [Span(hours.begin + min(begin, end), hours.begin + end)]
    first = hours.begin + (begin + end - width) / 2.0
    return [Span(first + k * period, first + k * period + width) for k in range(more + 1)]


def hotspot_stops(
    hazards: Hazards, spots: pd.DataFrame, hours: Span, parameters: PatrolParameters, road_names: pd.Series[str]
) -> gpd.GeoDataFrame:
    """
    Stops at crossing places and gates; hot spots are visited again where their hours are longer than the revisit time.

    ``spots``: index ``hazard_id``, with ``kind, risk, school_id, begin, end`` (hours in which they are patrolled);
    named after their road (``road_names`` by ``road_id``). A visit has its share of the risk.
    """
    parts = []
    for kind, own in spots.groupby("kind"):
        dwell = parameters.dwell_min[str(kind)]
        spans = [Span(begin, end) for begin, end in zip(own["begin"], own["end"], strict=True)]
        times = [
            visit_spans(span, dwell, parameters.revisit_min) if kind == "hotspot" else [span] for span in spans
        ]  # fmt: skip
        count = np.array([len(visits) for visits in times])
        rows = own.loc[own.index.repeat(count)].assign(
            visit=np.concatenate([np.arange(1, visits + 1) for visits in count]), visits=np.repeat(count, count),
            opens_min=[span.begin for visits in times for span in visits],
            closes_min=[span.end + dwell for visits in times for span in visits],
        )  # fmt: skip
        lines = hazards.traffic_lines.loc[rows.index]
        names = road_names.reindex(lines["road_id"]).to_numpy(dtype=object)
        for again, group in rows.assign(name=names, risk=rows["risk"] / rows["visits"]).groupby(rows["visits"] > 1):
            parts.append(_rows(group, hazards.traffic_lines.loc[group.index].geometry, hours, (dwell, bool(again))))
    return _joined(parts, hazards.traffic_lines)


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
    """Every water once in every round that the hours of the shift leave time for; each has its share of the risk."""
    water = ground.tables["water"].loc[loads.index]
    near, dwell = _bank_points(ground, water), parameters.dwell_min["water"]
    hours = shift.hours
    rounds = [Span(max(span.begin, hours.begin), min(span.end, hours.end)) for span in shift.rounds]
    rounds = [span for span in rounds if span.end - span.begin >= dwell]
    parts = []
    for number, span in enumerate(rounds, start=1):
        names = water["name"].to_numpy(dtype=object)
        facts = loads.assign(kind="water", name=names, visit=number, risk=loads["risk"] / len(rounds))
        parts.append(_rows(facts, near, span, (dwell, len(rounds) > 1)))
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
