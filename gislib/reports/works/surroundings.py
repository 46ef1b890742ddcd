"""What is drawn around the devices: layers of the area clipped to the campuses that get any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib.geo.crs import metric_crs, to_wgs84
from gislib.reports.marking import KEPT_INSIDE
from gislib.reports.works.content import CONTEXT
from gislib.rules import RuleSet

MARGIN_M: Final = 150.0
"""Drawn around campuses and devices: enough for the next junction."""
KIND_NAME: Final = "kind_name"
_TOPICS: Final = {"roads": ("road", "road_class"), "devices": ("device", "kind"), "water": ("water", "kind")}
_CUT: Final = frozenset({"roads", "water"})
"""Long things; a house or a wall stays whole."""
_RANKS: Final = {0: "points", 1: "lines", 2: "areas"}


def context_around(
    tables: Mapping[str, gpd.GeoDataFrame], devices: gpd.GeoDataFrame, campuses: gpd.GeoDataFrame, rs: RuleSet,
    margin_m: float = MARGIN_M,
) -> dict[str, gpd.GeoDataFrame]:  # fmt: skip
    """
    Rows of the `content.CONTEXT` layers near a device or its campus; roads and water are cut at the margin.

    Existing cameras are left out: a works package goes to many hands, and the places of cameras do not.

    Parameters
    ----------
    tables
        Layers of the area, any CRS; absent ones are left out.
    devices, campuses
        As in `content.Works`.
    rs
        Names of the kinds of roads, devices and waters.
    margin_m
        How far around each.

    Returns
    -------
    layer name to table
        WGS 84, index and columns kept, in id order; `KIND_NAME` is added where a layer has kinds: the Chinese name, the
        id itself where the rules hold none. Empty layers for no devices.
    """
    present = {name: tables[name] for name in CONTEXT if name in tables}
    if "devices" in present:
        present["devices"] = present["devices"][~present["devices"]["kind"].isin(KEPT_INSIDE)]
    shapes = np.concatenate([devices.geometry.to_numpy(), campuses.geometry.to_numpy()])
    if not len(shapes):
        return {name: _with_kind_names(to_wgs84(table.iloc[:0]), name, rs) for name, table in present.items()}
    spots = gpd.GeoSeries(shapes, crs=devices.crs)
    crs = metric_crs(float(np.mean(spots.total_bounds[[0, 2]])))
    around = gpd.GeoSeries([spots.to_crs(crs).buffer(margin_m).union_all()], crs=crs)
    near = {name: _clipped(table, around, cut=name in _CUT) for name, table in present.items()}
    return {name: _with_kind_names(table, name, rs) for name, table in near.items()}


def _with_kind_names(table: gpd.GeoDataFrame, layer: str, rs: RuleSet) -> gpd.GeoDataFrame:
    if layer not in _TOPICS:
        return table
    topic, column = _TOPICS[layer]
    names = {identity: kind.zh for identity, kind in rs.kinds(topic).items()}
    return table.assign(**{KIND_NAME: [names.get(kind, kind) for kind in table[column]]})


def _clipped(table: gpd.GeoDataFrame, around: gpd.GeoSeries, *, cut: bool) -> gpd.GeoDataFrame:
    """Rows that meet the area, if asked cut at it; what cutting leaves of a lower dimension (a touch) is dropped."""
    [area] = around.to_crs(pyproj.CRS.from_user_input(table.crs))
    shapely.prepare(area)
    near = table[shapely.intersects(area, table.geometry.to_numpy())].sort_index()
    if not cut:
        return to_wgs84(near)
    shapes = near.geometry.to_numpy().copy()
    rank = shapely.get_dimensions(shapes)
    across = np.flatnonzero(~shapely.contains_properly(area, shapes))
    inside = shapely.intersection(shapes[across], area)
    shapes[across] = [_of_rank(shape, int(rank[row])) for row, shape in zip(across, inside, strict=True)]
    out = near.set_geometry(gpd.GeoSeries(shapes, index=near.index, crs=table.crs))
    return to_wgs84(out[~shapely.is_empty(shapes)])


def _of_rank(shape: shapely.Geometry, rank: int) -> shapely.Geometry:
    """Parts of a shape that are points (0), lines (1) or areas (2); empty if it has none."""
    if not isinstance(shape, shapely.GeometryCollection):
        return shape if shapely.get_dimensions(shape) == rank else shapely.GeometryCollection()
    return shapely.union_all([part for part in shape.geoms if shapely.get_dimensions(part) == rank])


def by_shape(table: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Rows of a table by ``points``, ``lines`` and ``areas``."""
    dimension = shapely.get_dimensions(table.geometry.to_numpy())
    return {name: table[dimension == rank] for rank, name in _RANKS.items() if bool((dimension == rank).any())}
