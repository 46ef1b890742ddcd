"""The tables of a workspace, read once per content: many pages and commands ask for the same ones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import geopandas as gpd

from gislib.planning import edited
from gislib.sources import workspace
from gislib.sources.workspace import Workspace

KEPT: Final = 2
"""Workspaces whose tables stay in memory."""


def tables_of(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """All layers in WGS 84 with their edits, see `gislib.planning.edited`; the tables are shared: do not write."""
    return dict(_tables(ws.root.resolve(), edited.data_version(ws)))


@lru_cache(maxsize=KEPT)
def _tables(root: Path, _data_version: str) -> dict[str, gpd.GeoDataFrame]:
    return edited.tables(workspace.open_workspace(root))
