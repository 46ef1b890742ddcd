"""Rows of the audit in words of both languages."""

from __future__ import annotations

import json

import pytest

from gislib import wording
from gislib.store import item_steps
from gislib.ui import audit_words
from gislib.ui.admin_log import ACTIONS


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("meeting.freeze", "会商·冻结", "Meetings: frozen"),
        ("item.give_back", "台账·退回", "Ledger: give back"),
        ("refused.role", "被拒绝·角色不够", "Refused: role too low"),
        ("backup", "备份", "Backups"),
        ("brand_new.step", "brand_new·step", "brand_new: step"),
    ],
)
def test_actions(code: str, zh: str, en: str):
    assert (audit_words.action(code, "zh"), audit_words.action(code, "en")) == (zh, en)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_family_of_the_filter_and_every_step_of_an_item_has_a_word(lang: str):
    for family in filter(None, ACTIONS):
        assert audit_words.action(family, lang) != family
    for step in item_steps.STEPS:
        assert audit_words.action(f"item.{step}", lang).endswith(wording.term("item_step", step, lang))


def test_details_are_one_line_without_brackets():
    told = {
        "formats": ["docx", "pdf"],
        "papers": 20,
        "items": [f"H-{k}" for k in range(9)],
        "profile": "national_strict",
    }
    assert audit_words.detail(json.dumps(told), "zh") == (
        "格式：docx、pdf；份数：20；隐患：H-0、H-1、H-2 等 9 项；口径：国家规定·从严"
    )
    assert audit_words.detail(json.dumps({"rows": {"plans": 2}, "odd": None}), "en") == "rows: plans 2"


def test_of_a_change_only_what_differs_is_told():
    told = {"before": {"role": "viewer", "areas": None}, "after": {"role": "admin", "areas": None}}
    assert audit_words.detail(json.dumps(told), "zh") == "角色：查看 → 管理员"
    assert audit_words.detail(json.dumps({"before": "draft"}), "zh") == "原为：draft"
