"""Streets walked in one go are one station: what is joined, what is not, and that times, metres and tasks stay."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patrol_worlds import demand_on, grid, ground, team, the_rules
from worlds import road

from gislib.patrol.joined import LANE_M, MOST_PARTS, ONE_ROAD_M, continues, folded, joined
from gislib.patrol.parameters import read_shift
from gislib.patrol.record import Part, PatrolRecord
from gislib.patrol.roster import roster
from gislib.patrol.routing import Wishes, build_problem, solve
from gislib.patrol.search import Effort
from gislib.patrol.stations import record

QUICK = Effort(rounds=300)


def told(roads, pieces, names, teams=None, sides=None, **stops) -> PatrolRecord:
    now = ground(roads)
    demand = demand_on(now, pieces, sides=sides, **stops)
    demand.streets["road_name"] = names
    problem = build_problem(now, demand, teams or [team(0)], the_rules(), Wishes())
    posts = roster(now, read_shift(*the_rules(), "night"), the_rules())
    return record(now, problem, solve(problem, QUICK), posts, [None] * len(teams or [0]))


def served(own: PatrolRecord):
    return [station for station in own.teams[0].stations if station.number]


def part(turn: str, name: str | None, heading: str, metres: float, *, patrolled: bool) -> Part:
    return Part(turn, name, heading, metres, patrolled)


def blocks(*metres: float, name: str | None = "长街"):
    """One street cut into blocks, a lane up at every junction."""
    ends = np.cumsum([0.0, *metres]).tolist()
    street = [road("residential", [(a, 0), (b, 0)], name=name) for a, b in pairwise(ends)]
    return [*street, *(road("residential", [(x, 0), (x, 40)], name="横街") for x in ends[1:-1])]


@pytest.mark.parametrize(("gap_m", "stations"), [(ONE_ROAD_M - 10, 1), (ONE_ROAD_M + 10, 2)])
def test_a_block_between_two_patrolled_ones_does_not_part_them(gap_m, stations):
    """Two blocks of 100 m with one between that nobody patrols: its metres are passed, not served."""
    own = served(told(blocks(100, gap_m, 100), [0, 2], ["长街", "长街"]))
    assert len(own) == stations
    assert sum(station.served_m for station in own) == pytest.approx(200)
    assert sum(station.travel_m for station in own) == pytest.approx(gap_m)
    if stations == 1:
        assert [(one.metres, one.patrolled) for one in own[0].way] == [
            (pytest.approx(100), True), (pytest.approx(gap_m), False), (pytest.approx(100), True),
        ]  # fmt: skip


@pytest.mark.parametrize("name", ["长街", None])
def test_both_sides_of_a_street_are_one_station(name):
    [own] = served(told([road("residential", [(0, 0), (180, 0)], name=name)], [0, 0], [name] * 2, sides=[1, 2]))
    assert [(one.turn, round(one.metres), one.patrolled) for one in own.way] == [
        ("straight", 180, True), ("back", 180, True),
    ]  # fmt: skip
    assert set(own.demand_ids) == {"st0", "st1"}
    assert (own.travel_m, own.served_m) == (0, pytest.approx(360))


def test_a_lane_without_a_name_belongs_to_the_street_it_leaves():
    roads = [road("residential", [(0, 0), (100, 0)], name="长街"), road("residential", [(100, 0), (100, 90)])]
    [own] = served(told(roads, [0, 1], ["长街", None]))
    assert own.name == "长街"
    assert [one.turn for one in own.way] == ["straight", "left"]


def test_two_names_are_two_stations():
    roads = [road("residential", [(100.0 * k, 0), (100.0 * k + 100, 0)], name=name) for k, name in enumerate("甲乙")]
    assert [station.name for station in served(told(roads, [0, 1], ["甲", "乙"]))] == ["甲", "乙"]


def test_a_long_way_of_lanes_is_parted():
    lanes = [
        road("residential", [(0, 0), (LANE_M - 50, 0)]),
        road("residential", [(LANE_M - 50, 0), (LANE_M - 50, 99)]),
    ]
    assert len(served(told(lanes, [0, 1], [None, None]))) == 2


def test_a_sentence_has_an_end():
    """Joined again and again, back and forth, until the way has too many stretches."""
    [own] = served(told(blocks(100), [0], ["长街"]))
    back = replace(own, way=(replace(own.way[0], turn="back", heading="w"),), arrives_min=own.begins_min)
    forth = replace(back, way=(replace(back.way[0], heading="e"),))
    whole, count = own, 1
    while continues(whole, after := back if count % 2 else forth):
        whole, count = joined(whole, after), count + 1
    assert count == len(whole.way) == MOST_PARTS
    assert whole.served_m == pytest.approx(100 * MOST_PARTS)


def test_waiting_parts_stations():
    [own] = served(told(blocks(100), [0], ["长街"]))
    after = replace(own, arrives_min=own.ends_min, begins_min=own.ends_min + 5)
    assert continues(own, replace(after, begins_min=after.arrives_min))
    assert not continues(own, after)


def test_a_junction_is_told_with_the_stretch_behind_it():
    way = [
        part("left", "长街", "e", 5, patrolled=False), part("straight", "长街", "e", 80, patrolled=True),
        part("straight", "长街", "e", 90, patrolled=False), part("straight", "长街", "e", 70, patrolled=True),
    ]  # fmt: skip
    assert folded(way) == (
        part("left", "长街", "e", 85, patrolled=True), way[2], way[3],
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_joining_changes_no_time_no_metre_and_no_task(seed):
    """A station begins with its first task and ends with its last; every served task is in exactly one."""
    rng = np.random.default_rng(seed)
    names = [None, "甲街", "乙街"]
    roads = [{**one, "name": names[rng.integers(3)]} for one in grid(4)]
    pieces = sorted(rng.choice(len(ground(roads).graph.streets), 12, replace=False).tolist())
    labels = [roads[k]["name"] for k in ground(roads).graph.streets.road[pieces]]
    stops = [{"at": tuple(rng.uniform(0, 300, 2)), "dwell_min": 4.0}]
    own = told(roads, pieces, labels, [team(0), team(1, mode="ebike")], stops=stops)
    tasks = {task.demand_id: task for task in own.tasks}
    for plan in own.teams:
        assert sum(one.travel_m + one.served_m for one in plan.stations) == pytest.approx(plan.metres, abs=1e-2)
        for station in filter(lambda one: one.demand_ids, plan.stations):
            mine = [tasks[key] for key in station.demand_ids]
            assert station.begins_min == mine[0].begins_min
            assert station.ends_min == mine[-1].ends_min
            assert station.risk == pytest.approx(sum(task.risk for task in mine))
            assert {task.team_id for task in mine} == {plan.team_id}
    ids = [key for plan in own.teams for station in plan.stations for key in station.demand_ids]
    assert sorted(ids) == sorted(task.demand_id for task in own.tasks if task.team_id is not None)
