"""Siting at the size of a prefecture, on a synthetic menu: proven gap and seconds at a lean budget."""

from __future__ import annotations

import numpy as np

from gislib.siting.optimise import SolveOptions, optimise
from gislib.siting.packages import Floor, Menu

SITES_PER_CAMPUS = 6
TERMS_PER_SITE = 6
RED_SHARE = 0.95
"""Campuses above this quantile of load are the red ones, each with a floor."""
# share taken off, yuan, exclusion group, spaced: two humps and a cushion, then devices that combine with them
CATALOGUE = ((0.43, 3000.0, 0), (0.43, 3000.0, 0), (0.35, 4000.0, 0), (0.10, 7000.0, 1), (0.25, 18000.0, 2),
             (0.20, 100000.0, 3))  # fmt: skip


def synthetic_menu(campuses: int, seed: int = 1) -> Menu:
    """Menu over ``campuses``: neighbouring sites of one street keep their spacing, red campuses have a floor."""
    rng = np.random.default_rng(seed)
    sites = campuses * SITES_PER_CAMPUS
    per_site = len(CATALOGUE)
    count = sites * per_site
    site = np.repeat(np.arange(sites), per_site)
    share, cost, group = (np.array(column) for column in zip(*CATALOGUE, strict=True))
    terms = sites * TERMS_PER_SITE
    # every candidate acts on every second term or more of its site
    candidate = np.repeat(np.arange(count), TERMS_PER_SITE)
    term = (site[candidate] * TERMS_PER_SITE) + np.tile(np.arange(TERMS_PER_SITE), count)
    acts = rng.random(len(candidate)) < 0.8
    first, last = np.arange(sites) * per_site, np.arange(sites) * per_site + 1
    along = np.flatnonzero(np.arange(sites) % SITES_PER_CAMPUS < SITES_PER_CAMPUS - 1)
    cliques = tuple((int(last[s]), int(first[s + 1])) for s in along.tolist())
    whole = [
        tuple(range(c * SITES_PER_CAMPUS * per_site, (c + 1) * SITES_PER_CAMPUS * per_site)) for c in range(campuses)
    ]
    load = rng.lognormal(-4.5, 1.2, terms)
    by_campus = load.reshape(campuses, -1).sum(axis=1)
    red = np.flatnonzero(by_campus > np.quantile(by_campus, RED_SHARE)).tolist()
    floors = tuple(Floor(f"s{c}", whole[c], (c,)) for c in red)
    return Menu(
        site=site, cost=np.tile(cost, sites) * np.repeat(rng.uniform(0.8, 1.2, sites), per_site),
        group=np.tile(group, sites), effect_candidate=candidate[acts], effect_term=term[acts],
        effect_share=np.tile(share, sites)[candidate[acts]], term_site=np.repeat(np.arange(sites), TERMS_PER_SITE),
        term_load=load, zone_of_site=np.repeat(np.arange(campuses), SITES_PER_CAMPUS),
        zone_cost=rng.uniform(5000.0, 15000.0, campuses), term_zone_share=np.full(terms, 0.28), cliques=cliques,
        floors=floors, max_devices=3,
    )  # fmt: skip


CAMPUSES, BUDGET_YUAN = 2000, 2_000_000.0
MOST_GAP, MOST_SECONDS = 1e-3, 60.0


def test_two_thousand_campuses(benchmark):
    menu = synthetic_menu(CAMPUSES)
    found = benchmark.pedantic(
        optimise, args=(menu, BUDGET_YUAN, SolveOptions(gap=MOST_GAP, seconds=MOST_SECONDS)), rounds=1, iterations=1
    )
    print(
        f"\n{CAMPUSES} campuses, {BUDGET_YUAN:.0f} yuan: gap {found.gap:.3%} in {found.seconds:.1f} s, {found.status}"
    )
    assert found.gap <= MOST_GAP
    assert found.seconds <= MOST_SECONDS
