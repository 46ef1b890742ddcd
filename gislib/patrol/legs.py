"""Legs of a route on the map: what is done from when to when, along which line and over which streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import shapely

from gislib.network.drive import part_line, span_line, way_parts
from gislib.patrol.demand import Demand
from gislib.patrol.field import Field
from gislib.patrol.schedule import SLACK_MIN, Timed, Visit

TRAVEL: Final = "travel"
STREET: Final = "street"
STOP: Final = "stop"
WAIT: Final = "wait"
BREAK: Final = "break"


@dataclass(frozen=True)
class Step:
    """A stretch of one street piece: row of the road table, whether passed against the road's direction, its line."""

    piece: int
    road: int
    against: bool
    line: shapely.LineString


@dataclass(frozen=True)
class Leg:
    """
    One thing that a team does.

    Attributes
    ----------
    kind
        travel, street, stop, wait or break.
    begins_min, ends_min
        Minutes since midnight of the first day of the shift.
    metres
        Length walked or driven; 0 for stop, wait and break.
    demand_id
        Street or stop that is served, "" otherwise.
    steps
        Street pieces in order, working CRS; empty where the team stands.
    """

    kind: str
    begins_min: float
    ends_min: float
    metres: float
    demand_id: str
    steps: tuple[Step, ...]

    @property
    def line(self) -> shapely.LineString | None:
        """Whole line, None where the team stands."""
        if not self.steps:
            return None
        coords = [shapely.get_coordinates(step.line) for step in self.steps]
        return shapely.LineString([xy for part in coords for xy in part])


def route_legs(field: Field, demand: Demand, team: int, timed: Timed, break_min: float) -> tuple[Leg, ...]:
    """Legs of a timed route in order; they join end to end in time and in place."""
    legs: list[Leg] = []
    here, now = int(field.depot[team]), timed.departs
    for position, visit in enumerate(timed.visits):
        if position == timed.break_before:
            legs.append(Leg(BREAK, now, now + break_min, 0.0, "", ()))
            now += break_min
        first, last = field.ends[visit.job][[visit.way, 1 - visit.way]].tolist()
        legs += _travel(field, team, (here, first), (now, visit.arrives), visit.travel_m)
        if visit.begins > visit.arrives + SLACK_MIN:
            legs.append(Leg(WAIT, visit.arrives, visit.begins, 0.0, "", ()))
        legs.append(_serve(field, demand, visit))
        here, now = last, visit.ends
    if timed.break_before == len(timed.visits):
        legs.append(Leg(BREAK, now, now + break_min, 0.0, "", ()))
        now += break_min
    legs += _travel(field, team, (here, int(field.depot[team])), (now, timed.home), timed.home_m)
    return tuple(legs)


def _travel(field: Field, team: int, places: tuple[int, int], times: tuple[float, float], metres: float) -> list[Leg]:
    """The way between two places; nothing where they are one."""
    if places[0] == places[1]:
        return []
    graph, arcs = field.graph, field.passages[field.mode_of[team]].arcs
    start, end = (int(field.places[place]) for place in places)
    steps = tuple(
        Step(
            int(graph.piece[part]), int(graph.road[graph.piece[part]]), against, part_line(graph, part, against=against)
        )
        for part, against in way_parts(graph, arcs, start, end, metres)
    )
    return [Leg(TRAVEL, *times, metres, "", steps)]


def _serve(field: Field, demand: Demand, visit: Visit) -> Leg:
    """Serving a street or a stop."""
    count = len(demand.streets)
    if visit.job >= count:
        return Leg(STOP, visit.begins, visit.ends, 0.0, str(demand.stops.index[visit.job - count]), ())
    row = demand.streets.iloc[visit.job]
    piece, against = int(row["piece"]), visit.way == 1
    line = span_line(field.graph, piece, float(row["from_m"]), float(row["to_m"]), against=against)
    step = Step(piece, int(field.graph.road[piece]), against, line)
    street = str(demand.streets.index[visit.job])
    return Leg(STREET, visit.begins, visit.ends, float(row["length_m"]), street, (step,))
