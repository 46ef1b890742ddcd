"""Patrols of the demo county through planning: kept, changed by pinning and skipping, stale and bad wishes refused."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_wishes import REQUEST

from gislib import wording
from gislib.domain.errors import ConflictError, GislibError, RefusedError
from gislib.planning import patrol_days, patrol_teams, patrols
from gislib.planning.authors import author_of, store_of
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.planning.session import open_session
from gislib.store import audit, terms
from gislib.store.terms import GateTime, Holiday, TermFacts


@pytest.fixture(scope="module", autouse=True)
def few_rounds():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patrols, "ROUNDS", 600)
        yield


@pytest.fixture(scope="module")
def basis(planning):
    return patrol_basis(planning, REQUEST)


@pytest.fixture
def wish(basis, request):
    """Few stops and no streets: quick."""
    return PatrolWish(request.node.name[:60], "summer_water", patrol_teams.proposed(basis, 2))


@pytest.fixture(scope="module")
def leaving(basis):
    """Streets, hot spots, venues and waters at leaving time."""
    return PatrolWish("放学", "leaving", patrol_teams.proposed(basis, 2))


@pytest.fixture(scope="module")
def kept(planning, leaving):
    """Patrol of `leaving`; nobody changes it."""
    return patrols.propose(planning, REQUEST, leaving)


def served_by(record):
    """Team of every water that is looked after: no authority is needed there."""
    own = [task for task in record.tasks if task.kind == "water" and task.team_id is not None]
    return {task.demand_id: task.team_id for task in own}


def test_a_patrol_is_kept_with_what_was_asked(planning, leaving, kept):
    again = patrols.read(planning, kept.head.patrol_id)
    assert again == kept
    assert (again.wish, again.request) == (leaving, REQUEST)
    (record,) = again.sets
    assert [team.name for team in record.teams] == ["甲组", "乙组"]
    assert 0.2 < record.covered_share <= record.coverage_bound
    total = sum(task.risk for task in record.tasks)
    assert sum(task.risk for task in record.tasks if task.team_id) / total == pytest.approx(record.covered_share)
    assert all(team.overtime_min == 0 for team in record.teams)
    assert len(record.posts) > 80
    said = audit.entries(store_of(planning))
    assert said.loc[said["subject"] == kept.head.patrol_id, "action"].tolist() == ["patrol.create"]


def test_the_same_wish_gives_the_same_routes(planning, wish):
    first = patrols.propose(planning, REQUEST, wish)
    second = patrols.propose(planning, REQUEST, replace(wish, name=wish.name + "2"))
    assert first.sets == second.sets


def test_pinned_and_skipped_are_kept_to_and_earlier_versions_stay(planning, wish):
    first = patrols.propose(planning, REQUEST, wish)
    own = served_by(first.sets[0])
    moved = next(key for key, team in own.items() if team == "t1")
    left = next(key for key, team in own.items() if team == "t2" and key != moved)
    changed = replace(wish, pinned={moved: "t2"}, skipped=frozenset({left}))
    second = patrols.propose(planning, REQUEST, changed, seen_version=1)
    now = served_by(second.sets[0])
    assert (second.head.patrol_id, second.head.version) == (first.head.patrol_id, 2)
    assert now[moved] == "t2"
    assert next(task.reason for task in second.sets[0].tasks if task.demand_id == left) == "skipped"
    assert patrols.read(planning, first.head.patrol_id, 1).sets == first.sets
    with pytest.raises(ConflictError) as stale:
        patrols.propose(planning, REQUEST, wish, seen_version=1)
    assert stale.value.code == "patrol_stale"
    assert patrols.read(planning, first.head.patrol_id) == second


def test_a_post_given_to_a_team_is_manned_from_begin_to_end(planning, basis, leaving):
    depot = basis.depots.loc[leaving.teams[0].depot_id]
    gates = basis.ground.tables["gates"]
    students = gates[(gates["role"] == "student").to_numpy(bool)]
    gate = str(students.distance(depot.geometry).idxmin())
    short = replace(leaving, name="护学岗", posts={gate: "t1"})
    record = patrols.propose(planning, REQUEST, short).sets[0]
    post = next(one for one in record.posts if one.gate_id == gate)
    station = next(one for one in record.team("t1").stations if one.kind == "post")
    assert (station.begins_min, station.ends_min) == (post.begins_min, post.ends_min) == (1000.0, 1080.0)


def test_a_search_that_is_stopped_keeps_what_it_found(planning, wish):
    saved = patrols.propose(planning, REQUEST, replace(wish, seconds=60.0), keep_on=lambda: False)
    assert saved.sets[0].tasks
    assert {task.reason for task in saved.sets[0].tasks if task.team_id is None} <= {
        "no_time", "detour", "unreachable", "off_road", "window", "no_skill"
    }  # fmt: skip


def test_gate_hours_of_a_campus_bound_its_streets(planning, leaving, kept, twin, tmp_path):
    """The term's gate hours of one campus, and of all others, are kept to by whoever patrols there."""
    streets = [task for task in kept.sets[0].tasks if task.kind == "street" and task.team_id]
    served = Counter(task.school_name for task in streets)
    ((campus, _),) = served.most_common(1)
    schools = patrol_basis(planning, REQUEST).ground.tables["schools"]
    school = schools.index[schools["name"] == campus][0]
    hours = GateTime("leaving", "16:50", "17:30", school), GateTime("leaving", "16:40", "18:00")
    facts = TermFacts(
        "秋季", date(2026, 9, 1), date(2027, 1, 22), (Holiday(date(2026, 10, 1), date(2026, 10, 7), "国庆"),), hours
    )
    # Pinned, so that it is walked in its hours as well: else the search may leave the campus out, and nothing is shown.
    pinned = {task.demand_id: task.team_id for task in streets if task.school_name == campus}
    copied = open_session(twin(planning.workspace.root, tmp_path / "workspace"), actor="tester")
    terms.add(store_of(copied), facts, author_of(copied))
    after = patrols.propose(copied, REQUEST, replace(leaving, name=leaving.name + "2", pinned=pinned)).sets[0]
    walked = [task for task in after.tasks if task.kind == "street" and task.team_id is not None]
    own = [task.begins_min for task in walked if task.school_name == campus]
    others = [task.begins_min for task in walked if task.school_name != campus]
    assert min(len(own), len(others)) > 0, "gate hours leave time for both"
    assert 1010 - 1e-6 <= min(own) <= max(own) <= 1050 + 1e-6
    assert 1000 - 1e-6 <= min(others) <= max(others) <= 1080 + 1e-6, "told for all campuses without a line of their own"
    before = [task.begins_min for task in kept.sets[0].tasks if task.kind == "street" and task.team_id is not None]
    assert min(before) < 1000, "without gate hours the whole shift"
    days = patrol_days.school_days(copied, date(2026, 9, 30), 4)
    assert days == [date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 12)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"teams": ()}, "patrol_no_team"),
        ({"sets": 0}, "patrol_sets"),
        ({"sets": 11}, "patrol_sets"),
        ({"shift_id": "lunch"}, "patrol_shift_unknown"),
        ({"hours": "16.20-18.30"}, "patrol_hours"),
        ({"hours": "08:20-08:22"}, "patrol_shift_short"),
        ({"pinned": {"nothing": "t1"}}, "patrol_wish_unknown"),
        ({"name": "  "}, "patrol_name"),
    ],
)
def test_bad_wishes_are_told_and_leave_nothing(planning, wish, changes, code):
    before = patrols.heads(planning)
    with pytest.raises(GislibError) as problem:
        patrols.propose(planning, REQUEST, replace(wish, **changes))
    assert problem.value.code == code
    for lang in wording.LANGUAGES:
        assert "{" not in wording.error(problem.value, lang)
    assert patrols.heads(planning) == before


