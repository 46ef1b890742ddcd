"""One spelling of a name for comparing: width, case, spaces and punctuation do not matter."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher


def name_key(name: object) -> str:
    """Return the comparable form of a name: NFKC, case folded, letters and digits only; empty for a missing name."""
    if not isinstance(name, str):
        return ""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


def similarity(first: str, second: str) -> float:
    """Likeness of two name keys from 0 to 1 (matching blocks over both lengths); two empty keys are alike."""
    return SequenceMatcher(a=first, b=second, autojunk=False).ratio() if first or second else 1.0
