"""Opening hours: minutes of the day, and how much of the pupils' hours they cover."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MINUTES: Final = 24 * 60
_RANGE = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})")
_ALWAYS: Final = "24/7"


def minutes(text: str | None) -> NDArray[np.bool_] | None:
    """
    Minutes of the day covered by a text such as ``"08:00-24:00"`` or ``"18:00-02:00, 10:00-12:00"``.

    Every time range found counts on every day: opening hours that differ by weekday give the union, the larger answer.
    An end at or before its start, or past 24:00, runs over midnight.

    Parameters
    ----------
    text
        Opening hours; weekday names and other words are passed over.

    Returns
    -------
    NDArray or None
        1,440 flags, minute 0 = 00:00. None when the text holds no readable range: the hours are unknown.
    """
    if text is None:
        return None
    if _ALWAYS in text:
        return np.ones(_MINUTES, dtype=np.bool_)
    covered = np.zeros(_MINUTES, dtype=np.bool_)
    for found in _RANGE.findall(text):
        start, end = int(found[0]) * 60 + int(found[1]), int(found[2]) * 60 + int(found[3])
        if end <= start:
            end += _MINUTES
        covered[np.arange(start, min(end, start + _MINUTES)) % _MINUTES] = True
    return covered if covered.any() else None


def covered_share(hours: str | None, pupil_hours: str | None) -> float:
    """
    Share of the pupils' hours during which a venue is open.

    Parameters
    ----------
    hours
        Opening hours of the venue; unreadable or missing counts as open all day, never as closed.
    pupil_hours
        Hours in which pupils are about; unreadable or missing counts as the whole day.

    Returns
    -------
    float
        0 (closed whenever pupils are about) to 1.
    """
    about = minutes(pupil_hours)
    open_ = minutes(hours)
    if open_ is None:
        return 1.0
    return float(open_.mean()) if about is None else float(open_[about].mean())
