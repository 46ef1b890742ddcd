"""
Kerb lines: the two sides of a street, and the corners where they meet at junctions.

At a junction the kerbed streets part the ground into corners, one between each street and the next one around. A
kerb ends at its corner; a street without kerbs ends at the corner in which it lies, so its two sides are one. Corner
positions come from the *wide* streets alone: a guard rail on a narrow street separates its sides without moving any
line, hence adding a rail can only lengthen a walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Floats, Ints
from gislib.network.streets import LEFT, RIGHT, Streets

MITER_LIMIT: Final = 3.0
"""A corner lies at most this many half widths from the junction (sharp angles would run away)."""
STRAIGHT_SINE: Final = 0.1
"""Below this sine two streets count as one straight line, whose offset lines do not intersect usefully."""
MIN_HALF_COSINE: Final = 1.0 / MITER_LIMIT
ARM_SHARE: Final = 0.95
"""A corner lies at most this share of an arm's length along it, else its kerb would run backwards."""


@dataclass(frozen=True)
class Sides:
    """
    Kerb geometry of all street pieces.

    Attributes
    ----------
    left, right
        Centre line moved to the left and the right kerb, vertex by vertex, parallel to ``Streets.xy``. A side runs from
        corner to corner, see `side_line`.
    mouth
        ``(pieces, 2, 2)`` metres by piece, end and side over which a kerb gives way to the street it meets: no vertex
        or crossing place lies there, it is at the corner.
    corner_xy
        ``(corners, 2)`` positions of the graph nodes at junctions.
    corner
        ``(pieces, 2, 2)`` corner number by piece, end (0 first, 1 last) and side (0 left, 1 right, along the piece).
    caps
        ``(caps, 3)``: two corners and the piece whose kerb ends there and goes on as a street without kerbs. A street
        that simply ends has none: what lies beyond the data is not known to be walkable.
    """

    left: Floats
    right: Floats
    mouth: Floats
    corner_xy: Floats
    corner: Ints
    caps: Ints

    def side_line(self, streets: Streets, piece: int, side: int) -> tuple[Floats, Floats]:
        """
        Vertices of one side of a piece from corner to corner, and their chainages on the centre line.

        ``side`` is LEFT (also for pieces without kerbs) or RIGHT. Vertices inside a mouth are left out.
        """
        span = slice(int(streets.ptr[piece]), int(streets.ptr[piece + 1]))
        column = int(side == RIGHT)
        line = (self.right if side == RIGHT else self.left)[span]
        chain = streets.chainage(piece)
        before, after = self.mouth[piece, :, column]
        first, last = self.corner_xy[self.corner[piece, :, column]]
        inner = (chain > before) & (chain < chain[-1] - after)
        inner[[0, -1]] = False
        start = [0.0] if before == 0 else [0.0, before]
        stop = [chain[-1]] if after == 0 else [chain[-1] - after, chain[-1]]
        head, tail = [first] * len(start), [last] * len(stop)
        return np.vstack([*head, line[inner], *tail]), np.concatenate([start, chain[inner], stop])


def build_sides(streets: Streets, junction_xy: Floats) -> Sides:
    """
    Kerb lines of all pieces, ending at shared corners.

    Parameters
    ----------
    streets
        Street pieces.
    junction_xy
        Position of every junction number in ``streets.ends``.
    """
    normal = _miter_normals(streets)
    half = np.repeat(streets.half_width, np.diff(streets.ptr))[:, None]
    left, right = streets.xy + half * normal, streets.xy - half * normal
    corner_xy, corner, caps = _corners(streets, junction_xy)
    mouth = _mouths(streets, junction_xy, corner_xy, corner)
    return Sides(left=left, right=right, mouth=mouth, corner_xy=corner_xy, corner=corner, caps=caps)


def _mouths(streets: Streets, junction_xy: Floats, corner_xy: Floats, corner: Ints) -> Floats:
    """Metres along the piece at which each corner lies, 0 where it lies behind the junction."""
    heading = _arm_headings(streets).reshape(-1, 2)
    ahead = np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    offset = corner_xy[corner] - junction_xy[streets.ends][:, :, None, :]
    return np.asarray(np.maximum((offset * ahead[:, :, None, :]).sum(axis=-1), 0.0))


def _miter_normals(streets: Streets) -> Floats:
    """Left normal at every vertex, scaled so that both offset segments keep their distance."""
    step = np.diff(streets.xy, axis=0)
    norm = np.hypot(step[:, 0], step[:, 1])
    unit = step / np.where(norm > 0, norm, 1)[:, None]
    turned = np.column_stack([-unit[:, 1], unit[:, 0]])
    before, after = np.vstack([turned[:1], turned]), np.vstack([turned, turned[-1:]])
    first, last = streets.ptr[:-1], streets.ptr[1:] - 1
    before[first] = after[first]
    after[last] = before[last]
    total = before + after
    cosine = 1 + (before * after).sum(axis=1)
    return np.asarray(total / np.maximum(cosine, MIN_HALF_COSINE)[:, None])


