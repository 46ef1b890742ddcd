"""``huxuetu patrol``: who walks what when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gislib.assessment import Request
from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.values import day
from gislib.patrol.clock import read_span
from gislib.patrol.parameters import read_shift
from gislib.planning import patrol_papers, patrol_teams, patrols, users
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.sources.workspace import DEFAULT_TIME_ZONE


def plan_patrol(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")],
    *,
    teams: Annotated[int, typer.Option(help="Teams, spread over the area, by e-bike; every second one with police.")],
    shift: Annotated[
        str, typer.Option(help="Shift of the rules.", metavar="arrival|leaving|evening|summer_water|night")
    ],
    name: Annotated[str, typer.Option(help="Name of the patrol; a draft of that name gets a new version.")] = "patrol",
    hours: Annotated[str, typer.Option(help="Hours instead of those of the rules.", metavar="HH:MM-HH:MM")] = "",
    speed: Annotated[
        float | None, typer.Option(help="Speed of every team, km/h; without it, that of e-bikes in the rules.")
    ] = None,
    rest: Annotated[
        float | None, typer.Option("--break", min=0.0, help="Minutes of rest of every team; without it, by the rules.")
    ] = None,
    overtime: Annotated[
        float | None, typer.Option(min=0.0, help="Minutes a team may be back late; without it, by the rules.")
    ] = None,
    sets: Annotated[int, typer.Option(help="Sets of routes that are hard to foresee, one a day.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 1,
    seconds: Annotated[float, typer.Option(min=0.0, help="Time limit of the search; 0: none, reproducible.")] = 0.0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for sheets, tracks and roster; a folder a set.", metavar="DIR")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date of the rules, YYYY-MM-DD.")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Work out patrol routes for a shift, store them, and write their files."""

    def work(report: Report) -> object:
        session = users.local(workspace)
        request = Request(day(as_of, session.workspace.meta.time_zone or DEFAULT_TIME_ZONE))
        basis = patrol_basis(session, request)
        span = read_span(hours) if hours else read_shift(*basis.rules, shift).hours
        proposed = [
            replace(team, speed_kmh=speed, overtime_min=overtime, break_min=team.break_min if rest is None else rest)
            for team in patrol_teams.proposed(basis, teams, span)
        ]
        wish = PatrolWish(name, shift, tuple(proposed), hours, sets, seed, seconds or None)
        saved = patrols.propose(session, request, wish, report)
        told = patrol_papers.write_patrol(session, saved)
        if out is not None:
            told["files"] += patrol_papers.write_packages(session, saved, out)
        return told

    run(Output(as_json, lang), work)
