"""Papers of departments: which of them who may issue, and what is written on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from gislib.domain.errors import InputError, RuleError
from gislib.reports.briefing import figures
from gislib.reports.metadata import Stamp
from gislib.rules import Rule, RuleSet

FormKind: TypeAlias = Literal["order", "reminder"]
ORDER: Final[FormKind] = "order"
REMINDER: Final[FormKind] = "reminder"
NATIONAL: Final = "CN"
LEGAL: Final = ("statutory", "standard", "local")
"""Kinds of rules that an office may cite; an assumption or a paper is no ground."""


@dataclass(frozen=True)
class Sender:
    """
    Who issues a paper.

    ``department``: code of the rules. ``organ``: full name in the sign-off and ``number`` of the paper, typed by the
    user ("" = left blank). ``contact``: office and telephone.
    """

    department: str
    organ: str = ""
    number: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Problem:
    """
    One thing found.

    ``rule_id``: cited if it may be (`citable`), else a blank for the clause is printed; None = the same.
    ``record``: number of the record made on site, "" = a blank to be filled in; what was only measured on the map is no
    ground for an order.
    """

    text: str
    rule_id: str | None = None
    record: str = ""


@dataclass(frozen=True)
class Order:
    """责令限期整改通知书, a draft for a department with the power; None and "" = blanks to be filled in by hand."""

    sender: Sender
    receiver: str
    problems: tuple[Problem, ...]
    demands: tuple[str, ...]
    deadline: date
    issued_on: date
    stamp: Stamp
    inspected_on: date | None = None
    place: str = ""
    inspectors: str = ""
    recheck_on: date | None = None


@dataclass(frozen=True)
class Reminder:
    """提示函 of a school, an education bureau or any other department; ``reply_by`` None = no reply asked for."""

    sender: Sender
    receiver: str
    subject: str
    problems: tuple[Problem, ...]
    proposals: tuple[str, ...]
    issued_on: date
    stamp: Stamp
    reply_by: date | None = None


@dataclass(frozen=True)
class PatrolStop:
    """One place of a route; ``planned``: clock time as text, "" = open."""

    name: str
    planned: str = ""


@dataclass(frozen=True)
class SignIn:
    """
    巡查签到表 of one route.

    ``blank_rows``: empty rows after the planned stops. ``people``: how many walk it, 0 = not known; there are signature
    fields for the fewest of a patrol at least.
    """

    area: str
    shift: str
    route: str
    stops: tuple[PatrolStop, ...]
    stamp: Stamp
    day: date | None = None
    blank_rows: int = 3
    people: int = 0


@dataclass(frozen=True)
class Decision:
    """What a meeting decided: who does what until when (None = no deadline)."""

    text: str
    department: str
    deadline: date | None = None


@dataclass(frozen=True)
class Minutes:
    """会议纪要: a frame to be completed; empty texts and lists are printed as blanks."""

    area: str
    meeting_kind: str
    held_on: date
    stamp: Stamp
    place: str = ""
    chair: str = ""
    recorder: str = ""
    heard: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    present: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    organ: str = ""


def forms_of(rs: RuleSet, department: str, on: date) -> tuple[FormKind, ...]:
    """Papers that a department may issue: an order only with the power that the rules cite, a reminder always."""
    return (ORDER, REMINDER) if department in ordering_departments(rs, on) else (REMINDER,)


def ordering_departments(rs: RuleSet, on: date) -> tuple[str, ...]:
    """Departments that may order rectification."""
    return tuple(rs.table("form.order_departments", on)["departments"])


def citable(rs: RuleSet, rule_id: str | None, stamp: Stamp) -> Rule | None:
    """
    The rule if an office of the workspace may cite it.

    None for one that is no law, standard or local norm, that holds in another jurisdiction than the whole country or
    those of the workspace's profile, that was not in force on the day of the stamp, or that the rules do not hold.
    """
    if rule_id is None:
        return None
    try:
        rule = rs.rule(rule_id, stamp.as_of)
        own = {rs.rule(one, stamp.as_of).jurisdiction for one in _legal_ids(rs, stamp)}
    except RuleError:
        return None
    return rule if rule.kind in LEGAL and rule.jurisdiction in {NATIONAL, *own} else None


def _legal_ids(rs: RuleSet, stamp: Stamp) -> list[str]:
    """Rules of the profile that are laws or norms and in force."""
    in_force = {rule.id for rule in rs.rules("distance", stamp.as_of) if rule.kind in LEGAL}
    return [one for one in rs.profile(stamp.profile).rule_ids if one in in_force]


def check_order(order: Order, rs: RuleSet) -> None:
    """
    Refuse an order that nobody could sign.

    Raises
    ------
    InputError
        ``form_no_power`` names the departments that may; ``form_deadline_early``, ``form_recheck_early``,
        ``form_without_problem``.
    """
    able = ordering_departments(rs, order.issued_on)
    sender = order.sender.department
    if sender not in able:
        known = figures.departments(rs, able)
        raise InputError("form_no_power", department=figures.department(rs, sender), known=known)
    if not order.problems:
        raise InputError("form_without_problem")
    check_deadline(order.deadline, order.issued_on)
    if order.recheck_on is not None and order.recheck_on < order.deadline:
        raise InputError("form_recheck_early", recheck=order.recheck_on, deadline=order.deadline)


def check_deadline(deadline: date | None, on: date) -> None:
    """Refuse a deadline before the day of the paper: InputError ``form_deadline_early``."""
    if deadline is not None and deadline < on:
        raise InputError("form_deadline_early", deadline=deadline, day=on)
