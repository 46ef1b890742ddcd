"""The OSM file: nodes shared by position, ways, route relations; written in id order without clock or user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import osmium
from osmium.osm.mutable import Node, Relation, Way
from shapely.geometry import Polygon

from demo.network import key
from demo.plane import Xy, lonlat_of

FIRST_ID: Final = 900_000_000_000
"""Ids far above those in use, so that no element is mistaken for a real one."""


@dataclass
class OsmFile:
    """Elements collected in order; positions are local metres until the file is written."""

    node_ids: dict[Xy, int] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = field(default_factory=list)

    def node(self, place: Iterable[float], tags: dict[str, str] | None = None) -> int:
        """Id of the node at ``place``; a second use of a place is the same node."""
        number = self.node_ids.setdefault(key(place), len(self.node_ids))
        if tags:
            self.node_tags.setdefault(number, {}).update(tags)
        return number

    def way(self, places: Sequence[Iterable[float]], tags: dict[str, str]) -> int:
        """Index of a new way through ``places``."""
        self.ways.append(([self.node(place) for place in places], tags))
        return len(self.ways) - 1

    def area(self, outline: Polygon, tags: dict[str, str]) -> None:
        """Add a polygon: a closed way, or a multipolygon if it has holes."""
        if not outline.interiors:
            self.way(list(outline.exterior.coords), tags)
            return
        members = [("w", self.way(list(ring.coords), {}), "outer" if n == 0 else "inner")
                   for n, ring in enumerate((outline.exterior, *outline.interiors))]  # fmt: skip
        self.relations.append((members, {"type": "multipolygon", **tags}))

    def positions(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """Node coordinates in units of 1e-7 degree, longitude then latitude, in id order."""
        return np.rint(lonlat_of(np.array(list(self.node_ids), dtype=np.float64)) * 1e7).astype(np.int64)

    def write(self, path: Path) -> None:
        """Write the file; the same elements give the same bytes."""
        header = osmium.io.Header()
        header.set("generator", "huxuetu demo: 示例数据·虚构")
        cells = self.positions()
        if len(np.unique(cells, axis=0)) != len(cells):
            raise ValueError("two nodes fall on one 1e-7 degree position")
        with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
            for number, (lon, lat) in enumerate(cells.tolist()):
                tags = self.node_tags.get(number, {})
                writer.add_node(Node(id=FIRST_ID + number, version=1, location=(lon / 1e7, lat / 1e7), tags=tags))
            for number, (nodes, tags) in enumerate(self.ways):
                refs = [FIRST_ID + node for node in nodes]
                writer.add_way(Way(id=FIRST_ID + number, version=1, nodes=refs, tags=tags))
            for number, (members, tags) in enumerate(self.relations):
                full = [(kind, FIRST_ID + ref, role) for kind, ref, role in members]
                writer.add_relation(Relation(id=FIRST_ID + number, version=1, members=full, tags=tags))
