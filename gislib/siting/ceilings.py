"""
What can be left out for good.

A package that is forced in lowers the bound at a price by its loss; if that falls below a value already reached, the
package is in no better choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gislib.domain.arrays import Flags, Floats
from gislib.siting.parts import Parts
from gislib.siting.relaxation import ROUNDING, Priced, best_of_sites, bounds, part_tables, priced_worth


@dataclass(frozen=True)
class Kept:
    """Packages that may be built without and with their zone measure, zones that may be without and with theirs."""

    without: Flags
    with_zone: Flags
    zone_off: Flags
    zone_on: Flags


@dataclass(frozen=True)
class Forced:
    """Upper bound of every choice that holds a package without or with its zone measure, or a zone without or with."""

    without: Floats
    with_zone: Floats
    zone_off: Floats
    zone_on: Floats

    def at_least(self, load: float) -> Kept:
        """What may be part of a choice worth at least this load."""
        own = (self.without, self.with_zone, self.zone_off, self.zone_on)
        return Kept(*(bound >= load - ROUNDING * max(1.0, abs(load)) for bound in own))

    def level(self, count: int) -> float:
        """Load above which at most about ``count`` packages may be part of a choice; -inf where all are fewer."""
        every = np.r_[self.without, self.with_zone]
        return float(np.partition(every, -count)[-count]) if count < len(every) else -np.inf


def forced(parts: Parts, budget_yuan: float, price: float) -> Forced:
    """
    Bound of every package and zone measure that is forced in or out.

    Any price gives a right answer, that of the least bound the lowest. Within its own part a package is judged without
    the rows that tie the part, so what they cost there is added to its bound.
    """
    packages, site = parts.packages, parts.packages.site
    priced = priced_worth(parts, np.array([price]))
    bound = float(bounds(parts, budget_yuan, [price])[0])
    best = best_of_sites(parts, priced)[0]
    off, on = _zones_untied(parts, priced)
    slack = np.append(_slack(parts, priced), 0.0)
    base = bound + slack[parts.of_zone] - np.maximum(off, on)
    zone = packages.zone_of_site[site]
    inside = zone >= 0
    alone = bound + slack[parts.of_site[site]]
    loss = best[:, site] - np.stack([packages.gain, packages.gain_with]) + price * packages.cost
    return Forced(
        np.where(inside, np.append(base + off, 0.0)[zone], alone) - loss[0],
        np.where(inside, np.append(base + on, 0.0)[zone], -np.inf) - loss[1],
        base + off,
        base + on,
    )


def _zones_untied(parts: Parts, priced: Priced) -> tuple[Floats, Floats]:
    """Worth of every zone without and with its measure, sites judged one by one."""
    packages = parts.packages
    best = best_of_sites(parts, priced)[0]
    own = np.flatnonzero((parts.of_site >= 0) & (packages.zone_of_site >= 0))
    zones = len(packages.zone_cost)
    off, on = (np.bincount(packages.zone_of_site[own], weights=w[own], minlength=zones) for w in best)
    return priced.zone[0, :, 0] + off, priced.zone[0, :, 1] + on


def _slack(parts: Parts, priced: Priced) -> Floats:
    """What the rows that tie each part take off its worth at one price."""
    off, on = _zones_untied(parts, priced)
    best = best_of_sites(parts, priced)[0, 0]
    count = len(parts.parts)
    tied, alone = parts.of_zone >= 0, (parts.of_site >= 0) & (parts.packages.zone_of_site < 0)
    total = np.bincount(parts.of_zone[tied], weights=np.maximum(off, on)[tied], minlength=count)
    total = total + np.bincount(parts.of_site[alone], weights=best[alone], minlength=count)
    exact = np.array([float(p.plan.best(part_tables(parts, p, priced))[0]) for p in parts.parts])
    return np.asarray(total - exact)
