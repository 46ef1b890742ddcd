"""
Text that is markup already, and SVG drawings as images: Streamlit's ``st.html`` removes ``<svg>`` but shows ``<img>``.

An image cannot use the fonts that the page serves, so no drawing of ours holds Chinese text: words are put over it.
"""

from __future__ import annotations

import re
from html import escape

from gislib.reports.symbols import data_uri, symbol_data_uri

_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


class Html(str):
    """Text that is markup already, made by our own code; anything else is escaped."""

    __slots__ = ()


Text = str | Html


def safe(text: Text) -> str:
    """Markup of a text: escaped unless it is `Html`."""
    return str(text) if isinstance(text, Html) else escape(text)


def picture(svg: str, alt: str = "") -> Html:
    """SVG text as an image of its own size; without ``alt`` it is decorative (the word stands beside it)."""
    found = _SIZE.search(svg)
    size = f' width="{found.group(1)}" height="{found.group(2)}"' if found else ""
    return Html(f'<img class="hx-pic" src="{data_uri(svg)}"{size} alt="{escape(alt)}">')


def symbol_picture(name: str, size_px: float) -> Html:
    """Symbol at a size; decorative: the word beside it is what is read aloud."""
    return Html(f'<img class="hx-pic" src="{symbol_data_uri(name)}" width="{size_px:g}" height="{size_px:g}" alt="">')
