"""One layer as read from OSM: its table, what was lost on the way, and the counts the planner is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.tables import WGS84
from gislib.sources.osm_features import Feature, Harvest, Lost
from gislib.sources.provenance import Message


@dataclass(frozen=True)
class Located:
    """Position uncertainties (1 sigma, metres) of what OSM draws as an outline, as a point, and only in part."""

    outline_m: float
    point_m: float
    partial_m: float

    def of(self, features: Sequence[Feature]) -> list[float]:
        """Uncertainty of each feature."""
        shapes = np.array([feature.shape for feature in features], dtype=object)
        is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
        drawn = np.where(is_point, self.point_m, self.outline_m)
        located: list[float] = np.where([feature.whole for feature in features], drawn, self.partial_m).tolist()
        return located


@dataclass(frozen=True)
class Origin:
    """What every row of a source carries: its id, and how well its features are located."""

    source_id: str
    located: Located


@dataclass(frozen=True)
class Part:
    """
    One layer.

    Parameters
    ----------
    table
        WGS 84; raw: columns that the layer does not have from OSM are absent, types are not cast yet.
    lost
        Objects of which nothing could be kept.
    counts
        ``saved`` (broken objects kept in part), ``doubles`` (outlines that repeat their relation) and the layer's own.
    warnings
        Messages the planner must see.
    """

    table: gpd.GeoDataFrame
    lost: Sequence[Lost] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: Sequence[Message] = ()


def build_table(features: Sequence[Feature], columns: Mapping[str, Sequence[object]]) -> gpd.GeoDataFrame:
    """Raw table of features with the given columns, index = feature id, WGS 84; `conform` casts and checks it."""
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [feature.shape for feature in features]
    index = pd.Index([feature.id for feature in features], dtype="str")
    # As objects: types are set once, by `conform`.
    data = {name: pd.Series(list(values), index=index, dtype="object") for name, values in columns.items()}
    return gpd.GeoDataFrame(data, geometry=shapes, index=index, crs=WGS84)


def origin_columns(features: Sequence[Feature], origin: Origin) -> dict[str, Sequence[object]]:
    """Columns ``source_id`` and ``located_to_m``."""
    return {
        "source_id": [origin.source_id] * len(features),
        "located_to_m": origin.located.of(features),
    }


def harvest_counts(harvest: Harvest) -> dict[str, int]:
    """Count what every layer reports."""
    saved = {feature.id.partition("#")[0] for feature in harvest.features if not feature.whole}
    return {"saved": len(saved), "lost": len(harvest.lost), "doubles": harvest.doubles}
