"""The overview for another slice of the day, the findings under another profile: in memory, no file is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gislib import assessment, rules
from gislib.assessment import Compliance, Request
from gislib.planning import results
from gislib.planning.assess import bases_of, claims
from gislib.planning.overview import Overview, overview
from gislib.planning.session import Session
from gislib.sources import workspace


def overview_at(session: Session, request: Request) -> Overview:
    """
    Overview of the stored run, or of ``request`` where that asks for another slice.

    Compliance counts do not depend on the slice and are the stored ones.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` before the first run.
    """
    stored = overview(session)
    if request == results.request_of(session, "school_risk"):
        return stored
    bases = bases_of(session.workspace, request.as_of)
    known = claims(workspace.provenances(session.workspace))
    risk = assessment.assess_area(bases, known, rules.load(), request).tables.school_risk
    place = stored.schools[["area_code", "area", "geometry"]]
    grade = np.where(risk["rank"].notna(), risk["grade"], "unknown")
    schools = place.join(risk.assign(shown_grade=grade)).sort_values(["rank", "name"], na_position="last")
    return replace(
        stored,
        schools=schools,
        grades={str(k): int(v) for k, v in schools["shown_grade"].value_counts().items()},
        confidence={str(k): int(v) for k, v in schools["confidence"].value_counts().sort_index().items()},
    )


def findings_at(session: Session, request: Request) -> Compliance:
    """
    Distances, findings and audit of the stored run, or of ``request`` where that asks for another profile or day.

    The stored ones are taken only if they belong to the data, rules and code of now.

    Raises
    ------
    CrsError
        Without any campus.
    RuleError
        For an unknown profile.
    """
    rs = rules.load()
    rs.profile(request.profile)
    if results.is_current(session, "findings"):
        stored = results.request_of(session, "findings")
        if (stored.profile, stored.as_of) == (request.profile, request.as_of):
            return results.compliance(session)
    return assessment.judge_distances(bases_of(session.workspace, request.as_of), rs, request)
