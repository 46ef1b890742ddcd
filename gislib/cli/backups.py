"""``huxuetu backup`` and ``huxuetu restore``: a workspace in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.planning import backups, users

FileArgument = Annotated[Path, typer.Argument(help="Backup file (zip).", metavar="FILE")]
WorkspaceArgument = Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")]


def back_up(
    workspace: WorkspaceArgument, file: FileArgument, *, as_json: JsonOption = False, lang: LangOption = "zh"
) -> None:
    """Write inputs, results and decisions to one file with a hash of every part."""

    def work(_: Report) -> object:
        done = backups.backup(users.local(workspace), file)
        return {
            "file": file,
            "parts": len(done.files),
            "bytes": sum(entry.bytes for entry in done.files),
            "decisions": sum(done.rows.values()),
            "made_at": done.made_at,
        }

    run(Output(as_json, lang), work)


def restore(
    file: FileArgument,
    workspace: WorkspaceArgument,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move a folder that holds anything aside; it is kept.")
    ] = False,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Make a workspace of a backup; a damaged or changed file is refused and nothing is changed."""

    def work(_: Report) -> object:
        done = backups.restore(file, workspace, replace=replace)
        kept = "" if done.kept is None else str(done.kept)
        return {
            "workspace": workspace,
            "parts": len(done.manifest.files),
            "made_at": done.manifest.made_at,
            "kept": kept,
        }

    run(Output(as_json, lang), work)
