"""
Pure tables in, the whole assessment out: exposure, risk, compliance, standards audit.

Nothing here reads a file or the clock. ``prepare`` builds what risk and compliance share; each of the two can then be
computed on its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
from gislib.domain.tables import WGS84
from gislib.exposure.distances import MeasureOptions, Starts, campus_starts, measure
from gislib.exposure.ground import Ground, build_ground
from gislib.exposure.hazards import Hazards, find_hazards
from gislib.geo.bands import metric_bands
from gislib.geo.crs import require_metric, to_wgs84
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
    """Published distances and findings, and the standards audit (WGS 84), each in the order of the campuses."""

    distances: pd.DataFrame
    findings: pd.DataFrame
    audit: gpd.GeoDataFrame


@dataclass(frozen=True)
class Risk:
    """Published risk tables, and the hazards with the lines of the streets they lie on."""

    tables: risk.RiskTables
    hazards: Hazards


@dataclass(frozen=True)
class Loads:
    """Terms, unpublished scores of the campuses, and the hazards that they come from."""

    terms: pd.DataFrame
    scored: pd.DataFrame
    hazards: Hazards


@dataclass(frozen=True)
class AreaRisk:
    """Published risk tables of an area, lines of its streets in WGS 84, and campuses whose origins are assumed."""

    tables: risk.RiskTables
    segments: gpd.GeoDataFrame
    flows_assumed: frozenset[str]


def prepare_area(
    tables_wgs84: Mapping[str, gpd.GeoDataFrame], rs: RuleSet, as_of: date, slope: SlopeOf | None = None
) -> tuple[Basis, ...]:
    """
    Grounds of an area: one, or one per band of a degree where the campuses span more than one plane.

    Parameters, errors: as `prepare`; an area may be as wide as it likes.
    """
    bands = metric_bands(tables_wgs84)
    return tuple(prepare(band.tables, rs, as_of, slope, band.crs) for band in bands)


def prepare(
    tables_wgs84: Mapping[str, gpd.GeoDataFrame],
    rs: RuleSet,
    as_of: date,
    slope: SlopeOf | None = None,
    crs: pyproj.CRS | None = None,
) -> Basis:
    """
    Build the metric ground of what fits one plane.

    Parameters
    ----------
    tables_wgs84, rs, as_of
        Layers in WGS 84, and the rules in force on a date.
    slope
        Excess length of lines on the slope, metres, given lines and their metric CRS; NaN where unknown.
    crs
        Plane to measure in; None: the one of the campuses (`gislib.geo.crs.working_crs`).

    Raises
    ------
    CrsError
        ``area_empty`` without a campus, ``area_too_wide`` if the campuses do not fit one plane.
    """
    ground = build_ground(tables_wgs84, rs, as_of, crs)
    if slope is not None:
        excess = slope(ground.graph.lines, require_metric(ground.tables["schools"]))
        ground = replace(ground, edge_slope_excess_m=np.nan_to_num(excess, nan=0.0))
    return Basis(ground, campus_starts(ground))


def assess_area(bases: Sequence[Basis], claims: Claims, rs: RuleSet, request: Request) -> AreaRisk:
    """
    Risk of every campus of an area, all bands scored and ranked together.

    A family is known at a campus if a source claims to cover it, or if at least one of its hazards is in reach there
    (then the load is a lower bound); otherwise it is unknown, never zero. What is not a school has no score.
    """
    parts = [_exposed(basis, claims, rs, request) for basis in bases]
    inputs = [part[0] for part in parts]
    hazards = [part[1] for part in parts]
    joined = risk.RiskInputs(
        {family: pd.concat([one.hazards[family] for one in inputs], ignore_index=True) for family in FAMILIES},
        pd.concat([one.schools for one in inputs]),
        pd.concat([one.known for one in inputs]),
        pd.concat([one.evidence for one in inputs]),
        claims.source_dates,
    )
    lines = pd.concat([to_wgs84(one.traffic_lines) for one in hazards]).sort_index()
    return AreaRisk(
        risk.assess(joined, rs, RiskOptions(request.as_of, request.slice), DrawOptions(request.seed, request.draws)),
        gpd.GeoDataFrame(lines, geometry="geometry", crs=WGS84),
        frozenset().union(*(one.flows_assumed for one in hazards)),
    )


def assess_risk(basis: Basis, claims: Claims, rs: RuleSet, request: Request) -> Risk:
    """Risk of the campuses of one plane, with their hazards in that plane; see `assess_area`."""
    inputs, hazards = _exposed(basis, claims, rs, request)
    options = RiskOptions(request.as_of, request.slice)
    return Risk(risk.assess(inputs, rs, options, DrawOptions(request.seed, request.draws)), hazards)


def assess_loads(basis: Basis, claims: Claims, rs: RuleSet, request: Request) -> Loads:
    """Loads of the campuses of one plane as `assess_risk` finds them, neither ranked nor drawn: a quarter quicker."""
    inputs, hazards = _exposed(basis, claims, rs, request)
    terms, _, scored = risk.loads(inputs, rs, RiskOptions(request.as_of, request.slice))
    return Loads(terms, scored, hazards)


def _exposed(basis: Basis, claims: Claims, rs: RuleSet, request: Request) -> tuple[risk.RiskInputs, Hazards]:
    """What the risk layer is told of the campuses of one plane, and their hazards."""
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
    return risk.RiskInputs(hazards.tables, schools, known, _evidence(ground, schools), claims.source_dates), hazards


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


def judge_distances(bases: Sequence[Basis], rs: RuleSet, request: Request) -> Compliance:
    """Distances by every method, findings under the profile, and the standards audit of an area."""
    options = measure_options(bases, rs, request)
    parts = [_judged(basis, rs, request, options) for basis in bases]
    return Compliance(
        _by_campus([part.distances for part in parts]),
        _by_campus([part.findings for part in parts]),
        audit_gates(bases, rs, request),
    )


def audit_gates(bases: Sequence[Basis], rs: RuleSet, request: Request) -> gpd.GeoDataFrame:
    """Standards audit of an area, WGS 84, see `gislib.compliance.audit.audit`."""
    parts = [to_wgs84(_audited(basis, rs, request)) for basis in bases]
    table = pd.concat(parts).sort_values("school_id", kind="stable")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=WGS84)


def _by_campus(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of all bands in the order of the campuses; a campus's own rows keep theirs."""
    return pd.concat(parts, ignore_index=True).sort_values("school_id", kind="stable", ignore_index=True)


