"""Schools of villages: a plot beside the village's spine, or a teaching point known by address only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shapely
from shapely import affinity
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from demo import campuses
from demo.buildings import bearing
from demo.country import Village
from demo.plane import xy
from demo.streets import Street
from demo.wishes import Wish

COUNT: Final = 14
GEOCODED: Final = 2
"""So many of them are teaching points."""
_WIDTH_M, _DEPTH_M = 62, 54


def _plot(village: Village, roads: shapely.STRtree, taken: BaseGeometry) -> Polygon | None:
    """Ground beside the spine of a village that meets neither a road nor ``taken``, or None."""
    spine = village.lanes[0]
    for share in (0.25, 0.5, 0.75, 0.9):
        for turn_deg in (0, 180):
            at = spine.line.length * share
            here, ahead = spine.line.interpolate(at), spine.line.interpolate(at + 1)
            shape = box(-_WIDTH_M / 2, spine.clear_m + 2, _WIDTH_M / 2, spine.clear_m + 2 + _DEPTH_M)
            angle = bearing((here.x, here.y), (ahead.x, ahead.y)) + turn_deg
            placed = affinity.translate(affinity.rotate(shape, angle, origin=(0, 0)), here.x, here.y)
            near = roads.query(placed.buffer(3), predicate="intersects")
            if not len(near) and not taken.intersects(placed):
                return placed
    return None


def plots(villages: Sequence[Village], streets: Sequence[Street], water: BaseGeometry) -> list[tuple[Wish, Polygon]]:
    """Wishes of the larger villages with their ground."""
    tree = shapely.STRtree([s.line for s in streets])
    kept_dry = water.buffer(15)
    out: list[tuple[Wish, Polygon]] = []
    for village in villages:
        if len(out) == COUNT or village.lanes[0].line.length <= 200:
            continue
        shape = _plot(village, tree, kept_dry)
        if shape is not None:
            title = village.name + ("小学" if len(out) < COUNT - GEOCODED else campuses.GEOCODED)
            out.append((Wish(title, "primary", shape.area, xy(shape.centroid.coords[0]), "1"), shape))
    return out
