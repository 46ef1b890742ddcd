"""
One streaming pass over an OSM file: what matters is kept as plain tags and outlines, the rest is only counted.

Untagged ways are kept as outlines too, since relations (lakes, campuses with courtyards) are made of them. Files whose
ways stand before their nodes (Overpass writes such), or that hold unsaved drafts, get a second look at their nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import osmium
import shapely

from gislib.sources.osm_tags import Tags

WKB_HEAD: Final = 18
"""Hexadecimal digits before the coordinates of a WKB line: byte order, type, number of points."""

_BUS_ROUTES: Final = frozenset({"bus", "trolleybus", "share_taxi"})
_AREA_RELATIONS: Final = frozenset({"multipolygon", "site"})
_EPOCH: Final = datetime(1970, 1, 2, tzinfo=UTC)

Wanted = Mapping[str, frozenset[str] | None]
"""OSM key to the values that matter, None for any value."""

Position = tuple[float, float]


@dataclass(frozen=True)
class Pick:
    """
    What to keep.

    Parameters
    ----------
    nodes, ways
        Tags that make a node, or a way or relation, worth keeping.
    keys
        For ways whose only wanted key is the named one: the keys to copy (copying all tags of ways is the slow part).
    times
        Whether to look for the latest edit (not when the file states its date).
    """

    nodes: Wanted
    ways: Wanted
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    times: bool = True


@dataclass
class Scan:
    """
    What one file holds.

    Parameters
    ----------
    nodes
        Id to longitude, latitude, tags of the wanted nodes.
    ways
        Id to tags of the wanted ways.
    outlines
        Id to hexadecimal WKB of every way whose nodes are all in the file, wanted or not.
    broken
        Id to the positions, None where the node is absent, of every way that has no complete outline.
    relations
        Id to tags and members (type, id, role) of the wanted multipolygons and sites.
    bus_ways
        Ways that a bus route runs on; None when the file holds no bus route at all.
    objects
        Numbers of nodes (wanted ones only), ways and relations met.
    newest
        Latest edit of a kept object; None when the file carries no times.
    changeset
        Highest changeset number met (0 where numbers were stripped).
    by_key
        Ids of the kept objects by type (``n``, ``w``, ``r``) and wanted key, in file order.
    absent
        Way id to node ids and positions of the broken ways.
    """

    nodes: dict[int, tuple[float, float, Tags]] = field(default_factory=dict)
    ways: dict[int, Tags] = field(default_factory=dict)
    outlines: dict[int, str] = field(default_factory=dict)
    broken: dict[int, list[Position | None]] = field(default_factory=dict)
    relations: dict[int, tuple[Tags, list[tuple[str, int, str]]]] = field(default_factory=dict)
    bus_ways: set[int] | None = None
    objects: Counter[str] = field(default_factory=Counter)
    newest: datetime | None = None
    changeset: int = 0
    by_key: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    absent: dict[int, list[tuple[int, Position | None]]] = field(default_factory=dict)


def scan(file: Any, pick: Pick) -> Scan:  # noqa: ANN401 (pyosmium is untyped here)
    """
    Read one OSM file (path or ``osmium.io.File``) of any format pyosmium knows.

    Raises
    ------
    RuntimeError, osmium.InvalidLocationError
        pyosmium's own, for a file that it cannot read; the caller names it.
    """
    store = osmium.index.create_map("flex_mem")
    found = _read(file, pick, store)
    absent = {ref for nodes in found.absent.values() for ref, position in nodes if position is None}
    if absent and (not found.outlines or any(ref < 0 or _known(store, ref) for ref in absent)):
        _complete(file, found, absent)
    return found


def _known(store: Any, ref: int) -> bool:  # noqa: ANN401
    try:
        return bool(store.get(ref).valid())
    except KeyError:
        return False


def _complete(file: Any, found: Scan, absent: set[int]) -> None:  # noqa: ANN401
    """Fill broken ways from a second look at the nodes: they came after the ways, or have a draft's number below 0."""
    nodes = osmium.FileProcessor(file, osmium.osm.NODE)
    late = {node.id: (node.lon, node.lat) for node in nodes if node.id in absent and node.location.valid()}
    for number, positions in found.absent.items():
        filled = [late.get(ref) if position is None else position for ref, position in positions]
        found.broken[number] = filled
        whole = [position for position in filled if position is not None]
        if len(whole) == len(filled) and len(set(whole)) > 1:
            found.outlines[number] = shapely.LineString(whole).wkb_hex
            del found.broken[number]


