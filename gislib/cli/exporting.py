"""``huxuetu export``: layers and results of the area, and the works packages of its plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.values import formats
from gislib.domain.errors import InputError
from gislib.planning import exports, plans, works
from gislib.planning.exports import ExportOptions
from gislib.planning.session import Session, open_session

DEFAULT_FORMATS: Final = "geojson,csv,gpkg,html,parquet"
KNOWN: Final = tuple(dict.fromkeys((*exports.FORMATS, *works.FORMATS)))


def export_files(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")],
    *,
    out: Annotated[Path, typer.Option(help="Folder to write to.", metavar="DIR")],
    chosen: Annotated[str, typer.Option("--formats", help="Comma-separated file formats.")] = DEFAULT_FORMATS,
    plan: Annotated[str | None, typer.Option(help="Only the works package of this plan.", metavar="NAME")] = None,
    datum: Annotated[str, typer.Option(help="gcj02 or bd09: twins for phone maps, approximate.")] = "wgs84",
    crs: Annotated[str | None, typer.Option(help="CRS of the GeoPackage.", metavar="CODE")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Write layers and results as files for other programs, and every plan as a works package."""

    def work(report: Report) -> object:
        wanted = formats(chosen, KNOWN)
        session = open_session(workspace)
        files: list[Path] = []
        area = [name for name in wanted if name in exports.FORMATS]
        if plan is None and area:
            files += exports.export(session, out, area, report, ExportOptions(crs, datum))
        package = [name for name in wanted if name in works.FORMATS]
        missing: set[str] = set()
        for plan_id in _plan_ids(session, plan, alone=not area) if package else ():
            request = plans.request_of(plans.read(session, plan_id))
            done = works.write_works(session, request, plan_id, out / "plans", (package, datum), report)
            files += done.files
            missing.update(done.missing_characters)
        return {"files": files, "missing_characters": sorted(missing)}

    run(Output(as_json, lang), work)


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
