"""Random menus small enough to enumerate, and the enumeration."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np

from gislib.siting.packages import Floor, Menu, load_left


def menu(**changes: object) -> Menu:
    """One site, one term of load 1, one candidate that takes off half for 10 yuan; changed as said."""
    fields: dict[str, object] = {
        "site": np.array([0]), "cost": np.array([10.0]), "group": np.array([-1]),
        "effect_candidate": np.array([0]), "effect_term": np.array([0]), "effect_share": np.array([0.5]),
        "term_site": np.array([0]), "term_load": np.array([1.0]),
        "zone_of_site": np.array([-1]), "zone_cost": np.zeros(0), "term_zone_share": np.array([0.0]),
    }  # fmt: skip
    return Menu(**(fields | changes))  # type: ignore[arg-type]


def random_menu(rng: np.random.Generator, candidates: int = 12) -> Menu:
    """Random sites, effects, spacing, conflicts, zones and floors; at most ``candidates`` candidates and zones."""
    zones = int(rng.integers(0, 3))
    count = int(rng.integers(1, candidates - zones + 1))
    sites = int(rng.integers(1, 6))
    terms = int(rng.integers(1, 12))
    site = rng.integers(0, sites, count)
    term_site = rng.integers(0, sites, terms)
    pairs = [(c, t) for c in range(count) for t in range(terms) if site[c] == term_site[t] and rng.random() < 0.8]
    # Few prices and shares: ties and dominated candidates are what merging could get wrong.
    share = rng.choice([0.1, 0.3, 0.5], len(pairs))
    cliques = tuple(
        tuple(sorted(rng.choice(count, size=min(count, int(rng.integers(2, 4))), replace=False).tolist()))
        for _ in range(int(rng.integers(0, 4)))
    )
    floors = tuple(
        Floor(f"s{k}", tuple(sorted(set(rng.integers(0, count, 3).tolist()))), tuple(range(zones)) if k else ())
        for k in range(int(rng.integers(0, 3)))
    )
    needs = {
        c: frozenset(o for o in range(count) if o != c and site[o] == site[c] and rng.random() < 0.6)
        for c in range(count) if rng.random() < 0.2
    }  # fmt: skip
    return Menu(
        needs=needs, site=site, cost=rng.choice([1.0, 2.0, 5.0], count), group=rng.integers(-1, 2, count),
        effect_candidate=np.array([c for c, _ in pairs], np.int64),
        effect_term=np.array([t for _, t in pairs], np.int64), effect_share=share,
        term_site=term_site, term_load=rng.choice([0.5, 1.0, 3.0], terms),
        zone_of_site=rng.integers(-1, zones, sites) if zones else np.full(sites, -1),
        zone_cost=rng.choice([2.0, 4.0], zones), term_zone_share=rng.choice([0.0, 0.2], terms),
        cliques=cliques, floors=floors, max_devices=int(rng.integers(1, 4)),
    )  # fmt: skip


def subsets(count: int) -> chain[tuple[int, ...]]:
    return chain.from_iterable(combinations(range(count), k) for k in range(count + 1))


def allowed(menu_: Menu, chosen: tuple[int, ...], zones: tuple[int, ...], budget: float) -> bool:
    """The constraints as their words say, one by one."""
    picked = set(chosen)
    if menu_.cost[list(chosen)].sum() + menu_.zone_cost[list(zones)].sum() > budget + 1e-9:
        return False
    if any(len(picked & set(clique)) > 1 for clique in menu_.cliques):
        return False
    for site in set(menu_.site[list(chosen)].tolist()):
        own = [c for c in chosen if menu_.site[c] == site]
        groups = [menu_.group[c] for c in own if menu_.group[c] >= 0]
        if len(own) > menu_.max_devices or len(set(groups)) < len(groups):
            return False
    for asking, beside in menu_.needs.items():
        if asking in picked and not picked & beside:
            return False
    return all(picked & set(f.candidates) or set(zones) & set(f.zones) for f in menu_.floors)


def best_by_enumeration(menu_: Menu, budget: float) -> float | None:
    """Most load that any subset takes off, by the fixed-route scorer; None if no subset is allowed."""
    before = menu_.term_load.sum()
    values = [
        before - load_left(menu_, chosen, zones).sum()
        for chosen in subsets(len(menu_.site))
        for zones in subsets(len(menu_.zone_cost))
        if allowed(menu_, chosen, zones, budget)
    ]
    return max(values) if values else None
