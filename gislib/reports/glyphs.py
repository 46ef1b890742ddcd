"""Words as outlines of our own font: pictures inside a page cannot use its fonts, and many machines have no Chinese."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from gislib.reports.fonts import REGULAR, font_folder, printable, width_em

FINE: Final = 10
"""Path data are whole numbers of tenths of a pixel."""


def word_svg(text: str, size_px: float, left_px: float, base_px: float, colour: str) -> str:
    """
    SVG path of one line of text in our regular weight.

    Parameters
    ----------
    text
        Characters that the font lacks become its mark for missing ones.
    size_px
        Font size.
    left_px, base_px
        Start of the line and its base.
    colour
        Fill.
    """
    data = _outline(printable(text), size_px, left_px, base_px)
    return f'<path transform="scale({1 / FINE:g})" fill="{colour}" d="{data}"/>'


def width_px(text: str, size_px: float) -> float:
    """Width of such a line."""
    return width_em(printable(text)) * size_px


@lru_cache(maxsize=256)
def _outline(text: str, size_px: float, left_px: float, base_px: float) -> str:
    with TTFont(font_folder() / REGULAR, lazy=True) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        scale = size_px / font["head"].unitsPerEm * FINE
        pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.0f}")
        x = left_px * FINE
        for sign in text:
            glyph = glyphs[names[ord(sign)]]
            glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, base_px * FINE)))
            x += glyph.width * scale
    return str(pen.getCommands())