def test_bad_teams_are_told(planning, basis, wish):
    one = wish.teams[0]
    for bad, code in (
        (replace(one, depot_id="gone"), "patrol_depot_unknown"),
        (replace(one, mode="boat"), "patrol_mode_unknown"),
        (replace(one, hours="08:20-08:25", break_min=10.0), "patrol_shift_short"),
    ):
        with pytest.raises(GislibError) as problem:
            patrols.propose(planning, REQUEST, replace(wish, teams=(bad,)))
        assert problem.value.code == code
    with pytest.raises(GislibError) as problem:
        patrol_teams.proposed(basis, 0)
    assert problem.value.code == "patrol_no_team"
    assert len({team.team_id for team in patrol_teams.proposed(basis, 12)}) == 12


def test_accepted_is_closed_and_retired_is_gone(planning, wish):
    saved = patrols.propose(planning, REQUEST, wish)
    identity = saved.head.patrol_id
    assert patrols.accept(planning, identity, 1).status == "accepted"
    with pytest.raises(GislibError) as problem:
        patrols.propose(planning, REQUEST, wish)
    assert problem.value.code == "patrol_closed"
    patrols.reopen(planning, identity, 1)
    patrols.retire(planning, identity, 1)
    assert identity not in {head.patrol_id for head in patrols.heads(planning)}
    assert patrols.by_name(planning, wish.name) is None


