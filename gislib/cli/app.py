"""The commands, one per use case; what they share is in `gislib.cli.output`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from gislib.assessment import Request
from gislib.cli import backups, exporting, importing, ledger, meetings, patrols, plans
from gislib.cli import doctor as doctors
from gislib.cli.checking import report_of
from gislib.cli.output import BAD_INPUT, JsonOption, LangOption, Output, Report, refusing, run, show
from gislib.cli.values import day
from gislib.domain.memory import collect_seldom
from gislib.planning import assess as assessing
from gislib.planning import checks, demo, users
from gislib.planning.session import Session
from gislib.rules import DEFAULT_PROFILE
from gislib.sources.workspace import DEFAULT_TIME_ZONE
from gislib.ui import server
from gislib.ui.warming import warm_up_of

DEFAULT_WORKSPACE: Final = "workspace"

# Python's own traceback is the report of an internal error; values of variables, which may be private, stay out.
app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, rich_markup_mode=None,
    help="护学图 HuXueTu: measure, score and plan the safety of the way to school.",
)  # fmt: skip
app.command("import")(importing.import_data)
app.command("plan")(plans.plan_measures)
app.command("patrol")(patrols.plan_patrol)
app.command("export")(exporting.export_files)
app.command("meeting")(meetings.hold_meeting)
app.command("backup")(backups.back_up)
app.command("restore")(backups.restore)
ledger.register(app)

WorkspaceArgument = Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Date of rules and ages, YYYY-MM-DD (default: today).", metavar="DATE")
]


def main() -> None:
    """Run the command line of this process."""
    collect_seldom()
    app(prog_name="huxuetu")


@app.command("demo")
def build_demo(workspace: WorkspaceArgument, *, as_json: JsonOption = False, lang: LangOption = "zh") -> None:
    """Build the demo workspace (a fictional county) in an empty folder."""

    def work(report: Report) -> object:
        return {"imports": [importing.summary_of(done, lang) for done in demo.build(workspace, report)]}

    run(Output(as_json, lang), work)


@app.command("check")
def check_data(
    workspace: WorkspaceArgument, *, as_of: AsOfOption = None, as_json: JsonOption = False, lang: LangOption = "zh"
) -> None:
    """Report on the quality of the loaded data; problems are rows, not failures."""

    def work(session: Session, request: Request, _: Report) -> object:
        return report_of(checks.check(session, request.as_of), lang)

    _in_session(workspace, as_of, Output(as_json, lang), work)


@app.command("assess")
def assess_risk(
    workspace: WorkspaceArgument,
    *,
    time_slice: Annotated[str, typer.Option("--slice", help="Part of the day, all by default.")] = "all",
    seed: Annotated[int, typer.Option(help="Seed of the random draws.")] = 1,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Score and rank every campus, with reasons and rank intervals."""

    def work(session: Session, request: Request, report: Report) -> object:
        asked = Request(as_of=request.as_of, slice=time_slice, seed=seed)
        return assessing.assess(session, asked, report)

    _in_session(workspace, as_of, Output(as_json, lang), work)


@app.command("comply")
def judge_distances(
    workspace: WorkspaceArgument,
    *,
    profile: Annotated[str, typer.Option(help="Rule profile.", metavar="ID")] = DEFAULT_PROFILE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Measure venues by every method, judge them by a rule profile, and audit the gates."""

    def work(session: Session, request: Request, report: Report) -> object:
        return assessing.comply(session, Request(as_of=request.as_of, profile=profile), report)

    _in_session(workspace, as_of, Output(as_json, lang), work)


@app.command("serve")
def serve_app(
    workspace: Annotated[
        Path, typer.Argument(help="Workspace folder.", metavar="[WORKSPACE]", envvar=server.WORKSPACE_VARIABLE)
    ] = Path(DEFAULT_WORKSPACE),
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    insecure_no_login: Annotated[
        bool, typer.Option("--insecure-no-login", help="Serve other machines without login.")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Serve the pages until interrupted; only this machine can see them unless another host is named."""
    output = Output(as_json, lang)
    with refusing(output):
        server.serve(
            workspace,
            server.Address(host, port, insecure_no_login),
            started=lambda url: show(output, {"url": url}),
            warm_up=warm_up_of(workspace),
        )


@app.command("doctor")
def diagnose(
    workspace: Annotated[Path | None, typer.Argument(help="Workspace folder.", metavar="[WORKSPACE]")] = None,
    *,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Check this installation, and the place of a workspace if one is named; exit code 2 if a check fails."""
    found = doctors.diagnose(workspace)
    run(Output(as_json, lang), lambda _: found)
    if not found.ok:
        raise typer.Exit(BAD_INPUT)


def _in_session(
    workspace: Path, as_of: str | None, output: Output, work: Callable[[Session, Request, Report], object]
) -> None:
    """Run ``work`` in a workspace with a request of the date asked for."""

    def in_session(report: Report) -> object:
        session = users.local(workspace)
        zone = session.workspace.meta.time_zone or DEFAULT_TIME_ZONE
        return work(session, Request(as_of=day(as_of, zone)), report)

    run(output, in_session)
