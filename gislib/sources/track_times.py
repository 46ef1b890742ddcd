"""Times of recorded positions as devices and platforms write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

_CALENDAR: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[T\s]*"
    r"(\d{1,2})\s*[:时]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2})(?:[.,](\d{1,9}))?\s*秒?|\s*分)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?(Z)?")
_EPOCH: Final = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?")
_MICROSECONDS: Final = 6


def moment(text: str, zone: tzinfo) -> datetime | None:
    """
    Moment in UTC that a cell names; None if it cannot be read.

    Taken: ISO 8601 with or without zone, ``2026/11/23 8:20:05``, ``2026年11月23日 8时20分5秒``, ``20261123082005``,
    seconds or milliseconds since 1970. A time without zone is one of ``zone``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    epoch = _EPOCH.fullmatch(plain)
    if epoch:
        return datetime.fromtimestamp(int(epoch.group(1)), UTC) + timedelta(milliseconds=int(epoch.group(2) or 0))
    found = _CALENDAR.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found.group(7) or "0").ljust(_MICROSECONDS, "0")[:_MICROSECONDS])
    try:
        local = datetime(year, month, day, hour, minute, second, fraction, tzinfo=_zone(found.group(8), zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(sign: str | None, otherwise: tzinfo) -> tzinfo:
    if sign is None:
        return otherwise
    if sign[0] not in "+-":
        return UTC
    ahead = timedelta(hours=int(sign[1:3]), minutes=int(sign[-2:]))
    return timezone(ahead if sign[0] == "+" else -ahead)
