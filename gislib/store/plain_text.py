"""Texts that people type or paste, made storable on every database."""

from __future__ import annotations

import unicodedata
from typing import Final

from gislib.domain.errors import StoreError

_KEPT: Final = "\n\t"
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories of signs without a picture: controls, direction marks, halves of surrogate pairs."""


def cleaned(value: str | None) -> str | None:
    """Text without invisible signs and outer blanks, every line end as the same sign; None if nothing is left."""
    if value is None:
        return None
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(sign for sign in lines if sign in _KEPT or unicodedata.category(sign) not in _INVISIBLE)
    return seen.strip() or None


def line(value: str | None) -> str | None:
    """`cleaned` as one line: every run of blanks is one."""
    text = cleaned(value)
    return None if text is None else " ".join(text.split())


def required_line(value: str | None, code: str, longest: int) -> str:
    """
    Line that must be there.

    Raises
    ------
    StoreError
        ``code`` with the longest length if it is empty or longer.
    """
    text = line(value)
    if text is None or len(text) > longest:
        raise StoreError(code, longest=longest)
    return text
