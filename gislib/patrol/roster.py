"""Gate posts (护学岗): listed per gate and shift, staffed by police, guards and teachers; not routed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import geopandas as gpd
import pandas as pd

from gislib.exposure.ground import Ground
from gislib.patrol.clock import Span, read_span
from gislib.patrol.parameters import POSTS, Shift
from gislib.risk.score import NOT_A_SCHOOL
from gislib.rules import RuleSet


def roster(
    ground: Ground, shift: Shift, rules: tuple[RuleSet, date], campus_hours: Mapping[str, Span] | None = None
) -> gpd.GeoDataFrame:
    """
    Posts of a shift at the gates that pupils use; rows that are no schools have none.

    Parameters
    ----------
    ground
        Campuses and gates.
    shift
        Shift; one without posts gives an empty roster.
    rules
        Rules and their day: who stands at a post.
    campus_hours
        Gate hours by ``school_id``; others: those of the rules, within the shift.

    Returns
    -------
    GeoDataFrame
        Index ``gate_id``: ``school_id, school_name, gate_name, opens_min, closes_min, people`` (codes parted by
        spaces), point; sorted by campus and gate.
    """
    rs, on = rules
    gates, schools = ground.tables["gates"], ground.tables["schools"]
    taught = gates["school_id"].isin(schools.index[(schools["kind"] != NOT_A_SCHOOL).to_numpy(bool)])
    used = (taught & (gates["role"] == "student")).to_numpy(bool) & (POSTS in shift.demand)
    own = gates[used].sort_values("school_id", kind="stable")
    hours = [(campus_hours or {}).get(school, _usual(shift, rules)) for school in own["school_id"]]
    people = " ".join(rs.table("patrol.post_people", on)["people"])
    return gpd.GeoDataFrame(
        {
            "school_id": own["school_id"],
            "school_name": schools["name"].reindex(own["school_id"]).to_numpy(dtype=object),
            "gate_name": own["name"], "opens_min": [span.begin for span in hours],
            "closes_min": [span.end for span in hours], "people": people,
        },
        geometry=own.geometry, crs=gates.crs,
    )  # fmt: skip


def _usual(shift: Shift, rules: tuple[RuleSet, date]) -> Span:
    """Hours of a post where nobody told any; the whole shift where the rules name none or they lie outside it."""
    rs, on = rules
    told = rs.table("patrol.post_hours", on).get(shift.shift_id)
    span = shift.hours if told is None else read_span(str(told))
    begin, end = max(span.begin, shift.hours.begin), min(span.end, shift.hours.end)
    return Span(begin, end) if begin < end else shift.hours


def post_stops(posts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Posts as stops that must be manned from begin to end, for `demand.DemandOptions`; pin each to its team."""
    table = pd.DataFrame(
        {
            "kind": "post", "hazard_id": posts.index, "name": posts["school_name"].to_numpy(dtype=object),
            "school_id": posts["school_id"].to_numpy(dtype=object), "risk": 0.0,
            "dwell_min": (posts["closes_min"] - posts["opens_min"]).to_numpy(float),
            "opens_min": posts["opens_min"].to_numpy(float), "closes_min": posts["opens_min"].to_numpy(float),
            "skill": "", "visit": 1, "needed": True,
        },
        index=[f"post:{gate}" for gate in posts.index],
    )  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=posts.geometry.to_numpy(), crs=posts.crs)
