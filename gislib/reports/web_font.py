"""Our fonts cut to the characters of one file and written into its style: it reads the same on any machine."""

from __future__ import annotations

import base64
import io
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

from gislib.reports.fonts import BOLD, REGULAR, font_folder

FAMILY: Final = "HuXueTu Sans"
"""Last name but one of `gislib.reports.looks.FONTS`: machines with a Chinese font of their own use that."""
ALWAYS: Final = "".join(map(chr, range(0x20, 0x7F))) + "〓©·—×≥≤−±"
"""Figures and signs that scripts write later (scale bar, controls)."""
_WEIGHTS: Final = {REGULAR: "400 500", BOLD: "600 700"}


def embedded_faces(text: str) -> str:
    """
    ``@font-face`` rules with the characters of ``text`` as data, in both weights; the same bytes on every run.

    Raises
    ------
    InputError
        ``fonts_missing`` without our font files.
    """
    folder = font_folder()
    faces = []
    for name, weights in _WEIGHTS.items():
        data = base64.b64encode(_cut(str(folder / name), frozenset(text + ALWAYS))).decode("ascii")
        faces.append(
            f"@font-face{{font-family:'{FAMILY}';font-weight:{weights};"
            f"src:url(data:font/woff;base64,{data}) format('woff')}}"
        )
    return "".join(faces)


def _cut(file: str, characters: frozenset[str]) -> bytes:
    """Font of a few characters, without hints and alternates; WOFF, which needs no package beyond fontTools."""
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[1, 2], notdef_outline=True)
    with TTFont(file, lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[ord(sign) for sign in characters])
        cutter.subset(font)
        font.flavor = "woff"
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()
