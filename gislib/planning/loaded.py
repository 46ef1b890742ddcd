"""The tables of a workspace, read once per content: many pages and commands ask for the same ones."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import geopandas as gpd

from gislib.sources import workspace
from gislib.sources.workspace import Workspace

KEPT: Final = 2
"""Workspaces whose tables stay in memory."""


def tables_of(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """All layers in WGS 84, see `gislib.sources.workspace.tables`; the tables are shared: do not write into them."""
    return dict(_tables(ws.root.resolve(), workspace.data_version(ws)))


@lru_cache(maxsize=KEPT)
def _tables(root: Path, _data_version: str) -> dict[str, gpd.GeoDataFrame]:
    return workspace.tables(workspace.open_workspace(root))
