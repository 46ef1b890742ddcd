"""The workspace's tables as people corrected them: inputs ⊕ edits, with the inputs left alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from gislib.domain.tables import LAYERS, conform
from gislib.store.workspace_edits import Edit


@dataclass(frozen=True)
class Edited:
    """A table with the edits of its layer; ``lost``: ids of edits whose feature the sources do not bring any more."""

    table: gpd.GeoDataFrame
    lost: tuple[str, ...]


def edited(layer: str, table: gpd.GeoDataFrame, edits: Sequence[Edit]) -> Edited:
    """
    Apply the edits of one layer, in their order.

    Parameters
    ----------
    table
        The layer from its sources, WGS 84, index = id.

    Raises
    ------
    TableError
        If an edit breaks the schema of the layer.
    """
    own = [edit for edit in edits if edit.layer == layer]
    if not own:
        return Edited(table, ())
    # A feature's row as the layer's own columns; None once it is retired.
    touched: dict[str, dict[str, Any] | None] = {}
    lost: list[str] = []
    for edit in own:
        now = touched[edit.feature_id] if edit.feature_id in touched else _row(layer, table, edit.feature_id)
        if edit.action == "add":
            now = dict.fromkeys(LAYERS[layer].columns)
        elif now is None:
            lost.append(edit.edit_id)
            continue
        touched[edit.feature_id] = None if edit.action == "retire" else _changed(now, edit)
    return Edited(_replaced(layer, table, touched), tuple(lost))


def version(edits: Sequence[Edit]) -> str:
    """Short hash of the edits that stand, part of the data version: "" without edits."""
    if not edits:
        return ""
    told = [
        [
            edit.layer,
            edit.feature_id,
            edit.action,
            dict(edit.sets),
            "" if edit.geometry is None else edit.geometry.wkb_hex,
        ]
        for edit in edits
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def _row(layer: str, table: gpd.GeoDataFrame, feature_id: str) -> dict[str, Any] | None:
    if feature_id not in table.index:
        return None
    row = int(table.index.get_indexer(pd.Index([feature_id]))[0])
    shape = {"geometry": table.geometry.iloc[row]}
    return {name: table[name].iloc[row] for name in LAYERS[layer].columns} | shape


def _changed(now: dict[str, Any], edit: Edit) -> dict[str, Any]:
    shape = {} if edit.geometry is None else {"geometry": edit.geometry}
    return now | dict(edit.sets) | shape


def _replaced(layer: str, table: gpd.GeoDataFrame, touched: dict[str, dict[str, Any] | None]) -> gpd.GeoDataFrame:
    """Table without the touched rows, and with those that are not retired at their old places or at the end."""
    rest = table[~table.index.isin(list(touched))]
    rows = {feature: row for feature, row in touched.items() if row is not None}
    if not rows:
        return rest
    new = gpd.GeoDataFrame(
        pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), dtype="str")), geometry="geometry", crs=table.crs
    )
    if rest.empty:
        return conform(layer, new)
    both = gpd.GeoDataFrame(pd.concat([conform(layer, rest), conform(layer, new)]), crs=table.crs)
    order = [*(feature for feature in table.index if feature in both.index), *rows]
    return conform(layer, both.loc[list(dict.fromkeys(order))])
