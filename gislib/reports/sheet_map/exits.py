"""Where a way crosses the edge of a printed map: an arrow, and whence it comes or whither it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from gislib.reports.fonts import printable, width_em
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.boxes import Boxes, around, no_boxes, overlap
from gislib.reports.sheet_map.content import Way
from gislib.reports.sheet_map.frame import Frame, extent, on_paper, points_on_paper
from gislib.reports.sheet_map.ways import arrowhead

TEXT_MM: Final = 2.7
PAD_MM: Final = 0.8
EDGE_MM: Final = 2.4
"""The arrow lies this far inside the edge."""
_GAP_MM: Final = 2.0


def draw_exits(frame: Frame, ways: Sequence[Way], taken: Boxes) -> tuple[str, Boxes]:
    """SVG of the arrows and words of all ways that lead beyond the frame, and the boxes they take."""
    drawn: list[str] = []
    found = no_boxes()
    for way in ways:
        crossing = _crossing(frame, way) if way.beyond else None
        if crossing is None:
            continue
        x, y, angle = crossing
        arrow = around(np.array([(x, y)]), EDGE_MM, EDGE_MM)
        box = _place(frame, x, y, way.beyond, np.vstack((taken, found, arrow)))
        left, top, right, bottom = box[0]
        drawn += [
            arrowhead(x, y, angle),
            svg.element(
                "rect", x=left, y=top, width=right - left, height=bottom - top, rx=0.6, fill="#fff", stroke="#000",
                stroke_width=0.25,
            ),
            svg.lettering((left + right) / 2, (top + bottom) / 2, way.beyond, TEXT_MM, font_weight=700, stroke="none"),
        ]  # fmt: skip
        found = np.vstack((found, arrow, box))
    return "".join(drawn), found


def _crossing(frame: Frame, way: Way) -> tuple[float, float, float] | None:
    """Where a way with one end in the frame crosses its edge, and its direction there; None if it does not."""
    ends = shapely.get_coordinates(way.line)[[0, -1]]
    west, south, east, north = extent(frame, -EDGE_MM)
    starts, comes = (west < x < east and south < y < north for x, y in ends.tolist())
    if starts == comes:
        return None
    cut = on_paper(frame, np.array([way.line], dtype=object), spare_mm=-EDGE_MM)[0]
    end = shapely.Point(points_on_paper(frame, ends)[1 if comes else 0])
    near = min((part for part in shapely.get_parts(cut) if part.length > 0), key=end.distance, default=None)
    if near is None:
        return None
    chain = 0.0 if comes else near.length
    x, y = shapely.get_coordinates(near.interpolate(chain))[0].tolist()
    on = shapely.get_coordinates(near.interpolate(EDGE_MM if comes else max(near.length - EDGE_MM, 0.0)))[0]
    dx, dy = (on - (x, y)) * (1 if comes else -1)
    return x, y, float(np.arctan2(dy, dx))


def _place(frame: Frame, x: float, y: float, words: str, taken: Boxes) -> Boxes:
    """Box of the words beside the crossing, inside the frame, where it hides least."""
    wide, high = width_em(printable(words), bold=True) * TEXT_MM + 2 * PAD_MM, TEXT_MM + 2 * PAD_MM
    dx, dy = wide / 2 + _GAP_MM, high / 2 + _GAP_MM
    offsets = np.array([(0, -dy), (0, dy), (-dx, 0), (dx, 0), (-dx, -dy), (dx, -dy), (-dx, dy), (dx, dy)])
    centres = offsets + np.array([x, y])
    centres[:, 0] = np.clip(centres[:, 0], wide / 2 + 1.0, frame.width_mm - wide / 2 - 1.0)
    centres[:, 1] = np.clip(centres[:, 1], high / 2 + 1.0, frame.height_mm - high / 2 - 1.0)
    boxes = around(centres, wide, high)
    return boxes[[int(np.argmin(overlap(boxes, taken)))]]
