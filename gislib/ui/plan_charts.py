"""
Charts of plans of measures: what each budget buys, and campuses before and after.

As in `gislib.ui.charts` nothing is computed here: loads and scores come published, a missing one is left out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gislib.reports.looks import GRID, INK, MUTED, NAVY, SOFT_INK, grade_symbol
from gislib.ui.drawing import Placing, placing, svg, ticks
from gislib.ui.drawing import words as put
from gislib.ui.picture import Html, picture, safe, symbol_picture

_THOUSAND: Final = 1_000.0
_ROOM: Final = 1.25
"""So far the axis of budgets goes on where more money buys nothing."""
_CHOSEN: Final = "#B26A00"
_RAIL: Final = "#7E8B97"
_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 40.0, 16.0, 24.0, 20.0
_HEIGHT_PX: Final = 168.0
ROW_PX: Final = 23
_GREEDY: Final = "#5FA8D3"
"""Light enough to be seen on the best line, where the greedy plan is the best one."""
_NAME_PX: Final = 122.0
_FIGURE_PX: Final = 34.0
_GAP_PX: Final = 6.0
_MARK_PX: Final = 12.0
_LABEL_PX: Final = 96.0
"""Room of the word of a limit above the dumbbells."""
_HEAD_PX: Final = 20.0
_SCORE_STEP: Final = 10.0


@dataclass(frozen=True)
class BudgetPoint:
    """One budget in ten thousand yuan with what it takes off, and what the greedy plan does."""

    budget: float
    value: float
    greedy: float


def frontier_chart(
    points: Sequence[BudgetPoint], chosen: BudgetPoint | None, words: Mapping[str, str], width: int = 424
) -> Html:
    """
    Budget against what it takes off, both from zero: the best plans as dots, the greedy ones dashed.

    Parameters
    ----------
    points
        Budgets ascending; without any nothing is shown.
    chosen
        The plan on the screen, ringed: its cost and what it takes off (its ``greedy`` is not drawn).
    words
        ``value`` (title of the upright axis), ``budget`` (unit of the other), ``best``, ``greedy``, ``alt``.
    """
    if not points:
        return Html("")
    height = _HEIGHT_PX
    points, line = _until_all_is_bought(points, chosen)
    most_x = max(point.budget for point in line) or 1.0
    most_y = max(point.value for point in line) or 1.0
    x = placing(_LEFT_PX, width - _RIGHT_PX, most_x * 1.02)
    y = placing(height - _BOTTOM_PX, _TOP_PX, most_y * 1.06)
    body = "".join(f'<path d="M{_LEFT_PX} {y(v):.1f}H{width - _RIGHT_PX}" stroke="{GRID}"/>' for v in ticks(most_y))
    if chosen:
        body += (
            f'<path d="M{x(chosen.budget):.1f} {y(chosen.value):.1f}V{y(0):.1f}" stroke="{_CHOSEN}" stroke-width="1.6" '
            'stroke-dasharray="3 2.5"/>'
        )
    above = [p for p in line if p in points or p.value > _on_line(points, p.budget)]
    body += _line([(x(0), y(0)), *((x(p.budget), y(p.value)) for p in above)], NAVY, 3)
    body += _line([(x(0), y(0)), *((x(p.budget), y(p.greedy)) for p in points if p.greedy >= 0)], _GREEDY, 1.6, "4 3")
    body += "".join(f'<circle cx="{x(p.budget):.1f}" cy="{y(p.value):.1f}" r="3.6" fill="{NAVY}"/>' for p in points)
    if chosen:
        body += (
            f'<circle cx="{x(chosen.budget):.1f}" cy="{y(chosen.value):.1f}" r="6" fill="#FFFFFF" stroke="{_CHOSEN}" '
            'stroke-width="2.6"/>'
        )
    *inner, end = ticks(most_x)
    figures = [put(x(v), height - _BOTTOM_PX + 4, _figure(v), SOFT_INK) for v in inner]
    figures.append(put(x(end), height - _BOTTOM_PX + 4, f"{_figure(end)} {words['budget']}", SOFT_INK, shift=-80))
    figures += [put(_LEFT_PX - 6, y(v) - 7, _figure(v), SOFT_INK, shift=-100) for v in ticks(most_y)]
    last = points[-1]
    figures += [
        put(_LEFT_PX, 0, words["value"], SOFT_INK, shift=0),
        put(width - _RIGHT_PX, y(last.value) - 21, words["best"], NAVY, bold=True, shift=-100),
        put(width - _RIGHT_PX, height - _BOTTOM_PX - 19, words["greedy"], SOFT_INK, shift=-100),
    ]
    return _framed(picture(svg(width, height, body), words["alt"]), figures, width, height)


def _until_all_is_bought(
    points: Sequence[BudgetPoint], chosen: BudgetPoint | None
) -> tuple[list[BudgetPoint], list[BudgetPoint]]:
    """Budgets up to the first that buys everything that can be bought; the same with the plan in its place."""
    line = sorted([*points, chosen] if chosen else points, key=lambda p: (p.budget, p.value))
    most = max(p.value for p in points)
    enough = min(p.budget for p in line if p.value >= most)
    end = max([enough * _ROOM, *([chosen.budget] if chosen else [])])
    kept = [p for p in points if p.budget <= end] or [BudgetPoint(end, most, math.nan)]
    return kept, sorted([*kept, chosen] if chosen else kept, key=lambda p: (p.budget, p.value))


def _on_line(points: Sequence[BudgetPoint], budget: float) -> float:
    """What the line of the budgets says of another one."""
    return float(np.interp(budget, [0.0, *(p.budget for p in points)], [0.0, *(p.value for p in points)]))


def _figure(value: float) -> str:
    """Round figure of an axis, never in powers of ten."""
    return f"{value:,.0f}" if value >= _THOUSAND else f"{value:g}"


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"{dashed}/>'


@dataclass(frozen=True)
class BeforeAfter:
    """Score 0..100 of a campus today and with the plan, and the grade that the latter gives."""

    name: str
    before: float
    after: float
    grade_after: str


def dumbbells(rows: Sequence[BeforeAfter], limits: Mapping[str, float], width: int = 424, alt: str = "") -> Html:
    """
    One line per campus from its score today (ring) to that with the plan (symbol of its grade).

    Parameters
    ----------
    rows
        In the order shown; none gives nothing. The axis starts at the round figure below the lowest score.
    limits
        Words of a lower limit of a grade -> score; drawn as a dotted line if it lies on the axis.
    width, alt
        Pixels; what the picture says.
    """
    if not rows:
        return Html("")
    values = [value for row in rows for value in (row.before, row.after)]
    low = _SCORE_STEP * math.floor(min(values) / _SCORE_STEP)
    high = max(_SCORE_STEP * math.ceil(max(values) / _SCORE_STEP), low + _SCORE_STEP)
    x = placing(_NAME_PX + _GAP_PX + _FIGURE_PX + _MARK_PX, width - _FIGURE_PX - _MARK_PX, high, low)
    height = _HEAD_PX + ROW_PX * len(rows)
    shown = {text: value for text, value in limits.items() if low < value < high}
    body = "".join(
        f'<path d="M{x(value):.1f} {_HEAD_PX - 3}V{height}" stroke="#8B96A1" stroke-dasharray="2 3"/>'
        for value in shown.values()
    )
    body += "".join(_rail(row, x, _HEAD_PX + ROW_PX * (i + 0.5)) for i, row in enumerate(rows))
    labels = _limit_words({text: x(value) for text, value in shown.items()})
    for i, row in enumerate(rows):
        labels += _row_labels(row, x, _HEAD_PX + ROW_PX * (i + 0.5))
    return _framed(picture(svg(width, height, body), alt), labels, width, height)


def _limit_words(places: Mapping[str, float]) -> list[str]:
    """Words above their lines; two that would touch end and begin at theirs."""
    at = sorted(places.items(), key=lambda pair: pair[1])
    near = any(right[1] - left[1] < _LABEL_PX for left, right in itertools.pairwise(at))
    shifts = [-100 if near and number == 0 else 0 if near else -50 for number in range(len(at))]
    asides = [(50 + shift) * _GAP_PX / 100 for shift in shifts]
    return [
        put(place + aside, 0, text, SOFT_INK, shift=shift)
        for (text, place), shift, aside in zip(at, shifts, asides, strict=True)
    ]


def _rail(row: BeforeAfter, x: Placing, y: float) -> str:
    ring = f'<circle cx="{x(row.before):.1f}" cy="{y}" r="4.4" fill="#FFFFFF" stroke="{SOFT_INK}" stroke-width="1.8"/>'
    return f'<path d="M{x(row.after):.1f} {y}H{x(row.before):.1f}" stroke="{_RAIL}" stroke-width="2.6"/>{ring}'


def _row_labels(row: BeforeAfter, x: Placing, y: float) -> list[str]:
    left, right = sorted((x(row.before), x(row.after)))
    name = (
        f'<span style="position:absolute;left:0;top:{y - 9:g}px;width:{_NAME_PX:g}px;font-size:13px;line-height:18px;'
        f'text-align:right;white-space:nowrap;overflow:hidden;text-overflow:ellipsis">{safe(row.name)}</span>'
    )
    symbol = (
        f'<span style="position:absolute;left:{x(row.after) - 7.5:.1f}px;top:{y - 8:g}px;line-height:0">'
        f"{symbol_picture(grade_symbol(row.grade_after), 15)}</span>"
    )
    after_at, after_shift = (left - 12, -100) if row.after <= row.before else (right + 12, 0)
    before_at, before_shift = (right + 9, 0) if row.after <= row.before else (left - 9, -100)
    return [
        name,
        symbol,
        put(after_at, y - 7, f"{row.after:.1f}", INK, bold=True, shift=after_shift),
        put(before_at, y - 7, f"{row.before:.1f}", MUTED, shift=before_shift),
    ]


def _framed(drawing: str, labels: Sequence[str], width: float, height: float) -> Html:
    style = f"position:relative;width:{width:g}px;height:{height:g}px;line-height:0"
    return Html(f'<div style="{style}">{drawing}{"".join(labels)}</div>')
