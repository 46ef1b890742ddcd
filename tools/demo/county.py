"""The whole county as drawn: every part built in order, each seeing the ground the earlier ones have taken."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from demo import (
    areas,
    buildings,
    campuses,
    country,
    layout,
    network,
    planted,
    roster,
    service_roads,
    town,
    townships,
    village_schools,
    waters,
)
from demo.buildings import House
from demo.campuses import Campus
from demo.country import Village
from demo.names import lanes as lane_names
from demo.plane import Xy, chance, xy
from demo.shapes import bend, polygon_parts
from demo.streets import Street
from demo.townships import Township
from demo.waters import Water
from demo.wishes import Wish

TANKS = 14
"""Ponds that only the water office's table knows."""


@dataclass(frozen=True)
class County:
    """Everything on the ground, in local metres."""

    areas: list[areas.Area]
    outline: Polygon
    network: network.Network
    waters: list[Water]
    tanks: list[Water]
    campuses: list[Campus]
    houses: list[House]
    campus_houses: list[House]
    parks: list[Polygon]
    towns: BaseGeometry


def _named(streets: Sequence[Street]) -> list[Street]:
    """Streets with names for about half of the unnamed lanes."""
    rng, titles = chance("lane naming"), lane_names()
    out = []
    for street in streets:
        wanted = not street.name and street.road_class in ("residential", "tertiary", "footway") and rng.random() < 0.45
        title = next(titles, "") if wanted else street.name
        if wanted and street.road_class == "tertiary":
            title = title.removesuffix("巷") + "路"
        out.append(Street(street.road_class, title, street.line, street.tags, street.elevated, street.setback_m))
    return out


def _code(number: int) -> str:
    return f"9952990{number:03d}"


@dataclass(frozen=True)
class _Blocks:
    """Leaf blocks of all towns and the ground inside each (None where nothing is left)."""

    leaves: list[Polygon]
    grounds: list[Polygon]


def _blocks(leaves: Sequence[Polygon], streets: Sequence[Street], water: BaseGeometry) -> _Blocks:
    tree = shapely.STRtree([s.line for s in streets])
    pairs = [(leaf, campuses.ground(leaf, streets, tree, water)) for leaf in leaves]
    kept = [(leaf, ground) for leaf, ground in pairs if ground is not None]
    return _Blocks([leaf for leaf, _ in kept], [ground for _, ground in kept])


def _campuses(plots: Sequence[tuple[Wish, Polygon]], streets: Sequence[Street]) -> list[Campus]:
    tree = shapely.STRtree([s.line for s in streets])
    out = list(planted.CAMPUSES)
    for number, (wish, outline) in enumerate(sorted(plots, key=lambda item: item[0].name), start=1):
        out.append(campuses.described(_code(number), wish, outline, campuses.frontages(outline, streets, tree)))
    return sorted(out, key=lambda campus: campus.code)


def _houses(
    grounds: Sequence[Polygon], taken: BaseGeometry, villages: Sequence[Village], lines: BaseGeometry
) -> list[House]:
    """Houses of the towns' blocks and of the villages, clear of ``taken``; ``lines`` is the roads' surface."""
    rng = chance("houses")
    shapely.prepare(taken)
    out: list[House] = []
    for ground in grounds:
        rest = ground.difference(taken) if taken.intersects(ground) else ground
        for part in polygon_parts(rest, 150):
            out += buildings.filled(part, _fabric(xy(part.centroid.coords[0]), rng), rng)
    yards = [shape for village in villages for lane in village.lanes for shape in buildings.along(lane, rng)]
    blocked = taken.union(lines)
    out += [
        House(shape, rng.choice(buildings.YARDS.kinds), rng.choice((0, 1, 2, 3)))
        for shape in buildings.apart(yards, blocked)
    ]
    return out


def _fabric(place: Xy, rng: random.Random) -> buildings.Fabric:
    return buildings.fabric_at(place, rng) if abs(place[0]) < 3500 and abs(place[1]) < 2200 else buildings.YARDS


