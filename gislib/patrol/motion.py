"""Recorded tracks as motion: where a team was, how fast and which way it went, and when nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Flags, Floats, Ints, Shapes
from gislib.rules import RuleSet

BEAD_M: Final = 5.0
BEAD_S: Final = 5.0
"""Greatest spacing of beads, along the way and in time."""
HEADING_M: Final = 15.0
"""A direction is taken over this much of the way before and after; longer, and street corners would be cut."""
SPELL_S: Final = 8.0
JITTER_M: Final = 10.0
"""For lengths, positions are averaged over this time, and what then strays less from a line is no way."""
_S_PER_MIN: Final = 60.0
_KMH: Final = 3.6


@dataclass(frozen=True)
class CheckParameters:
    """
    Numbers of the check, see the rules ``patrol_check.*``; metres, seconds, minutes, km/h, degrees.

    ``speeds_kmh``: patrol speed by mode; ``dwell_min``: usual time at a stop by kind.
    """

    tolerance_m: float
    join_s: float
    join_m: float
    still_min: float
    still_m: float
    least_kmh: float
    fastest_factor: float
    turn_deg: float
    window_s: float
    jump_kmh: float
    street_share: float
    stay_share: float
    slack_min: float
    speeds_kmh: Mapping[str, float]
    dwell_min: Mapping[str, float]


def check_parameters(rs: RuleSet, on: date) -> CheckParameters:
    """Parameters of the rules in force on a day."""
    tables = (rs.table(f"patrol_check.{name}", on) for name in ("gap", "walking", "done", "slack_min"))
    numbers = {name: float(value) for table in tables for name, value in table.items()}
    modes = rs.table("patrol.modes", on)
    return CheckParameters(
        tolerance_m=rs.number("patrol_check.tolerance_m", on),
        speeds_kmh={mode: float(own["speed_kmh"]) for mode, own in modes.items()},
        dwell_min={name.removesuffix("_min"): float(m) for name, m in rs.table("patrol.dwell_min", on).items()},
        **numbers,
    )


@dataclass(frozen=True)
class Track:
    """
    What one device recorded.

    ``label``: as imported; ``team_id``: team of the record, None if nobody's; ``minutes``: since midnight of the first
    day, rising; ``xy``: metres on the plane of the check.
    """

    label: str
    team_id: str | None
    minutes: Floats
    xy: Floats


@dataclass(frozen=True)
class Run:
    """Stretch of a track without a gap: number of its track, fixes."""

    track: int
    minutes: Floats
    xy: Floats

    def metres(self) -> float:
        """Length of the way of means of some seconds: jitter added up would double it."""
        spell = np.floor((self.minutes - self.minutes[0]) * _S_PER_MIN / SPELL_S).astype(np.int64)
        count = np.bincount(spell)
        means = [np.bincount(spell, self.xy[:, axis])[count > 0] / count[count > 0] for axis in (0, 1)]
        way = np.vstack([self.xy[:1], np.column_stack(means), self.xy[-1:]])
        return float(shapely.length(shapely.simplify(shapely.LineString(way), JITTER_M)))


@dataclass(frozen=True)
class Gap:
    """Time during which nobody knows where a team was; ``before``, ``after``: where it was seen around it, or None."""

    begins_min: float
    ends_min: float
    before: Floats | None
    after: Floats | None

    def could_reach(self, xy: Floats, metres_per_min: float, slack_m: float, stay_min: float = 0.0) -> Flags:
        """Whether each place could be visited, for ``stay_min``, between the two sightings, as the crow flies."""
        way = np.zeros(len(xy))
        for end in (self.before, self.after):
            if end is not None:
                way += np.maximum(np.hypot(*(xy - end).T) - slack_m, 0.0)
        return np.asarray(way <= metres_per_min * (self.ends_min - self.begins_min - stay_min))


@dataclass(frozen=True)
class Beads:
    """
    Positions along all runs, closely spaced.

    Attributes
    ----------
    track, minute, xy
        Number of the track, time, place.
    ahead
        Unit vector of the direction of motion; zero where there is none.
    kmh
        Speed over the window of the rules before or after, whichever is more; over less, jitter would count.
    """

    track: Ints
    minute: Floats
    xy: Floats
    ahead: Floats
    kmh: Floats

    def points(self) -> Shapes:
        """Beads as points."""
        return np.asarray(shapely.points(self.xy), dtype=object)


def without_jumps(track: Track, jump_kmh: float) -> tuple[Track, int]:
    """Track without single positions that nobody can have reached, and their number."""
    dropped = 0
    while len(track.minutes) > 2:  # noqa: PLR2004 - a position with both neighbours
        bad = _jumps(track, jump_kmh)
        # Of neighbours that accuse each other only every other one is dropped at a time.
        bad &= ~np.r_[False, bad[:-1]]
        if not bad.any():
            break
        dropped += int(bad.sum())
        track = Track(track.label, track.team_id, track.minutes[~bad], track.xy[~bad])
    return track, dropped


def _jumps(track: Track, jump_kmh: float) -> Flags:
    minutes, xy = track.minutes, track.xy
    step = _kmh(xy[1:] - xy[:-1], minutes[1:] - minutes[:-1])
    past = _kmh(xy[2:] - xy[:-2], minutes[2:] - minutes[:-2])
    bad = np.zeros(len(minutes), bool)
    bad[1:-1] = (step[:-1] > jump_kmh) & (step[1:] > jump_kmh) & (past <= jump_kmh)
    return bad


def _kmh(way: Floats, minutes: Floats) -> Floats:
    seconds = minutes * _S_PER_MIN
    return np.asarray(np.divide(np.hypot(*way.T), seconds, out=np.zeros(len(way)), where=seconds > 0) * _KMH)


def runs(number: int, track: Track, parameters: CheckParameters) -> list[Run]:
    """Stretches of a track between its gaps; a silence at one place is a stay."""
    if not len(track.minutes):
        return []
    between_s = np.diff(track.minutes) * _S_PER_MIN
    metres = np.hypot(*np.diff(track.xy, axis=0).T)
    near = (between_s <= parameters.join_s) & (metres <= parameters.join_m)
    still = (between_s <= parameters.still_min * _S_PER_MIN) & (metres <= parameters.still_m)
    cuts = np.flatnonzero(~(near | still)) + 1
    parts = zip(np.split(track.minutes, cuts), np.split(track.xy, cuts), strict=True)
    return [Run(number, minutes, xy) for minutes, xy in parts]


def gaps(found: Sequence[Run], begins_min: float, ends_min: float, join_s: float) -> list[Gap]:
    """
    Times between two minutes that none of the runs of a team covers.

    Up to ``join_s`` at either end is no gap: nobody presses the button on the minute.
    """
    out: list[Gap] = []
    seen_min, before = begins_min, None
    for run in sorted(found, key=lambda run: float(run.minutes[0])):
        if run.minutes[0] > seen_min:
            out.append(Gap(seen_min, float(run.minutes[0]), before, run.xy[0]))
        if before is None or run.minutes[-1] > seen_min:
            seen_min, before = float(run.minutes[-1]), run.xy[-1]
    if seen_min < ends_min:
        out.append(Gap(seen_min, ends_min, before, None))
    least_min = join_s / _S_PER_MIN
    return [
        gap
        for gap in out
        if gap.ends_min > begins_min
        and gap.begins_min < ends_min
        and (gap.ends_min - gap.begins_min > least_min or (gap.before is not None and gap.after is not None))
    ]


def beads(found: Iterable[Run], window_s: float) -> Beads:
    """Beads of all runs."""
    parts = [_strung(run, window_s) for run in found]
    if not parts:
        return Beads(np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    return Beads(
        np.concatenate([part.track for part in parts]), np.concatenate([part.minute for part in parts]),
        np.concatenate([part.xy for part in parts]), np.concatenate([part.ahead for part in parts]),
        np.concatenate([part.kmh for part in parts]),
    )  # fmt: skip


def _strung(run: Run, window_s: float) -> Beads:
    metres = np.hypot(*np.diff(run.xy, axis=0).T)
    between_s = np.diff(run.minutes) * _S_PER_MIN
    pieces = np.maximum(np.ceil(np.maximum(metres / BEAD_M, between_s / BEAD_S)), 1).astype(np.int64)
    first = np.repeat(np.arange(len(pieces)), pieces)
    share = (np.arange(len(first)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / np.repeat(pieces, pieces)
    minute = np.r_[run.minutes[first] + share * np.diff(run.minutes)[first], run.minutes[-1]]
    chainage = np.r_[0.0, np.cumsum(metres)]
    xy = _at(minute, run.minutes, run.xy)
    by_min = window_s / _S_PER_MIN
    low, high = (np.clip(minute + by, run.minutes[0], run.minutes[-1]) for by in (-by_min, by_min))
    # Before or after, whichever is faster: who turns back at the end of a street has not stood there.
    kmh = np.maximum(
        _kmh(_at(high, run.minutes, run.xy) - xy, high - minute), _kmh(xy - _at(low, run.minutes, run.xy), minute - low)
    )
    way = np.interp(minute, run.minutes, chainage)
    ahead = _at(np.minimum(way + HEADING_M, np.interp(high, run.minutes, chainage)), chainage, run.xy)
    ahead -= _at(np.maximum(way - HEADING_M, np.interp(low, run.minutes, chainage)), chainage, run.xy)
    length = np.hypot(*ahead.T)[:, None]
    ahead = np.divide(ahead, length, out=np.zeros_like(ahead), where=length > 0)
    return Beads(np.full(len(minute), run.track, np.int64), minute, xy, ahead, kmh)


def _at(minute: Floats, minutes: Floats, xy: Floats) -> Floats:
    return np.column_stack([np.interp(minute, minutes, xy[:, axis]) for axis in (0, 1)])
