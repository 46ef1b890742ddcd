"""Streets that one walks in one go, told as one station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from gislib.patrol.legs import STREET
from gislib.patrol.record import Part, Station
from gislib.patrol.turns import AHEAD, BACK

JUNCTION_M: Final = 20.0
"""Metres between two patrolled stretches that do not part them: a junction's width."""
ONE_ROAD_M: Final = 150.0
"""Longest way between two patrolled stretches of one road that one still walks as one errand: a block or two."""
LANE_M: Final = 500.0
"""A station that takes in nameless lanes is no longer than this, or its sign-in would come too late."""
MOST_PARTS: Final = 8
"""A sentence of more stretches is not followed on the street."""


def continues(before: Station, after: Station) -> bool:
    """
    Whether a patrolled street belongs to the station before it.

    Reached at once, without waiting, and either going on along one road (ahead, or back on its other side), or a
    nameless lane and the street that it begins or ends in: a line without a name is not found on a map.
    """
    streets = before.kind == after.kind == STREET and after.arrives_min == after.begins_min
    if not streets or len(_together(before.way, after.way)) > MOST_PARTS:
        return False
    return _one_road(before, after) or _lane(before, after)


def _one_road(before: Station, after: Station) -> bool:
    """One name, or none, and no turn but those back; a nameless one only where it is the same line."""
    same = before.name == after.name and after.travel_m <= ONE_ROAD_M
    return same and all(part.road_name == after.name and part.turn in {AHEAD, BACK} for part in after.way)


def _lane(before: Station, after: Station) -> bool:
    metres = before.served_m + after.served_m
    return None in {before.name, after.name} and after.travel_m <= JUNCTION_M and metres <= LANE_M


def joined(before: Station, after: Station) -> Station:
    """One station of two that `continues` each other: times, metres, risk and tasks of both."""
    served = joined_line([line for line in (before.served, after.travel, after.served) if line is not None])
    assert served is not None  # noqa: S101 - both are streets
    return replace(
        before, name=before.name or after.name, demand_ids=before.demand_ids + after.demand_ids,
        ends_min=after.ends_min, way=_together(before.way, after.way), travel_m=before.travel_m + after.travel_m,
        served_m=before.served_m + after.served_m, risk=before.risk + after.risk,
        spot=served.interpolate(0.5, normalized=True), served=served,
    )  # fmt: skip


def joined_line(lines: Sequence[shapely.LineString]) -> shapely.LineString | None:
    """One line along several that follow each other; None of none."""
    return shapely.LineString(np.concatenate([shapely.get_coordinates(line) for line in lines])) if lines else None


def folded(way: Sequence[Part]) -> tuple[Part, ...]:
    """Way whose few metres over a junction are told as part of the patrolled stretch behind it."""
    told: list[Part] = []
    for part in way:
        last = told[-1] if told else None
        if last is not None and _same_stretch(last, part):
            told[-1] = replace(last, metres=last.metres + part.metres, patrolled=last.patrolled or part.patrolled)
        else:
            told.append(part)
    return tuple(told)


def _same_stretch(before: Part, after: Part) -> bool:
    """Whether two parts are one stretch of one road, but for a junction's width."""
    along = before.road_name == after.road_name and before.heading == after.heading and after.turn == AHEAD
    if before.patrolled == after.patrolled:
        return along
    return along and (after if before.patrolled else before).metres <= JUNCTION_M


def _together(before: Sequence[Part], after: Sequence[Part]) -> tuple[Part, ...]:
    return folded([*before, *after])
