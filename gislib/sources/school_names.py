"""Whether two names mean one school: 南京五中 and 南京市第五中学, 清华附中 and 清华大学附属中学."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import Final

from gislib.sources.chinese import simplified

ALIKE_RATIO: Final = 0.8
"""Share of matching characters from which two names with the same numerals count as near-equal (typing slips)."""

_MIN_TAIL: Final = 2
_NUMERALS: Final = re.compile(r"[\d一二三四五六七八九十百]+")
_NOISE: Final = re.compile(r"[(（\[【].*?[)）\]】]|[\s·•・.,，、\-—_'’]+")
_PLACE: Final = re.compile(r"^.{2,8}?[省市州](?=.{2})")
_SHORT: Final = (
    ("大学附属", "附"), ("附属", "附"), ("附设", "附"), ("民办", ""), ("私立", ""), ("公立", ""), ("第", ""),
    ("高级中等学校", "高中"), ("高级中学", "高中"), ("初级中学", "初中"), ("国民中学", "初中"), ("国中", "初中"),
    ("国民小学", "小"), ("国小", "小"), ("小学", "小"), ("中学", "中"),
)  # fmt: skip


def plain_name(name: str) -> str:
    """Fold a name for comparing: simplified, no brackets, no place prefix (南京市), no 第, short stage words."""
    text = _NOISE.sub("", simplified(unicodedata.normalize("NFKC", name)).casefold())
    for long, short in _SHORT:
        text = text.replace(long, short)
    return _PLACE.sub("", text)


def same_school(first: str, second: str) -> bool:
    """
    Whether two names look like one school.

    True when the folded names are equal, one ends with the other (not inside a number: 十五中 is not 五中), or they
    hold the same numerals and differ by a typing slip.
    """
    one, two = sorted((plain_name(first), plain_name(second)), key=len)
    if one == two:
        return bool(one)
    if len(one) >= _MIN_TAIL and two.endswith(one):
        return not _NUMERALS.fullmatch(two[-len(one) - 1])
    if _NUMERALS.findall(one) != _NUMERALS.findall(two):
        return False
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE_RATIO
