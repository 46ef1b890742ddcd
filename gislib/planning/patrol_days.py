"""Which set of routes is walked on which day: school days of the term, never the same set twice running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from gislib.planning.authors import store_of
from gislib.planning.patrols import SavedPatrol
from gislib.planning.session import Session
from gislib.store import terms
from gislib.store.terms import Term

_SATURDAY: Final = 5
_SEPTEMBER: Final = 9
_PAIR: Final = 2
MOST_DAYS: Final = 120


def school_days(session: Session, first: date, count: int) -> list[date]:
    """
    So many days from a first one on which schools are open.

    Without a term for a day, Monday to Friday count; in a term its holidays do not. Days between known terms do not
    count; the list is shorter where no term is left.
    """
    known = terms.terms(store_of(session))
    days: list[date] = []
    day = first
    while len(days) < min(count, MOST_DAYS):
        if _is_school_day(known, day):
            days.append(day)
        day += timedelta(days=1)
    return days


def _is_school_day(known: Sequence[Term], day: date) -> bool:
    last = max((term.facts.ends for term in known), default=None)
    term = terms.term_on(known, day)
    return day.weekday() < _SATURDAY and (term.is_school_day(day) if term else last is None or day > last)


def day_sets(session: Session, saved: SavedPatrol, days: Sequence[date]) -> list[int]:
    """Position of the set that is walked on each day: the same for a day, whatever else is asked for."""
    known = terms.terms(store_of(session))
    return rotation(days, len(saved.sets), saved.wish.seed, saved.request.as_of, lambda day: _is_school_day(known, day))


def rotation(
    days: Sequence[date], sets: int, seed: int, made_on: date, is_school_day: Callable[[date], bool]
) -> list[int]:
    """
    Position of the set for every day, drawn by seed and day, in any order of days.

    Days hang together from the first day of the school year in which the patrol was made (earlier ones: of their own),
    so a day has one set whether it is asked for alone or in a list. Never the set of the day before, nor, on a school
    day, that of the school day before; with two sets the latter wins. One set is walked always.
    """
    if sets <= 1 or not days:
        return [0] * len(days)
    begin, last = min(_year_begins(made_on), _year_begins(min(days))), max(days)
    chosen: dict[date, int] = {}
    yesterday = school = -1
    for number in range(begin.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if day == _year_begins(day) <= made_on:
            yesterday = school = -1
        taught = is_school_day(day)
        avoided = ({school} if sets == _PAIR else {school, yesterday}) if taught else {yesterday}
        free = [own for own in range(sets) if own not in avoided]
        yesterday = free[int(np.random.default_rng([seed, number]).integers(0, len(free)))]
        school = yesterday if taught else school
        chosen[day] = yesterday
    return [chosen[day] for day in days]


def _year_begins(day: date) -> date:
    """First day of the school year that a day lies in."""
    return date(day.year if day.month >= _SEPTEMBER else day.year - 1, _SEPTEMBER, 1)
