"""Turns and compass directions of a way, from its lines in the plane."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

AHEAD: Final = "straight"
BACK: Final = "back"
TURNS: Final = (AHEAD, "slight_left", "left", "sharp_left", "slight_right", "right", "sharp_right", BACK)
HEADINGS: Final = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
STRAIGHT_DEG: Final = 30.0
SLIGHT_DEG: Final = 60.0
SHARP_DEG: Final = 120.0
BACK_DEG: Final = 165.0
"""Angles from which a way turns slightly, turns, turns sharply, turns back."""
SIGHT_M: Final = 15.0
"""How far along a line one looks to see where it leads: kinks at a corner do not count."""
_FULL_DEG: Final = 360.0


def bearing_deg(line: shapely.LineString, *, at_end: bool) -> float:
    """Direction, clockwise from north, in which a line leaves its begin or reaches its end; NaN without length."""
    length = line.length
    a, b = (max(length - SIGHT_M, 0.0), length) if at_end else (0.0, min(SIGHT_M, length))
    (x0, y0), (x1, y1) = (shapely.get_coordinates(line.interpolate(chain))[0] for chain in (a, b))
    return float(np.degrees(np.arctan2(x1 - x0, y1 - y0)) % _FULL_DEG) if (x0, y0) != (x1, y1) else float("nan")


def turn_between(before: shapely.LineString, after: shapely.LineString) -> str:
    """One of `TURNS` from the end of one line to the begin of the next; straight where a direction is unknown."""
    turned = (bearing_deg(after, at_end=False) - bearing_deg(before, at_end=True) + 180.0) % _FULL_DEG - 180.0
    size = abs(turned)
    if not size >= STRAIGHT_DEG:
        return AHEAD
    if size >= BACK_DEG:
        return BACK
    side = "right" if turned > 0 else "left"
    return f"slight_{side}" if size < SLIGHT_DEG else side if size < SHARP_DEG else f"sharp_{side}"


def heading(line: shapely.LineString) -> str:
    """One of `HEADINGS`: from the begin to the end, or of its begin where it comes back to itself."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(line)[[0, -1]]
    far = np.hypot(x1 - x0, y1 - y0) > line.length / 2
    angle = np.degrees(np.arctan2(x1 - x0, y1 - y0)) if far else bearing_deg(line, at_end=False)
    return HEADINGS[int(np.floor((np.nan_to_num(angle) + _FULL_DEG / 16) % _FULL_DEG / (_FULL_DEG / 8)))]
