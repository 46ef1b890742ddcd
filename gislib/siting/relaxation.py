"""
The budget priced instead of limited: an upper bound in no time, and the best choice at a price.

For a price of money λ ≥ 0 (load per yuan), ``λ·budget + Σ best(gain - λ·cost)`` over the parts is at least the optimum,
whatever the price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.siting.packages import Packages
from gislib.siting.parts import Part, Parts

CASES: Final = 8
"""Prices worked out at once."""
PRICE_ERROR: Final = 1e-9
"""Relative width of the interval of prices below which the search ends."""
LEAST_PRICE: Final = 1e-12
"""Share of the greatest price below which money is free."""
ROUNDING: Final = 1e-9
"""Relative slack that keeps a package whose bound equals the value but for rounding."""
DOUBLINGS: Final = 60
"""Most doublings of the price while what floors ask for still exceeds the budget."""


@dataclass(frozen=True)
class Priced:
    """
    Worth at some prices; first axis: prices.

    ``state``: best worth of every state, without and with the zone measure (second axis). ``zone``: of every zone
    measure off and on (last axis), with the sites of its zone that no row ties. ``alone``: total of the sites in no
    zone that no row ties.
    """

    state: Floats
    zone: Floats
    alone: Floats


@dataclass(frozen=True)
class Selection:
    """Package of every site (-1: none), zone measures that are on, what they take off and cost."""

    at: Ints
    zone_on: Flags
    value: float
    cost_yuan: float


@dataclass(frozen=True)
class Bound:
    """
    Least bound over the prices.

    ``price``: where it is reached; ``value``: the bound; ``below``, ``above``: ends of the interval of prices that the
    search ended with.
    """

    price: float
    value: float
    below: float
    above: float


def least_bound(parts: Parts, budget_yuan: float) -> Bound:
    """
    Price with the least bound; the bound is convex in the price.

    It is negative only if no choice meets the floors within the budget.
    """
    if not np.isfinite(budget_yuan):
        return Bound(0.0, float(bounds(parts, budget_yuan, [0.0])[0]), 0.0, 0.0)
    low, high = 0.0, dearest_price(parts.packages)
    for _ in range(DOUBLINGS):
        near, far = bounds(parts, budget_yuan, [high, 2 * high])
        if far >= near or near < 0:
            break
        high *= 2
    best = Bound(0.0, float(bounds(parts, budget_yuan, [0.0])[0]), 0.0, high)
    least = LEAST_PRICE * high
    while high - low > max(PRICE_ERROR * high, least) and best.value >= 0:
        prices = np.linspace(low, high, CASES + 2)
        values = bounds(parts, budget_yuan, prices[1:-1])
        k = int(np.argmin(values)) + 1
        low, high = float(prices[k - 1]), float(prices[k + 1])
        best = Bound(float(prices[k]), float(values[k - 1]), low, high) if values[k - 1] < best.value else best
    return Bound(best.price, best.value, low, high)


def bounds(parts: Parts, budget_yuan: float, prices: Sequence[float] | Floats) -> Floats:
    """Upper bound of the optimum at each price, load; -inf if some floor cannot be met at all."""
    own = np.asarray(prices, np.float64)
    priced = priced_worth(parts, own)
    loose = parts.of_zone < 0
    total = priced.alone + priced.zone[:, loose].max(axis=2).sum(axis=1)
    for part in parts.parts:
        total = total + part.plan.best(part_tables(parts, part, priced))
    return np.asarray(total + np.where(own > 0, own * np.where(own > 0, budget_yuan, 0.0), 0.0))


def best_at(parts: Parts, price: float) -> Selection:
    """A choice of greatest gain less price times cost; the floors must be possible to meet."""
    packages = parts.packages
    priced = priced_worth(parts, np.array([price]))
    zone_on = priced.zone[0, :, 1] > priced.zone[0, :, 0]
    state_of = np.full(len(packages.zone_of_site), -1)
    for part in parts.parts:
        found = part.plan.states(part_tables(parts, part, priced))
        zone_on[list(part.zones)] = np.array(found[: len(part.zones)], bool)
        state_of[list(part.sites)] = found[len(part.zones) : len(part.zones) + len(part.sites)]
    state_of[state_of < 0] = 0
    limited = np.append(zone_on, False)[packages.zone_of_site]
    return selection(packages, _best_entries(parts, price, parts.states[:-1] + state_of, limited), zone_on)


def selection(packages: Packages, at: Ints, zone_on: Flags) -> Selection:
    """Selection with its value and cost."""
    built = at[at >= 0]
    zone = packages.zone_of_site[packages.site[built]]
    limited = np.append(zone_on, False)[zone]
    value = np.where(limited, packages.gain_with[built], packages.gain[built]).sum() + packages.zone_gain[zone_on].sum()
    cost = packages.cost[built].sum() + packages.zone_cost[zone_on].sum()
    return Selection(at, zone_on, float(value), float(cost))


def dearest_price(packages: Packages) -> float:
    """Price at which nothing is worth its cost."""
    return float(
        max(
            np.max(packages.gain / np.maximum(packages.cost, ROUNDING), initial=0.0),
            np.max(packages.zone_gain / np.maximum(packages.zone_cost, ROUNDING), initial=0.0),
            ROUNDING,
        )
    )


def _worths(parts: Parts, prices: Floats) -> Floats:
    """Worth of every entry without and with the zone measure."""
    packages, entry = parts.packages, parts.entry
    cost, gain, more = (np.append(column, 0.0)[entry] for column in (packages.cost, packages.gain, packages.gain_with))
    return np.asarray(np.stack([gain, more])[None] - prices[:, None, None] * cost[None, None, :])


def priced_worth(parts: Parts, prices: Floats) -> Priced:
    """Worth of states and zones at each price."""
    packages = parts.packages
    sites, zones = len(packages.zone_of_site), len(packages.zone_cost)
    state = np.maximum.reduceat(_worths(parts, prices), parts.first, axis=2) if sites else np.zeros((len(prices), 2, 0))
    first = state[:, :, parts.states[:-1]]
    untied = parts.of_site < 0
    zone_of = packages.zone_of_site
    zone = np.zeros((len(prices), zones, 2))
    zone[:, :, 1] = packages.zone_gain - prices[:, None] * packages.zone_cost
    own = np.flatnonzero(untied & (zone_of >= 0))
    for case in range(len(prices)):
        for limited in (0, 1):
            worth = first[case, limited, own]
            zone[case, :, limited] += np.bincount(zone_of[own], weights=worth, minlength=zones)
    return Priced(state, zone, np.asarray(first[:, 0, untied & (zone_of < 0)].sum(axis=1)))


def part_tables(parts: Parts, part: Part, priced: Priced) -> list[Floats]:
    """Given tables of a part's plan."""
    tables = [priced.zone[:, zone] for zone in part.zones]
    for site in part.sites:
        own = priced.state[:, :, parts.states[site] : parts.states[site + 1]]
        tables.append(own if parts.packages.zone_of_site[site] >= 0 else own[:, 0])
    return tables


def best_of_sites(parts: Parts, priced: Priced) -> Floats:
    """Best worth of every site without and with its zone measure, whatever ties it."""
    if not len(parts.packages.zone_of_site):
        return np.zeros((len(priced.alone), 2, 0))
    return np.asarray(np.maximum.reduceat(priced.state, parts.states[:-1], axis=2))


def _best_entries(parts: Parts, price: float, states: Ints, limited: Flags) -> Ints:
    """Package of greatest worth in the given state of every site; -1 where nothing is worth its cost."""
    worth = _worths(parts, np.array([price]))[0]
    ends = np.append(parts.first[1:], len(parts.entry))
    at = np.empty(len(states), np.int64)
    for site, state in enumerate(states.tolist()):
        own = slice(int(parts.first[state]), int(ends[state]))
        at[site] = parts.entry[own][worth[int(limited[site]), own].argmax()]
    return at
