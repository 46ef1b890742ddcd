"""Templates are filled with data, never with code, and warnings are errors."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from gislib.reports.fonts import font_folder
from gislib.reports.typesetting import missing_in, printable_data, typeset_images, typeset_pdf

TEMPLATE = """
#set document(date: none)
#set page(width: 60mm, height: 40mm)
#set text(font: "FONT")
#let d = json("data.json")
#d.words
#pagebreak()
#d.words
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project folder with our fonts and one template."""
    data = tmp_path / "data"
    (data / "rules").mkdir(parents=True)
    (data / "templates").mkdir()
    (data / "fonts").symlink_to(font_folder())
    (data / "templates" / "plain.typ").write_text(TEMPLATE.replace("FONT", "Noto Sans SC"), "utf-8")
    monkeypatch.setenv("HUXUETU_HOME", str(tmp_path))
    return data


@pytest.mark.usefixtures("home")
def test_text_is_never_run_as_code():
    words = {"words": '#panic("x") *粗* $x$ \\ ] [ "'}
    pages = typeset_images("plain.typ", words, {}, 72)
    assert [Image.open(io.BytesIO(page)).size for page in pages] == [(170, 113)] * 2
    assert typeset_pdf("plain.typ", words, {}).startswith(b"%PDF-")


@pytest.mark.usefixtures("home")
def test_the_same_data_gives_the_same_bytes():
    assert typeset_pdf("plain.typ", {"words": "甲"}, {}) == typeset_pdf("plain.typ", {"words": "甲"}, {})
    assert typeset_pdf("plain.typ", {"words": "甲"}, {}) != typeset_pdf("plain.typ", {"words": "乙"}, {})


def test_an_unknown_font_family_is_an_error(home: Path):
    (home / "templates" / "plain.typ").write_text(TEMPLATE.replace("FONT", "FangSong"), "utf-8")
    with pytest.raises(RuntimeError, match="unknown font family"):
        typeset_pdf("plain.typ", {"words": "甲"}, {})


def test_printable_data_reaches_every_text():
    data = {"a": ["龘", {"b": "x\ny"}], "n": 3, "龘": None}
    assert printable_data(data) == {"a": ["〓", {"b": "x y"}], "n": 3, "龘": None}
    assert missing_in({"a": ["龘", 1]}) == {"龘"}
