"""Benchmarks run as the command and the server do."""

import gc

import pytest

from gislib.domain.memory import collect_seldom


@pytest.fixture(scope="session", autouse=True)
def as_served():
    """The collector as `gislib.cli.main` and `gislib.ui.server.serve` set it, for us and for peers."""
    before = gc.get_threshold()
    collect_seldom()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
