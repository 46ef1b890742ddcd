"""The demo county as it is served."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from browser import Seen, opened, served_workspace


@pytest.fixture(scope="session")
def address(workspace, tmp_path_factory):
    """The demo workspace as ``huxuetu serve`` serves it."""
    with served_workspace(workspace, tmp_path_factory.mktemp("served")) as url:
        yield url


@pytest.fixture(scope="module")
def own_address(session, tmp_path_factory):
    """The workspace of the module's own ``session``, served."""
    with served_workspace(session.workspace.root, tmp_path_factory.mktemp("log")) as url:
        yield url


@pytest.fixture(scope="module")
def tab(browser):
    """One tab for the tests of a module, with what it asked for: a page is quicker there than in a new one."""
    seen = Seen()
    page = opened(browser, "about:blank", seen)
    yield SimpleNamespace(page=page, seen=seen)
    page.context.close()
