"""A choice within the budget near the least bound: whole parts, each as it is best at some price."""

from __future__ import annotations

from typing import Final

import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.siting.packages import Packages
from gislib.siting.parts import Parts
from gislib.siting.relaxation import PRICE_ERROR, Bound, Selection, best_at, dearest_price, selection

DEAREST: Final = 1e15
"""Most times the price of the least bound at which a choice within the budget is looked for."""
FILLING: Final = (1.0, 0.97, 0.9, 0.8, 0.6)
"""Shares of the price at which more is looked for to fill up the budget."""


def near(parts: Parts, budget_yuan: float, bound: Bound) -> Selection:
    """
    Choice near the least bound: the best at its price, then whole parts as at lower prices while the budget lasts.

    It keeps to the budget if any choice does that meets the floors.
    """
    # without a price what costs much would be as good as what costs little and takes off as much
    price = max(bound.above, PRICE_ERROR * dearest_price(parts.packages))
    choice = best_at(parts, price)
    dearest = DEAREST * price
    while choice.cost_yuan > budget_yuan and price < dearest:
        price *= 2
        choice = best_at(parts, price)
    for share in FILLING:
        choice = _filled(parts, choice, best_at(parts, bound.below * share), budget_yuan)
    return choice


def _filled(parts: Parts, base: Selection, other: Selection, budget_yuan: float) -> Selection:
    """Parts of another choice in the place of those of a base while the budget lasts, best load per yuan first."""
    packages = parts.packages
    of_zone, of_site = _units(parts)
    count = len(packages.zone_of_site) + len(parts.parts) + len(packages.zone_cost)
    more_load, more_yuan = (
        np.bincount(of_site, weights=theirs - mine, minlength=count)
        + np.bincount(of_zone, weights=zone_theirs - zone_mine, minlength=count)
        for (mine, zone_mine), (theirs, zone_theirs) in zip(
            _shares(packages, base), _shares(packages, other), strict=True
        )
    )
    left = budget_yuan - base.cost_yuan
    wanted = np.flatnonzero((more_load > 0) & (more_yuan > 0))
    taken = np.zeros(count, bool)
    for unit in wanted[np.argsort(-more_load[wanted] / more_yuan[wanted], kind="stable")].tolist():
        if more_yuan[unit] <= left:
            left -= float(more_yuan[unit])
            taken[unit] = True
    return selection(
        packages, np.where(taken[of_site], other.at, base.at), np.where(taken[of_zone], other.zone_on, base.zone_on)
    )


def _units(parts: Parts) -> tuple[Ints, Ints]:
    """What may be exchanged alone: number of the part, else of the zone, else of the site; per zone and per site."""
    count, zones = len(parts.parts), len(parts.of_zone)
    of_zone = np.where(parts.of_zone >= 0, parts.of_zone, count + np.arange(zones))
    zone = parts.packages.zone_of_site
    alone = np.where(parts.of_site >= 0, parts.of_site, count + zones + np.arange(len(zone)))
    return of_zone, np.where(zone >= 0, np.append(of_zone, -1)[zone], alone)


def _shares(packages: Packages, choice: Selection) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Load and yuan of a choice, each per site and per zone."""
    limited = np.append(choice.zone_on, False)[packages.zone_of_site]
    gain = np.where(limited, np.append(packages.gain_with, 0.0)[choice.at], np.append(packages.gain, 0.0)[choice.at])
    on = choice.zone_on
    return (gain, packages.zone_gain * on), (np.append(packages.cost, 0.0)[choice.at], packages.zone_cost * on)
