"""The ground of one patrol problem: where streets, stops and depots lie on the street graph, and the ways between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.domain.errors import InputError
from gislib.exposure.ground import Ground
from gislib.network.drive import (
    DriveGraph,
    Mode,
    Passage,
    build_drive_graph,
    passage,
    piece_passage,
    way_metres,
)
from gislib.network.streets import LEFT, RIGHT
from gislib.patrol.demand import Demand
from gislib.patrol.parameters import PatrolParameters
from gislib.patrol.teams import Team, check_teams

AHEAD: Final = 1
BACK: Final = 2
"""Bits of the directions in which a street may be served."""


@dataclass(frozen=True)
class Field:
    """
    Jobs (streets in order, then stops) and teams on the graph.

    Attributes
    ----------
    graph
        Street graph, cut at everything that is visited.
    modes, passages
        Ways of moving in use, and where each may pass.
    metres
        ``(modes, places, places)`` shortest ways between ``places`` (nodes of the graph); infinite: none.
    places
        Nodes.
    ends
        ``(jobs, 2)`` places at both ends; a stop has one place twice.
    depot
        Place of each team.
    ways
        ``(teams, jobs)`` directions (`AHEAD`, `BACK`) in which a team can come, serve and return; 0: it cannot.
    mode_of
        Row of ``metres`` of each team.
    on_road
        Jobs that lie on the street graph at all; the others are too far from any road.
    """

    graph: DriveGraph
    modes: tuple[Mode, ...]
    passages: tuple[Passage, ...]
    metres: Floats
    places: Ints
    ends: Ints
    depot: Ints
    ways: Ints
    mode_of: Ints
    on_road: Flags


def build_field(
    ground: Ground, demand: Demand, teams: Sequence[Team], modes: Mapping[str, Mode], parameters: PatrolParameters
) -> Field:
    """
    Place jobs and teams on the streets.

    Raises
    ------
    InputError
        Those of `teams.check_teams`; ``patrol_depot_off_network`` for a depot too far from any road its team may use.
    """
    dwell = demand.stops["dwell_min"].to_numpy(float)
    check_teams(teams, modes, float(dwell.min()) if len(dwell) else 0.0)
    streets, roads = ground.graph.streets, ground.tables["roads"]
    used = tuple(modes[name] for name in sorted({team.mode for team in teams}))
    open_to = [piece_passage(streets, roads, mode) for mode in used]
    row = {mode.name: k for k, mode in enumerate(used)}
    lines = streets.lines() if len(streets) else np.zeros(0, object)
    depots = [
        _depot(team, lines, np.logical_or(*open_to[row[team.mode]]), parameters.reach_m["depot"]) for team in teams
    ]
    anyone = np.logical_or.reduce([np.logical_or(*pair) for pair in open_to])
    joined = _joined_to(streets.ends, anyone, np.array([piece for piece, _ in depots]))
    piece, chain = _snap_stops(demand.stops, lines, (joined, anyone), parameters)
    own = demand.streets
    spans = list(zip(own["piece"], own["from_m"], own["to_m"], strict=True))
    cuts = [(int(p), float(c)) for p, a, b in spans for c in (a, b)]
    cuts += [(int(p), float(c)) for p, c in zip(piece, chain, strict=True) if p >= 0] + depots
    graph = build_drive_graph(streets, cuts)
    node = graph.cut_node
    street_ends = [(node[int(p), float(a)], node[int(p), float(b)]) for p, a, b in spans]
    stop_node = [node[int(p), float(c)] if p >= 0 else node[depots[0]] for p, c in zip(piece, chain, strict=True)]
    ends = np.array(street_ends + [(n, n) for n in stop_node], np.int64).reshape(-1, 2)
    places, inverse = np.unique(np.r_[ends.ravel(), [node[d] for d in depots]], return_inverse=True)
    passages = tuple(passage(graph, *pair) for pair in open_to)
    metres = np.stack([way_metres(p.arcs, places) for p in passages])
    on_road = np.r_[np.ones(len(own), bool), piece >= 0]
    mode_of = np.array([row[team.mode] for team in teams])
    no_ways = np.zeros((len(teams), len(ends)), np.int64)
    job_ends, depot = inverse[: ends.size].reshape(-1, 2), inverse[ends.size :]
    field = Field(graph, used, passages, metres, places, job_ends, depot, no_ways, mode_of, on_road)
    return replace(field, ways=_ways(field, demand, teams))


def _depot(team: Team, lines: Shapes, open_: Flags, reach_m: float) -> tuple[int, float]:
    """Piece and chainage where a team starts."""
    piece, chain, gap = _nearest(np.array([team.depot], object), lines, open_)
    if piece[0] < 0 or gap[0] > reach_m:
        raise InputError(
            "patrol_depot_off_network",
            team=team.name,
            metres=round(float(gap[0])) if piece[0] >= 0 else "-",
            limit=round(reach_m),
        )
    return int(piece[0]), float(chain[0])


def _joined_to(ends: Ints, open_: Flags, depot: Ints) -> Flags:
    """Open pieces that hang together with the piece of some depot, one-way streets taken both ways."""
    own = np.flatnonzero(open_)
    junctions = int(ends.max()) + 1 if len(ends) else 0
    graph = coo_array((np.ones(len(own)), (ends[own, 0], ends[own, 1])), (junctions, junctions))
    label = connected_components(graph, directed=False)[1]
    return np.asarray(open_ & np.isin(label[ends[:, 0]], label[ends[depot, 0]]))


def _snap_stops(
    stops: gpd.GeoDataFrame, lines: Shapes, open_: tuple[Flags, Flags], parameters: PatrolParameters
) -> tuple[Ints, Floats]:
    """
    Piece and chainage of every stop; piece -1 where no road is in reach.

    ``open_``: pieces joined to a depot, which are preferred, and all open ones.
    """
    points = stops.geometry.to_numpy()
    water = (stops["kind"] == "water").to_numpy(bool)
    reach = np.where(water, parameters.reach_m["water"], parameters.reach_m["stop"])
    piece, chain, gap = _nearest(points, lines, open_[0])
    other, other_chain, other_gap = _nearest(points, lines, open_[1])
    found = np.where(gap <= reach, piece, np.where(other_gap <= reach, other, -1))
    return found, np.where(gap <= reach, chain, other_chain)


def _nearest(points: Shapes, lines: Shapes, open_: Flags) -> tuple[Ints, Floats, Floats]:
    """Nearest open piece to each point, the chainage of its foot, and the distance; -1 and infinite without any."""
    own = np.flatnonzero(open_)
    if not len(own) or not len(points):
        return np.full(len(points), -1), np.zeros(len(points)), np.full(len(points), np.inf)
    point, near = shapely.STRtree(lines[own]).query_nearest(points, all_matches=False)
    piece = np.full(len(points), -1)
    piece[point] = own[near]
    chain = np.asarray(shapely.line_locate_point(lines[piece], points), float)
    return piece, chain, np.asarray(shapely.distance(lines[piece], points), float)


def _ways(field: Field, demand: Demand, teams: Sequence[Team]) -> Ints:
    """Directions in which each team can serve each job."""
    streets, stops = demand.streets, demand.stops
    piece, side = streets["piece"].to_numpy(np.int64), streets["side"].to_numpy(np.int64)
    skill = stops["skill"].to_numpy(dtype=object)
    ways = np.zeros((len(teams), len(field.ends)), np.int64)
    for t, team in enumerate(teams):
        pass_, mode = field.passages[field.mode_of[t]], field.modes[field.mode_of[t]]
        ahead, back = pass_.forward[piece], pass_.backward[piece]
        if mode.one_way:  # vehicles keep to the right: each side of a two-way street is served along traffic
            both = ahead & back
            ahead, back = ahead & ~(both & (side == LEFT)), back & ~(both & (side == RIGHT))
        may = np.array([not s or s in team.skills for s in skill], bool)
        bits = np.r_[ahead * AHEAD + back * BACK, may * AHEAD]
        ways[t] = bits * (field.on_road & _return_trip(field, t))
    return ways


def _return_trip(field: Field, team: int) -> Flags:
    """Jobs whose both ends a team can reach from its depot and come back from."""
    metres, depot = field.metres[field.mode_of[team]], field.depot[team]
    there = np.isfinite(metres[depot, field.ends]).all(axis=1)
    back = np.isfinite(metres[field.ends, depot]).all(axis=1)
    return np.asarray(there & back)