def build() -> County:
    """Build the county; the same seed gives the same county."""
    outline = areas.county()
    reserved = shapely.unary_union(planted.reserved())
    bodies = [*waters.flowing(), Water("白石水库", "reservoir", planted.lake())]
    water = waters.covered(bodies)
    wishes = roster.wishes()
    town_streets, town_leaves = town.build(wishes, water, reserved)
    towns = townships.build(wishes, water, reserved)
    starts = {place: bend(*place) for _, _, place, _ in layout.COUNTRY_ROADS if isinstance(place, tuple)}
    main_roads = country.roads(towns, starts, water)
    town_ground = _town_ground(towns)
    villages, branches = country.villages(
        main_roads, shapely.unary_union([town_ground, water.buffer(20)]), outline.buffer(-300)
    )
    streets = _named([*town_streets, *(s for t in towns for s in t.streets), *main_roads, *branches,
                      *(lane for v in villages for lane in v.lanes), planted.LAKE_PATH])  # fmt: skip
    blocks = _blocks([*town_leaves, *(b for t in towns for b in t.blocks)], streets, water)
    plots = campuses.plots(blocks.grounds, blocks.leaves, wishes)
    plots += village_schools.plots(villages, streets, water)
    held = shapely.unary_union([reserved, *(shape for _, shape in plots)])
    tree = shapely.STRtree([s.line for s in streets])
    open_grounds = [g for g in blocks.grounds if not held.intersects(g.buffer(-6))]
    streets = streets + service_roads.build(open_grounds, streets, tree)
    return _assembled(_Draft(outline, streets, bodies, blocks, plots, held, towns, villages, town_ground))


@dataclass(frozen=True)
class _Draft:
    outline: Polygon
    streets: list[Street]
    bodies: list[Water]
    blocks: _Blocks
    plots: list[tuple[Wish, Polygon]]
    held: BaseGeometry
    towns: list[Township]
    villages: list[Village]
    town_ground: BaseGeometry


def _assembled(draft: _Draft) -> County:
    """Lakes, ponds, parks, campuses and houses on the ground that streets and campuses left."""
    surface = shapely.unary_union([s.line.buffer(s.clear_m, quad_segs=2) for s in draft.streets])
    taken = shapely.unary_union([surface, draft.held.buffer(5)])
    seats = [(t.name[:2], t.seat) for t in draft.towns] + [(v.name, v.at) for v in draft.villages]
    bodies = [*draft.bodies, *waters.reservoirs(taken.buffer(25))]
    bodies += waters.ponds(seats, taken.union(waters.covered(bodies)), 46 + TANKS)
    tanks = bodies[-TANKS:]
    bodies = bodies[:-TANKS]
    water = waters.covered([*bodies, *tanks])
    parks = _parks(draft.blocks.grounds, draft.held)
    not_built = shapely.unary_union([draft.held.buffer(4), water.buffer(6), *parks])
    service = [s.line.buffer(s.clear_m) for s in draft.streets if s.road_class == "service"]
    houses = _houses(draft.blocks.grounds, shapely.unary_union([not_built, *service]), draft.villages, surface)
    shops = [House(planted.shop(door), "retail", 2) for door in planted.DOORS]
    found = _campuses(draft.plots, draft.streets)
    teaching = [h for c in found if c.outline is not None for h in buildings.on_campus(c.outline, c.name)]
    ground = areas.townships(draft.outline)
    noded = network.build(draft.streets, waters.covered(bodies))
    return County(
        ground, draft.outline, noded, bodies, tanks, found, houses + shops, teaching, parks, draft.town_ground
    )


def _town_ground(towns: Sequence[Township]) -> BaseGeometry:
    """Built ground of the county town and the township towns."""
    middle = Polygon([bend(*p) for p in layout.TOWN_OUTLINE])
    return shapely.unary_union(
        [middle, *(shapely.unary_union([s.line for s in t.streets]).convex_hull.buffer(40) for t in towns)]
    )


def _parks(grounds: Sequence[Polygon], held: BaseGeometry) -> list[Polygon]:
    """Choose some mid-sized blocks of the county town as parks."""
    rng = chance("parks")
    fit = [
        g for g in grounds if 3500 < g.area < 26_000 and abs(g.centroid.x) < 1800 and not held.intersects(g.buffer(-5))
    ]
    return [g.buffer(-2) for g in rng.sample(fit, min(11, len(fit)))]
