"""How the weight of a hazard falls with distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def decay(distance_m: NDArray[np.float64], tau_m: float, reach_m: float) -> NDArray[np.float64]:
    """
    Exponential decay, 1 at distance 0 and exactly 0 from the reach on.

    ``(e^(-d/τ) - e^(-reach/τ)) / (1 - e^(-reach/τ))``, 0 beyond ``reach_m``; continuous and never rising in ``d``.

    Parameters
    ----------
    distance_m
        Distance in the family's own metric, metres, >= 0.
    tau_m, reach_m
        Decay length and reach in metres, > 0.

    Returns
    -------
    NDArray
        Values in [0, 1], one per distance.
    """
    floor = np.exp(-reach_m / tau_m)
    inside = (np.exp(-distance_m / tau_m) - floor) / (1.0 - floor)
    return np.where(distance_m < reach_m, inside, 0.0)
