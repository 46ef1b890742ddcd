"""Lines on a printed map, told apart without colour: routes thick or dashed with arrows, what is laid as a ladder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Shapes
from gislib.reports.looks import TEAMS
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.boxes import Boxes, around, no_boxes
from gislib.reports.sheet_map.content import Way
from gislib.reports.sheet_map.frame import Frame, on_paper

SERVED_MM: Final = 0.95
PASSED_MM: Final = 0.4
RIM_MM: Final = 0.5
PASSED_DASH: Final = "1.6 0.9"
TEAM_MM: Final = 0.75
"""Line of a team on a map of several."""
DASH_MM: Final = 0.26
"""Of a pixel of the dashes on screen."""
ARROW_MM: Final = 2.2
"""Length of an arrowhead."""
APART_MM: Final = 17.0
"""Between two arrows of one line."""
LEAST_MM: Final = 6.0
"""Shorter lines carry no arrow."""
MIDDLE_MM: Final = 11.0
"""From this length on the arrows leave the middle of a line to its number."""
_NEAR_THE_END: Final = 0.85
LAID_MM: Final = 1.3
LAID_RAIL_MM: Final = 0.28
LAID_RUNGS: Final = "0.28 1.2"


def draw_ways(frame: Frame, ways: Sequence[Way]) -> tuple[str, Boxes]:
    """SVG of the ways, and the boxes of their arrowheads."""
    if not ways:
        return "", no_boxes()
    placed = on_paper(frame, np.array([way.line for way in ways], dtype=object))
    own = np.array([bool(way.team) for way in ways], bool)
    served = np.array([way.served for way in ways], bool) & ~own
    passed = ~served & ~own
    style = {"fill": "none", "stroke_linejoin": "round", "stroke_linecap": "butt"}
    drawn = [
        svg.path(placed[passed], stroke="#fff", stroke_width=PASSED_MM + RIM_MM, **style),
        svg.path(placed[passed], stroke="#000", stroke_width=PASSED_MM, stroke_dasharray=PASSED_DASH, **style),
        svg.path(placed[served], stroke="#fff", stroke_width=SERVED_MM + RIM_MM, **style),
        svg.path(placed[served], stroke="#000", stroke_width=SERVED_MM, **style),
    ]
    for name in dict.fromkeys(way.team for way in ways if way.team):
        lines = placed[np.array([way.team == name for way in ways], bool)]
        drawn.append(svg.path(lines, stroke="#fff", stroke_width=TEAM_MM + RIM_MM, **style))
        drawn.append(svg.path(lines, stroke="#000", stroke_width=TEAM_MM, stroke_dasharray=_team_dash(name), **style))
    spots = [spot for line in placed for part in shapely.get_parts(line) for spot in _arrows(part)]
    drawn += [arrowhead(*spot) for spot in spots]
    middles = np.array([(x, y) for x, y, _ in spots]).reshape(-1, 2)
    return "".join(drawn), around(middles, ARROW_MM, ARROW_MM) if spots else no_boxes()


def draw_laid(frame: Frame, lines: Sequence[shapely.Geometry]) -> str:
    """SVG of lines along which something is built: ladders, which no route and no street looks like."""
    return _ladder(on_paper(frame, np.array(list(lines), dtype=object))) if lines else ""


def _ladder(lines: Shapes) -> str:
    style = {"fill": "none", "stroke_linejoin": "round", "stroke_linecap": "butt"}
    return (
        svg.path(lines, stroke="#000", stroke_width=LAID_MM, **style)
        + svg.path(lines, stroke="#fff", stroke_width=LAID_MM - 2 * LAID_RAIL_MM, **style)
        + svg.path(lines, stroke="#000", stroke_width=LAID_MM, stroke_dasharray=LAID_RUNGS, **style)
    )


def _team_dash(name: str) -> str | None:
    """Dash of a team in millimetres; None for a solid line."""
    return " ".join(svg.number(length * DASH_MM) for length in TEAMS[name].dash) or None


def _arrows(line: shapely.LineString) -> list[tuple[float, float, float]]:
    """Places of the arrows of a line on paper with their direction, radians clockwise from the right."""
    if line.geom_type != "LineString" or line.length < LEAST_MM:
        return []
    pairs = max(round(line.length / APART_MM / 2), 1)
    shares = (np.arange(2 * pairs) + 0.5) / (2 * pairs) if line.length >= MIDDLE_MM else np.array([_NEAR_THE_END])
    found = []
    for chain in (shares * line.length).tolist():
        before, at, after = (line.interpolate(chain + step) for step in (-ARROW_MM / 2, 0.0, ARROW_MM / 2))
        found.append((at.x, at.y, float(np.arctan2(after.y - before.y, after.x - before.x))))
    return found


def arrowhead(x: float, y: float, angle: float) -> str:
    """White-rimmed arrowhead."""
    corners = np.array([(0.6, 0.0), (-0.4, -0.5), (-0.4, 0.5)]) * ARROW_MM
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + (x, y)
    return svg.path([shapely.Polygon(turned)], fill="#000", stroke="#fff", stroke_width=0.25)


def draw_sample(
    x_mm: float, y_mm: float, wide_mm: float, *, served: bool = False, laid: bool = False, team: str = ""
) -> str:
    """Piece of a way, of something laid, or of the line of a team, for the legend."""
    line = shapely.LineString([(x_mm - wide_mm / 2, y_mm), (x_mm + wide_mm / 2, y_mm)])
    if laid:
        return _ladder(np.array([line], dtype=object))
    width, dash = (SERVED_MM, None) if served else (PASSED_MM, PASSED_DASH)
    if team:
        width, dash = TEAM_MM, _team_dash(team)
    return svg.path([line], fill="none", stroke="#000", stroke_width=width, stroke_dasharray=dash)
