"""The shipped rules themselves: complete, consistent, and in step with the code that asks for them."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from gislib import rules
from gislib.domain.tables import LAYERS
from gislib.rules import METHODS, UNSTATED, RuleSet
from gislib.rules.model import RELIABILITIES, Rule

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 23)
FAMILIES = {"traffic", "water", "venues", "rentals"}
SLICES = {"all", "arrival", "noon", "leaving", "evening", "night", "weekend", "summer"}
LOOK_UPS = {"rule", "number", "text", "table"}


@pytest.fixture(scope="module")
def rs() -> RuleSet:
    return rules.load()


def every_rule(rs: RuleSet) -> list[Rule]:
    return [version for versions in rs.entries.values() for version in versions]


def table(rs: RuleSet, rule_id: str) -> dict:
    return rs.table(rule_id, ON)


def test_every_entry_is_cited(rs: RuleSet):
    for rule in every_rule(rs):
        assert rule.title
        assert rule.title_en
        for reference in rule.references:
            assert reference.locator.strip(), rule.id
            assert reference.reliability in RELIABILITIES
            assert reference.checked_on <= ON


def test_every_assumption_says_why(rs: RuleSet):
    assumed = [rule for rule in every_rule(rs) if rule.kind == "assumption"]
    assert len(assumed) > 40
    assert all(len(rule.rationale) >= 10 for rule in assumed)


def test_both_languages(rs: RuleSet):
    """What is said in Chinese is said in English; the clause keeps the words of its instrument."""
    for item in (*every_rule(rs), *rs.profiles().values()):
        assert bool(item.note) == bool(item.note_en), item.id
    for rule in every_rule(rs):
        assert bool(rule.rationale) == bool(rule.rationale_en), rule.id
        assert all(reference.title_en for reference in rule.references)


def test_own_judgement_is_never_called_verified(rs: RuleSet):
    for rule in every_rule(rs):
        if any(reference.title == "护学图方法说明" for reference in rule.references):
            assert (rule.kind, rule.reliability) == ("assumption", "unverified"), rule.id


def test_screen_words():
    """Map data never prove a breach."""
    for file in (ROOT / "data" / "rules").glob("*.toml"):
        assert not re.search("违法|违规|抱歉", file.read_text("utf-8")), file.name


def test_every_source_is_cited(rs: RuleSet):
    used = {reference.title for rule in every_rule(rs) for reference in rule.references}
    text = (ROOT / "data" / "rules" / "sources.toml").read_text("utf-8")
    titles = set(re.findall(r'^title = "(.+)"$', text, re.MULTILINE))
    assert titles - used == set()


def test_weights_sum_to_one(rs: RuleSet):
    weights = table(rs, "risk.weights")
    assert set(weights) == FAMILIES
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(weights.values()) > 0


@pytest.mark.parametrize("rule_id", ["risk.tau_m", "risk.reach_m", "grade.impact"])
def test_tables_by_family(rs: RuleSet, rule_id: str):
    assert set(table(rs, rule_id)) == FAMILIES


def test_reach_agrees_with_the_zones(rs: RuleSet):
    reach_m = table(rs, "risk.reach_m")
    zones = {
        "traffic": "zone.school_road_m",
        "water": "zone.water_m",
        "venues": "zone.venue_m",
        "rentals": "zone.venue_m",
    }
    assert reach_m == {family: rs.number(rule_id, ON) for family, rule_id in zones.items()}
    assert all(table(rs, "risk.tau_m")[family] < reach for family, reach in reach_m.items())


def test_tables_by_slice(rs: RuleSet):
    assert (
        set(table(rs, "risk.slices"))
        == set(table(rs, "risk.water_season"))
        == set(table(rs, "risk.pupil_hours"))
        == SLICES
    )
    assert table(rs, "risk.slices")["all"] == dict.fromkeys(FAMILIES, 1.0)
    assert table(rs, "risk.water_season")["all"] == 1.0
    for multipliers in table(rs, "risk.slices").values():
        assert set(multipliers) == FAMILIES
        assert min(multipliers.values()) > 0
    assert all(re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", hours) for hours in table(rs, "risk.pupil_hours").values())


def test_tables_by_kind_name_known_kinds(rs: RuleSet):
    topics = {
        "risk.venue_severity": "venue", "risk.water_severity": "water", "risk.pupils_default": "school",
        "risk.speed_kmh": "road", "risk.lanes": "road", "risk.volume": "road", "network.road_width_m": "road",
    }  # fmt: skip
    for rule_id, topic in topics.items():
        assert set(table(rs, rule_id)) - {"other"} <= set(rs.kinds(topic)), rule_id
    assert set(table(rs, "risk.venue_severity")) == {*rs.kinds("venue"), "other"}
    assert set(table(rs, "risk.water_severity")) == {*rs.kinds("water"), "other"}


def test_a_school_unlike_any_other_has_pupils(rs: RuleSet):
    assert {*rs.kinds("school")} - {*table(rs, "risk.pupils_default")} == {"not_a_school"}


def test_campus_protection_names_columns_of_schools(rs: RuleSet):
    for measure, effects in table(rs, "risk.campus_protection").items():
        assert LAYERS["schools"].columns[measure].dtype == "boolean"
        assert set(effects) <= FAMILIES
        assert all(0 < effect < 1 for effect in effects.values())
    for rule in rs.rules("audit.", ON):
        assert rule.school_column is None or LAYERS["schools"].columns[rule.school_column].dtype == "boolean"


def test_grades(rs: RuleSet):
    cut = table(rs, "grade.cutoffs")
    assert 100 > cut["red"] > cut["orange"] > cut["yellow"] > 0
    matrix = table(rs, "grade.matrix")
    sizes = {"large", "medium", "small"}
    assert set(matrix) == sizes
    assert all(set(row) == sizes for row in matrix.values())
    assert matrix["large"]["large"] == matrix["large"]["medium"] == matrix["medium"]["large"] == "high"
    assert matrix["small"]["small"] == "low"


def test_death_curve_at_the_cited_speeds(rs: RuleSet):
    """Cited: 1.5 % near 30 km/h and 8 % near 50 km/h."""
    curve = table(rs, "risk.death_curve")
    death = {v: 1 / (1 + 2.718281828459045 ** (curve["a"] - curve["b"] * v)) for v in (30, 50)}
    assert death[30] == pytest.approx(0.015, abs=0.0005)
    assert death[50] == pytest.approx(0.08, abs=0.005)


def test_anchors_are_rows_of_their_hazard_tables(rs: RuleSet):
    columns = {
        "traffic": {
            "part",
            "road_class",
            "maxspeed_kmh",
            "lanes",
            "sidewalk",
            "marked",
            "distance_m",
            "length_m",
            "flow",
        },
        "water": {"kind", "fenced", "kit", "distance_m"},
        "venues": {"kind", "hours", "distance_m"},
        "rentals": {"kind", "beds", "last_visit", "distance_m"},
    }
    for family, known in columns.items():
        anchor = table(rs, f"risk.anchor.{family}")
        assert set(anchor) <= known
        assert 0 <= anchor["distance_m"] < table(rs, "risk.reach_m")[family]
    assert table(rs, "risk.anchor.traffic")["flow"] == 500
    for family, topic in (("water", "water"), ("venues", "venue"), ("rentals", "rental")):
        assert table(rs, f"risk.anchor.{family}")["kind"] in rs.kinds(topic)


def test_audit_entries(rs: RuleSet):
    audit = {rule.id: rule for rule in rs.rules("audit.", ON)}
    numbers = {
        "audit.crossing_near_gate": (50.0, "<="), "audit.crossing_width": (6.0, ">="),
        "audit.speed_limit": (30.0, "<="), "audit.no_parking": (50.0, "<="),
        "audit.gate_junction": (100.0, ">="), "audit.gate_setback": (12.0, ">"),
        "audit.wall": (2.0, ">="), "audit.guard_rail": (30.0, ">="),
    }  # fmt: skip
    assert {name: (audit[name].value, audit[name].comparator) for name in numbers} == numbers
    assert {"audit.anti_ram", "audit.sign_children", "audit.camera", "audit.lighting", "audit.grid_marking"} <= set(
        audit
    )
    for rule in audit.values():
        assert rule.departments.lead, rule.id
        assert rule.scope, rule.id


def test_profiles_are_consistent(rs: RuleSet):
    """A rule's own method and the profile's method for its group never contradict each other."""
    groups = {kind.group for kind in rs.kinds("venue").values()}
    for profile in rs.profiles().values():
        assert set(profile.method_by_group) <= groups
        for rule in (version for rule_id in profile.rule_ids for version in rs.entries[rule_id]):
            for venue in rule.venue_kinds:
                own = profile.method_by_group.get(rs.kinds("venue")[venue].group, profile.method)
                assert rule.method in (UNSTATED, own), (profile.id, rule.id)
                assert rs.method(profile, rule, venue) in METHODS


def test_at_most_one_limit_per_pair(rs: RuleSet):
    for profile in rs.profiles():
        for venue in rs.kinds("venue"):
            for school in rs.kinds("school"):
                assert len(rs.venue_rules(profile, venue, school, ON)) <= 1, (profile, venue, school)


def test_every_distance_rule_has_a_profile(rs: RuleSet):
    used = {rule_id for profile in rs.profiles().values() for rule_id in profile.rule_ids}
    assert {rule.id for rule in rs.rules("distance.", ON) if rule.venue_kinds} == used


@pytest.mark.parametrize("topic", ["venue", "school", "water", "device", "road", "rental", "incident", "department"])
def test_kinds(rs: RuleSet, topic: str):
    kinds = rs.kinds(topic)
    tags = [tag for kind in kinds.values() for tag in kind.osm]
    words = [word.lower() for kind in kinds.values() for word in {word.lower() for word in kind.synonyms}]
    assert len(set(tags)) == len(tags), "one OSM tag, one kind"
    assert len(set(words)) == len(words), "one word, one kind"
    for kind in kinds.values():
        assert not kind.symbol or (ROOT / "data" / "symbols" / f"{kind.symbol}.svg").is_file()


def asked_ids() -> dict[str, str]:
    """Rule ids that the code asks for by a literal, with the file that asks."""
    found = {}
    for file in sorted((ROOT / "gislib").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "wording":
                continue  # texts have dotted keys too
            asked = node.args[0]
            if node.func.attr in LOOK_UPS and isinstance(asked, ast.Constant) and "." in str(asked.value):
                found[str(asked.value)] = file.name
    return found


def test_every_id_that_code_asks_for_exists(rs: RuleSet):
    prefixes = {rule_id.split(".")[0] for rule_id in rs.entries}
    asked = {rule_id: file for rule_id, file in asked_ids().items() if rule_id.split(".")[0] in prefixes}
    assert len(asked) > 20
    assert {rule_id: file for rule_id, file in asked.items() if rule_id not in rs.entries} == {}
