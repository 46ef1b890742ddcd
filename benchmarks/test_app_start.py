"""From starting the server to the first map drawn, warm: compiled kernels on disk, demo workspace assessed."""

from __future__ import annotations

import time
from datetime import date

import pytest
from browser import Seen, launched, opened, served_workspace

from gislib.assessment import Request
from gislib.planning import assess, demo
from gislib.planning.session import open_session

MOST_SECONDS = 10.0


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    demo.build(folder)
    session = open_session(folder)
    assess.assess(session, Request(date(2026, 11, 16)))
    assess.comply(session, Request(date(2026, 11, 16)))
    return folder


def test_first_map(benchmark, workspace, tmp_path_factory):
    with launched() as browser:

        def start() -> float:
            begin = time.perf_counter()
            with served_workspace(workspace, tmp_path_factory.mktemp("served")) as address:
                page = opened(browser, address, Seen())
                page.wait_for_selector(".hxt-map[data-ready]")
                seconds = time.perf_counter() - begin
                page.context.close()
            return seconds

        start()
        seconds = benchmark.pedantic(start, rounds=3, iterations=1)
    print(f"\nserver start to first map: {seconds:.1f} s (at most {MOST_SECONDS:.0f})")
    assert seconds <= MOST_SECONDS
