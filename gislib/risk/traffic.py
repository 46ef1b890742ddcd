"""Traffic hazards: pupils who walk along a street piece or cross at a place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gislib.risk.family import CROSSING, SEGMENT
from gislib.risk.kinds import by_kind
from gislib.risk.parameters import TrafficParameters

_PER_LENGTH_M = 100.0
"""A walk of this length weighs like one crossing (methods §4): the unit of the formula, not a parameter."""

_WITHOUT_SIDEWALK = ("no", "none")


def death_probability(speed_kmh: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """
    Probability that a pedestrian struck at ``speed_kmh`` dies: ``1 / (1 + exp(a - b·v))``.

    With a = 6.9 and b = 0.090 /(km/h): 1.5 % at 30, 8.3 % at 50 km/h. A curve for adults; children fare worse.
    """
    return 1.0 / (1.0 + np.exp(a - b * speed_kmh))


def traffic_measures(hazards: pd.DataFrame, parameters: TrafficParameters) -> pd.DataFrame:
    """
    Severity and exposure of every traffic hazard.

    Severity is a volume proxy times the probability of death at the operating speed. The proxy of a class holds for its
    usual number of lanes and grows in proportion to the lanes. An unknown speed or number of lanes takes the class
    default and is marked. Exposure is pupils a day: for a place the crossings, times a factor where they are marked;
    for a street piece the walks times ``length_m / 100``, times a factor where there is no sidewalk. An unknown marking
    counts as unmarked; an unknown sidewalk has a factor of its own.

    Parameters
    ----------
    hazards
        Rows of the ``traffic`` hazards.
    parameters
        Class tables and factors.

    Returns
    -------
    DataFrame
        Indexed like ``hazards``: ``part, severity, exposure, own_protection, road_id, length_m, volume, speed_kmh,
        default_speed, default_lanes``.

    Raises
    ------
    RuleError
        If a class table has neither the road class nor an entry for other classes.
    """
    usual_lanes = by_kind(hazards["road_class"], "risk.lanes", parameters.lanes)
    default_speed = hazards["maxspeed_kmh"].isna()
    default_lanes = hazards["lanes"].isna()
    speed = hazards["maxspeed_kmh"].where(
        ~default_speed, by_kind(hazards["road_class"], "risk.speed_kmh", parameters.speed_kmh)
    )
    lanes = hazards["lanes"].where(~default_lanes, usual_lanes)
    volume = by_kind(hazards["road_class"], "risk.volume", parameters.volume) * lanes / usual_lanes
    crossing = hazards["part"] == CROSSING
    marked = hazards["marked"].astype("boolean").eq(other=True).fillna(value=False).astype(bool)
    per_crossing = np.where(marked, parameters.marked_factor, 1.0)
    per_walk = hazards["length_m"].to_numpy(float) / _PER_LENGTH_M * _sidewalk_factor(hazards["sidewalk"], parameters)
    death = death_probability(speed.to_numpy(float), parameters.death_a, parameters.death_b)
    return pd.DataFrame(
        {
            "part": np.where(crossing, CROSSING, SEGMENT),
            "severity": volume.to_numpy(float) * death,
            "exposure": hazards["flow"].to_numpy(float) * np.where(crossing, per_crossing, per_walk),
            "own_protection": 0.0,
            "road_id": hazards["road_id"],
            "length_m": hazards["length_m"],
            "volume": volume,
            "speed_kmh": speed,
            "default_speed": default_speed,
            "default_lanes": default_lanes,
        },
        index=hazards.index,
    )


def _sidewalk_factor(sidewalk: pd.Series[str], parameters: TrafficParameters) -> NDArray[np.float64]:
    """Factor of a walk: more where there is no sidewalk or where nobody knows."""
    without = sidewalk.isin(_WITHOUT_SIDEWALK)
    known = np.where(without, parameters.no_sidewalk_factor, 1.0)
    return np.where(sidewalk.isna(), parameters.unknown_sidewalk_factor, known)
