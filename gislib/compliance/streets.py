"""What the audit needs to know of streets: which roads are streets, their junctions, widths and lanes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gislib.rules import RuleSet

STREET_GROUPS: Final = frozenset({"arterial", "collector", "local"})
NOT_STREETS: Final = frozenset({"service", "track", "busway"})
"""The gate's own drive and field tracks meet the street at every gate: they make no junction."""

_VERTEX_DECIMALS: Final = 2
"""Vertices that agree to a centimetre are one: stored coordinates have 1e-7 degree."""

_JUNCTION_ARMS: Final = 3


def streets_of(roads: gpd.GeoDataFrame, rs: RuleSet) -> gpd.GeoDataFrame:
    """Roads of the domain that are streets by their class; a class that the rules do not list is none."""
    kinds = rs.kinds("road")
    classes = [name for name, kind in kinds.items() if kind.group in STREET_GROUPS and name not in NOT_STREETS]
    return roads[roads["road_class"].isin(classes)]


def junctions(streets: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """
    Points at which three or more arms of streets meet in a common vertex, metric CRS of ``streets``.

    A line brings one arm where it ends and two where it passes. Lines that cross without a common vertex (bridges) make
    no junction.
    """
    xy, line = shapely.get_coordinates(streets.geometry.to_numpy(), return_index=True)
    ends = np.ones(len(line), dtype=bool)
    if len(line):
        same = line[1:] == line[:-1]
        ends = ~(np.append(False, same) & np.append(same, False))
    vertices = pd.DataFrame(np.round(xy, _VERTEX_DECIMALS), columns=["x", "y"]).assign(arms=np.where(ends, 1, 2))
    arms = vertices.groupby(["x", "y"])["arms"].sum()
    found = arms[arms >= _JUNCTION_ARMS].reset_index()
    return gpd.GeoSeries(gpd.points_from_xy(found["x"], found["y"]), crs=streets.crs)


def half_width_m(streets: gpd.GeoDataFrame, default_m: Mapping[str, Any]) -> NDArray[np.float64]:
    """Half the carriageway: of the road's own width, else its class's, else its class's without ``_link``; else NaN."""
    by_class = streets["road_class"].map(lambda name: default_m.get(name, default_m.get(name.removesuffix("_link"))))
    width_m = streets["width_m"].where(streets["width_m"].notna(), by_class.astype("float64"))
    return width_m.to_numpy("float64") / 2


def lanes_per_direction(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, reach_m: float) -> NDArray[np.float64]:
    """Lanes in one direction of the nearest street within ``reach_m`` of each place; NaN: none near, or unknown."""
    out = np.full(len(places), np.nan)
    if streets.empty:
        return out
    tree = shapely.STRtree(streets.geometry.to_numpy())
    rows, found = tree.query_nearest(places.geometry.to_numpy(), max_distance=reach_m, all_matches=False)
    both_ways = ~streets["oneway"].isin(["yes", "-1"]).to_numpy()
    lanes = streets["lanes"].to_numpy("float64") / np.where(both_ways, 2, 1)
    out[rows] = lanes[found]
    return out
