"""Layers of a plan for map, tables and files: places where a treatment may not stand, and what devices are laid as."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gislib.assessment import Request
from gislib.geo.crs import to_wgs84
from gislib.planning.plan_basis import in_working_crs, plan_basis
from gislib.planning.plan_scores import scores
from gislib.planning.session import Session
from gislib.rules import RuleSet
from gislib.siting.laid import extents
from gislib.store.plan_state import Plan

HELP_COLUMNS = ("load", "helps", "helps_ids", "helps_count")


def refused_places(session: Session, request: Request, treatment_id: str, lang: str = "zh") -> gpd.GeoDataFrame:
    """
    Places where a treatment was tried and may not stand; reads only.

    Returns
    -------
    GeoDataFrame
        Index ``candidate_id``, WGS 84: ``lon, lat`` (7 decimals), ``refused_by`` (ids of the clauses, parted by
        spaces), ``clauses`` (their titles), ``school_id``. Empty where no place is refused.
    """
    basis = plan_basis(session, request)
    own = basis.candidates
    own = own[((own["treatment_id"] == treatment_id) & (own["refused_by"] != "")).to_numpy(bool)]
    spots = to_wgs84(own[["refused_by", "school_id", "geometry"]])
    known = {name: title(basis.rs, request, name, lang) for text in own["refused_by"] for name in text.split()}
    joint = "；" if lang == "zh" else "; "
    return spots.assign(
        lon=spots.geometry.x.round(7),
        lat=spots.geometry.y.round(7),
        clauses=[joint.join(known[name] for name in text.split()) for text in spots["refused_by"]],
    )


def title(rs: RuleSet, request: Request, rule_id: str, lang: str) -> str:
    """Title of a clause in a language."""
    rule = rs.rule(rule_id, request.as_of)
    return str(rule.title if lang == "zh" else rule.title_en)


def helps(session: Session, request: Request, plan: Plan) -> pd.DataFrame:
    """
    Whom every device of a plan helps, as in `gislib.planning.plan_scores.PlanScores`.

    Returns
    -------
    DataFrame
        Index ``device_id``: ``load`` that is lost without the device, ``helps`` (names of the campuses, most first),
        ``helps_ids`` (their ids, parted by spaces), ``helps_count``.
    """
    return scores(session, request, plan).devices[list(HELP_COLUMNS)]


def laid(session: Session, request: Request, devices: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What devices of a plan, each for itself, are on the ground, WGS 84; see `gislib.siting.laid.extents`."""
    basis = plan_basis(session, request)
    return to_wgs84(extents(in_working_crs(devices, basis), basis.now, (basis.rs, request.as_of)))
