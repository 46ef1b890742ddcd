"""The table of looks: every symbol exists, and no two states differ by colour alone."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations

import pytest
from defusedxml import ElementTree

from gislib import rules
from gislib.domain.home import data_folder
from gislib.reports import looks
from gislib.reports.symbols import look_of, swatch_svg, symbol_data_uri, symbol_exists, symbol_svg
from gislib.siting.treatments import catalogue

FILES = sorted((data_folder() / "symbols").glob("*.svg"))


def test_every_symbol_of_the_looks_exists_in_colour_and_mono():
    named = {look.symbol for layer in looks.LAYERS.values() for look in layer.cases.values() if look.symbol}
    for name in named:
        assert symbol_exists(name), name
        if not name.endswith("-mono"):
            assert symbol_svg(name, mono=True).startswith("<svg")


def test_every_venue_symbol_of_the_rules_exists():
    for kind in rules.load().kinds("venue").values():
        assert symbol_exists(kind.symbol), kind.id


def test_every_treatment_has_a_symbol_of_its_own_that_the_map_knows():
    rs, on = rules.load(), date(2026, 11, 23)
    symbols = [treatment.symbol for treatment in catalogue(rs, on).values()]
    assert len(set(symbols)) == len(symbols)
    for name in symbols:
        assert symbol_exists(name), name
        assert name in looks.LAYERS["treatments"].cases


def test_every_symbol_file_is_a_titled_drawing_without_script_or_address():
    for file in FILES:
        root = ElementTree.fromstring(file.read_text("utf-8"))
        assert root.attrib["viewBox"] == "0 0 24 24", file.name
        assert next(child.tag for child in root).endswith("title"), file.name
        text = file.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http" not in text
        assert "script" not in text


def test_grades_differ_by_shape():
    bodies = [symbol_svg(f"grade-{grade}", mono=True).split("</title>")[1] for grade in looks.GRADES]
    shapes = {re.sub(r"#[0-9A-F]{6}", "", body) for body in bodies}
    assert len(shapes) == len(looks.GRADES)
    assert "stroke-dasharray" in bodies[-1]


def test_segment_grades_differ_by_width_or_dash():
    cases = [looks.LAYERS["segment_risk"].cases[g] for g in ("red", "orange", "yellow", "blue")]
    for a, b in combinations(cases, 2):
        assert (a.width_px, a.dash) != (b.width_px, b.dash)


def test_zones_and_measured_lines_differ_by_dash():
    zones = looks.LAYERS["zones"].cases
    assert len({zones[name].dash for name in ("gate", "patrol", "venue", "water")}) == 4
    routes = looks.LAYERS["routes"].cases
    assert routes["straight"].dash != routes["walk"].dash


def test_families_differ_by_pattern_and_verdicts_that_ask_for_action_by_outline():
    assert len({look.pattern for look in looks.FAMILIES.values()}) == len(looks.FAMILIES)
    assert len({looks.CHIPS[code].style for code in ("suspected", "remeasure", "not_measurable")}) == 3


def test_no_green_tells_clear_from_suspected():
    fill = looks.CHIPS["clear"].fill
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    assert red == green == blue


@pytest.mark.parametrize("layer", looks.LAYERS)
def test_every_look_has_a_swatch(layer):
    for case in looks.LAYERS[layer].cases:
        ElementTree.fromstring(swatch_svg(layer, case))


def test_unlisted_case_gets_the_default_look():
    assert look_of("venues", "no-such").symbol == "venue-other"


def test_unknown_symbol_is_an_error():
    with pytest.raises(KeyError):
        symbol_data_uri("no-such")


def test_six_teams_differ_by_dash_and_by_tag_and_the_first_three_by_colour():
    teams = list(looks.TEAMS.values())
    assert len({team.dash for team in teams}) == len({team.shape for team in teams}) == len(teams) == 6
    assert len({team.colour for team in teams[:3]}) == 3
    assert len({swatch_svg("stations", name) for name in looks.TEAMS}) == 6


def test_states_of_a_check_differ_by_dash_as_lines_and_by_symbol_as_stops():
    cases = looks.LAYERS["patrol_checked"].cases
    states = ("done", "partly", "missed", "unknown", "not_planned")
    assert len({cases[f"{state}-line"].dash for state in states}) == 5
    assert len({symbol_svg(cases[state].symbol, mono=True) for state in states}) == 5


@pytest.mark.parametrize("shape", [team.shape for team in looks.TEAMS.values()])
def test_a_tag_fills_its_box_and_leaves_the_middle_to_its_name(shape):
    corners = looks.tag_outline(shape, 30.0, 18.0)
    xs, ys = zip(*corners, strict=True)
    assert (min(xs), max(xs), min(ys), max(ys)) == (0.0, 30.0, 0.0, 18.0)
    area = abs(sum(x * ys[k - 1] - xs[k - 1] * y for k, (x, y) in enumerate(corners))) / 2
    assert area >= 0.7 * 30 * 18
