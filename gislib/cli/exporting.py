"""``huxuetu export``: layers and results, papers of the last meeting, the ledger, and the works packages of plans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.values import day, formats
from gislib.domain.errors import InputError
from gislib.planning import exports, ledger_book, meeting_papers, plans, users, works
from gislib.planning.exports import ExportOptions
from gislib.planning.meeting_papers import Papers
from gislib.planning.session import Session
from gislib.reports.files import write_bytes
from gislib.sources.workspace import DEFAULT_TIME_ZONE

DEFAULT_FORMATS: Final = "geojson,csv,gpkg,html,parquet"
LEDGER_FORMAT: Final = "xlsx"
LEDGER: Final = "隐患台账.xlsx"
OF_A_PLAN: Final = tuple(dict.fromkeys((*exports.FORMATS, *works.FORMATS)))
KNOWN: Final = tuple(dict.fromkeys((*OF_A_PLAN, *meeting_papers.FORMATS)))


def export_files(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")],
    *,
    out: Annotated[Path, typer.Option(help="Folder to write to.", metavar="DIR")],
    chosen: Annotated[
        str | None, typer.Option("--formats", help=f"Comma-separated; without: {DEFAULT_FORMATS}; of a plan all.")
    ] = None,
    plan: Annotated[str | None, typer.Option(help="Only the works package of this plan.", metavar="NAME")] = None,
    datum: Annotated[str, typer.Option(help="gcj02 or bd09: twins for phone maps, approximate.")] = "wgs84",
    crs: Annotated[str | None, typer.Option(help="CRS of the GeoPackage.", metavar="CODE")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """
    Write files for other programs and for paper.

    Without a plan: layers and results, every plan as a works package; docx and pdf are the papers of the last frozen
    meeting, xlsx is the ledger. With a plan: only its works package.
    """

    def work(report: Report) -> object:
        if plan is None:
            wanted = formats(chosen or DEFAULT_FORMATS, KNOWN)
        else:
            wanted = formats(chosen or ",".join(works.FORMATS), OF_A_PLAN)
        session = users.local(workspace)
        files: list[Path] = []
        missing: set[str] = set()
        of_area = [name for name in wanted if plan is None and name in exports.FORMATS]
        on_paper = [name for name in wanted if plan is None and name in (*meeting_papers.FORMATS, LEDGER_FORMAT)]
        if on_paper:
            papers = _papers(session, out, on_paper, lang, report)
            files += papers.files
            missing.update(papers.missing_characters)
        if of_area:
            files += exports.export(session, out, of_area, report, ExportOptions(crs, datum))
        package = [name for name in wanted if name in works.FORMATS and name not in on_paper]
        for plan_id in _plan_ids(session, plan, alone=not (of_area or on_paper)) if package else ():
            request = plans.request_of(plans.read(session, plan_id))
            done = works.write_works(session, request, plan_id, out / "plans", (package, datum), report)
            files += done.files
            missing.update(done.missing_characters)
        return {"files": files, "missing_characters": sorted(missing)}

    run(Output(as_json, lang), work)


def _papers(session: Session, folder: Path, wanted: Sequence[str], lang: str, report: Report) -> Papers:
    """
    Papers of the last frozen meeting and the ledger of today.

    Raises
    ------
    InputError
        ``meeting_none_frozen`` if papers are asked for and no meeting was frozen; then nothing is written.
    """
    done = Papers((), ())
    ends = [name for name in meeting_papers.FORMATS if name in wanted]
    if ends:
        done = meeting_papers.write_last_papers(session, folder / "meeting", ends, report)
    if LEDGER_FORMAT not in wanted:
        return done
    report("export.ledger", 0.9)
    today = day(None, session.workspace.meta.time_zone or DEFAULT_TIME_ZONE)
    book = write_bytes(folder / LEDGER, ledger_book.workbook(session, today, lang=lang))
    return Papers((*done.files, book), done.missing_characters)


def _plan_ids(session: Session, name: str | None, *, alone: bool) -> list[str]:
    """
    Plans to write: the named one, else all that are not retired.

    Raises
    ------
    InputError
        ``plan_none`` if there is no plan of that name, or none at all and nothing else was asked for.
    """
    if name is None:
        found = [head.plan_id for head in plans.heads(session)]
        if not found and alone:
            raise InputError("plan_none", plan="")
        return found
    plan = plans.by_name(session, name)
    if plan is None:
        raise InputError("plan_none", plan=name)
    return [plan.head.plan_id]
