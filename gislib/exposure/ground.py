"""The ground that exposure is measured on: metric tables, walk graph, snapped gates; built once per data version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.domain.tables import LAYERS, empty_table
from gislib.exposure.inferred_gates import with_inferred_gates
from gislib.geo.crs import transform, working_crs
from gislib.network.graph import WalkGraph, build_walk_graph
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
    tables["gates"] = with_inferred_gates(
        tables["schools"], tables["gates"], tables["roads"], graph, rs.number("located.point_m", on)
    )
    xy = shapely.get_coordinates(tables["gates"].geometry.to_numpy())
    return Ground(tables, graph, obstacles, parameters, snap(graph, obstacles, xy, parameters.snap_limit_m))


def gate_xy(ground: Ground) -> Floats:
    """Coordinates of all gates, row by row."""
    return np.asarray(shapely.get_coordinates(ground.tables["gates"].geometry.to_numpy()))
