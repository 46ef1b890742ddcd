"""The tables of a workspace, read once per content: many pages and commands ask for the same ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib.planning import edited
from gislib.sources import workspace
from gislib.sources.workspace import Workspace

KEPT: Final = 2
"""Workspaces whose tables stay in memory."""


def tables_of(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """All layers in WGS 84 with their edits, see `gislib.planning.edited`; the tables are shared: do not write."""
    return dict(_tables(content_of(ws)))


@dataclass(frozen=True)
class Content:
    """What a workspace holds, wherever it lies: copies of equal content share what is worked out from the tables."""

    data_version: str
    root: Path = field(compare=False)


def content_of(ws: Workspace) -> Content:
    """Content of a workspace now."""
    return Content(edited.data_version(ws), ws.root.resolve())


def imported_names(ws: Workspace, layer: str) -> pd.Series:
    """Names of a layer by id as it was imported: also those of places that people closed since."""
    return _imported_names(content_of(ws), layer)


@lru_cache(maxsize=8)
def _imported_names(content: Content, layer: str) -> pd.Series:
    return workspace.tables(workspace.open_workspace(content.root))[layer]["name"]


@lru_cache(maxsize=KEPT)
def _tables(content: Content) -> dict[str, gpd.GeoDataFrame]:
    return edited.tables(workspace.open_workspace(content.root))
