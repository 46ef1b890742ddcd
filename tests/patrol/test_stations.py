"""Routes told as stations: turns, directions and metres of drawn streets by hand, and nothing lost in telling."""

import json
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from patrol_worlds import demand_on, grid, ground, team, the_rules
from worlds import CRS, road

from gislib.geo.crs import lonlat
from gislib.patrol.demand import Demand
from gislib.patrol.parameters import read_shift
from gislib.patrol.record import RETURN, START, from_json, to_json
from gislib.patrol.roster import roster
from gislib.patrol.routing import RouteOptions, Wishes, build_problem, solve
from gislib.patrol.search import Effort
from gislib.patrol.stations import record
from gislib.patrol.turns import heading, turn_between

QUICK = Effort(rounds=300)


def told(now, demand: Demand, teams):
    problem = build_problem(now, demand, teams, the_rules(), RouteOptions(wishes=Wishes()).wishes)
    posts = roster(now, read_shift(*the_rules(), "night"), the_rules())
    return record(now, problem, solve(problem, QUICK), posts, ["门卫室"] * len(teams))


def east(x: float, y: float) -> tuple[float, float]:
    return tuple(float(v[0]) for v in lonlat(CRS, np.array([x]), np.array([y])))


@pytest.mark.parametrize(
    ("angle", "turn"),
    [(0, "straight"), (29, "straight"), (31, "slight_right"), (90, "right"), (119, "right"), (130, "sharp_right"),
     (170, "back"), (-29, "straight"), (-45, "slight_left"), (-90, "left"), (-150, "sharp_left"), (-179, "back")],
)  # fmt: skip
def test_a_turn_has_the_name_of_its_angle(angle, turn):
    """Clockwise is to the right, whatever direction one comes from."""
    for came in (0.0, 77.0, 200.0):
        directions = np.radians([came, came + angle])
        (x0, y0), (x1, y1) = np.column_stack([np.sin(directions), np.cos(directions)]) * 100
        before = shapely.LineString([(-x0, -y0), (0, 0)])
        assert turn_between(before, shapely.LineString([(0, 0), (x1, y1)])) == turn


@pytest.mark.parametrize(
    ("end", "name"), [((0, 9), "n"), ((9, 9), "ne"), ((9, 1), "e"), ((-9, -8), "sw"), ((-9, 1), "w"), ((1, -9), "s")]
)
def test_a_heading_is_the_nearest_of_eight(end, name):
    assert heading(shapely.LineString([(0, 0), end])) == name


def test_an_errand_around_a_corner():
    """East along 东街, left into 北街, served both; back the same way."""
    now = ground(
        [road("residential", [(0, 0), (100, 0)], name="东街"), road("residential", [(100, 0), (100, 80)], name="北街")]
    )
    demand = demand_on(now, [0, 1])
    demand.streets["road_name"] = ["东街", "北街"]
    own = told(now, demand, [team(0)]).teams[0]
    assert [station.kind for station in own.stations] == [START, "street", "street", RETURN]
    assert [station.number for station in own.stations] == [None, 1, 2, None]
    assert own.stations[0].name == own.stations[-1].name == "门卫室"
    ways = [[(p.turn, p.road_name, p.heading, round(p.metres), p.patrolled) for p in s.way] for s in own.stations]
    assert ways == [
        [],
        [("straight", "东街", "e", 100, True)],
        [("left", "北街", "n", 80, True)],
        [("back", "北街", "s", 80, False), ("right", "东街", "w", 100, False)],
    ]
    assert [round(station.begins_min - 410, 3) for station in own.stations] == [0, 0, 1.5, 5.4]
    assert own.metres == pytest.approx(360)
    lon, lat = east(50, 0)
    assert own.stations[1].spot.distance(shapely.Point(lon, lat)) < 1e-7


@pytest.mark.parametrize(
    ("name", "corner", "stations"),
    [("长街", (200, 0), 1), (None, (200, 0), 1), ("长街", (100, -100), 2), (None, (100, -100), 1)],
)
def test_streets_that_go_straight_on_are_one_station(name, corner, stations):
    """A road cut at a junction is walked in one go; around a corner another station begins, but for a nameless lane."""
    ends = [[(0, 0), (100, 0)], [(100, 0), corner]]
    blocks = [road("residential", coords, name=name) for coords in ends]
    now = ground([*blocks, road("residential", [(100, 0), (100, 90)], name="横街")])
    demand = demand_on(now, [0, 1])
    demand.streets["road_name"] = name
    own = told(now, demand, [team(0)]).teams[0]
    served = [station for station in own.stations if station.number]
    assert len(served) == stations
    assert sum(station.served_m for station in served) == pytest.approx(200)
    assert {key for station in served for key in station.demand_ids} == {"st0", "st1"}


def test_waiting_breaks_and_reasons_are_told():
    now = ground(grid(3))
    stop = {"at": (200.0, 0.0), "opens_min": 450.0, "closes_min": 470.0, "dwell_min": 10.0, "name": "甲网吧"}
    far = {"at": (5000.0, 0.0)}
    own = told(now, demand_on(now, [], stops=[stop, far]), [team(0, break_min=10.0)])
    there = next(station for station in own.teams[0].stations if station.kind == "venue")
    assert (there.arrives_min, there.begins_min, there.ends_min) == (pytest.approx(413.0), 450.0, 460.0) or (
        there.arrives_min == pytest.approx(423.0)
    )
    assert there.name == "甲网吧"
    rest = next(station for station in own.teams[0].stations if station.kind == "break")
    assert rest.ends_min - rest.begins_min == 10.0
    missed = next(task for task in own.tasks if task.team_id is None)
    assert (missed.demand_id, missed.reason, missed.begins_min) == ("p1", "off_road", None)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_is_lost_in_telling(seed):
    rng = np.random.default_rng(seed)
    now = ground([one for one in grid(4) if rng.random() < 0.9])
    count = len(now.graph.streets)
    pieces = rng.choice(count, int(rng.integers(1, min(count, 12))), replace=False).tolist()
    stops = [{"at": tuple(rng.uniform(0, 300, 2)), "dwell_min": 4.0} for _ in range(rng.integers(0, 4))]
    teams = [team(0, ends_min=480.0, break_min=5.0), team(1, mode="ebike")]
    found = told(now, demand_on(now, pieces, stops=stops), teams)
    for own in found.teams:
        ends = [station.ends_min for station in own.stations]
        assert ends == sorted(ends)
        for before, after in pairwise(own.stations):
            assert before.ends_min - 1e-6 <= after.arrives_min <= after.begins_min + 1e-9
        assert sum(s.travel_m + s.served_m for s in own.stations) == pytest.approx(own.metres, abs=1e-2)
        for station in own.stations:
            # stretches shorter than a metre are not told
            assert sum(part.metres for part in station.way) == pytest.approx(station.travel_m + station.served_m, abs=5)
        lines = [line for s in own.stations for line in (s.travel, s.served) if line is not None]
        for before, after in pairwise(lines):
            assert shapely.Point(before.coords[-1]).distance(shapely.Point(after.coords[0])) < 1e-7
    served = {key: own.team_id for own in found.teams for station in own.stations for key in station.demand_ids}
    assert served == {task.demand_id: task.team_id for task in found.tasks if task.team_id is not None}
    assert all((task.team_id is None) == (task.reason is not None) for task in found.tasks)
    text = json.dumps(to_json(found))
    assert json.dumps(to_json(from_json(json.loads(text)))) == text
