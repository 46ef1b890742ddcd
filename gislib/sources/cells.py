"""Single cells to values: numbers with units, yes and no, dates, opening hours. None = cannot be read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from typing import Final

_NUMBER: Final = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*(?:人|名|个|张|间|床|米|m|%)?", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?:[^0-9]|$))")
_DATE: Final = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[T\s]+(.*))?")
_COMPACT_DATE: Final = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})()")
_TIME: Final = re.compile(r"([0-9]{1,2})[:时]([0-9]{1,2})?.*")
_DASHES: Final = re.compile(r"\s*(?:[-–—~～至到])+\s*")
_CLOCK: Final = re.compile(r"(?<![0-9:])([0-9]):([0-9]{2})(?![0-9])")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def number(text: str) -> float | None:
    """Return the non-negative number of a cell with an optional unit word (``1,200人``); per cent as a share."""
    plain = _THOUSANDS.sub("", _plain(text))
    found = _NUMBER.fullmatch(plain)
    if not found or float(found.group(1)) < 0:
        return None
    return float(found.group(1)) / (100 if plain.endswith("%") else 1)


def iso_date(text: str) -> str | None:
    """ISO date, with ``THH:MM`` if the cell has a clock time (``2024/3/5``, ``2024年3月5日 8时20分``, ``20240305``)."""
    found = _DATE.fullmatch(_plain(text)) or _COMPACT_DATE.fullmatch(_plain(text))
    if not found:
        return None
    clock = _TIME.match(found.group(4) or "")
    try:
        day = date(int(found.group(1)), int(found.group(2)), int(found.group(3))).isoformat()
        moment = time(int(clock.group(1)), int(clock.group(2) or 0)) if clock else None
    except ValueError:
        return None
    return day if moment is None else f"{day}T{moment:%H:%M}"


def opening_hours(text: str) -> str:
    """Return opening hours in narrow signs with plain dashes (``8：00～24：00`` to ``08:00-24:00``); words stay."""
    return _CLOCK.sub(r"0\1:\2", _DASHES.sub("-", _plain(text)))
