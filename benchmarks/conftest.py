"""What benchmarks share."""

import gc

import pytest

from gislib.domain.memory import collect_seldom


@pytest.fixture(scope="module")
def as_served():
    """The collector as command and server set it, where whole commands and pages are timed."""
    before = gc.get_threshold()
    collect_seldom()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
