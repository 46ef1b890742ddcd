"""Routes on drawn grids: walkable, on time, as short as enumeration, and honest about what is left."""

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from patrol_worlds import demand_on, grid, ground, team, the_rules
from worlds import road

from gislib import wording
from gislib.domain.errors import InputError
from gislib.patrol.legs import BREAK, STOP, STREET, TRAVEL, WAIT
from gislib.patrol.numbers import Wishes
from gislib.patrol.routing import RouteOptions, build_problem, orders, publish, route, solve
from gislib.patrol.search import Effort, search
from gislib.patrol.tours import travel_metres

QUICK = RouteOptions(Effort(rounds=400))
SOME = RouteOptions(Effort(rounds=3000))
SAME = 1e-6


def stands(now, place):
    """Where one may stand for a place: its feet on the streets within 150 m."""
    lines = now.graph.streets.lines()
    feet = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, place))
    return shapely.MultiPoint([foot for foot in feet if foot.distance(place) <= 150.0])


def allowed(now, step, mode):
    """Whether a road is open to a way of moving, and not driven against its only direction."""
    row = now.tables["roads"].iloc[step.road]
    if mode == "foot":
        return row["road_class"] != "motorway"
    begin, end = (row.geometry.project(shapely.Point(step.line.coords[k])) for k in (0, -1))
    against = {"yes": end < begin, "-1": end > begin}.get(str(row["oneway"]), False)
    closed = {"steps"} | ({"footway"} if mode == "car" else set())
    return row["road_class"] not in closed and not against


def check(routes, demand, now):
    """Legs join in time and place, windows and shifts hold, lengths and times add up, roads are open that way."""
    modes = {"foot": 15.0 / 1000, "ebike": 4.0 / 1000, "car": 2.4 / 1000}
    for one in routes.teams:
        minute, here = one.team.begins_min, stands(now, one.team.depot)
        for leg in one.legs:
            assert leg.begins_min == pytest.approx(minute, abs=SAME)
            minute = leg.ends_min
            if leg.kind in {TRAVEL, STREET}:
                assert leg.line.length == pytest.approx(leg.metres, abs=1e-3)
                assert leg.ends_min - leg.begins_min == pytest.approx(leg.metres * modes[one.team.mode], abs=1e-4)
                assert shapely.Point(leg.line.coords[0]).distance(here) < 1e-6
                here = shapely.MultiPoint([leg.line.coords[-1]])
                assert all(allowed(now, step, one.team.mode) for step in leg.steps)
            else:
                assert leg.metres == 0.0
            if leg.kind in {STREET, STOP}:
                table = demand.streets if leg.kind == STREET else demand.stops
                row = table.loc[leg.demand_id]
                assert row["opens_min"] - SAME <= leg.begins_min <= row["closes_min"] + SAME
                if leg.kind == STREET:
                    assert leg.line.hausdorff_distance(row["geometry"]) < 1e-6
                else:
                    assert here.distance(stands(now, row["geometry"])) < 1e-6, "at the place that it serves"
                    here = here.intersection(stands(now, row["geometry"]).buffer(1e-6))
        assert here.distance(stands(now, one.team.depot)) < 1e-6, "back where it set out"
        assert minute == pytest.approx(one.returns_min)
        assert one.returns_min <= one.team.ends_min + one.team.overtime_min + SAME
        assert one.overtime_min == pytest.approx(max(one.returns_min - one.team.ends_min, 0.0), abs=SAME)
        assert sum(one.minutes.values()) == pytest.approx(one.returns_min - one.team.begins_min, abs=1e-4)
        assert one.minutes.get(BREAK, 0.0) == pytest.approx(one.team.break_min)
    everything = {*demand.streets.index, *demand.stops.index}
    assert {*routes.served.index} | {*routes.uncovered.index} == everything
    assert not {*routes.served.index} & {*routes.uncovered.index}
    assert 0.0 <= routes.covered_share <= routes.coverage_bound + 1e-9
    assert routes.coverage_bound <= routes.coverage_bound_knapsack + 1e-6 <= 1.0 + 1e-5
    assert routes.gap >= -1e-6
    if routes.metres > 1.0:
        assert routes.lower_bound_m > 0.0, "who moves has something to move for"
    assert routes.metres >= routes.lower_bound_m - 1e-3


