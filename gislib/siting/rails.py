"""
Where along its street a rail before a gate can be laid.

It is laid only where it is in nobody's way: not across a junction, a marked crossing, or the way of vehicles and fire
engines through a gate. It is cut there into pieces; its quantity is the length that is laid.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from gislib.compliance.streets import junctions, streets_of
from gislib.domain.arrays import Floats, Shapes
from gislib.rules import RuleSet

LAID_DECIMALS: Final = 1
"""Decimals of laid metres."""
_ROUND: Final = 64
"""Segments of a quarter circle: a disc is true to a millimetre."""
Tables: TypeAlias = Mapping[str, gpd.GeoDataFrame]


@dataclass(frozen=True)
class Rails:
    """What rails keep clear of around some roads: discs; the length to each side, and of the least piece."""

    discs: Shapes
    tree: shapely.STRtree
    each_side_m: float
    least_m: float

    def pieces(self, line: shapely.LineString, chainage_m: float) -> list[shapely.LineString]:
        """Pieces along a road on both sides of a place, in the order of the road; empty where none fits."""
        low, high = max(chainage_m - self.each_side_m, 0.0), min(chainage_m + self.each_side_m, line.length)
        whole = substring(line, low, high)
        near = self.discs[self.tree.query(whole, predicate="intersects")]
        free = whole.difference(shapely.union_all(near)) if len(near) else whole
        parts = [part for part in shapely.get_parts(free) if part.length >= self.least_m]
        return sorted(parts, key=lambda part: float(line.project(part.interpolate(0.5, normalized=True))))


def rails_along(tables: Tables, road_id: Shapes, rules: tuple[RuleSet, date]) -> Rails:
    """
    What rails along some roads keep clear of.

    Junctions and marked crossings count wherever they are; gates for vehicles and fire engines by themselves and by
    their foot on each of the roads in snap reach, for a gate stands back from the street that it opens on.
    """
    rs, on = rules
    roads, gates, devices = tables["roads"], tables["gates"], tables["devices"]
    lines = roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(np.unique(road_id.astype(str))))]
    around = roads.iloc[np.unique(roads.sindex.query(lines, predicate="intersects")[1])] if len(lines) else roads[:0]
    marked = devices["marked"].astype("boolean").fillna(value=True).to_numpy(bool)
    crossing = (devices["kind"] == "crossing").to_numpy(bool) & marked
    found = [
        _discs(junctions(streets_of(around, rs)).to_numpy(), rs.number("siting.junction_clear_m", on)),
        _discs(devices.geometry.to_numpy()[crossing], rs.number("siting.crossing_clear_m", on)),
    ]
    for role, rule_id in (("fire", "siting.fire_gate_clear_m"), ("vehicle", "siting.vehicle_gate_clear_m")):
        points = gates.geometry.to_numpy()[(gates["role"] == role).to_numpy(bool)]
        found.append(_discs(points, rs.number(rule_id, on)))
        if len(points) and len(lines):
            gate, line = shapely.STRtree(list(lines)).query(
                points, predicate="dwithin", distance=rs.number("network.snap_limit_m", on)
            )
            feet = shapely.line_interpolate_point(lines[line], shapely.line_locate_point(lines[line], points[gate]))
            found.append(_discs(feet, rs.number(rule_id, on)))
    discs = np.concatenate(found)
    return Rails(
        discs, shapely.STRtree(list(discs)), rs.number("siting.rail_each_side_m", on),
        rs.number("siting.rail_piece_min_m", on),
    )  # fmt: skip


def _discs(shapes: Shapes, metres: float) -> Shapes:
    """Everything nearer than a distance: a little more than the distance, never less."""
    return np.asarray(shapely.buffer(shapes, metres / math.cos(math.pi / 4 / _ROUND), quad_segs=_ROUND), dtype=object)


def rail_lengths(tables: Tables, road_id: Shapes, chainage_m: Floats, rules: tuple[RuleSet, date]) -> Floats:
    """Metres of rail that can be laid before each place."""
    rails = rails_along(tables, road_id, rules)
    lines = lines_of(tables["roads"], road_id)
    metres = [sum(p.length for p in rails.pieces(a, c)) for a, c in zip(lines, chainage_m.tolist(), strict=True)]
    return np.asarray(np.round(metres, LAID_DECIMALS), dtype=np.float64)


def lines_of(roads: gpd.GeoDataFrame, road_id: Shapes) -> Shapes:
    """Line of each of some roads, in their order."""
    return np.asarray(roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(road_id))], dtype=object)


def laid_rails(
    plan: gpd.GeoDataFrame, tables: Tables, rules: tuple[RuleSet, date]
) -> list[tuple[str, int, shapely.Geometry]]:
    """Pieces of the rails of a plan: device, number of the piece from 1, line."""
    own = plan[(plan["kind"] == "rail").to_numpy(bool)]
    if own.empty:
        return []
    road_id = own["segment_id"].to_numpy(dtype=object)
    rails, lines = rails_along(tables, road_id, rules), lines_of(tables["roads"], road_id)
    return [
        (str(device_id), number, piece)
        for device_id, line, chain in zip(own.index, lines, own["chainage_m"], strict=True)
        for number, piece in enumerate(rails.pieces(line, float(chain)), start=1)
    ]
