"""Times of a shift: minutes since midnight of the day it begins, running on past 24:00."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from gislib.domain.errors import InputError
from gislib.risk.hours import minutes

DAY_MIN: Final = 24 * 60
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_LAST_MINUTE: Final = 59


@dataclass(frozen=True)
class Span:
    """From ``begin`` to ``end``, minutes since midnight of the first day."""

    begin: float
    end: float


def read_span(text: str) -> Span:
    """
    Span of ``"HH:MM-HH:MM"``; an end at or before the begin is on the next day.

    Raises
    ------
    InputError
        ``patrol_hours`` for any other text.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise InputError("patrol_hours", text=text)
    h0, m0, h1, m1 = (int(part) for part in found.groups())
    if max(m0, m1) > _LAST_MINUTE or max(h0, h1) * 60 + max(m0, m1) > DAY_MIN + _LAST_MINUTE or h0 * 60 + m0 >= DAY_MIN:
        raise InputError("patrol_hours", text=text)
    begin, end = h0 * 60 + m0, h1 * 60 + m1
    return Span(float(begin), float(end if end > begin else end + DAY_MIN))


def clock(minute: float) -> str:
    """``HH:MM`` of a minute, rounded to the nearest one; past midnight it begins again at 00:00."""
    whole = round(minute) % DAY_MIN
    return f"{whole // 60:02d}:{whole % 60:02d}"


def open_span(hours: str | None, within: Span) -> Span | None:
    """
    Longest time without a break during which a place is open within a shift.

    Parameters
    ----------
    hours
        Opening hours as text; missing or unreadable means open all the time.
    within
        The shift.

    Returns
    -------
    Span or None
        None if the place is closed during the whole shift.
    """
    flags = minutes(hours)
    if flags is None:
        return within
    asked = np.arange(int(within.begin), int(within.end))
    is_open = np.r_[False, flags[asked % DAY_MIN], False]
    edges = np.flatnonzero(is_open[1:] != is_open[:-1]).reshape(-1, 2)
    if not len(edges):
        return None
    first, last = edges[int(np.argmax(edges[:, 1] - edges[:, 0]))].tolist()
    return Span(within.begin + first, within.begin + last)