@pytest.mark.parametrize("seed", range(12))
def test_as_short_as_enumeration(seed):
    """Up to six streets, one or two teams with different depots: every order, direction and division."""
    rng = np.random.default_rng(seed)
    now = ground(grid(4))
    count = int(rng.integers(3, 6))
    pieces = rng.choice(len(now.graph.streets), count, replace=False).tolist()
    teams = [team(0), team(1, (300.0, 300.0))][: 1 + seed % 2]
    problem = build_problem(now, demand_on(now, pieces), teams, the_rules())
    jobs = problem.jobs
    found = search(jobs, count, Effort(rounds=3000))

    def metres(parts):
        total = 0.0
        for t, part in enumerate(parts):
            here = jobs.last[count + t, 0]
            for job, way in part:
                total += jobs.metres[0, here, jobs.first[job, way]]
                here = jobs.last[job, way]
            total += jobs.metres[0, here, jobs.first[count + len(teams) + t, 0]]
        return total

    best = min(
        metres([[(k, w) for k, w, t in zip(order, ways, who, strict=True) if t == own] for own in range(len(teams))])
        for order in permutations(range(count))
        for ways in product((0, 1), repeat=count)
        for who in product(range(len(teams)), repeat=count)
        if who == tuple(sorted(who))
    )
    assert (found.tours.team >= 0).all()
    assert travel_metres(jobs, found.tours) == pytest.approx(best, abs=1e-3)


@settings(max_examples=14, deadline=None)
@given(st.integers(0, 10_000))
def test_every_route_can_be_walked(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 6))
    roads = grid(size)
    for one in roads:
        one["oneway"] = [None, "yes", "-1"][rng.choice(3, p=[0.7, 0.2, 0.1])]
        one["road_class"] = ["residential", "secondary", "footway"][rng.choice(3, p=[0.7, 0.2, 0.1])]
    now = ground([one for one in roads if rng.random() < 0.85])
    count = len(now.graph.streets)
    pieces = rng.choice(count, min(count, int(rng.integers(1, 20))), replace=False).tolist()
    sides = [int(rng.choice([-1, 1])) if now.graph.streets.wide[p] else 0 for p in pieces]
    reach = (size - 1) * 100
    stops = [
        {
            "at": tuple(rng.uniform(0, reach, 2)), "dwell_min": float(rng.uniform(0, 8)),
            "opens_min": 410.0 + float(rng.uniform(0, 60)), "closes_min": 440.0 + float(rng.uniform(0, 60)),
            "skill": ["", "police"][rng.integers(0, 2)], "risk": float(rng.random()),
        }
        for _ in range(rng.integers(0, 6))
    ]  # fmt: skip
    demand = demand_on(now, pieces, risk=rng.random(len(pieces)).tolist(), sides=sides, stops=stops)
    demand.streets["opens_min"] = np.where(rng.random(len(pieces)) < 0.3, 430.0, -np.inf)
    demand.streets["closes_min"] = np.where(rng.random(len(pieces)) < 0.3, 470.0, np.inf)
    ends = shapely.get_coordinates(now.graph.streets.lines())
    teams = [
        team(
            k, tuple(ends[rng.integers(0, len(ends))]), mode=["foot", "ebike", "foot"][k],
            break_min=float(rng.choice([0, 10])), ends_min=float(rng.uniform(450, 510)),
            skills=frozenset({"police"} if k == 0 else ()),
        )
        for k in range(rng.integers(1, 4))
    ]  # fmt: skip
    check(route(now, demand, teams, the_rules(), RouteOptions(Effort(rounds=150, seed=seed))), demand, now)


def test_same_seed_same_routes():
    now = ground(grid(5))
    demand = demand_on(now, list(range(0, 40, 2)))
    first, second = (route(now, demand, [team(), team(1, (400.0, 400.0))], the_rules(), QUICK) for _ in range(2))
    assert first.served.equals(second.served)
    assert first.metres == second.metres


def test_a_block_is_walked_round_once():
    """Four streets around a block from its corner: 400 m on foot in 6 minutes, nothing between."""
    now = ground(grid(2))
    demand = demand_on(now, [0, 1, 2, 3])
    routes = route(now, demand, [team()], the_rules(), QUICK)
    check(routes, demand, now)
    assert routes.metres == pytest.approx(400.0)
    assert routes.lower_bound_m == pytest.approx(400.0)
    assert routes.gap == pytest.approx(0.0)
    assert routes.teams[0].returns_min == pytest.approx(416.0)
    assert routes.teams[0].idle_min == pytest.approx(94.0)
    assert routes.covered_share == routes.coverage_bound == pytest.approx(1.0)


def test_stops_count_in_the_least_metres():
    """Three stops on a road, the farthest 250 m off: 500 m there and back, the bound knows no shorter way."""
    now = ground([road("residential", [(0, 0), (300, 0)])])
    demand = demand_on(now, [], stops=[{"at": (x, 3.0), "dwell_min": 2.0} for x in (50.0, 150.0, 250.0)])
    routes = route(now, demand, [team()], the_rules(), QUICK)
    check(routes, demand, now)
    assert routes.metres == pytest.approx(500.0)
    assert routes.lower_bound_m == pytest.approx(500.0)
    assert routes.gap == pytest.approx(0.0, abs=1e-9)


