"""Small drawn worlds in metres (y up), and one-line builders for their tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gislib.domain.tables import LAYERS, conform, empty_table
from gislib.network.graph import WalkGraph, build_walk_graph
from gislib.network.parameters import WalkParameters, classes_from
from gislib.network.snap import Obstacles, Snaps, build_obstacles, snap
from gislib.network.walks import reach, walk_lengths, walk_line

# The working projection with its origin moved to the drawing, where plane and ellipsoid agree to millimetres.
CRS = pyproj.CRS.from_proj4("+proj=tmerc +lat_0=0 +lon_0=105 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs")
Row = tuple[object, ...]

# Widths and reaches chosen for easy sums: kerbs of a secondary lie 7 m, of a primary 10 m off the centre line.
PARAMETERS = WalkParameters(
    kerbed_classes=classes_from("tertiary"),
    not_walkable=frozenset({"motorway"}),
    width_m={"secondary": 14.0, "primary": 20.0, "tertiary": 8.0},
    crossing_duty_m=100.0,
    crossing_density_min_per_km=1.0,
    crossing_reach_m=15.0,
    signal_reach_m=30.0,
    rail_reach_m=12.0,
    carriageway_gap_m=40.0,
    snap_limit_m=60.0,
)


def table(layer: str, rows: Iterable[dict[str, object]]) -> gpd.GeoDataFrame:
    """Conformed table; ``geometry`` is a shape or coordinates; ids count up; source and accuracy are filled in."""
    records = list(rows)
    if not records:
        return empty_table(layer, CRS)
    columns = LAYERS[layer].columns
    filled = []
    for record in records:
        own = dict(record)
        own.setdefault("source_id", "drawn")
        if "located_to_m" in columns:
            own.setdefault("located_to_m", 0.5)
        filled.append(own)
    shapes = [_shape(record.pop("geometry")) for record in filled]
    index = [str(record.pop("id", f"{layer[0]}{k}")) for k, record in enumerate(filled)]
    return conform(layer, gpd.GeoDataFrame(filled, geometry=shapes, index=index, crs=CRS))


def _shape(value: object) -> shapely.Geometry:
    if isinstance(value, shapely.Geometry):
        return value
    coords = np.asarray(value, float)
    return shapely.Point(coords) if coords.ndim == 1 else shapely.LineString(coords)


def road(road_class: str, coords: Sequence[tuple[float, float]], **facts: object) -> dict[str, object]:
    return {"road_class": road_class, "geometry": coords, **facts}


def device(kind: str, coords: object, **facts: object) -> dict[str, object]:
    return {"kind": kind, "geometry": coords, **facts}


@dataclass(frozen=True)
class World:
    graph: WalkGraph
    obstacles: Obstacles

    def snap(self, *points: tuple[float, float]) -> Snaps:
        return snap(self.graph, self.obstacles, np.array(points, float).reshape(-1, 2), PARAMETERS.snap_limit_m)

    def walk(
        self, start: tuple[float, float], end: tuple[float, float], *, legal: bool, limit_m: float = 2000.0
    ) -> tuple[float, shapely.LineString | None]:
        """Metres and line of the shortest walk."""
        begin, finish = self.snap(start), self.snap(end)
        grown = reach(self.graph, begin, [np.array([0])], legal=legal, limit_m=limit_m)
        metres = walk_lengths(self.graph, (begin, grown), finish, (np.array([0]), np.array([0]))).metres[0]
        ends = np.array(start, float), np.array(end, float)
        return float(metres), walk_line(self.graph, (begin, grown), finish, 0, 0, ends)


def world(
    roads: Iterable[dict[str, object]], devices: Iterable[dict[str, object]] = (), *,
    water: Iterable[dict[str, object]] = (), buildings: Iterable[dict[str, object]] = (),
) -> World:  # fmt: skip
    devices_table = table("devices", devices)
    graph = build_walk_graph(table("roads", roads), devices_table, PARAMETERS)
    return World(graph, build_obstacles(graph, devices_table, table("water", water), table("buildings", buildings)))
