"""
Road table -> street pieces: junction to junction, with what decides how they are walked and crossed.

Two roads meet where they have a vertex at exactly the same coordinates; lines that merely cross (bridges) do not meet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.network.parameters import WalkParameters, base_class

LEFT: Final = 1
RIGHT: Final = -1
RAIL_STEP_M: Final = 2.0
"""Spacing of the points by which a guard rail is laid along a street."""
RAIL_PARALLEL_SHARE: Final = 0.6
"""A rail belongs to a street if its shadow on it is at least this share of its own length near it."""
OPPOSITE_DOT: Final = -0.8
"""Cosine below which two carriageways run against each other."""


@dataclass(frozen=True)
class Streets:
    """
    Street pieces; arrays are parallel, one entry per piece, in metres of the working CRS.

    Attributes
    ----------
    xy, ptr
        Vertices of all pieces; piece ``p`` has ``xy[ptr[p]:ptr[p + 1]]``.
    road
        Row of the road table.
    ends
        ``(pieces, 2)`` junction numbers of the first and the last vertex.
    kerbed
        Carried as two sides. ``wide``: the sides lie half a carriageway off the centre line (else on it).
    barred
        A median, or a guard rail along a street without kerbs: nobody crosses except at a marked crossing.
    rail_spans
        Chainages of wide pieces along which a guard rail stands; nobody crosses there either.
    walkable
        Pedestrians may walk along it (False: the line only keeps legs from crossing it).
    half_width
        Metres from the centre line to the kerb; 0 unless ``wide``.
    partner
        Piece of the opposite carriageway, -1 without; ``partner_side`` is LEFT or RIGHT (0 without).
    """

    xy: Floats
    ptr: Ints
    road: Ints
    ends: Ints
    kerbed: Flags
    wide: Flags
    barred: Flags
    rail_spans: dict[int, list[tuple[float, float]]]
    walkable: Flags
    half_width: Floats
    partner: Ints
    partner_side: Ints

    def __len__(self) -> int:
        """Return the number of pieces."""
        return len(self.road)

    def vertices(self, piece: int) -> Floats:
        """Vertices of one piece."""
        return self.xy[self.ptr[piece] : self.ptr[piece + 1]]

    def chainage(self, piece: int) -> Floats:
        """Metres from the first vertex to every vertex of one piece."""
        return _chainages(self.vertices(piece))

    def lines(self) -> Shapes:
        """Centre line of every piece."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.ptr))
        return np.asarray(shapely.linestrings(self.xy, indices=owner), dtype=object)


def build_streets(roads: gpd.GeoDataFrame, rails: Shapes, parameters: WalkParameters) -> Streets:
    """
    Cut roads into street pieces and decide how each is walked and crossed.

    Parameters
    ----------
    roads
        Road table in the working metric CRS.
    rails
        Guard rail and median lines of the device table, same CRS.
    parameters
        Classes, widths and reaches.

    Returns
    -------
    streets
        Pieces in road order. A road with ``sidewalk=separate`` is not walkable: its mapped sidewalks are.
    """
    xy, ptr, road = _cut_at_junctions(roads)
    all_classes = roads["road_class"].to_numpy(dtype=object).astype(str)
    kerb_class = np.isin(all_classes, list(parameters.kerbed_classes))
    cut = _cut_at_rails((xy, ptr, road), kerb_class[road], rails, parameters.rail_reach_m)
    xy, ptr, road = cut.xy, cut.ptr, cut.road
    classes, wide = all_classes[road], kerb_class[road]
    barred = cut.railed | _flag(roads["median"], road)
    separate = (roads["sidewalk"].to_numpy()[road] == "separate") if len(road) else np.zeros(0, bool)
    banned = np.isin(classes, list(parameters.not_walkable)) | _flag(~roads["walkable"], road)
    width = roads["width_m"].to_numpy(float)[road] if len(road) else np.zeros(0)
    standard = np.array([parameters.width_m.get(base_class(c), 0.0) for c in classes])
    half = np.where(wide, np.where(np.isnan(width), standard, width) / 2, 0.0)
    streets = Streets(
        xy=xy, ptr=ptr, road=road, ends=_junctions(xy, ptr), kerbed=wide | barred, wide=wide,
        barred=barred,
        rail_spans=cut.rail_spans, walkable=~(separate | banned), half_width=half,
        partner=np.full(len(road), -1), partner_side=np.zeros(len(road), np.int64),
    )  # fmt: skip
    partner, side = _opposite_carriageways(streets, roads, parameters.carriageway_gap_m)
    return replace(streets, partner=partner, partner_side=side, barred=barred | (partner >= 0))