def test_streets_and_stops_count_together():
    """A block of 400 m and a stop at the end of an arm of 100 m from its far corner."""
    now = ground([*grid(2), road("residential", [(100, 100), (200, 100)])])
    demand = demand_on(now, [0, 1, 2, 3], stops=[{"at": (200.0, 100.0), "dwell_min": 2.0}])
    routes = route(now, demand, [team()], the_rules(), QUICK)
    check(routes, demand, now)
    assert routes.metres == pytest.approx(600.0)
    assert routes.lower_bound_m == pytest.approx(600.0)


def test_both_sides_of_a_wide_street():
    """By e-bike each side is ridden along traffic: there on the right, back on the other side."""
    now = ground([road("secondary", [(0, 0), (200, 0)])])
    demand = demand_on(now, [0, 0], sides=[-1, 1])
    demand = replace(demand, streets=demand.streets.set_axis(["right", "left"]).rename_axis("street_id"))
    routes = route(now, demand, [team(mode="ebike")], the_rules(), QUICK)
    check(routes, demand, now)
    assert [leg.demand_id for leg in routes.teams[0].legs] == ["right", "left"]
    assert [leg.line.coords[0][0] for leg in routes.teams[0].legs] == [0.0, 200.0]
    assert routes.metres == pytest.approx(400.0)


def test_risk_goes_first_when_time_is_short():
    """Two dead ends of 300 m, time for one there and back: the riskier one is walked."""
    now = ground([road("residential", [(0, 0), (300, 0)]), road("residential", [(0, 0), (0, 300)])])
    demand = demand_on(now, [0, 1], risk=[1.0, 3.0])
    routes = route(now, demand, [team(ends_min=420.0)], the_rules(), SOME)
    check(routes, demand, now)
    assert routes.served.index.tolist() == ["st1"]
    assert routes.uncovered["reason"].tolist() == ["no_time"]
    assert routes.covered_share == pytest.approx(0.75)


def test_what_is_left_and_why():
    island = road("residential", [(5000, 0), (5100, 0)])
    steps = road("steps", [(0, 100), (0, 200)])
    now = ground([*grid(2), island, steps])
    demand = demand_on(
        now, [0, 4, 5],
        stops=[
            {"at": (50.0, 5.0), "skill": "police"},
            {"at": (50.0, 900.0)},
            {"at": (20.0, 0.0), "opens_min": 600.0, "closes_min": 610.0},
            {"at": (30.0, 0.0)},
        ],
    )  # fmt: skip
    wishes = Wishes(skipped=frozenset({"p3"}))
    routes = route(now, demand, [team(mode="car")], the_rules(), replace(QUICK, wishes=wishes))
    check(routes, demand, now)
    assert routes.served.index.tolist() == ["st0"]
    assert routes.uncovered["reason"].to_dict() == {
        "st1": "unreachable",
        "st2": "unreachable",
        "p0": "no_skill",
        "p1": "off_road",
        "p2": "window",
        "p3": "skipped",
    }


def test_a_pinned_stop_is_served_by_its_team():
    now = ground(grid(4))
    demand = demand_on(now, [0, 5, 9], stops=[{"at": (10.0, 0.0), "risk": 0.0}])
    teams = [team(), team(1, (300.0, 300.0))]
    routes = route(now, demand, teams, the_rules(), replace(QUICK, wishes=Wishes(pinned={"p0": "t1"})))
    check(routes, demand, now)
    assert routes.served.loc["p0", "team_id"] == "t1"


def test_waiting_for_a_window_and_the_break():
    now = ground(grid(3))
    demand = demand_on(
        now, [0], stops=[{"at": (150.0, 0.0), "opens_min": 460.0, "closes_min": 480.0, "dwell_min": 5.0}]
    )
    routes = route(now, demand, [team(break_min=15.0)], the_rules(), QUICK)
    check(routes, demand, now)
    kinds = [leg.kind for leg in routes.teams[0].legs]
    assert kinds.count(BREAK) == 1
    assert WAIT in kinds
    assert len(routes.served) == 2


def test_more_teams_balance():
    """A minute of the longest route counts: four equal arms are shared by two teams at one depot."""
    arms = [road("residential", [(0, 0), xy]) for xy in ((400, 0), (-400, 0), (0, 400), (0, -400))]
    now = ground(arms)
    demand = demand_on(now, [0, 1, 2, 3])
    routes = route(now, demand, [team(), team(1)], the_rules(), replace(SOME, balance_m_per_min=50.0))
    check(routes, demand, now)
    assert [round(one.metres) for one in routes.teams] == [1600, 1600]