def _corners(streets: Streets, junction_xy: Floats) -> tuple[Floats, Ints, Ints]:
    """Corner positions, the corner of each piece end and side, and the caps of kerbs that end."""
    pieces = np.arange(len(streets))
    arm_piece = np.repeat(pieces, 2)
    arm_end = np.tile([0, 1], len(streets))
    junction = streets.ends.ravel()
    heading = _arm_headings(streets)
    length = shapely.length(streets.lines()) if len(streets) else np.zeros(0)
    order = np.lexsort((arm_end, arm_piece, heading, junction))
    bounds = np.flatnonzero(np.r_[len(order) > 0, np.diff(junction[order]) != 0, len(order) > 0])
    corner = np.zeros((len(streets), 2, 2), np.int64)
    positions: list[Floats] = []
    caps: list[tuple[int, int, int]] = []
    for start, stop in pairwise(bounds.tolist()):
        arms = order[start:stop]
        here = junction_xy[junction[arms[0]]]
        kerbed = np.flatnonzero(streets.kerbed[arm_piece[arms]])
        before, after = _gaps(len(arms), kerbed)
        found = _gap_positions(streets, here, (arm_piece[arms], heading[arms], length[arm_piece[arms]]), kerbed)
        count = len(positions)
        positions.extend(found)
        # Seen along the piece, left is counter-clockwise of an outgoing arm, clockwise of an incoming one.
        out = arm_end[arms] == 0
        corner[arm_piece[arms], arm_end[arms], 0] = count + np.where(out, after, before)
        corner[arm_piece[arms], arm_end[arms], 1] = count + np.where(out, before, after)
        wide = np.flatnonzero(streets.wide[arm_piece[arms]])
        if len(wide) == 1:
            k, piece, end = wide[0], arm_piece[arms[wide[0]]], arm_end[arms[wide[0]]]
            across = streets.half_width[piece] * np.array([-np.sin(heading[arms[k]]), np.cos(heading[arms[k]])])
            own = {"after": len(positions), "before": len(positions) + 1}
            positions.extend([here + across, here - across])
            corner[piece, end] = [own["after"], own["before"]] if end == 0 else [own["before"], own["after"]]
            if len(arms) > 1:
                caps.append((count + int(after[k]), own["after"], int(piece)))
                caps.append((count + int(before[k]), own["before"], int(piece)))
    return np.array(positions).reshape(-1, 2), corner, np.array(caps, np.int64).reshape(-1, 3)


def _arm_headings(streets: Streets) -> Floats:
    """Bearing (radians, counter-clockwise from east) in which each piece end leaves its junction; piece-major."""
    first, last = streets.ptr[:-1], streets.ptr[1:] - 1
    out = streets.xy[first + 1] - streets.xy[first]
    back = streets.xy[last - 1] - streets.xy[last]
    return np.column_stack([np.arctan2(out[:, 1], out[:, 0]), np.arctan2(back[:, 1], back[:, 0])]).ravel()


def _gaps(arms: int, kerbed: Ints) -> tuple[Ints, Ints]:
    """
    Number of the gap before (clockwise of) and after (counter-clockwise of) each arm around a junction.

    Gap ``g`` lies after kerbed arm ``g``; without kerbed arms there is the single gap 0.
    """
    if not len(kerbed):
        zero = np.zeros(arms, np.int64)
        return zero, zero
    after = (np.searchsorted(kerbed, np.arange(arms), side="right") - 1) % len(kerbed)
    before = (np.searchsorted(kerbed, np.arange(arms), side="left") - 1) % len(kerbed)
    return before, after


def _gap_positions(streets: Streets, here: Floats, arms: tuple[Ints, Floats, Floats], kerbed: Ints) -> list[Floats]:
    """Corner of every gap: where the offset lines of the wide arms (piece, heading, length) around it meet."""
    piece, heading, length = arms
    if not len(kerbed):
        return [here]
    wide = kerbed[streets.wide[piece[kerbed]]]
    if len(wide) < 2:  # noqa: PLR2004 - a lone wide arm gets corners of its own, see caps
        return [here] * len(kerbed)
    half = streets.half_width[piece]
    found = []
    for arm in kerbed:
        k = int(np.searchsorted(wide, arm, side="right")) - 1
        a, b = wide[k], wide[(k + 1) % len(wide)]
        offset = _corner_offset(heading[a], half[a], heading[b], half[b])
        for arm_, end in ((a, length[a]), (b, length[b])):
            along = float(offset @ np.array([np.cos(heading[arm_]), np.sin(heading[arm_])]))
            offset = offset * min(1.0, ARM_SHARE * end / along) if along > 0 else offset
        found.append(here + offset)
    return found


def _corner_offset(heading_a: float, half_a: float, heading_b: float, half_b: float) -> Floats:
    """Where, seen from the junction, arm a's left kerb meets the right kerb of arm b, the next one around."""
    da = np.array([np.cos(heading_a), np.sin(heading_a)])
    db = np.array([np.cos(heading_b), np.sin(heading_b)])
    pa = half_a * np.array([-da[1], da[0]])
    pb = half_b * np.array([db[1], -db[0]])
    sine = da[0] * db[1] - da[1] * db[0]
    if abs(sine) < STRAIGHT_SINE:
        return np.asarray((pa + pb) / 2)
    gap = pb - pa
    point = pa + da * (gap[0] * db[1] - gap[1] * db[0]) / sine
    reach = float(np.hypot(*point))
    limit = MITER_LIMIT * max(half_a, half_b)
    return np.asarray(point if reach <= limit else point * (limit / reach))


__all__ = ["LEFT", "RIGHT", "Sides", "build_sides"]
