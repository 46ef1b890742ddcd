"""
A patrol as it is kept, shown, printed and checked: what every team does where and when, in WGS 84.

Everything that leaves the product is made from this record, so a printed time is the plan's time. Minutes count from
midnight of the first day of the shift and run on past 24:00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

START: Final = "start"
RETURN: Final = "return"
BREAK: Final = "break"


@dataclass(frozen=True)
class Part:
    """
    Stretch of one road on the way.

    ``turn``: how it is entered (`turns.TURNS`); ``road_name``: None where nameless; ``heading``: one of eight compass
    directions (`turns.HEADINGS`); ``patrolled``: served there, not only passed.
    """

    turn: str
    road_name: str | None
    heading: str
    metres: float
    patrolled: bool


@dataclass(frozen=True)
class Station:
    """
    One line of a patrol sheet.

    Attributes
    ----------
    number
        1, 2, ... as on the map; None for the start, the break and the return.
    kind
        start, street, a stop's kind (hotspot, crossing, venue, water, post), break or return.
    name, school_name
        Of the stop, or of the patrolled road; None where nameless. Campus with most risk there.
    demand_ids
        What is served: one stop, or streets that are walked in one go (`joined.continues`).
    arrives_min, begins_min, ends_min
        Arrival, begin and end of serving; waiting lies between the first two.
    way
        Parts in order: the way there, then what is patrolled, with what is only passed between two such stretches.
    travel_m, served_m
        Metres that are only passed, on the way there and between, and metres patrolled.
    risk
        Risk served.
    skill
        Authority needed, "" = none.
    spot
        Where the number is drawn.
    travel, served
        Lines of the way there, and from the begin of what is patrolled to its end; None where there is none.
    """

    number: int | None
    kind: str
    name: str | None
    school_name: str | None
    demand_ids: tuple[str, ...]
    arrives_min: float
    begins_min: float
    ends_min: float
    way: tuple[Part, ...]
    travel_m: float
    served_m: float
    risk: float
    skill: str
    spot: shapely.Point
    travel: shapely.LineString | None
    served: shapely.LineString | None


@dataclass(frozen=True)
class TeamPlan:
    """
    What one team does, in order from the start to the return.

    ``mode``: foot, ebike or car; minutes as in `teams.Team`; ``idle_min``: waiting and the rest of the shift.
    """

    team_id: str
    name: str
    mode: str
    headcount: int
    skills: tuple[str, ...]
    depot_name: str | None
    begins_min: float
    ends_min: float
    break_min: float
    returns_min: float
    overtime_min: float
    idle_min: float
    metres: float
    stations: tuple[Station, ...]


@dataclass(frozen=True)
class Task:
    """
    One street or stop of the demand.

    ``team_id``, ``begins_min``, ``ends_min``: None if nobody serves it, then ``reason`` says why (`routing.REASONS`).
    """

    demand_id: str
    kind: str
    name: str | None
    school_name: str | None
    risk: float
    team_id: str | None
    begins_min: float | None
    ends_min: float | None
    reason: str | None
    place: BaseGeometry


@dataclass(frozen=True)
class Post:
    """Gate post of the roster; ``people``: codes of who stands there."""

    gate_id: str
    school_name: str | None
    gate_name: str | None
    begins_min: float
    ends_min: float
    people: tuple[str, ...]
    spot: shapely.Point


@dataclass(frozen=True)
class PatrolRecord:
    """
    One set of routes.

    Attributes
    ----------
    shift_id, begins_min, ends_min
        Shift and its hours.
    teams, tasks, posts
        Routes; everything asked for, served or not; the roster.
    covered_share, coverage_bound, coverage_bound_knapsack
        Served share of the eligible risk, what no plan can exceed, and the looser bound without any ways (None: kept
        before it was told).
    metres, lower_bound_m, gap
        All metres, what serving the same streets and stops needs at least, and by which share the first exceeds it.
    seed, rounds
        Seed and rounds of the search.
    closed
        Names of venues that are closed during the whole shift.
    """

    shift_id: str
    begins_min: float
    ends_min: float
    teams: tuple[TeamPlan, ...]
    tasks: tuple[Task, ...]
    posts: tuple[Post, ...]
    covered_share: float
    coverage_bound: float
    metres: float
    lower_bound_m: float
    gap: float
    seed: int
    rounds: int
    closed: tuple[str, ...] = ()
    coverage_bound_knapsack: float | None = None

    def team(self, team_id: str) -> TeamPlan:
        """Plan of one team."""
        return next(own for own in self.teams if own.team_id == team_id)


def to_json(record: PatrolRecord) -> dict[str, Any]:
    """Record as plain JSON values; shapes as GeoJSON geometries of 7 decimals."""
    told = _plain(asdict(record))
    assert isinstance(told, dict)  # noqa: S101 - of a dataclass
    return told


def from_json(told: Mapping[str, Any]) -> PatrolRecord:
    """Record from `to_json`."""
    return PatrolRecord(
        **{key: value for key, value in told.items() if key not in {"teams", "tasks", "posts", "closed"}},
        teams=tuple(_team(row) for row in told["teams"]),
        tasks=tuple(Task(**{**row, "place": _shape(row["place"])}) for row in told["tasks"]),
        posts=tuple(_post(row) for row in told["posts"]),
        closed=tuple(told["closed"]),
    )  # fmt: skip


DECIMALS: Final = 7
"""Decimals of degrees, a centimetre."""


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, BaseGeometry):
        return shapely.geometry.mapping(shapely.transform(value, lambda xy: xy.round(DECIMALS)))
    if isinstance(value, Mapping):
        return {key: _plain(own) for key, own in value.items()}
    return [_plain(own) for own in value] if isinstance(value, list | tuple) else value


def _shape(told: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - the type that its field has
    return None if told is None else shapely.geometry.shape(dict(told))


def _post(told: Mapping[str, Any]) -> Post:
    return Post(**{**told, "people": tuple(told["people"]), "spot": _shape(told["spot"])})


def _team(told: Mapping[str, Any]) -> TeamPlan:
    own = {"skills": tuple(told["skills"]), "stations": tuple(_station(row) for row in told["stations"])}
    return TeamPlan(**{**told, **own})


def _station(told: Mapping[str, Any]) -> Station:
    own = {
        "demand_ids": tuple(told["demand_ids"]), "way": tuple(Part(**part) for part in told["way"]),
        **{name: _shape(told[name]) for name in ("spot", "travel", "served")},
    }  # fmt: skip
    return Station(**{**told, **own})
