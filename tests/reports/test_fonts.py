"""Every character that we print ourselves is in the fonts; what is not is marked and reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.reports.fonts import FAMILY, MISSING_MARK, font_folder, missing_characters, printable, typst_fonts, width_em

DING = "䶮龖𠮷"
"""The first is in the fonts, the others are not."""


def gb2312() -> str:
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", "ignore") for pair in pairs)


def test_two_weights_of_one_family_and_nothing_of_the_machine():
    assert [(font.family, font.weight) for font in sorted(typst_fonts().fonts(), key=lambda f: f.weight)] == [
        (FAMILY, 400),
        (FAMILY, 700),
    ]


def test_the_licence_lies_beside_the_fonts():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (font_folder() / "OFL.txt").read_text("utf-8")


def test_gb2312_and_rare_characters_of_names_are_there():
    characters = gb2312()
    assert len(characters) > 7000
    assert missing_characters(characters + "㵲氹塆坉浉罍垚堃喆珺玥晢婳") == frozenset()


def test_the_list_of_standard_characters_is_there():
    """One of each level of 通用规范汉字表, the last from beyond the basic plane, and a traditional form."""
    assert missing_characters("一乂㕮䴘𫖮𬭩龜國") == frozenset()
    with TTFont(font_folder() / "NotoSansSC-Regular.ttf", lazy=True) as font:
        assert len(font.getBestCmap()) > 11_000


def test_all_our_own_texts_and_kinds_can_be_printed():
    printed = ("sheet.", "bill.", "schedule.", "works.", "term.")
    texts = "".join(text for key, text in wording.catalogue("zh").items() if key.startswith(printed))
    found = rules.load()
    titles = "".join(rule.title for rule in found.rules("", date(2026, 9, 1)))
    kinds = "".join(
        kind.zh
        for topic in ("device", "venue", "school", "water", "department")
        for kind in found.kinds(topic).values()
    )
    assert missing_characters(texts + kinds + titles) == frozenset()


def test_a_missing_character_is_marked_and_reported():
    assert missing_characters(f"a{DING}b") == {"龖", "𠮷"}
    assert printable(f"a{DING}b") == f"a䶮{MISSING_MARK}{MISSING_MARK}b"
    assert missing_characters(MISSING_MARK) == frozenset()


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("一\n二\t 三", "一 二 三"),
        ("a\u200bb\ufeffc", "abc"),
        ("e\u0301", "é"),
        ("\x00\x07", ""),
        ("\ud800", MISSING_MARK),
        ("", ""),
    ],
)
def test_printable_is_one_clean_line(given: str, printed: str):
    assert printable(given) == printed


def test_widths():
    assert width_em("校门") == pytest.approx(2.0)
    assert width_em("0007") == pytest.approx(4 * width_em("0"))
    assert 0.5 < width_em("0") < 0.62
    assert width_em("0007", bold=True) > width_em("0007")
    assert width_em("") == 0.0


def test_a_missing_font_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "data" / "rules").mkdir(parents=True)
    monkeypatch.setenv("HUXUETU_HOME", str(tmp_path))
    with pytest.raises(InputError, match="fonts_missing"):
        typst_fonts()
