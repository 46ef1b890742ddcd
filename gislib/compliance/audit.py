"""The first standards audit: every ``audit.*`` entry of the rules, asked at every gate or campus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.compliance.audit_checks import MISSING, PRESENT, UNKNOWN, Answer, Ground, answer, pick
from gislib.compliance.streets import streets_of
from gislib.geo.crs import lonlat, require_same_crs
from gislib.rules import Rule, RuleSet

AUDIT_COLUMNS: Final = (
    "school_id", "gate_id", "check", "scope", "status", "distance_m", "mapped_in_area", "reason", "clause",
    "reliability", "lead_department", "gate_inferred", "lon", "lat", "rules_version", "geometry",
)  # fmt: skip
NO_GATE: Final = "no_gate_known"
GATE_INFERRED: Final = "gate_position_inferred"

_AUDIT_PREFIX: Final = "audit."
_NOT_AUDITED_KIND: Final = "not_a_school"
_NOT_AUDITED_ROLE: Final = "fire"
_CAMPUS_SCOPE: Final = "campus"
_DISTANCE_DECIMALS: Final = 1
_COORDINATE_DECIMALS: Final = 7


@dataclass(frozen=True)
class Campuses:
    """Schools and gates of the domain in one metric CRS."""

    schools: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame


def audit(
    campuses: Campuses,
    roads: gpd.GeoDataFrame,
    devices: gpd.GeoDataFrame,
    rs: RuleSet,
    as_of: date,
    *,
    sparse_kinds: frozenset[str] = frozenset(),
) -> gpd.GeoDataFrame:
    """
    Ask every audit entry in force at every gate (scopes gate, zone) or campus (scope campus).

    Parameters
    ----------
    campuses, roads, devices
        Tables of the domain in one metric CRS.
    rs, as_of
        The rules, and the date they are read at.
    sparse_kinds
        Kinds of device mapped too sparsely to be believed (``crossing`` where the walk graph says so): never missing.

    Returns
    -------
    GeoDataFrame
        Index ``audit_id`` (place/check), columns ``AUDIT_COLUMNS``, sorted by school, gate, check; geometry = the gate
        or a point of the campus. ``status`` present, missing or unknown; ``reason`` says why unknown; ``distance_m`` to
        what was found (0.1 m, missing = nothing found); ``mapped_in_area`` how many objects the answer rests on. A
        campus without gates gets one row per check, unknown. Fire gates and places that are no school are not asked.
        At a gate whose position is inferred, nothing is called missing for its position.

    Raises
    ------
    CrsError
        If the tables are not in one metric CRS.
    """
    crs = require_same_crs(campuses.schools, campuses.gates, roads, devices)
    ground = Ground(devices, streets_of(roads, rs), rs, as_of, sparse_kinds)
    campus_places, gate_places = _campus_places(campuses.schools), _gate_places(campuses)
    parts = [
        _rows(rule, places, ground)
        for rule in rs.rules(_AUDIT_PREFIX, as_of)
        for places in [campus_places if rule.scope == _CAMPUS_SCOPE else gate_places]
    ]
    table = pd.concat(parts, ignore_index=True).sort_values(["school_id", "gate_id", "check"], ignore_index=True)
    lon, lat = lonlat(crs, table["x"].to_numpy("float64"), table["y"].to_numpy("float64"))
    place = table["gate_id"].where(table["gate_id"] != "", table["school_id"])
    return gpd.GeoDataFrame(
        table.assign(
            lon=np.round(lon, _COORDINATE_DECIMALS),
            lat=np.round(lat, _COORDINATE_DECIMALS),
            distance_m=table["distance_m"].round(_DISTANCE_DECIMALS),
            rules_version=rs.version,
        ),
        geometry=gpd.points_from_xy(table["x"], table["y"]),
        crs=crs,
    ).set_index(pd.Index(place + "/" + table["check"], name="audit_id"))[list(AUDIT_COLUMNS)]


def _campus_places(schools: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Campuses that are asked; ``x``, ``y``: a point inside."""
    asked = schools[schools["kind"] != _NOT_AUDITED_KIND]
    inside = asked.geometry.representative_point()
    return asked.assign(
        school_id=asked.index.astype("str"), gate_id="", known=True, gate_inferred=False, x=inside.x, y=inside.y
    )


def _gate_places(campuses: Campuses) -> gpd.GeoDataFrame:
    """Gates that are asked, with the flags of their campus; a campus without any stands for itself, ``known`` False."""
    schools = _campus_places(campuses.schools)
    gates = campuses.gates[campuses.gates["role"] != _NOT_AUDITED_ROLE]
    gates = gates[gates["school_id"].isin(schools.index)]
    flags = schools.drop(
        columns=["geometry", "gate_id", "known", "gate_inferred", "x", "y", "school_id", "located_to_m"]
    )
    flags = flags.drop(columns=[name for name in gates.columns if name in flags.columns])
    own = gates.join(flags, on="school_id").assign(
        gate_id=gates.index.astype("str"),
        known=True,
        gate_inferred=gates["inferred"].astype(bool),
        x=gates.geometry.x,
        y=gates.geometry.y,
    )
    without = schools[~schools.index.isin(gates["school_id"])].assign(known=False)
    shared = [name for name in own.columns if name in without.columns]
    return gpd.GeoDataFrame(pd.concat([own[shared], without[shared]]), geometry="geometry", crs=schools.crs)


def _rows(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    asked = places[places["kind"].isin(rule.school_kinds)] if rule.school_kinds else places
    found = _with_flag(_with_place(answer(rule, asked, ground), asked), rule, asked)
    return pd.DataFrame(
        {
            "school_id": asked["school_id"].to_numpy(),
            "gate_id": asked["gate_id"].to_numpy(),
            "check": rule.id,
            "scope": rule.scope,
            "status": found.status,
            "distance_m": found.distance_m,
            "mapped_in_area": found.mapped_in_area,
            "reason": pd.array(found.reason, dtype="str"),
            "clause": rule.clause,
            "reliability": rule.reliability,
            "lead_department": rule.departments.lead,
            "gate_inferred": asked["gate_inferred"].to_numpy(bool),
            "x": asked["x"].to_numpy("float64"),
            "y": asked["y"].to_numpy("float64"),
        }
    )


def _with_flag(found: Answer, rule: Rule, places: gpd.GeoDataFrame) -> Answer:
    """Let the campus's own record answer: yes is present; no is missing unless the device was found at the place."""
    if rule.school_column is None:
        return found
    flag = places[rule.school_column].astype("boolean")
    yes, no = (flag.fillna(value=False).to_numpy(bool), (~flag).fillna(value=False).to_numpy(bool))
    said_no = no & (found.status != PRESENT)
    status = pick([(yes, PRESENT), (said_no, MISSING)], found.status)
    return Answer(status, found.distance_m, pick([(yes | said_no, None)], found.reason), found.mapped_in_area)


def _with_place(found: Answer, places: gpd.GeoDataFrame) -> Answer:
    """Keep back what rests on a position nobody knows: no gate at all, or an inferred one."""
    known = places["known"].to_numpy(bool)
    guessed = known & places["gate_inferred"].to_numpy(bool) & (found.status == MISSING)
    return Answer(
        pick([(~known | guessed, UNKNOWN)], found.status),
        np.where(known, found.distance_m, np.nan),
        pick([(~known, NO_GATE), (guessed, GATE_INFERRED)], found.reason),
        found.mapped_in_area,
    )
