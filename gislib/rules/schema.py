"""Checks of one raw TOML entry; every refusal names the file and the id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from gislib.domain.errors import RuleError
from gislib.rules.model import (
    COMPARATORS,
    DISTANCE_COMPARATORS,
    METHODS,
    RELIABILITIES,
    RULE_KINDS,
    UNSTATED,
    Departments,
    Kind,
    Profile,
    Reference,
    Rule,
)

UNITS: Final = (
    "m", "m/m", "m2", "km/h", "per_km", "1", "share", "points", "count", "days", "hours", "persons", "in_name",
)  # fmt: skip
"""``1``: dimensionless; ``in_name``: a table whose field names carry the unit."""

PROFILE_STATES: Final = ("in_force", "draft", "to_verify")
SCOPES: Final = ("gate", "campus", "zone")

_TEXTS: Final = ("title", "title_en", "jurisdiction", "unit", "comparator", "method", "school_column", "scope")
_TEXTS_FREE: Final = ("rationale", "rationale_en", "note", "note_en")
_LISTS: Final = ("school_kinds", "venue_kinds", "device_kinds")
_DATES: Final = ("in_force_from", "in_force_until")
_FIELDS: Final = frozenset(
    {"id", "kind", "value", "references", "departments", *_TEXTS, *_TEXTS_FREE, *_LISTS, *_DATES}
)
_TABLE_TOPICS: Final = {"school_kinds": "school", "venue_kinds": "venue", "device_kinds": "device"}


@dataclass(frozen=True)
class Place:
    """Where an entry stands, for the refusal."""

    file: str
    id: str

    def refuse(self, code: str, **values: object) -> RuleError:
        """Error that names file and id."""
        return RuleError(code, file=self.file, id=self.id, **values)

    def require(self, raw: Mapping[str, Any], *names: str) -> None:
        """Refuse an entry in which a field is absent or blank."""
        for name in names:
            if raw.get(name) in (None, "", [], {}):
                raise self.refuse("rule_field_missing", field=name)

    def require_known(self, name: str, value: str, known: Iterable[str]) -> None:
        """Refuse a value outside its vocabulary."""
        if value not in set(known):
            raise self.refuse("rule_value_unknown", field=name, value=value, known=", ".join(sorted(known)))

    def require_fields(self, raw: Mapping[str, Any], known: Iterable[str]) -> None:
        """Refuse a misspelt field, which would otherwise be silently without effect."""
        foreign = sorted(set(raw) - set(known))
        if foreign:
            raise self.refuse("rule_field_unknown", field=foreign[0])

    def require_type(self, name: str, value: object, expected: type) -> None:
        """Refuse a field of another TOML type."""
        if not isinstance(value, expected):
            raise self.refuse("rule_field_type", field=name, value=value, expected=expected.__name__)


@dataclass(frozen=True)
class Vocabulary:
    """What entries may point at: the shared sources and the kinds by topic."""

    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    topics: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)


def check_rule(raw: Mapping[str, Any], file: str, words: Vocabulary) -> Rule:
    """
    Rule of one raw ``[[rule]]`` table.

    Raises
    ------
    RuleError
        A field missing, misspelt, of a foreign type or outside its vocabulary; an assumption without rationale; a
        number without unit; dates out of order. Always with ``file`` and ``id``.
    """
    place = Place(file, str(raw.get("id", "?")))
    place.require(raw, "id", "title", "title_en", "kind", "jurisdiction", "references")
    place.require_fields(raw, _FIELDS)
    _check_types(place, raw)
    _check_vocabulary(place, raw, words)
    if raw["kind"] == "assumption":
        place.require(raw, "rationale")
    if _has_number(raw.get("value")):
        place.require(raw, "unit")
    if raw["id"].startswith("distance.") and raw.get("venue_kinds"):
        _check_distance(place, raw)
    first, last = raw.get("in_force_from"), raw.get("in_force_until")
    if first is not None and last is not None and last < first:
        raise place.refuse("rule_dates", first=first, last=last)
    value = raw.get("value")
    checked: dict[str, Any] = {
        **raw,
        **{name: tuple(raw[name]) for name in _LISTS if name in raw},
        "references": tuple(check_reference(place, reference, words) for reference in raw["references"]),
        "value": float(value) if isinstance(value, int) else value,
        "departments": _departments(place, raw.get("departments", {}), words),
    }
    return Rule(**checked)


def _check_types(place: Place, raw: Mapping[str, Any]) -> None:
    expected: dict[str, type] = dict.fromkeys(("id", "kind", *_TEXTS, *_TEXTS_FREE), str)
    expected |= dict.fromkeys((*_LISTS, "references"), list)
    expected |= dict.fromkeys(_DATES, date)
    for name, value in raw.items():
        if name in expected:
            place.require_type(name, value, expected[name])
    value = raw.get("value", 0)
    if isinstance(value, bool) or not isinstance(value, int | float | str | dict):
        raise place.refuse("rule_field_type", field="value", value=value, expected="number, text or table")


def _check_vocabulary(place: Place, raw: Mapping[str, Any], words: Vocabulary) -> None:
    known: dict[str, Iterable[str]] = {
        "kind": RULE_KINDS,
        "comparator": COMPARATORS,
        "method": (*METHODS, UNSTATED),
        "unit": UNITS,
        "scope": SCOPES,
    }
    for name, allowed in known.items():
        if name in raw:
            place.require_known(name, raw[name], allowed)
    for name, topic in _TABLE_TOPICS.items():
        for item in raw.get(name, ()):
            place.require_known(name, item, words.topics.get(topic, {}))


def _check_distance(place: Place, raw: Mapping[str, Any]) -> None:
    place.require(raw, "value", "unit", "comparator", "method", "school_kinds")
    place.require_known("comparator", raw["comparator"], DISTANCE_COMPARATORS)
    place.require_known("unit", raw["unit"], ("m",))
    if isinstance(raw["value"], str | dict) or raw["value"] <= 0:
        raise place.refuse("rule_field_type", field="value", value=raw["value"], expected="number > 0")


def _has_number(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_number(part) for part in value.values())
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_reference(place: Place, raw: Mapping[str, Any], words: Vocabulary) -> Reference:
    """Build the reference of an entry: the named source of ``sources.toml``, overlaid with the entry's own fields."""
    place.require_type("references", raw, dict)
    if "source" in raw:
        place.require_known("source", raw["source"], words.sources)
    full = {**words.sources.get(raw.get("source", ""), {}), **raw}
    fields = ("title", "locator", "reliability", "checked_on", "address", "title_en")
    place.require_fields(full, ("id", "source", *fields))
    place.require(full, "title", "locator", "reliability", "checked_on")
    place.require_known("reliability", full["reliability"], RELIABILITIES)
    place.require_type("checked_on", full["checked_on"], date)
    return Reference(**{name: full[name] for name in fields if name in full})


