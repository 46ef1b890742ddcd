"""
The package model in arrays: candidates on sites, what they take off the terms, and the packages built from them.

Every term belongs to one site. A package is a set of compatible candidates of one site; what it leaves of a term is
the product over its candidates. A zone measure acts on all terms of the sites in its zone, so each package has a gain
without and a gain with it. With routes and origins fixed the sum of gains is exact, not an approximation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TypeAlias

import numpy as np

from gislib.domain.arrays import Flags, Floats, Ints


@dataclass(frozen=True)
class Floor:
    """At least one of these candidates or zone measures must be chosen; ``label`` is the campus (or gap) it is for."""

    label: str
    candidates: tuple[int, ...]
    zones: tuple[int, ...] = ()


@dataclass(frozen=True)
class Menu:
    """
    What can be built and what it acts on; arrays over candidates (c), terms (t), sites and zones.

    Attributes
    ----------
    site, cost, group
        Per candidate: site number, yuan, exclusion group (-1: none; two candidates of one group exclude each other at
        one site).
    effect_candidate, effect_term, effect_share
        Sparse triples: the candidate takes this share (0..1) off the term. Terms lie at the candidate's own site.
    term_site, term_load
        Per term: site, and load times the weight of its campus.
    zone_of_site
        Zone number per site; -1: no zone measure is possible there.
    zone_cost, term_zone_share
        Yuan per zone measure; share that the measure of its zone takes off each term (0: it does not act on it).
    cliques
        Sets of candidates of which at most one may be chosen: spacing and conflicts.
    floors
        What must be reached.
    needs
        Candidates that may stand only beside one of some others in their package: of their own site.
    max_devices
        Most candidates of one package.
    """

    site: Ints
    cost: Floats
    group: Ints
    effect_candidate: Ints
    effect_term: Ints
    effect_share: Floats
    term_site: Ints
    term_load: Floats
    zone_of_site: Ints
    zone_cost: Floats
    term_zone_share: Floats
    cliques: tuple[tuple[int, ...], ...] = ()
    floors: tuple[Floor, ...] = ()
    needs: Mapping[int, frozenset[int]] = field(default_factory=dict)
    max_devices: int = 3


@dataclass(frozen=True)
class Packages:
    """
    Packages of all sites; parallel arrays.

    ``members``: candidate numbers. ``gain``: load taken off without the zone measure; ``gain_with``: what the package
    takes off on top of it. ``zone_gain``: load that each zone measure takes off alone. ``cliques``, ``floors``: package
    numbers of each row, equal rows and rows inside others merged away.
    """

    site: Ints
    cost: Floats
    gain: Floats
    gain_with: Floats
    members: tuple[tuple[int, ...], ...]
    zone_of_site: Ints
    zone_cost: Floats
    zone_gain: Floats
    cliques: tuple[Ints, ...]
    floors: tuple[tuple[Floor, Ints], ...]


_Row: TypeAlias = tuple[tuple[int, ...], float, float, float]
"""Members, cost, gain without and with the zone measure."""


@dataclass
class _Site:
    """One site under enumeration."""

    candidates: list[int]
    left: Floats
    load: Floats
    zone_left: Floats
    rows: dict[int, frozenset[int]] = field(default_factory=dict)
    floors: dict[int, frozenset[int]] = field(default_factory=dict)
    foes: dict[int, frozenset[int]] = field(default_factory=dict)


def build_packages(menu: Menu) -> Packages:
    """
    Packages of every site that no other package of the site dominates.

    A candidate is left out if another one of its site and group costs no more, takes off no less of every term, stands
    in no clique that it does not stand in, and serves every floor and every need that it serves, needing no more;
    likewise a package. Neither changes the optimum.
    """
    across = _cliques_across_sites(menu)
    inside = _pairs_inside_sites(menu)
    kept: list[tuple[int, tuple[int, ...], float, float, float]] = []
    for number, site in _sites(menu, across, inside):
        kept.extend((number, *row) for row in _site_packages(menu, site))
    members = tuple(row[1] for row in kept)
    owner: dict[int, list[int]] = {}
    for package, own in enumerate(members):
        for candidate in own:
            owner.setdefault(candidate, []).append(package)
    return Packages(
        site=np.array([row[0] for row in kept], np.int64),
        cost=np.array([row[2] for row in kept]),
        gain=np.array([row[3] for row in kept]),
        gain_with=np.array([row[4] for row in kept]),
        members=members,
        zone_of_site=menu.zone_of_site,
        zone_cost=menu.zone_cost,
        zone_gain=zone_gains(menu),
        cliques=_distinct_rows([_owners(owner, clique) for clique in across]),
        floors=tuple((floor, _owners(owner, floor.candidates)) for floor in menu.floors),
    )


def zone_gains(menu: Menu) -> Floats:
    """Load that each zone measure takes off where nothing else is built."""
    zone = menu.zone_of_site[menu.term_site] if len(menu.term_site) else np.zeros(0, np.int64)
    own = zone >= 0
    return np.bincount(
        zone[own], weights=(menu.term_load * menu.term_zone_share)[own], minlength=len(menu.zone_cost)
    ).astype(np.float64)


def load_left(menu: Menu, chosen: Sequence[int], zones: Sequence[int]) -> Floats:
    """
    Load left of every term with these candidates and zone measures built, routes and origins fixed.

    Written from the definition, term by term, without packages or gains: what the optimum is checked against.
    """
    left = menu.term_load.copy()
    built = np.isin(menu.effect_candidate, np.asarray(chosen, np.int64))
    np.multiply.at(left, menu.effect_term[built], 1.0 - menu.effect_share[built])
    zone = menu.zone_of_site[menu.term_site] if len(left) else np.zeros(0, np.int64)
    limited = np.isin(zone, np.asarray(zones, np.int64)) & (zone >= 0)
    left[limited] *= 1.0 - menu.term_zone_share[limited]
    return left


def _cliques_across_sites(menu: Menu) -> tuple[tuple[int, ...], ...]:
    """Cliques that reach over several sites; each site holds at most one package anyway."""
    return tuple(clique for clique in menu.cliques if len(set(menu.site[list(clique)].tolist())) > 1)


def _pairs_inside_sites(menu: Menu) -> frozenset[tuple[int, int]]:
    """Pairs of one site that no package may hold together."""
    pairs: set[tuple[int, int]] = set()
    for clique in menu.cliques:
        by_site: dict[int, list[int]] = {}
        for candidate in sorted(clique):
            by_site.setdefault(int(menu.site[candidate]), []).append(candidate)
        for own in by_site.values():
            pairs.update(combinations(own, 2))
    return frozenset(pairs)


def _sites(
    menu: Menu, across: tuple[tuple[int, ...], ...], inside: frozenset[tuple[int, int]]
) -> list[tuple[int, _Site]]:
    """Sites with candidates: what each candidate leaves of the site's terms, its cliques, floors and foes."""
    rows = _membership(across)
    floors = _membership(tuple(f.candidates for f in menu.floors))
    terms = _grouped(menu.term_site)
    effects = _grouped(menu.effect_candidate)
    foes = _foes(inside)
    place = np.full(len(menu.term_load), -1)
    found = []
    for number, candidates in sorted(_grouped(menu.site).items()):
        own = terms.get(number, [])
        place[own] = np.arange(len(own))
        left = np.ones((len(candidates), len(own)))
        for row, candidate in enumerate(candidates):
            triples = effects.get(candidate, [])
            np.multiply.at(left[row], place[menu.effect_term[triples]], 1.0 - menu.effect_share[triples])
        site = _Site(list(candidates), left, menu.term_load[own], 1.0 - menu.term_zone_share[own])
        site.rows = {c: rows.get(c, frozenset()) for c in candidates}
        site.floors = {c: floors.get(c, frozenset()) for c in candidates}
        site.foes = {c: foes.get(c, frozenset()) for c in candidates}
        found.append((number, site))
    return found


