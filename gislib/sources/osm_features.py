"""Objects of a scan joined with their shapes, layer by layer; broken ones are saved where something is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.sources.osm_geometry import Outlines, Shapes, relation_area, runs
from gislib.sources.osm_scan import Position, Scan
from gislib.sources.osm_tags import Tags

POINT: Final = "point"
LINES: Final = "lines"
NOTHING: Final = "nothing"

Members = list[tuple[str, int, str]]


@dataclass(frozen=True)
class Wish:
    """Which objects a layer wants: those with one of ``keys`` whose tags pass ``accepts``."""

    keys: tuple[str, ...]
    accepts: Callable[[Tags], bool]

    def ids(self, found: Scan, kind: str) -> list[int]:
        """Candidates of type ``n``, ``w`` or ``r``, each once, by key and file order."""
        return list(dict.fromkeys(number for key in self.keys for number in found.by_key.get((kind, key), ())))

    def nodes(self, found: Scan) -> list[int]:
        """Ids of the wanted nodes."""
        return [number for number in self.ids(found, "n") if self.accepts(found.nodes[number][2])]

    def ways(self, found: Scan) -> list[int]:
        """Ids of the wanted ways."""
        return [number for number in self.ids(found, "w") if self.accepts(found.ways[number])]

    def relations(self, found: Scan) -> list[int]:
        """Ids of the wanted relations."""
        return [number for number in self.ids(found, "r") if self.accepts(found.relations[number][0])]


class Feature(NamedTuple):
    """
    One object with its shape.

    Parameters
    ----------
    id
        ``osm:w123``; further pieces of a broken line are ``osm:w123#2`` and so on.
    tags
        OSM tags.
    shape
        WGS 84 longitude, latitude.
    whole
        False when nodes or members were absent, or an outline does not close: ``shape`` is what was left.
    """

    id: str
    tags: Tags
    shape: Any
    whole: bool = True


@dataclass(frozen=True)
class Lost:
    """An object without usable shape: its id and how many of its nodes or members are in the file (``0/7``)."""

    id: str
    there: str


@dataclass
class Harvest:
    """Features of one layer in file order, what was lost, and how many outlines said the same as their relation."""

    features: list[Feature] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    doubles: int = 0

    def add(self, other: Harvest) -> None:
        """Append another harvest of the same layer."""
        self.features += other.features
        self.lost += other.lost
        self.doubles += other.doubles


def node_features(found: Scan, picked: Iterable[int]) -> Harvest:
    """Nodes with the given ids as points."""
    rows = [(number, *found.nodes[number]) for number in picked]
    points: Shapes = np.asarray(shapely.points(np.array([row[1:3] for row in rows], dtype=float).reshape(-1, 2)))
    return Harvest([Feature(f"osm:n{row[0]}", row[3], point) for row, point in zip(rows, points, strict=True)])


def line_features(found: Scan, outlines: Outlines, wish: Wish) -> Harvest:
    """Wanted ways as lines; a broken one as the stretches between its absent nodes, each a feature of its own."""
    out = Harvest()
    for number in wish.ways(found):
        tags = found.ways[number]
        place = outlines.row.get(number)
        if place is not None:
            out.features.append(Feature(f"osm:w{number}", tags, outlines.lines[place]))
            continue
        pieces = runs(found.broken[number])
        if not pieces:
            out.lost.append(Lost(f"osm:w{number}", _there(found.broken[number])))
        for count, piece in enumerate(pieces, start=1):
            suffix = "" if count == 1 else f"#{count}"
            out.features.append(Feature(f"osm:w{number}{suffix}", tags, piece, whole=False))
    return out


def area_features(found: Scan, outlines: Outlines, wish: Wish, leftover: str) -> Harvest:
    """
    Ways and relations that mean an area.

    Parameters
    ----------
    found, outlines
        The scan and its outlines.
    wish
        The objects of the layer.
    leftover
        What to keep of one whose outline does not close: `POINT` (middle of the nodes that are there), `LINES` (the
        stretches of outline that are there) or `NOTHING`.
    """
    relations = Harvest()
    spoken_for: dict[int, set[str | None]] = {}
    for number in wish.relations(found):
        tags, members = found.relations[number]
        area, whole = relation_area(members, outlines)
        if area is not None:
            relations.features.append(Feature(f"osm:r{number}", tags, area, whole))
            for kind, ref, role in members:
                if kind == "w" and role != "inner":
                    spoken_for.setdefault(ref, {None}).add(tags.get("name"))
        else:
            there = sum(kind == "w" and ref in outlines.row for kind, ref, _ in members)
            positions = list(_member_positions(found, outlines, members))
            _keep_rest(relations, (f"osm:r{number}", tags), positions, leftover, f"{there}/{len(members)}")
    out = Harvest()
    for number in wish.ways(found):
        if found.ways[number].get("name") in spoken_for.get(number, ()):
            out.doubles += 1
        else:
            _take_way(out, found, outlines, number, leftover)
    out.add(relations)
    return out


def _take_way(out: Harvest, found: Scan, outlines: Outlines, number: int, leftover: str) -> None:
    tags = found.ways[number]
    place = outlines.row.get(number)
    if place is not None and outlines.polygons[place] is not None:
        out.features.append(Feature(f"osm:w{number}", tags, outlines.polygons[place]))
        return
    positions = found.broken[number] if place is None else _positions(outlines.lines[place])
    _keep_rest(out, (f"osm:w{number}", tags), positions, leftover, _there(positions))


def _keep_rest(
    out: Harvest, named: tuple[str, Tags], positions: list[Position | None], leftover: str, there: str
) -> None:
    shape = _rest(positions, leftover)
    if shape is None:
        out.lost.append(Lost(named[0], there))
    else:
        out.features.append(Feature(*named, shape, whole=False))


def _rest(positions: list[Position | None], leftover: str) -> BaseGeometry | None:
    present = [position for position in positions if position is not None]
    if leftover == POINT and present:
        return shapely.MultiPoint(sorted(set(present))).centroid
    pieces = runs(positions) if leftover == LINES else []
    if not pieces:
        return None
    return pieces[0] if len(pieces) == 1 else shapely.MultiLineString(pieces)


def _member_positions(found: Scan, outlines: Outlines, members: Members) -> Iterator[Position | None]:
    """Positions of the member ways and wanted member nodes that are there, with a None after each."""
    for kind, ref, _ in members:
        if kind == "w" and ref in outlines.row:
            yield from _positions(outlines.lines[outlines.row[ref]])
        elif kind == "w":
            yield from found.broken.get(ref, [])
        elif kind == "n" and ref in found.nodes:
            yield found.nodes[ref][:2]
        yield None


def _positions(line: BaseGeometry) -> list[Position | None]:
    return [(x, y) for x, y in shapely.get_coordinates(line).tolist()]


def _there(positions: list[Position | None]) -> str:
    return f"{sum(position is not None for position in positions)}/{len(positions)}"
