"""
The kerb-sided walk graph: edges along sides and ways, and edges across at crossing places.

Build order: roads -> street pieces -> kerb lines with corners -> crossing places -> edges cut at those places. All
lengths are lengths of the edge's own line, so no walk is ever shorter than the straight line between its ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.geo.crs import require_same_crs
from gislib.network.arcs import Arcs, build_arcs
from gislib.network.crossings import END_M, CrossingRules, crossing_rules, in_spans
from gislib.network.kerbs import Sides, build_sides
from gislib.network.parameters import WalkParameters
from gislib.network.streets import LEFT, RIGHT, Streets, build_streets

ALONG: Final = 0
MARKED_CROSSING: Final = 1
FREE_CROSSING: Final = 2
ROUND_END: Final = 3


@dataclass(frozen=True)
class WalkGraph:
    """
    Walk graph in the working metric CRS.

    Attributes
    ----------
    node_xy
        Node positions.
    u, v, length
        End nodes and metres of every edge.
    lines
        Line of every edge, from ``u`` to ``v``.
    piece, side, kind
        Street piece; LEFT, RIGHT or 0 (a way without kerbs, or across); ALONG, MARKED_CROSSING, FREE_CROSSING or
        ROUND_END (where a kerb ends).
    legal
        Part of the legal graph; the passable graph has all edges.
    streets, sides, crossing
        What the graph was built from; ``crossing.data_missing`` flags unbelievable crossing data.
    road_id
        Road of every street piece.
    """

    node_xy: Floats
    u: Ints
    v: Ints
    length: Floats
    lines: Shapes
    piece: Ints
    side: Ints
    kind: Ints
    legal: Flags
    streets: Streets
    sides: Sides
    crossing: CrossingRules
    road_id: Shapes

    @cached_property
    def passable_arcs(self) -> Arcs:
        """Arcs of all edges (method E)."""
        return build_arcs(len(self.node_xy), self.u, self.v, self.length, np.arange(len(self.u)))

    @cached_property
    def legal_arcs(self) -> Arcs:
        """Arcs of the legal edges (method D)."""
        own = np.flatnonzero(self.legal)
        return build_arcs(len(self.node_xy), self.u[own], self.v[own], self.length[own], own)

    def component(self, *, legal: bool) -> Ints:
        """Component number of every node; walks exist only inside one component."""
        own = self.legal if legal else np.ones(len(self.u), bool)
        n = len(self.node_xy)
        links = coo_matrix((np.ones(int(own.sum())), (self.u[own], self.v[own])), shape=(n, n))
        return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def build_walk_graph(roads: gpd.GeoDataFrame, devices: gpd.GeoDataFrame, parameters: WalkParameters) -> WalkGraph:
    """
    Build the walk graph of an area.

    Parameters
    ----------
    roads, devices
        Tables of ``gislib.domain.tables`` in the same metric CRS. Devices of kind ``crossing`` (unless ``marked`` is
        False), ``signal`` and ``rail`` shape the graph; roads with ``footway=crossing`` are crossing ways.
    parameters
        Numbers from the rules.

    Raises
    ------
    CrsError
        If a table is not metric or the two differ.
    """
    require_same_crs(roads, devices)
    kind = devices["kind"].to_numpy(dtype=object).astype(str)
    shapes = devices.geometry.to_numpy()
    streets = build_streets(roads, _of_type(shapes[kind == "rail"], points=False), parameters)
    junctions = int(streets.ends.max()) + 1 if len(streets) else 0
    junction_xy = np.zeros((junctions, 2))
    junction_xy[streets.ends[:, 0]] = streets.xy[streets.ptr[:-1]]
    junction_xy[streets.ends[:, 1]] = streets.xy[streets.ptr[1:] - 1]
    marked = shapes[(kind == "crossing") & ~(devices["marked"] == False).to_numpy(bool, na_value=False)]  # noqa: E712 - three-valued
    way = (roads["footway"] == "crossing").to_numpy(bool, na_value=False)
    way = way & ~(roads["crossing"] == "unmarked").to_numpy(bool, na_value=False)
    crossings = np.concatenate([marked, roads.geometry.to_numpy()[way]])
    signals = _of_type(shapes[kind == "signal"], points=True)
    rules = crossing_rules(streets, crossings, signals, junction_xy, parameters)
    sides = build_sides(streets, junction_xy)
    return _assemble(streets, sides, rules, roads.index.to_numpy(dtype=object)[streets.road])


def _of_type(shapes: Shapes, *, points: bool) -> Shapes:
    """Only the points, or only the others."""
    own: Shapes = shapes[(shapely.get_type_id(shapes) == shapely.GeometryType.POINT) == points]
    return own


@dataclass(frozen=True)
class _Place:
    """A place where a street piece is crossed, at a chainage in metres."""

    chain: float
    legal: bool
    marked: bool


class _Edges:
    """Edges and nodes under construction."""

    def __init__(self, corner_xy: Floats) -> None:
        self.nodes: list[Floats] = list(corner_xy)
        self.rows: list[tuple[int, int, int, int, int, bool]] = []
        self.lines: list[Floats] = []

    def node(self, xy: Floats) -> int:
        self.nodes.append(xy)
        return len(self.nodes) - 1

    def add(self, u: int, v: int, line: Floats, tags: tuple[int, int, int, bool]) -> None:
        self.rows.append((u, v, *tags))
        self.lines.append(line)

    def across(self, u: int, v: int, piece: int, place: _Place) -> None:
        """Edge across a street between two nodes; none where both sides are one node anyway."""
        if u != v:
            kind = MARKED_CROSSING if place.marked else FREE_CROSSING
            self.add(u, v, np.array([self.nodes[u], self.nodes[v]]), (piece, 0, kind, place.legal))


def _assemble(streets: Streets, sides: Sides, rules: CrossingRules, road_id: Shapes) -> WalkGraph:
    """Cut sides at crossing places and collect nodes and edges."""
    edges = _Edges(sides.corner_xy)
    facing = _facing(streets, rules)
    partner_cuts: dict[int, list[float]] = {}
    for piece, chain in (end for pair in facing for end in pair):
        partner_cuts.setdefault(piece, []).append(chain)
    cut_nodes: dict[tuple[int, float], int] = {}
    for piece in range(len(streets)):
        places = _piece_places(streets, rules, piece) if streets.kerbed[piece] else []
        _add_sides(edges, streets, sides, piece, (places, partner_cuts.get(piece, []), cut_nodes))
    for (piece, chain), (other, other_chain) in facing:
        u, v = cut_nodes.get((piece, chain)), cut_nodes.get((other, other_chain))
        if u is not None and v is not None:
            edges.across(u, v, piece, _Place(chain, legal=True, marked=True))
    for u, v, piece in sides.caps.tolist():
        edges.add(u, v, sides.corner_xy[[u, v]], (piece, 0, ROUND_END, True))
    table = np.array(edges.rows, np.int64).reshape(-1, 6)
    counts = np.array([len(line) for line in edges.lines], np.int64)
    xy = np.vstack(edges.lines) if edges.lines else np.zeros((0, 2))
    owner = np.repeat(np.arange(len(counts)), counts)
    lines = np.asarray(shapely.linestrings(xy, indices=owner), dtype=object) if len(counts) else np.zeros(0, object)
    return WalkGraph(
        node_xy=np.array(edges.nodes).reshape(-1, 2), u=table[:, 0], v=table[:, 1], length=shapely.length(lines),
        lines=lines,
        piece=table[:, 2], side=table[:, 3], kind=table[:, 4], legal=table[:, 5].astype(bool),
        streets=streets, sides=sides, crossing=rules, road_id=road_id,
    )  # fmt: skip


def _piece_places(streets: Streets, rules: CrossingRules, piece: int) -> list[_Place]:
    """Crossing places of a kerbed piece in order of chainage, marked ones first where several coincide."""
    chain = streets.chainage(piece)
    marked = rules.marked
    own = marked.chain[np.searchsorted(marked.piece, piece) : np.searchsorted(marked.piece, piece, side="right")]
    places = {_at_end(float(c), chain[-1]): _Place(_at_end(float(c), chain[-1]), legal=True, marked=True) for c in own}
    if not streets.barred[piece]:
        passable, spans = rules.passable_spans.get(piece, []), rules.legal_spans.get(piece, [])
        candidates = np.array(sorted({*chain.tolist(), *(c for span in (*passable, *spans) for c in span)}))
        candidates = candidates[in_spans(passable, candidates)]
        for c, legal in zip(candidates.tolist(), in_spans(spans, candidates).tolist(), strict=True):
            places.setdefault(_at_end(c, chain[-1]), _Place(_at_end(c, chain[-1]), legal=legal, marked=False))
    return [places[c] for c in sorted(places)]


def _at_end(chain: float, length: float) -> float:
    """Chainage moved onto the end of the piece where it is as good as there."""
    if chain < END_M:
        return 0.0
    return length if chain > length - END_M else chain


def _add_sides(
    edges: _Edges, streets: Streets, sides: Sides, piece: int,
    cuts: tuple[list[_Place], list[float], dict[tuple[int, float], int]],
) -> None:  # fmt: skip
    """Add the edges along one piece, cut at its crossing places, and the edges across it."""
    places, partner_chains, cut_nodes = cuts
    corner = sides.corner[piece]
    if not streets.kerbed[piece]:
        if streets.walkable[piece]:
            whole = sides.side_line(streets, piece, LEFT)[0]
            edges.add(int(corner[0, 0]), int(corner[1, 0]), whole, (piece, 0, ALONG, True))
        return
    chain = streets.chainage(piece)
    inner = [p for p in places if 0 < p.chain < chain[-1]]
    stops = sorted({*(p.chain for p in inner), *(c for c in partner_chains if 0 < c < chain[-1])})
    if not streets.walkable[piece]:
        inner, stops = [], []
    at: dict[tuple[int, float], int] = {}
    for column, side in enumerate((LEFT, RIGHT)):
        ends = int(corner[0, column]), int(corner[1, column])
        at[side, 0.0], at[side, chain[-1]] = ends
        if streets.walkable[piece] and side != streets.partner_side[piece]:
            line = sides.side_line(streets, piece, side)
            at.update(_cut_side(edges, (piece, side), line, (ends, sides.mouth[piece, :, column], stops)))
    outer = -int(streets.partner_side[piece]) or LEFT
    cut_nodes.update({(piece, c): at[outer, c] for c in (0.0, *stops, float(chain[-1])) if (outer, c) in at})
    for place in places:
        if (LEFT, place.chain) in at and (RIGHT, place.chain) in at:
            edges.across(at[LEFT, place.chain], at[RIGHT, place.chain], piece, place)


def _cut_side(
    edges: _Edges, tag: tuple[int, int], side_line: tuple[Floats, Floats],
    cut: tuple[tuple[int, int], Floats, list[float]],
) -> dict[tuple[int, float], int]:  # fmt: skip
    """Edges along one side between its corners, with a node at every stop; returns the nodes by (side, chainage)."""
    (piece, side), (line, chain), (ends, mouth, stops) = tag, side_line, cut
    nodes: dict[tuple[int, float], int] = {}
    start_node, start_xy, start_chain = ends[0], line[0], 0.0
    for stop in [*stops, float(chain[-1])]:
        if stop <= mouth[0] and stop < chain[-1]:
            nodes[side, stop] = ends[0]
            continue
        if stop >= chain[-1] - mouth[1] and stop < chain[-1]:
            nodes[side, stop] = ends[1]
            continue
        inside = line[(chain > start_chain) & (chain < stop)]
        if stop == chain[-1]:
            node, xy = ends[1], line[-1]
        else:
            k = min(int(np.searchsorted(chain, stop, side="right")) - 1, len(chain) - 2)
            xy = line[k] + (line[k + 1] - line[k]) * (stop - chain[k]) / (chain[k + 1] - chain[k])
            node = edges.node(xy)
            nodes[side, stop] = node
        edges.add(start_node, node, np.vstack([start_xy, inside, xy]), (piece, side, ALONG, True))
        start_node, start_xy, start_chain = node, xy, stop
    return nodes


def _facing(streets: Streets, rules: CrossingRules) -> list[tuple[tuple[int, float], tuple[int, float]]]:
    """Each marked place on a dual carriageway with its foot on the partner piece."""
    found = []
    for piece, chain in zip(rules.marked.piece.tolist(), rules.marked.chain.tolist(), strict=True):
        other = int(streets.partner[piece])
        if other < 0:
            continue
        mine = shapely.LineString(streets.vertices(piece))
        partner = shapely.LineString(streets.vertices(other))
        foot = partner.project(mine.interpolate(chain))
        found.append(((piece, _at_end(chain, streets.chainage(piece)[-1])),
                      (other, _at_end(foot, streets.chainage(other)[-1]))))  # fmt: skip
    return found
