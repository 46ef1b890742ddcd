"""``huxuetu plan``: what to build for a budget."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gislib.assessment import Request
from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.values import day
from gislib.domain.errors import InputError
from gislib.planning import plan_files, plan_scores, proposals, users
from gislib.planning.proposals import PlanWish
from gislib.sources.workspace import DEFAULT_TIME_ZONE


def plan_measures(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")],
    *,
    budget: Annotated[float, typer.Option(help="Yuan that may be spent.", metavar="YUAN")],
    name: Annotated[str, typer.Option(help="Name of the plan; a draft of that name is replaced.")] = "plan",
    floor: Annotated[
        list[str] | None, typer.Option(help="At least one device for every campus of a grade.", metavar="GRADE=1")
    ] = None,
    standards_first: Annotated[
        bool, typer.Option("--standards-first", help="Close the gaps of the standards audit first.")
    ] = False,
    ban: Annotated[list[str] | None, typer.Option(help="Treatment that is not used.", metavar="TREATMENT")] = None,
    seconds: Annotated[float, typer.Option(min=0.0, help="Time limit of the solver; 0: none.")] = 30.0,
    time_slice: Annotated[str, typer.Option("--slice", help="Part of the day, all by default.")] = "all",
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date of the rules, YYYY-MM-DD.")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Choose what to build for a budget, store it as a plan and write its files."""

    def work(report: Report) -> object:
        session = users.local(workspace)
        on = day(as_of, session.workspace.meta.time_zone or DEFAULT_TIME_ZONE)
        request = Request(on, time_slice)
        wish = PlanWish(
            name=name,
            budget_yuan=budget,
            floor_grades=floor_grades(floor or ()),
            standards_first=standards_first,
            banned=frozenset(ban or ()),
            seconds=seconds or None,
        )
        plan = proposals.propose(session, request, wish, report)
        return plan_files.write_plan(session, request, plan, plan_scores.scores(session, request, plan))

    run(Output(as_json, lang), work)


def floor_grades(pairs: Sequence[str]) -> tuple[str, ...]:
    """
    Grades of ``grade=1`` pairs.

    Raises
    ------
    InputError
        ``cli_floor`` for another form, another number than 1 (one device is what a floor asks for), or no grade.
    """
    grades = []
    for pair in pairs:
        grade, _, least = (part.strip() for part in pair.partition("="))
        if grade not in {"red", "orange", "yellow", "blue"} or least != "1":
            raise InputError("cli_floor", value=pair)
        grades.append(grade)
    return tuple(dict.fromkeys(grades))
