"""Stops against recorded motion: how long a track stayed there, when, and which one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.patrol.motion import Beads, CheckParameters
from gislib.patrol.walked import VISIT_MIN


@dataclass(frozen=True)
class Stop:
    """
    One stop to be looked for.

    ``spots``: where it is, and where the team was to stand; ``planned_min``: None if nobody was to; ``needed_min``:
    time to be spent there, 0 = passing is enough.
    """

    spots: tuple[BaseGeometry, ...]
    planned_min: float | None
    needed_min: float


@dataclass(frozen=True)
class Stay:
    """When a track was first there, when the stay that counts began, its minutes, and the number of the track."""

    first_min: float
    begins_min: float
    minutes: float
    track: int


def stayed(stops: Sequence[Stop], motion: Beads, parameters: CheckParameters) -> list[Stay | None]:
    """
    Stay at every stop; None where no track was.

    Nobody is at two stops at once: in the order of the plan each stop uses up the minutes it needs.
    """
    tree = shapely.STRtree(motion.points())
    free = np.ones(len(motion.minute), bool)
    out: list[Stay | None] = [None] * len(stops)
    for number in sorted(range(len(stops)), key=lambda own: _planned(stops[own])):
        stop = stops[number]
        near = np.unique(tree.query(list(stop.spots), predicate="dwithin", distance=parameters.tolerance_m)[1])
        out[number] = _best(stop, near, free, motion, parameters.stay_share)
    return out


def _planned(stop: Stop) -> float:
    return float("inf") if stop.planned_min is None else stop.planned_min


def _best(stop: Stop, near: Ints, free: Flags, motion: Beads, stay_share: float) -> Stay | None:
    """Stay near the plan that is long enough, else the longest; its minutes are used up."""
    if not len(near):
        return None
    left = near[free[near]]
    if not len(left):
        return None
    options = [_begun(stop, part, motion.minute) for part in _stretches(left, motion)]
    enough = [option for option in options if option[1] >= stay_share * stop.needed_min]
    planned = stop.planned_min
    if enough:
        best = min(enough, key=lambda option: option[0] if planned is None else abs(option[0] - planned))
    else:
        best = max(options, key=lambda option: option[1])
    begins, minutes, part = best
    used = (motion.minute[part] >= begins) & (motion.minute[part] <= begins + stop.needed_min)
    if stop.needed_min > 0:
        free[part[used]] = False
    return Stay(float(motion.minute[near].min()), begins, minutes, int(motion.track[part[0]]))


def _begun(stop: Stop, part: Ints, minute: Floats) -> tuple[float, float, Ints]:
    """Begin, minutes and beads of one stay; waiting for the planned time is no delay and no haste."""
    first, last = float(minute[part[0]]), float(minute[part[-1]])
    latest = max(first, last - stop.needed_min)
    begins = first if stop.planned_min is None else min(max(stop.planned_min, first), latest)
    return begins, last - begins if stop.needed_min > 0 else last - first, part


def _stretches(near: Ints, motion: Beads) -> list[Ints]:
    """Beads of one track without a longer absence between them."""
    order = near[np.lexsort((motion.minute[near], motion.track[near]))]
    away = (np.diff(motion.track[order]) != 0) | (np.diff(motion.minute[order]) > VISIT_MIN)
    return np.split(order, np.flatnonzero(away) + 1)