def _foes(pairs: frozenset[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Candidates of the same site that each candidate excludes."""
    found: dict[int, set[int]] = {}
    for a, b in pairs:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return {candidate: frozenset(own) for candidate, own in found.items()}


def _membership(sets: Sequence[Sequence[int]]) -> dict[int, frozenset[int]]:
    """Numbers of the sets that hold each candidate."""
    found: dict[int, set[int]] = {}
    for number, own in enumerate(sets):
        for candidate in own:
            found.setdefault(candidate, set()).add(number)
    return {candidate: frozenset(own) for candidate, own in found.items()}


def _grouped(owner: Ints) -> dict[int, list[int]]:
    """Positions of every number, ascending."""
    order = np.argsort(owner, kind="stable")
    bounds = np.flatnonzero(np.r_[True, np.diff(owner[order]) != 0, True]) if len(owner) else np.zeros(1, np.int64)
    return {
        int(owner[order[a]]): order[a:b].tolist()
        for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    }


def _site_packages(menu: Menu, site: _Site) -> list[_Row]:
    """Packages of one site that none dominates: members, cost, gain without and with the zone measure."""
    if not site.load.any() and not any(site.floors.values()):
        return []
    rows = np.array(_undominated_candidates(menu, site), np.int64)
    numbers = np.array(site.candidates, np.int64)[rows]
    beside = _compatible(menu, site, numbers)
    found: list[_Row] = []
    alone = site.left[rows]
    combos, left = np.arange(len(rows))[:, None], alone
    for _ in range(menu.max_devices):
        gone = site.load * (1.0 - left)
        columns = menu.cost[numbers[combos]].sum(axis=1), gone.sum(axis=1), gone @ site.zone_left
        members = map(tuple, numbers[combos].tolist())
        every = zip(members, *(column.tolist() for column in columns), strict=True)
        found += [row for row in every if _needs_met(menu, row[0])]
        # the next size: every package with one more candidate that follows its last one and goes with all of it
        more, one = np.nonzero(beside[combos].all(axis=1) & (np.arange(len(rows)) > combos[:, -1:]))
        combos, left = np.c_[combos[more], one], left[more] * alone[one]
    return _undominated(found, site)


def _needs_met(menu: Menu, members: tuple[int, ...]) -> bool:
    """Whether everything in a package stands beside what it needs."""
    return all(not menu.needs[c].isdisjoint(members) for c in members if c in menu.needs)


def _replaces(needs: Mapping[int, frozenset[int]], one: int, other: int) -> bool:
    """Whether a candidate may take the place of another one wherever something is needed beside something."""
    serves = all(one in needed for needed in needs.values() if other in needed)
    return serves and (one not in needs or (other in needs and needs[one] >= needs[other]))


def _compatible(menu: Menu, site: _Site, numbers: Ints) -> Flags:
    """Which candidates of a site may stand in one package, each with each."""
    group = menu.group[numbers]
    beside = (group[:, None] != group[None, :]) | (group < 0)[:, None]
    for row, candidate in enumerate(numbers.tolist()):
        if site.foes[candidate]:
            beside[row] &= ~np.isin(numbers, list(site.foes[candidate]))
    return np.asarray(beside)


def _undominated_candidates(menu: Menu, site: _Site) -> list[int]:
    """Rows of the site's candidates that no other one of the same group replaces at no more cost."""
    cost = menu.cost[site.candidates]
    group = menu.group[site.candidates]
    order = np.lexsort((np.arange(len(cost)), site.left.sum(axis=1), cost)).tolist()
    needs = {c: menu.needs[c] for c in site.candidates if c in menu.needs}
    kept: list[int] = []
    for row in order:
        own = site.candidates[row]
        rivals = [k for k in kept if group[k] == group[row] >= 0]
        if not any(
            bool((site.left[k] <= site.left[row]).all())
            and site.rows[site.candidates[k]] <= site.rows[own]
            and site.floors[site.candidates[k]] >= site.floors[own]
            # the two exclude each other by their group, so only what else they exclude counts
            and site.foes[site.candidates[k]] - {own} <= site.foes[own]
            and _replaces(needs, site.candidates[k], own)
            for k in rivals
        ):
            kept.append(row)
    return sorted(kept)


def _undominated(found: list[_Row], site: _Site) -> list[_Row]:
    """Packages that no other one replaces at no more cost."""
    kept: list[_Row] = []
    marks: list[tuple[frozenset[int], frozenset[int]]] = []
    nothing: frozenset[int] = frozenset()
    for row in sorted(found, key=lambda r: (r[1], -r[2], -r[3], len(r[0]), r[0])):
        mark = nothing.union(*(site.rows[c] for c in row[0])), nothing.union(*(site.floors[c] for c in row[0]))
        if row[2] <= 0 and not mark[1]:
            continue
        # the last ones gain most, so they are asked first
        if not any(
            k[2] >= row[2] and k[3] >= row[3] and m[0] <= mark[0] and m[1] >= mark[1]
            for k, m in zip(reversed(kept), reversed(marks), strict=True)
        ):
            kept.append(row)
            marks.append(mark)
    return kept


def _owners(owner: dict[int, list[int]], candidates: Sequence[int]) -> Ints:
    """Packages that hold any of these candidates."""
    return np.array(sorted({p for c in candidates for p in owner.get(c, ())}), np.int64)


def _distinct_rows(rows: list[Ints]) -> tuple[Ints, ...]:
    """Rows of two or more packages, each once and none inside another one."""
    sets = sorted({frozenset(row.tolist()) for row in rows if len(row) > 1}, key=lambda s: (-len(s), sorted(s)))
    kept: list[frozenset[int]] = []
    holds: dict[int, list[int]] = {}
    for row in sets:
        rivals = set.intersection(*(set(holds.get(p, ())) for p in row))
        if not rivals:
            for package in row:
                holds.setdefault(package, []).append(len(kept))
            kept.append(row)
    return tuple(np.array(sorted(row), np.int64) for row in kept)


def subset(packages: Packages, keep: Flags) -> Packages:
    """Only the kept packages; rows of cliques and floors lose the others."""
    number = np.cumsum(keep) - 1
    rows = [number[row[keep[row]]] for row in packages.cliques]
    return replace(
        packages,
        site=packages.site[keep],
        cost=packages.cost[keep],
        gain=packages.gain[keep],
        gain_with=packages.gain_with[keep],
        members=tuple(own for own, kept in zip(packages.members, keep.tolist(), strict=True) if kept),
        cliques=tuple(row for row in rows if len(row) > 1),
        floors=tuple((floor, number[row[keep[row]]]) for floor, row in packages.floors),
    )
