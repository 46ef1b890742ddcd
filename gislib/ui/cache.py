"""
All caches of the screen, keyed on a frozen snapshot of what the answer depends on.

A snapshot names workspace, actor, content of the data, rules and last run: when one of them changes, so does the key.
Answers are copies (``cache_data``), so a page may not spoil them for another.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import streamlit as st

from gislib import rules
from gislib.assessment import Compliance, Request
from gislib.domain.errors import WorkspaceError
from gislib.planning import campus as campuses
from gislib.planning import checks, edited, preview, results
from gislib.planning import evidence as evidences
from gislib.planning import overview as overviews
from gislib.planning.campus import Campus
from gislib.planning.checks import CheckReport
from gislib.planning.evidence import Evidence
from gislib.planning.overview import Overview
from gislib.planning.session import Session, open_session
from gislib.reports.metadata import Stamp
from gislib.ui.server import WORKSPACE_VARIABLE

_PAGES = 64  # answers kept of each kind: a handful of users on a handful of campuses


@dataclass(frozen=True)
class Snapshot:
    """What every answer depends on; ``profile``: another one than the workspace was judged by, for one's own eyes."""

    root: str
    actor: str
    role: str
    areas: frozenset[str] | None
    data_version: str
    rules_version: str
    run: str
    profile: str | None = None


def workspace_root() -> Path:
    """
    Folder of the workspace that is served.

    Raises
    ------
    WorkspaceError
        ``workspace_not_named`` if the server was started without one.
    """
    named = os.environ.get(WORKSPACE_VARIABLE)
    if not named:
        raise WorkspaceError("workspace_not_named", variable=WORKSPACE_VARIABLE)
    return Path(named)


def snapshot(session: Session, profile: str | None = None) -> Snapshot:
    """Snapshot of a session as things stand now, with the findings under a profile (None = the workspace's)."""
    own = profile is not None and profile != results.request_of(session, "findings").profile
    run = json.dumps(results.read_run(session), sort_keys=True)
    return Snapshot(
        root=str(session.workspace.root),
        actor=session.actor,
        role=session.role,
        areas=session.areas,
        data_version=edited.data_version(session.workspace),
        rules_version=rules.load().version,
        run=hashlib.sha256(run.encode()).hexdigest(),
        profile=profile if own else None,
    )


def session_of(taken: Snapshot) -> Session:
    """Session behind a snapshot."""
    return replace(open_session(Path(taken.root), taken.actor, taken.role), areas=taken.areas)


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def overview(taken: Snapshot, request: Request) -> Overview:
    """Campuses with grade and rank for a request, see `gislib.planning.preview`; counts under the profile."""
    found = preview.overview_at(session_of(taken), request)
    if taken.profile is None:
        return found
    counts = compliance(taken).findings["verdict"].value_counts()
    return replace(found, suspected=int(counts.get("suspected", 0)), remeasure=int(counts.get("remeasure", 0)))


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def compliance(taken: Snapshot) -> Compliance:
    """Distances, findings and audit under the profile of the snapshot; nothing is written."""
    session = session_of(taken)
    if taken.profile is None:
        return results.compliance(session)
    return preview.findings_at(session, replace(results.request_of(session, "findings"), profile=taken.profile))


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def base_tables(taken: Snapshot) -> dict[str, gpd.GeoDataFrame]:
    """Layers of the base map, see `gislib.planning.overview.base_layers`."""
    return overviews.base_layers(session_of(taken))


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def names(taken: Snapshot) -> dict[str, str]:
    """Names of campuses and venues by id; those without one are left out."""
    tables = base_tables(taken)
    named = pd.concat([tables[layer]["name"] for layer in ("schools", "venues")]).dropna()
    return {str(identity): str(name) for identity, name in named.items()}


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def campus(taken: Snapshot, school_id: str) -> Campus:
    """One campus, see `gislib.planning.campus`."""
    return campuses.campus(session_of(taken), school_id, compliance(taken))


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def evidence(taken: Snapshot, school_id: str, venue_id: str) -> Evidence:
    """One pair of campus and venue, see `gislib.planning.evidence`."""
    return evidences.evidence(session_of(taken), school_id, venue_id, compliance(taken))


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def result(taken: Snapshot, table: str) -> pd.DataFrame:
    """Read a result table, see `gislib.planning.results`."""
    return results.read(session_of(taken), table)


@st.cache_data(max_entries=_PAGES, show_spinner=False)
def check(taken: Snapshot, as_of: date) -> CheckReport:
    """Data-quality report."""
    return checks.check(session_of(taken), as_of)


def stamp(taken: Snapshot, request: Request, lang: str) -> Stamp:
    """Stamp of what a request computed: marking, sources, versions."""
    own = request if taken.profile is None else replace(request, profile=taken.profile)
    return results.stamp(session_of(taken), own, lang)
