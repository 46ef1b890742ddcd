"""
The package model cut into parts that only the budget ties together.

Sites are tied by the zone they share, by spacing over several sites and by floors. To the sites around it a package
means only which of those rows it stands in, its *state*: packages of one site with the same rows compete by their worth
alone, so a site has few states however many packages it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Final, TypeAlias

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.siting.elimination import Plan, Scope, elimination_order, make_plan
from gislib.siting.packages import Packages

WIDEST: Final = 200_000
"""Entries of a table beyond which a floor or a spacing row is left out of the bound."""

_Fixed: TypeAlias = tuple[Scope, Floats]
_Rows: TypeAlias = frozenset[int]


@dataclass(frozen=True)
class Part:
    """Zones and sites that rows tie together; the plan's given tables are those of the zones, then of the sites."""

    zones: tuple[int, ...]
    sites: tuple[int, ...]
    plan: Plan


@dataclass(frozen=True)
class Parts:
    """
    A package model cut into parts.

    ``entry``: package numbers sorted by site and state, with -1 (nothing) in the first state of every site; ``first``:
    first entry of every state; ``states``: first state of every site, and the number of states. ``of_site``,
    ``of_zone``: number of the part, -1 for none: such sites are tied by their zone at most. ``whole``: no row had to be
    left out, so the best of all parts together breaks nothing but the budget.
    """

    packages: Packages
    entry: Ints
    first: Ints
    states: Ints
    parts: tuple[Part, ...]
    of_site: Ints
    of_zone: Ints
    whole: bool


@dataclass(frozen=True)
class _Tied:
    """What ties the sites: spacing rows, floors, and the rows (spacing first, then floors) of every state."""

    packages: Packages
    spacing: list[Ints]
    states: Ints
    rows: list[_Rows]

    def rows_of(self, site: int) -> list[_Rows]:
        return self.rows[self.states[site] : self.states[site + 1]]


def cut(packages: Packages) -> Parts:
    """Parts of a package model; made once, used for every budget."""
    spacing = [row for row in packages.cliques if len(np.unique(packages.site[row])) > 1]
    marks: dict[int, list[int]] = {}
    for number, row in enumerate([*spacing, *(own for _, own in packages.floors)]):
        for package in row.tolist():
            marks.setdefault(package, []).append(number)
    entry, first, states, rows = _states(packages, marks)
    tied = _Tied(packages, spacing, states, rows)
    of_site, of_zone = np.full(len(packages.zone_of_site), -1), np.full(len(packages.zone_cost), -1)
    parts: list[Part] = []
    whole = True
    for sites, zones, floors in _components(tied):
        plan, left_out = _plan(tied, sites, zones, floors)
        of_site[list(sites)], of_zone[list(zones)] = len(parts), len(parts)
        parts.append(Part(zones, sites, plan))
        whole &= not left_out
    return Parts(packages, entry, first, states, tuple(parts), of_site, of_zone, whole)


def _states(packages: Packages, marks: dict[int, list[int]]) -> tuple[Ints, Ints, Ints, list[_Rows]]:
    """Entries, first entry of every state, first state of every site, and the rows of every state."""
    sites, count = len(packages.zone_of_site), len(packages.site)
    keys = [tuple(marks.get(k, ())) for k in range(count)]
    names = {key: n for n, key in enumerate(sorted({(), *keys}))}
    kind = np.r_[np.zeros(sites, np.int64), np.array([names[k] for k in keys], np.int64)]
    site = np.r_[np.arange(sites), packages.site]
    package = np.r_[np.full(sites, -1), np.arange(count)]
    order = np.lexsort((package, kind, site))
    site, kind = site[order], kind[order]
    first = np.flatnonzero(np.r_[True, (np.diff(site) != 0) | (np.diff(kind) != 0)][: len(site)])
    by_number = [frozenset(key) for key in names]
    return (
        package[order].astype(np.int64),
        first.astype(np.int64),
        np.searchsorted(site[first], np.arange(sites + 1)).astype(np.int64),
        [by_number[k] for k in kind[first].tolist()],
    )


