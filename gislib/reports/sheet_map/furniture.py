"""Scale bar, north arrow, legend and border of a printed map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gislib.domain.arrays import Floats
from gislib.reports.fonts import printable, width_em
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.boxes import Boxes, around, overlap
from gislib.reports.sheet_map.content import LegendEntry
from gislib.reports.sheet_map.frame import Frame
from gislib.reports.sheet_map.ground import COLOUR, MONO
from gislib.reports.sheet_map.marks import draw_place
from gislib.reports.sheet_map.ways import draw_sample

TEXT_MM: Final = 2.5
ROW_MM: Final = 6.0
STRIP_PAD_MM: Final = 1.2
BAR_MM: Final = 50.0
"""Longest scale bar."""
BAR_PARTS: Final = 4
NORTH_MM: Final = (9.0, 12.0)
_NORTH_EDGE_MM: Final = 2.0
_SYMBOL_MM: Final = 4.2
_GAP_MM: Final = 1.2
_BETWEEN_MM: Final = 4.5
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


def bar_length_m(frame: Frame) -> float:
    """Longest scale bar of 1, 2 or 5 times a power of ten metres that fits."""
    most = BAR_MM / frame.mm_per_m
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in _STEPS if step * power <= most))


def draw_scale_bar(frame: Frame, x_mm: float, y_mm: float) -> str:
    """Two-tone bar with 0, half and whole above it, and the scale as a ratio to its right; ``y_mm``: its lower edge."""
    length = bar_length_m(frame)
    part, height = length * frame.mm_per_m / BAR_PARTS, 1.1
    top = y_mm - height
    drawn = [
        svg.element(
            "rect",
            x=x_mm + k * part,
            y=top,
            width=part,
            height=height,
            fill="#000" if k % 2 == 0 else "#fff",
            stroke="#000",
            stroke_width=0.15,
        )
        for k in range(BAR_PARTS)
    ]
    for share, unit in ((0.0, ""), (0.5, ""), (1.0, " m")):
        words = f"{length * share:g}{unit}"
        shift = (width_em(words) - width_em(words.removesuffix(unit))) * TEXT_MM / 2
        at = x_mm + share * BAR_PARTS * part + shift
        drawn.append(svg.lettering(at, top - TEXT_MM * 0.62, words, TEXT_MM, stroke="none"))
    ratio = x_mm + BAR_PARTS * part + 8.5
    drawn.append(
        svg.lettering(ratio, top - TEXT_MM * 0.62, f"1:{frame.scale:g}", TEXT_MM, stroke="none", text_anchor="start")
    )
    return "".join(drawn)


def north_box(frame: Frame, dots: Floats) -> Boxes:
    """Corner for the north arrow in which no place lies: top right, top left, bottom right, bottom left."""
    wide, high = NORTH_MM
    right, left = frame.width_mm - _NORTH_EDGE_MM - wide / 2, _NORTH_EDGE_MM + wide / 2
    top, bottom = _NORTH_EDGE_MM + high / 2, frame.height_mm - _NORTH_EDGE_MM - high / 2
    corners = around(np.array([(right, top), (left, top), (right, bottom), (left, bottom)]), wide, high)
    hidden = overlap(corners, around(dots, 2.0, 2.0)) if len(dots) else np.zeros(len(corners))
    return corners[[int(np.argmin(hidden))]]


def draw_north(box: Boxes, north: str) -> str:
    """Arrow that points up, half black, under the word for north."""
    left, top, right, bottom = box[0]
    x, tip, foot = (left + right) / 2, top + 4.0, bottom - 0.8
    notch, wing = foot - 2.0, 2.1
    n = svg.number
    dark = f"M{n(x)} {n(tip)}L{n(x - wing)} {n(foot)}L{n(x)} {n(notch)}Z"
    pale = f"M{n(x)} {n(tip)}L{n(x + wing)} {n(foot)}L{n(x)} {n(notch)}Z"
    return (
        svg.element("path", d=dark, fill="#000", stroke="#000", stroke_width=0.2, stroke_linejoin="round")
        + svg.element("path", d=pale, fill="#fff", stroke="#000", stroke_width=0.2, stroke_linejoin="round")
        + svg.lettering(x, top + 1.9, north, 3.0, font_weight=700)
    )


def strip_height(width_mm: float, legend: Sequence[LegendEntry]) -> float:
    """Millimetres that the strip under the map takes."""
    rows = max((row for row, _ in _legend_places(width_mm, legend)), default=0) + 1
    return max(rows * ROW_MM + 2 * STRIP_PAD_MM, 9.0)


def draw_strip(frame: Frame, legend: Sequence[LegendEntry], *, mono: bool) -> str:
    """Scale bar and legend below the map, on white: they hide nothing."""
    height = strip_height(frame.width_mm, legend)
    top = frame.height_mm
    drawn = [svg.element("rect", x=0, y=top, width=frame.width_mm, height=height, fill="#fff")]
    drawn.append(draw_scale_bar(frame, 4.0, top + height / 2 + 2.4))
    for entry, (row, x) in zip(legend, _legend_places(frame.width_mm, legend), strict=True):
        y = top + STRIP_PAD_MM + (row + 0.5) * ROW_MM
        drawn.append(_legend_symbol(entry, x + _SYMBOL_MM / 2, y, mono=mono))
        words = x + _SYMBOL_MM + _GAP_MM
        drawn.append(svg.lettering(words, y, entry.text, TEXT_MM, stroke="none", text_anchor="start"))
    return "".join(drawn)


def draw_border(frame: Frame, strip_mm: float) -> str:
    """Line around the map and its strip, and between them."""
    line = {"fill": "none", "stroke": "#000", "stroke_width": 0.25}
    whole = svg.element(
        "rect", x=0.13, y=0.13, width=frame.width_mm - 0.26, height=frame.height_mm + strip_mm - 0.26, **line
    )
    return whole + svg.element("path", d=f"M0 {svg.number(frame.height_mm)}H{svg.number(frame.width_mm)}", **line)


def _legend_places(width_mm: float, legend: Sequence[LegendEntry]) -> list[tuple[int, float]]:
    """Row and left edge of every entry, to the right of the scale bar; rows break where the strip ends."""
    start = BAR_MM + 26.0
    places, row, x = [], 0, start
    for entry in legend:
        width = _SYMBOL_MM + _GAP_MM + width_em(printable(entry.text)) * TEXT_MM
        if x + width > width_mm - 2.0 and x > start:
            row, x = row + 1, start
        places.append((row, x))
        x += width + _BETWEEN_MM
    return places


def _legend_symbol(entry: LegendEntry, x: float, y: float, *, mono: bool) -> str:
    if entry.symbol is not None:
        return svg.symbol(entry.symbol, x, y, _SYMBOL_MM, mono=mono or entry.mono)
    if entry.kind == "place":
        return draw_place(x, y)
    if entry.kind in {"served", "passed", "laid"}:
        return draw_sample(x, y, _SYMBOL_MM, served=entry.kind == "served", laid=entry.kind == "laid")
    inks = MONO if mono else COLOUR
    wide, high = _SYMBOL_MM, _SYMBOL_MM * 0.66
    return svg.element(
        "rect",
        x=x - wide / 2,
        y=y - high / 2,
        width=wide,
        height=high,
        fill=inks.campus,
        stroke="#000",
        stroke_width=0.5,
    )
