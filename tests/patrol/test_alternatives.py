"""Sets of routes that cover as much at other times."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from patrol_worlds import demand_on, grid, ground, team, the_rules

from gislib.patrol.alternatives import _near_the_best, _Set, alternatives
from gislib.patrol.parameters import read_alternatives
from gislib.patrol.routing import Routes, build_problem
from gislib.patrol.search import Effort

WANTED = read_alternatives(*the_rules())


def first_visits(routes: Routes, place_of: dict[str, str]) -> dict[str, float]:
    """When each place was first begun."""
    begins: dict[str, float] = {}
    for key, begin in routes.served["begins_min"].items():
        place = place_of[str(key)]
        begins[place] = min(begins.get(place, np.inf), begin)
    return begins


def check(found, place_of, risk_of):
    """Conditions of methods §7 between any two sets, counted again from their routes."""
    assert len(found) == WANTED.count == 5
    assert len({each.routes.seed for each in found}) == len(found)
    shares = [each.routes.covered_share for each in found]
    assert shares == sorted(shares, reverse=True), "the best first"
    assert shares[-1] >= (1.0 - WANTED.coverage_loss_share) * shares[0]
    assert [each.loss_share for each in found] == pytest.approx([1.0 - share / shares[0] for share in shares], abs=1e-9)
    visits = [first_visits(each.routes, place_of) for each in found]
    known = min(found, key=lambda each: each.routes.seed)  # the set that the others were made from
    begun = first_visits(known.routes, place_of)
    watched = sorted(begun, key=lambda place: (-risk_of[place], place))[: WANTED.watched_streets]
    assert len(watched) == 20
    for one, other in combinations(visits, 2):
        apart = [abs(one.get(place, np.nan) - other.get(place, np.nan)) >= WANTED.apart_min for place in watched]
        assert np.mean(apart) >= WANTED.apart_share


def test_five_sets_of_streets_with_two_sides():
    """Both sides of a street are one street: it is the first visit that counts."""
    now = ground(grid(7, 150.0))
    count = len(now.graph.streets)
    rng = np.random.default_rng(1)
    pieces = np.repeat(np.arange(count), 2)
    demand = demand_on(now, pieces.tolist(), risk=rng.random(2 * count).tolist(), sides=[-1, 1] * count)
    teams = [team(0, (0.0, 0.0), ends_min=650.0), team(1, (900.0, 900.0), ends_min=650.0)]
    found = alternatives(build_problem(now, demand, teams, the_rules()), Effort(rounds=2000), WANTED)
    place_of = dict(zip(demand.streets.index, pieces.astype(str), strict=True))
    check(found, place_of, demand.streets["risk"].groupby(pieces.astype(str)).sum().to_dict())


def test_five_sets_of_stops_alone():
    """A shift without streets, such as waters in summer: the stops are watched, the first of several visits counts."""
    now = ground(grid(7, 150.0))
    rng = np.random.default_rng(2)
    stops = [
        {
            "at": tuple(rng.uniform(0, 900, 2)), "dwell_min": 3.0, "risk": float(rng.random()), "kind": "water",
            "hazard_id": f"w{k}", "visit": visit, "opens_min": opens, "closes_min": opens + 100.0,
        }
        for k in range(24) for visit, opens in ((1, 410.0), (2, 530.0))
    ]  # fmt: skip
    demand = demand_on(now, [], stops=stops, shift="summer_water")
    teams = [team(0, (0.0, 0.0), ends_min=660.0), team(1, (900.0, 900.0), ends_min=660.0)]
    found = alternatives(build_problem(now, demand, teams, the_rules()), Effort(rounds=2000), WANTED)
    place_of = demand.stops["hazard_id"].to_dict()
    check(found, place_of, demand.stops.groupby("hazard_id")["risk"].sum().to_dict())


def test_a_set_too_far_below_a_better_one_is_given_up():
    now = ground(grid(2))
    demand = demand_on(now, [0])
    (only,) = alternatives(
        build_problem(now, demand, [team()], the_rules()), Effort(rounds=50), replace(WANTED, count=1)
    )  # fmt: skip
    assert (only.loss_share, only.apart_share) == (0.0, 1.0)
    sets = [_Set([], 1, 1, covered, np.zeros(0)) for covered in (0.80, 0.83, 0.815)]
    assert [own.covered for own in _near_the_best(sets, 0.02)] == [0.83, 0.815]
