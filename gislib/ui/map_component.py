"""
The planner map: an own Streamlit component without iframe, drawn from local data only.

The scripts of ``map_js`` are joined into one; Leaflet and its plugins come from ``static/vendor``. The map object
survives reruns: layers are compared by id and version and fetched by URL, so a rerun sends no geometry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import streamlit as st

from gislib import wording
from gislib.reports.looks import LAYERS
from gislib.reports.symbols import data_uri, look_of, swatch_svg, symbol_data_uri
from gislib.ui import layer_bytes

_SOURCES: Final = Path(__file__).parent / "map_js"
_SCRIPTS: Final = (
    "features.js",
    "canvas.js",
    "labels.js",
    "controls.js",
    "pins.js",
    "toolbar.js",
    "editing.js",
    "component.js",
)
_VENDOR: Final = "app/static/vendor/"
_TEXTS: Final = ("search", "layers", "legend", "north", "none_found", "zoom_in", "zoom_out", "failed")


@dataclass(frozen=True)
class MapLayer:
    """
    One layer of the map.

    Parameters
    ----------
    layer_id
        Unique in the map; comes back with a click.
    look
        Key of `gislib.reports.looks.LAYERS`: how it is drawn and where in the order.
    title
        Name in the layer list, in the interface language.
    content
        GeoJSON FeatureCollection in WGS 84; properties ``id``, ``case``, ``name``, ``rank``, ``tip``, ``at``,
        ``width_m`` (all but ``id`` optional), see `gislib.reports.map_layers`.
    visible
        Shown at first; the user's own switch is kept afterwards.
    toggle
        Listed in the layer control.
    clickable, searchable
        Whether a click or a found name returns its id.
    tiled
        Cut into tiles by a worker of the browser: for layers above some 20,000 lines or areas.
    swatch_case
        Case whose look stands in the layer list.
    """

    layer_id: str
    look: str
    title: str
    content: bytes
    visible: bool = True
    toggle: bool = True
    clickable: bool = False
    searchable: bool = False
    tiled: bool = False
    swatch_case: str = ""


@dataclass(frozen=True)
class Picked:
    """What the user pointed at on the map."""

    layer_id: str
    id: str


@dataclass(frozen=True)
class View:
    """
    Where the map stands at first: ``bounds`` are west, south, east, north in degrees.

    The user's own view is kept as long as ``key`` stays the same; a new key (another campus) moves the map.
    """

    key: str
    bounds: tuple[float, float, float, float]
    max_zoom: float = 17.0


@dataclass(frozen=True)
class LegendItem:
    """One line of a legend: swatch of a case of a look, what it means, and a note (a limit) at the right."""

    look: str
    case: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class LegendSection:
    """Lines of a legend under a title (may be empty)."""

    title: str
    items: tuple[LegendItem, ...]


@dataclass(frozen=True)
class MapFrame:
    """What surrounds the data: legend, credit of the sources, marking of the sheet, height."""

    legend: tuple[LegendSection, ...] = ()
    credit: str = ""
    marking: str = ""
    height_px: int = 610


@lru_cache(maxsize=1)
def _script() -> str:
    return "\n".join((_SOURCES / name).read_text("utf-8") for name in _SCRIPTS)


@lru_cache(maxsize=1)
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component(
        "huxuetu_map",
        html='<div class="hxt-map" role="application"></div>',
        js=_script(),
        css=(_SOURCES / "map.css").read_text("utf-8"),
        isolate_styles=False,
    )


@lru_cache(maxsize=1)
def _looks() -> bytes:
    """Every look and symbol as one JSON file, fetched once by the browser."""
    symbols = sorted({look.symbol for layer in LAYERS.values() for look in layer.cases.values() if look.symbol})
    content = {
        "layers": {name: asdict(layer) for name, layer in LAYERS.items()},
        "symbols": {name: symbol_data_uri(name) for name in symbols},
    }
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def _swatch(look: str, case: str) -> str:
    found = look_of(look, case)
    return symbol_data_uri(found.symbol) if found.symbol and not found.outline else data_uri(swatch_svg(look, case))


def _layer_message(key: str, layer: MapLayer) -> dict[str, object]:
    url = layer_bytes.publish(layer.content, f"{key}.{layer.layer_id}")
    return {
        "id": layer.layer_id,
        "look": layer.look,
        "title": layer.title,
        "url": url,
        "version": url,
        "visible": layer.visible,
        "toggle": layer.toggle,
        "clickable": layer.clickable,
        "searchable": layer.searchable,
        "tiled": layer.tiled,
        "swatch": _swatch(layer.look, layer.swatch_case),
    }


def _legend_message(section: LegendSection) -> dict[str, object]:
    items = [{"swatch": _swatch(item.look, item.case), "text": item.text, "note": item.note} for item in section.items]
    return {"title": section.title, "items": items}


def planner_map(
    key: str, layers: Sequence[MapLayer], view: View, frame: MapFrame, selected: Picked | None = None, lang: str = "zh"
) -> Picked | None:
    """
    Draw the map; return what was clicked (or chosen in its search box) since the last run, else nothing.

    Parameters
    ----------
    key
        Unique on the page; the same key on every run keeps the same map object.
    layers
        Drawn in the order of their looks, whatever their order here.
    view
        First view; later runs keep the user's own while ``view.key`` is the same.
    frame
        Legend, credit, marking, height.
    selected
        Highlighted, and moved into view if it is outside.
    lang
        ``zh`` or ``en``, the language of its controls.
    """
    return picked_of(mount(message(key, layers, view, frame, selected, lang), frame.height_px))


def message(
    key: str, layers: Sequence[MapLayer], view: View, frame: MapFrame, selected: Picked | None, lang: str
) -> dict[str, object]:
    """Content of the map for the browser, see `planner_map`; it names the layers' URLs, not their geometry."""
    return {
        "key": key,
        "base": _VENDOR,
        "height": frame.height_px,
        "view": {"key": view.key, "bounds": list(view.bounds), "max_zoom": view.max_zoom},
        "select": None if selected is None else {"layer": selected.layer_id, "id": selected.id},
        "looks_url": layer_bytes.publish(_looks(), f"{key}._looks"),
        "layers": [_layer_message(key, layer) for layer in layers],
        "legend": [_legend_message(section) for section in frame.legend],
        "credit": frame.credit,
        "marking": frame.marking,
        "text": {name: wording.text(f"map.{name}", lang) for name in _TEXTS},
    }


def mount(data: Mapping[str, object], height_px: int, on_edited: Callable[[], None] | None = None) -> Mapping[str, Any]:
    """
    Put the map on the page; returns what came back from it: ``clicked`` and ``edited``, mostly missing.

    Streamlit delivers a value only for a name that has a callback; ``on_edited`` runs before the script does.
    """
    answer = _component()(
        key=str(data["key"]),
        data=data,
        height=height_px,
        on_clicked_change=_no_action,
        on_edited_change=on_edited or _no_action,
    )
    return dict(answer)


def picked_of(answer: Mapping[str, Any]) -> Picked | None:
    """What was clicked, out of an answer of `mount`."""
    clicked = answer.get("clicked")
    return Picked(clicked["layer"], clicked["id"]) if clicked else None


def _no_action() -> None:
    """Nothing to do before the script runs."""