def _components(tied: _Tied) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    """Sites with more than one state, zones and floors that belong together, where any row ties them."""
    packages = tied.packages
    sites, zones = len(packages.zone_of_site), len(packages.zone_cost)
    pairs = [(s, sites + z) for s, z in enumerate(packages.zone_of_site.tolist()) if z >= 0]
    for row in tied.spacing:
        own = np.unique(packages.site[row]).tolist()
        pairs += [(own[0], other) for other in own[1:]]
    for number, (floor, helpers) in enumerate(packages.floors):
        pairs += [(sites + zones + number, s) for s in np.unique(packages.site[helpers]).tolist()]
        pairs += [(sites + zones + number, sites + z) for z in floor.zones]
    size = sites + zones + len(packages.floors)
    a, b = np.array(pairs, np.int64).reshape(-1, 2).T
    _, label = connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(size, size)), directed=False)
    needed = np.r_[np.flatnonzero(np.diff(tied.states) > 1), np.arange(sites + zones, size)]
    wanted = np.isin(label, label[needed])
    wanted[:sites] &= np.diff(tied.states) > 1
    members = np.flatnonzero(wanted)
    members = members[np.argsort(label[members], kind="stable")]
    for group in np.split(members, np.flatnonzero(np.diff(label[members])) + 1) if len(members) else []:
        own, zone, asked = np.split(group, np.searchsorted(group, [sites, sites + zones]))
        yield tuple(own.tolist()), tuple((zone - sites).tolist()), tuple((asked - sites - zones).tolist())


def _plan(tied: _Tied, sites: tuple[int, ...], zones: tuple[int, ...], floors: tuple[int, ...]) -> tuple[Plan, bool]:
    """Plan of one part, and whether rows had to be left out of it: those that reach furthest first."""
    own_sizes = [2] * len(zones) + [len(tied.rows_of(s)) for s in sites]
    number = {s: len(zones) + k for k, s in enumerate(sites)}
    zone_number = {z: k for k, z in enumerate(zones)}
    zone_of = [int(tied.packages.zone_of_site[s]) for s in sites]
    given: list[Scope] = [(k,) for k in range(len(zones))]
    given += [(zone_number[z], number[s]) if z >= 0 else (number[s],) for s, z in zip(sites, zone_of, strict=True)]
    pairs = _spacing(tied, sites, number)
    helpers = sorted((_helpers(tied, floor, zone_number, number) for floor in floors), key=len)
    most = kept = len(pairs) + len(helpers)
    while True:
        sizes = list(own_sizes)
        chains = [_floor(own, sizes) for own in helpers[: max(0, kept - len(pairs))]]
        fixed = [*pairs[:kept], *chain.from_iterable(chains)]
        order, widest = elimination_order(sizes, [*(scope for scope, _ in fixed), *given])
        # without rows every table is that of one site
        if widest <= WIDEST or not kept:
            return make_plan(order, fixed, given), kept < most
        kept = kept * 9 // 10


def _spacing(tied: _Tied, sites: Sequence[int], number: dict[int, int]) -> list[_Fixed]:
    """Forbidden pairs of states of two sites: those that stand in the same spacing row."""
    on_row: dict[int, list[int]] = {}
    for site in sites:
        for row in frozenset().union(*tied.rows_of(site)):
            if row < len(tied.spacing):
                on_row.setdefault(row, []).append(site)
    found: list[_Fixed] = []
    for a, b in sorted({pair for own in on_row.values() for pair in combinations(own, 2)}):
        shared = frozenset(row for row, own in on_row.items() if a in own and b in own)
        table = [[-np.inf if mine & theirs & shared else 0.0 for theirs in tied.rows_of(b)] for mine in tied.rows_of(a)]
        found.append(((number[a], number[b]), np.array(table)))
    return found


def _helpers(tied: _Tied, floor: int, zone_number: dict[int, int], number: dict[int, int]) -> list[tuple[int, Flags]]:
    """Variables that can meet a floor, and which of their states do; sites of one zone beside each other."""
    row = len(tied.spacing) + floor
    zones = tied.packages.floors[floor][0].zones
    sites = np.unique(tied.packages.site[tied.packages.floors[floor][1]]).tolist()
    found = [(int(tied.packages.zone_of_site[s]), number[s], [row in own for own in tied.rows_of(s)]) for s in sites]
    found += [(z, zone_number[z], [False, True]) for z in zones]
    return [(variable, np.array(meets)) for _, variable, meets in sorted(found)]


def _floor(helpers: list[tuple[int, Flags]], sizes: list[int]) -> list[_Fixed]:
    """
    One of the helpers must meet the floor.

    Between each two a variable says whether one of those so far does, so that no table holds all of them.
    """
    rows: list[_Fixed] = []
    before: int | None = None
    for position, (variable, meets) in enumerate(helpers):
        met = meets[None, :] | np.array([False] if before is None else [False, True])[:, None]
        if position < len(helpers) - 1:
            # met so far may be said only where it is so; not said, nothing is lost
            table = np.where(np.array([True, False])[None, None, :] | met[:, :, None], 0.0, -np.inf)
            scope: Scope = (variable, len(sizes))
            sizes.append(2)
        else:
            table, scope = np.where(met, 0.0, -np.inf), (variable,)
        rows.append((scope, table[0]) if before is None else ((before, *scope), table))
        before = len(sizes) - 1
    return rows
