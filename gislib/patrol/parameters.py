"""The rules of patrolling, read once into typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gislib.domain.errors import InputError
from gislib.network.drive import Mode
from gislib.patrol.clock import Span, read_span
from gislib.rules import RuleSet

STREETS: Final = "streets"
HOTSPOTS: Final = "hotspots"
VENUES: Final = "venues"
WATER: Final = "water"
POSTS: Final = "posts"
_MIN_PER_H: Final = 60.0


@dataclass(frozen=True)
class Shift:
    """One shift: slice of the risk rules, hours, what is patrolled, and the rounds of the waters."""

    shift_id: str
    slice: str
    hours: Span
    demand: frozenset[str]
    rounds: tuple[Span, ...]


@dataclass(frozen=True)
class PatrolParameters:
    """
    Numbers of demand and places; minutes and metres.

    ``skills``: authority by group of venue kinds; ``revisit_min``: least and most between two visits of a hot spot.
    """

    dwell_min: Mapping[str, float]
    revisit_min: tuple[float, float]
    hotspot_grade: str
    skills: Mapping[str, str]
    reach_m: Mapping[str, float]
    street_merge_m: float


@dataclass(frozen=True)
class AlternativeParameters:
    """How many alternatives are wanted, and how much they may lose and must differ."""

    count: int
    coverage_loss_share: float
    watched_streets: int
    apart_min: float
    apart_share: float


def shifts(rs: RuleSet, on: date) -> tuple[str, ...]:
    """Ids of the shifts, in the order of the day."""
    return tuple(rs.table("patrol.shifts", on))


def read_shift(rs: RuleSet, on: date, shift_id: str) -> Shift:
    """
    One shift, with the rounds of the waters that the month of the day has.

    Raises
    ------
    InputError
        ``patrol_shift_unknown`` names the known ones.
    """
    table = rs.table("patrol.shifts", on)
    if shift_id not in table:
        raise InputError("patrol_shift_unknown", shift=shift_id, known=", ".join(table))
    row = table[shift_id]
    return Shift(
        shift_id, str(row["slice"]), read_span(row["hours"]), frozenset(row["demand"]),
        tuple(read_span(own["hours"]) for own in row["rounds"] if on.month in own.get("months", (on.month,))),
    )  # fmt: skip


def read_modes(rs: RuleSet, on: date) -> dict[str, Mode]:
    """Ways of moving by name."""
    return {
        name: Mode(name, float(row["speed_kmh"]), bool(row["one_way"]), frozenset(row["closed_classes"]))
        for name, row in rs.table("patrol.modes", on).items()
    }


def read_parameters(rs: RuleSet, on: date) -> PatrolParameters:
    """Numbers of demand and places in force on a day."""
    return PatrolParameters(
        dwell_min={name.removesuffix("_min"): float(v) for name, v in rs.table("patrol.dwell_min", on).items()},
        revisit_min=(
            float(rs.table("patrol.revisit_least", on)["least_min"]),
            rs.number("patrol.revisit_h", on) * _MIN_PER_H,
        ),
        hotspot_grade=rs.text("patrol.hotspot_grade", on),
        skills=rs.table("patrol.skills", on),
        reach_m={name.removesuffix("_m"): float(v) for name, v in rs.table("patrol.reach_m", on).items()},
        street_merge_m=rs.number("patrol.street_merge_m", on),
    )


def break_min(rs: RuleSet, on: date, shift: Span) -> float:
    """Usual rest within a shift of that length, minutes."""
    hours = (shift.end - shift.begin) / _MIN_PER_H
    table = rs.table("patrol.break_min", on)
    return max((float(rest) for least, rest in table.items() if float(least) <= hours), default=0.0)


def read_alternatives(rs: RuleSet, on: date) -> AlternativeParameters:
    """What alternatives must hold, in force on a day."""
    row = rs.table("patrol.alternatives", on)
    return AlternativeParameters(
        int(row["count"]), float(row["coverage_loss_share"]), int(row["watched_streets"]), float(row["apart_min"]),
        float(row["apart_share"]),
    )  # fmt: skip
