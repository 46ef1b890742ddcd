"""
Small charts as SVG text (shown by `gislib.ui.picture`): every colour has a shape, pattern or word beside it.

Nothing here rounds, ranks or decides: values come published (`methods.md` section 9) and are only placed. A missing
value is drawn as missing ("?", dashed), never as zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gislib.reports.glyphs import width_px, word_svg
from gislib.reports.looks import (
    CHIPS,
    CONFIDENCE,
    FAMILIES,
    HAIRLINE,
    INK,
    MUTED,
    STRAIGHT,
    TOLERANCE,
    WALK,
)
from gislib.ui.drawing import Placing, number, placing, svg, ticks
from gislib.ui.drawing import words as put
from gislib.ui.picture import Html, picture

_BAR: Final = "#5B6B7A"
_BAR_PX: Final = 9
_CHIP_PX: Final = 11.0
_RAIL: Final = "#C5CDD6"
_STACKED_PX: Final = 72  # top of a figure that found no room above the axis
_LABEL_PX: Final = 90  # room of one figure with its word on the number line


def _patterns() -> str:
    """Fill of each hazard family: ids ``family-NAME``."""
    drawings = {
        "solid": "",
        "diagonal": '<path d="M-2 2 2 -2M-2 10 10 -2M6 10 10 6" stroke="#FFFFFF" stroke-width="1.4"/>',
        "horizontal": '<path d="M0 2H8M0 6H8" stroke="#FFFFFF" stroke-width="1.4"/>',
        "dots": '<circle cx="2" cy="2" r="1.1" fill="#7A5B1E"/><circle cx="6" cy="6" r="1.1" fill="#7A5B1E"/>',
    }
    patterns = "".join(
        f'<pattern id="family-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{look.fill}"/>{drawings[look.pattern]}</pattern>'
        for name, look in FAMILIES.items()
    )
    return f"<defs>{patterns}</defs>"


def contribution_bar(shares: Mapping[str, float | None], width: int = 422, height: int = 20, title: str = "") -> str:
    """
    Shares of the hazard families as one bar, in the families' own order.

    Parameters
    ----------
    shares
        Family -> share in 0..1; missing or NaN = the family is unknown and takes no room. All zero or unknown gives an
        empty dashed bar.
    """
    known = {name: number(shares.get(name)) for name in FAMILIES}
    total = sum(value for value in known.values() if value is not None)
    if total <= 0:
        frame = f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" fill="none" stroke="{MUTED}"'
        return svg(width, height, f'{frame} stroke-dasharray="3 2"/>', title)
    body, x = _patterns(), 0.0
    for name, value in known.items():
        if not value:
            continue
        piece = value / total * width
        body += f'<rect x="{x:.1f}" width="{max(piece - 1.5, 0.5):.1f}" height="{height}" fill="url(#family-{name})"/>'
        x += piece
    return svg(width, height, body, title)


def family_swatch(family: str, side: int = 12) -> str:
    """Small square in a family's fill."""
    return svg(side, side, f'{_patterns()}<rect width="{side}" height="{side}" fill="url(#family-{family})"/>')


def index_bar(value: float | None, width: int = 60, height: int = 9) -> str:
    """Index 0..100 as a bar on a pale track, in the middle of ``height``; a missing one is a dashed track."""
    known, top = number(value), (height - _BAR_PX) / 2
    if known is None:
        frame = (
            f'<rect x=".5" y="{top + 0.5:g}" width="{width - 1}" height="{_BAR_PX - 1}" fill="none" stroke="#8B96A1"'
        )
        return svg(width, height, f'{frame} stroke-dasharray="2 2"/>')
    filled = max(0.0, min(100.0, known)) / 100 * width
    track = f'<rect y="{top:g}" width="{width}" height="{_BAR_PX}" fill="{HAIRLINE}"/>'
    return svg(width, height, f'{track}<rect y="{top:g}" width="{filled:.1f}" height="{_BAR_PX}" fill="{_BAR}"/>')


def confidence_bar(counts: Mapping[str, int], width: int = 420, height: int = 22, title: str = "") -> str:
    """Numbers of campuses by confidence class A to D, in proportion; each class keeps room for its figure."""
    shown = {name: counts.get(name, 0) for name in CONFIDENCE if counts.get(name, 0) > 0}
    if not shown:
        return svg(width, height, "", title)
    least, gap = 30.0, 2.0
    room = width - gap * (len(shown) - 1) - least * len(shown)
    total = sum(shown.values())
    body, x = "", 0.0
    for name, count in shown.items():
        fill, ink = CONFIDENCE[name]
        piece = least + room * count / total
        edge = f' stroke="{MUTED}" stroke-dasharray="3 2"' if name == "D" else ""
        body += (
            f'<rect x="{x + 0.5:.1f}" y=".5" width="{piece - 1:.1f}" height="{height - 1}" fill="{fill}"{edge}/>'
            f'<text x="{x + piece / 2:.1f}" y="{height / 2}" font-size="12" fill="{ink}" text-anchor="middle" '
            f'dominant-baseline="central">{name} {count}</text>'
        )
        x += piece + gap
    return svg(width, height, body, title)


