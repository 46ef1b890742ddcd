"""Map of the items that are listed: picked, moved, and the place of a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from gislib import rules, wording
from gislib.domain.errors import GislibError
from gislib.domain.tables import WGS84
from gislib.planning import ledger
from gislib.planning.session import Session
from gislib.reports import map_layers
from gislib.reports.metadata import Stamp
from gislib.store import item_steps
from gislib.store.items import Save
from gislib.ui import base_map, cache, computing, state, words
from gislib.ui.cache import Snapshot
from gislib.ui.map_component import LegendItem, LegendSection, MapLayer, Picked, View
from gislib.ui.map_editing import Act, Editing, Notice, Tool, editable_map
from gislib.ui.state import Choices

HEIGHT_PX: Final = 296
LAYER: Final = "ledger"
SYMBOLS: Final = {
    "finding": "venue-other", "audit": "school-zone", "water": "hazard-water", "risk": "school",
    "inspection": "guard-post", "manual": "hazard-incident", "import": "hazard-incident", "meeting": "warn-children",
}  # fmt: skip
_URGENT: Final = "ledger_urgent"
_AROUND_DEG: Final = 0.004
"""Half side of what is shown around an item, some 400 m."""
_NEW: Final = "ledger.new"
_ANSWERED: Final = "ledger.answered"
_REFUSED: Final = "ledger.refused"


def show(
    base: tuple[Snapshot, Stamp], items: pd.DataFrame, on_act: Callable[[Act], None] | None, choices: Choices
) -> Picked | None:
    """
    Draw the map; returns what was clicked.

    Parameters
    ----------
    base
        Snapshot and stamp of what the base map shows.
    items
        Listed items, see `gislib.planning.ledger.table`; those without a position are not drawn.
    on_act
        Carries an act out; None for who may only look.
    choices
        Selected item, language.
    """
    taken, stamp = base
    lang = choices.lang
    contents = base_map.contents(taken)
    placed = _placed(items)
    layers = [*base_map.ground(contents, lang), *_layers(placed, lang)]
    frame = base_map.frame((_legend(lang), _sources(placed, lang)), stamp, HEIGHT_PX)
    return editable_map(
        layers, _view(taken, placed, choices.item), frame, _editing(placed, on_act, choices), on_act or _idle, LAYER
    )


def acting(session: Session, items: pd.DataFrame) -> Callable[[Act], None] | None:
    """
    What an act on the map does: note the place of a new item, or move one; None for a viewer.

    ``items``: as drawn; one that somebody saved since is not moved.
    """
    if session.role == "viewer":
        return None
    versions = {str(item_id): int(version) for item_id, version in items["version"].items()}

    def act(done: Act) -> None:
        state.note(_ANSWERED, done.serial)
        state.note(_REFUSED, None)
        if done.action == "add" and done.lon is not None and done.lat is not None:
            state.note(_NEW, (done.lon, done.lat))
        elif done.action == "move":
            try:
                where = {"lon": done.lon, "lat": done.lat}
                ledger.save(session, [Save(done.id, versions.get(done.id, 0), changes=where)])
            except GislibError as problem:
                state.note(_REFUSED, problem)

    return act


def take(clicked: Picked | None) -> None:
    """Take over a picked item."""
    if clicked is not None and clicked.layer_id == LAYER:
        drop_new()
        state.take("item", clicked.id)


def asked_new() -> tuple[float, float] | None:
    """Longitude and latitude at which a new item was asked for and not put down yet."""
    found: tuple[float, float] | None = state.noted(_NEW)
    return found


def drop_new() -> None:
    """Forget the place of a new item."""
    state.note(_NEW, None)


def _idle(_: Act) -> None:
    """Do nothing: who may only look has no tools."""


def _placed(items: pd.DataFrame) -> gpd.GeoDataFrame:
    known = items[items["map_lon"].notna() & items["map_lat"].notna()]
    symbol = known["source"].map(SYMBOLS).where(known["state"] != item_steps.CLOSED, "")
    shapes = gpd.points_from_xy(known["map_lon"], known["map_lat"])
    return gpd.GeoDataFrame(known.assign(symbol=symbol), geometry=shapes, crs=WGS84)


def _layers(placed: gpd.GeoDataFrame, lang: str) -> list[MapLayer]:
    urgent = placed[placed["urgency"] != ""]
    tips = placed.index.to_series() + " · " + placed["title"] if len(placed) else placed["title"]
    told = placed.assign(tip=tips)
    title = wording.text("ledger.layer", lang)
    return [
        MapLayer(_URGENT, _URGENT, "", map_layers.map_layer(urgent, case="urgency"), toggle=False),
        MapLayer(
            LAYER, LAYER, title, map_layers.map_layer(told, case="symbol", tip="tip"), clickable=True,
            swatch_case="open",
        ),
    ]  # fmt: skip


def _view(taken: Snapshot, placed: gpd.GeoDataFrame, item_id: str) -> View:
    """Around the chosen item, else where most items lie, else where most campuses lie."""
    if item_id in placed.index:
        return View(item_id, _around(placed, item_id), 16)
    shown = placed if len(placed) else _campuses(taken)
    return View("ledger", map_layers.core_bounds(shown))


def _around(placed: gpd.GeoDataFrame, item_id: str) -> map_layers.Bounds:
    row = placed.loc[[item_id]]
    lon, lat = float(row["map_lon"].iloc[0]), float(row["map_lat"].iloc[0])
    return lon - _AROUND_DEG, lat - _AROUND_DEG, lon + _AROUND_DEG, lat + _AROUND_DEG


@st.cache_data(max_entries=8, show_spinner=False)
def _campuses(taken: Snapshot) -> gpd.GeoDataFrame:
    schools = cache.base_tables(taken)["schools"]
    return gpd.GeoDataFrame(geometry=schools.representative_point(), crs=schools.crs)


def _editing(placed: gpd.GeoDataFrame, on_act: Callable[[Act], None] | None, choices: Choices) -> Editing:
    lang = choices.lang
    return Editing(
        layer=LAYER,
        tools=(Tool("hazard-incident", wording.text("ledger.tool", lang), "hazard-incident"),),
        open=on_act is not None,
        answered=str(state.noted(_ANSWERED) or ""),
        notice=_notice(lang),
        selected=choices.item if choices.item in placed.index else "",
        lang=lang,
        actions=("add", "move") if on_act is not None else (),
    )


def _notice(lang: str) -> Notice | None:
    problem = state.noted(_REFUSED)
    if not isinstance(problem, GislibError):
        return None
    return Notice("refused", wording.text("ledger.not_moved", lang), (wording.error(problem, lang),))


def _legend(lang: str) -> LegendSection:
    cases = (("ledger_urgent", "overdue"), ("ledger_urgent", "due_soon"), ("ledger", ""))
    days = f"{rules.load().number('ledger.due_soon_days', computing.today()):.0f}"
    items = tuple(
        LegendItem(look, case, words.sentence(wording.text(f"ledger.legend.{name}", lang, days=days)))
        for (look, case), name in zip(cases, ("overdue", "due_soon", "closed"), strict=True)
    )
    return LegendSection("", items)


def _sources(placed: gpd.GeoDataFrame, lang: str) -> LegendSection:
    """Shape of every source of open items on the map; sources of one shape share a line."""
    shown = set(placed.loc[placed["symbol"] != "", "source"])
    names: dict[str, list[str]] = {}
    for source, symbol in SYMBOLS.items():
        if source in shown:
            names.setdefault(symbol, []).append(wording.term("item_source", source, lang))
    between = wording.text("ui.separator", lang)
    items = tuple(LegendItem(LAYER, symbol, words.sentence(between.join(own))) for symbol, own in names.items())
    return LegendSection(words.sentence(wording.text("ledger.legend.open", lang)), items)
