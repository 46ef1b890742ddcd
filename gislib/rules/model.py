"""Value types of the rule set: what one cited, dated parameter looks like once it is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

RELIABILITIES: Final = ("primary", "mirror", "press", "unverified")
"""Best first. primary: the instrument's own text; mirror: a copy elsewhere; press: reported; unverified: not seen."""

RULE_KINDS: Final = ("statutory", "standard", "local", "published", "assumption")
METHODS: Final = ("boundary_straight", "gate_straight", "gate_circle", "gate_walk_legal", "door_walk")
UNSTATED: Final = "unstated"
COMPARATORS: Final = ("<=", "<", ">=", ">")
DISTANCE_COMPARATORS: Final = ("<=", "<")
"""A forbidden distance: ``<=`` means that exactly at the limit is inside."""


@dataclass(frozen=True)
class Reference:
    """Where a number was read: instrument, clause, how far it can be trusted, and the day it was looked up."""

    title: str
    locator: str
    reliability: str
    checked_on: date
    address: str = ""
    title_en: str = ""


@dataclass(frozen=True)
class Departments:
    """Ids of kinds topic ``department`` (the plan's three columns 牵头 / 主要责任 / 配合协助); empty = none named."""

    lead: str = ""
    main: tuple[str, ...] = ()
    support: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """
    One parameter that a law, a standard, a paper or this product decided.

    ``value`` is a number in ``unit``, a text, a table (dict), or None for a duty without a number. ``method`` is one
    of `METHODS`, ``unstated`` where the text leaves it open, None where nothing is measured. ``in_force_until`` is the
    last day in force, None = still in force. Empty ``school_kinds`` / ``venue_kinds`` mean *not applicable*.
    ``device_kinds``: any of these devices meets an audit entry; ``school_column``: the flag of the ``schools`` table
    that answers it; ``scope``: ``gate``, ``campus`` or ``zone``.
    """

    id: str
    title: str
    title_en: str
    kind: str
    jurisdiction: str
    references: tuple[Reference, ...]
    value: float | str | dict[str, Any] | None = None
    unit: str | None = None
    comparator: str | None = None
    method: str | None = None
    school_kinds: tuple[str, ...] = ()
    venue_kinds: tuple[str, ...] = ()
    device_kinds: tuple[str, ...] = ()
    school_column: str | None = None
    scope: str | None = None
    in_force_from: date = date.min
    in_force_until: date | None = None
    rationale: str = ""
    rationale_en: str = ""
    note: str = ""
    note_en: str = ""
    departments: Departments = field(default_factory=Departments)

    @property
    def reliability(self) -> str:
        """The worst reliability among the references."""
        return max((reference.reliability for reference in self.references), key=RELIABILITIES.index)

    @property
    def clause(self) -> str:
        """First reference as one citation: title and locator."""
        return f"{self.references[0].title} {self.references[0].locator}"

    def in_force(self, on: date) -> bool:
        """Whether the entry is in force on a day; both ends of the span belong to it."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)


@dataclass(frozen=True)
class Kind:
    """
    One kind of venue, school, water, device, road, rental, incident, or one department.

    ``osm``: OSM tags ``key=value`` that mean this kind; ``synonyms``: words of imported tables that mean it;
    ``symbol``: name of its map symbol in ``data/symbols``.
    """

    id: str
    zh: str
    en: str
    group: str = ""
    osm: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    symbol: str = ""
    note: str = ""


@dataclass(frozen=True)
class Profile:
    """
    One jurisdiction's reading of the distance rules.

    ``status``: ``in_force``, ``to_verify`` (待核实) or ``draft``. ``method`` measures the rules that state none, unless
    ``method_by_group`` (venue group to method) names another. A pair that no rule of ``rule_ids`` meets has no limit.
    """

    id: str
    title_zh: str
    title_en: str
    status: str
    method: str
    rule_ids: tuple[str, ...]
    method_by_group: dict[str, str] = field(default_factory=dict)
    note: str = ""
    note_en: str = ""
