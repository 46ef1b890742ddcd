"""Places that two sources, or two rows of one, seem to hold twice: reported, never merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np

from gislib.domain.tables import WGS84
from gislib.geo.crs import metric_crs
from gislib.sources.names import name_key
from gislib.sources.provenance import Message

NEAR_M: Final = 300.0
"""Places of one name nearer than this may be one place (services place a campus 70 m to 206 m apart)."""
_NAMED_MAX: Final = 5
_LAYERS: Final = frozenset({"schools", "venues", "water"})


def same_place(table: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> list[str]:
    """
    Ids of ``table`` that share their name with a place within `NEAR_M`.

    Looked for among the rows of ``others`` and the earlier rows of ``table`` itself (both WGS 84, with ``name``).
    Places without a name are never the same.
    """
    if table.empty:
        return []
    crs = metric_crs(float(np.median(table.geometry.representative_point().x)))
    by_key = defaultdict(list)
    for name, shape in zip(others["name"], others.geometry.to_crs(crs), strict=True):
        by_key[name_key(name)].append(shape)
    found = []
    for row_id, name, shape in zip(table.index, table["name"], table.geometry.to_crs(crs), strict=True):
        key = name_key(name)
        if key and any(shape.distance(other) < NEAR_M for other in by_key[key]):
            found.append(str(row_id))
        by_key[key].append(shape)
    return found


def report(
    layer: str, table: gpd.GeoDataFrame, source_id: str, known: Mapping[str, gpd.GeoDataFrame]
) -> tuple[Message, ...]:
    """Warning ``duplicates`` if rows of a new table seem to be in another source, or in the table, already."""
    if layer not in _LAYERS:
        return ()
    elsewhere = known.get(layer)
    if elsewhere is None:
        elsewhere = table.iloc[:0]
    others = elsewhere[elsewhere["source_id"] != source_id].to_crs(WGS84)
    twins = same_place(table, others)
    if not twins:
        return ()
    names = table.loc[twins[:_NAMED_MAX], "name"]
    return (Message("duplicates", {"layer": layer, "count": len(twins), "names": "、".join(names)}),)
