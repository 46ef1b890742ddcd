import math
from datetime import date

import pytest

from gislib.domain.errors import RuleError, TableError
from gislib.risk.family import TERM_COLUMNS
from gislib.risk.load import RiskOptions, terms

OPTIONS = RiskOptions(date(2026, 9, 1))


def death(speed_kmh):
    return 1 / (1 + math.exp(6.9 - 0.09 * speed_kmh))


def one(family, hazards, campuses, rs, row, options=OPTIONS):
    return terms({family: hazards(family, row)}, campuses, rs, options).iloc[0]


def test_death_curve_matches_the_published_points():
    assert death(30) == pytest.approx(0.015, abs=0.001)
    assert death(50) == pytest.approx(0.083, abs=0.001)


def test_crossing_is_severity_times_flow(rs, hazards, schools):
    row = {"road_class": "primary", "maxspeed_kmh": 50.0, "lanes": 2.0, "flow": 300.0}
    found = one("traffic", hazards, schools("s1"), rs, row)
    assert found["severity"] == pytest.approx(12 * 2 / 4 * death(50), rel=1e-12)
    assert found["x"] == pytest.approx(6 * death(50) * 300, rel=1e-12)
    assert not found["default_speed"]
    assert not found["default_lanes"]


def test_marked_crossing_has_the_factor_and_unknown_counts_as_unmarked(rs, hazards, schools):
    marked, unmarked, unknown = (
        one("traffic", hazards, schools("s1"), rs, {"marked": value})["exposure"] for value in (True, False, None)
    )
    assert (marked, unmarked, unknown) == (50.0, 100.0, 100.0)


@pytest.mark.parametrize(("sidewalk", "factor"), [("both", 1.0), ("no", 1.5), (None, 1.25)])
def test_walk_is_length_per_100_m_and_sidewalk_factor(rs, hazards, schools, sidewalk, factor):
    row = {"part": "segment", "length_m": 40.0, "sidewalk": sidewalk, "flow": 10.0}
    assert one("traffic", hazards, schools("s1"), rs, row)["exposure"] == pytest.approx(4.0 * factor, rel=1e-12)


def test_class_defaults_are_used_and_marked(rs, hazards, schools):
    found = one("traffic", hazards, schools("s1"), rs, {"road_class": "primary"})
    assert found["severity"] == pytest.approx(12 * death(60), rel=1e-12)
    assert found["default_speed"]
    assert found["default_lanes"]


def test_unnamed_class_takes_other_and_a_table_without_other_refuses(drawn, hazards, schools):
    row = {"road_class": "busway"}
    assert one("traffic", hazards, schools("s1"), drawn(), row)["volume"] == 1.0
    with pytest.raises(RuleError, match="risk_rule_lacks_key"):
        one("traffic", hazards, schools("s1"), drawn(risk__volume={"primary": 1.0}), row)


def test_water_protection_multiplies_and_unknown_protects_nobody(rs, hazards, schools):
    both = one("water", hazards, schools("s1"), rs, {"fenced": True, "kit": True})
    assert both["protection"] == pytest.approx(1 - 0.5 * 0.8, rel=1e-12)
    assert both["x"] == pytest.approx(0.8 * 0.4, rel=1e-12)
    assert one("water", hazards, schools("s1"), rs, {})["protection"] == 0.0


def test_campus_protection_multiplies_with_own(rs, hazards, schools):
    campuses = schools("s1", guard_post=True, wall=True)
    assert one("venues", hazards, campuses, rs, {})["protection"] == pytest.approx(1 - 0.9 * 0.8, rel=1e-12)
    assert one("traffic", hazards, campuses, rs, {})["protection"] == pytest.approx(0.3, rel=1e-12)
    assert one("water", hazards, campuses, rs, {})["protection"] == 0.0


@pytest.mark.parametrize(
    ("last_visit", "factor"),
    [
        ("2026-08-31", 0.4),
        ("2026-08-02", 0.4),
        ("2026-08-01", 0.7),
        ("2026-03-05", 0.7),
        ("2026-03-04", 1.0),
        (None, 1.0),
        ("last spring", 1.0),
        ("2026-09-02", 1.0),
    ],
)
def test_rental_visit_ages(rs, hazards, schools, last_visit, factor):
    assert one("rentals", hazards, schools("s1"), rs, {"last_visit": last_visit})["exposure"] == factor


def test_rental_beds(rs, hazards, schools):
    assert one("rentals", hazards, schools("s1"), rs, {})["severity"] == 4.0
    assert one("rentals", hazards, schools("s1"), rs, {"beds": 9.0})["severity"] == 9.0


def test_slice_multiplies_and_moves_pupil_hours_and_season(rs, hazards, schools):
    arrival = RiskOptions(OPTIONS.as_of, "arrival")
    summer = RiskOptions(OPTIONS.as_of, "summer")
    row = {"hours": "07:30-20:00"}
    assert one("venues", hazards, schools("s1"), rs, row, arrival)["exposure"] == pytest.approx(0.5 * 0.5)
    assert one("traffic", hazards, schools("s1"), rs, {}, arrival)["exposure"] == pytest.approx(150.0)
    assert one("water", hazards, schools("s1"), rs, {}, summer)["exposure"] == pytest.approx(2.0 * 2.0)


def test_unknown_slice_is_refused(rs, hazards, schools):
    with pytest.raises(RuleError, match="risk_slice_unknown"):
        one("traffic", hazards, schools("s1"), rs, {}, RiskOptions(OPTIONS.as_of, "teatime"))


def test_order_of_rows_never_matters(rs, hazards, schools):
    campuses = schools("s1", "s2")
    table = hazards("venues", *({"school_id": f"s{1 + n % 2}", "distance_m": 7.0 * n} for n in range(20)))
    found = terms({"venues": table}, campuses, rs, OPTIONS)
    again = terms({"venues": table.sample(frac=1.0, random_state=3)}, campuses.iloc[::-1], rs, OPTIONS)
    assert found.equals(again)


def test_no_hazards_give_an_empty_table_of_the_same_columns(rs, schools):
    found = terms({}, schools("s1"), rs, OPTIONS)
    assert list(found.columns) == TERM_COLUMNS
    assert found.empty


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"distance_m": float("nan")}], "hazard_without_distance"),
        ([{"hazard_id": "a"}, {"hazard_id": "a"}], "hazard_twice"),
        ([{"school_id": "s9"}], "hazard_of_unknown_school"),
    ],
)
def test_broken_hazards_are_refused(rs, hazards, schools, rows, code):
    with pytest.raises(TableError, match=code):
        terms({"water": hazards("water", *rows)}, schools("s1"), rs, OPTIONS)
