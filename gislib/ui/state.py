"""
What the user chose, shared by all pages: the only writer of session keys and of the query of the address.

A choice lives in the session under its own key (never a widget's, which Streamlit drops with the widget), is mirrored
in the address so that a link reopens the same view, and has a default, so that any page may be the first one opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from gislib import rules, wording
from gislib.ui.map_component import Picked

Choice = Literal["lang", "school", "slice", "profile", "venue", "plan", "device", "patrol", "team", "station", "item"]

_DEFAULTS: Final[dict[Choice, str]] = {
    "lang": wording.LANGUAGES[0],
    "school": "",
    "slice": "all",
    "profile": rules.DEFAULT_PROFILE,
    "venue": "",
    "plan": "",
    "device": "",
    "patrol": "",
    "team": "",
    "station": "",
    "item": "",
}
_LONGEST_QUERY: Final = 200  # characters; ids are far shorter, and an address is untrusted


@dataclass(frozen=True)
class Choices:
    """
    The user's choices: ids or empty.

    ``device`` is one of the plan, ``team`` and ``station`` are of the patrol, ``item`` is one of the ledger.
    """

    lang: str
    school: str
    slice: str
    profile: str
    venue: str
    plan: str
    device: str
    patrol: str
    team: str
    station: str
    item: str


def restore() -> Choices:
    """
    Choices of this run; call first of all, from ``app.py``.

    A new session takes them from the address, later runs from the session. Values are not checked here against data
    (an unknown school id is simply not found by the page); an unknown language falls back to the default.
    """
    for name, default in _DEFAULTS.items():
        if _key(name) not in st.session_state:
            asked = str(st.query_params.get(name, default))
            known = name != "lang" or asked in wording.LANGUAGES
            st.session_state[_key(name)] = asked if known and len(asked) <= _LONGEST_QUERY else default
        _mirror(name)
    return current()


def current() -> Choices:
    """Choices as they stand; defaults where `restore` has not run (a page under test)."""
    return Choices(**{name: str(st.session_state.get(_key(name), default)) for name, default in _DEFAULTS.items()})


def put(name: Choice, value: str | None) -> bool:
    """Set a choice (None = none) in the session and the address; whether that changed it."""
    wanted = value or _DEFAULTS[name]
    changed = bool(st.session_state.get(_key(name), _DEFAULTS[name]) != wanted)
    st.session_state[_key(name)] = wanted
    _mirror(name)
    return changed


def take_widget(name: Choice, widget_key: str) -> None:
    """Take over the value of a widget that edits a choice (its ``on_change``)."""
    put(name, st.session_state[widget_key])


def take(name: Choice, *picks: str | None) -> None:
    """
    Take over the first of several picks that there is (map, grid, ...), and run again if that changes the choice.

    Give the picks of grids through `new_pick`: a grid reports its selection on every run, not only on a click.
    """
    picked = next((pick for pick in picks if pick is not None), None)
    if picked is not None and put(name, picked):
        st.rerun()


def select_school(clicked: Picked | None, row: str | None) -> None:
    """Take over a campus picked on the map, else one newly picked in a grid."""
    take("school", clicked.id if clicked and clicked.layer_id == "schools" else None, new_pick("school", row))


def take_pair(row: str | None) -> None:
    """Take over a pair ``school_id|venue_id`` newly picked in a grid."""
    picked = new_pick("pair", row)
    if picked is None:
        return
    school, venue = picked.split("|", 1)
    changed = [put("school", school), put("venue", venue)]
    if any(changed):
        st.rerun()


def new_pick(key: str, picked: str | None) -> str | None:
    """
    Tell what a grid's selection newly says: None while it is as it was at the last run.

    Without this a grid would at once undo a choice made on the map.
    """
    slot = f"pick.{key}"
    before = st.session_state.get(slot)
    st.session_state[slot] = picked
    return picked if picked != before else None


def note(slot: str, value: object) -> None:
    """Keep something of a page for its next runs, in this browser tab only (not in the address)."""
    st.session_state[f"note.{slot}"] = value


def noted(slot: str) -> Any:  # noqa: ANN401 - whatever was kept
    """What `note` kept, None if nothing."""
    return st.session_state.get(f"note.{slot}")


def _key(name: str) -> str:
    return f"choice.{name}"


def _mirror(name: Choice) -> None:
    value = str(st.session_state[_key(name)])
    if value == _DEFAULTS[name]:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
