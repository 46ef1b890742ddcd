"""``huxuetu ledger``: the ledger of hazards as a workbook, out and back in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from gislib import wording
from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.values import day
from gislib.domain.errors import GislibError, InputError
from gislib.planning import ledger_book, users
from gislib.planning.ledger_changes import Changes, RowChange
from gislib.planning.session import Session
from gislib.reports.files import write_bytes
from gislib.sources.workspace import DEFAULT_TIME_ZONE


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("ledger")(ledger_file)


def ledger_file(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")],
    way: Annotated[Literal["export", "import"], typer.Argument(help="Out of the ledger, or into it.")],
    file: Annotated[Path, typer.Argument(help="Workbook to write or to read.", metavar="FILE.xlsx")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Write the changes of an import.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show them (as without --yes).")] = False,
    on: Annotated[str | None, typer.Option("--on", help="Day of the ledger, YYYY-MM-DD (default: today).")] = None,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Write the ledger of hazards as a workbook, or take an edited one back; nothing changes without --yes."""

    def work(report: Report) -> object:
        if yes and preview:
            raise InputError("cli_ledger_one")
        session = users.local(workspace)
        local = day(on, session.workspace.meta.time_zone or DEFAULT_TIME_ZONE)
        if way == "export":
            report("export.ledger", 0.2)
            return {"files": [write_bytes(file, ledger_book.workbook(session, local, lang=lang))]}
        report("import.read", 0.2)
        changes = ledger_book.preview(session, file, local)
        if yes:
            report("import.store", 0.7)
        return _summary(changes, lang) | _written(session, changes, yes=yes)

    run(Output(as_json, lang), work)


def _written(session: Session, changes: Changes, *, yes: bool) -> dict[str, Any]:
    if not yes:
        return {"written": False}
    done = ledger_book.apply(session, changes)
    return {"written": True, "items_changed": list(done.changed), "items_new": list(done.new)}


def _summary(changes: Changes, lang: str) -> dict[str, Any]:
    """Counts, and every change, conflict and refused row with its reason."""
    return {
        "rows_changed": len(changes.changed),
        "rows_new": len(changes.new),
        "rows_conflicting": len(changes.conflicts),
        "rejected_count": len(changes.rejected),
        "rows_unchanged": changes.unchanged,
        "rows_absent": changes.absent,
        "ledger_changes": _cells((*changes.changed, *changes.new), lang),
        "conflicts": [
            {
                "row": one.row, "item": one.item_id, "mine": one.mine, "theirs": one.theirs, "actor": one.actor,
                "columns": "、".join(_head(change.column, lang) for change in one.fields),
            }
            for one in changes.conflicts
        ],
        "rejected": [
            {
                "row": one.row, "item": one.item_id, "column": _head(one.column, lang), "code": one.code,
                "reason": wording.error(GislibError(one.code, **one.values), lang),
            }
            for one in changes.rejected
        ],
    }  # fmt: skip


def _cells(rows: Sequence[RowChange], lang: str) -> list[dict[str, Any]]:
    """One row per cell that changes."""
    return [
        {"row": row.row, "item": row.item_id, "step": wording.term("item_step", row.step, lang)}
        | _change(asdict(change), lang)
        for row in rows
        for change in row.fields
    ]


def _change(told: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {"column": _head(told["column"], lang), "before": told["before"], "after": told["after"]}


def _head(column: str, lang: str) -> str:
    return wording.text(f"ledger.column.{column}", lang)
