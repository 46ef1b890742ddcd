"""
A quick plan: floors first at least cost, then always what takes off most load per yuan (lazy greedy).

It has no guarantee; the solver's bound says how far from the best it may be.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np

from gislib.domain.arrays import Flags, Ints
from gislib.siting.packages import Packages
from gislib.siting.relaxation import Selection

FREE: Final = 1e-12
"""Yuan below which an exchange costs nothing."""


@dataclass(frozen=True)
class Choice:
    """Chosen candidates and zones, the load they take off, their cost, and whether every floor is met."""

    candidates: tuple[int, ...]
    zones: tuple[int, ...]
    value: float
    cost_yuan: float
    floors_met: bool


def preview(packages: Packages, budget_yuan: float, start: Selection | None = None, price: float = 0.0) -> Choice:
    """
    Greedy choice within the budget; where a floor cannot be met beside the others it is left out and said.

    With a ``start`` its zone measures and packages are taken first, as far as they fit. Floors not met then are met at
    least loss at a ``price`` of money (load per yuan; 0: at least cost), and the rest is filled up greedily.
    """
    state = _State(packages, budget_yuan)
    if start is not None:
        state.take(start)
    state.meet_floors(price)
    state.grow()
    return state.choice()


class _State:
    """A choice under construction."""

    def __init__(self, packages: Packages, budget_yuan: float) -> None:
        self.p = packages
        self.budget = budget_yuan
        self.spent = 0.0
        self.at: Ints = np.full(len(packages.zone_of_site), -1)
        self.zone_on: Flags = np.zeros(len(packages.zone_cost), bool)
        self.cliques = _rows_of(packages.cliques)
        self.floors = _rows_of(tuple(own for _, own in packages.floors))
        self.taken: dict[int, int] = {}
        self.served = [0] * len(packages.floors)
        self.of_site: dict[int, list[int]] = {}
        for number, site in enumerate(packages.site.tolist()):
            self.of_site.setdefault(site, []).append(number)
        self.in_zone: dict[int, list[int]] = {}
        for site, zone in enumerate(packages.zone_of_site.tolist()):
            self.in_zone.setdefault(zone, []).append(site)

    def gain(self, package: int) -> float:
        """Load that a package takes off beside the zone measures chosen so far; 0 for none (-1)."""
        if package < 0:
            return 0.0
        zone = int(self.p.zone_of_site[self.p.site[package]])
        return float(self.p.gain_with[package] if zone >= 0 and self.zone_on[zone] else self.p.gain[package])

    def cost(self, package: int) -> float:
        return float(self.p.cost[package]) if package >= 0 else 0.0

    def exchange(self, package: int) -> tuple[float, float]:
        """Load and yuan of putting a package in the place of what stands at its site."""
        before = int(self.at[self.p.site[package]])
        return self.gain(package) - self.gain(before), self.cost(package) - self.cost(before)

    def fits(self, package: int) -> bool:
        """Whether budget, cliques and floors already met allow the exchange."""
        before = int(self.at[self.p.site[package]])
        lost = self.floors.get(before, frozenset()) - self.floors.get(package, frozenset())
        return (
            self.spent + self.exchange(package)[1] <= self.budget
            and all(self.taken.get(row, before) == before for row in self.cliques.get(package, ()))
            and all(self.served[floor] > 1 for floor in lost)
        )

    def put(self, package: int) -> None:
        site = int(self.p.site[package])
        before = int(self.at[site])
        self.spent += self.exchange(package)[1]
        for row in self.cliques.get(before, ()):
            self.taken.pop(row, None)
        for floor in self.floors.get(before, ()):
            self.served[floor] -= 1
        for row in self.cliques.get(package, ()):
            self.taken[row] = package
        for floor in self.floors.get(package, ()):
            self.served[floor] += 1
        self.at[site] = package

    def zone_exchange(self, zone: int) -> tuple[float, float]:
        """Load and yuan of a zone measure beside what stands in the zone."""
        built = [int(self.at[s]) for s in self.in_zone.get(zone, ()) if self.at[s] >= 0]
        less = float((self.p.gain[built] - self.p.gain_with[built]).sum())
        return float(self.p.zone_gain[zone]) - less, float(self.p.zone_cost[zone])

    def put_zone(self, zone: int) -> None:
        self.spent += float(self.p.zone_cost[zone])
        self.zone_on[zone] = True

    def meet_floors(self, price: float) -> None:
        """
        Fitting package or zone of least loss at a price for every floor, the floors with fewest packages first.

        At price 0 it is the cheapest one.
        """
        order = sorted(range(len(self.p.floors)), key=lambda k: (len(self.p.floors[k][1]), k))
        for number in order:
            floor, own = self.p.floors[number]
            if self.served[number] or any(self.zone_on[z] for z in floor.zones):
                continue
            fitting = [(_loss(self.exchange(k), price), 0, k) for k in own.tolist() if self.fits(k)]
            fitting += [
                (_loss(self.zone_exchange(z), price), 1, z)
                for z in floor.zones
                if self.spent + float(self.p.zone_cost[z]) <= self.budget
            ]
            if fitting:
                _, is_zone, best = min(fitting)
                self.put_zone(best) if is_zone else self.put(best)

    def take(self, start: Selection) -> None:
        """Zone measures and packages of a selection as far as they fit, those that gain most first."""
        for zone in np.flatnonzero(start.zone_on).tolist():
            if self.spent + float(self.p.zone_cost[zone]) <= self.budget:
                self.put_zone(zone)
        built = start.at[start.at >= 0]
        for package in built[np.argsort(-self.p.gain[built], kind="stable")].tolist():
            if self.fits(package):
                self.put(package)

    def grow(self) -> None:
        """Take the best exchange per yuan until nothing that helps fits."""
        heap = [self._entry(0, k) for k in range(len(self.p.site))]
        heap += [self._entry(1, z) for z in range(len(self.zone_on)) if not self.zone_on[z]]
        heapq.heapify(heap)
        while heap:
            ratio, is_zone, number = heapq.heappop(heap)
            if ratio >= 0:
                continue
            fresh = self._entry(is_zone, number)
            if heap and fresh[0] > heap[0][0]:
                if fresh[0] < 0:
                    heapq.heappush(heap, fresh)
                continue
            if is_zone:
                if not self.zone_on[number] and self.spent + float(self.p.zone_cost[number]) <= self.budget:
                    self.put_zone(number)
            elif fresh[0] < 0 and self.fits(number):
                self.put(number)
                for other in self.of_site[int(self.p.site[number])]:
                    if other != number:
                        heapq.heappush(heap, self._entry(0, other))

    def _entry(self, is_zone: int, number: int) -> tuple[float, int, int]:
        """Minus the load per yuan (nothing to gain: 0), for the heap."""
        load, yuan = self.zone_exchange(number) if is_zone else self.exchange(number)
        return (-load / max(yuan, FREE) if load > FREE else 0.0), is_zone, number

    def choice(self) -> Choice:
        built = self.at[self.at >= 0].tolist()
        zones = np.flatnonzero(self.zone_on)
        value = sum(self.gain(k) for k in built) + float(self.p.zone_gain[zones].sum())
        met = all(
            served or any(self.zone_on[z] for z in floor.zones)
            for served, (floor, _) in zip(self.served, self.p.floors, strict=True)
        )
        chosen = tuple(sorted(c for k in built for c in self.p.members[k]))
        cost = float(self.p.cost[built].sum() + self.p.zone_cost[zones].sum())
        return Choice(chosen, tuple(zones.tolist()), value, cost, met)


def _loss(exchange: tuple[float, float], price: float) -> float:
    """Load that is lost by paying for an exchange at a price; its cost where money has no price."""
    load, yuan = exchange
    return price * yuan - load if price > 0 else yuan


def _rows_of(rows: tuple[Ints, ...]) -> dict[int, frozenset[int]]:
    """Rows that hold each package."""
    found: dict[int, set[int]] = {}
    for number, row in enumerate(rows):
        for package in row.tolist():
            found.setdefault(package, set()).add(number)
    return {package: frozenset(own) for package, own in found.items()}
