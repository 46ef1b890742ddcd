"""A copy of the demo workspace that tests may plan in, with one plan for 800,000 yuan."""

from __future__ import annotations

import shutil

import pytest
from plan_wishes import REQUEST, WISH

from gislib.planning import proposals
from gislib.planning.session import DATABASE_URL, open_session


@pytest.fixture
def kept(url, monkeypatch):
    """Decisions are kept where `url` says: a test that asks for this runs on both databases."""
    if url is None:
        monkeypatch.delenv(DATABASE_URL, raising=False)
    else:
        monkeypatch.setenv(DATABASE_URL, url)
    return url


@pytest.fixture(scope="session")
def planned(workspace, tmp_path_factory):
    """Session on a workspace of its own, with the plan 方案甲 in it."""
    folder = tmp_path_factory.mktemp("planned") / "workspace"
    shutil.copytree(workspace, folder)
    session = open_session(folder, actor="tester")
    proposals.propose(session, REQUEST, WISH)
    return session
