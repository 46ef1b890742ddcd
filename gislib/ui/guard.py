"""Errors of ours as one line on the page; anything else is a defect and surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gislib import wording
from gislib.domain.errors import GislibError


@contextmanager
def show_errors(lang: str = "zh") -> Iterator[None]:
    """
    Show a `GislibError` as a message and end the run of the page; the pages' footers and the sidebar stay.

    What was drawn before stays on the page, so put the computation at the top of the block.
    """
    try:
        yield
    except GislibError as problem:
        st.error(wording.error(problem, lang), icon=":material/error:")
        st.stop()
