"""The numbers that shape the walk graph, read from the rules once per run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gislib.rules import RuleSet

# From the widest to the narrowest; a link counts as the class it links to.
ROAD_ORDER: Final = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "pedestrian", "track", "busway", "cycleway", "path", "footway", "steps", "corridor",
)  # fmt: skip


@dataclass(frozen=True)
class WalkParameters:
    """
    Parameters of the walk graph; lengths in metres.

    Attributes
    ----------
    kerbed_classes
        Road classes carried as two kerb lines, to be crossed at marked crossings where there are any.
    not_walkable
        Road classes that nobody walks along.
    width_m
        Carriageway width by road class, used where the road itself has none.
    crossing_duty_m
        Within this road distance of a marked crossing, pedestrians must use it.
    crossing_density_min_per_km
        Below so many marked crossings per kilometre of kerbed road the crossing data are unknown.
    crossing_reach_m, signal_reach_m, rail_reach_m, carriageway_gap_m
        How near a crossing, a signal, a guard rail or the opposite carriageway must lie to belong to a street.
    snap_limit_m
        Longest straight leg between a point and the walk graph.
    """

    kerbed_classes: frozenset[str]
    not_walkable: frozenset[str]
    width_m: dict[str, float]
    crossing_duty_m: float
    crossing_density_min_per_km: float
    crossing_reach_m: float
    signal_reach_m: float
    rail_reach_m: float
    carriageway_gap_m: float
    snap_limit_m: float


def base_class(road_class: str) -> str:
    """Road class without the ``_link`` of slip roads."""
    return road_class.removesuffix("_link")


def classes_from(lowest: str) -> frozenset[str]:
    """Classes at or above ``lowest`` in `ROAD_ORDER`, links included."""
    upper = ROAD_ORDER[: ROAD_ORDER.index(lowest) + 1]
    return frozenset(upper) | {f"{name}_link" for name in upper}


def walk_parameters(rs: RuleSet, on: date) -> WalkParameters:
    """Parameters in force on a date, from the ``network.*`` rules."""
    return WalkParameters(
        kerbed_classes=classes_from(rs.text("network.must_cross_at_marked_from", on)),
        not_walkable=frozenset(rs.table("network.not_walkable", on)["classes"]),
        width_m={str(k): float(v) for k, v in rs.table("network.road_width_m", on).items()},
        crossing_duty_m=rs.number("network.crossing_duty_m", on),
        crossing_density_min_per_km=rs.number("network.crossing_density_min_per_km", on),
        crossing_reach_m=rs.number("network.crossing_reach_m", on),
        signal_reach_m=rs.number("network.signal_reach_m", on),
        rail_reach_m=rs.number("network.rail_reach_m", on),
        carriageway_gap_m=rs.number("network.carriageway_gap_m", on),
        snap_limit_m=rs.number("network.snap_limit_m", on),
    )
