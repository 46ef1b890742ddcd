"""
Pupil flows: how many pupils a day walk each piece of street, and cross at each place, near their campus.

A campus's walking pupils are spread over the origins in reach in proportion to their weight. Each origin's pupils take
the shortest legal walk to the nearest gate, so weights run down a shortest-path tree whose roots are the gates. Only
the last metres before the gate (the school road zone) are returned, cut into pieces of at most ``PIECE_M``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Floats, Ints, Shapes
from gislib.exposure.ground import Ground
from gislib.network import kernel
from gislib.network.catchment import node_distances
from gislib.network.graph import ALONG, FREE_CROSSING, MARKED_CROSSING
from gislib.network.snap import Snaps
from gislib.network.walks import Reach, reach

PIECE_M: Final = 25.0
"""Longest piece of street that is one hazard."""
GRID_MARGIN_M: Final = 500.0
"""A population grid reaches so far beyond the centres of its populated cells: half a cell of the coarsest in use."""


@dataclass(frozen=True)
class Origins:
    """Where pupils come from: snapped points with a relative weight each (persons, or metres of street)."""

    snaps: Snaps
    weight: Floats


@dataclass(frozen=True)
class FlowOptions:
    """Reach of origins, and length of street from the gate that is returned; metres."""

    origin_reach_m: float
    zone_m: float


@dataclass(frozen=True)
class Span:
    """Flow of pupils a day along part of an edge."""

    edge: int
    from_m: float
    to_m: float
    pupils: float


def known_origins(ground: Ground, floor_area_per_person_m2: float) -> Origins:
    """Origins of a ground, see `origin_points`, snapped to its walk graph; no rows without any such data."""
    points, weight = origin_points(ground.tables, floor_area_per_person_m2)
    return Origins(ground.snap(points), weight)


def origin_points(tables: Mapping[str, gpd.GeoDataFrame], floor_area_per_person_m2: float) -> tuple[Shapes, Floats]:
    """
    Points and weights of origins: population cells (persons), else homes (floor area per person) and rentals (beds).

    Population cells are used alone where their grid reaches, for homes and rentals would count the same people twice;
    beyond it homes and rentals count. A home of unknown height counts one floor, a rental of unknown size one bed.
    """
    cells, homes, rentals = (tables[name] for name in ("population", "buildings", "rentals"))
    homes = homes[(homes["kind"] == "residential").to_numpy(bool, na_value=False)]
    floors = np.nan_to_num(homes["levels"].to_numpy(float), nan=1.0)
    persons = shapely.area(homes.geometry.to_numpy()) * floors / floor_area_per_person_m2
    beds = np.nan_to_num(rentals["beds"].to_numpy(float), nan=1.0)
    shapes = shapely.point_on_surface(np.concatenate([homes.geometry.to_numpy(), rentals.geometry.to_numpy()]))
    weight = np.r_[persons, beds]
    for _, grid in cells.groupby("source_id"):
        west, south, east, north = grid.total_bounds + np.array([-1, -1, 1, 1]) * GRID_MARGIN_M
        beyond = ~shapely.within(shapes, shapely.box(west, south, east, north))
        shapes, weight = shapes[beyond], weight[beyond]
    shapes = np.concatenate([shapes, cells.geometry.to_numpy()])
    weight = np.r_[weight, cells["persons"].to_numpy(float)]
    keep = np.isfinite(weight) & (weight > 0)
    return shapely.point_on_surface(shapes[keep]), weight[keep]


def street_origins(ground: Ground) -> Origins:
    """Every street as an origin, in proportion to its length: what is assumed where no home is known in reach."""
    edges = np.flatnonzero(ground.graph.kind == ALONG)
    yes, number = np.ones(len(edges), bool), np.arange(len(edges))
    snaps = Snaps(number, edges, ground.graph.length[edges] / 2, np.zeros(len(edges)), yes, yes)
    return Origins(snaps, ground.graph.length[edges])


def school_reach(ground: Ground, snaps: Snaps, groups: Sequence[Ints], limit_m: float) -> Reach:
    """Legal walks from all open gates of each campus; the nearest gate counts."""
    return reach(ground.graph, snaps, groups, legal=True, limit_m=limit_m)


def zone_flows(ground: Ground, origins: Origins, reached: Reach, source: int, options: FlowOptions) -> pd.DataFrame:
    """
    Share of a campus's walking pupils on each piece of street and crossing of its school road zone.

    Parameters
    ----------
    ground, origins
        Walk graph and origins.
    reached, source
        Reach grown from the open gates of all campuses, and the campus's number in it.
    options
        Reach of origins and length of the zone.

    Returns
    -------
    flows
        ``part`` (``segment``, ``crossing``, ``gate`` or ``home`` for crossing the street right there), ``place`` (edge,
        or gate row), ``piece_no``, ``from_m``, ``to_m`` (along the edge; both 0 for crossings), ``distance_m`` (road
        distance from the nearest gate to the middle of the piece), ``share`` (0..1 of the walking pupils). Empty where
        no origin is in reach.
    """
    dist = node_distances(ground.graph, reached, source)
    walked = _all_spans(ground, origins, (reached, source, dist))
    graph = ground.graph
    near = np.minimum(dist[graph.u], dist[graph.v])
    begin = set(ground.gate_snaps.edge[reached.starts(source)].tolist())
    rows: dict[tuple[int, int], list[float]] = {}
    crossings: dict[int, float] = {}
    for span in walked.spans:
        if near[span.edge] > options.zone_m and span.edge not in begin:
            continue
        if graph.kind[span.edge] in {MARKED_CROSSING, FREE_CROSSING}:
            crossings[span.edge] = crossings.get(span.edge, 0.0) + span.pupils
        else:
            _add_pieces(rows, float(graph.length[span.edge]), span)
    reader = _DistanceOn(ground, reached, source, dist)
    table = []
    for (edge, k), amounts in rows.items():
        low, high = _piece_ends(float(graph.length[edge]), k)
        table.append(("segment", edge, k, low, high, reader.at(edge, (low + high) / 2), sum(amounts) / (high - low)))
    table += [("crossing", e, 0, 0.0, 0.0, float(near[e]), share) for e, share in crossings.items()]
    # Crossing right at a gate or at home is no edge: it is named by the gate, or by the piece of street at the home.
    table += [("gate", gate, 0, 0.0, 0.0, 0.0, share) for gate, share in walked.at_gates.items()]
    for (edge, k), share in walked.at_homes.items():
        low, high = _piece_ends(float(graph.length[edge]), k)
        table.append(("home", edge, k, low, high, reader.at(edge, (low + high) / 2), share))
    frame = pd.DataFrame(table, columns=["part", "place", "piece_no", "from_m", "to_m", "distance_m", "share"])
    inside = frame[(frame["distance_m"] <= options.zone_m) & (frame["share"] > 0)]
    return inside.sort_values(["part", "place", "piece_no"], ignore_index=True)


@dataclass(frozen=True)
class _Walked:
    """Stretches walked by the pupils of one campus, and the shares that cross the street at a gate or a home."""

    spans: list[Span]
    at_gates: dict[int, float]
    at_homes: dict[tuple[int, int], float]


def _all_spans(ground: Ground, origins: Origins, task: tuple[Reach, int, Floats]) -> _Walked:
    """Every stretch that pupils walk, with shares that sum to one at the gates."""
    reached, source, dist = task
    graph, trees = ground.graph, reached.trees
    settled = trees.of(source)
    nodes = trees.node[settled]
    slot = np.full(len(graph.node_xy), -1)
    slot[nodes] = np.arange(len(nodes))
    first = _assign_origins(ground, origins, (reached, source, dist))
    ends, weight = first.node, origins.weight[origins.snaps.point[first.row]]
    total = float(weight.sum())
    if total <= 0:
        return _Walked([], {}, {})
    share = weight / total
    at_node = (
        np.bincount(slot[ends[ends >= 0]], weights=share[ends >= 0], minlength=len(nodes))
        if len(nodes)
        else np.zeros(0)
    )
    before = trees.by_node[settled]
    flow, arriving = kernel.subtree_sums(
        trees.by_edge[settled], np.where(before >= 0, slot[before], -1), at_node, len(graph.u)
    )
    spans = [Span(int(e), 0.0, float(graph.length[e]), float(flow[e])) for e in np.flatnonzero(flow > 0)]
    spans += [Span(e, a, b, float(s)) for (e, a, b), s in zip(first.stretch, share, strict=True) if abs(b - a) > 0]
    roots = trees.by_edge[settled] < 0
    last, at_gates = _root_spans(ground, (reached, source, dist), nodes[roots], arriving[roots])
    for row, part in zip(first.gate_row.tolist(), share.tolist(), strict=True):
        if row >= 0 and not ground.gate_snaps.own_kerb[row]:
            gate = int(ground.gate_snaps.point[row])
            at_gates[gate] = at_gates.get(gate, 0.0) + part
    at_homes: dict[tuple[int, int], float] = {}
    for row, part in zip(first.row.tolist(), share.tolist(), strict=True):
        if not origins.snaps.own_kerb[row]:
            edge = int(origins.snaps.edge[row])
            key = edge, _piece_at(float(graph.length[edge]), float(origins.snaps.along_m[row]))
            at_homes[key] = at_homes.get(key, 0.0) + part
    return _Walked(spans + last, at_gates, at_homes)


@dataclass(frozen=True)
class _Assigned:
    """
    First stretch of every origin in reach.

    ``node``: tree node it walks to, -1 where it walks straight along the gate's own edge, then ``gate_row`` is the snap
    row of that gate (-1 else). ``stretch``: edge and chainages. ``row``: the origin's own snap row.
    """

    node: Ints
    gate_row: Ints
    stretch: list[tuple[int, float, float]]
    row: Ints


def _assign_origins(ground: Ground, origins: Origins, task: tuple[Reach, int, Floats]) -> _Assigned:
    """How the pupils of each origin in reach leave it."""
    reached, source, dist = task
    graph, snaps = ground.graph, origins.snaps
    rows = snaps.usable(legal=True)
    edge, along, leg = snaps.edge[rows], snaps.along_m[rows], snaps.walked_m[rows]
    via_u = dist[graph.u[edge]] + along + leg
    via_v = dist[graph.v[edge]] + graph.length[edge] - along + leg
    best = np.minimum(via_u, via_v)
    direct = np.full(len(rows), np.inf)
    begin = np.full(len(rows), -1)
    for s in reached.starts(source).tolist():
        same = edge == ground.gate_snaps.edge[s]
        metres = np.abs(along - ground.gate_snaps.along_m[s]) + ground.gate_snaps.walked_m[s] + leg
        shorter = same & (metres <= np.minimum(best, direct))
        direct[shorter], begin[shorter] = metres[shorter], s
    best = np.minimum(best, direct)
    usable = np.flatnonzero(best <= reached.limit_m)
    order = usable[np.lexsort((best[usable], snaps.point[rows[usable]]))]
    first = order[np.flatnonzero(np.r_[True, np.diff(snaps.point[rows[order]]) != 0])] if len(order) else order
    straight = direct[first] <= np.minimum(via_u[first], via_v[first])
    to_u = via_u[first] <= via_v[first]
    node = np.where(straight, -1, np.where(to_u, graph.u[edge[first]], graph.v[edge[first]]))
    foot = ground.gate_snaps.along_m[begin[first]]
    target = np.where(straight, foot, np.where(to_u, 0.0, graph.length[edge[first]]))
    stretches = [
        (int(e), float(min(a, b)), float(max(a, b))) for e, a, b in zip(edge[first], along[first], target, strict=True)
    ]
    return _Assigned(node, np.where(straight, begin[first], -1), stretches, rows[first])


def _root_spans(
    ground: Ground, task: tuple[Reach, int, Floats], roots: Ints, arriving: Floats
) -> tuple[list[Span], dict[int, float]]:
    """Last stretch from each root node to the gate it leads to, and the shares that cross the street at their gate."""
    reached, source, dist = task
    graph, snaps = ground.graph, ground.gate_snaps
    spans: list[Span] = []
    at_gates: dict[int, float] = {}
    for node, pupils in zip(roots.tolist(), arriving.tolist(), strict=True):
        options = []
        for s in reached.starts(source).tolist():
            e, along = int(snaps.edge[s]), float(snaps.along_m[s])
            for end, chain in ((int(graph.u[e]), 0.0), (int(graph.v[e]), float(graph.length[e]))):
                if end == node:
                    options.append((abs(snaps.walked_m[s] + abs(chain - along) - dist[node]), s, chain))
        _, s, chain = min(options)
        along = float(snaps.along_m[s])
        if pupils > 0 and chain != along:
            spans.append(Span(int(snaps.edge[s]), min(chain, along), max(chain, along), pupils))
        if pupils > 0 and not snaps.own_kerb[s]:
            gate = int(snaps.point[s])
            at_gates[gate] = at_gates.get(gate, 0.0) + pupils
    return spans, at_gates


def _piece_count(length_m: float) -> int:
    """Number of equal pieces of an edge, none longer than `PIECE_M`."""
    return max(int(np.ceil(length_m / PIECE_M)), 1)


def _piece_ends(length_m: float, piece: int) -> tuple[float, float]:
    """Chainages of one piece of an edge."""
    count = _piece_count(length_m)
    return length_m * piece / count, length_m * (piece + 1) / count


def _piece_at(length_m: float, along_m: float) -> int:
    """Piece of an edge that holds a chainage."""
    count = _piece_count(length_m)
    return min(int(along_m / length_m * count), count - 1) if length_m > 0 else 0


def _add_pieces(rows: dict[tuple[int, int], list[float]], length_m: float, span: Span) -> None:
    """Add a span's pupil-metres to the pieces it covers."""
    for k in range(_piece_count(length_m)):
        low, high = _piece_ends(length_m, k)
        covered = min(high, span.to_m) - max(low, span.from_m)
        if covered > 0:
            rows.setdefault((span.edge, k), []).append(span.pupils * covered)


class _DistanceOn:
    """Road distance from a campus's nearest gate to places on edges, legs excluded where the place is on its edge."""

    def __init__(self, ground: Ground, reached: Reach, source: int, dist: Floats) -> None:
        self._graph, self._dist = ground.graph, dist
        snaps = ground.gate_snaps
        self._starts = [
            (int(snaps.edge[s]), float(snaps.along_m[s]), float(snaps.walked_m[s])) for s in reached.starts(source)
        ]

    def at(self, edge: int, chain: float) -> float:
        """Metres to one place."""
        graph = self._graph
        over_ends = min(self._dist[graph.u[edge]] + chain, self._dist[graph.v[edge]] + graph.length[edge] - chain)
        direct = [walked + abs(chain - along) for e, along, walked in self._starts if e == edge]
        return float(min([over_ends, *direct]))
