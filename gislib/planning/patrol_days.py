"""Which set of routes is walked on which day: school days of the term, never the same set twice running."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from gislib.planning.authors import store_of
from gislib.planning.session import Session
from gislib.store import terms

_SATURDAY: Final = 5
MOST_DAYS: Final = 120


def school_days(session: Session, first: date, count: int) -> list[date]:
    """
    So many days from a first one on which schools are open.

    Without a term for a day, Monday to Friday count; in a term its holidays do not. Days between known terms do not
    count; the list is shorter where no term is left.
    """
    known = terms.terms(store_of(session))
    last = max((term.facts.ends for term in known), default=None)
    days: list[date] = []
    day = first
    while len(days) < min(count, MOST_DAYS):
        term = terms.term_on(known, day)
        told = term.is_school_day(day) if term else last is None or day > last
        if day.weekday() < _SATURDAY and told:
            days.append(day)
        day += timedelta(days=1)
    return days


def rotation(days: Sequence[date], sets: int, seed: int) -> list[int]:
    """
    Position of the set for every day: drawn by seed and day, never that of the day before; one set is walked always.

    A day has the same set whatever the horizon begins with, unless it is the first day of it.
    """
    chosen: list[int] = []
    for day in days:
        draw = int(np.random.default_rng([seed, day.toordinal()]).integers(0, max(sets, 1)))
        if chosen and sets > 1 and draw == chosen[-1]:
            draw = (draw + 1) % sets
        chosen.append(draw)
    return chosen
