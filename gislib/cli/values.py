"""Values of the command line that are more than a text: dates, ``field=column`` pairs, lists of formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gislib.domain.errors import InputError


def day(text: str | None, time_zone: str) -> date:
    """
    Date of ``--as-of`` (YYYY-MM-DD); without one, today in the workspace's time zone.

    Here, at the edge, the clock is read; no computation reads it.

    Raises
    ------
    InputError
        ``cli_date`` for another text.
    """
    if text is None:
        return datetime.now(ZoneInfo(time_zone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise InputError("cli_date", value=text) from problem


def column_map(pairs: Sequence[str]) -> dict[str, str]:
    """
    Read ``field=column`` pairs; the column may hold an equals sign, the field may not.

    Raises
    ------
    InputError
        ``cli_map`` for a text without both sides, ``cli_map_twice`` for a field mapped twice.
    """
    out: dict[str, str] = {}
    for pair in pairs:
        field, _, column = (part.strip() for part in pair.partition("="))
        if not field or not column:
            raise InputError("cli_map", value=pair)
        if field in out:
            raise InputError("cli_map_twice", field=field)
        out[field] = column
    return out


def formats(text: str, known: Sequence[str]) -> list[str]:
    """
    Comma-separated formats in the order of ``known``, each once.

    Raises
    ------
    InputError
        ``cli_format`` for an unknown or no format, naming the known ones.
    """
    asked = {part.strip().lower() for part in text.split(",")} - {""}
    foreign = sorted(asked - set(known))
    if foreign or not asked:
        raise InputError("cli_format", value=", ".join(foreign) or text, known=", ".join(known))
    return [name for name in known if name in asked]
