"""Rows of the audit in words: what was done, and its details as one readable line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from gislib import rules, wording
from gislib.ui import words

LISTED: Final = 3
"""Values of a list that are said; the others are counted."""
_STEPS: Final = {"item": "item_step"}
"""Families whose second part is a word of its own group."""
_TERMS: Final = {"kind": "meeting", "slice": "slice", "grade": "grade", "state": "item_state"}


def role(code: str, lang: str) -> str:
    """Role of who did it."""
    return wording.catalogue(lang).get(f"admin.role_{code}", code)


def action(code: str, lang: str) -> str:
    """What was done: the family of an action, and its step; a code without a word stays as it is."""
    texts = wording.catalogue(lang)
    family, _, step = code.partition(".")
    name = texts.get(f"admin.action_{family}", family)
    if not step:
        return name
    group = _STEPS.get(family)
    word = texts.get(f"term.{group}.{step}") if group else None
    said = word or texts.get(f"admin.step_{family}_{step}") or texts.get(f"admin.step_{step}", step)
    return wording.text("admin.log_step", lang, family=name, step=said)


def subject(code: str, lang: str) -> str:
    """What it was done to: an id, or a word for what there is one of."""
    return wording.catalogue(lang).get(f"admin.subject_{code}", code)


def detail(told: str, lang: str) -> str:
    """Details, written as JSON, as one line; of a change only what differs."""
    read = json.loads(told)
    facts: Mapping[str, Any] = read if isinstance(read, dict) else {}
    before, after = facts.get("before"), facts.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changed = [name for name in after if after[name] != before.get(name)]
        parts = [_change(name, before.get(name), after[name], lang) for name in changed]
        rest = {name: value for name, value in facts.items() if name not in ("before", "after")}
    else:
        parts, rest = [], dict(facts)
    pairs = [(name, value) for name, value in rest.items() if value not in (None, "", [], {})]
    said = [wording.text("admin.log_fact", lang, name=_name(name, lang), value=_value(name, value, lang))
            for name, value in pairs]  # fmt: skip
    return wording.text("admin.log_between", lang).join([*parts, *said])


def _change(name: str, before: object, after: object, lang: str) -> str:
    values = {"before": _value(name, before, lang), "after": _value(name, after, lang)}
    return wording.text("admin.log_change", lang, name=_name(name, lang), **values)


def _name(key: str, lang: str) -> str:
    """Word for a key; one without a word stays as it is."""
    texts = wording.catalogue(lang)
    return texts.get(f"admin.detail_{key}") or texts.get(f"ledger.column.{key}") or key


def _value(key: str, value: object, lang: str) -> str:
    """A value in words; long lists are counted."""
    between = wording.text("ui.separator", lang)
    if value in (None, "", [], {}):
        return words.EMPTY
    if isinstance(value, list):
        shown = between.join(_value(key, one, lang) for one in value[:LISTED])
        more = len(value) > LISTED
        return wording.text("admin.log_more", lang, names=shown, count=len(value)) if more else shown
    if isinstance(value, dict):
        return between.join(f"{_name(str(name), lang)} {_value(str(name), one, lang)}" for name, one in value.items())
    return _word(key, value, lang)


def _word(key: str, value: object, lang: str) -> str:
    """A single value in words; a code without a word stays as it is."""
    if isinstance(value, bool):
        return wording.text(f"admin.active_{str(value).lower()}", lang)
    if key == "role":
        return role(str(value), lang)
    found = rules.load().profiles().get(str(value)) if key == "profile" else None
    if found is not None:
        return found.title_zh if lang == "zh" else found.title_en
    return words.term_or_code(_TERMS[key], value, lang) if key in _TERMS else str(value)
