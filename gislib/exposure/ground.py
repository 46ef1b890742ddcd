"""The ground that exposure is measured on: metric tables, walk graph, snapped gates; built once per data version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.domain.tables import LAYERS, conform, empty_table
from gislib.geo.crs import transform, working_crs
from gislib.network.graph import ALONG, WalkGraph, build_walk_graph
from gislib.network.parameters import WalkParameters, walk_parameters
from gislib.network.snap import Obstacles, Snaps, build_obstacles, snap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gislib.rules import RuleSet


@dataclass(frozen=True)
class Ground:
    """
    Tables in the working metric CRS with the walk graph over them.

    Attributes
    ----------
    tables
        Every layer of ``gislib.domain.tables``; absent layers are empty. Gates include inferred ones.
    graph, obstacles, parameters
        Walk graph, what legs may not cross, and the numbers they were built with.
    gate_snaps
        Snaps of ``tables["gates"]``, point number = row.
    edge_slope_excess_m
        How much longer each edge is on the slope than on the plane; 0 where elevations are unknown; None without any.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    graph: WalkGraph
    obstacles: Obstacles
    parameters: WalkParameters
    gate_snaps: Snaps
    edge_slope_excess_m: Floats | None = None

    def snap(self, points: Shapes) -> Snaps:
        """Snap points of the working CRS to the walk graph."""
        return snap(self.graph, self.obstacles, shapely.get_coordinates(points), self.parameters.snap_limit_m)

    def gate_rows(self, school_id: str) -> Ints:
        """Rows of a campus's gates in ``tables["gates"]``."""
        return np.flatnonzero((self.tables["gates"]["school_id"] == school_id).to_numpy(bool))


def build_ground(
    tables_wgs84: Mapping[str, gpd.GeoDataFrame], rs: RuleSet, on: date, crs: pyproj.CRS | None = None
) -> Ground:
    """
    Move all tables into one plane (None: the working CRS of their campuses) and build the walk graph.

    Raises
    ------
    CrsError
        ``area_empty`` without a campus; ``area_too_wide`` if the campuses span too much longitude for one plane.
    """
    crs = crs or working_crs(tables_wgs84["schools"])
    tables = {
        name: transform(tables_wgs84[name], crs).sort_index() if name in tables_wgs84 else empty_table(name, crs)
        for name in LAYERS
    }
    parameters = walk_parameters(rs, on)
    graph = build_walk_graph(tables["roads"], tables["devices"], parameters)
    obstacles = build_obstacles(graph, tables["devices"], tables["water"], tables["buildings"])
    tables["gates"] = _with_inferred_gates(tables["schools"], tables["gates"], graph, rs.number("located.point_m", on))
    xy = shapely.get_coordinates(tables["gates"].geometry.to_numpy())
    return Ground(tables, graph, obstacles, parameters, snap(graph, obstacles, xy, parameters.snap_limit_m))


def _with_inferred_gates(
    schools: gpd.GeoDataFrame, gates: gpd.GeoDataFrame, graph: WalkGraph, located_m: float
) -> gpd.GeoDataFrame:
    """
    Gates plus one inferred gate for every campus that has none.

    It lies on the boundary where the nearest walkable way passes, or at the point of a campus without boundary.
    """
    lacking = schools[~schools.index.isin(gates["school_id"])]
    if lacking.empty:
        return gates
    shapes = lacking.geometry.to_numpy()
    spots = np.array([_point_by_way(s, near) for s, near in zip(shapes, _nearest_ways(shapes, graph), strict=True)])
    inferred = gpd.GeoDataFrame(
        {
            "school_id": lacking.index,
            "role": "student",
            "counts_for_measuring": True,
            "inferred": True,
            "source_id": lacking["source_id"].to_numpy(),
            "located_to_m": np.maximum(lacking["located_to_m"].to_numpy(float), located_m),
        },
        geometry=spots,
        index=lacking.index + ":inferred",
        crs=schools.crs,
    )
    both = [conform("gates", inferred)] if gates.empty else [gates, conform("gates", inferred)]
    merged = gpd.GeoDataFrame(
        {name: np.concatenate([t[name].to_numpy(dtype=object) for t in both]) for name in both[0].columns},
        geometry="geometry",
        index=np.concatenate([t.index.to_numpy(dtype=object) for t in both]),
        crs=schools.crs,
    )
    return conform("gates", merged).sort_index()


def _nearest_ways(shapes: Shapes, graph: WalkGraph) -> list[shapely.LineString | None]:
    """Nearest edge along a way to each campus; None without any way."""
    ways = graph.lines[graph.kind == ALONG]
    if not len(ways):
        return [None] * len(shapes)
    outline = shapely.boundary(shapes)
    outline = np.where(shapely.is_empty(outline), shapes, outline)
    found: list[shapely.LineString | None] = list(ways[shapely.STRtree(list(ways)).nearest(outline)])
    return found


def _point_by_way(campus: BaseGeometry, way: shapely.LineString | None) -> shapely.Point:
    """Point of the campus outline nearest to a way."""
    if isinstance(campus, shapely.Point):
        return campus
    target = way if way is not None else campus.centroid
    return shapely.Point(shapely.get_coordinates(shapely.shortest_line(campus.boundary, target))[0])


def gate_xy(ground: Ground) -> Floats:
    """Coordinates of all gates, row by row."""
    return np.asarray(shapely.get_coordinates(ground.tables["gates"].geometry.to_numpy()))
