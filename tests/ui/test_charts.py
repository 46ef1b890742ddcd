from __future__ import annotations

import re

import numpy as np
import pytest

from gislib.ui import charts
from gislib.ui.charts import Measured


def widths(svg: str) -> list[float]:
    return [float(w) for w in re.findall(r'<rect x="[\d.]+" width="([\d.]+)"', svg)]


def test_contribution_bar_gives_each_family_its_share_of_the_width():
    svg = charts.contribution_bar({"traffic": 0.5, "venues": 0.25, "water": 0.25, "rentals": 0.0}, width=400)
    assert widths(svg) == [198.5, 98.5, 98.5]  # 200, 100, 100 less the 1.5 px gap


def test_unknown_family_takes_no_room_and_known_ones_fill_the_bar():
    svg = charts.contribution_bar({"traffic": 0.75, "water": 0.25, "venues": np.nan}, width=400)
    assert widths(svg) == [298.5, 98.5]


@pytest.mark.parametrize("shares", [{}, {"traffic": np.nan}, {"traffic": 0.0}])
def test_without_any_share_the_bar_is_dashed_not_full(shares):
    svg = charts.contribution_bar(shares)
    assert "stroke-dasharray" in svg
    assert "url(#family" not in svg


def test_families_differ_by_pattern_as_well_as_colour():
    svg = charts.contribution_bar({"traffic": 0.4, "venues": 0.2, "water": 0.2, "rentals": 0.2})
    patterns = re.findall(r'<pattern id="family-(\w+)".*?</pattern>', svg)
    bodies = [re.search(rf'id="family-{name}".*?/>(.*?)</pattern>', svg)[1] for name in patterns]
    assert len(set(bodies)) == 4


def test_limit_stands_at_the_same_place_in_every_row():
    for limit in (50, 200, 1000):
        assert "M52.0 3V19" in charts.distance_graphic(Measured(10, 20, limit, 1))


def test_distance_at_the_limit_sits_on_the_tick():
    svg = charts.distance_graphic(Measured(200, None, 200, 5))
    assert '<path d="M52.0 6.0' in svg  # the diamond's top, 5 px above the middle


def test_distance_far_beyond_sits_at_the_rim_in_a_double_circle():
    svg = charts.distance_graphic(Measured(None, 5000, 200))
    assert svg.count("<circle") == 2


def test_without_limit_only_a_dotted_line():
    svg = charts.distance_graphic(Measured(10, 20, None))
    assert "stroke-dasharray" in svg
    assert "<circle" not in svg


def test_number_line_is_empty_when_nothing_is_measured():
    assert charts.number_line(Measured(None, None, None), {}) == ""


def test_number_line_places_limit_and_distances_in_proportion():
    words = {"straight": "s", "walk": "w", "limit": "l"}
    html = charts.number_line(Measured(100, 150, 200, 5), words, width=376)
    lefts = {text: float(x) for x, text in re.findall(r"left:([\d.]+)px[^>]*>([swl])<", html)}
    # axis from 8 px (0 m) to 346 px (230 m)
    assert lefts["s"] == pytest.approx(8 + 100 / 230 * 338, abs=0.1)
    assert lefts["w"] == pytest.approx(8 + 150 / 230 * 338, abs=0.1)
    assert lefts["l"] == pytest.approx(8 + 200 / 230 * 338, abs=0.1)


def test_words_of_the_number_line_are_escaped():
    html = charts.number_line(Measured(1, None, None), {"straight": "<b>", "walk": "", "limit": ""})
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(("value", "filled"), [(0, "0.0"), (50, "30.0"), (100, "60.0"), (140, "60.0")])
def test_index_bar_is_clipped_to_its_scale(value, filled):
    assert re.findall(r'<rect y="0" width="([\d.]+)"', charts.index_bar(value, 60, 9))[1] == filled


def test_missing_index_is_dashed():
    assert "stroke-dasharray" in charts.index_bar(np.nan)


def test_confidence_bar_keeps_room_for_small_classes_and_skips_absent_ones():
    svg = charts.confidence_bar({"A": 1000, "B": 1, "C": 0}, width=400)
    found = [float(w) for w in re.findall(r'width="([\d.]+)" height="21"', svg)]
    assert len(found) == 2
    assert min(found) >= 29
    assert sum(found) + 2 + 2 == pytest.approx(400, abs=0.2)  # one gap and the half pixels of both outlines
