"""What patrols start from: streets, hazards and depots of an area, and the calendar; built once per content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import geopandas as gpd

from gislib import assessment, rules
from gislib.assessment import Request
from gislib.exposure.ground import Ground
from gislib.exposure.hazards import Hazards
from gislib.geo.crs import working_crs
from gislib.patrol.clock import Span, read_span
from gislib.patrol.teams import depots
from gislib.planning.assess import bases_of, claims
from gislib.planning.authors import store_of
from gislib.planning.loaded import Content, content_of, tables_of
from gislib.planning.session import Session
from gislib.rules import RuleSet
from gislib.sources import workspace
from gislib.store import terms

KEPT: Final = 2
"""Areas kept in memory."""


@dataclass(frozen=True)
class PatrolBasis:
    """Ground and hazards, places that teams can start from (working CRS), the rules, and the request."""

    ground: Ground
    hazards: Hazards
    depots: gpd.GeoDataFrame
    rs: RuleSet
    request: Request

    @property
    def rules(self) -> tuple[RuleSet, date]:
        """Rules and their day."""
        return self.rs, self.request.as_of


def patrol_basis(session: Session, request: Request) -> PatrolBasis:
    """
    Basis of the patrols of a workspace.

    Raises
    ------
    CrsError
        ``area_empty`` without a campus; ``area_too_wide`` for an area that does not fit one plane.
    """
    return _basis(content_of(session.workspace), rules.load().version, request)


@lru_cache(maxsize=KEPT)
def _basis(content: Content, _rules_version: str, request: Request) -> PatrolBasis:
    ws = workspace.open_workspace(content.root)
    rs = rules.load()
    working_crs(tables_of(ws)["schools"])  # refuses an area that needs more than one plane
    (basis,) = bases_of(ws, request.as_of)
    found = assessment.assess_loads(basis, claims(workspace.provenances(ws)), rs, request)
    return PatrolBasis(basis.ground, found.hazards, depots(basis.ground), rs, request)


def campus_hours(session: Session, on: date, slice_id: str, school_ids: Iterable[str]) -> Mapping[str, Span]:
    """
    Gate hours of campuses in the term of a day, by ``school_id``; empty between terms.

    A campus without a line of its own has the hours told for all; none of either: it is left out.
    """
    term = terms.term_on(terms.terms(store_of(session)), on)
    told = {
        time.school_id: read_span(f"{time.opens}-{time.closes}")
        for time in (term.facts.gate_times if term else ())
        if time.slice_id == slice_id
    }
    own = {school: told.get(school, told.get(None)) for school in school_ids}
    return {school: span for school, span in own.items() if span is not None}
