"""Kinds of venues, water, devices ... from the words of imported tables, in Chinese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from gislib.rules.model import Kind
from gislib.sources.names import name_key

_LATIN: Final = re.compile(r"[\x20-\x7e]+")


class KindWords:
    """Words of one topic of kinds."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._exact: dict[str, str] = {}
        for kind in kinds.values():
            tags = (tag.partition("=")[2] for tag in kind.osm)
            for word in (kind.id, kind.zh, kind.en, *kind.synonyms, *tags):
                self._exact.setdefault(name_key(word), kind.id)
        words = {word.casefold(): kind.id for kind in kinds.values() for word in (kind.zh, *kind.synonyms)}
        self._inside = [(_inside(word), len(word), kind) for word, kind in words.items()]

    def of_exact(self, text: str) -> str | None:
        """Kind whose word a cell is, whole."""
        return self._exact.get(name_key(text))

    def of_name(self, text: str) -> str | None:
        """Kind of a place by the longest known word inside its name, the last of equally long ones."""
        plain = unicodedata.normalize("NFKC", text).casefold()
        found = [(length, match.end(), kind) for word, length, kind in self._inside for match in word.finditer(plain)]
        return max(found)[2] if found else None


def _inside(word: str) -> re.Pattern[str]:
    """Pattern of a word in a name: Latin words between word ends, one-sign words (河, 塘) at the end only."""
    literal = re.escape(word)
    if _LATIN.fullmatch(word):
        return re.compile(rf"(?<![a-z0-9]){literal}(?![a-z0-9])")
    return re.compile(rf"{literal}$" if len(word) == 1 else literal)
