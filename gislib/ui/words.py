"""Published values as the words of the screen: ranges, percentages, metres, kinds; missing ones as "—" or "?"."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import pandas as pd

from gislib import rules, wording
from gislib.rules import Reference

Row: TypeAlias = "Mapping[Hashable, Any] | pd.Series[Any]"
"""One row of a table."""

EMPTY: Final = "—"
"""Nothing to state here."""
UNKNOWN: Final = "?"
"""There is a value, but it is not known."""
_DIGITS: Final = "零一二三四五六七八九"
_ARTICLE: Final = re.compile(r"第([零一二三四五六七八九十百\d]+)([条款])")
MINUS: Final = "−"


def known(value: Any) -> bool:  # noqa: ANN401 - a cell of any column
    """Whether a cell holds a value."""
    return bool(pd.notna(value))


def decimals(value: Any, digits: int = 1, missing: str = EMPTY) -> str:  # noqa: ANN401 - a cell of any column
    """Write a number with a fixed count of decimals, thousands separated, and a true minus sign."""
    return f"{float(value):,.{digits}f}".replace("-", MINUS) if known(value) else missing


def whole(value: Any, missing: str = EMPTY) -> str:  # noqa: ANN401 - a cell of any column
    """Whole number with thousands separated."""
    return decimals(value, 0, missing)


def percent(value: Any, missing: str = EMPTY) -> str:  # noqa: ANN401 - a cell of any column
    """Share 0..1 as whole percent."""
    return f"{100 * float(value):.0f}%" if known(value) else missing


def metres(value: Any, missing: str = EMPTY) -> str:  # noqa: ANN401 - a cell of any column
    """Distance with one decimal and its unit."""
    return f"{decimals(value)} m" if known(value) else missing


def rank_range(row: Row) -> str:
    """Interval of a campus's rank: "2–3", or one figure where it is certain; unranked "—"."""
    if not known(row["rank"]):
        return EMPTY
    low, high = int(row["rank_low"]), int(row["rank_high"])
    return str(low) if low == high else f"{low}–{high}"


def index_text(row: Row) -> str:
    """Index with one decimal, "≥" where a family is unknown."""
    bound = "≥ " if bool(row["score_is_lower_bound"]) else ""
    return bound + decimals(row["score"]) if known(row["score"]) else EMPTY


def text_or(value: Any, missing: str = EMPTY) -> str:  # noqa: ANN401 - a cell of any column
    """Text of a cell."""
    return str(value) if known(value) else missing


def kind_name(topic: str, kind: str, lang: str) -> str:
    """Name of a kind; an unlisted one as it is."""
    found = rules.load().kinds(topic).get(kind)
    if found is None:
        return kind
    return found.zh if lang == "zh" else found.en


def profile_name(profile_id: str, lang: str) -> str:
    """Name of a rule profile; an unknown one as it is."""
    found = rules.load().profiles().get(profile_id)
    if found is None:
        return profile_id
    return found.title_zh if lang == "zh" else found.title_en


def doubt_of(rule_id: Any, on: date, lang: str) -> str:  # noqa: ANN401 - a cell of any column
    """Word that stands beside a limit that is no plain law: to be verified, or assumed; empty for any other."""
    if not known(rule_id) or not rule_id:
        return ""
    rule = rules.load().rule(str(rule_id), on)
    if rule.reliability == "unverified":
        return wording.text("compliance.doubt.unverified", lang)
    return wording.text("compliance.doubt.assumption", lang) if rule.kind == "assumption" else ""


def citation(reference: Reference, lang: str) -> tuple[str, str]:
    """Title and clause of a source; in English article numbers in figures, Chinese where nothing else is known."""
    if lang == "zh":
        return reference.title, reference.locator
    return reference.title_en or reference.title, _ARTICLE.sub(_article, reference.locator)


def _article(found: re.Match[str]) -> str:
    """English name of 第…条 or 第…款."""
    total, digit = 0, 0
    for sign in found[1]:
        if sign.isdecimal():
            digit = 10 * digit + int(sign)
        elif sign in _DIGITS:
            digit = _DIGITS.index(sign)
        else:
            total, digit = total + (digit or 1) * (10 if sign == "十" else 100), 0
    return f"{'Art.' if found[2] == '条' else 'Para.'} {total + digit} "


def term_or_code(group: str, code: Any, lang: str) -> str:  # noqa: ANN401 - a cell of any column
    """Word for a code, the code itself where the catalogue has none, "—" for a missing one."""
    if not known(code):
        return EMPTY
    try:
        return wording.term(group, str(code), lang)
    except KeyError:
        return str(code)


def text_for(key: str, otherwise: str, lang: str) -> str:
    """Text of a key, ``otherwise`` where the catalogue has none."""
    return wording.text(key, lang) if key in wording.catalogue(lang) else otherwise


def message(code: str, values: Mapping[str, object], lang: str) -> str:
    """Sentence of a message of an import; code and values where the catalogue has none."""
    try:
        return wording.text(f"errors.{code}", lang, **values)
    except KeyError:
        return f"{code} {', '.join(f'{name}={value}' for name, value in values.items())}"


def reasons_text(codes: Any, lang: str) -> str:  # noqa: ANN401 - a cell of any column
    """Say what lowers the confidence: codes ``name`` or ``name:family`` in one cell, each in words and once."""
    named = dict.fromkeys(_reason(code, lang) for code in text_or(codes, "").split())
    return wording.text("ui.separator", lang).join(named) or EMPTY


def _reason(code: str, lang: str) -> str:
    name, _, family = code.partition(":")
    word = wording.term("confidence_reason", name, lang)
    return f"{wording.term('family', family, lang)} {word}" if family else word


def sentence(text: str) -> str:
    """Text with a capital at its beginning, for a label that stands by itself; Chinese has none."""
    return text[:1].upper() + text[1:]
