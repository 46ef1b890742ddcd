"""The browser, and the demo county as it is served."""

from __future__ import annotations

import pytest
from browser import launched, served_workspace


@pytest.fixture(scope="session")
def browser():
    """Chromium, one for all tests."""
    with launched() as found:
        yield found


@pytest.fixture(scope="session")
def address(workspace, tmp_path_factory):
    """The demo workspace as ``huxuetu serve`` serves it."""
    with served_workspace(workspace, tmp_path_factory.mktemp("served")) as url:
        yield url
