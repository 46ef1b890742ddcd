"""What the panel of an item says of its days and its history."""

from __future__ import annotations

from datetime import date

import pytest

from gislib import wording
from gislib.ui import ledger_item, ledger_list

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (3.0, "（剩 3 天）", "(3 days left)"),
        (0.0, "（剩 0 天）", "(0 days left)"),
        (-9.0, "（逾期 9 天）", "(9 days overdue)"),
        (float("nan"), "", ""),
    ],
)
def test_days_left_are_never_negative(days: float, zh: str, en: str):
    assert (ledger_item._days_left(days, "zh"), ledger_item._days_left(days, "en")) == (zh, en)


def test_a_step_tells_what_stood_there_before_and_now():
    row = {
        "reason": "雨季停工",
        "before": {"deadline": "2026-12-01", "department_lead": "water", "departments_main": None, "lon": 105.1},
        "after": {"deadline": "2027-01-15", "department_lead": "housing", "departments_main": "water", "lon": 105.2},
    }
    assert ledger_item._told(row, "zh") == (
        "雨季停工；整改期限：2026-12-01 → 2027-01-15；牵头：水务 → 住建；"
        "主要责任：— → 水务；经度：105.100000 → 105.200000"
    )
    assert ledger_item._told({"reason": None, "before": {}, "after": {"title": "甲"}}, "zh") == ""


def test_due_soon_says_within_how_many_days_the_rule_counts():
    assert [ledger_list.urgency_name("due_soon", ON, lang) for lang in wording.LANGUAGES] == [
        "7 天内到期", "due within 7 days",
    ]  # fmt: skip
