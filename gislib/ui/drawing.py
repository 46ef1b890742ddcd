"""Parts that all charts are drawn with: the SVG frame, a scale, round ticks, and words over a drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from gislib.reports.looks import FONTS

_TICK_STEPS: Final = (1, 2, 2.5, 5, 10)

Placing = Callable[[float], float]
"""Metres (or another quantity) to pixels along an axis."""


def placing(left: float, right: float, top: float, bottom: float = 0.0) -> Placing:
    """Scale on which ``bottom`` stands at pixel ``left`` and ``top`` at pixel ``right``."""
    return lambda value: left + (value - bottom) / (top - bottom) * (right - left)


def svg(width: float, height: float, body: str, title: str = "") -> str:
    """SVG text of a drawing; without a title it is decorative."""
    label = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONTS}" {label}>{body}</svg>'
    )


def words(x: float, y: float, text: str, colour: str, *, bold: bool = False, shift: int = -50) -> str:
    """Words over a drawing; ``shift`` in percent of their own width."""
    style = (
        f"position:absolute;left:{x:.1f}px;top:{y:g}px;transform:translateX({shift}%);white-space:nowrap;"
        f"font-size:12px;line-height:14px;color:{colour};font-weight:{600 if bold else 400}"
    )
    return f'<span style="{style}">{escape(text)}</span>'


def ticks(top: float) -> Sequence[float]:
    """Four to six round values from 0 below ``top``; 0 alone where nothing is above it."""
    if top <= 0:
        return [0.0]
    rough = top / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(k * power for k in _TICK_STEPS if k * power >= rough)
    return [i * step for i in range(int(top / step) + 1)]


def number(value: float | None) -> float | None:
    """Value as a float; None for a missing one (None, NaN)."""
    if value is None:
        return None
    found = float(value)
    return None if math.isnan(found) else found
