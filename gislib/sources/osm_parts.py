"""One layer as read from OSM: its table, what was lost on the way, and the counts the planner is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np

from gislib.domain.tables import WGS84, conform
from gislib.sources.osm_features import Feature, Harvest, Lost
from gislib.sources.provenance import Message


@dataclass(frozen=True)
class Located:
    """Position uncertainties (1 sigma, metres) of what OSM draws as an outline, as a point, and only in part."""

    outline_m: float
    point_m: float
    partial_m: float

    def of(self, feature: Feature) -> float:
        """Uncertainty of one feature."""
        if not feature.whole:
            return self.partial_m
        return self.point_m if feature.shape.geom_type == "Point" else self.outline_m


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
        WGS 84, conformed to the layer's schema.
    lost
        Objects of which nothing could be kept.
    counts
        ``saved`` (broken objects kept in part), ``doubles`` (outlines that repeat their relation) and the layer's own.
    refused
        Objects kept out or merged on purpose: id, code, value.
    warnings
        Messages the planner must see.
    """

    table: gpd.GeoDataFrame
    lost: Sequence[Lost] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    refused: Sequence[tuple[str, str, str]] = ()
    warnings: Sequence[Message] = ()


def build_table(layer: str, features: Sequence[Feature], columns: Mapping[str, object]) -> gpd.GeoDataFrame:
    """Conformed table of features with the given columns, index = feature id, WGS 84."""
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [feature.shape for feature in features]
    table = gpd.GeoDataFrame(dict(columns), geometry=shapes, index=[feature.id for feature in features], crs=WGS84)
    return conform(layer, table)


def origin_columns(features: Sequence[Feature], origin: Origin) -> dict[str, list[object]]:
    """Columns ``source_id`` and ``located_to_m``."""
    return {
        "source_id": [origin.source_id] * len(features),
        "located_to_m": [origin.located.of(feature) for feature in features],
    }


def harvest_counts(harvest: Harvest) -> dict[str, int]:
    """Counts every layer reports."""
    saved = {feature.id.partition("#")[0] for feature in harvest.features if not feature.whole}
    return {"saved": len(saved), "lost": len(harvest.lost), "doubles": harvest.doubles}
