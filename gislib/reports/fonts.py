"""
The fonts of every printed page: our own files, their characters and widths, and what is printed for a missing one.

Typst and SVG draw a box for a character that the font lacks and say nothing; here such characters are found before.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst
from fontTools.ttLib import TTFont

from gislib.domain.errors import InputError
from gislib.domain.home import data_folder

FAMILY: Final = "Noto Sans SC"
REGULAR, BOLD = "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"
MISSING_MARK: Final = "〓"
"""What Chinese printers set for a character they do not have."""

_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me"})
_LINE_ENDS: Final = frozenset({"Cc", "Zl", "Zp"})


def font_folder() -> Path:
    """
    Folder of our fonts.

    Raises
    ------
    InputError
        ``fonts_missing`` if a file is not there.
    """
    return _complete(data_folder())


@lru_cache(maxsize=4)
def _complete(data: Path) -> Path:
    """Looked at once: every width of a text asks for it."""
    folder = data / "fonts"
    for name in (REGULAR, BOLD):
        if not (folder / name).is_file():
            raise InputError("fonts_missing", file=str(folder / name))
    return folder


def typst_fonts() -> typst.Fonts:
    """Fonts that a page may use: only our own, so that every machine prints the same; errors as `font_folder`."""
    return _typst_fonts(font_folder())


def width_em(text: str, *, bold: bool = False) -> float:
    """Width of a line of text as set, in multiples of the font size; kerning aside."""
    advances = _advances(font_folder() / (BOLD if bold else REGULAR))
    return sum(advances.get(ord(sign), 1.0) for sign in text)


def missing_characters(text: str) -> frozenset[str]:
    """Visible characters of ``text`` that the fonts cannot print."""
    known = _printed(font_folder())
    return frozenset(sign for sign in one_line(text) if ord(sign) not in known)


def printable(text: str) -> str:
    """
    ``text`` as one line that the fonts can print.

    Composed (NFC); white space and controls become single spaces, invisible signs go, and every character without a
    glyph becomes `MISSING_MARK`, to be said on the page (`missing_characters`).
    """
    return _printable(text, font_folder())


@lru_cache(maxsize=8192)
def _printable(text: str, folder: Path) -> str:
    known = _printed(folder)
    return "".join(sign if ord(sign) in known else MISSING_MARK for sign in one_line(text))


def one_line(text: str) -> str:
    """``text`` composed (NFC) as one line: white space and controls become single spaces, invisible signs go."""
    kinds = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFC", text)]
    visible = (" " if kind in _LINE_ENDS else sign for sign, kind in kinds if kind not in _INVISIBLE)
    return " ".join("".join(visible).split())


@lru_cache(maxsize=2)
def _typst_fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@lru_cache(maxsize=2)
def _printed(folder: Path) -> frozenset[int]:
    """Code points that both weights have."""
    return frozenset(_advances(folder / REGULAR)) & frozenset(_advances(folder / BOLD))


@lru_cache(maxsize=4)
def _advances(file: Path) -> dict[int, float]:
    """Advance width by code point, in em."""
    with TTFont(file, lazy=True) as font:
        glyphs, widths, unit = font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: widths[glyph][0] / unit for code, glyph in glyphs.items()}
