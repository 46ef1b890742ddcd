"""One stored version of a source: GeoParquet per layer, retired rows, rejected rows, provenance, attached files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gislib.domain.errors import WorkspaceError
from gislib.domain.tables import LAYERS
from gislib.sources.manifest import write_json
from gislib.sources.provenance import REJECTED_COLUMNS, Message, Provenance

_PROVENANCE: Final = "provenance.json"
_REJECTED: Final = "rejected.parquet"
_RETIRED: Final = "retired"


def write_layers(folder: Path, layers: Mapping[str, gpd.GeoDataFrame], *, retired: bool = False) -> None:
    """Write each table to ``<layer>.parquet`` in ``folder`` or its folder of retired rows."""
    home = folder / _RETIRED if retired else folder
    home.mkdir(parents=True, exist_ok=True)
    for layer, table in layers.items():
        table.to_parquet(home / f"{layer}.parquet")


def read_layers(folder: Path, *, retired: bool = False) -> dict[str, gpd.GeoDataFrame]:
    """
    Tables of a version by layer, in the order of the schema list.

    Raises
    ------
    WorkspaceError
        ``workspace_damaged`` if a file cannot be read.
    """
    home = folder / _RETIRED if retired else folder
    out = {}
    for layer in LAYERS:
        path = home / f"{layer}.parquet"
        if path.exists():
            try:
                out[layer] = gpd.read_parquet(path)
            except (OSError, ValueError) as problem:
                raise WorkspaceError("workspace_damaged", file=path.name, problem=str(problem)[:200]) from problem
    return out


def write_record(folder: Path, provenance: Provenance, rejected: pd.DataFrame) -> None:
    """Write the provenance and the rejected rows (all as text)."""
    raw = asdict(provenance)
    raw["claims"] = sorted(provenance.claims)
    write_json(folder / _PROVENANCE, raw)
    texts = rejected.reindex(columns=list(REJECTED_COLUMNS)).astype("object").astype("str")
    texts.reset_index(drop=True).to_parquet(folder / _REJECTED)


def read_provenance(folder: Path) -> Provenance:
    """
    Provenance of a version.

    Raises
    ------
    WorkspaceError
        ``workspace_damaged`` if the file is missing or broken.
    """
    try:
        raw: dict[str, Any] = json.loads((folder / _PROVENANCE).read_text(encoding="utf-8"))
        raw["claims"] = frozenset(raw["claims"])
        raw["warnings"] = tuple(Message(**item) for item in raw["warnings"])
        return Provenance(**raw)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise WorkspaceError("workspace_damaged", file=_PROVENANCE, problem=str(problem)[:200]) from problem


def read_rejected(folder: Path) -> pd.DataFrame:
    """Rejected rows of a version: ``row``, ``column``, ``code``, ``value`` as texts."""
    return pd.read_parquet(folder / _REJECTED)


def copy_attachments(folder: Path, attachments: Mapping[str, Path]) -> None:
    """Copy files beside the tables, each under its name in the workspace."""
    for name, path in attachments.items():
        shutil.copyfile(path, folder / name)
