"""The demo county, imported, assessed and judged once for all tests that need a whole area."""

from __future__ import annotations

from datetime import date

import pytest
from browser import launched

from gislib.assessment import Request
from gislib.planning import assess, demo
from gislib.planning.session import open_session

AS_OF = date(2026, 11, 16)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    """Folder of the demo workspace with the results of one run."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    demo.build(folder)
    session = open_session(folder)
    assess.assess(session, Request(AS_OF))
    assess.comply(session, Request(AS_OF))
    return folder


@pytest.fixture(scope="session")
def browser():
    """Chromium, one for all tests of a process."""
    with launched() as found:
        yield found
