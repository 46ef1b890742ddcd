"""The catalogue of treatments, read from ``treatment.*`` of the rules into typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gislib.domain.errors import RuleError
from gislib.rules import Departments, Rule, RuleSet

PREFIX: Final = "treatment."
PLACES: Final = ("street", "stretch", "crossing", "gate", "zone", "bank", "campus")
"""Where a treatment is placed: every step of a street, once a stretch, at a crossing place, on the street before a
gate, on a whole school road zone, at a water, or at a campus."""
QUANTITIES: Final = (
    "one", "entries", "no_parking_both_sides", "rail_both_sides", "gates", "accesses", "bank_length",
)  # fmt: skip
"""How the quantity of the bill comes about."""
PARTS: Final = ("segment", "crossing", "water", "venues", "rentals")
"""Terms that a treatment can act on: the two parts of traffic, and the other families."""

_FIELDS: Final = frozenset(
    {
        "bill_unit",
        "quantity",
        "cost_yuan",
        "cost_reliability",
        "life_years",
        "effect_reliability",
        "place",
        "group",
        "spaced",
        "refused_by",
        "covered_by",
        "covered_within_m",
        "clauses",
        "symbol",
        "effect",
    }
)


@dataclass(frozen=True)
class Interval:
    """Low, typical and high value; the typical one is calculated with."""

    low: float
    typical: float
    high: float


@dataclass(frozen=True)
class Treatment:
    """
    One thing that can be built.

    Attributes
    ----------
    id, title, title_en, symbol
        Name, and the symbol file of ``data/symbols``.
    kind
        Kind of device it becomes once built.
    unit, quantity
        Unit of the bill of quantities, and how the quantity comes about (`QUANTITIES`).
    cost_yuan
        Yuan per unit, installed. ``cost_reliability`` and ``effect_reliability``: of the two numbers, which may differ.
    life_years
        Years until it is renewed.
    effect
        Part of a term (`PARTS`) to the share of the term that it takes off, 0..1.
    place
        One of `PLACES`.
    group
        Treatments of one group exclude each other at one site; empty: none.
    spaced
        Keeps ``siting.calming_spacing_min_m`` to others that are spaced.
    refused_by
        Ids of the siting rules that can refuse a place.
    covered_by, covered_within_m
        Kinds of existing device that do the job already within so many metres.
    clauses
        Ids of the rules it rests on.
    departments, rule
        Who is concerned, and the cited entry behind.
    """

    id: str
    title: str
    title_en: str
    symbol: str
    kind: str
    unit: str
    quantity: str
    cost_yuan: Interval
    cost_reliability: str
    life_years: float
    effect: Mapping[str, Interval]
    effect_reliability: str
    place: str
    group: str
    spaced: bool
    refused_by: tuple[str, ...]
    covered_by: tuple[str, ...]
    covered_within_m: float
    clauses: tuple[str, ...]
    departments: Departments
    rule: Rule


def catalogue(rs: RuleSet, on: date) -> dict[str, Treatment]:
    """
    Treatments in force on a day by id, in id order.

    Raises
    ------
    RuleError
        ``treatment_field`` if an entry lacks a field, has a foreign one, or a value outside its vocabulary;
        ``rule_unknown`` if it names a clause that no rule holds.
    """
    found = {}
    for rule in rs.rules(PREFIX, on):
        treatment = _treatment(rule)
        for clause in (*treatment.clauses, *treatment.refused_by):
            rs.rule(clause, on)
        for kind in (treatment.kind, *treatment.covered_by):
            _require(rule, "covered_by", kind in rs.kinds("device"))
        found[treatment.id] = treatment
    return found


def _treatment(rule: Rule) -> Treatment:
    value = rule.value if isinstance(rule.value, dict) else {}
    for name in sorted(_FIELDS ^ set(value)):
        raise RuleError("treatment_field", id=rule.id, field=name)
    _require(rule, "place", value["place"] in PLACES)
    _require(rule, "quantity", value["quantity"] in QUANTITIES)
    _require(rule, "effect", bool(value["effect"]) and set(value["effect"]) <= set(PARTS))
    _require(rule, "device_kinds", len(rule.device_kinds) == 1)
    cost = _interval(rule, "cost_yuan", value["cost_yuan"])
    _require(rule, "cost_yuan", cost.low > 0)
    effect = {part: _interval(rule, f"effect.{part}", raw) for part, raw in value["effect"].items()}
    _require(rule, "effect", all(e.high < 1 for e in effect.values()))
    return Treatment(
        id=rule.id.removeprefix(PREFIX),
        title=rule.title,
        title_en=rule.title_en,
        symbol=str(value["symbol"]),
        kind=rule.device_kinds[0],
        unit=str(value["bill_unit"]),
        quantity=str(value["quantity"]),
        cost_yuan=cost,
        cost_reliability=str(value["cost_reliability"]),
        life_years=float(value["life_years"]),
        effect=effect,
        effect_reliability=str(value["effect_reliability"]),
        place=str(value["place"]),
        group=str(value["group"]),
        spaced=bool(value["spaced"]),
        refused_by=tuple(value["refused_by"]),
        covered_by=tuple(value["covered_by"]),
        covered_within_m=float(value["covered_within_m"]),
        clauses=tuple(value["clauses"]),
        departments=rule.departments,
        rule=rule,
    )


def _interval(rule: Rule, field: str, raw: Mapping[str, Any]) -> Interval:
    _require(rule, field, set(raw) == {"low", "typical", "high"})
    interval = Interval(float(raw["low"]), float(raw["typical"]), float(raw["high"]))
    _require(rule, field, 0 <= interval.low <= interval.typical <= interval.high)
    return interval


def _require(rule: Rule, field: str, fine: bool) -> None:  # noqa: FBT001 - a condition, not an option
    if not fine:
        raise RuleError("treatment_field", id=rule.id, field=field)
