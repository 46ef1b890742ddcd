"""The county as OSM elements."""

from __future__ import annotations

import shapely

from demo import attributes, buses, crossings, layout, network, roadside, town
from demo.county import County
from demo.osmfile import OsmFile
from demo.plane import chance
from demo.waters import Water


def _water_tags(body: Water) -> dict[str, str]:
    return {"natural": "water", "water": body.kind, "name": body.name}


def _add_ways(osm: OsmFile, county: County) -> dict[int, int]:
    """Street ways; returns the way of each edge number."""
    numbers = {id(edge): number for number, edge in enumerate(county.network.edges)}
    way_of: dict[int, int] = {}
    for number, chain in enumerate(network.chains(county.network)):
        points = list(chain[0].points)
        for edge in chain[1:]:
            points += edge.points[1:]
        way = osm.way(points, attributes.of_way(chain, number))
        way_of |= {numbers[id(edge)]: way for edge in chain}
    for place, tags in county.network.node_tags.items():
        osm.node(place, tags)
    return way_of


def _add_areas(osm: OsmFile, county: County) -> None:
    rng = chance("building facts")
    for house in (*county.houses, *county.campus_houses):
        tags = {"building": house.kind}
        if house.levels and rng.random() < 0.5:
            tags["building:levels"] = str(house.levels)
        osm.area(house.outline, tags)
    for park in county.parks:
        osm.area(park, {"leisure": "park"})
    for body in county.waters:
        if body.flow is not None:
            osm.way(list(body.flow.coords), {"waterway": body.kind, "name": body.name})
        if body.kind != "stream":
            osm.area(body.outline, _water_tags(body))


def collected(county: County) -> OsmFile:
    """Every element of the file, in a fixed order."""
    places = shapely.unary_union([county.towns])
    crossings.add_planted(county.network)
    crossings.add_junctions(county.network, places)
    crossings.add_midblock(county.network, places)
    crossings.add_at_gates(county.network, county.campuses)
    crossings.add_bollards(county.network)
    osm = OsmFile()
    routes = buses.routes(county.network)
    things = roadside.lamps(county.network, places) + roadside.posts(county.network, county.campuses)
    things += roadside.medians(county.network, town.bypass_line()) + roadside.banks(county.waters)
    things += roadside.bus_stops(county.network, [edges for _, edges in routes], chance("bus stops"))
    way_of = _add_ways(osm, county)
    _add_areas(osm, county)
    for name, place, seat, *_ in layout.TOWNSHIPS:
        osm.node(seat, {"place": place, "name": name})
    for thing in things:
        if thing.shape.geom_type == "Point":
            osm.node(thing.shape.coords[0], thing.tags)
        else:
            osm.way(list(thing.shape.coords), thing.tags)
    for title, edges in routes:
        ways = list(dict.fromkeys(way_of[number] for number in edges))
        tags = {"type": "route", "route": "bus", "ref": title, "name": f"{title}路"}
        osm.relations.append(([("w", way, "") for way in ways], tags))
    return osm
