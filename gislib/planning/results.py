"""Result files: written by assess and comply, read by pages and exports."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

import gislib
from gislib import rules
from gislib.assessment import Compliance, Request
from gislib.domain.errors import WorkspaceError
from gislib.planning import edited
from gislib.planning.session import Session, require_role
from gislib.reports.files import write_bytes
from gislib.reports.marking import Content, attribution_lines, marking_lines
from gislib.reports.metadata import SourceStamp, Stamp
from gislib.reports.tables import write_csv, write_parquet
from gislib.sources import workspace

RISK_TABLES: Final = ("school_risk", "terms", "shares", "segment_risk", "segments", "priorities")
COMPLIANCE_TABLES: Final = ("distances", "findings", "audit")
GEO_TABLES: Final = ("segments", "audit")
INDEX: Final = {"school_risk": "school_id", "segment_risk": "hazard_id"}
"""Ids of tables that are looked up by them: an ordinary column in the file, so that every reader sees it."""
CSV_TABLES: Final = ("school_risk", "distances", "findings", "audit", "priorities")
LOAD_TOLERANCE: Final = 1e-6
"""Loads that differ by less are the same number computed in another order."""
_OSM_LICENCE: Final = "ODbL"


def stamp(session: Session, request: Request, lang: str = "zh", *, guarded: bool = False) -> Stamp:
    """Stamp of everything computed by a request on the current data; ``guarded``: cameras or patrols are shown."""
    rs, ws = rules.load(), session.workspace
    sources = tuple(
        SourceStamp(p.source_id, p.origin, p.data_date, p.licence) for p in workspace.provenances(ws).values()
    )
    osm = any(_OSM_LICENCE in s.licence for s in sources if s.licence)
    content = Content(demo=ws.meta.demo, osm=osm, patrol=guarded)
    return Stamp(
        area=ws.meta.name,
        sources=sources,
        data_version=edited.data_version(ws),
        rules_version=rs.version,
        code_version=gislib.__version__,
        profile=request.profile,
        as_of=request.as_of,
        parameters=(("slice", request.slice), ("seed", str(request.seed)), ("draws", str(request.draws))),
        marking=marking_lines(rs, request.as_of, content, lang),
        attribution=attribution_lines(rs, request.as_of, content, lang),
    )


def write(session: Session, request: Request, tables: dict[str, pd.DataFrame]) -> list[Path]:
    """Write result tables as Parquet, the ones people open also as CSV; note the run beside them."""
    require_role(session, "planner")
    folder = workspace.results_dir(session.workspace)
    mark = stamp(session, request)
    paths = []
    for name, table in tables.items():
        plain = table.reset_index() if name in INDEX else table
        paths.append(write_parquet(folder / f"{name}.parquet", plain, mark))
        if name in CSV_TABLES:
            paths.append(write_csv(folder / f"{name}.csv", plain))
    _note_run(folder, session, request, sorted(tables))
    return paths


def _note_run(folder: Path, session: Session, request: Request, names: list[str]) -> None:
    """Keep request, versions and clock time of each result; the only file that knows the time."""
    run = read_run(session)
    entry = {
        **asdict(request), "as_of": request.as_of.isoformat(), "actor": session.actor,
        "data_version": edited.data_version(session.workspace), "rules_version": rules.load().version,
        "code_version": gislib.__version__, "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    run.update(dict.fromkeys(names, entry))
    write_bytes(folder / "run.json", json.dumps(run, ensure_ascii=False, indent=1, sort_keys=True).encode())


def read_run(session: Session) -> dict[str, Any]:
    """Request and versions behind each result table; empty before the first run."""
    path = session.workspace.root / "results" / "run.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def request_of(session: Session, table: str) -> Request:
    """
    Request that made a result table.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` before the first run.
    """
    entry = read_run(session).get(table)
    if entry is None:
        raise WorkspaceError("not_assessed", folder=session.workspace.root.name)
    return Request(
        as_of=date.fromisoformat(entry["as_of"]), slice=entry["slice"], seed=entry["seed"], draws=entry["draws"],
        profile=entry["profile"],
    )  # fmt: skip


def is_current(session: Session, table: str) -> bool:
    """Whether a result was made from the data, rules and code of now."""
    entry = read_run(session).get(table)
    return entry is not None and (entry["data_version"], entry["rules_version"], entry["code_version"]) == (
        edited.data_version(session.workspace), rules.load().version, gislib.__version__,
    )  # fmt: skip


def read(session: Session, table: str) -> pd.DataFrame:
    """
    Read a result table.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` if it was never computed.
    """
    path = session.workspace.root / "results" / f"{table}.parquet"
    if not path.is_file():
        raise WorkspaceError("not_assessed", folder=session.workspace.root.name)
    if table in GEO_TABLES:
        return gpd.read_parquet(path)
    plain = pd.read_parquet(path)
    return plain.set_index(INDEX[table]) if table in INDEX else plain


def compliance(session: Session) -> Compliance:
    """Distances, findings and audit of the last comply run; errors as `read`."""
    distances, findings, audit = (read(session, name) for name in COMPLIANCE_TABLES)
    return Compliance(distances, findings, gpd.GeoDataFrame(audit))
