"""The demo county, imported, assessed and judged once for all tests that need it; browser and database server."""

from __future__ import annotations

import os
import shutil
import time
from datetime import date

import pytest
import throwaway_server
import township_workspace
from browser import launched

from gislib.assessment import Request
from gislib.domain.memory import collect_seldom
from gislib.planning import assess, demo
from gislib.planning.authors import store_of
from gislib.planning.session import open_session
from gislib.store import database

AS_OF = date(2026, 11, 16)
BUILT_SECONDS = 300
SLOW = (
    "tests/ui/test_plan_page.py",
    "tests/planning/test_killed.py",
    "tests/planning/test_patrols.py",
    "tests/ui/test_journeys.py",
    "tests/planning/test_plan_scores.py",
    "tests/ui/test_patrol_page.py",
    "tests/siting/test_rescore.py",
    "tests/ui/test_ledger_journey.py",
    "tests/patrol/test_demo_county.py",
    "tests/ui/test_meeting_journey.py",
    "tests/cli/test_plans.py",
    "tests/planning/test_on_server.py",
    "tests/planning/test_many_editors.py",
    "tests/ui/test_map_editing.py",
    "tests/ui/test_map_component.py",
    "tests/test_demo.py",
    "tests/test_wide_areas.py",
)
"""Files that take longest, those that wait for a browser between those that compute."""


def pytest_configure(config):
    """Let xdist begin files in the order collected, not those of most tests first: the slowest have few."""
    collect_seldom()
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
    """Slow files first: begun last, one of them would keep one process busy when the others have nothing left."""
    order = {name: k for k, name in enumerate(SLOW)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id):
    """Folder of the demo workspace with the results of one run, built by the first process that asks for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built"
    part = folder.with_suffix(".part")
    try:
        part.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + BUILT_SECONDS
        while not folder.exists():
            assert time.monotonic() < deadline, "the process that builds the demo workspace did not end"
            time.sleep(0.2)
        return folder
    demo.build(part / "workspace")
    session = open_session(part / "workspace")
    assess.assess(session, Request(AS_OF))
    assess.comply(session, Request(AS_OF))
    store_of(session).engine.dispose()  # all of its rows into the one file before others copy it
    return (part / "workspace").rename(folder)


@pytest.fixture(scope="session")
def workspace(built, tmp_path_factory):
    """Copy of `built` for the tests of this process."""
    return shutil.copytree(built, tmp_path_factory.mktemp("demo") / "workspace")


@pytest.fixture(scope="session")
def township(built, tmp_path_factory):
    """Folder of one township of it, assessed and judged: what pages that edit are tried out on."""
    session = township_workspace.build(built, tmp_path_factory.mktemp("township") / "workspace")
    assess.assess(session, Request(AS_OF))
    assess.comply(session, Request(AS_OF))
    return session.workspace.root


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


@pytest.fixture(autouse=True)
def _closed_connections():
    """Leave the server free of connections to workspaces that no later test opens; each takes one of few."""
    yield
    for opened in database._open.values():
        if opened.store.engine.dialect.name == "postgresql":
            opened.store.engine.dispose()


@pytest.fixture(params=["file", "server"])
def url(request):
    """Address of the database; None: a file in the workspace folder."""
    return None if request.param == "file" else request.getfixturevalue("pg").url