def _read(file: Any, pick: Pick, store: Any) -> Scan:  # noqa: ANN401
    found = Scan()
    factory = osmium.geom.WKBFactory()
    for thing in _stream(file, pick, store):
        if thing.is_way():
            _take_way(found, thing, pick, factory)
        elif thing.is_node():
            _take_node(found, thing, pick)
        else:
            _take_relation(found, thing, pick)
    return found


def _stream(file: Any, pick: Pick, store: Any) -> Iterator[Any]:  # noqa: ANN401
    """
    All ways and relations, and the nodes with a key that matters (sorted out without touching Python).

    Nodes carry ``__geo_interface__``, whose tags are many times quicker to copy than those of the object.
    """
    keys = osmium.filter.KeyFilter(*pick.nodes).enable_for(osmium.osm.NODE)
    ready = osmium.filter.GeoInterfaceFilter(drop_invalid_geometries=False).enable_for(osmium.osm.NODE)
    return iter(osmium.FileProcessor(file).with_locations(store).with_filter(keys).with_filter(ready))


def _matches(tags: Any, wanted: Wanted) -> list[str]:  # noqa: ANN401
    """Keys under which an object matters; a street is a street, whatever else it is tagged."""
    if "highway" in tags and wanted.get("highway", ()) is None:
        return ["highway"]
    return [key for key, values in wanted.items() if (value := tags.get(key)) is not None and _is_wanted(value, values)]


def _is_wanted(value: str, values: frozenset[str] | None) -> bool:
    """Whether a value, or one of several (``hump;table``), is wanted."""
    if values is None or value in values:
        return True
    return ";" in value and any(part.strip() in values for part in value.split(";"))


def _copied(tags: Any, matched: list[str], keys: Mapping[str, tuple[str, ...]]) -> Tags:  # noqa: ANN401
    """Tags of a way: those of the short list of its one key, else all."""
    short = keys.get(matched[0]) if len(matched) == 1 else None
    if short is None:
        return dict(tags)
    return {key: value for key in short if (value := tags.get(key)) is not None}


def _note(found: Scan, kind: str, thing: Any, matched: list[str], pick: Pick) -> None:  # noqa: ANN401
    """Enter an object under its keys, and its time of edit."""
    number = thing.id
    for key in matched:
        found.by_key.setdefault((kind, key), []).append(number)
    # Changesets are numbered in time; asking each object for its time is slow.
    if pick.times and thing.changeset >= found.changeset:
        found.changeset = thing.changeset
        time = thing.timestamp
        if time > _EPOCH and (found.newest is None or time > found.newest):
            found.newest = time


def _take_node(found: Scan, node: Any, pick: Pick) -> None:  # noqa: ANN401
    found.objects["nodes"] += 1
    shape = getattr(node, "__geo_interface__", None)
    if shape is None:
        return
    tags = shape["properties"]
    matched = [key for key in pick.nodes.keys() & tags.keys() if _is_wanted(tags[key], pick.nodes[key])]
    if matched:
        found.nodes[node.id] = (*shape["geometry"]["coordinates"], tags)
        _note(found, "n", node, matched, pick)


def _take_way(found: Scan, way: Any, pick: Pick, factory: Any) -> None:  # noqa: ANN401
    found.objects["ways"] += 1
    number = way.id
    matched = _matches(way.tags, pick.ways)
    if matched:
        found.ways[number] = _copied(way.tags, matched, pick.keys)
        _note(found, "w", way, matched, pick)
    try:
        found.outlines[number] = factory.create_linestring(way)
    except (osmium.InvalidLocationError, RuntimeError):
        # Absent nodes, or fewer than two different positions.
        placed = [(node.ref, node.location) for node in way.nodes]
        nodes = [(ref, (spot.lon, spot.lat) if spot.valid() else None) for ref, spot in placed]
        found.absent[number] = nodes
        found.broken[number] = [position for _, position in nodes]


def _take_relation(found: Scan, relation: Any, pick: Pick) -> None:  # noqa: ANN401
    found.objects["relations"] += 1
    tags = relation.tags
    kind = tags.get("type")
    if kind == "route" and tags.get("route") in _BUS_ROUTES:
        if found.bus_ways is None:
            found.bus_ways = set()
        found.bus_ways.update(member.ref for member in relation.members if member.type == "w")
    elif kind in _AREA_RELATIONS and (matched := _matches(tags, pick.ways)):
        members = [(member.type, member.ref, member.role) for member in relation.members]
        found.relations[relation.id] = (dict(tags), members)
        _note(found, "r", relation, matched, pick)