def _chainages(vertices: Floats) -> Floats:
    """Metres along a line at each of its vertices."""
    step = np.diff(vertices, axis=0)
    return np.concatenate([[0.0], np.cumsum(np.hypot(step[:, 0], step[:, 1]))])


def _flag(values: pd.Series, rows: Ints) -> Flags:
    """Known-true flags of road rows; unknown counts as not set."""
    return values.to_numpy(dtype=bool, na_value=False)[rows]


def _cut_at_junctions(roads: gpd.GeoDataFrame) -> tuple[Floats, Ints, Ints]:
    """Vertices, pointers and road rows of the pieces between vertices that several lines share."""
    coords, owner = shapely.get_coordinates(roads.geometry.to_numpy(), return_index=True)
    if len(coords):
        fresh = np.r_[True, (owner[1:] != owner[:-1]) | (coords[1:] != coords[:-1]).any(axis=1)]
        coords, owner = coords[fresh], owner[fresh]
    if not len(coords):
        return np.zeros((0, 2)), np.zeros(1, np.int64), np.zeros(0, np.int64)
    first = np.r_[True, owner[1:] != owner[:-1]]
    last = np.r_[owner[1:] != owner[:-1], True]
    _, vertex = np.unique(coords, axis=0, return_inverse=True)
    uses = np.bincount(vertex.ravel())[vertex.ravel()]
    inner_cut = (uses > 1) & ~first & ~last
    # An inner cut vertex ends one piece and starts the next: it is written twice.
    repeat = 1 + inner_cut.astype(np.int64)
    position = np.repeat(np.arange(len(coords)), repeat)
    starts = np.repeat(first | inner_cut, repeat)
    doubled = np.flatnonzero(np.repeat(inner_cut, repeat))[::2]
    starts[doubled] = False
    begin = np.flatnonzero(starts)
    ptr = np.r_[begin, len(position)].astype(np.int64)
    keep = np.diff(ptr) > 1
    if not keep.all():  # a road of one distinct vertex has no length
        mask = np.repeat(keep, np.diff(ptr))
        position, begin = position[mask], begin[keep]
        ptr = np.r_[0, np.cumsum(np.diff(ptr)[keep])].astype(np.int64)
        return coords[position], ptr, owner[position[ptr[:-1]]].astype(np.int64)
    return coords[position], ptr, owner[position[begin]].astype(np.int64)


def _junctions(xy: Floats, ptr: Ints) -> Ints:
    """Junction number of both ends of every piece; equal coordinates are one junction."""
    if len(ptr) == 1:
        return np.zeros((0, 2), np.int64)
    ends = np.vstack([xy[ptr[:-1]], xy[ptr[1:] - 1]])
    _, number = np.unique(ends, axis=0, return_inverse=True)
    return np.asarray(number.reshape(2, -1).T, dtype=np.int64)


@dataclass(frozen=True)
class _RailCut:
    """Pieces after cutting streets without kerbs at rail ends, which are railed, and rail spans of the wide ones."""

    xy: Floats
    ptr: Ints
    road: Ints
    railed: Flags
    rail_spans: dict[int, list[tuple[float, float]]]


def _cut_at_rails(pieces: tuple[Floats, Ints, Ints], wide: Flags, rails: Shapes, reach_m: float) -> _RailCut:
    """
    Lay guard rails along the pieces.

    A wide piece stays whole and keeps its spans, so that a rail moves no kerb. A piece without kerbs is cut where the
    rail begins and ends: its railed part becomes two sides, without moving either.
    """
    xy, ptr, road = pieces
    owner = np.repeat(np.arange(len(road)), np.diff(ptr))
    lines = np.asarray(shapely.linestrings(xy, indices=owner), dtype=object) if len(road) else np.zeros(0, object)
    spans = _rail_spans(lines, rails, reach_m)
    parts: list[Floats] = []
    rows: list[int] = []
    railed: list[bool] = []
    kept: dict[int, list[tuple[float, float]]] = {}
    if not spans:
        return _RailCut(xy, ptr, road, np.zeros(len(road), bool), kept)
    for piece, line in enumerate(lines):
        own = spans.get(piece, [])
        if wide[piece] and own:
            kept[len(parts)] = own
        for part, is_railed in _split(line, xy[ptr[piece] : ptr[piece + 1]], [] if wide[piece] else own):
            parts.append(part)
            rows.append(int(road[piece]))
            railed.append(is_railed)
    new_ptr = np.r_[0, np.cumsum([len(p) for p in parts])].astype(np.int64)
    return _RailCut(np.vstack(parts), new_ptr, np.array(rows, np.int64), np.array(railed, bool), kept)


