"""Charts of plans: values stand where they belong, words are escaped, nothing is drawn of nothing."""

from __future__ import annotations

import base64
import re

import pytest

from gislib.ui.plan_charts import BeforeAfter, BudgetPoint, dumbbells, frontier_chart

WORDS = {"value": "负荷减少", "budget": "万元", "best": "最优", "greedy": "贪心", "alt": "曲线"}
POINTS = [BudgetPoint(25, 1.0, 0.9), BudgetPoint(50, 1.6, 1.5), BudgetPoint(100, 2.0, 1.9)]


def drawing(html):
    return base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]+)", html)[1]).decode()


def dots(svg, radius):
    return [(float(x), float(y)) for x, y in re.findall(rf'<circle cx="([\d.]+)" cy="([\d.]+)" r="{radius}"', svg)]


def test_budgets_stand_in_proportion_from_zero():
    svg = drawing(frontier_chart(POINTS, None, WORDS, width=424))
    (x1, y1), (x2, y2), (x3, y3) = dots(svg, "3.6")
    left, bottom = 40.0, 168.0 - 20.0
    assert (x2 - left) / (x1 - left) == pytest.approx(2, rel=0.01)
    assert (x3 - left) / (x1 - left) == pytest.approx(4, rel=0.01)
    assert (bottom - y2) / (bottom - y1) == pytest.approx(1.6, rel=0.01)
    assert (bottom - y3) / (bottom - y1) == pytest.approx(2.0, rel=0.01)


def test_the_plan_on_the_screen_is_ringed_at_its_own_cost_even_below_the_line():
    svg = drawing(frontier_chart(POINTS, BudgetPoint(50, 1.2, 1.2), WORDS))
    ((x, y),) = dots(svg, "6")
    best = dots(svg, "3.6")[1]
    assert x == pytest.approx(best[0], abs=0.1)
    assert y > best[1]


def test_greedy_is_dashed_and_best_is_not():
    svg = drawing(frontier_chart(POINTS, None, WORDS))
    lines = re.findall(r'<path d="M[\d. L]+" fill="none"[^>]*>', svg)
    assert len(lines) == 2
    assert ["stroke-dasharray" in line for line in lines] == [False, True]


def test_nothing_gives_nothing():
    assert frontier_chart([], None, WORDS) == ""
    assert dumbbells([], {}) == ""


def test_a_plan_that_takes_nothing_off_is_drawn():
    assert "svg" in drawing(frontier_chart([BudgetPoint(10, 0.0, 0.0)], None, WORDS))


def test_a_budget_of_nothing_is_drawn_at_zero():
    svg = drawing(frontier_chart([BudgetPoint(0, 0.0, 0.0)] * 9, BudgetPoint(0, 0.0, 0.0), WORDS))
    assert {(x, y) for x, y in dots(svg, "3.6")} == {(40.0, 148.0)}


def test_budgets_that_buy_no_more_do_not_stretch_the_axis():
    huge = [BudgetPoint(share * 1e7, 2.0, 2.0) for share in (0.125, 1.0, 3.0)]
    html = frontier_chart(huge, BudgetPoint(800, 2.0, 2.0), WORDS)
    assert "e+0" not in html
    ((x, _),) = dots(drawing(html), "6")
    assert x == pytest.approx(40 + (424 - 16 - 40) / 1.25 / 1.02, abs=0.1)
    some = [*POINTS, BudgetPoint(110, 2.0, 2.0), BudgetPoint(400, 2.0, 2.0)]
    assert len(dots(drawing(frontier_chart(some, None, WORDS)), "3.6")) == 4


def test_large_budgets_are_written_out():
    html = frontier_chart([BudgetPoint(1e7, 1.0, 1.0), BudgetPoint(2e7, 2.0, 2.0)], None, WORDS)
    assert "10,000,000" in html
    assert "e+0" not in html


def test_a_plan_above_the_line_lies_on_it():
    svg = drawing(frontier_chart(POINTS, BudgetPoint(60, 1.9, 1.9), WORDS))
    ((x, y),) = dots(svg, "6")
    assert f"{x:.1f} {y:.1f}L" in svg


def test_words_of_near_limits_do_not_touch():
    html = dumbbells([BeforeAfter("甲校", 90.0, 20.0, "green")], {"橙级下限 50": 50.0, "红级下限 70": 70.0})
    found = re.findall(r"left:([\d.]+)px;top:0px;transform:translateX\((-?\d+)%\)", html)
    assert [shift for _, shift in found] == ["-100", "0"]
    assert float(found[1][0]) - float(found[0][0]) > 6


ROWS = [BeforeAfter("甲<b>校", 89.7, 79.0, "red"), BeforeAfter("乙校", 66.1, 41.0, "yellow")]


def test_dumbbells_run_from_today_to_the_plan_on_one_axis():
    html = dumbbells(ROWS, {"红级下限 70": 70.0, "橙级下限 50": 50.0, "别处": 10.0}, width=424)
    svg = drawing(html)
    left, right = 122 + 6 + 34 + 12, 424 - 34 - 12

    def x(score):
        return left + (score - 40) / 50 * (right - left)  # from the tens below 41.0 to those above 89.7

    rings = [place[0] for place in dots(svg, "4.4")]
    assert rings == pytest.approx([x(89.7), x(66.1)], abs=0.1)
    limits = [float(v) for v in re.findall(r'<path d="M([\d.]+) [\d.]+V', svg)]
    assert limits == pytest.approx([x(70), x(50)], abs=0.1)
    assert "别处" not in html


def test_dumbbells_name_figure_and_symbol_of_the_grade():
    html = dumbbells(ROWS, {})
    assert "甲&lt;b&gt;校" in html
    assert "<b>" not in html
    for figure in ("89.7", "79.0", "66.1", "41.0"):
        assert f">{figure}<" in html
    symbols = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)
    titles = [re.search("<title>(.*?)</title>", base64.b64decode(s).decode()) for s in symbols]
    assert [t[1] for t in titles if t] == ["红", "黄"]


def test_a_campus_that_gets_worse_keeps_its_figures_outside_the_line():
    html = dumbbells([BeforeAfter("甲", 50.0, 60.0, "orange")], {})
    after = re.search(r"left:([\d.]+)px;top:[\d.]+px;transform:translateX\(0%\)[^>]*>60.0<", html)
    before = re.search(r"left:([\d.]+)px;top:[\d.]+px;transform:translateX\(-100%\)[^>]*>50.0<", html)
    assert float(before[1]) < float(after[1])
