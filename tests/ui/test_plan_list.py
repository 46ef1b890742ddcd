"""Words of the list of a plan: amounts, quantities, limits."""

from __future__ import annotations

from datetime import date

import pytest

from gislib import rules
from gislib.ui.plan_list import _quantity, money
from gislib.ui.rulebook import value_text

ON = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("yuan", "lang", "said"),
    [(796_000, "zh", "79.6 万元"), (2_000_000, "en", "2.00 million yuan"), (0, "zh", "0.0 万元")],
)
def test_amounts_have_the_unit_of_the_language(yuan, lang, said):
    assert money(yuan, lang) == said


@pytest.mark.parametrize(
    ("value", "unit", "lang", "said"),
    [(1.0, "set", "en", "1 set"), (2.0, "set", "en", "2 sets"), (1.0, "set", "zh", "1 套"), (60.0, "m", "en", "60 m")],
)
def test_one_is_not_many(value, unit, lang, said):
    assert _quantity(value, unit, lang) == said


def test_limits_are_written_with_signs_and_without_a_bare_count():
    assert value_text(rules.load().rule("siting.calming_lanes_max", ON), "zh") == "≤ 2"
    assert value_text(rules.load().rule("siting.refuge_lanes_min", ON), "en") == "≥ 4"
