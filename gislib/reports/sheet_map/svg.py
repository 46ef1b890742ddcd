"""SVG text in millimetres: paths, lettering and symbols. All lettering is escaped and printable."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import shapely

from gislib.domain.arrays import Shapes
from gislib.reports.fonts import printable
from gislib.reports.symbols import symbol_svg

AREA: Final = 2
_RINGS: Final = re.compile(r"\(([^()]+)\)")
"""Coordinates between the innermost brackets of a shape as text."""
HALO = "#FFFFFF"
HALO_EM = 0.32
"""Width of the white rim around lettering, in multiples of its size."""


def number(value: float) -> str:
    """Millimetres to 0.01."""
    return f"{round(float(value), 2) + 0.0:g}"


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """One element; ``_`` in a name stands for ``-``, None is left out, numbers are cut to 0.01."""
    parts = [f' {name.strip("_").replace("_", "-")}="{_value(v)}"' for name, v in attributes.items() if v is not None]
    head = f"<{tag}{''.join(parts)}"
    return f"{head}>{content}</{tag}>" if content else f"{head}/>"


def group(parts: Iterable[str], /, **attributes: object) -> str:
    """``<g>`` around the parts; empty text for none."""
    content = "".join(parts)
    return element("g", content, **attributes) if content else ""


def outlines(shapes: Shapes) -> str:
    """Path data of lines and areas in millimetres to 0.01, all written at once; points and empty shapes give none."""
    parts = shapely.get_parts(shapely.get_parts(shapes))  # of a collection of several lines too
    parts = parts[(shapely.get_dimensions(parts) > 0) & ~shapely.is_empty(parts)]
    if not len(parts):
        return ""
    flat = shapely.force_2d(parts)
    rounded = shapely.set_coordinates(flat, np.round(shapely.get_coordinates(flat), 2) + 0.0)
    told = shapely.to_wkt(rounded, rounding_precision=2, trim=True)
    return "".join(
        _closed(ring) if closed else f"M{ring}"
        for text, closed in zip(told.tolist(), (shapely.get_dimensions(parts) == AREA).tolist(), strict=True)
        for ring in _RINGS.findall(text)
    ).replace(",", "")


def _closed(ring: str) -> str:
    """Ring without its first point at its end again."""
    return f"M{ring[: ring.rindex(',')]}Z"


def path(shapes: Iterable[Any], /, **attributes: object) -> str:
    """One path of all shapes; empty text if nothing is to be drawn."""
    data = outlines(np.asarray(shapes if isinstance(shapes, np.ndarray) else list(shapes), dtype=object))
    return element("path", d=data, **attributes) if data else ""


def lettering(x_mm: float, y_mm: float, words: str, size_mm: float, **attributes: object) -> str:
    """Words centred on a point with a white rim; attributes may say otherwise."""
    plain = {
        "x": x_mm,
        "y": y_mm,
        "font_size": size_mm,
        "text_anchor": "middle",
        "dominant_baseline": "central",
        "paint_order": "stroke",
        "stroke": HALO,
        "stroke_width": size_mm * HALO_EM,
        "stroke_linejoin": "round",
    }
    return element("text", html.escape(printable(words)), **(plain | attributes))


def symbol(name: str, x_mm: float, y_mm: float, side_mm: float, *, mono: bool) -> str:
    """Symbol of ``data/symbols`` centred on a point."""
    drawn = symbol_svg(name, mono=mono)
    inner = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    inner = inner[inner.index("</title>") + len("</title>") :] if "</title>" in inner else inner
    left, top, side = (number(value) for value in (x_mm - side_mm / 2, y_mm - side_mm / 2, side_mm))
    return f'<svg x="{left}" y="{top}" width="{side}" height="{side}" viewBox="0 0 24 24">{inner}</svg>'


def symbol_title(name: str) -> str:
    """Chinese name that a symbol file carries; its file name if it carries none."""
    _, opened, rest = symbol_svg(name).partition("<title>")
    return html.unescape(rest.partition("</title>")[0]) if opened else name


def _value(value: object) -> str:
    return number(float(value)) if isinstance(value, int | float | np.number) else html.escape(str(value))
