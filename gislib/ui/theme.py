"""
Style hooks on Streamlit's own boxes, and the style of our blocks: ``theme.css`` with the colours of the looks table.

``tests/ui/test_journeys.py`` measures the boxes in a browser, so that an upgrade that moves a hook fails a test.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Final

import streamlit as st

from gislib.reports import looks

SIDEBAR_PX: Final = 196
_COLOURS: Final = ("DEEP_NAVY", "FILL", "HAIRLINE", "INK", "LINE", "MUTED", "NAVY", "SELECTED", "SOFT_INK")


@lru_cache(maxsize=1)
def _css() -> str:
    colours = {name: getattr(looks, name) for name in _COLOURS}
    return Template((Path(__file__).parent / "theme.css").read_text("utf-8")).substitute(colours, SIDEBAR_PX=SIDEBAR_PX)


def apply() -> None:
    """Put the style on the page; call once a run, from ``app.py``."""
    st.html(f"<style>{_css()}</style>")
