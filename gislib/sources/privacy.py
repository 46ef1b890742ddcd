"""
Personal numbers in cells: found, dropped, counted, never stored.

Looked for: identity card numbers (18 signs with the GB 11643 check sign, or the older 15 digits, both with a possible
birth date) and mainland mobile numbers (11 digits, also in groups or with the country code).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

_IDENTITY: Final = re.compile(r"(?<![0-9])(?:[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14})(?![0-9])")
_MOBILE: Final = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9])")
# GB 11643-1999 (ISO 7064 MOD 11-2): weights of the first 17 digits, check sign by remainder.
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS: Final = "10X98765432"
_LONG: Final = 18
_OLDEST_YEAR: Final = "20"
"""Two-digit birth year from which 15 digits are a person; below it they are area codes with a running number."""
MASK: Final = "***"


def _possible_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return digits[:2] in {"19", "20"}


def is_identity_number(signs: str) -> bool:
    """Whether 15 or 18 signs are a well-formed identity card number."""
    if len(signs) != _LONG:
        return signs[6:8] >= _OLDEST_YEAR and _possible_date("19" + signs[6:12])
    remainder = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, signs[:17], strict=True)) % 11
    return _CHECK_SIGNS[remainder] == signs[17].upper() and _possible_date(signs[6:14])


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def looks_private(text: str) -> bool:
    """Whether a cell holds an identity card or mobile number, alone or inside other text, in any digit width."""
    plain = _narrow(text)
    if _MOBILE.search(plain):
        return True
    return any(is_identity_number(found.group()) for found in _IDENTITY.finditer(plain))


def masked(text: str) -> str:
    """Text with every such number replaced by `MASK`, for reports of refused cells."""
    if not looks_private(text):
        return text
    plain = _MOBILE.sub(MASK, _narrow(text))
    return _IDENTITY.sub(lambda found: MASK if is_identity_number(found.group()) else found.group(), plain)
