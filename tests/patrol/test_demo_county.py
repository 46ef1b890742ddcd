"""The demo county: four teams by e-bike at leaving time cover nine tenths of what any plan could."""

from datetime import date

import pytest
import shapely
from scipy.cluster.vq import kmeans2

from gislib import assessment, rules
from gislib.assessment import Request
from gislib.patrol.alternatives import alternatives
from gislib.patrol.demand import demand
from gislib.patrol.parameters import AlternativeParameters
from gislib.patrol.routing import build_problem, solve
from gislib.patrol.search import Effort
from gislib.patrol.teams import Team, depots
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
    routes = solve(problem, Effort(rounds=150_000))
    assert routes.covered_share >= 0.9 * routes.coverage_bound
    assert all(one.overtime_min == 0.0 for one in routes.teams)
    assert set(routes.uncovered["reason"]) <= {"no_time", "unreachable", "detour"}


def test_two_sets(problem):
    """Enough to show that a second set exists; five take a minute and are asked for on the page."""
    wanted = AlternativeParameters(2, 0.02, 20, 15.0, 0.6)
    found = alternatives(problem, Effort(rounds=20_000), wanted)
    assert len(found) == 2
    assert found[1].loss_share <= 0.02
    assert found[1].apart_share >= 0.6
