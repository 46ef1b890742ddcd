"""Verdicts, nominal answers and findings against hand-computed cases."""

import time
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from gislib.compliance.findings import DISTANCE_COLUMNS, FINDING_COLUMNS, Basis, judge, publish
from gislib.compliance.verdict import Measured, inside_nominal, verdicts
from gislib.domain.errors import TableError
from gislib.geo.crs import lonlat, metric_crs
from gislib.rules import METHODS, Departments, Kind, Profile, Reference, Rule, RuleSet

CRS = metric_crs(105.0)
DAY = date(2026, 9, 1)
BASIS = Basis("strict", DAY)


def rule(rule_id, limit, method="unstated", schools=("primary",), venues=("net_bar",), comparator="<="):
    references = (Reference("Law", "Art. 9", "primary", DAY), Reference("Copy", "p. 1", "press", DAY))
    return Rule(
        rule_id, rule_id, rule_id, "statutory", "CN", references, float(limit), "m", comparator, method, schools,
        venues, departments=Departments(lead="culture"),
    )  # fmt: skip


@pytest.fixture
def rs():
    rules = [
        rule("distance.net_bar", 200),
        rule("distance.tobacco_walk", 50, "door_walk", venues=("tobacco",)),
        rule("distance.tobacco_any", 100, venues=("tobacco",)),
    ]
    kinds = {
        "venue": {
            "net_bar": Kind("net_bar", "网吧", "net bar", "internet"),
            "tobacco": Kind("tobacco", "烟", "tobacco", "retail"),
            "billiards": Kind("billiards", "台球", "billiards", "leisure"),
        }
    }
    ids = tuple(item.id for item in rules)
    profiles = {
        "strict": Profile("strict", "严", "strict", "in_force", "boundary_straight", ids),
        "walk": Profile(
            "walk", "行", "walk", "in_force", "boundary_straight", ids[:1], {"internet": "gate_walk_legal"}
        ),
    }
    return RuleSet("abc", {item.id: (item,) for item in rules}, kinds, profiles)


@pytest.fixture
def schools():
    table = {"kind": ["primary", "kindergarten"], "geometry": [Point(500_000, 2_770_000), Point(501_000, 2_770_000)]}
    return gpd.GeoDataFrame(table, index=["s1", "s2"], crs=CRS)


@pytest.fixture
def venues():
    table = {
        "kind": ["net_bar", "tobacco", "billiards"],
        "geometry": [Point(500_000 + d, 2_770_000) for d in (1, 2, 3)],
    }
    return gpd.GeoDataFrame(table, index=["v1", "v2", "v3"], crs=CRS)


def measure(school_id, venue_id, **distances):
    """One row per method; a number is a distance, a text a reason, a tuple (at least,)."""
    rows = []
    for method in METHODS:
        answer = distances.get(method, "not_asked")
        rows.append(
            {
                "school_id": school_id,
                "venue_id": venue_id,
                "method": method,
                "distance_m": answer if isinstance(answer, float) else np.nan,
                "distance_at_least_m": answer[0] if isinstance(answer, tuple) else np.nan,
                "uncertainty_m": np.nan if isinstance(answer, str) else distances.get("t", 1.0),
                "reason": answer if isinstance(answer, str) else None,
                "start_x": np.nan if isinstance(answer, str) else 500_000.0,
                "start_y": np.nan if isinstance(answer, str) else 2_770_000.0,
                "end_x": np.nan if isinstance(answer, str) else 500_100.0,
                "end_y": np.nan if isinstance(answer, str) else 2_770_000.0,
                "slope_excess_m": float("nan"),
                "crossing_data_missing": method == "gate_walk_legal" and distances.get("no_crossings", False),
                "geodesic_m": distances.get("geodesic", np.nan) if method == "boundary_straight" else np.nan,
            }
        )
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("distance", "at_least", "tolerance", "lower_bound", "limit", "expected"),
    [
        (198.9, np.nan, 1.0, False, 200.0, "suspected"),
        (199.0, np.nan, 1.0, False, 200.0, "remeasure"),  # d + t = limit is not less
        (201.0, np.nan, 1.0, False, 200.0, "remeasure"),  # d - t = limit is not more
        (201.1, np.nan, 1.0, False, 200.0, "clear"),
        (500.0, np.nan, 1.0, True, 200.0, "remeasure"),  # lower bound never clears
        (10.0, np.nan, 1.0, True, 200.0, "suspected"),
        (np.nan, 1000.0, 5.0, False, 200.0, "clear"),
        (np.nan, 1000.0, 5.0, True, 200.0, "remeasure"),
        (np.nan, 203.0, 5.0, False, 200.0, "remeasure"),
        (np.nan, np.nan, np.nan, False, 200.0, "not_measurable"),
        (10.0, np.nan, 1.0, False, np.nan, "no_limit"),
        (np.nan, np.nan, np.nan, False, np.nan, "no_limit"),
        (500.0, np.nan, np.nan, False, 200.0, "remeasure"),  # no tolerance: nobody may be let go
    ],
)
def test_verdict_of_one_row(distance, at_least, tolerance, lower_bound, limit, expected):
    one = Measured(np.array([distance]), np.array([at_least]), np.array([tolerance]), np.array([lower_bound]))
    assert verdicts(one, np.array([limit])).tolist() == [expected]


