"""Malformed entries are refused with file and id; well-formed ones come back typed."""

from datetime import date
from pathlib import Path

import pytest

from gislib import rules
from gislib.domain.errors import RuleError

ON = date(2026, 11, 23)

KINDS = """
venue = [{ id = "net_bar", zh = "网吧", en = "Net bar", group = "internet" }]
school = [{ id = "primary", zh = "小学", en = "Primary" }]
device = [{ id = "crossing", zh = "人行横道", en = "Crossing" }]
department = [{ id = "culture", zh = "文旅", en = "Culture" }]
"""
SOURCES = """
[[source]]
id = "law"
title = "条例"
reliability = "primary"
checked_on = 2026-11-23
"""
RULE = """
[[rule]]
id = "distance.net_bar"
title = "网吧距离"
title_en = "Net bars"
kind = "statutory"
jurisdiction = "CN"
school_kinds = ["primary"]
venue_kinds = ["net_bar"]
value = 200
unit = "m"
comparator = "<="
method = "unstated"
in_force_from = 2022-03-29
departments = { lead = "culture" }
references = [{ source = "law", locator = "第九条" }]
"""
PROFILES = """
[[profile]]
id = "national_strict"
title_zh = "国家"
title_en = "National"
status = "in_force"
method = "boundary_straight"
rule_ids = ["distance.net_bar"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One net-bar rule, complete and well-formed; a test breaks one thing of it."""
    texts = {"kinds": KINDS, "sources": SOURCES, "venue_distances": RULE, "profiles": PROFILES}
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    return tmp_path


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Replace ``old``, which must be there, in one file."""
    file = folder / f"{name}.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_well_formed_rule(folder: Path):
    rule = rules.load(folder).rule("distance.net_bar", ON)
    assert rule.value == 200.0
    assert isinstance(rule.value, float)
    assert (rule.school_kinds, rule.venue_kinds) == (("primary",), ("net_bar",))
    assert rule.references == (rules.Reference("条例", "第九条", "primary", date(2026, 11, 23)),)
    assert rule.departments == rules.Departments("culture")
    assert rule.clause == "条例 第九条"


BROKEN = {
    "no title": ('title = "网吧距离"\n', "", "rule_field_missing", "title"),
    "no kind": ('kind = "statutory"\n', "", "rule_field_missing", "kind"),
    "no unit": ('unit = "m"\n', "", "rule_field_missing", "unit"),
    "no comparator": ('comparator = "<="\n', "", "rule_field_missing", "comparator"),
    "no method": ('method = "unstated"\n', "", "rule_field_missing", "method"),
    "no references": (
        'references = [{ source = "law", locator = "第九条" }]\n',
        "",
        "rule_field_missing",
        "references",
    ),
    "empty references": ('[{ source = "law", locator = "第九条" }]', "[]", "rule_field_missing", "references"),
    "blank locator": ('locator = "第九条"', 'locator = ""', "rule_field_missing", "locator"),
    "assumption without rationale": ('"statutory"', '"assumption"', "rule_field_missing", "rationale"),
    "unknown kind": ('"statutory"', '"guess"', "rule_value_unknown", "kind"),
    "unknown comparator": ('"<="', '"=<"', "rule_value_unknown", "comparator"),
    "lower bound as distance": ('"<="', '">="', "rule_value_unknown", "comparator"),
    "unknown method": ('"unstated"', '"crow"', "rule_value_unknown", "method"),
    "unknown unit": ('unit = "m"', 'unit = "metre"', "rule_value_unknown", "unit"),
    "distance not in metres": ('unit = "m"', 'unit = "days"', "rule_value_unknown", "unit"),
    "unknown venue kind": ('["net_bar"]', '["netbar"]', "rule_value_unknown", "venue_kinds"),
    "unknown school kind": ('["primary"]', '["prep"]', "rule_value_unknown", "school_kinds"),
    "unknown department": ('lead = "culture"', 'lead = "x"', "rule_value_unknown", "departments"),
    "unknown source": ('source = "law"', 'source = "lore"', "rule_value_unknown", "source"),
    "misspelt field": ("in_force_from", "in_force_form", "rule_field_unknown", "in_force_form"),
    "misspelt department column": ("{ lead", "{ leed", "rule_field_unknown", "leed"),
    "text as list": ('["primary"]', '"primary"', "rule_field_type", "school_kinds"),
    "text as distance": ("value = 200", 'value = "200"', "rule_field_type", "value"),
    "flag as distance": ("value = 200", "value = true", "rule_field_type", "value"),
    "negative distance": ("value = 200", "value = -1", "rule_field_type", "value"),
    "text as date": ("2022-03-29", '"2022-03-29"', "rule_field_type", "in_force_from"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_rule_is_refused(folder: Path, case: str):
    old, new, code, field = BROKEN[case]
    rewrite(folder, "venue_distances", old, new)
    with pytest.raises(RuleError) as caught:
        rules.load(folder)
    assert caught.value.code == code
    assert caught.value.values["field"] == field
    assert (caught.value.values["file"], caught.value.values["id"]) == ("venue_distances.toml", "distance.net_bar")


def test_dates_out_of_order(folder: Path):
    rewrite(folder, "venue_distances", "2022-03-29", "2022-03-29\nin_force_until = 2022-03-28")
    with pytest.raises(RuleError, match="rule_dates"):
        rules.load(folder)


def test_reference_needs_reliability_and_day(folder: Path):
    for field in ('reliability = "primary"\n', "checked_on = 2026-11-23\n"):
        text = (folder / "sources.toml").read_text("utf-8")
        rewrite(folder, "sources", field, "")
        with pytest.raises(RuleError, match="rule_field_missing"):
            rules.load(folder)
        (folder / "sources.toml").write_text(text, "utf-8")


def test_entry_may_lower_the_reliability_of_its_source(folder: Path):
    rewrite(folder, "venue_distances", 'locator = "第九条"', 'locator = "第九条", reliability = "press"')
    assert rules.load(folder).rule("distance.net_bar", ON).reliability == "press"


def test_versions_of_one_id(folder: Path):
    """The old value stays; each day has one."""
    older = RULE.replace("value = 200", "value = 100").replace("2022-03-29", "2002-11-15\nin_force_until = 2022-03-28")
    (folder / "older.toml").write_text(older, "utf-8")
    rs = rules.load(folder)
    assert rs.number("distance.net_bar", date(2022, 3, 28)) == 100
    assert rs.number("distance.net_bar", date(2022, 3, 29)) == 200
    assert rs.number("distance.net_bar", date(2002, 11, 15)) == 100
    with pytest.raises(RuleError, match="rule_not_in_force"):
        rs.number("distance.net_bar", date(2002, 11, 14))


@pytest.mark.parametrize("last_day", ["2022-03-29", None])
def test_versions_must_not_share_a_day(folder: Path, last_day: str | None):
    span = f"2002-11-15\nin_force_until = {last_day}" if last_day else "2002-11-15"
    (folder / "older.toml").write_text(RULE.replace("2022-03-29", span), "utf-8")
    with pytest.raises(RuleError) as caught:
        rules.load(folder)
    assert caught.value.code == "rule_overlap"
    assert caught.value.values["on"] == date(2022, 3, 29)


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("venue_distances", "[[rule]]", "[[rules]]", "rule_field_unknown"),
        ("venue_distances", "[[rule]]", "[[rule]", "rule_file_unreadable"),
        ("profiles", '"boundary_straight"', '"unstated"', "rule_value_unknown"),
        ("profiles", '["distance.net_bar"]', '["distance.ktv"]', "rule_value_unknown"),
        ("profiles", '"in_force"', '"maybe"', "rule_value_unknown"),
        ("profiles", 'title_en = "National"\n', "", "rule_field_missing"),
        ("kinds", 'en = "Net bar"', 'en = ""', "rule_field_missing"),
        ("kinds", 'group = "internet"', 'osm = ["amenity"]', "rule_field_type"),
        ("kinds", 'group = "internet"', 'grup = "internet"', "rule_field_unknown"),
    ],
)
def test_broken_files_are_refused(folder: Path, name: str, old: str, new: str, code: str):
    rewrite(folder, name, old, new)
    with pytest.raises(RuleError) as caught:
        rules.load(folder)
    assert caught.value.code == code
    assert caught.value.values["file"] == f"{name}.toml"


def test_duplicate_source_is_refused(folder: Path):
    file = folder / "sources.toml"
    file.write_text(file.read_text("utf-8") * 2, "utf-8")
    with pytest.raises(RuleError, match="rule_duplicate"):
        rules.load(folder)


def test_not_utf8_is_refused(folder: Path):
    (folder / "venue_distances.toml").write_bytes(RULE.encode("gb18030"))
    with pytest.raises(RuleError, match="rule_file_unreadable"):
        rules.load(folder)


def test_version_follows_the_content(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    twin = tmp_path_factory.mktemp("twin")
    for file in folder.iterdir():
        (twin / file.name).write_bytes(file.read_bytes())
    version = rules.load(folder).version
    assert rules.load(twin).version == version
    other = tmp_path_factory.mktemp("other")
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    rewrite(other, "venue_distances", "value = 200", "value = 201")
    assert rules.load(other).version != version


def test_one_reading_per_folder(folder: Path):
    assert rules.load(folder) is rules.load(folder)
