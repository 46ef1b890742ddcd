"""
Kind of a school from its name: mainland, Taiwan and Hong Kong words first, English and Finnish as a fallback.

A name is read from its end, because the head noun comes last: 东海大学附属高级中学小学部附设幼儿园 is a
kindergarten, 教师进修学校附属小学 a primary school, 党校 alone no school of children at all. The word whose match
*ends* last wins, the longer one where two end together (中小学 over 小学). Remarks in brackets are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from gislib.sources.chinese import simplified

UNKNOWN_STAGE: Final = "school"
NOT_A_SCHOOL: Final = "not_a_school"

# Written in simplified characters; names are folded by `simplified` before they are searched.
# Within one pattern the longer words stand first.
# A word of adults followed by 附属 (a university also by 学校) only says whose school it is.
_ADULT: Final = (
    r"(?:党校|团校|干部学校|干部学院|行政学院|进修学校|进修学院|进修校|教师发展中心|教师学校|教研室|教育局"
    r"|老年学校|老干部|社区学校|社区教育|成人|函授|夜校|电大|驾校|驾驶|培训|补习|补课|琴行|少年宫|活动中心|研学"
    r"|高等师范|高师|高等专科|师范专科|高专|师范学校|研究生|留学|艺考|考研)(?!.*附)"
    r"|(?:大学|学院)(?![城路街里]|.*附|.*学校)"
)
_TRADES: Final = (
    r"职业高级中学|职业高中|职业中学|职业初中|职业|职教|职中|职高|高职|中专|中等专业|技工|技校|技师学院|技术学校"
    r"|卫校|卫生学校|护士学校|护理学校|商职|高商|高工|工商学校|农校|体育运动学校|幼儿师范学校|幼儿师范|幼师"
)
_WORDS: Final = {
    NOT_A_SCHOOL: _ADULT,
    "vocational": _TRADES,
    "special": r"特殊教育|特教|启智|培智|聋哑|聋|盲|启聪|启明学校|辅读|启音|自闭症|康复学校",
    "kindergarten": r"幼儿园|幼稚园|幼园|附幼|中心幼|学前班|学前教育|幼儿部|幼儿班|幼教|蒙氏园",
    "nursery": r"托育|托儿|托婴|幼托|婴幼儿|日托",
    "after_school": r"午托|晚托|课后|安亲|托管|小饭桌",
    "nine_year": r"九年制|九年一贯|一贯制|十二年|中小学|国中小|完全学校|小学初中",
    "primary": r"小学|国小|附小|完小|实小|中心小|村小|中心校|教学点|[一二三四五六七八九十\d]小",
    "middle": r"初中|国中|初级中学|国民中学|初[一二三]|中学|附中|完中|实验中|[一二三四五六七八九十\d]中",
    "high": r"高中|高级中学|高级中等学校|高级中等|附属高中|高[一二三]",
}
_LATIN: Final = {
    NOT_A_SCHOOL: r"university|yliopisto|driving school|language school|music school|training cent|ammattikorkeakoulu",
    "vocational": r"vocational|technical school|ammattiopisto|ammattikoulu",
    "special": r"special school|special education|erityiskoulu",
    "kindergarten": r"kindergarten|pre-?school|esikoulu|päiväkoti|daghem|förskola",
    "nursery": r"nursery|day ?care|cr[eè]che|toddler",
    "nine_year": r"peruskoulu|comprehensive school|grundskola",
    "primary": r"primary|elementary|ala-?aste|alakoulu|lågstadie",
    "middle": r"middle school|junior high|secondary school|yläaste|ylä-aste|yläkoulu|högstadie",
    "high": r"(?<!junior )high school|senior high|lukio|gymnasi",
}
# The ones that only look like a stage: 五中心, 一中医院.
_LOOKALIKE: Final = re.compile(r"[一二三四五六七八九十\d][中小](?=[心医区队组路街巷型])")
_BRACKETS: Final = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_CHINESE_PATTERNS: Final = {kind: re.compile(pattern) for kind, pattern in _WORDS.items()}
_LATIN_PATTERNS: Final = {kind: re.compile(pattern) for kind, pattern in _LATIN.items()}


def kind_of_name(name: str) -> str | None:
    """
    Kind that a name says, one of ``kinds.toml`` topic ``school``; None when no word of it names a stage.

    中学 without 初级 or 高级 counts as ``middle``; twelve-year schools count as ``nine_year``, the widest kind.
    """
    folded = simplified(unicodedata.normalize("NFKC", name)).casefold()
    plain = _BRACKETS.sub("", folded) or folded
    return _last_word(_LOOKALIKE.sub("", plain), _CHINESE_PATTERNS) or _last_word(plain, _LATIN_PATTERNS)


def _last_word(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    """Kind of the match that ends last; the longer match where several end at the same place."""
    best: tuple[int, int] = (-1, -1)
    found = None
    for kind, pattern in patterns.items():
        for match in pattern.finditer(text):
            rank = (match.end(), match.end() - match.start())
            if rank > best:
                best, found = rank, kind
    return found


_ISCED: Final = {
    "0": "kindergarten",
    "1": "primary",
    "2": "middle",
    "3": "high",
    "1-2": "nine_year",
    "1-3": "nine_year",
    "2-3": "middle",
    "0-1": "primary",
}


def kind_of_levels(isced_level: str | None, grades: str | None) -> str | None:
    """Kind from ``isced:level`` (``1``, ``1;2``, ``2-3``) or ``grades`` (``1-6``, ``7-9``); None when neither says."""
    levels = re.findall(r"\d", isced_level or "")
    if levels:
        span = levels[0] if levels[0] == levels[-1] else f"{levels[0]}-{levels[-1]}"
        return _ISCED.get(span)
    years = [int(year) for year in re.findall(r"\d+", grades or "")]
    return _kind_of_years(years[0], years[-1]) if years else None


_LAST_PRIMARY_YEAR: Final = 6
_LAST_MIDDLE_YEAR: Final = 9


def _kind_of_years(first: int, last: int) -> str:
    if last <= _LAST_PRIMARY_YEAR:
        return "primary"
    if first <= _LAST_PRIMARY_YEAR:
        return "nine_year"
    return "high" if first > _LAST_MIDDLE_YEAR else "middle"


_BY_AMENITY: Final = {"kindergarten": "kindergarten", "childcare": "nursery", "college": NOT_A_SCHOOL}


def kind_of_school(names: Sequence[str], tags: Mapping[str, str]) -> str:
    """
    Kind of an education object.

    Parameters
    ----------
    names
        Names in order of trust; the first that names a stage decides, over the tags (people tag 幼儿园 as school).
    tags
        OSM tags; ``isced:level``, ``grades`` and ``amenity`` decide when no name does.

    Returns
    -------
    str
        A kind of topic ``school``; ``school`` when the stage stays unknown.
    """
    for name in names:
        kind = kind_of_name(name)
        if kind is not None:
            return kind
    by_level = kind_of_levels(tags.get("isced:level"), tags.get("grades"))
    return by_level or _BY_AMENITY.get(tags.get("amenity", ""), UNKNOWN_STAGE)