@pytest.mark.parametrize(
    ("distance", "comparator", "expected"),
    [(199.99, "<=", True), (200.0, "<=", True), (200.01, "<=", False), (199.99, "<", True), (200.0, "<", False)],
)
def test_inside_nominal_uses_the_unrounded_distance(distance, comparator, expected):
    one = Measured(np.array([distance]), np.array([np.nan]), np.array([0.0]), np.array([False]))
    assert inside_nominal(one, np.array([200.0]), np.array([comparator], dtype=object)).tolist() == [expected]


def test_a_walk_known_to_be_longer_is_outside_and_an_unmeasured_one_unknown():
    two = Measured(np.array([np.nan] * 2), np.array([1000.0, np.nan]), np.array([1.0] * 2), np.array([False] * 2))
    answer = inside_nominal(two, np.array([200.0] * 2), np.array(["<="] * 2, dtype=object))
    assert answer.tolist() == [False, None]


def test_straight_and_walking_answers_that_differ_are_flagged(rs, schools, venues):
    table = measure("s1", "v1", boundary_straight=150.0, gate_straight=160.0, gate_walk_legal=260.0, door_walk="far")
    result = judge(table, schools, venues, rs, BASIS)
    assert result.distances["methods_disagree"].all()
    assert result.distances["method"].tolist() == list(METHODS)
    assert result.distances["verdict"].tolist() == [
        "suspected",
        "suspected",
        "not_measurable",
        "clear",
        "not_measurable",
    ]
    [row] = result.findings.to_dict("records")
    assert (row["method"], row["verdict"], row["margin_m"]) == ("boundary_straight", "suspected", -50.0)
    assert (row["lead_department"], row["reliability"], row["rules_version"]) == ("culture", "press", "abc")


def test_two_straight_methods_that_differ_are_not_a_disagreement_between_straight_and_walking(rs, schools, venues):
    table = measure("s1", "v1", boundary_straight=150.0, gate_straight=260.0, gate_circle=260.0)
    assert not judge(table, schools, venues, rs, BASIS).distances["methods_disagree"].any()


def test_the_profile_decides_the_method(rs, schools, venues):
    table = measure("s1", "v1", boundary_straight=150.0, gate_walk_legal=260.0, no_crossings=True)
    found = judge(table, schools, venues, rs, Basis("walk", DAY)).findings
    assert found[["method", "verdict"]].to_numpy().tolist() == [["gate_walk_legal", "remeasure"]]


def test_every_rule_of_a_pair_is_a_row_and_a_rule_keeps_its_own_method(rs, schools, venues):
    table = measure("s1", "v2", boundary_straight=60.0, door_walk=120.0)
    result = judge(table, schools, venues, rs, BASIS)
    assert len(result.distances) == 10
    assert result.findings[["rule_id", "method", "verdict"]].to_numpy().tolist() == [
        ["distance.tobacco_any", "boundary_straight", "suspected"],
        ["distance.tobacco_walk", "door_walk", "clear"],
    ]


def test_a_pair_without_rule_has_no_limit_and_an_empty_rule(rs, schools, venues):
    result = judge(measure("s2", "v3", boundary_straight=5.0), schools, venues, rs, BASIS)
    assert result.distances["verdict"].unique().tolist() == ["no_limit"]
    assert result.distances["rule_id"].unique().tolist() == [""]
    assert result.distances["inside_nominal"].isna().all()
    assert len(result.findings) == 1
    assert np.isnan(result.findings["margin_m"].iloc[0])


