"""Sets of routes that cover as much at other times."""

from itertools import combinations

import numpy as np
from patrol_worlds import demand_on, grid, ground, team, the_rules

from gislib.patrol.alternatives import alternatives
from gislib.patrol.parameters import read_alternatives
from gislib.patrol.routing import build_problem
from gislib.patrol.search import Effort


def test_five_sets_far_apart():
    now = ground(grid(7, 150.0))
    count = len(now.graph.streets)
    risk = np.random.default_rng(1).random(count).tolist()
    demand = demand_on(now, list(range(count)), risk=risk)
    teams = [team(0, (0.0, 0.0), ends_min=560.0), team(1, (900.0, 900.0), ends_min=560.0)]
    wanted = read_alternatives(*the_rules())
    problem = build_problem(now, demand, teams, the_rules())
    found = alternatives(problem, Effort(rounds=2000), wanted)
    assert len(found) >= 5
    best = found[0].routes.covered_share
    riskiest = demand.streets["risk"].sort_values(ascending=False)
    served = found[0].routes.served.index
    watched = [street for street in riskiest.index if street in served][: wanted.watched_streets]
    assert len(watched) == 20
    for one, other in combinations(found, 2):
        a, b = (each.routes.served["begins_min"].reindex(watched).to_numpy(float) for each in (one, other))
        assert (np.abs(a - b) >= 15.0).mean() >= 0.6
    assert all(each.routes.covered_share >= 0.98 * best for each in found)
    assert len({each.routes.seed for each in found}) == len(found)
