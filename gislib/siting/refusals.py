"""
The tests that can refuse a place: one per ``siting.*`` rule, three-valued.

Each answers for every place whether it is refused, and whether an unknown attribute keeps the question open. What is
open stays a candidate, marked to be verified on site with the clause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from gislib.domain.arrays import Flags, Floats
from gislib.rules import RuleSet

Answer: TypeAlias = tuple[Flags, Flags]
"""Refused, and open (unknown) per place."""
_Test: TypeAlias = Callable[[pd.DataFrame, RuleSet, date], Answer]


def judge(rule_id: str, places: pd.DataFrame, rs: RuleSet, on: date) -> Answer:
    """
    Answer of one siting rule for all places.

    ``places`` has the columns of `places.places_on_roads`, and where a rule asks for them ``crossing_m`` (nearest
    existing crossing), ``new_crossing_gap_m`` (the same, infinite where the place is marked already), ``bus_stop_m``,
    ``can_be_marked`` (whether a new crossing may be marked there), ``zone_limited`` and ``guarded`` (booleans, missing
    unknown).
    """
    return TESTS[rule_id](places, rs, on)


def _flag(values: pd.Series) -> Answer:
    """Refused where true, open where missing."""
    flags = values.astype("boolean")
    return flags.fillna(value=False).to_numpy(bool), flags.isna().to_numpy(bool)


def _closed(refused: Flags) -> Answer:
    return refused, np.zeros(len(refused), bool)


def _numbers(places: pd.DataFrame, column: str) -> Floats:
    return places[column].to_numpy(np.float64)


def _above(column: str, rule_id: str) -> _Test:
    """Refused above the rule's number, open where the attribute is unknown."""

    def test(places: pd.DataFrame, rs: RuleSet, on: date) -> Answer:
        values = _numbers(places, column)
        return values > rs.number(rule_id, on), np.isnan(values)

    return test


def _below(column: str, rule_id: str) -> _Test:
    """Refused below the rule's number, open where the attribute is unknown."""

    def test(places: pd.DataFrame, rs: RuleSet, on: date) -> Answer:
        values = _numbers(places, column)
        return values < rs.number(rule_id, on), np.isnan(values)

    return test


def _arterial(places: pd.DataFrame, rs: RuleSet, on: date) -> Answer:
    groups = rs.table("siting.calming_not_on_arterial", on)["groups"]
    # A class that the rules do not know is open: it may be an arterial.
    return places["road_group"].isin(groups).to_numpy(bool), places["road_group"].isna().to_numpy(bool)


def _bridge(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
    bridge, tunnel = _flag(places["bridge"]), _flag(places["tunnel"])
    refused = bridge[0] | tunnel[0]
    return refused, (bridge[1] | tunnel[1]) & ~refused


def _bus_route(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
    return _flag(places["bus_route"])


def _fire_gate(places: pd.DataFrame, rs: RuleSet, on: date) -> Answer:
    near = _numbers(places, "fire_gate_m") < rs.number("siting.fire_gate_clear_m", on)
    # Without a single mapped fire gate, nobody has looked for them.
    return near, ~near & ~places["fire_gate_known"].to_numpy(bool)


def _sidewalk(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
    return places["sidewalk"].isin(["no", "none"]).to_numpy(bool), places["sidewalk"].isna().to_numpy(bool)


def _no_piece(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
    """Refused where no piece of a rail can be laid."""
    return _closed(_numbers(places, "quantity_rail_both_sides") <= 0)


def _unmarked(places: pd.DataFrame, rs: RuleSet, on: date) -> Answer:
    """Refused where no crossing is marked and none can be."""
    here = _numbers(places, "crossing_m") <= rs.number("siting.crossing_join_m", on)
    return _closed(~(places["marked"].to_numpy(bool) | here | places["can_be_marked"].to_numpy(bool)))


def _sight(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
    return np.zeros(len(places), bool), np.ones(len(places), bool)


def _lit(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
    return _flag(places["lit"])


def _column(name: str) -> _Test:
    def test(places: pd.DataFrame, _rs: RuleSet, _on: date) -> Answer:
        return _flag(places[name])

    return test


def existing(distance_m: Floats, within_m: float) -> Answer:
    """Refused where an existing device that does the job stands within so many metres."""
    return _closed(distance_m <= within_m)


TESTS: Final[Mapping[str, _Test]] = {
    "siting.calming_not_on_arterial": _arterial,
    "siting.calming_speed_max_kmh": _above("maxspeed_kmh", "siting.calming_speed_max_kmh"),
    "siting.calming_lanes_max": _above("lanes", "siting.calming_lanes_max"),
    "siting.calming_slope_max": _above("slope", "siting.calming_slope_max"),
    "siting.calming_radius_min_m": _below("radius_m", "siting.calming_radius_min_m"),
    "siting.no_hump_on_bus_route": _bus_route,
    "siting.not_on_bridge_or_tunnel": _bridge,
    "siting.junction_clear_m": _below("junction_m", "siting.junction_clear_m"),
    "siting.crossing_clear_m": _below("crossing_m", "siting.crossing_clear_m"),
    "siting.crossing_gap_m": _below("new_crossing_gap_m", "siting.crossing_gap_m"),
    "siting.bus_stop_clear_m": _below("bus_stop_m", "siting.bus_stop_clear_m"),
    "siting.sight_at_crossing": _sight,
    "siting.fire_gate_clear_m": _fire_gate,
    "siting.vehicle_gate_clear_m": _below("vehicle_gate_m", "siting.vehicle_gate_clear_m"),
    "siting.rail_needs_sidewalk": _sidewalk,
    "siting.rail_piece_min_m": _no_piece,
    "siting.needs_marked_crossing": _unmarked,
    "siting.refuge_lanes_min": _below("lanes", "siting.refuge_lanes_min"),
    "siting.already_lit": _lit,
    "siting.already_limited": _column("zone_limited"),
    "siting.already_guarded": _column("guarded"),
}
"""Test of every rule that a treatment may name in ``refused_by``."""
