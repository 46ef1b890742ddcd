"""
What a briefing tells: published values and codes, filled from the snapshot of a meeting, without any sentence.

A part that is None was not worked out and the paper says so; an empty part was worked out and found nothing. Codes of
departments are kinds of the rules' topic ``department``; clauses are looked up by rule id on the day of the stamp.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gislib.reports.metadata import Stamp
from gislib.rules.model import Departments

MEETING_KINDS: Final = ("term_start", "mid_term", "term_end")
OPEN_STATES: Final = ("found", "assigned", "rectifying", "recheck")
CLOSED: Final = "closed"
RANK_CHANGES: Final = ("rank_up", "rank_down")
GRADE_CHANGES: Final = ("grade_worse", "grade_better")
SHARE_CHANGES: Final = ("patrol_coverage",)
OTHER_CHANGES: Final = (
    "campus_new", "suspect_new", "suspect_gone", "item_new", "item_closed", "item_overdue", "plan_accepted",
)  # fmt: skip
CHANGES: Final = (*RANK_CHANGES, *GRADE_CHANGES, *OTHER_CHANGES, *SHARE_CHANGES)


@dataclass(frozen=True)
class Letterhead:
    """
    Who issues the paper; all empty by default, because only the organ itself may put its name on one.

    ``organ``: the red head (发文机关标志). ``number``: 发文字号 or 期号. ``signed_by``: name in the sign-off; the date
    stands there in any case.
    """

    organ: str = ""
    number: str = ""
    signed_by: str = ""


@dataclass(frozen=True)
class Situation:
    """
    The area on the day of the snapshot.

    Attributes
    ----------
    campuses, unranked
        All campuses, and those without a rank because too little is known.
    grades
        Campuses by grade code, ``unknown`` among them.
    suspected, remeasure, not_measurable
        Venue-campus pairs by verdict; None before distances were checked.
    items_open, items_overdue, items_closed
        Ledger: open, open past the deadline, closed since the last meeting; None without a ledger.
    """

    campuses: int
    unranked: int
    grades: Mapping[str, int]
    suspected: int | None = None
    remeasure: int | None = None
    not_measurable: int | None = None
    items_open: int | None = None
    items_overdue: int | None = None
    items_closed: int | None = None


@dataclass(frozen=True)
class Change:
    """
    One difference from the last meeting.

    ``kind``: one of `CHANGES`. ``before``, ``after``: ranks, grade codes or shares 0..1 by kind, otherwise a short text
    printed as it is; None = there was or is none.
    """

    kind: str
    subject: str
    before: str | float | None = None
    after: str | float | None = None


@dataclass(frozen=True)
class Reason:
    """Family of hazards behind an index, its share 0..1 of the load, and the place that weighs most ("" = unnamed)."""

    family: str
    share: float
    place: str = ""


@dataclass(frozen=True)
class Ranked:
    """
    One campus of the ranking, published values as on the screen.

    ``rank_low``, ``rank_high``: interval over the draws. ``p_top10``: 0..1. ``confidence``: A to D. ``index_is_least``:
    a family is unknown, the index is a lower bound.
    """

    school_id: str
    name: str
    rank: int
    rank_low: int
    rank_high: int
    score: float
    grade: str
    confidence: str
    p_top10: float
    index_is_least: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Suspect:
    """
    A venue that must be measured on site; metres.

    ``verdict``: ``suspected`` or ``remeasure``. ``tolerance_m``: what the measured distance may be off by. ``method``:
    code of how it was measured.
    """

    venue: str
    venue_kind: str
    campus: str
    distance_m: float
    tolerance_m: float
    limit_m: float
    method: str
    rule_id: str
    verdict: str


@dataclass(frozen=True)
class PlanLine:
    """One treatment of a plan: how much of it at how many campuses, in yuan."""

    title: str
    quantity: float
    unit: str
    campuses: int
    cost_yuan: float
    departments: Departments = field(default_factory=Departments)


@dataclass(frozen=True)
class PlanBrief:
    """
    The plan put before the meeting.

    ``accepted``: decided. ``reduction_share``: hazard load it takes off, 0..1, None = not worked out.
    ``grades_after``: campuses by grade with the plan; empty = not worked out.
    """

    plan_id: str
    name: str
    version: int
    accepted: bool
    budget_yuan: float
    cost_yuan: float
    devices: int
    lines: tuple[PlanLine, ...]
    reduction_share: float | None = None
    grades_after: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PatrolLine:
    """
    One shift of patrols.

    ``covered_share``: risk served over risk that asks for a patrol, ``bound_share``: the most that these teams could
    serve; both 0..1. ``uncovered``: streets and stops left out.
    """

    shift: str
    teams: int
    people: int
    kilometres: float
    covered_share: float
    bound_share: float
    uncovered: int


@dataclass(frozen=True)
class Duty:
    """One row of the table of responsibilities: the net it belongs to, what is to be done, by whom."""

    net: str
    task: str
    departments: Departments


@dataclass(frozen=True)
class LedgerItem:
    """
    One hazard of the ledger.

    ``rule_id``: None = none named. ``deadline``: None = not set. ``state``: one of `OPEN_STATES` or `CLOSED`.
    ``extensions``: how often the deadline was put off. ``grade``: code, "" = unknown. ``whole_area``: whether it has no
    place of its own, and nobody to order it from. ``source``: where it came from, code. ``place_kind``: code of what
    ``own_place`` names, "" = no place of its own; ``campus``: name, "" = none.
    """

    item_id: str
    place: str
    title: str
    measure: str
    state: str
    departments: Departments
    deadline: date | None = None
    rule_id: str | None = None
    extensions: int = 0
    grade: str = ""
    whole_area: bool = False
    source: str = ""
    place_kind: str = ""
    own_place: str = ""
    campus: str = ""


@dataclass(frozen=True)
class BriefingMap:
    """
    A map drawn for paper (`gislib.reports.sheet_map`).

    ``svg`` is ``width_mm`` × ``height_mm``, strip included. ``description``: what it shows, for readers who cannot see
    it. ``missing``: characters of its names that the fonts lack.
    """

    svg: str
    width_mm: float
    height_mm: float
    caption: str
    description: str
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Briefing:
    """
    Everything of one briefing; see the module for what None and empty mean.

    ``previous_on``: day of the meeting that ``changes`` compares with, None = there was none. ``draft``: prints
    征求意见稿. ``shown``: how many campuses of ``ranking`` are printed, None = all.
    """

    area: str
    meeting_kind: str
    held_on: date
    stamp: Stamp
    letterhead: Letterhead = field(default_factory=Letterhead)
    draft: bool = True
    previous_on: date | None = None
    situation: Situation | None = None
    changes: tuple[Change, ...] | None = None
    ranking: tuple[Ranked, ...] | None = None
    shown: int | None = None
    maps: tuple[BriefingMap, ...] = ()
    suspects: tuple[Suspect, ...] | None = None
    plan: PlanBrief | None = None
    patrols: tuple[PatrolLine, ...] | None = None
    duties: tuple[Duty, ...] | None = None
    items: tuple[LedgerItem, ...] | None = None
    notes: tuple[str, ...] = ()