def _rail_spans(lines: Shapes, rails: Shapes, reach_m: float) -> dict[int, list[tuple[float, float]]]:
    """Chainage spans covered by rails, by piece; a rail that merely crosses a street covers nothing."""
    spans: dict[int, list[tuple[float, float]]] = {}
    if not len(rails) or not len(lines):
        return spans
    tree = shapely.STRtree(lines)
    for rail in shapely.get_parts(rails):
        count = max(int(rail.length / RAIL_STEP_M), 1) + 1
        points = shapely.line_interpolate_point(rail, np.linspace(0, rail.length, count))
        for piece in np.sort(tree.query(rail, predicate="dwithin", distance=reach_m)):
            near = points[shapely.distance(points, lines[piece]) <= reach_m]
            if len(near) < 2:  # noqa: PLR2004 - one point spans nothing
                continue
            chain = shapely.line_locate_point(lines[piece], near)
            low, high = float(chain.min()), float(chain.max())
            if high - low >= RAIL_PARALLEL_SHARE * (len(near) - 1) * rail.length / (count - 1):
                spans.setdefault(int(piece), []).append((low, high))
    return spans


def _split(line: shapely.LineString, vertices: Floats, spans: list[tuple[float, float]]) -> list[tuple[Floats, bool]]:
    """Parts of a piece between span ends, each with whether a span covers it; whole pieces keep their vertices."""
    if not spans:
        return [(vertices, False)]
    cuts = sorted({0.0, line.length, *(c for span in spans for c in span if 0 < c < line.length)})
    parts = []
    chain = _chainages(vertices)
    for low, high in pairwise(cuts):
        inner = vertices[(chain > low) & (chain < high)]
        first = vertices[0] if low == 0 else shapely.get_coordinates(line.interpolate(low))[0]
        last = vertices[-1] if high == line.length else shapely.get_coordinates(line.interpolate(high))[0]
        middle = (low + high) / 2
        parts.append((np.vstack([first, inner, last]), any(a <= middle <= b for a, b in spans)))
    return parts


def _opposite_carriageways(streets: Streets, roads: gpd.GeoDataFrame, gap_m: float) -> tuple[Ints, Ints]:
    """Partner piece and the side on which it runs, for one-way kerbed pieces with an opposite one beside them."""
    partner = np.full(len(streets), -1, np.int64)
    side = np.zeros(len(streets), np.int64)
    oneway = roads["oneway"].to_numpy(dtype=object)[streets.road] if len(streets) else np.zeros(0, object)
    candidates = np.flatnonzero(streets.wide & np.isin(oneway.astype(str), ["yes", "-1"]))
    if len(candidates) < 2:  # noqa: PLR2004 - a pair needs two
        return partner, side
    lines = streets.lines()[candidates]
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    heading = _heading_at_middle(lines) * np.where(oneway[candidates] == "-1", -1, 1)[:, None]
    left, right = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=gap_m)
    against = (heading[left] * heading[right]).sum(axis=1) < OPPOSITE_DOT
    left, right = left[against & (left != right)], right[against & (left != right)]
    gap = shapely.distance(middle[left], lines[right])
    # A carriageway beside us, not the continuation of the same line at its end.
    beside = gap > 0
    left, right, gap = left[beside], right[beside], gap[beside]
    for k in np.lexsort((right, gap, left))[::-1]:
        mine, other = candidates[left[k]], candidates[right[k]]
        foot = shapely.get_coordinates(shapely.shortest_line(middle[left[k]], lines[right[k]]))
        across = foot[1] - foot[0]
        along = streets.vertices(mine)
        d = _heading_at_middle(lines[left[k] : left[k] + 1])[0] if len(along) else heading[left[k]]
        partner[mine] = other
        side[mine] = LEFT if d[0] * across[1] - d[1] * across[0] > 0 else RIGHT
    return partner, side


def _heading_at_middle(lines: Shapes) -> Floats:
    """Unit direction of each line around its middle."""
    a = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.45, normalized=True))
    b = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.55, normalized=True))
    step = b - a
    norm = np.hypot(step[:, 0], step[:, 1])
    return np.asarray(step / np.where(norm > 0, norm, 1)[:, None])
