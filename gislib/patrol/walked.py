"""Streets against recorded motion: which stretch was walked along, when and by which track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.patrol.motion import BEAD_M, Beads, CheckParameters

SAME_M: Final = 0.1
"""Streets this near to each other are one and the same centre line, patrolled once for each."""
VISIT_MIN: Final = 1.0
"""Passing again later than this is another visit."""
TURN_MIN: Final = 0.5
"""Two sides planned within this of each other are one turn, which falls between two fixes: one visit serves both."""
_ALONG: Final = 0.5
"""Share of the tolerance by which a position may lie before or behind a place on the street."""
_ROUNDING_M: Final = 0.01


@dataclass(frozen=True)
class Walked:
    """
    What was walked of each street.

    Attributes
    ----------
    share, fast
        Share of the length that was walked, and that was only passed too fast.
    first_min
        First time anybody walked on it.
    begins_min
        When the visit that counts began.
    track
        Number of the track with most of it, -1 if none.
    samples, street, covered
        Places along the streets, the street of each, and whether it was walked.
    """

    share: Floats
    fast: Floats
    first_min: Floats
    begins_min: Floats
    track: Ints
    samples: Floats
    street: Ints
    covered: Flags


@dataclass(frozen=True)
class _Pairs:
    """Places along streets with the beads near them that go along the street; ``beside``: not only before or behind."""

    sample: Ints
    bead: Ints
    forward: Flags
    beside: Flags
    apart_m: Floats


def walked(
    lines: Shapes, planned_min: Floats, motion: Beads, fastest_kmh: Floats, parameters: CheckParameters
) -> Walked:
    """
    Compare streets with motion.

    Parameters
    ----------
    lines, planned_min
        Streets on the plane of the check, and when each was to be served (inf: not planned). Where streets share a
        line, each needs a visit of its own, the planned ones first.
    motion
        Beads of all tracks.
    fastest_kmh
        By bead: above this a street is passed, not patrolled.
    parameters
        Rules.
    """
    street, xy, ahead = _samples(lines, parameters.tolerance_m)
    pairs = _pairs(xy, ahead, motion, parameters)
    slow = motion.kmh[pairs.bead] <= fastest_kmh[pairs.bead]
    visits = _visits(_chosen(pairs, slow), motion)
    rivals = _rivals(lines, xy)
    minute, track = np.full(len(xy), np.nan), np.full(len(xy), -1, np.int64)
    for sample, found in visits.items():
        own = int(street[sample])
        taken = _taken(found, rivals.get(sample, [own]), own, planned_min)
        if taken is not None:
            minute[sample], track[sample] = taken
    covered = np.isfinite(minute)
    first = np.full(len(xy), np.inf)
    first[list(visits)] = [found[0][0] for found in visits.values()]
    passed = np.zeros(len(xy), bool)
    passed[pairs.sample[~slow & pairs.beside]] = True
    count = np.maximum(np.bincount(street, minlength=len(lines)), 1)
    return Walked(
        share=np.bincount(street, covered, len(lines)) / count,
        fast=np.bincount(street, passed & ~covered, len(lines)) / count,
        first_min=_least(street, first, len(lines)), begins_min=_begun(street, minute, len(lines)),
        track=_most(street, track, len(lines)), samples=xy, street=street, covered=covered,
    )  # fmt: skip


def _samples(lines: Shapes, tolerance_m: float) -> tuple[Ints, Floats, Floats]:
    """Places every few metres along the streets: street, position, direction over the tolerance."""
    length = np.asarray(shapely.length(lines), float)
    count = np.maximum(np.ceil(length / BEAD_M), 1).astype(np.int64)
    street = np.repeat(np.arange(len(lines)), count)
    place = np.arange(len(street)) - np.repeat(np.cumsum(count) - count, count)
    chainage = (place + 0.5) * (length / count)[street]
    own = lines[street]

    def at(way: Floats) -> Floats:
        return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(own, way)))

    half = tolerance_m / 2
    ahead = at(np.minimum(chainage + half, length[street])) - at(np.maximum(chainage - half, 0.0))
    metres = np.hypot(*ahead.T)[:, None]
    return street, at(chainage), np.divide(ahead, metres, out=np.zeros_like(ahead), where=metres > 0)


def _pairs(xy: Floats, ahead: Floats, motion: Beads, parameters: CheckParameters) -> _Pairs:
    moving = np.flatnonzero(motion.kmh >= parameters.least_kmh)
    tree = shapely.STRtree(motion.points()[moving])
    reach_m = parameters.tolerance_m + _ROUNDING_M
    sample, at = tree.query(shapely.points(xy), predicate="dwithin", distance=reach_m)
    bead = moving[at]
    away = motion.xy[bead] - xy[sample]
    along = np.abs((away * ahead[sample]).sum(axis=1))
    cosine = (motion.ahead[bead] * ahead[sample]).sum(axis=1)
    beside = along <= _ALONG * parameters.tolerance_m + _ROUNDING_M
    kept = np.abs(cosine) >= np.cos(np.radians(parameters.turn_deg))
    return _Pairs(sample[kept], bead[kept], cosine[kept] > 0, beside[kept], np.hypot(*away[kept].T))


def _chosen(pairs: _Pairs, kept: Flags | Ints) -> _Pairs:
    return _Pairs(
        pairs.sample[kept], pairs.bead[kept], pairs.forward[kept], pairs.beside[kept], pairs.apart_m[kept]
    )  # fmt: skip


def _visits(pairs: _Pairs, motion: Beads) -> dict[int, list[tuple[float, int]]]:
    """Minute and track of every visit of each place, in order of time; turning back on a street is a new visit."""
    order = np.lexsort((motion.minute[pairs.bead], pairs.forward, motion.track[pairs.bead], pairs.sample))
    own = _chosen(pairs, order)
    track, minute = motion.track[own.bead], motion.minute[own.bead]
    new = np.ones(len(order), bool)
    new[1:] = (
        (own.sample[1:] != own.sample[:-1]) | (track[1:] != track[:-1]) | (own.forward[1:] != own.forward[:-1])
        | (minute[1:] - minute[:-1] > VISIT_MIN)
    )  # fmt: skip
    visit = np.cumsum(new) - 1
    # Of a visit the moment counts at which it was nearest, beside the place if it ever was.
    nearest = np.lexsort((own.apart_m, ~own.beside, visit))
    best = nearest[np.r_[True, visit[nearest][1:] != visit[nearest][:-1]]] if len(order) else nearest
    found: dict[int, list[_Visit]] = {}
    for at in best[np.lexsort((track[best], minute[best], own.sample[best]))]:
        one = _Visit(float(minute[at]), int(track[at]), bool(own.forward[at]), bool(own.beside[at]))
        found.setdefault(int(own.sample[at]), []).append(one)
    kept = {sample: [(one.minute, one.track) for one in all_ if _real(one, all_)] for sample, all_ in found.items()}
    return {sample: visits for sample, visits in kept.items() if visits}


class _Visit(NamedTuple):
    """One visit of one place."""

    minute: float
    track: int
    forward: bool
    beside: bool


def _real(one: _Visit, visits: Sequence[_Visit]) -> bool:
    """Whether a visit reached the place: it was beside it, or it turned back there between two fixes."""
    return one.beside or any(
        other.beside and other.track == one.track and other.forward != one.forward
        and abs(other.minute - one.minute) <= VISIT_MIN
        for other in visits
    )  # fmt: skip


def _rivals(lines: Shapes, xy: Floats) -> dict[int, list[int]]:
    """Streets on one line with each place, where there are several."""
    sample, street = shapely.STRtree(lines).query(shapely.points(xy), predicate="dwithin", distance=SAME_M)
    several = np.bincount(sample, minlength=len(xy)) > 1
    out: dict[int, list[int]] = {}
    for at, own in zip(sample[several[sample]].tolist(), street[several[sample]].tolist(), strict=True):
        out.setdefault(at, []).append(own)
    return out


def _taken(
    visits: Sequence[tuple[float, int]], rivals: Sequence[int], own: int, planned_min: Floats
) -> tuple[float, int] | None:
    """Visit that is left for a street after those planned before it on the same line took theirs."""
    free = list(visits)
    mine = float(planned_min[own])
    for street in sorted(rivals, key=lambda each: (planned_min[each], each)):
        planned = float(planned_min[street])
        if street != own and np.isfinite(planned) and abs(planned - mine) <= TURN_MIN:
            continue
        if not free:
            return None
        best = free[0] if np.isinf(planned) else min(free, key=lambda visit: abs(visit[0] - planned))
        if street == own:
            return best
        free.remove(best)
    return None


def _least(street: Ints, minute: Floats, streets: int) -> Floats:
    out = np.full(streets, np.inf)
    np.minimum.at(out, street, np.where(np.isfinite(minute), minute, np.inf))
    return np.where(np.isfinite(out), out, np.nan)


def _begun(street: Ints, minute: Floats, streets: int) -> Floats:
    """Begin of the visit during which most of each street was walked: stray earlier passings do not count."""
    out = np.full(streets, np.nan)
    order = np.lexsort((minute, street))
    order = order[np.isfinite(minute[order])]
    for own in np.split(order, np.flatnonzero(np.diff(street[order])) + 1) if len(order) else ():
        times = minute[own]
        breaks = np.flatnonzero(np.diff(times) > VISIT_MIN) + 1
        out[street[own[0]]] = max(np.split(times, breaks), key=len)[0]
    return out


def _most(street: Ints, track: Ints, streets: int) -> Ints:
    """Track that occurs most often on each street; -1 where none does."""
    out = np.full(streets, -1, np.int64)
    seen = track >= 0
    for own in np.unique(street[seen]):
        out[own] = np.bincount(track[seen & (street == own)]).argmax()
    return out
