"""
How each check of the standards audit is answered at a set of places.

A place is a gate, or a campus for checks of scope ``campus``. Every answer is ``present``, ``missing`` or ``unknown``.
**Unknown is not missing**: a kind of device that is mapped nowhere in the loaded area was not surveyed, so its absence
at one gate says nothing; only where the kind is mapped elsewhere in the area is it missing here. How many are mapped is
published beside every answer (``mapped_in_area``), because a map that holds three of them is weak evidence.
Distances are straight lines from the place, so a road zone is searched a little too widely, never too narrowly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gislib.compliance.streets import half_width_m, junctions, lanes_per_direction
from gislib.rules import Rule, RuleSet

PRESENT: Final = "present"
MISSING: Final = "missing"
UNKNOWN: Final = "unknown"

NOT_MAPPED: Final = "kind_not_mapped_in_area"
ATTRIBUTE_UNKNOWN: Final = "attribute_not_recorded"
MARKING_UNKNOWN: Final = "crossing_marking_unknown"
TOO_SPARSE: Final = "kind_mapped_too_sparsely"
NO_ROADS: Final = "no_roads_loaded"
NO_STREET_NEAR: Final = "no_street_near"
WITHIN_TOLERANCE: Final = "within_position_tolerance"
NO_METHOD: Final = "no_method_for_check"

Metres = NDArray[np.float64]
Words = NDArray[np.object_]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """
    What the checks look at, all in one metric CRS.

    Attributes
    ----------
    devices
        Existing devices of the domain, geometry any.
    streets
        Roads that cars drive along (no service ways, tracks or paths).
    rs, as_of
        The rules and the date they are read at.
    sparse_kinds
        Kinds of device of which so few are mapped that one not being on the map says nothing.
    """

    devices: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    rs: RuleSet
    as_of: date
    sparse_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """Per place: status, distance found in metres (NaN = nothing found), reason of an unknown (else None)."""

    status: Words
    distance_m: Metres
    reason: Words
    mapped_in_area: int


def pick(cases: Sequence[tuple[Flags, str | None]], otherwise: Words | str | None) -> Words:
    """Word of the first case that holds at each place."""
    words = [np.full(len(flags), word, dtype=object) for flags, word in cases]
    rest = otherwise if isinstance(otherwise, np.ndarray) else np.full(len(words[0]), otherwise, dtype=object)
    return np.asarray(np.select([flags for flags, _ in cases], words, rest), dtype=object)


def answer(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Answer one audit entry at every place by the method registered for its id, else by its nearest device."""
    special = _SPECIAL.get(rule.id)
    if special is not None:
        return special(rule, places, ground)
    if rule.device_kinds:
        return _device_near(rule, places, ground)
    return _uniform(UNKNOWN, NO_METHOD, len(places), 0)


def _uniform(status: str, reason: str | None, count: int, mapped: int) -> Answer:
    return Answer(
        np.full(count, status, dtype=object), np.full(count, np.nan), np.full(count, reason, dtype=object), mapped
    )


def reach_m(rule: Rule, rs: RuleSet, as_of: date) -> float:
    """Metres within which a check looks: its own number if that is a reach, else the zone of its scope."""
    if isinstance(rule.value, float) and rule.unit == "m" and rule.comparator == "<=":
        return rule.value
    zone = "zone.school_road_m" if rule.scope == "zone" else "zone.gate_protection_m"
    return rs.number(zone, as_of)


def _of_kinds(rule: Rule, ground: Ground) -> gpd.GeoDataFrame:
    return ground.devices[ground.devices["kind"].isin(rule.device_kinds)]


def _nearest_m(places: gpd.GeoDataFrame, things: gpd.GeoSeries) -> Metres:
    """Straight distance to the nearest thing, NaN where there are no things at all."""
    out = np.full(len(places), np.nan)
    if len(things):
        tree = shapely.STRtree(things.to_numpy())
        (rows, _), found = tree.query_nearest(places.geometry.to_numpy(), return_distance=True, all_matches=False)
        out[rows] = found
    return out


