"""Where the tests of planning keep their decisions, and a demo workspace that they may plan in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from plan_wishes import REQUEST, WISH

from gislib.planning import proposals
from gislib.planning.session import DATABASE_URL, open_session
from gislib.store import copying, server
from gislib.store.database import FILE, lone_store


@pytest.fixture(scope="module", params=["file", "server"])
def home(request):
    """Address of the database that keeps decisions, None: a file. A module that asks for this runs on both."""
    url = None if request.param == "file" else request.getfixturevalue("pg").url
    with pytest.MonkeyPatch.context() as patch:
        if url is None:
            patch.delenv(DATABASE_URL, raising=False)
        else:
            patch.setenv(DATABASE_URL, url)
        yield url


@pytest.fixture(scope="module")
def twin(home):
    """Copier of a workspace with its decisions: two folders on a server must not share them."""

    def made(source: Path, folder: Path) -> Path:
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("decisions*"))
        in_file = (source / FILE).exists()
        if in_file or (source / server.MARKER).exists():
            with lone_store(source, None if in_file else home) as old, lone_store(folder, home) as new:
                copying.copy_all(old, new)
        return folder

    return made


@pytest.fixture(scope="session")
def planned(workspace, tmp_path_factory):
    """Session on a workspace of its own, with the plan 方案甲 for 800,000 yuan in it, kept in a file."""
    folder = shutil.copytree(workspace, tmp_path_factory.mktemp("planned") / "workspace")
    session = open_session(folder, actor="tester")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(DATABASE_URL, raising=False)
        proposals.propose(session, REQUEST, WISH)
    return session


@pytest.fixture(scope="module")
def planning(planned, twin, tmp_path_factory):
    """The same on the database of the module."""
    return open_session(twin(planned.workspace.root, tmp_path_factory.mktemp("planning") / "workspace"), "tester")
