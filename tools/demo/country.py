"""Country roads between the towns, and villages along them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from demo import layout, names
from demo.plane import Xy, chance, xy
from demo.shapes import wandering
from demo.streets import Street
from demo.townships import Township

VILLAGES: Final = 74
_VILLAGE_APART_M: Final = 560.0
_SWAY: Final = {"trunk": 0.035, "secondary": 0.09, "tertiary": 0.13, "unclassified": 0.17}


@dataclass(frozen=True)
class Village:
    """A hamlet: name, the point of its spine on the road, its lanes, and the direction away from the road."""

    name: str
    at: Xy
    away: Xy
    lanes: list[Street]
    ground: Polygon


def _place(where: Xy | str, towns: dict[str, Township]) -> Xy:
    if isinstance(where, tuple):
        return where
    name, side = where.split(":")
    return towns[name].ends[side]


def roads(towns: Sequence[Township], start_of: dict[Xy, Xy], water: BaseGeometry) -> list[Street]:
    """
    Country roads of the layout.

    ``start_of`` maps drawn start points of the county town to where bending has put them. A road that would run along
    water is drawn again.
    """
    by_name = {town.name: town for town in towns}
    built = shapely.unary_union(
        [shapely.unary_union([s.line for s in t.streets]).convex_hull.buffer(-40) for t in towns]
    )
    out = []
    for road_class, name, a, b in layout.COUNTRY_ROADS:
        start, end = start_of.get(a, a) if isinstance(a, tuple) else _place(a, by_name), _place(b, by_name)
        rng = chance(f"road {name} {b}")
        lines = (wandering(start, end, _SWAY[road_class], rng) for _ in range(40))
        best = min(lines, key=lambda line: (line.intersection(water).length > 260, line.intersection(built).length))
        out.append(Street(road_class, name, best))
    return out


def _lane(start: Xy, direction: Xy, length: float, rng: random.Random) -> LineString:
    """Village lane: three pieces that turn a little."""
    points, angle = [start], math.atan2(direction[1], direction[0])
    for _ in range(3):
        angle += rng.uniform(-0.22, 0.22)
        x, y = points[-1]
        points.append((x + math.cos(angle) * length / 3, y + math.sin(angle) * length / 3))
    return LineString(points)


def _ribs(spine: LineString, rng: random.Random) -> list[Street]:
    """Dead-end lanes left and right of a spine, some of them footpaths or steps."""
    out, at = [], rng.uniform(38, 55)
    while at < spine.length - 10:
        here, ahead = spine.interpolate(at), spine.interpolate(at + 2)
        tx, ty = (ahead.x - here.x) / 2, (ahead.y - here.y) / 2
        for side in (1, -1):
            if rng.random() < 0.8:
                kind = rng.choices(["residential", "service", "footway", "steps"], [5, 3, 3, 1])[0]
                line = _lane((here.x, here.y), (-ty * side, tx * side), rng.uniform(45, 110), rng)
                out.append(Street(kind, "", line))
        at += rng.uniform(34, 52)
    return out


def _village(name: str, at: Xy, away: Xy, rng: random.Random) -> Village:
    spine = _lane(at, away, rng.uniform(190, 330), rng)
    lanes = [Street("unclassified", name + "路", spine), *_ribs(spine, rng)]
    return Village(name, at, away, lanes, shapely.unary_union([s.line for s in lanes]).convex_hull.buffer(18))


def _sites(roads: Sequence[Street], rng: random.Random) -> list[tuple[Xy, Xy]]:
    """Points along the country roads with the two directions away from them, in random order."""
    out = []
    for road in roads:
        at = rng.uniform(500, 800)
        while at < road.line.length - 300 and road.road_class != "trunk":
            here, ahead = road.line.interpolate(at), road.line.interpolate(at + 5)
            side = rng.choice((1, -1))
            out.append(((here.x, here.y), (-(ahead.y - here.y) / 5 * side, (ahead.x - here.x) / 5 * side)))
            at += rng.uniform(380, 620)
    rng.shuffle(out)
    return out


def _branch(at: Xy, away: Xy, rng: random.Random) -> LineString:
    length, turn = rng.uniform(500, 1500), math.atan2(away[1], away[0]) + rng.uniform(-0.6, 0.6)
    return wandering(at, (at[0] + length * math.cos(turn), at[1] + length * math.sin(turn)), _SWAY["unclassified"], rng)


def villages(main_roads: Sequence[Street], taken: BaseGeometry, county: Polygon) -> tuple[list[Village], list[Street]]:
    """Villages on country roads or at the end of branch roads, clear of ``taken`` ground; and the branch roads."""
    rng = chance("villages")
    titles = iter(names.villages())
    found: list[Village] = []
    branches: list[Street] = []
    grounds = taken
    lines = shapely.unary_union([r.line for r in main_roads])
    for at, away in _sites(main_roads, rng):
        branch = _branch(at, away, rng) if rng.random() < 0.45 else None
        seat, facing = (at, away) if branch is None else (xy(branch.coords[-1]), _heading(branch))
        village = _village(next(titles), seat, facing, rng)
        reach = village.ground if branch is None else village.ground.union(branch.buffer(8))
        clear = reach.difference(Point(at).buffer(45))
        near = any(math.dist(seat, v.at) < _VILLAGE_APART_M for v in found)
        if near or clear.intersects(grounds) or clear.intersects(lines) or not county.contains(reach):
            continue
        found.append(village)
        grounds = grounds.union(reach)
        if branch is not None:
            branches.append(Street("unclassified", "", branch))
        if len(found) == VILLAGES:
            break
    return found, branches


def _heading(line: LineString) -> Xy:
    (ax, ay), (bx, by) = line.coords[-2], line.coords[-1]
    length = math.dist((ax, ay), (bx, by))
    return (bx - ax) / length, (by - ay) / length
