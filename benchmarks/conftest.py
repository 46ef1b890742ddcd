"""What benchmarks share."""

import gc

import pytest

from gislib.domain.memory import collect_seldom


@pytest.fixture(scope="module")
def as_in_the_command():
    """The collector as the command sets it, where whole commands are timed."""
    before = gc.get_threshold()
    collect_seldom()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
