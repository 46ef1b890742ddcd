"""Planned against done: hand-made tracks with known answers, and plans followed to the letter."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from patrol_tracks import followed, walk
from patrol_worlds import demand_on, grid, ground, team, the_rules
from worlds import CRS

from gislib import rules
from gislib.domain.tables import WGS84
from gislib.patrol.checking import check
from gislib.patrol.motion import Gap, Track, check_parameters, gaps, runs, without_jumps
from gislib.patrol.record import RETURN, START, PatrolRecord, Station, Task, TeamPlan
from gislib.patrol.roster import roster
from gislib.patrol.routing import build_problem, solve
from gislib.patrol.search import Effort
from gislib.patrol.stations import record as told

PARAMETERS = check_parameters(rules.load(), date(2026, 11, 23))
FOOT = 4000.0 / 60
"""Metres a minute."""


def degrees(shape):
    return gpd.GeoSeries([shape], crs=CRS).to_crs(WGS84).iloc[0]


def street(name, *coords, begins=None, metres=None, risk=1.0, team_id="t0"):
    line = shapely.LineString(coords)
    ends = None if begins is None else begins + (metres or line.length) / FOOT
    owner = None if begins is None else team_id
    return Task(name, "street", None, None, risk, owner, begins, ends, None, degrees(line))


def stop(name, at, begins=None, lasts=10.0, risk=1.0, kind="venue"):
    ends = None if begins is None else begins + lasts
    owner = None if begins is None else "t0"
    return Task(name, kind, name, None, risk, owner, begins, ends, None, degrees(shapely.Point(at)))


def station(kind, at, minutes, demand_id=None):
    ids = () if demand_id is None else (demand_id,)
    spot = degrees(shapely.Point(at))
    return Station(
        None, kind, None, None, ids, minutes[0], minutes[0], minutes[1], (), 0.0, 0.0, 0.0, "", spot, None, None
    )


def plan(*tasks, ends=60.0, stands=(), teams=("t0",), mode="foot"):
    own = tuple(
        TeamPlan(
            name, name, mode, 2, (), None, 0.0, ends, 0.0, ends, 0.0, 0.0, 1000.0,
            (station(START, (0, 0), (0, 0)), *(stands if name == "t0" else ()), station(RETURN, (0, 0), (ends, ends))),
        )
        for name in teams
    )  # fmt: skip
    return PatrolRecord("leaving", 0.0, ends, own, tasks, (), 1.0, 1.0, 1000.0, 900.0, 0.1, 1, 1)


def checked(record, *tracks):
    return check(record, tracks, CRS, PARAMETERS)


def only(record, *tracks):
    return checked(record, *tracks).tasks[0]


# streets


def test_a_street_walked_to_plan():
    own = only(plan(street("a", (0, 0), (200, 0), begins=0.0), ends=10.0), walk(((200, 0), 3.0), ((200, 0), 7.0)))
    assert (own.state, own.reason, own.track) == ("done", None, "甲")
    assert own.share == pytest.approx(1.0)
    assert own.begins_min == pytest.approx(0.0, abs=0.1)
    assert own.late_min == pytest.approx(0.0, abs=0.1)
    assert own.stay_min is None


def test_walked_late_and_the_other_way_round():
    own = only(
        plan(street("a", (0, 0), (200, 0), begins=0.0), ends=20.0),
        walk(((200, 300), 0.1), ((200, 300), 10), ((200, 0), 4.9), ((0, 0), 3.0), ((0, 0), 2), xy=(200, 300)),
    )
    assert own.state == "done"
    assert own.late_min == pytest.approx(15.0, abs=0.2)


def test_half_a_street_is_half():
    own = only(plan(street("a", (0, 0), (400, 0), begins=0.0), ends=10.0), walk(((200, 0), 3.0), ((200, 200), 3.0),
               ((200, 200), 4)))  # fmt: skip
    assert (own.state, own.reason) == ("partly", "part")
    assert own.share == pytest.approx(0.5, abs=0.03)
    assert own.unknown_share == 0.0


@pytest.mark.parametrize("off_m", [0, 8, 19])
def test_within_the_tolerance(off_m):
    record = plan(street("a", (0, 0), (200, 0), begins=0.0), ends=3.0)
    assert only(record, walk(((200, off_m), 3.0), xy=(0, off_m))).state == "done"


def test_a_parallel_street_is_not_this_one():
    record = plan(street("a", (0, 0), (200, 0), begins=0.0), ends=3.0)
    own = only(record, walk(((200, 30), 3.0), xy=(0, 30)))
    assert (own.state, own.reason, own.share) == ("missed", "away", 0.0)


def test_crossing_a_street_is_not_walking_it():
    record = plan(street("a", (-100, 0), (100, 0), begins=0.0), ends=6.0)
    own = only(record, walk(((0, 200), 6.0), xy=(0, -200)))
    assert (own.state, own.reason, own.share) == ("missed", "away", 0.0)


def test_standing_on_a_street_is_not_walking_it():
    rng = np.random.default_rng(3)
    minutes = np.arange(0, 30, 1 / 60)
    record = plan(street("a", (-25, 0), (25, 0), begins=0.0), ends=30.0)
    drift = np.cumsum(rng.normal(0, 0.2, (len(minutes), 2)), axis=0)
    own = only(record, Track("甲", "t0", minutes, np.clip(drift, -5, 5)))
    assert own.state == "missed"


def test_driving_through_is_not_patrolling():
    record = plan(street("a", (0, 0), (400, 0), begins=0.0), ends=2.0)
    own = only(record, walk(((400, 0), 0.6), ((400, 300), 1.4)))
    assert (own.state, own.reason, own.share) == ("missed", "fast", 0.0)


def test_next_street_of_the_same_road_is_not_covered():
    tasks = (street("a", (0, 0), (200, 0), begins=0.0), street("b", (200, 0), (400, 0), begins=3.0))
    found = checked(plan(*tasks, ends=10.0), walk(((200, 0), 3.0), ((200, 200), 3.0), ((200, 200), 4.0)))
    assert [own.state for own in found.tasks] == ["done", "missed"]
    assert found.planned_share == pytest.approx(0.5, abs=0.05)
    assert [own.demand_id for own in found.missed] == ["b"]


def test_two_sides_need_two_passings():
    tasks = (street("a:L", (0, 0), (300, 0), begins=0.0), street("a:R", (300, 0), (0, 0), begins=4.5))
    once = checked(plan(*tasks, ends=9.0), walk(((300, 0), 4.5), ((300, 300), 4.5)))
    assert [own.state for own in once.tasks] == ["done", "missed"]
    twice = checked(plan(*tasks, ends=9.0), walk(((300, 0), 4.5), ((0, 0), 4.5)))
    assert [own.state for own in twice.tasks] == ["done", "done"]
    assert [own.late_min for own in twice.tasks] == pytest.approx([0, 0], abs=0.2)


def test_the_passing_that_fits_the_plan_counts():
    record = plan(street("a", (0, 0), (200, 0), begins=20.0), ends=30.0)
    own = only(
        record, walk(((200, 0), 3), ((200, 300), 5), ((0, 300), 4), ((0, 0), 9), ((200, 0), 3), ((200, 0), 6))
    )  # fmt: skip
    assert own.first_min == pytest.approx(0.0, abs=0.1)
    assert own.begins_min == pytest.approx(21.0, abs=0.2)


def test_streets_that_nobody_was_to_serve():
    tasks = (street("a", (0, 0), (200, 0)), street("b", (0, 300), (200, 300)))
    found = checked(plan(*tasks, ends=3.0), walk(((200, 0), 3.0)))
    assert [(own.state, own.reason, own.late_min) for own in found.tasks] == [
        ("done", None, None), ("not_planned", None, None),
    ]  # fmt: skip
    assert (found.planned_share, found.eligible_share) == (0.0, pytest.approx(0.5, abs=0.01))
    assert found.missed == ()


# gaps


def test_without_a_track_nothing_is_missed():
    found = checked(plan(street("a", (0, 0), (200, 0), begins=0.0), stop("v", (0, 100), begins=5.0)))
    assert [(own.state, own.reason) for own in found.tasks] == [("unknown", "no_track")] * 2
    assert (found.planned_share, found.unknown_share) == (0.0, pytest.approx(1.0))
    assert found.teams[0].gaps == ((0.0, 60.0),)
    assert found.teams[0].begins_min is None


def test_what_could_be_reached_during_a_gap_is_unknown_the_rest_is_missed():
    first, second = walk(((200, 0), 3.0)), walk(((200, 10), 3.0), xy=(0, 0), begins_min=13.0)
    track = Track("甲", "t0", np.r_[first.minutes, second.minutes], np.r_[first.xy, second.xy])
    tasks = (
        street("near", (200, 0), (200, 200), begins=4.0),
        street("far", (2000, 0), (2200, 0), begins=5.0),
        stop("visited?", (100, 100), begins=5.0, lasts=5.0),
        stop("too long", (100, 100), begins=5.0, lasts=20.0),
    )
    found = checked(plan(*tasks, ends=16.0), track)
    assert [(own.state, own.reason) for own in found.tasks] == [
        ("unknown", "gap"), ("missed", "away"), ("unknown", "gap"), ("missed", "away"),
    ]  # fmt: skip
    assert found.teams[0].gaps == ((pytest.approx(3.0), pytest.approx(13.0)),)
    assert found.planned_share + found.unknown_share == pytest.approx(0.5, abs=0.03)


def test_a_device_that_falls_silent_while_standing():
    """Two fixes 12 minutes apart at one place are a stay, not a gap."""
    track = Track("甲", "t0", np.array([0.0, 0.1, 12.1]), np.array([[0, 0], [5, 0], [6, 0]], float))
    found = checked(plan(stop("v", (0, 10), begins=0.0), ends=12.1), track)
    assert found.tasks[0].state == "done"
    assert found.teams[0].gaps == ()


def test_gaps_of_a_team_with_two_devices():
    one = runs(0, walk(((100, 0), 10.0)), PARAMETERS)
    two = runs(1, walk(((100, 0), 10.0), begins_min=8.0), PARAMETERS)
    three = runs(2, walk(((100, 0), 2.0), begins_min=30.0), PARAMETERS)
    found = gaps([*three, *two, *one], -5.0, 40.0, 60.0)
    assert [(gap.begins_min, gap.ends_min) for gap in found] == [(-5.0, 0.0), (18.0, 30.0), (32.0, 40.0)]
    assert found[0].before is None
    assert found[-1].after is None
    assert found[1].before.tolist() == [100.0, 0.0]
    assert len(gaps([*three, *two, *one], -0.9, 32.9, 60.0)) == 1, "late by less than a minute at either end"


@pytest.mark.parametrize(("step_s", "noise_m"), [(1.0, 0.0), (1.0, 4.0), (5.0, 2.0)])
def test_length_of_a_way_without_its_jitter(step_s, noise_m):
    track = walk(((600, 0), 9.0), ((600, 300), 4.5), ((600, 300), 10.0), step_s=step_s)
    noise = np.random.default_rng(1).normal(0, noise_m, track.xy.shape)
    [run] = runs(0, replace(track, xy=track.xy + noise), PARAMETERS)
    assert run.metres() == pytest.approx(900.0, rel=0.06)


def test_reach_of_a_gap():
    gap = Gap(0.0, 10.0, np.array([0.0, 0.0]), np.array([300.0, 0.0]))
    places = np.array([[150.0, 0.0], [150.0, 476.0], [150.0, 478.0], [-350.0, 0.0], [-351.0, 0.0]])
    assert gap.could_reach(places, 100.0, 0.0).tolist() == [True, True, False, True, False]
    assert gap.could_reach(places, 100.0, 0.0, stay_min=7.0).tolist() == [True, False, False, False, False]


def test_jumps_are_left_out():
    track = walk(((300, 0), 4.5), step_s=1.0)
    xy = track.xy.copy()
    xy[50] += (0, 5000)
    xy[51] += (0, -4000)
    xy[90] += (3000, 0)
    steady, dropped = without_jumps(replace(track, xy=xy), PARAMETERS.jump_kmh)
    assert dropped >= 1
    found = checked(plan(street("a", (0, 0), (300, 0), begins=0.0), ends=4.5), replace(track, xy=xy))
    assert found.tasks[0].state == "done"
    assert np.abs(steady.xy[:, 0]).max() <= 300


# stops


def test_stays_are_measured():
    record = plan(stop("v", (100, 15), begins=2.0), ends=20.0)
    own = only(record, walk(((100, 0), 1.5), ((100, 0), 10.5), ((200, 0), 1.5), ((200, 0), 6.5)))
    assert own.state == "done"
    assert own.begins_min == pytest.approx(2.0, abs=0.3), "early, and waited"
    assert own.late_min == pytest.approx(0.0, abs=0.3)
    assert own.stay_min == pytest.approx(10.0, abs=0.5)


@pytest.mark.parametrize(("stays", "state"), [(9.0, "done"), (7.4, "done"), (5.0, "partly"), (1.0, "missed")])
def test_short_stays(stays, state):
    record = plan(stop("v", (100, 0), begins=1.5), ends=1.5 + stays + 3)
    own = only(record, walk(((100, 0), 1.5), ((100, 0), stays), ((300, 0), 3.0)))
    assert own.state == state
    assert own.reason == (None if state == "done" else "short")


def test_one_stay_does_not_serve_two_places():
    tasks = (stop("v", (100, 0), begins=1.5), stop("w", (100, 12), begins=11.5))
    legs = (((100, 0), 1.5), ((100, 0), 10.0))
    once = checked(plan(*tasks, ends=15), walk(*legs, ((300, 0), 3.5)))
    assert sorted(own.state for own in once.tasks) == ["done", "missed"]
    both = checked(plan(*tasks, ends=25), walk(*legs, ((100, 0), 10.0), ((300, 0), 3.5)))
    assert [own.state for own in both.tasks] == ["done", "done"]
    assert [own.late_min for own in both.tasks] == pytest.approx([0, 0], abs=0.3)


def test_a_place_off_the_road_is_served_from_where_the_team_stands():
    far = stop("pond", (100, 80), begins=1.5, lasts=5.0, kind="water")
    stands = (station("water", (100, 0), (1.5, 6.5), "pond"),)
    track = walk(((100, 0), 1.5), ((100, 0), 5.0), ((0, 0), 1.5))
    assert only(plan(far, ends=8.0, stands=stands), track).state == "done"
    assert only(plan(far, ends=8.0), track).state == "missed"


def test_passing_a_crossing_is_enough():
    record = plan(stop("x", (100, 0), begins=1.5, lasts=0.0, kind="crossing"), ends=3.0)
    assert only(record, walk(((200, 0), 3.0))).state == "done"


def test_unplanned_stops_need_their_usual_time():
    record = plan(stop("v", (100, 0)), ends=15.0)
    assert only(record, walk(((200, 0), 3.0), ((200, 0), 12))).state == "not_planned"
    assert only(record, walk(((100, 0), 1.5), ((100, 0), 13.5))).state == "done"


# teams


def test_another_teams_track_counts_and_is_named():
    tasks = (street("a", (0, 0), (200, 0), begins=0.0, team_id="t1"),)
    found = checked(
        plan(*tasks, ends=3.0, teams=("t0", "t1")),
        walk(((200, 0), 3.0)),
        walk(((0, 900), 0.1), label="乙", team_id=None),
    )
    assert (found.tasks[0].state, found.tasks[0].team_id, found.tasks[0].track) == ("done", "t1", "甲")
    assert found.unmatched == ("乙",)
    assert [own.labels for own in found.teams] == [("甲",), ()]
    assert found.teams[0].metres == pytest.approx(200, abs=1)


def test_an_empty_record():
    found = checked(plan(), walk(((200, 0), 3.0)))
    assert (found.tasks, found.planned_share, found.unknown_share, found.eligible_share) == ((), 0.0, 0.0, 0.0)
    assert checked(replace(plan(), teams=()), walk(((200, 0), 3.0), team_id=None)).teams == ()


# plans


@pytest.fixture(scope="module")
def routed():
    """Routes of two teams on a drawn grid with two venues, one 60 m off the road."""
    now = ground(grid(5, sidewalk="both"))
    pieces = list(range(0, 40, 2))
    stops = [{"at": (200.0, 10.0)}, {"at": (350.0, 60.0), "dwell_min": 5.0}]
    asked = demand_on(now, pieces, risk=[1.0 + k % 5 for k in range(20)], stops=stops)
    teams = [team(0), team(1, (400.0, 400.0), mode="ebike")]
    posed = build_problem(now, asked, teams, the_rules())
    posts = roster(now, asked.shift, the_rules())
    return told(now, posed, solve(posed, Effort(rounds=300)), posts, [None, None])


@settings(max_examples=5, deadline=None)
@given(step_s=st.sampled_from([1.0, 2.0, 5.0]), noise_m=st.sampled_from([0.0, 2.0]), seed=st.integers(0, 9))
def test_a_plan_followed_to_the_letter_is_done(routed, step_s, noise_m, seed):
    rng = np.random.default_rng(seed)
    tracks = [followed(own, CRS, step_s) for own in routed.teams]
    tracks = [replace(own, xy=own.xy + rng.normal(0, noise_m, own.xy.shape)) for own in tracks]
    found = checked(routed, *tracks)
    planned = [own for own in found.tasks if own.team_id is not None]
    assert len(planned) >= 15
    assert {own.state for own in planned} == {"done"}
    assert found.planned_share == pytest.approx(1.0, abs=0.01)
    assert max(abs(own.late_min) for own in planned) < 1.5
    assert found.unknown_share == 0.0


def test_half_the_route_covers_the_half(routed):
    tracks = []
    for own in routed.teams:
        whole = followed(own, CRS)
        middle = (own.begins_min + own.returns_min) / 2
        kept = whole.minutes <= middle
        # The device keeps running at the place where the team stopped.
        rest = np.arange(middle, own.returns_min, 0.5)
        xy = np.r_[whole.xy[kept], np.repeat(whole.xy[kept][-1:], len(rest), axis=0)]
        tracks.append(replace(whole, minutes=np.r_[whole.minutes[kept], rest + 0.01], xy=xy))
    found = checked(routed, *tracks)
    early = {
        own.demand_id: own.ends_min <= team_.begins_min / 2 + team_.returns_min / 2
        for team_ in routed.teams for own in routed.tasks if own.team_id == team_.team_id
    }  # fmt: skip
    planned = [own for own in found.tasks if own.team_id is not None]
    wrong = [own for own in planned if (own.state == "done") != early[own.demand_id]]
    assert len(wrong) <= 2, "the tasks at the very break"
    assert found.unknown_share == 0.0
    risk = sum(own.risk for own in planned if early[own.demand_id]) / sum(own.risk for own in planned)
    assert found.planned_share == pytest.approx(risk, abs=0.12)
