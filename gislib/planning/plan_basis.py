"""What every plan of measures starts from: today's situation, all candidates, and the rules; built once per content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import geopandas as gpd
import numpy as np

from gislib import assessment, rules
from gislib.assessment import Claims, Request
from gislib.domain.arrays import Floats
from gislib.geo.crs import lonlat, require_metric, transform, working_crs
from gislib.planning.assess import bases_of, claims
from gislib.planning.loaded import Content, content_of, tables_of
from gislib.planning.session import Session
from gislib.rules import RuleSet
from gislib.siting.candidates import find_candidates
from gislib.siting.places import Elevation
from gislib.siting.sites import Situation
from gislib.sources import raster, workspace

KEPT: Final = 2
"""Situations kept in memory; a page asks for the same one at every edit."""


@dataclass(frozen=True)
class PlanBasis:
    """
    Attributes.

    Attributes
    ----------
    now
        Today's ground, hazards, terms and scores under ``request``.
    candidates
        Every place of every treatment, refused ones with their clauses; working CRS.
    audit
        Standards audit of today, WGS 84: what is missing at which gate or campus.
    tables, claims
        What today was assessed from, WGS 84.
    rs, request
        Rules, and the request (date, slice, profile).
    elevation
        Metres above sea level at positions of the working CRS; None without a DEM.
    """

    now: Situation
    candidates: gpd.GeoDataFrame
    audit: gpd.GeoDataFrame
    tables: Mapping[str, gpd.GeoDataFrame]
    claims: Claims
    rs: RuleSet
    request: Request
    elevation: Elevation | None


def plan_basis(session: Session, request: Request) -> PlanBasis:
    """
    Basis of the plans of a workspace.

    Raises
    ------
    CrsError
        ``area_empty`` without a campus; ``area_too_wide`` for an area that does not fit one plane.
    """
    ws = session.workspace
    found = _basis(content_of(ws), rules.load().version, request)
    # equal content may have been read from another place: the raster is looked up in this one
    return replace(found, elevation=_elevation(ws, found.now.ground.tables["schools"]))


@lru_cache(maxsize=KEPT)
def _basis(content: Content, _rules_version: str, request: Request) -> PlanBasis:
    ws = workspace.open_workspace(content.root)
    rs, tables = rules.load(), tables_of(ws)
    working_crs(tables["schools"])  # refuses an area that needs more than one plane
    (basis,) = bases_of(ws, request.as_of)
    known = claims(workspace.provenances(ws))
    risk = assessment.assess_risk(basis, known, rs, request)
    now = Situation(basis.ground, risk.hazards, risk.tables.terms, risk.tables.school_risk)
    elevation = _elevation(ws, basis.ground.tables["schools"])
    return PlanBasis(
        now=now,
        candidates=find_candidates(now, rs, request.as_of, elevation),
        audit=assessment.audit_gates([basis], rs, request),
        tables=tables,
        claims=known,
        rs=rs,
        request=request,
        elevation=elevation,
    )


def in_working_crs(devices: gpd.GeoDataFrame, basis: PlanBasis) -> gpd.GeoDataFrame:
    """Devices in the plane that the area is measured in."""
    return transform(devices, require_metric(basis.candidates))


def _elevation(ws: workspace.Workspace, schools: gpd.GeoDataFrame) -> Elevation | None:
    """Elevation of the first DEM of a workspace at metric positions."""
    models = workspace.attachments(ws, raster.DEM_FILE)
    if not models:
        return None
    path, crs = next(iter(models.values())), require_metric(schools)

    def metres(xy: Floats) -> Floats:
        return raster.elevation_m(path, np.column_stack(lonlat(crs, xy[:, 0], xy[:, 1])))

    return metres
