"""Look-ups, and the real profiles at the limits."""

import pickle
from datetime import date

import pytest

from gislib import rules
from gislib.domain.errors import RuleError
from gislib.geo.measure import within_limit
from gislib.rules import RuleSet

ON = date(2026, 11, 23)
SCHOOLS = ("kindergarten", "primary", "middle", "nine_year", "high", "vocational", "special", "school")


@pytest.fixture(scope="module")
def rs() -> RuleSet:
    return rules.load()


def limit_m(rs: RuleSet, profile: str, venue: str, school: str) -> float | None:
    found = rs.venue_rules(profile, venue, school, ON)
    assert len(found) <= 1
    return float(found[0].value) if found else None


def test_kinds_of_value(rs: RuleSet):
    assert rs.number("zone.school_road_m", ON) == 150.0
    assert rs.text("network.must_cross_at_marked_from", ON) == "tertiary"
    assert rs.table("risk.death_curve", ON) == {"a": 6.9, "b": 0.09}
    assert rs.text("marking.demo", ON) == "示例数据·虚构"
    assert rs.text("marking.demo", ON, "en").startswith("Demo")
    for wrong, code in (
        (rs.number, "rule_not_a_number"),
        (rs.text, "rule_not_a_text"),
    ):
        with pytest.raises(RuleError, match=code):
            wrong("risk.death_curve", ON)
    with pytest.raises(RuleError, match="rule_not_a_table"):
        rs.table("zone.school_road_m", ON)


def test_unknown_names(rs: RuleSet):
    with pytest.raises(RuleError, match="rule_unknown"):
        rs.rule("zone.moon_m", ON)
    with pytest.raises(RuleError, match="kind_topic_unknown"):
        rs.kinds("planet")
    with pytest.raises(RuleError, match="national_strict"):
        rs.profile("atlantis")


def test_a_table_is_a_copy(rs: RuleSet):
    rs.table("risk.weights", ON)["traffic"] = 9.0
    assert rs.table("risk.weights", ON)["traffic"] == 0.4


def test_survives_pickling(rs: RuleSet):
    twin = pickle.loads(pickle.dumps(rs))  # noqa: S301  our own object
    assert twin.rule("zone.patrol_m", ON) == rs.rule("zone.patrol_m", ON)


def test_prefix(rs: RuleSet):
    ids = [rule.id for rule in rs.rules("audit.", ON)]
    assert ids == sorted(ids)
    assert "audit.crossing_width" in ids
    assert rs.rules("nothing.", ON) == []


@pytest.mark.parametrize("school", ["primary", "middle", "nine_year", "high"])
def test_net_bar_is_statutory_for_primary_and_middle(rs: RuleSet, school: str):
    (rule,) = rs.venue_rules(rules.DEFAULT_PROFILE, "net_bar", school, ON)
    assert (rule.id, rule.kind, rule.value) == ("distance.net_bar.statutory", "statutory", 200.0)
    assert rule.reliability == "primary"


@pytest.mark.parametrize("school", ["kindergarten", "vocational", "special", "school"])
def test_net_bar_is_an_assumption_elsewhere(rs: RuleSet, school: str):
    (rule,) = rs.venue_rules(rules.DEFAULT_PROFILE, "net_bar", school, ON)
    assert rule.kind == "assumption"
    assert "待核实" in rule.rationale


def test_strict_numbers(rs: RuleSet):
    expected = {"ktv": 200, "bar": 200, "billiards": 200, "adult_shop": 200, "e_cigarette": 200, "alcohol": 50}
    for venue, metres in expected.items():
        assert {limit_m(rs, "national_strict", venue, school) for school in SCHOOLS} == {metres}
    assert (
        limit_m(rs, "national_strict", "tobacco", "primary"),
        limit_m(rs, "national_strict", "tobacco", "kindergarten"),
    ) == (200, 100)
    assert (
        limit_m(rs, "national_strict", "lottery", "high"),
        limit_m(rs, "national_strict", "lottery", "kindergarten"),
    ) == (200, 50)


@pytest.mark.parametrize("school", ["nursery", "after_school", "not_a_school"])
def test_no_limit_outside_the_law(rs: RuleSet, school: str):
    """Nurseries, after-school care and non-schools are neither 学校 nor 幼儿园."""
    for profile in rs.profiles():
        assert all(limit_m(rs, profile, venue, school) is None for venue in rs.kinds("venue"))


def test_no_limit_for_script_venues(rs: RuleSet):
    assert limit_m(rs, "national_strict", "script_venue", "middle") is None


LOCAL = [
    ("guangdong", "net_bar", "middle", 200, "gate_walk_legal"),
    ("guangdong", "ktv", "kindergarten", 100, "gate_walk_legal"),
    ("sichuan", "net_bar", "middle", 200, "gate_walk_legal"),
    ("hubei", "tobacco", "kindergarten", 50, "boundary_straight"),
    ("hubei", "net_bar", "primary", 200, "boundary_straight"),
    ("zaozhuang", "billiards", "middle", 200, "boundary_straight"),
    ("xian_beilin", "tobacco", "primary", 50, "gate_circle"),
    ("tianjin_e_cigarette", "e_cigarette", "kindergarten", 200, "door_walk"),
    ("tianjin_e_cigarette", "net_bar", "primary", 200, "boundary_straight"),
    ("suqian", "e_cigarette", "kindergarten", 100, "gate_circle"),
    ("foshan", "tobacco", "primary", 100, "door_walk"),
    ("foshan", "ktv", "primary", 200, "gate_walk_legal"),
    ("wanning", "tobacco", "kindergarten", 80, "door_walk"),
    ("beijing_changping", "tobacco", "kindergarten", 100, "door_walk"),
    ("beijing_changping", "lottery", "vocational", 200, "boundary_straight"),
    ("guizhou", "ktv", "kindergarten", 200, "boundary_straight"),
]


@pytest.mark.parametrize(("profile", "venue", "school", "metres", "method"), LOCAL)
def test_local_profiles(rs: RuleSet, profile: str, venue: str, school: str, metres: float, method: str):
    (rule,) = rs.venue_rules(rs.profile(profile), venue, school, ON)
    assert rule.value == metres
    assert rs.method(profile, rule, venue) == method


def test_guizhou_says_that_it_is_unverified(rs: RuleSet):
    profile = rs.profile("guizhou")
    assert profile.status == "to_verify"
    assert profile.rule_ids == rs.profile("national_strict").rule_ids


def test_date_of_effect(rs: RuleSet):
    assert rs.venue_rules("zaozhuang", "ktv", "middle", date(2025, 12, 31)) == []
    assert len(rs.venue_rules("zaozhuang", "ktv", "middle", date(2026, 1, 1))) == 1
    before, after = (rs.rule("distance.net_bar.statutory", day) for day in (date(2022, 3, 28), date(2022, 3, 29)))
    assert (before.value, before.reliability) == (200.0, "unverified")
    assert (after.value, after.reliability) == (200.0, "primary")


def test_every_distance_at_its_limit(rs: RuleSet):
    """One hundredth of a metre below is inside and above outside; the limit itself as the comparator says."""
    for rule in rs.rules("distance.", ON):
        if not rule.venue_kinds:
            continue
        assert isinstance(rule.value, float)
        answers = [within_limit(rule.value + step, str(rule.comparator), rule.value) for step in (-0.01, 0.0, 0.01)]
        assert answers == [True, rule.comparator == "<=", False]
    assert rs.rule("distance.net_bar.sichuan", ON).comparator == "<"