def test_a_geodesic_replaces_the_plane_distance(rs, schools, venues):
    table = measure("s1", "v1", boundary_straight=200.003, geodesic=199.997)
    assert judge(table, schools, venues, rs, BASIS).findings["inside_nominal"].tolist() == [True]


def test_publishing_rounds_but_keeps_the_answer_of_the_unrounded_distance(rs, schools, venues):
    result = publish(judge(measure("s1", "v1", boundary_straight=200.01), schools, venues, rs, BASIS))
    [row] = result.findings.to_dict("records")
    assert (row["distance_m"], row["margin_m"], row["inside_nominal"]) == (200.0, 0.0, False)
    lon, lat = lonlat(CRS, np.array([500_000.0]), np.array([2_770_000.0]))
    assert (row["start_lon"], row["start_lat"]) == (round(lon[0], 7), round(lat[0], 7))


def test_missing_texts_stay_missing(rs, schools, venues):
    result = judge(measure("s2", "v3", boundary_straight=5.0), schools, venues, rs, BASIS)
    assert result.distances["reason"].isna().tolist() == [True, False, False, False, False]
    assert result.findings[["reliability", "lead_department"]].isna().all(axis=None)


def test_an_unmeasured_finding_has_no_position(rs, schools, venues):
    found = judge(measure("s1", "v1", boundary_straight="no_boundary"), schools, venues, rs, BASIS).findings
    assert found[["start_lon", "start_lat", "end_lon", "end_lat", "distance_m"]].isna().all(axis=None)
    assert found[["verdict", "reason"]].to_numpy().tolist() == [["not_measurable", "no_boundary"]]


def test_row_order_never_matters_and_columns_are_fixed(rs, schools, venues):
    table = pd.concat([measure(s, v, boundary_straight=150.0) for s in ("s2", "s1") for v in ("v3", "v1", "v2")])
    first = judge(table, schools, venues, rs, BASIS)
    second = judge(table.sample(frac=1, random_state=1), schools.iloc[::-1], venues.iloc[::-1], rs, BASIS)
    pd.testing.assert_frame_equal(first.distances, second.distances)
    pd.testing.assert_frame_equal(first.findings, second.findings)
    assert tuple(first.distances.columns) == DISTANCE_COLUMNS
    assert tuple(first.findings.columns) == FINDING_COLUMNS
    empty = judge(table.iloc[:0], schools, venues, rs, BASIS)
    assert tuple(empty.distances.columns) == DISTANCE_COLUMNS
    assert empty.findings.empty
    assert (empty.distances.dtypes == first.distances.dtypes).all()


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda t: t.drop(columns="reason"), "measurements_columns"),
        (lambda t: pd.concat([t, t]), "measurements_twice"),
        (lambda t: t.assign(school_id="nowhere"), "measurements_foreign"),
        (lambda t: t.iloc[1:], "measurements_without_profile_method"),
    ],
)
def test_a_broken_table_is_refused(rs, schools, venues, broken, code):
    with pytest.raises(TableError, match=code):
        judge(broken(measure("s1", "v1", boundary_straight=150.0)), schools, venues, rs, BASIS)


def test_five_thousand_pairs_take_less_than_half_a_second(rs):
    pairs = 5000
    schools = gpd.GeoDataFrame(
        {"kind": "primary"}, index=[f"s{i}" for i in range(100)], geometry=[Point(5e5, 2.7e6)] * 100, crs=CRS
    )
    venues = gpd.GeoDataFrame(
        {"kind": "tobacco"}, index=[f"v{i}" for i in range(50)], geometry=[Point(5e5, 2.7e6)] * 50, crs=CRS
    )
    one = measure(
        "s", "v", boundary_straight=99.0, gate_straight=99.5, gate_circle=100.0, gate_walk_legal=180.0, door_walk=150.0
    )
    table = pd.concat([one] * pairs, ignore_index=True)
    pair = np.repeat(np.arange(pairs), len(METHODS))
    table["school_id"], table["venue_id"] = [f"s{i}" for i in pair // 50], [f"v{i}" for i in pair % 50]
    judge(table, schools, venues, rs, BASIS)
    start = time.process_time()
    result = publish(judge(table, schools, venues, rs, BASIS))
    seconds = time.process_time() - start
    assert len(result.distances) == 2 * len(table)
    assert seconds < 0.5, f"{seconds:.2f} s of processor time"
