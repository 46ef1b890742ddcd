"""Devices beside the carriageway: lamps, cameras, bus stops, signs, guard rails, fences, rescue kit."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from demo import layout, planted
from demo.campuses import Campus
from demo.network import Network
from demo.plane import Xy, chance
from demo.shapes import bent_line, line_parts, offset, piece
from demo.streets import RANK, WIDTH_M
from demo.waters import Water

_MEDIAN_GAP_M: Final = 14.0
_GATE_POSTS: Final = (
    {"man_made": "surveillance", "surveillance:type": "camera"},
    {"traffic_sign": "maxspeed", "maxspeed": "30"},
    {"traffic_sign": "hazard", "hazard": "children"},
)


@dataclass(frozen=True)
class Thing:
    """A tagged point or line that is no part of a road."""

    shape: Point | LineString
    tags: dict[str, str]


def _beside(line: LineString, at: float, metres: float) -> Point:
    here, ahead = line.interpolate(at), line.interpolate(min(at + 1, line.length))
    back = line.interpolate(max(at - 1, 0))
    dx, dy = ahead.x - back.x, ahead.y - back.y
    length = math.hypot(dx, dy) or 1.0
    return Point(round(here.x - dy / length * metres, 2), round(here.y + dx / length * metres, 2))


def lamps(network: Network, towns: BaseGeometry) -> list[Thing]:
    """Street lamps about every 45 m on lit main streets of the towns, alternating sides."""
    rng = chance("lamps")
    out = []
    for edge in network.edges:
        line = edge.line
        middle = line.interpolate(0.5, normalized=True)
        if edge.rank > RANK["tertiary"] or line.length < 60 or not towns.contains(middle) or rng.random() > 0.6:
            continue
        side, at = rng.choice((1, -1)), rng.uniform(8, 30)
        while at < line.length - 5:
            reach = WIDTH_M[edge.street.road_class] / 2 + 1.2
            out.append(Thing(_beside(line, at, side * reach), {"highway": "street_lamp"}))
            side, at = -side, at + rng.uniform(40, 52)
    return out


def posts(network: Network, campuses: Sequence[Campus]) -> list[Thing]:
    """Speed cameras on main roads, cameras and 30 km/h and children signs near some gates."""
    rng = chance("posts")
    main = [e for e in network.edges if e.rank <= RANK["secondary"] and e.line.length > 150]
    out = []
    for edge in rng.sample(main, 26):
        spot = _beside(edge.line, edge.line.length * rng.uniform(0.3, 0.7), 9.0)
        out.append(Thing(spot, {"highway": "speed_camera", "maxspeed": rng.choice(("40", "50", "60"))}))
    gates = [gate for campus in campuses for gate in campus.gates]
    for gate, tags in itertools.product(gates, _GATE_POSTS):
        if rng.random() < 0.38:
            x, y = gate.at[0] + rng.uniform(-14, 14), gate.at[1] + rng.uniform(-14, 14)
            out.append(Thing(Point(round(x, 2), round(y, 2)), dict(tags)))
    return out


def _broken(line: LineString, gaps: Sequence[float], half_m: float) -> list[LineString]:
    """``line`` without ``half_m`` to either side of the chainages ``gaps``."""
    out, run = [], 0.0
    for at in [*sorted(gaps), line.length + half_m]:
        if at - half_m - run > 4:
            out.append(piece(line, run, at - half_m))
        run = max(run, at + half_m)
    return out


def medians(network: Network, bypass: LineString) -> list[Thing]:
    """Guard rails between the carriageways of bypass and avenue, open where another street crosses."""
    out = []
    for name, line in (("绕城大道", bypass), ("澜江大道", bent_line(layout.AVENUE))):
        near = line.buffer(2)
        others = [e.line for e in network.edges if e.street.name != name and not e.street.elevated]
        gaps = [line.project(o.intersection(line).representative_point()) for o in others if o.intersects(line)]
        gaps += [line.project(Point(p)) for p in planted.MEDIAN_GAPS if near.contains(Point(p))]
        ends = piece(line, 30, line.length - 30)
        tags = {"barrier": "guard_rail" if name == "绕城大道" else "fence", "name": name + "中央隔离栏"}
        out += [Thing(part, tags) for part in _broken(ends, [g - 30 for g in gaps], _MEDIAN_GAP_M) if part.length > 4]
    return out


def banks(bodies: Sequence[Water]) -> list[Thing]:
    """Fences on stretches of the river bank in town and around part of the planted reservoir; rescue posts."""
    rng = chance("banks")
    flow = next(b.flow for b in bodies if b.kind == "river" and b.flow is not None)
    out = []
    at = flow.project(Point(-1300, 680))
    while at < flow.project(Point(1600, 600)):
        for side in (1, -1):
            if rng.random() < 0.45:
                line = offset(piece(flow, at, at + 150), side * (layout.RIVER_HALF_WIDTH_M + 1.5)).simplify(0.4)
                out.append(Thing(LineString(line.coords), {"barrier": "fence"}))
            if rng.random() < 0.3:
                out.append(
                    Thing(_beside(flow, at, side * (layout.RIVER_HALF_WIDTH_M + 2.5)), {"emergency": "life_ring"})
                )
        at += 175
    shore = planted.lake().buffer(2.5).exterior
    kept = shore.difference(Point(planted.LAKE_BANK_X, -490).buffer(150))
    out += [Thing(line, {"barrier": "fence"}) for line in line_parts(shapely.line_merge(kept), 0.0)]
    return out


def bus_stops(network: Network, routes: Sequence[Sequence[int]], rng: random.Random) -> list[Thing]:
    """Place stops about every 450 m beside the edges of the routes; a place served twice gets one stop."""
    out: list[Thing] = []
    seen: list[Xy] = []
    for route in routes:
        run = 200.0
        for number in route:
            edge = network.edges[number]
            run += edge.line.length
            if run < 450 or edge.line.length < 60 or edge.bridge:
                continue
            spot = _beside(edge.line, edge.line.length * 0.4, -WIDTH_M[edge.street.road_class] / 2 - 1.5)
            if all(math.dist((spot.x, spot.y), other) > 160 for other in seen):
                seen.append((spot.x, spot.y))
                name = (edge.street.name or "支路") + rng.choice(("站", "路口站", "中段站"))
                out.append(Thing(spot, {"highway": "bus_stop", "public_transport": "platform", "name": name}))
                run = 0.0
    return out
