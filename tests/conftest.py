"""The demo county, imported, assessed and judged once for all tests that need it; browser and database server."""

from __future__ import annotations

import os
from datetime import date

import pytest
import throwaway_server
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


@pytest.fixture(scope="session")
def pg():
    found = throwaway_server.programs()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL server programs: install the package postgresql")
        pytest.skip("no PostgreSQL server programs (Debian package postgresql)")
    with throwaway_server.server(found) as running:
        yield running


@pytest.fixture(params=["file", "server"])
def url(request):
    """Address of the database; None: a file in the workspace folder."""
    return None if request.param == "file" else request.getfixturevalue("pg").url
