"""The tables of a workspace as they stand: what was imported, with the corrections that people made since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import geopandas as gpd

from gislib.planning.authors import has_store, store_at
from gislib.sources import area_codes, workspace
from gislib.sources.workspace import Workspace
from gislib.store import edited_tables, workspace_edits
from gislib.store.workspace_edits import Edit


def edits_of(ws: Workspace) -> tuple[Edit, ...]:
    """Edits that stand, oldest first; a workspace in which nobody decided anything yet gets no database for it."""
    return tuple(workspace_edits.standing(store_at(ws))) if has_store(ws) else ()


def data_version(ws: Workspace) -> str:
    """Short hash over the content of all current inputs and of the edits that stand; see `workspace.data_version`."""
    inputs, edits = workspace.data_version(ws), edited_tables.version(edits_of(ws))
    return hashlib.sha256(f"{inputs}+{edits}".encode()).hexdigest()[: len(inputs)] if edits else inputs


def tables(ws: Workspace) -> dict[str, gpd.GeoDataFrame]:
    """Every layer with its edits; else as `gislib.sources.workspace.tables`."""
    found, edits = workspace.tables(ws), edits_of(ws)
    if not edits:
        return found
    out = {layer: edited_tables.edited(layer, table, edits).table for layer, table in found.items()}
    out["gates"] = out["gates"][out["gates"]["school_id"].isin(out["schools"].index)]
    return area_codes.filled(out)


def lost(ws: Workspace) -> list[Edit]:
    """Edits that do nothing any more, because the sources do not bring their feature now."""
    edits = edits_of(ws)
    found = workspace.tables(ws) if edits else {}
    gone = {edit_id for layer in _layers(edits) for edit_id in edited_tables.edited(layer, found[layer], edits).lost}
    return [edit for edit in edits if edit.edit_id in gone]


def _layers(edits: Sequence[Edit]) -> list[str]:
    return sorted({edit.layer for edit in edits})
