"""``huxuetu import``: a file, a place, or the undoing of a source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from gislib.cli import checklist
from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.refused_rows import refusals
from gislib.cli.values import column_map
from gislib.domain.errors import InputError
from gislib.planning import imports, users
from gislib.planning.imports import ImportOptions, ImportSummary
from gislib.planning.session import Session
from gislib.sources.workspace import Difference


@dataclass(frozen=True)
class _Asked:
    """What the command line named: a layer with its file, a place, or a source to undo or redo."""

    layer: str | None
    file: Path | None
    place: str | None
    undo: str | None
    redo: str | None


def import_data(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder; made by the first import.", metavar="WORKSPACE")],
    layer: Annotated[
        str | None, typer.Argument(help="osm, a table layer, dem, population, tracks or checklist.", metavar="LAYER")
    ] = None,
    file: Annotated[Path | None, typer.Argument(help="File to read.", metavar="FILE")] = None,
    *,
    place: Annotated[str | None, typer.Option(help="Place to fetch from OpenStreetMap instead of a file.")] = None,
    name: Annotated[str | None, typer.Option("--as", help="Name of the source (default: the layer).")] = None,
    datum: Annotated[str | None, typer.Option(help="wgs84, cgcs2000, gcj02, bd09 or auto.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Worksheet, by name or number from 1.")] = None,
    mapped: Annotated[list[str] | None, typer.Option("--map", help="field=column, once per column.")] = None,
    data_date: Annotated[str | None, typer.Option(help="Day the data describe, YYYY-MM-DD.")] = None,
    undo: Annotated[str | None, typer.Option(help="Bring back the version before the last import of SOURCE.")] = None,
    redo: Annotated[str | None, typer.Option(help="Bring back the import of SOURCE that was undone.")] = None,
    complete: Annotated[
        bool, typer.Option(help="The table claims to hold all venues, rentals or waters there are: none means 0.")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Read a file or place into a workspace; the same source name replaces the version before."""

    def work(report: Report) -> object:
        asked = _Asked(layer, file, place, undo, redo)
        _check(asked)
        if asked.undo is not None:
            return _swapped(users.local(workspace), asked.undo, imports.undo)
        if asked.redo is not None:
            return _swapped(users.local(workspace), asked.redo, imports.redo)
        if asked.layer == checklist.LAYER and asked.file is not None:
            return checklist.taken(workspace, asked.file, (sheet, column_map(mapped or ())), lang)
        options = ImportOptions(name, datum, sheet, column_map(mapped or ()), data_date, complete)
        return summary_of(_import(workspace, asked, options, report), lang)

    run(Output(as_json, lang), work)


def _check(asked: _Asked) -> None:
    """Refuse a command line that names none of the four, or more than one."""
    if sum(one is not None for one in (asked.file, asked.place, asked.undo, asked.redo)) != 1:
        raise InputError("cli_import_one")
    if asked.undo is None and asked.redo is None and asked.layer is None:
        raise InputError("cli_import_one")
    if asked.place is not None and asked.layer != "osm":
        raise InputError("cli_place_layer", layer=asked.layer)


def _import(workspace: Path, asked: _Asked, options: ImportOptions, report: Report) -> ImportSummary:
    session = users.starting(workspace)
    if asked.place is not None:
        return imports.import_place(session, asked.place, name=options.name or "osm", progress=report)
    if asked.layer is None or asked.file is None:
        raise InputError("cli_import_one")
    return imports.import_file(session, asked.layer, asked.file, options, report)


def summary_of(done: ImportSummary, lang: str) -> dict[str, Any]:
    """Sum up an import: counts, changes, warnings and every refused row with its reason, as JSON-ready values."""
    return {
        "source_id": done.source_id,
        "rows_read": done.provenance.rows_read,
        "rows_kept": done.provenance.rows_kept,
        "layers": dict(done.layers),
        "counts": dict(done.provenance.counts),
        **_changes(done.difference),
        "rejected_count": len(done.rejected),
        "rejected": refusals(done.rejected, lang),
        "warnings": [asdict(message) for message in done.warnings],
    }


def _swapped(session: Session, source_id: str, act: Callable[[Session, str], Difference]) -> dict[str, Any]:
    """Undo or redo an import, and say which version counts now."""
    changes = _changes(act(session, source_id))
    current = imports.standings(session)[source_id].current
    if current is None:
        return {**changes, "current": {}}
    version = {"file": current.origin, "read_at": current.read_at[:10], "rows_kept": current.rows_kept}
    return {**changes, "current": version}


def _changes(difference: Difference) -> dict[str, Any]:
    return {
        "source_id": difference.source_id,
        "changes": {
            layer: {"added": len(change.added), "changed": len(change.changed), "gone": len(change.gone)}
            for layer, change in difference.layers.items()
        },
    }
