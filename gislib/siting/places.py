"""
Places on streets and what is known of them: chainage, curve, slope, neighbours, facts of the road.

A *place* is a position on the centre line of a road. Chainage runs from the road's first vertex, so both kerbs and the
crossings of one street share it; sites are stretches of equal chainage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.compliance.streets import junctions, streets_of
from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.rules import RuleSet
from gislib.siting.continued import continued, on_continued

Elevation = Callable[[Floats], Floats]
"""Metres above sea level at ``(n, 2)`` positions of the working CRS; NaN where unknown."""

CURVE_ARM_M: Final = 15.0
"""The radius at a place is that of the circle through it and the points this far before and behind on its street."""
SLOPE_ARM_M: Final = 15.0
"""Slope is taken between the points this far before and behind."""
STRAIGHT_M: Final = 1e-6
"""Sagitta below which three points are a straight line."""
_BEARING_ARM_M: Final = 1.0
_FULL_CIRCLE: Final = 360.0

ROAD_FACTS: Final = ("road_class", "maxspeed_kmh", "lanes", "bridge", "tunnel", "bus_route", "lit", "sidewalk")


@dataclass(frozen=True)
class Surroundings:
    """Tables in the working metric CRS, and the elevation if a DEM is loaded."""

    roads: gpd.GeoDataFrame
    devices: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    elevation: Elevation | None = None


def places_on_roads(near: Surroundings, rs: RuleSet, road_id: Shapes, chainage_m: Floats) -> gpd.GeoDataFrame:
    """
    Facts of places on roads.

    Parameters
    ----------
    near
        Roads, devices and gates.
    rs
        Which classes are arterials, and which roads make junctions.
    road_id, chainage_m
        Parallel: road and metres from its first vertex.

    Returns
    -------
    GeoDataFrame
        One row per place (RangeIndex, point geometry): ``road_id, chainage_m, bearing_deg`` (of the road's own
        direction, clockwise from north), `ROAD_FACTS` and ``road_group``, ``radius_m`` (infinite where straight),
        ``slope`` (rise over run, NaN unknown), ``junction_m``, ``fire_gate_m``, ``vehicle_gate_m`` (infinite: none
        known), ``fire_gate_known`` (whether any fire gate is mapped at all).
    """
    rows = near.roads.index.get_indexer(pd.Index(road_id))
    lines = near.roads.geometry.to_numpy()[rows]
    points = shapely.line_interpolate_point(lines, chainage_m)
    facts = pd.DataFrame(near.roads[list(ROAD_FACTS)]).iloc[rows].reset_index(drop=True)
    streets = streets_of(near.roads, rs)
    longer = continued(streets, np.unique(road_id.astype(str)), max(CURVE_ARM_M, SLOPE_ARM_M))
    street = on_continued(lines, chainage_m, longer, road_id)
    group = {name: kind.group for name, kind in rs.kinds("road").items()}
    fire = near.gates.geometry.to_numpy()[(near.gates["role"] == "fire").to_numpy(bool)]
    vehicle = near.gates.geometry.to_numpy()[(near.gates["role"] == "vehicle").to_numpy(bool)]
    table = facts.assign(
        road_id=road_id,
        chainage_m=chainage_m,
        bearing_deg=_bearing(lines, chainage_m),
        road_group=facts["road_class"].map(group),
        radius_m=_radius(*street),
        slope=_slope(near.elevation, *street),
        junction_m=distance_to(points, junctions(streets).to_numpy()),
        fire_gate_m=distance_to(points, fire),
        vehicle_gate_m=distance_to(points, vehicle),
        fire_gate_known=bool(len(fire)),
    )
    return gpd.GeoDataFrame(table, geometry=points, crs=near.roads.crs)


def distance_to(points: Shapes, others: Shapes) -> Floats:
    """Metres from each point to the nearest of other shapes; infinite where there are none."""
    if not len(others) or not len(points):
        return np.full(len(points), np.inf)
    tree = shapely.STRtree(list(others))
    return np.asarray(shapely.distance(points, others[tree.nearest(points)]), dtype=np.float64)


def nearest_road(near: Surroundings, points: Shapes, allowed: frozenset[str], reach_m: float) -> tuple[Shapes, Floats]:
    """Road of an allowed class nearest to each point and the chainage of its foot; None and NaN beyond the reach."""
    roads = near.roads[near.roads["road_class"].isin(allowed)]
    found = np.full(len(points), None, dtype=object)
    chain = np.full(len(points), np.nan)
    if roads.empty or not len(points):
        return found, chain
    lines = roads.geometry.to_numpy()
    point, road = shapely.STRtree(list(lines)).query_nearest(points, max_distance=reach_m, all_matches=False)
    found[point] = roads.index.to_numpy(dtype=object)[road]
    chain[point] = shapely.line_locate_point(lines[road], points[point])
    return found, chain


def _arms(lines: Shapes, chainage_m: Floats, arm_m: float) -> tuple[Floats, Floats, Floats]:
    """Positions before, at and behind each place, at most an arm away and never beyond the line."""
    low = np.maximum(chainage_m - arm_m, 0.0)
    high = np.minimum(chainage_m + arm_m, shapely.length(lines))
    at = (shapely.get_coordinates(shapely.line_interpolate_point(lines, c)) for c in (low, chainage_m, high))
    before, here, behind = at
    return before, here, behind


def _bearing(lines: Shapes, chainage_m: Floats) -> Floats:
    before, _, behind = _arms(lines, chainage_m, _BEARING_ARM_M)
    step = behind - before
    return np.asarray(np.degrees(np.arctan2(step[:, 0], step[:, 1])) % _FULL_CIRCLE)


def _radius(lines: Shapes, chainage_m: Floats) -> Floats:
    """Radius of the circle through three points: product of the sides over four times the area."""
    a, b, c = _arms(lines, chainage_m, CURVE_ARM_M)
    sides = np.prod([np.hypot(*(q - p).T) for p, q in ((a, b), (b, c), (a, c))], axis=0)
    u, v = b - a, c - a
    twice = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    bent = twice > STRAIGHT_M
    return np.where(bent, sides / np.where(bent, 2.0 * twice, 1.0), np.inf)


def _slope(elevation: Elevation | None, lines: Shapes, chainage_m: Floats) -> Floats:
    """Absolute rise over run along the line; NaN without elevation."""
    if elevation is None or not len(lines):
        return np.full(len(lines), np.nan)
    before, _, behind = _arms(lines, chainage_m, SLOPE_ARM_M)
    run = np.minimum(chainage_m + SLOPE_ARM_M, shapely.length(lines)) - np.maximum(chainage_m - SLOPE_ARM_M, 0.0)
    rise = elevation(behind) - elevation(before)
    return np.asarray(np.abs(rise) / np.where(run > 0, run, np.nan))


def site_number(chainage_m: Floats, length_m: Floats, site_length_m: float) -> Ints:
    """Stretch of a road that holds each chainage; roads are cut into equal stretches no longer than a site."""
    stretches = np.maximum(np.ceil(length_m / site_length_m), 1.0)
    share = np.divide(chainage_m, length_m, out=np.zeros_like(chainage_m), where=length_m > 0)
    return np.minimum((share * stretches).astype(np.int64), stretches.astype(np.int64) - 1)
