"""
Editing of one point layer of the planner map: what the user may do, what was done, and why a place is refused.

The browser only tells what was asked (`Act`); the page changes the plan and answers with a new version of the layer.
Acts carry a serial that the page gives back (``Editing.answered``): the browser sends the next one only then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import streamlit as st

from gislib import wording
from gislib.reports.symbols import symbol_data_uri
from gislib.ui.map_component import MapFrame, MapLayer, Picked, View, message, mount, picked_of

Action = Literal["add", "move", "turn", "remove", "undo", "redo"]
ACTIONS: Final[tuple[Action, ...]] = ("add", "move", "turn", "remove", "undo", "redo")
_TEXTS: Final = (*ACTIONS, "busy", "close", "hint_add", "hint_move", "hint_zoom")


@dataclass(frozen=True)
class Act:
    """
    One thing the user did.

    ``id`` (of the layer's feature) with ``move``, ``turn`` and ``remove``; ``treatment`` (of a `Tool`) with ``add``;
    ``lon`` and ``lat`` in WGS 84 degrees with ``add`` and ``move``, else None.
    """

    serial: str
    action: Action
    id: str
    treatment: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Tool:
    """What can be added: its id, title and symbol file."""

    id: str
    title: str
    symbol: str


@dataclass(frozen=True)
class Notice:
    """
    Box inside the map, with a line to what it is about.

    ``id`` names a feature of the edited layer, else ``at`` a place (longitude, latitude); without both there is no
    line. ``source`` is the rule behind, ``next`` what to do. ``rest``: further lines, opened by a click on ``more``.
    """

    kind: Literal["refused", "conflict", "verify"]
    title: str
    lines: tuple[str, ...] = ()
    source: str = ""
    next: str = ""
    id: str = ""
    at: tuple[float, float] | None = None
    more: str = ""
    rest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Editing:
    """
    State of the editing of ``layer``.

    ``open``: the user may change something. ``undo``, ``redo``: there is a step to take back or to do again.
    ``answered``: serial of the last act that was dealt with. ``selected``: id of the highlighted feature. ``lang``: of
    the tools.
    """

    layer: str
    tools: Sequence[Tool]
    open: bool = True
    undo: bool = False
    redo: bool = False
    answered: str = ""
    notice: Notice | None = None
    selected: str = ""
    lang: str = "zh"
    actions: Sequence[Action] = ACTIONS
    """Buttons that are there at all."""


def editable_map(
    layers: Sequence[MapLayer],
    view: View,
    frame: MapFrame,
    editing: Editing,
    on_act: Callable[[Act], None],
    key: str,
) -> Picked | None:
    """
    Draw the planner map with the editing tools; returns what was clicked since the last run, else nothing.

    Parameters
    ----------
    layers, view, frame, key
        See `gislib.ui.map_component.planner_map`.
    editing
        Which of the layers is edited and how it stands.
    on_act
        Called before the script runs again, so that the same run draws its outcome. It must not write to the page.
    """
    selected = Picked(editing.layer, editing.selected) if editing.selected else None
    data = message(key, layers, view, frame, selected, editing.lang) | {"editing": _message(editing)}
    return picked_of(mount(data, frame.height_px, lambda: _deliver(key, on_act)))


def _deliver(key: str, on_act: Callable[[Act], None]) -> None:
    act = act_of(st.session_state[key].get("edited"))
    if act is not None:
        on_act(act)


def act_of(sent: Mapping[str, Any] | None) -> Act | None:
    """Act that the browser sent; None if it is not one (what comes from a browser is not trusted)."""
    if not sent or sent.get("action") not in ACTIONS:
        return None
    lon, lat = (_degrees(sent.get(name), most) for name, most in (("lon", 180.0), ("lat", 90.0)))
    if sent["action"] in ("add", "move") and (lon is None or lat is None):
        return None
    texts = {name: str(sent.get(name) or "") for name in ("serial", "id", "treatment")}
    return Act(action=sent["action"], lon=lon, lat=lat, **texts)


def _degrees(value: object, most: float) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and abs(float(value)) <= most else None  # type: ignore[arg-type]


def _message(editing: Editing) -> dict[str, object]:
    notice = editing.notice
    return {
        "layer": editing.layer,
        "open": editing.open,
        "actions": list(editing.actions),
        "undo": editing.open and editing.undo,
        "redo": editing.open and editing.redo,
        "answered": editing.answered,
        "tools": [
            {"id": tool.id, "title": tool.title, "symbol": symbol_data_uri(tool.symbol)} for tool in editing.tools
        ],
        "notice": None if notice is None else asdict(notice),
        "text": {name: wording.catalogue(editing.lang)[f"map_edit.{name}"] for name in _TEXTS},
    }
