"""The rules of the risk layer, read once per run into typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gislib.domain.errors import RuleError
from gislib.risk.family import FAMILIES
from gislib.rules import RuleSet


@dataclass(frozen=True)
class TrafficParameters:
    """Class tables (speed km/h, lanes, volume proxy), the death curve and the factors of walks and crossings."""

    speed_kmh: Mapping[str, float]
    lanes: Mapping[str, float]
    volume: Mapping[str, float]
    death_a: float
    death_b: float
    no_sidewalk_factor: float
    unknown_sidewalk_factor: float
    marked_factor: float


@dataclass(frozen=True)
class WaterParameters:
    """Severity by kind of water, factor of the slice's season, protection by fence and by rescue kit."""

    severity: Mapping[str, float]
    season: Mapping[str, float]
    fence: float
    kit: float


@dataclass(frozen=True)
class VenueParameters:
    """Severity by kind of venue and the hours in which pupils are about, by slice."""

    severity: Mapping[str, float]
    pupil_hours: Mapping[str, str]


@dataclass(frozen=True)
class RentalParameters:
    """Beds where unknown, and factor by days since the last visit (ascending upper bounds; beyond all = ``never``)."""

    beds_default: float
    visit_days: tuple[tuple[float, float], ...]
    visit_never: float


@dataclass(frozen=True)
class RiskParameters:
    """Everything the terms are made with, as in force on one day."""

    weights: Mapping[str, float]
    tau_m: Mapping[str, float]
    reach_m: Mapping[str, float]
    slices: Mapping[str, Mapping[str, float]]
    campus_protection: Mapping[str, Mapping[str, float]]
    anchors: Mapping[str, Mapping[str, Any]]
    traffic: TrafficParameters
    water: WaterParameters
    venues: VenueParameters
    rentals: RentalParameters


def read_parameters(rs: RuleSet, as_of: date) -> RiskParameters:
    """
    Risk rules in force on ``as_of``.

    Raises
    ------
    RuleError
        If an entry is unknown, not in force, or lacks a family.
    """
    return RiskParameters(
        weights=by_family(rs, "risk.weights", as_of),
        tau_m=by_family(rs, "risk.tau_m", as_of),
        reach_m=by_family(rs, "risk.reach_m", as_of),
        slices=rs.table("risk.slices", as_of),
        campus_protection=rs.table("risk.campus_protection", as_of),
        anchors={family: rs.table(f"risk.anchor.{family}", as_of) for family in FAMILIES},
        traffic=_traffic(rs, as_of),
        water=_water(rs, as_of),
        venues=VenueParameters(rs.table("risk.venue_severity", as_of), rs.table("risk.pupil_hours", as_of)),
        rentals=_rentals(rs, as_of),
    )


def by_family(rs: RuleSet, rule_id: str, as_of: date) -> dict[str, float]:
    """One number per family, in the order of `FAMILIES`; a table that lacks a family is refused."""
    table = rs.table(rule_id, as_of)
    for family in FAMILIES:
        if family not in table:
            raise RuleError("risk_rule_lacks_key", rule=rule_id, key=family)
    return {family: float(table[family]) for family in FAMILIES}


def of_slice(rule_id: str, table: Mapping[str, Any], slice_: str) -> Any:  # noqa: ANN401  a cell of a rule's table
    """
    Entry of one slice in the table of a rule.

    Raises
    ------
    RuleError
        If the table does not name the slice.
    """
    if slice_ not in table:
        raise RuleError("risk_slice_unknown", rule=rule_id, slice=slice_, known=", ".join(sorted(table)))
    return table[slice_]


def slice_multipliers(parameters: RiskParameters, slice_: str) -> dict[str, float]:
    """Multiplier per family of one slice. RuleError if the rules do not name it."""
    row = of_slice("risk.slices", parameters.slices, slice_)
    return {family: float(row[family]) for family in FAMILIES}


def _traffic(rs: RuleSet, as_of: date) -> TrafficParameters:
    curve = rs.table("risk.death_curve", as_of)
    return TrafficParameters(
        speed_kmh=rs.table("risk.speed_kmh", as_of),
        lanes=rs.table("risk.lanes", as_of),
        volume=rs.table("risk.volume", as_of),
        death_a=float(curve["a"]),
        death_b=float(curve["b"]),
        no_sidewalk_factor=rs.number("risk.no_sidewalk_factor", as_of),
        unknown_sidewalk_factor=rs.number("risk.unknown_sidewalk_factor", as_of),
        marked_factor=rs.number("risk.crossing_marked_factor", as_of),
    )


def _water(rs: RuleSet, as_of: date) -> WaterParameters:
    protection = rs.table("risk.water_protection", as_of)
    return WaterParameters(
        severity=rs.table("risk.water_severity", as_of),
        season=rs.table("risk.water_season", as_of),
        fence=float(protection["fence"]),
        kit=float(protection["kit"]),
    )


def _rentals(rs: RuleSet, as_of: date) -> RentalParameters:
    table = rs.table("risk.rental_visit", as_of)
    bounds = sorted((float(key), float(value)) for key, value in table.items() if key.isdigit())
    return RentalParameters(
        beds_default=rs.number("risk.beds_default", as_of),
        visit_days=tuple(bounds),
        visit_never=max(float(value) for value in table.values()),
    )
