"""
The package model cut into parts that only the budget ties together.

Sites are tied by the zone they share, by spacing over several sites and by floors. To the sites around it a package
means only which of those rows it stands in, its *state*: packages of one site with the same rows compete by their worth
alone, so a site has few states however many packages it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
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
class _Group:
    """Sites with more than one state, zones and floors that rows tie together."""

    sites: tuple[int, ...]
    zones: tuple[int, ...]
    floors: tuple[int, ...]


@dataclass(frozen=True)
class _Tied:
    """
    What ties the sites.

    ``spacing``: spacing rows; ``rows``: rows of every state, spacing first, then floors. ``edges``: pairs of nodes and
    the row that ties them (-1: their zone); nodes are sites, then zones, then floors.
    """

    packages: Packages
    spacing: list[Ints]
    states: Ints
    rows: list[_Rows]
    edges: Ints

    def rows_of(self, site: int) -> list[_Rows]:
        return self.rows[self.states[site] : self.states[site + 1]]

    @property
    def ends(self) -> tuple[int, int, int]:
        """Number of sites, of sites and zones, of all nodes."""
        zones = len(self.packages.zone_of_site) + len(self.packages.zone_cost)
        return len(self.packages.zone_of_site), zones, zones + len(self.packages.floors)


def cut(packages: Packages) -> Parts:
    """Parts of a package model; made once, used for every budget."""
    spacing = [row for row in packages.cliques if len(np.unique(packages.site[row])) > 1]
    marks: dict[int, list[int]] = {}
    for number, row in enumerate([*spacing, *(own for _, own in packages.floors)]):
        for package in row.tolist():
            marks.setdefault(package, []).append(number)
    entry, first, states, rows = _states(packages, marks)
    tied = _Tied(packages, spacing, states, rows, _edges(packages, spacing))
    of_site, of_zone = np.full(len(packages.zone_of_site), -1), np.full(len(packages.zone_cost), -1)
    parts: list[Part] = []
    left_out: set[int] = set()
    pending = _groups(tied, np.ones(tied.ends[2], bool), left_out)
    while pending:
        group = pending.pop()
        plan = _plan(tied, group, left_out)
        if plan is None:
            left_out |= _furthest(tied, group, left_out)
            inside = np.zeros(tied.ends[2], bool)
            inside[[*group.sites, *(tied.ends[0] + z for z in group.zones)]] = True
            inside[[tied.ends[1] + f for f in group.floors]] = True
            pending += _groups(tied, inside, left_out)
            continue
        of_site[list(group.sites)], of_zone[list(group.zones)] = len(parts), len(parts)
        parts.append(Part(group.zones, group.sites, plan))
    return Parts(packages, entry, first, states, tuple(parts), of_site, of_zone, not left_out)


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


def _edges(packages: Packages, spacing: list[Ints]) -> Ints:
    """Pairs of nodes that are tied, with the row that ties them."""
    sites, zones = len(packages.zone_of_site), len(packages.zone_cost)
    edges = [(s, sites + z, -1) for s, z in enumerate(packages.zone_of_site.tolist()) if z >= 0]
    for number, row in enumerate(spacing):
        own = np.unique(packages.site[row]).tolist()
        edges += [(own[0], other, number) for other in own[1:]]
    for number, (floor, helpers) in enumerate(packages.floors):
        node, row_number = sites + zones + number, len(spacing) + number
        edges += [(node, s, row_number) for s in np.unique(packages.site[helpers]).tolist()]
        edges += [(node, sites + z, row_number) for z in floor.zones]
    return np.array(edges, np.int64).reshape(-1, 3)


def _groups(tied: _Tied, inside: Flags, left_out: set[int]) -> list[_Group]:
    """Groups of these nodes that hang together by rows that are not left out."""
    sites, zones, size = tied.ends
    a, b, row = tied.edges.T
    own = inside[a] & inside[b] & ~np.isin(row, list(left_out))
    graph = coo_matrix((np.ones(int(own.sum())), (a[own], b[own])), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    wanted = inside.copy()
    wanted[zones:] &= ~np.isin(np.arange(size - zones) + len(tied.spacing), list(left_out))
    needed = wanted.copy()
    needed[:sites] &= np.diff(tied.states) > 1
    needed[sites:zones] = False
    wanted &= np.isin(label, label[needed])
    wanted[:sites] &= needed[:sites]
    members = np.flatnonzero(wanted)
    members = members[np.argsort(label[members], kind="stable")]
    found = []
    for group in np.split(members, np.flatnonzero(np.diff(label[members])) + 1) if len(members) else []:
        site, zone, floor = np.split(group, np.searchsorted(group, [sites, zones]))
        found.append(_Group(tuple(site.tolist()), tuple((zone - sites).tolist()), tuple((floor - zones).tolist())))
    return found


def _furthest(tied: _Tied, group: _Group, left_out: set[int]) -> set[int]:
    """Every second row of a group among those that tie most zones to each other, else among those of most sites."""
    sites = np.zeros(tied.ends[2], bool)
    sites[list(group.sites)] = True
    rows = [n for n, row in enumerate(tied.spacing) if n not in left_out and sites[tied.packages.site[row[0]]]]
    rows += [len(tied.spacing) + floor for floor in group.floors]
    reach = {}
    for number in rows:
        own = (
            tied.spacing[number] if number < len(tied.spacing) else tied.packages.floors[number - len(tied.spacing)][1]
        )
        site = np.unique(tied.packages.site[own])
        zone = tied.packages.zone_of_site[site]
        reach[number] = len(np.unique(np.where(zone >= 0, zone, -1 - site))), len(site)
    wide = [n for n in rows if reach[n][0] > 1] or rows
    return set(sorted(wide, key=lambda n: (-reach[n][0], -reach[n][1], n))[::2])


def _plan(tied: _Tied, group: _Group, left_out: set[int]) -> Plan | None:
    """Plan of a group by the rows that are not left out; None if a table would be too wide."""
    sizes = [2] * len(group.zones) + [len(tied.rows_of(s)) for s in group.sites]
    number = {s: len(group.zones) + k for k, s in enumerate(group.sites)}
    zone_number = {z: k for k, z in enumerate(group.zones)}
    given: list[Scope] = [(k,) for k in range(len(group.zones))]
    for site, own in number.items():
        zone = int(tied.packages.zone_of_site[site])
        given.append((zone_number[zone], own) if zone >= 0 else (own,))
    fixed = _spacing(tied, number, left_out)
    for floor in group.floors:
        fixed += _floor(_helpers(tied, floor, zone_number, number), sizes)
    order, widest = elimination_order(sizes, [*(scope for scope, _ in fixed), *given])
    # without rows every table is that of one site
    return make_plan(order, fixed, given) if widest <= WIDEST or not fixed else None


def _spacing(tied: _Tied, number: dict[int, int], left_out: set[int]) -> list[_Fixed]:
    """Forbidden pairs of states of two sites: those that stand in the same spacing row."""
    shared: dict[tuple[int, int], set[int]] = {}
    on_row: dict[int, list[int]] = {}
    for site in number:
        for row in frozenset().union(*tied.rows_of(site)):
            if row < len(tied.spacing) and row not in left_out:
                on_row.setdefault(row, []).append(site)
    for row, own in on_row.items():
        for pair in combinations(own, 2):
            shared.setdefault(pair, set()).add(row)
    found: list[_Fixed] = []
    for (a, b), rows in sorted(shared.items()):
        table = [[-np.inf if mine & theirs & rows else 0.0 for theirs in tied.rows_of(b)] for mine in tied.rows_of(a)]
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
