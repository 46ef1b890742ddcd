"""What a shift asks for: streets by risk, hot spots, venue checks in opening hours, rounds of the waters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.exposure.ground import Ground
from gislib.exposure.hazards import Hazards
from gislib.patrol.clock import Span
from gislib.patrol.parameters import HOTSPOTS, STREETS, VENUES, WATER, Shift, read_parameters, read_shift
from gislib.patrol.stops import hotspot_stops, venue_stops, water_stops
from gislib.patrol.streets import patrol_streets, with_crossings
from gislib.risk.family import SEGMENT
from gislib.risk.load import RiskOptions, terms
from gislib.risk.score import weighted_x
from gislib.risk.segment import segment_risk
from gislib.rules import RuleSet

STOP_COLUMNS: Final = (
    "kind", "hazard_id", "name", "school_id", "risk", "dwell_min", "opens_min", "closes_min", "skill", "visit",
    "needed",
)  # fmt: skip


@dataclass(frozen=True)
class Demand:
    """
    Attributes.

    Attributes
    ----------
    shift
        The shift.
    streets
        Index ``street_id``: ``piece`` (row of the street pieces), ``side`` (LEFT or RIGHT where both sides are walked
        one by one, else 0), ``from_m, to_m`` (chainages), ``length_m, risk, road_id, road_name`` (missing: nameless),
        ``school_id`` (campus with most risk there), ``opens_min, closes_min`` (serving begins within), ``geometry``
        (centre line, working CRS).
    stops
        Index ``stop_id``: ``kind`` (hotspot, crossing, venue, water, post), ``hazard_id, name, school_id, risk,
        dwell_min, opens_min, closes_min`` (serving begins within), ``skill`` (authority needed, "" = none), ``visit``
        (1, 2, ... where visited again), ``needed`` (must be served whatever it costs), ``geometry`` (point).
    closed
        Index ``hazard_id``: ``kind, name, risk`` of venues that are closed during the whole shift; not eligible.
    """

    shift: Shift
    streets: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    closed: pd.DataFrame

    @property
    def risk(self) -> float:
        """All eligible risk."""
        return float(self.streets["risk"].sum() + self.stops["risk"].sum())


@dataclass(frozen=True)
class DemandOptions:
    """
    Attributes.

    Attributes
    ----------
    hours
        Hours of the shift; None: those of the rules.
    campus_hours
        When the streets and hot spots of a campus are to be patrolled, by ``school_id``; others all through the shift.
    posts
        Gate posts given to teams: rows in the form of ``Demand.stops``, working CRS.
    """

    hours: Span | None = None
    campus_hours: Mapping[str, Span] = field(default_factory=dict)
    posts: gpd.GeoDataFrame | None = None


def demand(
    ground: Ground, hazards: Hazards, shift_id: str, rules: tuple[RuleSet, date], options: DemandOptions | None = None
) -> Demand:
    """
    Demand of one shift.

    Risk is the load ``w · x / x_ref`` of the terms in the slice of the shift, summed over the campuses that share a
    hazard (methods §4), so streets, venues and waters compare.

    Parameters
    ----------
    ground, hazards
        Metric tables with street pieces, and the hazards of all campuses.
    shift_id
        One of `parameters.shifts`.
    rules
        Rules, and the day they are in force.
    options
        Hours and posts that differ from the rules.

    Raises
    ------
    InputError
        ``patrol_shift_unknown``.
    """
    rs, on = rules
    options = options or DemandOptions()
    shift, parameters = read_shift(rs, on, shift_id), read_parameters(rs, on)
    if options.hours is not None:
        shift = Shift(shift.shift_id, shift.slice, options.hours, shift.demand, shift.rounds)
    loads, hot = _hazard_loads(ground, hazards, shift, (rs, on))
    streets = patrol_streets(ground, hazards, loads[loads["part"] == SEGMENT], parameters)
    crossings = loads[(loads["family"] == "traffic") & (loads["part"] != SEGMENT)]
    is_hot = crossings.index.isin(hot if HOTSPOTS in shift.demand else [])
    streets, far = with_crossings(streets, hazards, crossings[~is_hot], parameters)
    if STREETS not in shift.demand:
        streets, far = streets.iloc[:0], far.iloc[:0]
    spots = crossings[is_hot].assign(kind="hotspot"), far.assign(kind="crossing")
    roads = ground.tables["roads"]["name"]
    found = [
        hotspot_stops(hazards, _hours(own, shift.hours, options.campus_hours), shift.hours, parameters, roads)
        for own in spots
    ]
    closed = pd.DataFrame({"kind": [], "name": [], "risk": []})
    if VENUES in shift.demand:
        venues, closed = venue_stops(ground, loads[loads["family"] == "venues"], shift, (parameters, rs.kinds("venue")))
        found.append(venues)
    if WATER in shift.demand:
        found.append(water_stops(ground, loads[loads["family"] == "water"], shift, parameters))
    if options.posts is not None:
        found.append(options.posts)
    own = _hours(streets, shift.hours, options.campus_hours)
    streets = streets.assign(opens_min=own["begin"], closes_min=own["end"])
    return Demand(shift, streets, _stops(ground, found), closed)


def _hazard_loads(
    ground: Ground, hazards: Hazards, shift: Shift, rules: tuple[RuleSet, date]
) -> tuple[pd.DataFrame, pd.Index]:
    """Risk of every hazard in the slice of a shift, its main campus, and the hazards that are hot spots."""
    rs, on = rules
    schools = pd.DataFrame(ground.tables["schools"].drop(columns="geometry"))
    table = terms(hazards.tables, schools, rs, RiskOptions(on, shift.slice))
    rows = table[["school_id", "family", "hazard_id", "part"]].assign(load=weighted_x(table, rs, on))
    rows = rows[(rows["load"] > 0.0) & (rows["family"] != "rentals")]
    rows = rows.sort_values(["hazard_id", "load", "school_id"], ascending=[True, False, True])
    loads = rows.groupby("hazard_id", sort=True).agg(
        family=("family", "first"), part=("part", "first"), school_id=("school_id", "first"), risk=("load", "sum")
    )
    graded = segment_risk(table, rs, on)
    return loads, graded.index[(graded["grade"] == read_parameters(rs, on).hotspot_grade).to_numpy(bool)]


def _stops(ground: Ground, parts: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """All stops in one table."""
    full = [part for part in parts if len(part)]
    crs = ground.tables["schools"].crs
    if not full:
        empty = {name: pd.Series(dtype=object) for name in STOP_COLUMNS}
        table = gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=crs), index=pd.Index([], name="stop_id"))
    else:
        table = gpd.GeoDataFrame(pd.concat([part[[*STOP_COLUMNS, "geometry"]] for part in full]), crs=crs).sort_index()
    numbers = ("risk", "dwell_min", "opens_min", "closes_min")
    return table.astype(dict.fromkeys(numbers, "float64") | {"needed": bool}).rename_axis("stop_id")


def _hours(table: pd.DataFrame, shift: Span, campus_hours: Mapping[str, Span]) -> pd.DataFrame:
    """Table with ``begin, end``: the shift, narrowed to the hours of the campus where the two have time in common."""
    spans = {
        school: Span(max(own.begin, shift.begin), min(own.end, shift.end))
        for school, own in campus_hours.items()
        if own.begin < shift.end and own.end > shift.begin
    }
    own = [spans.get(school, shift) for school in table["school_id"]]
    return pd.DataFrame(table).assign(
        begin=np.array([span.begin for span in own], float), end=np.array([span.end for span in own], float)
    )