def _device_near(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Present: a device of the kinds lies within reach. An unmarked crossing is none, an unknown marking no answer."""
    within_m = reach_m(rule, ground.rs, ground.as_of)
    mapped = _of_kinds(rule, ground)
    crossing = mapped["kind"] == "crossing"
    sure = mapped[~crossing | mapped["marked"].fillna(value=False).astype(bool)]
    unsure = mapped[crossing & mapped["marked"].isna()]
    distance_m, unsure_m = _nearest_m(places, sure.geometry), _nearest_m(places, unsure.geometry)
    if mapped.empty:
        return _uniform(UNKNOWN, NOT_MAPPED, len(places), 0)
    inside, doubtful = distance_m <= within_m, unsure_m <= within_m
    sparse = not ground.sparse_kinds.isdisjoint(rule.device_kinds)
    status = pick([(inside, PRESENT), (doubtful, UNKNOWN)], UNKNOWN if sparse else MISSING)
    reason = pick([(inside, None), (doubtful, MARKING_UNKNOWN)], TOO_SPARSE if sparse else None)
    return Answer(status, np.where(~inside & doubtful, unsure_m, distance_m), reason, len(mapped))


def _device_of_unknown_size(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Look for the device: its width or height is no column of any source, so that the clause stays open."""
    mapped = _of_kinds(rule, ground)
    distance_m = _nearest_m(places, mapped.geometry)
    near_m = np.where(distance_m <= ground.rs.number("zone.gate_protection_m", ground.as_of), distance_m, np.nan)
    open_answer = _uniform(UNKNOWN, ATTRIBUTE_UNKNOWN if len(mapped) else NOT_MAPPED, len(places), len(mapped))
    return Answer(open_answer.status, near_m, open_answer.reason, len(mapped))


def _rail_length(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Present: guard rails within the gate's protection zone are together as long as asked; a point has no length."""
    reach_m = ground.rs.number("zone.gate_protection_m", ground.as_of)
    mapped = _of_kinds(rule, ground)
    if mapped.empty:
        return _uniform(UNKNOWN, NOT_MAPPED, len(places), 0)
    shapes, distance_m = mapped.geometry.to_numpy(), _nearest_m(places, mapped.geometry)
    circles = shapely.buffer(places.geometry.to_numpy(), reach_m)
    rows, found = shapely.STRtree(shapes).query(circles, predicate="intersects")
    pieces_m = shapely.length(shapely.intersection(circles[rows], shapes[found]))
    length_m = np.bincount(rows, weights=pieces_m, minlength=len(places))
    near = distance_m <= reach_m
    unmeasured = near & (length_m == 0)
    status = pick([(unmeasured, UNKNOWN), (near & (length_m >= _number(rule)), PRESENT)], MISSING)
    return Answer(status, distance_m, pick([(unmeasured, ATTRIBUTE_UNKNOWN)], None), len(mapped))


def _signal(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Present: a signal is near. Missing only where the street is known to have as many lanes as the clause asks."""
    found = _device_near(rule, places, ground)
    lanes = lanes_per_direction(places, ground.streets, ground.rs.number("zone.gate_protection_m", ground.as_of))
    asked = lanes >= _number(rule)  # NaN: lanes unknown, or no street
    doubtful = (found.status == MISSING) & ~asked
    status = pick([(doubtful, UNKNOWN)], found.status)
    return Answer(status, found.distance_m, pick([(doubtful, ATTRIBUTE_UNKNOWN)], found.reason), found.mapped_in_area)


def _speed_limit(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Missing: a street of the zone has a higher limit. Present: all limits are known and low enough, or signs."""
    signs = _device_near(rule, places, ground)
    zone_m = ground.rs.number("zone.school_road_m", ground.as_of)
    speed = ground.streets["maxspeed_kmh"].to_numpy("float64")
    tree = shapely.STRtree(ground.streets.geometry.to_numpy())
    rows, found = tree.query(places.geometry.to_numpy(), predicate="dwithin", distance=zone_m)
    streets = np.bincount(rows, minlength=len(places))
    too_fast = np.bincount(rows, weights=speed[found] > _number(rule), minlength=len(places)) > 0
    unstated = np.bincount(rows, weights=np.isnan(speed[found]), minlength=len(places))
    all_slow = (streets > 0) & (unstated == 0) & ~too_fast
    # Signs elsewhere do not prove that none is needed here: without a known limit the answer stays open.
    still_open = ~too_fast & ~all_slow & (signs.status == MISSING)
    status = pick([(too_fast, MISSING), (all_slow, PRESENT), (still_open, UNKNOWN)], signs.status)
    reason = pick([(too_fast | all_slow, None), (still_open, ATTRIBUTE_UNKNOWN)], signs.reason)
    return Answer(status, signs.distance_m, reason, signs.mapped_in_area)


def _far_enough(distance_m: Metres, rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Present where the place is farther than asked by more than its position's tolerance; between is unknown."""
    tolerance_m = ground.rs.number("distance.tolerance_k", ground.as_of) * places["located_to_m"].to_numpy("float64")
    limit_m = _number(rule)
    nothing = np.isnan(distance_m)
    unsure = ~nothing & (np.abs(distance_m - limit_m) <= tolerance_m)
    absent = NO_ROADS if ground.streets.empty else NO_STREET_NEAR
    status = pick([(nothing | unsure, UNKNOWN), (distance_m > limit_m, PRESENT)], MISSING)
    reason = pick([(nothing, absent), (unsure, WITHIN_TOLERANCE)], None)
    return Answer(status, distance_m, reason, len(ground.streets))


def _from_junction(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    return _far_enough(_nearest_m(places, junctions(ground.streets)), rule, places, ground)


def _from_street(rule: Rule, places: gpd.GeoDataFrame, ground: Ground) -> Answer:
    """Distance from the gate to the edge of the nearest street, at most the zone of school roads away."""
    zone_m = ground.rs.number("zone.school_road_m", ground.as_of)
    width_m = ground.rs.table("network.road_width_m", ground.as_of)
    out = np.full(len(places), np.nan)
    tree = shapely.STRtree(ground.streets.geometry.to_numpy())
    rows, found = tree.query(places.geometry.to_numpy(), predicate="dwithin", distance=zone_m)
    shapes = ground.streets.geometry.to_numpy()[found]
    edge_m = shapely.distance(places.geometry.to_numpy()[rows], shapes) - half_width_m(ground.streets, width_m)[found]
    nearest = pd.Series(np.maximum(edge_m, 0.0)).groupby(rows).min()
    out[nearest.index.to_numpy(dtype="int64")] = nearest.to_numpy()
    return _far_enough(out, rule, places, ground)


def _number(rule: Rule) -> float:
    return rule.value if isinstance(rule.value, float) else np.nan


_SPECIAL: Final[dict[str, Callable[[Rule, gpd.GeoDataFrame, Ground], Answer]]] = {
    "audit.crossing_width": _device_of_unknown_size,
    "audit.wall": _device_of_unknown_size,
    "audit.guard_rail": _rail_length,
    "audit.signal": _signal,
    "audit.speed_limit": _speed_limit,
    "audit.gate_junction": _from_junction,
    "audit.gate_setback": _from_street,
}
