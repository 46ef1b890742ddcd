"""Sixty route sheets of one shift as one PDF: maps, tables, codes and typesetting together."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from itertools import cycle

import pytest

from gislib.assessment import Request
from gislib.planning import demo, patrol_papers, patrol_teams, patrols
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.planning.session import open_session
from gislib.reports.patrol.leaves import leaves
from gislib.reports.patrol.sheets import render_patrol

SHEETS = 60
LEAST_STATIONS = 8
"""A sheet with fewer is no full one."""
LEFT_OUT = 2
"""Stations of a page that make room for the lines under the last row."""
MOST_SECONDS = 10.0
"""Of processor, which on a machine with nothing else to do is the time that passes."""
REQUEST = Request(date(2026, 11, 16))


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """The full pages of four real teams, dealt out again and again to sixty."""
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    demo.build(folder)
    session = open_session(folder)
    teams = patrol_teams.proposed(patrol_basis(session, REQUEST), 4)
    saved = patrols.propose(session, REQUEST, PatrolWish("甲", "leaving", teams, seconds=5.0))
    whole = patrol_papers.paper_of(session, saved)
    pages = [
        replace(team, stations=leaf.stations[:-LEFT_OUT])
        for team in whole.record.teams
        for leaf in leaves(team)
        if len(leaf.stations) >= LEAST_STATIONS + LEFT_OUT
    ]
    single = [page for page in pages if len(leaves(page)) == 1]
    dealt = tuple(replace(page, team_id=f"t{k}") for k, page in zip(range(SHEETS), cycle(single), strict=False))
    assert len(dealt) == SHEETS
    return replace(whole, record=replace(whole.record, teams=dealt))


def test_sixty_sheets(benchmark, paper):
    render_patrol(replace(paper, record=replace(paper.record, teams=paper.record.teams[:1])))
    begun = time.process_time()
    printed = benchmark.pedantic(lambda: render_patrol(paper), rounds=3, iterations=1)
    used = (time.process_time() - begun) / 3
    seconds = benchmark.stats.stats.min
    print(f"\n{SHEETS} route sheets: {seconds:.1f} s ({used:.1f} s of processor), {len(printed.pdf) / 2**20:.1f} MiB")
    assert used <= MOST_SECONDS
