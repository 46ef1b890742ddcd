"""
The budget priced instead of limited: an upper bound in no time, and which packages can be left out for good.

For a price of money λ ≥ 0 (load per yuan), ``λ·budget + Σ best(gain - λ·cost)`` over sites and zones is at least the
optimum, for cliques and floors only take choices away. A package that is forced in lowers this bound by its loss; if
that falls below a value already reached, the package is in no better choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.siting.packages import Packages

PRICE_STEPS: Final = 80
"""Halvings of the interval in which the price is looked for; more change nothing in double precision."""
ROUNDING: Final = 1e-9
"""Relative slack that keeps a package whose bound equals the value but for rounding."""


@dataclass(frozen=True)
class _Priced:
    """Best priced gain of every site without and with the zone measure, and the value of each package."""

    worth: Floats
    worth_with: Floats
    best: Floats
    best_with: Floats


def price_bound(packages: Packages, budget_yuan: float, price: float) -> float:
    """Upper bound of the optimum at one price, load."""
    priced = _priced(packages, price)
    site_zone = packages.zone_of_site
    free = site_zone < 0
    without, with_zone = _zone_values(packages, priced, price)
    total = float(priced.best[free].sum() + np.maximum(without, with_zone).sum())
    return total + (price * budget_yuan if price > 0 else 0.0)


def best_price(packages: Packages, budget_yuan: float) -> float:
    """Price at which the bound is least; the bound is convex in the price."""
    dear = float(
        max(
            np.max(packages.gain / np.maximum(packages.cost, ROUNDING), initial=0.0),
            np.max(packages.zone_gain / np.maximum(packages.zone_cost, ROUNDING), initial=0.0),
        )
    )
    low, high = 0.0, dear
    for _ in range(PRICE_STEPS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if price_bound(packages, budget_yuan, left) <= price_bound(packages, budget_yuan, right):
            high = right
        else:
            low = left
    return (low + high) / 2


def priced_choice(packages: Packages, price: float) -> tuple[Ints, Ints]:
    """
    What would be built at one price: zone numbers, and packages worth building there, the best of each site first.

    At the price of the least bound it costs about the budget and takes off nearly the bound.
    """
    priced = _priced(packages, price)
    without, with_zone = _zone_values(packages, priced, price)
    on = with_zone > without
    zone = packages.zone_of_site[packages.site]
    limited = (zone >= 0) & np.append(on, False)[zone]
    worth = np.where(limited, priced.worth_with, priced.worth)
    order = np.lexsort((np.arange(len(worth)), -worth))
    return np.flatnonzero(on), order[worth[order] > 0]


def worthwhile(packages: Packages, budget_yuan: float, reached: float, price: float) -> Flags:
    """
    Packages that may be part of a choice worth at least ``reached``, a load that some allowed choice takes off.

    Any price gives a right answer, that of the least bound the shortest. All are kept under a budget without limit.
    """
    if not len(packages.site) or not np.isfinite(budget_yuan):
        return np.ones(len(packages.site), bool)
    bound = price_bound(packages, budget_yuan, price)
    priced = _priced(packages, price)
    without, with_zone = _zone_values(packages, priced, price)
    site, zone = packages.site, packages.zone_of_site[packages.site]
    in_zone = zone >= 0
    best_zone = np.maximum(without, with_zone)
    loss = priced.best[site] - priced.worth
    own = zone[in_zone]
    loss_with = (priced.best_with[site] - priced.worth_with)[in_zone]
    loss[in_zone] = np.minimum(loss[in_zone] + (best_zone - without)[own], loss_with + (best_zone - with_zone)[own])
    return np.asarray(bound - loss >= reached - ROUNDING * max(1.0, abs(bound)))


def _priced(packages: Packages, price: float) -> _Priced:
    worth, worth_with = packages.gain - price * packages.cost, packages.gain_with - price * packages.cost
    sites = len(packages.zone_of_site)
    return _Priced(worth, worth_with, _best(worth, packages.site, sites), _best(worth_with, packages.site, sites))


def _best(worth: Floats, site: Ints, sites: int) -> Floats:
    """Largest value per site; nothing is built at a loss."""
    best = np.zeros(sites)
    np.maximum.at(best, site, worth)
    return best


def _zone_values(packages: Packages, priced: _Priced, price: float) -> tuple[Floats, Floats]:
    """Value of every zone without and with its measure."""
    zone, zones = packages.zone_of_site, len(packages.zone_cost)
    own = zone >= 0
    without = np.bincount(zone[own], weights=priced.best[own], minlength=zones).astype(np.float64)
    with_zone = np.bincount(zone[own], weights=priced.best_with[own], minlength=zones).astype(np.float64)
    return without, with_zone + packages.zone_gain - price * packages.zone_cost
