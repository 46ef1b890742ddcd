"""Shapes of OSM objects, built in bulk from coordinate arrays, and what can be saved of broken ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gislib.sources.osm_scan import WKB_HEAD, Position, Scan

_POINT_DIGITS: Final = 32
_MIN_RING_POINTS: Final = 4
_MIN_LINE_POINTS: Final = 2

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Outlines:
    """
    Shapes of all complete ways, WGS 84 longitude, latitude.

    Parameters
    ----------
    row
        Way id to position in the arrays.
    lines
        LineString of every way.
    polygons
        Valid Polygon or MultiPolygon of every closed way; None where the way is open or encloses nothing.
    """

    row: dict[int, int]
    lines: Shapes
    polygons: Shapes


def build_outlines(found: Scan) -> Outlines:
    """Lines and polygons of the complete ways of a scan."""
    texts = list(found.outlines.values())
    sizes = np.array([(len(text) - WKB_HEAD) // _POINT_DIGITS for text in texts], dtype=np.int64)
    packed = bytes.fromhex("".join(text[WKB_HEAD:] for text in texts))
    xy = np.frombuffer(packed, dtype="<f8").reshape(-1, 2)
    row = {number: place for place, number in enumerate(found.outlines)}
    if not texts:
        nothing = np.empty(0, dtype=object)
        return Outlines(row, nothing, nothing)
    lines: Shapes = np.asarray(shapely.linestrings(xy, indices=np.repeat(np.arange(len(sizes)), sizes)))
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    closed = (xy[first] == xy[first + sizes - 1]).all(axis=1) & (sizes >= _MIN_RING_POINTS)
    polygons = np.full(len(sizes), None, dtype=object)
    if closed.any():
        rings = shapely.linearrings(
            xy[np.repeat(closed, sizes)], indices=np.repeat(np.arange(closed.sum()), sizes[closed])
        )
        polygons[closed] = valid_areas(shapely.polygons(rings))
    return Outlines(row, lines, polygons)


def valid_areas(shapes: Shapes) -> Shapes:
    """Copy with self-crossing areas mended; None where nothing of an area remains."""
    out = np.array(shapes, dtype=object)
    bad = np.flatnonzero(~shapely.is_valid(out) & ~shapely.is_missing(out))
    for place in bad:
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(out[place])))
        areas = [part for part in parts if part.geom_type == "Polygon"]
        out[place] = shapely.union_all(areas) if areas else None
    return out


def runs(positions: Iterable[Position | None]) -> list[shapely.LineString]:
    """Lines through each stretch of at least two different present nodes that follow one another."""
    stretches: list[list[Position]] = [[]]
    for position in positions:
        if position is None:
            stretches.append([])
        elif not stretches[-1] or stretches[-1][-1] != position:
            stretches[-1].append(position)
    return [shapely.LineString(stretch) for stretch in stretches if len(stretch) >= _MIN_LINE_POINTS]


def relation_area(members: list[tuple[str, int, str]], outlines: Outlines) -> tuple[BaseGeometry | None, bool]:
    """
    Area of a multipolygon or site relation from the rings that its complete ways close.

    Returns
    -------
    tuple
        The area by even-odd rule (islands in holes count), None when no ring closes; and whether every member way was
        there and used.
    """
    whole = True
    rings: list[BaseGeometry] = []
    for inner in (False, True):
        rows = [outlines.row.get(ref) for kind, ref, role in members if kind == "w" and (role == "inner") == inner]
        there = [outlines.lines[place] for place in rows if place is not None]
        closed, cuts, dangles, invalid = shapely.polygonize_full(there)
        rings += [shapely.Polygon(face.exterior) for face in closed.geoms]
        whole &= len(there) == len(rows) and not (len(cuts.geoms) or len(dangles.geoms) or len(invalid.geoms))
    area: BaseGeometry | None = None
    for ring in sorted(rings, key=lambda ring: -ring.area):
        area = ring if area is None else shapely.symmetric_difference(area, ring)
    return (None if area is None else valid_areas(np.array([area], dtype=object))[0]), whole
