"""Published values as the figures and words of a paper; the same value always reads the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from gislib import wording
from gislib.domain.errors import InputError
from gislib.reports.briefing.content import OPEN_STATES, LedgerItem
from gislib.rules import RuleSet
from gislib.rules.model import Departments

NONE: Final = "—"
MINUS: Final = "−"
_ORDINALS: Final = "一二三四五六七八九十"
_WHOLE_NAMES: Final = frozenset({"schools", "townships", "politics_law", "youth_league", "women"})
"""Codes of bodies whose name is no branch of government that 部门 could follow."""


def number(value: float, digits: int = 0) -> str:
    """Fixed decimals, thousands separated, a true minus sign."""
    return f"{value:,.{digits}f}".replace("-", MINUS)


def percent(share: float) -> str:
    """Share 0..1 as whole percent."""
    return f"{100 * share:.0f}%"


def quantity(value: float) -> str:
    """Number without needless decimals."""
    return f"{round(value, 1):,.10g}".replace("-", MINUS)


def iso(day: date | None) -> str:
    """Day as in tables; missing as a dash."""
    return NONE if day is None else day.isoformat()


def rank_range(low: int, high: int) -> str:
    """Interval of ranks, one figure where it is certain."""
    return str(low) if low == high else f"{low}–{high}"


def grades(counts: Mapping[str, int]) -> str:
    """Campuses by grade, the worst first; grades without campus are said as 0, unknown only where there are any."""
    shown = [code for code in ("red", "orange", "yellow", "blue", "unknown") if code != "unknown" or counts.get(code)]
    return "、".join(
        wording.text("briefing.grade_count", grade=wording.term("grade", code), count=counts.get(code, 0))
        for code in shown
    )


def is_overdue(item: LedgerItem, on: date) -> bool:
    """Open past its deadline; the day of the deadline itself still is in time."""
    return item.state in OPEN_STATES and item.deadline is not None and item.deadline < on


def state(item: LedgerItem, on: date) -> str:
    """State of an item, with 逾期 and how often its deadline was put off."""
    words = wording.text(f"briefing.state_{item.state}")
    if item.extensions:
        words += wording.text("briefing.extended", count=item.extensions)
    return words + (wording.text("briefing.overdue") if is_overdue(item, on) else "")


def department(rs: RuleSet, code: str) -> str:
    """Name of a department; a code that the rules no longer hold is shown as it is and says so."""
    kinds = rs.kinds("department")
    return kinds[code].zh if code in kinds else wording.text("briefing.department_gone", code=code)


def office(rs: RuleSet, code: str) -> str:
    """Name of a department as a paper addresses it."""
    name = department(rs, code)
    whole = code in _WHOLE_NAMES or code not in rs.kinds("department")
    return name if whole else wording.text("briefing.office", department=name)


def departments(rs: RuleSet, codes: Iterable[str]) -> str:
    """Names joined; none as a dash."""
    return "、".join(department(rs, code) for code in codes) or NONE


def three_columns(rs: RuleSet, who: Departments) -> tuple[str, str, str]:
    """牵头, 主要责任, 配合协助."""
    lead = department(rs, who.lead) if who.lead else NONE
    return lead, departments(rs, who.main), departments(rs, who.support)


def ordinal(position: int) -> str:
    """Chinese numeral of a heading, from 1; InputError ``briefing_too_many_parts`` beyond ten."""
    if not 1 <= position <= len(_ORDINALS):
        raise InputError("briefing_too_many_parts", count=position, most=len(_ORDINALS))
    return _ORDINALS[position - 1]