def _judged(basis: Basis, rs: RuleSet, request: Request, options: MeasureOptions) -> findings.Judgement:
    """Published distances and findings of the campuses of one plane."""
    schools, venues = basis.ground.tables["schools"], basis.ground.tables["venues"]
    measured = measure(basis.ground, venues, options)
    judged = findings.judge(measured, schools, venues, rs, findings.Basis(request.profile, request.as_of))
    return findings.publish(judged)


def _audited(basis: Basis, rs: RuleSet, request: Request) -> gpd.GeoDataFrame:
    """Audit of the campuses of one plane, in that plane."""
    tables = basis.ground.tables
    # Where crossings are hardly mapped, one that is not on the map may still be on the street.
    sparse = frozenset({"crossing"}) if basis.ground.graph.crossing.data_missing else frozenset[str]()
    campuses = audit.Campuses(tables["schools"], tables["gates"])
    return audit.audit(campuses, tables["roads"], tables["devices"], rs, request.as_of, sparse_kinds=sparse)


def measure_options(bases: Sequence[Basis], rs: RuleSet, request: Request) -> MeasureOptions:
    """
    Reach, search and tolerances, the same for all bands of an area.

    The reach covers the longest limit plus three times the largest tolerance.
    """
    on = request.as_of
    grounds = [basis.ground.tables for basis in bases]
    limits = sorted(
        {
            float(str(rule.value))
            for school_kind in {kind for tables in grounds for kind in tables["schools"]["kind"].unique()}
            for venue_kind in {kind for tables in grounds for kind in tables["venues"]["kind"].unique()}
            for rule in rs.venue_rules(rs.profile(request.profile), venue_kind, school_kind, on)
        }
    )
    sigma = [
        max(float(np.nan_to_num(tables[layer]["located_to_m"].max())) for tables in grounds)
        for layer in ("schools", "venues")
    ]
    k = rs.number("distance.tolerance_k", on)
    reach = max(limits, default=0.0) + REACH_TOLERANCES * k * math.hypot(*sigma)
    return MeasureOptions(
        reach_m=max(rs.number("distance.reach_min_m", on), reach),
        search_m=rs.number("network.walk_search_m", on),
        tolerance_k=k,
        path_per_m=rs.number("located.path_per_m", on),
        limits_m=tuple(limits),
    )
