"""
Where a kerbed street may be crossed: marked crossings, signalised junctions, and the spans free of the crossing duty.

Two rules: *passable* (anywhere without a median or rail) and *legal* (where no marked crossing lies within the
crossing duty along the road). Marked crossings serve both. Every legal place is passable, so a legal walk is never
shorter than a passable one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.network.arcs import build_arcs, grow_trees
from gislib.network.parameters import WalkParameters
from gislib.network.streets import Streets

SAME_PLACE_M: Final = 0.5
"""A crossing belongs to every street piece no farther than this beyond the nearest (streets are cut at junctions)."""
END_M: Final = 0.01
"""A place this near to the end of a piece is at the junction."""
MIN_SIGNAL_ARMS: Final = 3
METRES_PER_KM: Final = 1000.0


@dataclass(frozen=True)
class Marked:
    """Marked crossing places: street piece and chainage in metres from its first vertex, sorted by both."""

    piece: Ints
    chain: Floats


@dataclass(frozen=True)
class CrossingRules:
    """
    Marked places, and the spans where crossing elsewhere is legal.

    Attributes
    ----------
    marked
        Marked crossings and the arms of signalised junctions.
    passable_spans, legal_spans
        Piece to chainage spans where one may cross without a marked crossing, for kerbed pieces that are not barred.
    per_km
        Mapped crossings per kilometre of kerbed street; NaN without such streets.
    data_missing
        ``per_km`` is below the density at which the data can be believed; legal is then the same as passable.
    """

    marked: Marked
    passable_spans: dict[int, list[tuple[float, float]]]
    legal_spans: dict[int, list[tuple[float, float]]]
    per_km: float
    data_missing: bool


def crossing_rules(
    streets: Streets, crossings: Shapes, signals: Shapes, junction_xy: Floats, parameters: WalkParameters
) -> CrossingRules:
    """
    Derive where each kerbed street may be crossed.

    Parameters
    ----------
    streets
        Street pieces.
    crossings
        Points of marked crossings and lines of crossing ways.
    signals
        Points of traffic signals.
    junction_xy
        Position of every junction number.
    parameters
        Reaches, duty and density.
    """
    lines = streets.lines()
    mapped = _places(streets, lines, crossings, parameters.crossing_reach_m)
    at_signals = signalised_ends(streets, lines, signals, junction_xy, parameters.signal_reach_m)
    piece, chain = np.r_[mapped[0], at_signals[0]], np.r_[mapped[1], at_signals[1]]
    order = np.lexsort((chain, piece))
    marked = Marked(piece[order].astype(np.int64), chain[order])
    length = shapely.length(lines)
    km = float(length[streets.kerbed & streets.walkable].sum()) / METRES_PER_KM
    per_km = (len(crossings) + len(np.unique(streets.ends[at_signals[0]]))) / km if km > 0 else float("nan")
    missing = km > 0 and per_km < parameters.crossing_density_min_per_km
    open_pieces = np.flatnonzero(streets.kerbed & ~streets.barred)
    passable = {int(p): _without([(0.0, float(length[p]))], streets.rail_spans.get(int(p), [])) for p in open_pieces}
    legal = passable
    if not missing:
        free = _duty_free_spans(streets, length, marked, open_pieces, parameters.crossing_duty_m)
        legal = {p: _without(spans, streets.rail_spans.get(p, [])) for p, spans in free.items()}
    return CrossingRules(marked, passable, legal, per_km, missing)


def _without(spans: list[tuple[float, float]], closed: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans less the closed ones; the very end of a closed span is open, so a span may be a single place."""
    left = spans
    for low, high in closed:
        left = [part for a, b in left for part in ((a, min(b, low)), (max(a, high), b)) if part[0] <= part[1]]
    return left


