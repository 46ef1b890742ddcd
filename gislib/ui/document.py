"""Language of the HTML document: Streamlit says English, and a screen reader would read Chinese by English rules."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from gislib import wording

_SCRIPT: Final = "export default function ({ data }) { document.documentElement.lang = data; }"
CODES: Final = {"zh": "zh-CN", "en": "en"}


@lru_cache(maxsize=1)
def _component() -> ComponentRenderer:
    return st.components.v2.component("huxuetu_document", js=_SCRIPT)


def set_language(lang: str) -> None:
    """Tell the browser which language the page is in; also chooses the Chinese forms of shared characters."""
    _component()(key="document.lang", data=CODES[lang], height=1)


def set_upload_words(lang: str) -> None:
    """Words on the button of every upload of the page, which Streamlit does not translate."""
    st.html(f"<style>:root{{--hx-upload:'{wording.text('data.choose', lang)}'}}</style>")