def test_cancelled_search_gives_what_it_has():
    now = ground(grid(5))
    demand = demand_on(now, list(range(0, 40, 2)))
    problem = build_problem(now, demand, [team()], the_rules())
    told = []
    routes = solve(problem, Effort(rounds=100_000), tick=lambda done: told.append(done) is not None or len(told) < 4)
    check(routes, demand, now)
    assert len(told) < 12


def test_no_demand():
    now = ground(grid(2))
    routes = route(now, demand_on(now, []), [team()], the_rules(), QUICK)
    assert routes.covered_share == 1.0
    assert routes.metres == 0.0
    assert routes.teams[0].legs == ()


def test_published_again_from_its_order():
    """A stored order of jobs gives the same routes without a search."""
    now = ground(grid(4))
    demand = demand_on(now, list(range(0, 24, 2)))
    problem = build_problem(now, demand, [team()], the_rules())
    found = search(problem.jobs, len(demand.streets), Effort(rounds=300))
    first = publish(problem, orders(problem.jobs, found.tours), 1, 300)
    assert first.served["begins_min"].is_monotonic_increasing
    assert first.covered_share == 1.0


@pytest.mark.parametrize(
    ("teams", "code"),
    [
        ([], "patrol_no_team"),
        ([team(), team()], "patrol_team_twice"),
        ([team(mode="drone")], "patrol_mode_unknown"),
        ([team(speed_kmh=0.0)], "patrol_team_speed"),
        ([team(ends_min=415.0)], "patrol_shift_short"),
        ([team(break_min=100.0)], "patrol_shift_short"),
        ([team(at=(0.0, 2000.0))], "patrol_depot_off_network"),
    ],
)
def test_refused_teams(teams, code):
    now = ground(grid(2))
    with pytest.raises(InputError, match=code):
        route(now, demand_on(now, [], stops=[{"at": (10.0, 0.0)}]), teams, the_rules(), QUICK)


def test_overtime_is_used_where_it_is_allowed_and_told():
    """A dead end of 1,500 m on foot: 45 minutes there and back, the shift has 40; 10 more are enough."""
    now = ground([road("residential", [(0, 0), (1500, 0)])])
    demand = demand_on(now, [0])
    late = team(ends_min=450.0, overtime_min=10.0)
    assert route(now, demand, [team(ends_min=450.0)], the_rules(), QUICK).served.empty
    routes = route(now, demand, [late], the_rules(), QUICK)
    check(routes, demand, now)
    (one,) = routes.teams
    assert one.returns_min == pytest.approx(455.0)
    assert one.overtime_min == pytest.approx(5.0)
    assert one.idle_min == 0.0
    assert route(now, demand, [replace(late, overtime_min=4.0)], the_rules(), QUICK).served.empty
    early = route(now, demand, [replace(late, ends_min=500.0)], the_rules(), QUICK).teams[0]
    assert (early.overtime_min, early.idle_min) == (0.0, pytest.approx(45.0))


def test_a_pin_to_a_team_that_may_not_or_cannot_says_why():
    island = road("residential", [(5000, 0), (5100, 0)])
    now = ground([*grid(2), island])
    demand = demand_on(now, [0], stops=[{"at": (50.0, 5.0), "skill": "police"}, {"at": (60.0, 5.0)}])
    teams = [team(skills=frozenset({"police"})), team(1), team(2, (5000.0, 0.0))]
    wishes = Wishes(pinned={"p0": "t1", "p1": "t2"})
    routes = route(now, demand, teams, the_rules(), replace(QUICK, wishes=wishes))
    assert routes.uncovered["reason"].to_dict() == {"p0": "no_skill", "p1": "unreachable"}


def test_refused_windows_and_wishes():
    now = ground(grid(2))
    bar = {"at": (10.0, 0.0), "opens_min": 900.0, "closes_min": 910.0, "name": "蓝月网吧"}
    late = demand_on(now, [], stops=[bar, {**bar, "name": None, "kind": "water"}])
    with pytest.raises(InputError, match="patrol_windows_impossible") as caught:
        route(now, late, [team()], the_rules(), QUICK)
    for lang, part in (("zh", "场所 1、水域 1"), ("en", "venues 1, waters 1")):
        said = wording.error(caught.value, lang)
        assert "蓝月网吧 15:00-15:20" in said
        assert part in said
        assert "p0" not in said
    with pytest.raises(InputError, match="patrol_wish_unknown"):
        route(now, demand_on(now, [0]), [team()], the_rules(), replace(QUICK, wishes=Wishes(skipped=frozenset({"x"}))))
    with pytest.raises(InputError, match="patrol_wish_unknown"):
        route(now, demand_on(now, [0]), [team()], the_rules(), replace(QUICK, wishes=Wishes(pinned={"st0": "t9"})))