def _places(streets: Streets, lines: Shapes, crossings: Shapes, reach_m: float) -> tuple[Ints, Floats]:
    """Piece and chainage of every mapped crossing; one at a cut belongs to the pieces on both sides."""
    kerbed = np.flatnonzero(streets.kerbed)
    if not len(kerbed) or not len(crossings):
        return np.zeros(0, np.int64), np.zeros(0)
    tree = shapely.STRtree(lines[kerbed])
    is_point = shapely.get_type_id(crossings) == shapely.GeometryType.POINT
    points = crossings[is_point]
    which, near = tree.query(points, predicate="dwithin", distance=reach_m)
    gap = shapely.distance(points[which], lines[kerbed[near]])
    nearest = np.full(len(points), np.inf)
    np.minimum.at(nearest, which, gap)
    keep = gap <= nearest[which] + SAME_PLACE_M
    piece = [kerbed[near[keep]]]
    chain = [shapely.line_locate_point(lines[kerbed[near[keep]]], points[which[keep]])]
    ways = crossings[~is_point]
    way, near = tree.query(ways, predicate="intersects")
    for w, n in zip(way, near, strict=True):
        shared = shapely.get_parts(shapely.intersection(ways[w], lines[kerbed[n]]))
        spots = shared[shapely.get_type_id(shared) == shapely.GeometryType.POINT]
        piece.append(np.full(len(spots), kerbed[n]))
        chain.append(shapely.line_locate_point(lines[kerbed[n]], spots))
    return np.concatenate(piece).astype(np.int64), np.concatenate(chain)


def signalised_ends(
    streets: Streets, lines: Shapes, signals: Shapes, junction_xy: Floats, reach_m: float
) -> tuple[Ints, Floats]:
    """Ends of kerbed pieces at junctions of three or more arms with a signal in reach."""
    if not len(signals) or not len(streets):
        return np.zeros(0, np.int64), np.zeros(0)
    arms = np.bincount(streets.ends.ravel(), minlength=len(junction_xy))
    has_signal = np.zeros(len(junction_xy), bool)
    near = shapely.STRtree(np.asarray(shapely.points(junction_xy), dtype=object)).query(
        signals, predicate="dwithin", distance=reach_m
    )[1]
    has_signal[near] = True
    has_signal &= arms >= MIN_SIGNAL_ARMS
    piece, end = np.nonzero(has_signal[streets.ends] & streets.kerbed[:, None])
    return piece, np.where(end == 0, 0.0, shapely.length(lines[piece]))


def _duty_free_spans(
    streets: Streets, length: Floats, marked: Marked, open_pieces: Ints, duty_m: float
) -> dict[int, list[tuple[float, float]]]:
    """Spans of each open piece with no marked crossing within the duty, measured along the kerbed streets."""
    to_end = _distance_to_marked(streets, length, marked, duty_m)
    spans: dict[int, list[tuple[float, float]]] = {}
    for p in open_pieces:
        own = marked.chain[np.searchsorted(marked.piece, p) : np.searchsorted(marked.piece, p, side="right")]
        first, last = to_end[streets.ends[p, 0]], to_end[streets.ends[p, 1]]
        marks = [-first, *own.tolist(), length[p] + last]
        found = [(max(a + duty_m, 0.0), min(b - duty_m, float(length[p]))) for a, b in pairwise(marks)]
        spans[int(p)] = [(float(a), float(b)) for a, b in found if a < b]
    return spans


def _distance_to_marked(streets: Streets, length: Floats, marked: Marked, duty_m: float) -> Floats:
    """Metres along kerbed streets from each junction to the nearest marked crossing; infinite beyond the duty."""
    kerbed = np.flatnonzero(streets.kerbed)
    count = int(streets.ends.max()) + 1 if len(streets) else 0
    distance = np.full(count, np.inf)
    if not len(marked.piece):
        return distance
    arcs = build_arcs(count, streets.ends[kerbed, 0], streets.ends[kerbed, 1], length[kerbed], kerbed)
    nodes = np.r_[streets.ends[marked.piece, 0], streets.ends[marked.piece, 1]]
    walked = np.r_[marked.chain, length[marked.piece] - marked.chain]
    tree = grow_trees(arcs, np.array([0, len(nodes)]), nodes, walked, duty_m)
    distance[tree.node] = tree.dist
    return distance


def in_spans(spans: list[tuple[float, float]], chain: Floats) -> Flags:
    """Which chainages lie inside one of the spans, ends included."""
    inside = np.zeros(len(chain), bool)
    for low, high in spans:
        inside |= (chain >= low) & (chain <= high)
    return inside
