"""The noded street network: edges from junction to junction, and the chains of edges that become OSM ways."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import networkx as nx
import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from demo.blocks import GRID_M
from demo.plane import Xy
from demo.shapes import line_parts, piece
from demo.streets import RANK, Street

_STUB_M: Final = 0.7
_BANK_M: Final = 5.0
"""A bridge begins this far before the water."""


def key(place: Iterable[float]) -> Xy:
    """Identity of a network node: its position to the centimetre."""
    x, y = list(place)[:2]
    return round(x, 2), round(y, 2)


@dataclass
class Edge:
    """A stretch of one street between junctions (or bridge heads), in the direction of the street."""

    street: Street
    street_no: int
    points: list[Xy]
    bridge: bool = False

    @property
    def line(self) -> LineString:
        """Centre line."""
        return LineString(self.points)

    @property
    def rank(self) -> int:
        """Class order, 0 = trunk."""
        return RANK[self.street.road_class]

    def insert(self, at_m: float) -> Xy:
        """Add a vertex at a chainage and return its key."""
        line = self.line
        spot = line.interpolate(at_m)
        place, run = key((spot.x, spot.y)), 0.0
        for number, (a, b) in enumerate(itertools.pairwise(self.points)):
            run += math.dist(a, b)
            if run >= at_m:
                if place not in (self.points[number], b):
                    self.points.insert(number + 1, place)
                return place
        return self.points[-1]


@dataclass
class Network:
    """Edges, the edges at each junction, and the tags of nodes (devices on the carriageway)."""

    edges: list[Edge]
    at: dict[Xy, list[Edge]]
    node_tags: dict[Xy, dict[str, str]] = field(default_factory=dict)


def _noded(streets: Sequence[Street]) -> list[tuple[int, LineString]]:
    """Pieces between crossings with the number of the street each came from; elevated streets stay whole."""
    ground = [n for n, s in enumerate(streets) if not s.elevated]
    union = shapely.unary_union([streets[n].line for n in ground], grid_size=GRID_M)
    parts = line_parts(union, 0.0)
    middles = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    owner = shapely.STRtree([streets[n].line for n in ground]).nearest(middles)
    out = [(ground[o], part) for o, part in zip(owner, parts, strict=True)]
    elevated = [(n, shapely.set_precision(s.line, GRID_M)) for n, s in enumerate(streets) if s.elevated]
    out += [(n, LineString(line.coords)) for n, line in elevated]
    return out


def _along(street: Street, line: LineString) -> LineString:
    """``line`` turned into the direction of its street."""
    first, last = street.line.project(Point(line.coords[0])), street.line.project(Point(line.coords[-1]))
    return line if first <= last else line.reverse()


def _bridged(line: LineString, water: BaseGeometry) -> list[tuple[LineString, bool]]:
    """``line`` cut into land and bridge parts where it crosses water from bank to bank."""
    wet = line.intersection(water)
    spans = []
    for part in line_parts(wet, 4.0):
        a, b = sorted((line.project(Point(part.coords[0])), line.project(Point(part.coords[-1]))))
        if a > 2 * _BANK_M and b < line.length - 2 * _BANK_M:
            spans.append((a - _BANK_M, b + _BANK_M))
    out, run = [], 0.0
    for a, b in sorted(spans):
        out += [(piece(line, run, a), False), (piece(line, a, b), True)]
        run = b
    return [*out, (piece(line, run, line.length), False)] if out else [(line, False)]


def _without_stubs(edges: Sequence[Edge]) -> list[Edge]:
    """Edges with ends that lie within a step of each other made one: the noding grid leaves stubs of its own width."""
    root: dict[Xy, Xy] = {}

    def top(place: Xy) -> Xy:
        while place in root:
            place = root[place]
        return place

    for edge in edges:
        a, b = top(edge.points[0]), top(edge.points[-1])
        if a != b and edge.line.length < _STUB_M:
            root[max(a, b)] = min(a, b)
    out = []
    for edge in edges:
        points = list(dict.fromkeys([top(edge.points[0]), *edge.points[1:-1], top(edge.points[-1])]))
        if len(points) > 1 and edge.line.length >= _STUB_M:
            out.append(Edge(edge.street, edge.street_no, points, edge.bridge))
    return out


def _connected(edges: Sequence[Edge]) -> list[Edge]:
    """Edges of the one network that holds nearly all: lanes cut off by water are not drawn."""
    graph: nx.Graph[Xy] = nx.Graph((edge.points[0], edge.points[-1]) for edge in edges)
    whole = max(nx.connected_components(graph), key=len)
    return [edge for edge in edges if edge.points[0] in whole]


def build(streets: Sequence[Street], water: BaseGeometry) -> Network:
    """Network of the streets, in an order that depends on the streets only."""
    shapely.prepare(water)
    edges = []
    for number, raw in _noded(streets):
        street = streets[number]
        line = _along(street, raw)
        crosses = not street.elevated and water.intersects(line)
        for part, bridge in _bridged(line, water) if crosses else [(line, street.elevated)]:
            points = list(dict.fromkeys(key(p) for p in part.coords))
            if len(points) > 1:
                edges.append(Edge(street, number, points, bridge))
    edges = _connected(_without_stubs(edges))
    edges.sort(key=lambda e: (e.street_no, e.street.line.project(Point(e.line.interpolate(0.5, normalized=True)))))
    at: dict[Xy, list[Edge]] = defaultdict(list)
    for edge in edges:
        at[edge.points[0]].append(edge)
        at[edge.points[-1]].append(edge)
    return Network(edges, dict(at))


def chains(network: Network) -> list[list[Edge]]:
    """Edges joined into ways: one street, one bridge state; main streets break where main streets meet."""
    tertiary = RANK["tertiary"]
    out: list[list[Edge]] = []
    for edge in network.edges:
        last = out[-1][-1] if out else None
        joined = (
            last is not None
            and last.street_no == edge.street_no
            and last.bridge == edge.bridge
            and last.points[-1] == edge.points[0]
            and not (
                edge.rank <= tertiary
                and any(e.street_no != edge.street_no and e.rank <= tertiary for e in network.at[edge.points[0]])
            )
        )
        if joined:
            out[-1].append(edge)
        else:
            out.append([edge])
    return out


def edge_tree(network: Network) -> tuple[shapely.STRtree, list[LineString]]:
    """Spatial index over the edges' lines, in edge order."""
    lines = [edge.line for edge in network.edges]
    return shapely.STRtree(np.array(lines)), lines
