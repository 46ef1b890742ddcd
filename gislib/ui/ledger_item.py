"""One item of the ledger: where and what, who acts, evidence, history, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from gislib import rules, wording
from gislib.domain.errors import RuleError
from gislib.planning import ledger
from gislib.planning.loaded import imported_names
from gislib.planning.session import Session
from gislib.store import item_facts, item_steps
from gislib.store.items import Item, Save
from gislib.ui import guard, ledger_evidence, ledger_list, ledger_steps, markup, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Html, Text, safe
from gislib.ui.state import Choices

_DEPARTMENT_COLUMNS: Final = ("department_lead", "departments_main", "departments_support")
_TERMS: Final = {"state": "item_state", "outcome": "item_outcome", "grade": "grade", "net": "net"}
PARTS: Final = ("steps", "evidence", "history", "edit")
_CHIPS: Final = {
    item_steps.FOUND: "missing", item_steps.ASSIGNED: "remeasure", item_steps.RECTIFYING: "remeasure",
    item_steps.RECHECK: "unverified", item_steps.CLOSED: "present",
}  # fmt: skip


def show(session: Session, items: pd.DataFrame, on: date, choices: Choices) -> None:
    """Panel of the chosen item; what to do where none is chosen."""
    lang = choices.lang
    if choices.item not in items.index:
        st.html(markup.note(wording.text("ledger.hint", lang)))
        return
    row = pd.Series(items.loc[choices.item])
    item = ledger.read(session, choices.item)
    st.html(_heading(item, row, on, lang))
    st.html(markup.card("", markup.body(_facts(session, item, row, lang))))
    parts = PARTS if session.role != "viewer" else PARTS[1:3]
    part = st.segmented_control(
        wording.text("ledger.part.label", lang),
        parts,
        default=parts[0],
        format_func=lambda name: wording.text(f"ledger.part.{name}", lang),
        key="ledger.part",
        label_visibility="collapsed",
    )
    if part == "steps":
        ledger_steps.show(session, item, row, on, lang)
    elif part == "evidence":
        ledger_evidence.show(session, item, lang)
    elif part == "history":
        st.html(_history(ledger.history(session, item.item_id), session.workspace.meta.time_zone, lang))
    elif part == "edit":
        _edit(session, item, lang)


def _heading(item: Item, row: words.Row, on: date, lang: str) -> Html:
    state = markup.chip(_CHIPS[item.state], wording.term("item_state", item.state, lang))
    outcome = f" {safe(wording.term('item_outcome', item.outcome, lang))}" if item.outcome else ""
    urgency = row["urgency"]
    late = markup.chip("suspected", ledger_list.urgency_name(str(urgency), on, lang)) if urgency else ""
    version = wording.text("ledger.version", lang, version=item.version)
    head = f'{state}{outcome} {late} <span class="hx-muted hx-small">{safe(item.item_id)} · {safe(version)}</span>'
    return Html(f'<div class="hx">{head}<div><b>{safe(item.facts.title)}</b></div></div>')


def _facts(session: Session, item: Item, row: words.Row, lang: str) -> Html:
    facts = item.facts
    place = _place(session, item, row) if facts.place_id else _position(facts.lon, facts.lat)
    if ledger.whole_area(row):
        place = wording.text("ledger.whole_area", lang)
    left = _days_left(row["days_left"], lang)
    pairs: dict[str, Text] = {
        "school": words.text_or(row["school"]),
        "place": place,
        "measure": words.text_or(facts.measure),
        "note": words.text_or(facts.note),
        "rule_id": _rule(facts.rule_id, item.found_on, lang),
        "department_lead": ledger_list.names_of([facts.department_lead] if facts.department_lead else [], lang),
        "departments_main": ledger_list.names_of(facts.departments_main, lang),
        "departments_support": ledger_list.names_of(facts.departments_support, lang),
        "deadline": " ".join(filter(None, (words.text_or(facts.deadline), left))),
        "source": f"{wording.term('item_source', item.source, lang)} · {item.found_on.isoformat()}",
    }
    return markup.facts({wording.text(f"ledger.column.{name}", lang): value for name, value in pairs.items()})


def _place(session: Session, item: Item, row: words.Row) -> str:
    """Name of the place; of one that was closed since, the name that it had."""
    layer = ledger.LAYERS.get(item.facts.place_kind or "")
    if words.known(row["place"]) or layer is None:
        return words.text_or(row["place"])
    return words.text_or(imported_names(session.workspace, layer).get(item.facts.place_id))


def _days_left(days: object, lang: str) -> str:
    """How many days are left, or how many it is late; "" without a deadline."""
    if not words.known(days):
        return ""
    count = int(days)  # type: ignore[call-overload]
    return wording.text("ledger.days_late" if count < 0 else "ledger.days_left", lang, days=abs(count))


def _position(lon: float | None, lat: float | None) -> str:
    return words.EMPTY if lon is None or lat is None else f"{lon:.6f}, {lat:.6f}"


def _rule(rule_id: str | None, on: date, lang: str) -> str:
    """Title and clause of a rule; an id that the rules do not hold any more as it is."""
    if rule_id is None:
        return words.EMPTY
    try:
        rule = rules.load().rule(rule_id, on)
    except RuleError:
        return rule_id
    return f"{rule.title if lang == 'zh' else rule.title_en} · {rule.clause}"


def _history(steps: pd.DataFrame, zone: str, lang: str) -> Html:
    """Every step, the last one first."""
    rows: list[list[Text]] = [
        [
            str(row["version"]),
            wording.term("item_step", str(row["step"]), lang),
            str(row["actor"]),
            pd.Timestamp(row["at"]).tz_convert(zone).strftime("%Y-%m-%d %H:%M"),
            _told(row, lang),
        ]
        for row in steps.iloc[::-1].to_dict("records")
    ]
    names = ("version", "step", "actor", "at", "what")
    headings = [Heading(wording.text(f"ledger.history.{name}", lang), keep=name != "what") for name in names]
    return markup.card("", markup.table(headings, rows))


def _told(row: Mapping[Any, Any], lang: str) -> str:
    """Reason of a step, and every column that it changed: what stood there before, and what stands there now."""
    before, after = row["before"] or {}, row["after"] or {}
    new = not before
    named = [] if new else [name for name in after if name in item_facts.NAMES or name == "state"]
    changes = [
        wording.text(
            "ledger.history.change",
            lang,
            column=wording.catalogue(lang).get(f"ledger.column.{name}", name),
            before=_value(name, before.get(name), lang),
            after=_value(name, after[name], lang),
        )
        for name in named
    ]
    return wording.text("ledger.history.between", lang).join(filter(None, (words.text_or(row["reason"], ""), *changes)))


def _value(name: str, value: Any, lang: str) -> str:  # noqa: ANN401 - the value of any column
    """A value of a column in words."""
    if value is None or value in ("", [], ()):
        return words.EMPTY
    if name in _DEPARTMENT_COLUMNS:
        return ledger_list.names_of(value.split() if isinstance(value, str) else list(value), lang)
    if name in _TERMS:
        return words.term_or_code(_TERMS[name], value, lang)
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def _edit(session: Session, item: Item, lang: str) -> None:
    """Form for what may be changed without a step."""
    facts = item.facts
    with st.form(f"ledger.edit.{item.item_id}.{item.version}", border=True):
        told: dict[str, Any] = {
            "title": st.text_input(_label("title", lang), facts.title, max_chars=item_facts.TITLE_LENGTH),
            "measure": st.text_area(_label("measure", lang), facts.measure or "", height=68),
            "note": st.text_area(_label("note", lang), facts.note or "", height=68),
            "post": st.text_input(_label("post", lang), facts.post or "", max_chars=60),
        }
        net, grade = st.columns(2)
        for place, name, codes in ((net, "net", item_facts.NETS), (grade, "grade", item_facts.GRADES)):
            now = getattr(facts, name)
            told[name] = place.selectbox(
                _label(name, lang),
                codes,
                index=codes.index(now) if now in codes else None,
                format_func=lambda code, name=name: wording.term(name, code, lang),
                placeholder="",
            )
        done = st.form_submit_button(wording.text("ledger.edit.do", lang), type="primary")
    if done:
        changes = {name: value or None for name, value in told.items() if (value or None) != getattr(facts, name)}
        with guard.show_errors(lang):
            ledger.save(session, [Save(item.item_id, item.version, changes=changes)])
        st.rerun()


def _label(name: str, lang: str) -> str:
    return wording.text(f"ledger.column.{name}", lang)
