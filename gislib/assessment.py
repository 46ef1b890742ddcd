"""
Pure tables in, the whole assessment out: exposure, risk, compliance, standards audit.

Nothing here reads a file or the clock. ``prepare`` builds what risk and compliance share; each of the two can then be
computed on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from gislib.compliance import audit, findings
from gislib.domain.arrays import Floats, Shapes
from gislib.exposure.distances import MeasureOptions, Starts, campus_starts, measure
from gislib.exposure.ground import Ground, build_ground
from gislib.exposure.hazards import Hazards, find_hazards
from gislib.geo.crs import require_metric
from gislib.risk import assess as risk
from gislib.risk.family import FAMILIES
from gislib.risk.load import RiskOptions
from gislib.risk.robustness import DrawOptions
from gislib.risk.score import NOT_A_SCHOOL, pupils_or_default
from gislib.rules import RuleSet

SlopeOf: TypeAlias = Callable[[Shapes, pyproj.CRS], Floats]

REACH_TOLERANCES: Final = 3.0
"""Pairs are measured up to the longest limit plus this many times the largest tolerance."""


@dataclass(frozen=True)
class Request:
    """
    What to compute: date of the rules and of ages, slice of the day, seed and number of draws, rule profile.

    The same request on the same data gives the same bytes.
    """

    as_of: date
    slice: str = "all"
    seed: int = 1
    draws: int = 200
    profile: str = "national_strict"


@dataclass(frozen=True)
class Claims:
    """Which families a source claims to cover, and the date of each family's oldest source (None: undated)."""

    families: frozenset[str]
    source_dates: Mapping[str, str | None]


@dataclass(frozen=True)
class Basis:
    """What risk and compliance share: the metric ground and where measuring starts."""

    ground: Ground
    starts: Starts


@dataclass(frozen=True)
class Compliance:
    """Published distances and findings, and the standards audit."""

    distances: pd.DataFrame
    findings: pd.DataFrame
    audit: gpd.GeoDataFrame


@dataclass(frozen=True)
class Risk:
    """Published risk tables, and the hazards with the lines of the streets they lie on."""

    tables: risk.RiskTables
    hazards: Hazards


def prepare(
    tables_wgs84: Mapping[str, gpd.GeoDataFrame], rs: RuleSet, as_of: date, slope: SlopeOf | None = None
) -> Basis:
    """
    Build the metric ground of an area.

    Parameters
    ----------
    tables_wgs84, rs, as_of
        Layers in WGS 84, and the rules in force on a date.
    slope
        Excess length of lines on the slope, metres, given lines and their metric CRS; NaN where unknown.

    Raises
    ------
    CrsError
        ``area_empty`` without a campus, ``area_too_wide`` if the campuses do not fit one plane.
    """
    ground = build_ground(tables_wgs84, rs, as_of)
    if slope is not None:
        excess = slope(ground.graph.lines, require_metric(ground.tables["schools"]))
        ground = replace(ground, edge_slope_excess_m=np.nan_to_num(excess, nan=0.0))
    return Basis(ground, campus_starts(ground))


def assess_risk(basis: Basis, claims: Claims, rs: RuleSet, request: Request) -> Risk:
    """
    Risk of every campus.

    A family is known at a campus if a source claims to cover it, or if at least one of its hazards is in reach there
    (then the load is a lower bound); otherwise it is unknown, never zero. What is not a school has no score.
    """
    ground, on = basis.ground, request.as_of
    schools = pd.DataFrame(ground.tables["schools"].drop(columns="geometry"))
    pupils, _ = pupils_or_default(schools, rs.table("risk.pupils_default", on))
    boarders = schools["boarders"].where(schools["boarders"].notna(), 0.0)
    # Boarders sleep on campus: they walk at weekends only, day pupils on all other days.
    walking = boarders if request.slice == "weekend" else (pupils - boarders).clip(lower=0.0)
    real = schools["kind"] != NOT_A_SCHOOL
    walking = walking.where(real, 0.0) * rs.number("risk.share_of_pupils_walking", on)
    hazards = find_hazards(ground, basis.starts, walking, rs, on)
    known = pd.DataFrame(
        {
            family: real & ((family in claims.families) | schools.index.isin(hazards.tables[family]["school_id"]))
            for family in FAMILIES
        }
    )
    inputs = risk.RiskInputs(hazards.tables, schools, known, _evidence(ground, schools), claims.source_dates)
    tables = risk.assess(inputs, rs, RiskOptions(on, request.slice), DrawOptions(request.seed, request.draws))
    return Risk(tables, hazards)


def _evidence(ground: Ground, schools: pd.DataFrame) -> pd.DataFrame:
    """Facts about each campus that decide how far its score can be trusted."""
    gates = ground.tables["gates"]
    inferred = gates.loc[gates["inferred"].to_numpy(bool), "school_id"]
    snapped = gates.iloc[np.unique(ground.gate_snaps.point)]["school_id"]
    areal = shapely.get_dimensions(ground.tables["schools"].geometry.to_numpy()) == 2  # noqa: PLR2004 - an area
    return pd.DataFrame(
        {
            "located_to_m": schools["located_to_m"],
            "boundary_inferred": ~areal,
            "gates_inferred": schools.index.isin(inferred),
            "snapped": schools.index.isin(snapped),
        },
        index=schools.index,
    )


def judge_distances(basis: Basis, rs: RuleSet, request: Request) -> Compliance:
    """Distances by every method, findings under the profile, and the standards audit."""
    ground = basis.ground
    schools, venues = ground.tables["schools"], ground.tables["venues"]
    measured = measure(ground, venues, measure_options(basis, rs, request))
    judged = findings.judge(measured, schools, venues, rs, findings.Basis(request.profile, request.as_of))
    published = findings.publish(judged)
    # Where crossings are hardly mapped, one that is not on the map may still be on the street.
    sparse = frozenset({"crossing"}) if ground.graph.crossing.data_missing else frozenset[str]()
    audited = audit.audit(
        audit.Campuses(schools, ground.tables["gates"]),
        ground.tables["roads"],
        ground.tables["devices"],
        rs,
        request.as_of,
        sparse_kinds=sparse,
    )
    return Compliance(published.distances, published.findings, audited)


def measure_options(basis: Basis, rs: RuleSet, request: Request) -> MeasureOptions:
    """Reach, search and tolerances; the reach covers the longest limit plus three times the largest tolerance."""
    on, ground = request.as_of, basis.ground
    limits = sorted(
        {
            float(str(rule.value))
            for school_kind in ground.tables["schools"]["kind"].unique()
            for venue_kind in ground.tables["venues"]["kind"].unique()
            for rule in rs.venue_rules(rs.profile(request.profile), venue_kind, school_kind, on)
        }
    )
    sigma = [
        float(np.nan_to_num(ground.tables[layer]["located_to_m"].max()))
        for layer in ("schools", "venues")
        if len(ground.tables[layer])
    ]
    k = rs.number("distance.tolerance_k", on)
    reach = max(limits, default=0.0) + REACH_TOLERANCES * k * float(np.hypot.reduce(sigma) if sigma else 0.0)
    return MeasureOptions(
        reach_m=max(rs.number("distance.reach_min_m", on), reach),
        search_m=rs.number("network.walk_search_m", on),
        tolerance_k=k,
        path_per_m=rs.number("located.path_per_m", on),
        limits_m=tuple(limits),
    )
