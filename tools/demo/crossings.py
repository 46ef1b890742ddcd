"""Devices on the carriageway: traffic signals, marked and unmarked crossings, humps, bollards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from demo import planted
from demo.campuses import Campus
from demo.network import Edge, Network, edge_tree
from demo.plane import Xy, chance
from demo.streets import RANK

_MAIN: Final = RANK["secondary"]
_MINOR: Final = RANK["tertiary"]
ZEBRA: Final = {"highway": "crossing", "crossing": "uncontrolled", "crossing:markings": "zebra"}
SIGNALLED: Final = {"highway": "crossing", "crossing": "traffic_signals", "crossing:markings": "zebra"}
UNMARKED: Final = {"highway": "crossing", "crossing": "unmarked"}
SIGNAL: Final = {"highway": "traffic_signals"}


def add_planted(network: Network) -> None:
    """Crossings of the hand-computed cases, first of all."""
    for name, place in planted.CROSSINGS:
        edge = min((e for e in network.edges if e.street.name == name), key=lambda e: e.line.distance(Point(place)))
        network.node_tags[edge.insert(edge.line.project(Point(place)))] = dict(ZEBRA)


def _dual(edge: Edge) -> bool:
    """Whether an edge is one carriageway of a divided road: a crossing of one alone would lead nowhere."""
    return "dual_carriageway" in edge.street.tags


def _arms(edges: Iterable[Edge]) -> list[Edge]:
    """Edges of a junction that may have a crossing; stubs between two carriageways are no arms."""
    return [e for e in edges if e.line.length > 46 and e.rank <= _MINOR and not e.bridge]


def _place(network: Network, edge: Edge, at_m: float, tags: dict[str, str]) -> None:
    """Put a device on an edge at a chainage; a device that is there already stays."""
    network.node_tags.setdefault(edge.insert(at_m), dict(tags))


def _chainage(edge: Edge, end: Xy, metres: float) -> float:
    """Chainage ``metres`` away from one ``end`` of an edge."""
    return metres if edge.points[0] == end else edge.line.length - metres


def add_junctions(network: Network, towns: BaseGeometry) -> None:
    """Signals where main streets meet in town, and zebra crossings on the arms of such and lesser junctions."""
    rng = chance("junctions")
    shapely.prepare(towns)
    for junction, edges in network.at.items():
        main = {e.street_no for e in edges if e.rank <= _MAIN}
        lesser = {e.street_no for e in edges if e.rank == _MINOR}
        if len(main | lesser) < 2 or not main or not towns.contains(Point(junction)):
            continue
        signals = len(main) > 1 and rng.random() < 0.9
        if signals:
            network.node_tags.setdefault(junction, dict(SIGNAL))
        for edge in _arms(edges):
            share = 0.92 if signals else 0.55 if edge.rank <= _MAIN else 0.25
            if _dual(edge):  # both carriageways or none
                share = 1.0 if signals else 0.0
            if rng.random() < share:
                _place(network, edge, _chainage(edge, junction, 16.0), SIGNALLED if signals else ZEBRA)


def add_midblock(network: Network, towns: BaseGeometry) -> None:
    """Add crossings in the middle of long blocks of main streets and a few on lesser streets; some are unmarked."""
    rng = chance("mid-block")
    for edge in network.edges:
        length = edge.line.length
        middle = edge.line.interpolate(0.5, normalized=True)
        if (
            edge.bridge
            or _dual(edge)
            or edge.rank > _MINOR
            or not towns.contains(middle)
            or planted.CROSSING_FREE.contains(middle)
        ):
            continue
        share = 0.55 if edge.rank <= _MAIN and length > 190 else 0.22 if length > 120 else 0.05
        if rng.random() < share:
            _place(network, edge, length * rng.uniform(0.42, 0.58), ZEBRA if rng.random() < 0.85 else UNMARKED)


def add_at_gates(network: Network, campuses: Sequence[Campus]) -> None:
    """Crossings and humps before some gates."""
    rng = chance("gate devices")
    tree, lines = edge_tree(network)
    for campus in campuses:
        for gate in campus.gates:
            if campus in planted.CAMPUSES:
                continue
            near = [
                i
                for i in sorted(tree.query(Point(gate.at), predicate="dwithin", distance=24))
                if network.edges[i].rank <= RANK["residential"]
            ]
            if not near:
                continue
            number = min(near, key=lambda i: lines[i].distance(Point(gate.at)))
            edge, at = network.edges[number], lines[number].project(Point(gate.at))
            _before_gate(network, edge, at, rng.random(), rng.choice((-1, 1)) * rng.uniform(4, 40))


def _before_gate(network: Network, edge: Edge, at: float, draw: float, shift: float) -> None:
    """Add a zebra near chainage ``at`` (42 %), or humps either side on streets where they may stand (a third)."""
    room = edge.line.length
    if edge.bridge or _dual(edge) or room < 40:
        return
    if draw < 0.42 and 4 < at + shift < room - 4:
        _place(network, edge, at + shift, ZEBRA)
    if draw > 0.66 and edge.rank >= _MINOR:
        for spot in (at - 34, at + 34):
            if 6 < spot < room - 6:
                _place(network, edge, spot, {"traffic_calming": "hump" if draw < 0.9 else "table"})


def add_bollards(network: Network) -> None:
    """Add bollards at the mouths of old-town footways, and a hump on some lesser streets."""
    rng = chance("bollards")
    for edge in network.edges:
        length = edge.line.length
        if edge.street.road_class == "footway" and length > 30 and rng.random() < 0.4:
            tags = {"barrier": "bollard", "bicycle": "yes", "foot": "yes"}
            _place(network, edge, rng.choice((2.5, length - 2.5)), tags)
        if edge.street.road_class == "tertiary" and length > 80 and rng.random() < 0.024:
            _place(network, edge, length * 0.3, {"traffic_calming": "hump"})
