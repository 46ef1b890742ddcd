"""The demo county: four teams by e-bike at leaving time cover nine tenths of what any plan could."""

from datetime import date

import pytest
import shapely
from scipy.cluster.vq import kmeans2

from gislib import assessment, rules
from gislib.assessment import Request
from gislib.patrol.alternatives import alternatives
from gislib.patrol.demand import demand
from gislib.patrol.parameters import read_alternatives
from gislib.patrol.routing import balanced, build_problem, solve
from gislib.patrol.search import Effort
from gislib.patrol.teams import Team, depots
from gislib.planning import patrols
from gislib.planning.assess import bases_of, claims
from gislib.planning.session import open_session
from gislib.sources import workspace as workspaces

ON = date(2026, 11, 16)
RULES = rules.load(), ON
TEAMS = 4


@pytest.fixture(scope="module")
def problem(workspace):
    """Four teams at the gates nearest to four centres of the county's gates, two of them with a police officer."""
    ws = open_session(workspace).workspace
    (basis,) = bases_of(ws, ON)
    found = assessment.assess_risk(basis, claims(workspaces.provenances(ws)), RULES[0], Request(ON, draws=2))
    asked = demand(basis.ground, found.hazards, "leaving", RULES)
    gates = depots(basis.ground)
    centres = kmeans2(shapely.get_coordinates(gates.geometry), TEAMS, seed=1, minit="++")[0]
    hours = asked.shift.hours
    teams = [
        Team(
            f"t{k}", f"{name}组", gates.geometry.iloc[int(gates.distance(shapely.Point(centre)).argmin())], "ebike",
            hours.begin, hours.end, break_min=10.0, skills=frozenset({"police"} if k < TEAMS / 2 else ()),
        )
        for k, (name, centre) in enumerate(zip("甲乙丙丁", centres, strict=True))
    ]  # fmt: skip
    return build_problem(basis.ground, asked, teams, RULES)


def test_coverage_against_its_bound(problem):
    routes = solve(problem, Effort(rounds=patrols.ROUNDS), balanced())
    assert routes.coverage_bound <= routes.coverage_bound_knapsack
    assert routes.covered_share >= 0.9 * routes.coverage_bound
    assert routes.covered_share >= 0.88 * routes.coverage_bound_knapsack  # which knows of no ways between tasks
    assert all(one.overtime_min == 0.0 for one in routes.teams)
    assert set(routes.uncovered["reason"]) <= {"no_time", "unreachable", "detour"}


def test_five_sets(problem):
    """Few rounds are enough to show that five sets exist."""
    found = alternatives(problem, Effort(rounds=10_000), read_alternatives(*RULES))
    assert len(found) == 5
    assert max(one.loss_share for one in found) <= 0.02
    assert min(one.apart_share for one in found) >= 0.6
