"""
What is said about a hazard of the ledger: facts that people may change, checked and cleaned.

Days are local days of the workspace; positions are WGS 84.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import RowMapping

from gislib.domain.errors import StoreError
from gislib.store import plain_text

Row: TypeAlias = RowMapping | Mapping[str, Any]

TITLE_LENGTH: Final = 200
"""Longest title of an item, in characters."""
PLACE_KINDS: Final = ("school", "gate", "venue", "water", "rental", "segment", "device")
NETS: Final = ("technical", "physical", "people", "mind", "family", "joint")
GRADES: Final = ("red", "orange", "yellow", "blue")
_CHOICES: Final = {"place_kind": PLACE_KINDS, "net": NETS, "grade": GRADES}
_SEVERAL: Final = ("departments_main", "departments_support")
_EARTH: Final = (180.0, 90.0)


@dataclass(frozen=True)
class Facts:
    """
    Facts of one item; None or empty = unknown.

    ``title`` says what is wrong, ``measure`` what is to be done. The place is an id of the workspace's tables
    (``place_kind``, ``place_id``), a campus (``school_id``), a position, or several of these; none of them: the whole
    area. ``refs``: ids of
    findings, documents or measurements that prove it. Departments are codes of the rules; ``post``: office of who
    answers for it.
    """

    title: str
    measure: str | None = None
    net: str | None = None
    grade: str | None = None
    area_code: str | None = None
    place_kind: str | None = None
    place_id: str | None = None
    school_id: str | None = None
    lon: float | None = None
    lat: float | None = None
    rule_id: str | None = None
    refs: tuple[str, ...] = ()
    department_lead: str | None = None
    departments_main: tuple[str, ...] = ()
    departments_support: tuple[str, ...] = ()
    post: str | None = None
    deadline: date | None = None
    note: str | None = None


NAMES: Final = tuple(one.name for one in fields(Facts))
_LINES: Final = ("area_code", "place_id", "school_id", "rule_id", "department_lead", "post")
_TEXTS: Final = ("measure", "note")


def checked(facts: Facts, found_on: date, *, anywhere: bool = False) -> Facts:
    """
    The facts cleaned.

    Parameters
    ----------
    facts, found_on
        What is said, and the day it was found.
    anywhere
        Whether they may concern the whole area, naming no place at all.

    Raises
    ------
    StoreError
        ``item_title``, ``item_choice`` (a code that is none), ``item_place_missing``, ``item_position``,
        ``item_department`` (a department named twice or with a blank), ``item_deadline_early`` (before it was found).
    """
    clean = replace(
        facts,
        title=plain_text.required_line(facts.title, "item_title", TITLE_LENGTH),
        refs=tuple(text for ref in facts.refs if (text := plain_text.line(ref))),
        departments_main=tuple(facts.departments_main),
        departments_support=tuple(facts.departments_support),
        lon=None if facts.lon is None else float(facts.lon),
        lat=None if facts.lat is None else float(facts.lat),
        deadline=day(facts.deadline),
        **{name: plain_text.line(getattr(facts, name)) for name in _LINES},
        **{name: plain_text.cleaned(getattr(facts, name)) for name in _TEXTS},
    )
    for name, known in _CHOICES.items():
        value = getattr(clean, name)
        if value is not None and value not in known:
            raise StoreError("item_choice", column=name, value=value, known=", ".join(known))
    _check_place(clean, anywhere=anywhere)
    _check_departments(clean)
    if clean.deadline is not None and clean.deadline < found_on:
        raise StoreError("item_deadline_early", deadline=clean.deadline, found_on=found_on)
    return clean


def changed(facts: Facts, changes: Mapping[str, Any]) -> Facts:
    """
    Facts with some of them replaced, not checked yet.

    Raises
    ------
    StoreError
        ``item_column`` if a name is no fact.
    """
    foreign = set(changes) - set(NAMES)
    if foreign:
        raise StoreError("item_column", column=", ".join(sorted(foreign)))
    return replace(facts, **changes)


def row(facts: Facts) -> dict[str, Any]:
    """Columns of the item's row in the database."""
    several = {name: " ".join(getattr(facts, name)) for name in _SEVERAL}
    return {name: getattr(facts, name) for name in NAMES} | several | {"refs": list(facts.refs)}


def of_row(found: Row) -> Facts:
    """Facts in a row of the database."""
    several = {name: tuple(found[name].split()) for name in _SEVERAL}
    return Facts(**({name: found[name] for name in NAMES} | several | {"refs": tuple(found["refs"])}))


def day(value: object) -> date | None:
    """
    A day without clock time.

    Raises
    ------
    StoreError
        ``item_day`` if it is something else.
    """
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise StoreError("item_day", value=value)


def check_position(lon: float | None, lat: float | None) -> None:
    """
    Refuse what is no longitude and latitude; both may be missing.

    Raises
    ------
    StoreError
        ``item_position``.
    """
    if lon is None and lat is None:
        return
    given = [(at, most) for at, most in zip((lon, lat), _EARTH, strict=True) if at is not None]
    if len(given) < len(_EARTH) or not all(math.isfinite(at) and abs(at) <= most for at, most in given):
        raise StoreError("item_position", x=lon, y=lat)


def _check_place(facts: Facts, *, anywhere: bool) -> None:
    check_position(facts.lon, facts.lat)
    named = facts.place_kind is not None and facts.place_id is not None
    whole_area = anywhere and facts.place_kind is None and facts.place_id is None
    if not (named or facts.school_id is not None or facts.lon is not None or whole_area):
        raise StoreError("item_place_missing", title=facts.title)


def _check_departments(facts: Facts) -> None:
    lead = () if facts.department_lead is None else (facts.department_lead,)
    codes = (*lead, *facts.departments_main, *facts.departments_support)
    odd = [code for code in codes if not code or code.split() != [code] or codes.count(code) > 1]
    if odd:
        raise StoreError("item_department", department=odd[0])