def chip(code: str, text: str, height: int = 22) -> str:
    """Word in its outlined box as a picture for a table cell; its title says the word."""
    look = CHIPS.get(code, CHIPS["unknown"])
    width = width_px(text, _CHIP_PX) + 10
    dash = {"dashed": "3 2", "dotted": "1 2"}.get(look.style, "")
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    box = (
        f'<rect x=".5" y="2.5" width="{width - 1:.1f}" height="{height - 5}" rx="3" fill="{look.fill}" '
        f'stroke="{look.line}"{dashes}/>'
    )
    return svg(round(width), height, box + word_svg(text, _CHIP_PX, 5, height / 2 + 4, look.text), text)


@dataclass(frozen=True)
class Measured:
    """Distances of a pair in metres: straight, walked, limit, tolerance (half width); missing = not measured."""

    straight_m: float | None
    walk_m: float | None
    limit_m: float | None
    tolerance_m: float | None = None


def distance_graphic(pair: Measured, width: int = 112, height: int = 22) -> str:
    """
    Position of both distances against the limit, for a table cell: diamond straight, circle walked, tick the limit.

    The limit always stands at 52 of 112 px, so that rows compare; a distance beyond twice the limit sits at the rim in
    a double circle.
    """
    middle, left, tick = height / 2, 3.0, 52.0
    limit = number(pair.limit_m)
    if limit is None:
        return svg(width, height, f'<path d="M{left} {middle}H{width - 3}" stroke="{_RAIL}" stroke-dasharray="2 3"/>')
    scale = (tick - left) / limit
    rim = width - 6.0
    body = f'<path d="M{left} {middle}H{tick}" stroke="{_RAIL}" stroke-width="4"/>'
    tolerance = number(pair.tolerance_m)
    if tolerance:
        half = max(tolerance * scale, 1.0)
        body += f'<rect x="{tick - half:.1f}" y="3" width="{2 * half:.1f}" height="{height - 6}" fill="{TOLERANCE}"/>'
    body += f'<path d="M{tick} 3V{height - 3}" stroke="{INK}" stroke-width="1.8"/>'
    body += _marks(pair, lambda metres: min(left + metres * scale, rim), middle, rim)
    return svg(width, height, body)


def _marks(pair: Measured, place: Placing, y: float, rim: float) -> str:
    body = ""
    walk = number(pair.walk_m)
    if walk is not None:
        x = place(walk)
        inner = f'<circle cx="{x:.1f}" cy="{y}" r="1.6" fill="{WALK}"/>' if x >= rim else ""
        body += f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="#FFFFFF" stroke="{WALK}" stroke-width="2"/>{inner}'
    straight = number(pair.straight_m)
    if straight is not None:
        x = place(straight)
        body += f'<path d="M{x:.1f} {y - 5}l5 5-5 5-5-5Z" fill="{STRAIGHT}" stroke="#FFFFFF" stroke-width=".8"/>'
    return body


def number_line(pair: Measured, words: Mapping[str, str], width: int = 376) -> Html:
    """
    Both distances, limit and tolerance on one axis from zero, each labelled.

    Parameters
    ----------
    pair
        At least one distance or the limit must be known, else nothing is shown.
    words
        Labels: ``straight``, ``walk``, ``limit`` (the latter with its tolerance already in words).
    width
        Pixels.
    """
    known = [value for value in map(number, (pair.straight_m, pair.walk_m, pair.limit_m)) if value is not None]
    if not known:
        return Html("")
    top = max(known) * 1.15 or 1.0
    left, right, axis = 8.0, width - 30.0, 18.0
    place = placing(left, right, top)
    body = f'<path d="M{left} {axis}H{right}" stroke="{_RAIL}" stroke-width="4"/>'
    body += "".join(f'<path d="M{place(value):.1f} {axis + 9}v4" stroke="{_RAIL}"/>' for value in ticks(top))
    limit, tolerance = number(pair.limit_m), number(pair.tolerance_m)
    if limit is not None:
        if tolerance:
            start, end = place(max(limit - tolerance, 0.0)), place(limit + tolerance)
            body += f'<rect x="{start:.1f}" y="{axis - 13}" width="{end - start:.1f}" height="26" fill="{TOLERANCE}"/>'
        body += f'<path d="M{place(limit):.1f} {axis - 14}v28" stroke="{INK}" stroke-width="2"/>'
    body += _marks(pair, place, axis, math.inf)
    labels = "".join(put(place(value), 58, f"{value:g}", MUTED) for value in ticks(top))
    if limit is not None:
        labels += put(min(place(limit), right - 30), 0, words["limit"], INK, bold=True)
    labels += _figures(pair, place, words)
    drawing = picture(svg(width, 34, body))
    return Html(f'<div style="position:relative;width:{width}px;height:92px;padding-top:26px">{drawing}{labels}</div>')


def _figures(pair: Measured, place: Placing, words: Mapping[str, str]) -> str:
    """Figures above their marks; of two that would overlap, the second stands on a line of its own below the axis."""
    found = [
        (place(value), words[name], colour)
        for name, value, colour in (
            ("straight", number(pair.straight_m), "#5B1478"),
            ("walk", number(pair.walk_m), WALK),
        )
        if value is not None
    ]
    found.sort()
    close = len(found) > 1 and found[-1][0] - found[0][0] < _LABEL_PX
    tops = (15, _STACKED_PX) if close else (15, 15)
    return "".join(
        put(x, top, text, colour, bold=True, shift=0 if x < _LABEL_PX / 2 else -50)
        for (x, text, colour), top in zip(found, tops, strict=False)
    )
