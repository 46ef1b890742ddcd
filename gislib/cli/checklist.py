"""``huxuetu import WORKSPACE checklist FILE``: what inspections found, from a filled-in table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gislib import wording
from gislib.cli.refused_rows import refusals
from gislib.cli.values import day
from gislib.planning import checklists, users
from gislib.sources.workspace import DEFAULT_TIME_ZONE

LAYER: Final = "checklist"
_HEADS: Final = {"school": "id"}
"""Fields whose column in our own table is headed by another word."""


def taken(workspace: Path, file: Path, columns: tuple[str | None, Mapping[str, str]], lang: str) -> dict[str, Any]:
    """
    Take over a table and sum up what that did.

    Parameters
    ----------
    columns
        Worksheet, and the planner's own mapping of fields to columns.
    """
    session = users.local(workspace)
    today = day(None, session.workspace.meta.time_zone or DEFAULT_TIME_ZONE)
    done = checklists.import_file(session, file, today, checklists.ImportOptions(*columns))
    return {
        "rows_read": done.rows_read,
        "schools": done.schools,
        "answers": done.noted.answers,
        "facts": done.noted.facts,
        "dropped": list(done.dropped),
        "rejected_count": len(done.rejected),
        "rejected": refusals(
            done.rejected.assign(column=[_head(name, lang) for name in done.rejected["column"]]), lang
        ),
    }


def _head(name: str, lang: str) -> str:
    """Head of a column of our own table for a field; a column of another name as it is."""
    return wording.catalogue(lang).get(f"checklist.head_{_HEADS.get(name, name)}", name)