def test_a_viewer_may_not_write(planning, wish):
    viewer = open_session(planning.workspace.root, "访客", "viewer")
    saved = patrols.propose(planning, REQUEST, wish)
    at = saved.head.patrol_id, saved.head.version
    for call in (
        lambda: patrols.propose(viewer, REQUEST, wish),
        lambda: patrols.accept(viewer, *at),
        lambda: patrols.reopen(viewer, *at),
        lambda: patrols.retire(viewer, *at),
    ):
        with pytest.raises(RefusedError):
            call()
    assert patrols.read(viewer, at[0]) == saved


MADE = date(2026, 11, 16)


def school_day(off=()):
    return lambda day: day.weekday() < 5 and day not in off


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 99), st.integers(0, 200), st.integers(0, 120))
def test_a_printed_day_has_the_set_of_the_rota(sets, seed, ahead, count):
    """A list of days, and each of them asked for alone; weekends and a holiday between."""
    off = {date(2026, 12, 2), *(date.fromordinal(date(2027, 1, 25).toordinal() + k) for k in range(30))}
    taught = school_day(off)
    days = [date.fromordinal(MADE.toordinal() + ahead + k) for k in range(count)]
    every = patrol_days.rotation(days, sets, seed, MADE, taught)
    rota = [day for day in days if taught(day)]
    chosen = patrol_days.rotation(rota, sets, seed, MADE, taught)
    assert chosen == [own for day, own in zip(days, every, strict=True) if taught(day)]
    for k in range(0, len(rota), 7):
        assert patrol_days.rotation([rota[k]], sets, seed, MADE, taught) == [chosen[k]]
    assert all(0 <= one < sets for one in every)
    if sets > 1:
        assert all(a != b for a, b in itertools.pairwise(chosen)), "school days running"
    if sets > 2:
        assert all(a != b for a, b in itertools.pairwise(every)), "days running"
    if sets > 1 and len(rota) > 60:
        assert set(chosen) == set(range(sets))


def test_days_before_the_patrol_was_made_have_a_set_too():
    taught = school_day()
    days = [date(2025, 3, 3), date(2026, 8, 31), date(2026, 9, 1)]
    alone = [patrol_days.rotation([day], 3, 1, MADE, taught)[0] for day in days]
    assert patrol_days.rotation(days, 3, 1, MADE, taught) == alone


def test_the_rota_of_a_kept_patrol_is_what_is_printed(planning, kept):
    saved = replace(kept, sets=kept.sets * 5)
    days = patrol_days.school_days(planning, date(2026, 11, 16), 60)
    rota = patrol_days.day_sets(planning, saved, days)
    assert [patrol_days.day_sets(planning, saved, [day])[0] for day in days] == rota
    assert all(a != b for a, b in itertools.pairwise(rota))
