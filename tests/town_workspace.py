"""The small town of `plan_worlds` as a workspace folder: what plans and the ledger are tried out on, quick to read."""

from __future__ import annotations

from pathlib import Path

from plan_worlds import town
from siting_worlds import FAMILIES

from gislib.planning.session import Session, open_session
from gislib.sources import workspace
from gislib.sources.provenance import Loaded, Provenance, no_rejections
from gislib.sources.workspace import Meta

NAME = "小镇"


def build(root: Path, actor: str = "tester") -> Session:
    """Write the workspace; a session on it."""
    tables = {layer: table for layer, table in town().tables.items() if len(table)}
    told = Provenance(
        "town", "drawn", "2026-11-23T00:00:00+00:00", "2026-11-01", "", "wgs84", "", 20, 20, covers_area=True,
        counts={}, warnings=(), claims=FAMILIES,
    )  # fmt: skip
    workspace.put_source(workspace.create(root, Meta(NAME)), Loaded(tables, no_rejections(), told))
    return open_session(root, actor=actor)
