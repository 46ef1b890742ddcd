"""Demand of the shifts on a drawn street with one campus, a net bar, a shop and a pond; gate roster; depots."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_worlds import ON, home, situation
from worlds import road, table

from gislib import rules
from gislib.domain.errors import InputError
from gislib.patrol.clock import Span
from gislib.patrol.demand import DemandOptions, demand
from gislib.patrol.parameters import read_shift, shifts
from gislib.patrol.roster import post_stops, roster
from gislib.patrol.routing import RouteOptions, route
from gislib.patrol.search import Effort
from gislib.patrol.stops import visit_spans
from gislib.patrol.teams import Team, depots
from gislib.risk.load import RiskOptions, terms
from gislib.risk.score import weighted_x

RULES = rules.load(), ON
JULY = date(2026, 7, 15)


def venue(name, kind, x, hours=None):
    return {"id": name, "name": name, "kind": kind, "hours": hours, "geometry": (x, 5)}


@pytest.fixture(scope="module")
def now():
    return situation(
        [
            road("residential", [(300, 0), (500, 0), (700, 0)], name="文昌路"),
            road("residential", [(500, 0), (500, -200)]),
        ],
        venues=[
            venue("网吧", "net_bar", 560, "20:00-02:00"),
            venue("烟店", "tobacco", 540),
            venue("酒行", "alcohol", 450, "05:00-06:00"),
        ],
        water=[{"id": "塘", "name": "塘", "kind": "pond", "geometry": shapely.box(600, -60, 640, -20)}],
    )


def asked(now, shift, **options):
    return demand(now.ground, now.hazards, shift, RULES, DemandOptions(**options))


def load_of(now, slice_, families):
    schools = now.ground.tables["schools"].drop(columns="geometry")
    table = terms(now.hazards.tables, schools, RULES[0], RiskOptions(ON, slice_))
    return float(weighted_x(table, *RULES)[table["family"].isin(families)].sum())


def test_shifts_of_the_day():
    assert shifts(*RULES) == ("arrival", "leaving", "evening", "summer_water", "night")
    with pytest.raises(InputError, match="patrol_shift_unknown"):
        read_shift(*RULES, "midday")


@pytest.mark.parametrize(("shift", "slice_"), [("arrival", "arrival"), ("night", "night")])
def test_all_risk_of_the_streets_is_asked_for(now, shift, slice_):
    found = asked(now, shift)
    on_streets = found.risk - float(found.stops.loc[found.stops["kind"] == "venue", "risk"].sum())
    assert on_streets == pytest.approx(load_of(now, slice_, ["traffic"]), rel=1e-9)


def test_streets_are_parts_of_pieces(now):
    streets = asked(now, "arrival").streets
    lines = now.ground.graph.streets.lines()
    assert len(streets) > 0
    assert streets.index.is_unique
    for row in streets.itertuples():
        assert lines[row.piece].hausdorff_distance(row.geometry) <= lines[row.piece].length
        assert row.geometry.length == pytest.approx(row.length_m)
        assert lines[row.piece].buffer(1e-6).contains(row.geometry)
        assert row.school_id == "s1"
    assert "文昌路" in set(streets["road_name"])
    assert (streets["risk"] > 0).all()


def test_venues_by_opening_hours_and_authority(now):
    evening = asked(now, "evening")
    venues = evening.stops[evening.stops["kind"] == "venue"].set_index("hazard_id")
    assert set(venues.index) == {"网吧", "烟店"}
    assert evening.closed.empty  # closed whenever pupils are about: no risk at all
    assert (venues.loc["网吧", "opens_min"], venues.loc["网吧", "closes_min"]) == (1200.0, 1340.0)
    assert (venues.loc["烟店", "opens_min"], venues.loc["烟店", "closes_min"]) == (1110.0, 1340.0)
    assert venues["skill"].to_dict() == {"烟店": "", "网吧": "police"}
    assert (venues["dwell_min"] == 10.0).all()
    night = asked(now, "night")
    assert night.closed.index.tolist() == ["酒行"]
    assert night.closed["risk"].iloc[0] > 0
    assert "酒行" not in set(night.stops["hazard_id"])


def test_water_rounds(now):
    summer = demand(now.ground, now.hazards, "summer_water", (RULES[0], JULY))
    water = summer.stops[summer.stops["kind"] == "water"].sort_values("visit")
    assert water["visit"].tolist() == [1, 2, 3]
    assert water["opens_min"].tolist() == [480.0, 720.0, 1020.0]
    assert water["risk"].sum() == pytest.approx(load_of(now, "summer", ["water"]))
    assert summer.streets.empty
    pond = now.ground.tables["water"].geometry.iloc[0]
    assert water.geometry.distance(pond).max() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("shift", "on", "opens"),
    [
        ("summer_water", ON, [720.0, 1020.0]), ("leaving", ON, [980.0]), ("leaving", JULY, [980.0]),
        ("evening", ON, []), ("evening", JULY, [1110.0]), ("arrival", JULY, []), ("night", JULY, []),
    ],
)  # fmt: skip
def test_rounds_depend_on_the_season(now, shift, on, opens):
    """Dusk lies in the leaving shift in winter and in the evening shift from April on; mornings only in summer."""
    stops = demand(now.ground, now.hazards, shift, (RULES[0], on)).stops
    assert sorted(stops.loc[stops["kind"] == "water", "opens_min"]) == opens


def test_a_round_outside_the_hours_is_left_out(now):
    options = DemandOptions(hours=Span(700.0, 1000.0))
    stops = demand(now.ground, now.hazards, "summer_water", (RULES[0], JULY), options).stops
    water = stops[stops["kind"] == "water"]
    assert water[["opens_min", "closes_min"]].to_numpy().tolist() == [[720.0, 955.0]]
    assert water.index.tolist() == ["water:塘"], "one round has no number"


def test_arrival_has_neither_venues_nor_water(now):
    assert not set(asked(now, "arrival").stops["kind"]) & {"venue", "water"}


def test_campus_hours_narrow_the_streets(now):
    streets = asked(now, "arrival", campus_hours={"s1": Span(430.0, 450.0)}).streets
    assert (streets["opens_min"] == 430.0).all()
    assert (streets["closes_min"] == 450.0).all()
    for hours in ({"s1": Span(0.0, 10.0)}, {}, {"other": Span(430.0, 450.0)}):
        streets = asked(now, "arrival", campus_hours=hours).streets
        assert set(streets["opens_min"]) == {410.0}, "the whole shift"
        assert set(streets["closes_min"]) == {510.0}


def test_hot_spots_are_visited_again_in_a_long_shift():
    busy = situation(
        [road("primary", [(300, 0), (700, 0)], maxspeed_kmh=80.0, lanes=6.0)], school={"pupils": 6000.0},
        buildings=[home(400, -15), home(600, -15)],
    )  # fmt: skip
    short = asked(busy, "arrival").stops
    long = asked(busy, "arrival", hours=Span(400.0, 700.0)).stops
    hot = short[short["kind"] == "hotspot"]
    assert len(hot) > 0
    assert (hot["dwell_min"] == 12.0).all()
    again = long[long["kind"] == "hotspot"]
    assert len(again) == 2 * len(hot)
    assert again["risk"].sum() == pytest.approx(hot["risk"].sum())
    assert sorted(set(again["opens_min"])) == [490.0, 580.0]
    assert sorted(set(again["closes_min"])) == [520.0, 610.0]
    gate = asked(busy, "arrival", hours=Span(400.0, 700.0), campus_hours={"s1": Span(420.0, 450.0)}).stops
    gate = gate[gate["kind"] == "hotspot"]
    assert len(gate) == len(hot), "no time for a second visit within the hours of the campus"
    assert gate[["opens_min", "closes_min"]].drop_duplicates().to_numpy().tolist() == [[420.0, 438.0]]


@settings(max_examples=200, deadline=None)
@given(
    st.floats(10, 900),
    st.floats(0, 20),
    st.floats(20, 100),
    st.floats(1.0, 3.0),
    st.lists(st.floats(0, 1), min_size=60),
)
def test_whatever_is_chosen_keeps_the_time_between_visits(length, dwell, least, factor, choice):
    begin, most = 400.0, least * factor
    spans = visit_spans(Span(begin, begin + length), dwell, (least, most))
    times = [span.begin + share * (span.end - span.begin) for span, share in zip(spans, choice, strict=False)]
    assert len(times) == len(spans) >= 1
    assert all(least - 1e-6 <= b - a <= most + 1e-6 for a, b in pairwise(times))
    assert all(begin - 1e-6 <= span.begin <= span.end for span in spans)
    assert spans[-1].end <= begin + max(length - dwell, 0.0) + 1e-6
    if length > 2 * dwell:
        alone = [times[0] - begin, begin + length - times[-1] - dwell]
        assert max(alone) <= most + 1e-6, "never left alone for longer"


@pytest.mark.parametrize(
    ("length", "spans"),
    [
        (60.0, [(0, 48)]), (100.0, [(0, 88)]), (130.0, [(10, 118)]), (240.0, [(60, 90), (150, 180)]),
        (300.0, [(90, 120), (180, 210)]),
    ],
)  # fmt: skip
def test_visits_of_a_hot_spot(length, spans):
    """Stays of 12 minutes, an hour to two between them: windows of 30 minutes, 90 apart."""
    found = visit_spans(Span(0.0, length), 12.0, (60.0, 120.0))
    assert [(span.begin, span.end) for span in found] == spans


def test_wide_streets_are_walked_on_both_sides():
    wide = situation([road("secondary", [(300, 0), (700, 0)])], buildings=[home(400, 12), home(600, -12)])
    streets = asked(wide, "arrival").streets
    assert set(streets["side"]) == {1, -1}
    assert {name[-2:] for name in streets.index} == {":L", ":R"}


def test_roster_and_posts(now):
    shift = read_shift(*RULES, "leaving")
    table = roster(now.ground, shift, RULES, {"s1": Span(1000.0, 1030.0)})
    assert table.index.tolist() == ["g1"]
    assert table["people"].tolist() == ["police guard teacher"]
    assert (table["opens_min"].iloc[0], table["closes_min"].iloc[0]) == (1000.0, 1030.0)
    assert roster(now.ground, read_shift(*RULES, "night"), RULES).empty
    found = asked(now, "leaving", posts=post_stops(table))
    station = Team("t0", "甲", shapely.Point(480, 0), "ebike", 980.0, 1110.0)
    routes = route(now.ground, found, [station], RULES, RouteOptions(Effort(rounds=200)))
    assert routes.served.loc["post:g1", "begins_min"] == pytest.approx(1000.0)
    assert routes.served.loc["post:g1", "ends_min"] == pytest.approx(1030.0)


def test_what_is_no_school_has_no_post(now):
    tables = dict(now.ground.tables)
    tables["schools"] = tables["schools"].assign(kind="not_a_school")
    assert len(roster(now.ground, read_shift(*RULES, "leaving"), RULES)) == 1
    assert roster(replace(now.ground, tables=tables), read_shift(*RULES, "leaving"), RULES).empty


def test_depots(now):
    table = depots(now.ground)
    assert table.index.tolist() == ["g1"]
    assert table["kind"].tolist() == ["gatehouse"]


def test_depots_of_the_table_come_first(now):
    station = {"id": "d1", "name": "城关派出所", "kind": "police_station", "geometry": shapely.box(0, 0, 20, 20)}
    tables = dict(now.ground.tables) | {"depots": table("depots", [station])}
    found = depots(replace(now.ground, tables=tables))
    assert found.index.tolist() == ["d1", "g1"]
    assert found["kind"].tolist() == ["police_station", "gatehouse"]
    assert found["name"].iloc[0] == "城关派出所"
    assert found.geom_type.tolist() == ["Point", "Point"]


def test_rules_of_another_day_are_asked_for(now):
    with pytest.raises(InputError):
        demand(now.ground, now.hazards, "none", (RULES[0], date(2026, 1, 1)))