def _departments(place: Place, raw: Mapping[str, Any], words: Vocabulary) -> Departments:
    place.require_fields(raw, ("lead", "main", "support"))
    main, support = tuple(raw.get("main", ())), tuple(raw.get("support", ()))
    for name in (*main, *support, *([raw["lead"]] if "lead" in raw else [])):
        place.require_known("departments", name, words.topics.get("department", {}))
    return Departments(raw.get("lead", ""), main, support)


def check_kind(raw: Mapping[str, Any], file: str, topic: str) -> Kind:
    """Kind of one raw ``[[topic]]`` table of the kinds file."""
    place = Place(file, f"{topic}.{raw.get('id', '?')}")
    place.require(raw, "id", "zh", "en")
    place.require_fields(raw, ("id", "zh", "en", "group", "osm", "synonyms", "symbol", "note"))
    for tag in raw.get("osm", ()):
        if tag.count("=") != 1:
            raise place.refuse("rule_field_type", field="osm", value=tag, expected="key=value")
    checked: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in raw.items()}
    return Kind(**checked)


def check_profile(raw: Mapping[str, Any], file: str, rules: Mapping[str, tuple[Rule, ...]]) -> Profile:
    """Profile of one raw ``[[profile]]`` table; its rules must exist, its methods be known."""
    place = Place(file, str(raw.get("id", "?")))
    fields = ("id", "title_zh", "title_en", "status", "method", "rule_ids", "method_by_group", "note", "note_en")
    place.require(raw, *fields[:6])
    place.require_fields(raw, fields)
    place.require_known("status", raw["status"], PROFILE_STATES)
    for method in (raw["method"], *raw.get("method_by_group", {}).values()):
        place.require_known("method", method, METHODS)
    for rule_id in raw["rule_ids"]:
        place.require_known("rule_ids", rule_id, rules)
    return Profile(**{**raw, "rule_ids": tuple(raw["rule_ids"])})
