"""Assess and comply: compute from the workspace's tables, write result files, sum up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import pandas as pd

from gislib import assessment, rules
from gislib.assessment import Basis, Claims, Request
from gislib.domain.errors import InputError
from gislib.planning import edited, results
from gislib.planning.authors import author_of, store_of
from gislib.planning.loaded import Content, content_of, tables_of
from gislib.planning.session import Progress, Session, require_role, silent
from gislib.risk.family import FAMILIES
from gislib.risk.score import NOT_A_SCHOOL
from gislib.sources import raster, workspace
from gislib.sources.provenance import Provenance
from gislib.sources.workspace import Workspace
from gislib.store import audit

KEPT_GROUNDS: Final = 2
"""Areas whose grounds (walk graph and snaps) kept in memory; a page and a command usually ask for the same one."""


@dataclass(frozen=True)
class AssessSummary:
    """
    Counts that a command prints and a page shows.

    ``not_schools``: campuses that are no schools, in none of the other counts. ``flows_assumed``: campuses without a
    known origin in reach.
    """

    schools: int
    not_schools: int
    ranked: int
    grades: Mapping[str, int]
    confidence: Mapping[str, int]
    unknown_families: tuple[str, ...]
    flows_assumed: int
    crossing_data_missing: bool
    files: tuple[Path, ...]


@dataclass(frozen=True)
class ComplySummary:
    """Counts of verdicts under the profile, of pairs on which methods disagree, and of audit findings."""

    profile: str
    pairs: int
    verdicts: Mapping[str, int]
    methods_disagree: int
    audit: Mapping[str, int]
    files: tuple[Path, ...]


def claims(provenances: Mapping[str, Provenance]) -> Claims:
    """Families that some source claims to cover, and the oldest date of the sources that do."""
    families = frozenset().union(*(p.claims for p in provenances.values()))
    dates: dict[str, str | None] = {}
    for family in families:
        own = [p.data_date for p in provenances.values() if family in p.claims]
        dated = [d for d in own if d is not None]
        dates[family] = min(dated) if dated and len(dated) == len(own) else None
    return Claims(families, dates)


@lru_cache(maxsize=KEPT_GROUNDS)
def _bases(content: Content, _rules_version: str, as_of: date) -> tuple[Basis, ...]:
    ws = workspace.open_workspace(content.root)
    elevations = workspace.attachments(ws, raster.DEM_FILE)
    slope = partial(raster.slope_excess_m, next(iter(elevations.values()))) if elevations else None
    return assessment.prepare_area(tables_of(ws), rules.load(), as_of, slope)


def bases_of(ws: Workspace, as_of: date) -> tuple[Basis, ...]:
    """Metric grounds of a workspace, built once per content of data and rules; more than one for a wide area only."""
    return _bases(content_of(ws), rules.load().version, as_of)


def basis_of(ws: Workspace, as_of: date, school_id: str) -> Basis:
    """
    Metric ground that holds a campus.

    Raises
    ------
    InputError
        ``school_unknown`` for an id that no campus has.
    """
    for basis in bases_of(ws, as_of):
        if school_id in basis.ground.tables["schools"].index:
            return basis
    raise InputError("school_unknown", id=school_id)


def assess(session: Session, request: Request, progress: Progress = silent) -> AssessSummary:
    """
    Score and rank every campus and write the risk tables.

    Raises
    ------
    CrsError
        Without any campus.
    """
    require_role(session, "planner")
    progress("assess.ground", 0.05)
    bases = bases_of(session.workspace, request.as_of)
    progress("assess.risk", 0.4)
    known = claims(workspace.provenances(session.workspace))
    risk = assessment.assess_area(bases, known, rules.load(), request)
    progress("assess.write", 0.9)
    table = risk.tables.school_risk
    files = results.write(
        session,
        request,
        {
            "school_risk": table,
            "terms": risk.tables.terms,
            "shares": risk.tables.shares,
            "segment_risk": risk.tables.segment_risk,
            "segments": risk.segments,
            "priorities": risk.tables.priorities,
        },
    )
    real = table[table["kind"] != NOT_A_SCHOOL]
    ranked = int(table["rank"].notna().sum())
    _note(session, "assess", request, {"slice": request.slice, "seed": request.seed, "ranked": ranked})
    progress("assess.done", 1.0)
    return AssessSummary(
        schools=len(real),
        not_schools=len(table) - len(real),
        ranked=ranked,
        grades=_counts(table.loc[table["rank"].notna(), "grade"]),
        confidence=_counts(real["confidence"]),
        unknown_families=tuple(f for f in FAMILIES if f not in known.families),
        flows_assumed=len(risk.flows_assumed & set(real.index)),
        crossing_data_missing=any(basis.ground.graph.crossing.data_missing for basis in bases),
        files=tuple(files),
    )


def comply(session: Session, request: Request, progress: Progress = silent) -> ComplySummary:
    """
    Measure every pair in reach by every method, judge by the profile, audit the gates, and write the tables.

    Raises
    ------
    RuleError
        For an unknown profile.
    """
    require_role(session, "planner")
    rules.load().profile(request.profile)
    progress("comply.ground", 0.05)
    bases = bases_of(session.workspace, request.as_of)
    progress("comply.measure", 0.4)
    done = assessment.judge_distances(bases, rules.load(), request)
    progress("comply.write", 0.9)
    files = results.write(
        session, request, {"distances": done.distances, "findings": done.findings, "audit": done.audit}
    )
    pairs = len(done.findings.drop_duplicates(["school_id", "venue_id"]))
    _note(session, "comply", request, {"profile": request.profile, "pairs": pairs})
    progress("comply.done", 1.0)
    return ComplySummary(
        profile=request.profile,
        pairs=pairs,
        verdicts=_counts(done.findings["verdict"]),
        methods_disagree=int(done.findings["methods_disagree"].sum()),
        audit=_counts(done.audit["status"]),
        files=tuple(files),
    )


def _note(session: Session, action: str, request: Request, detail: Mapping[str, object]) -> None:
    told = {"as_of": request.as_of.isoformat(), "data_version": edited.data_version(session.workspace)}
    audit.record(store_of(session), author_of(session), action, "results", {**detail, **told})


def _counts(values: pd.Series) -> dict[str, int]:
    """How often each value occurs, by value; missing ones left out."""
    return {str(k): int(v) for k, v in values.value_counts().sort_index().items()}
