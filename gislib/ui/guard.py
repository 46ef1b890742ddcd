"""Errors of ours as one line on the page; a defect as one line too, with its trace in the log of the server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NoReturn

import streamlit as st

from gislib import wording
from gislib.domain.errors import GislibError

LOG: Final = logging.getLogger(__name__)


@contextmanager
def show_defects(lang: str = "zh") -> Iterator[None]:
    """Say in one line that the program failed; the trace is for the log. What was drawn before stays."""
    try:
        yield
    except Exception:
        LOG.exception("defect on a page")
        st.error(wording.text("ui.defect", lang), icon=":material/error:")


@contextmanager
def show_errors(lang: str = "zh") -> Iterator[None]:
    """
    Show a `GislibError` as a message and end the run of the page; the sidebar stays, a footer still to come does not.

    What was drawn before stays on the page, so put the computation at the top of the block.
    """
    try:
        yield
    except GislibError as problem:
        _tell(problem, lang)
        st.stop()


@contextmanager
def part() -> Iterator[None]:
    """Part of a page that `end_part` may end: what follows it, the footer at last, is drawn all the same."""
    with suppress(_PartEnded):
        yield


@contextmanager
def end_part(lang: str) -> Iterator[None]:
    """Show a `GislibError` as a message and end the `part` of the page that this is called in."""
    try:
        yield
    except GislibError as problem:
        _tell(problem, lang)
        raise _PartEnded from problem


def stop_part() -> NoReturn:
    """End the `part` of the page that this is called in; what went wrong has been told."""
    raise _PartEnded


class _PartEnded(Exception):  # noqa: N818 - no error: the message stands on the page
    """The rest of a part is not drawn."""


def _tell(problem: GislibError, lang: str) -> None:
    st.error(wording.error(problem, lang), icon=":material/error:")
