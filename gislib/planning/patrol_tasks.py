"""Every task of a patrol planned against done, as one table for screens and workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd

from gislib import wording
from gislib.patrol.checked import NOT_PLANNED, UNKNOWN, Checked, TaskCheck
from gislib.patrol.clock import clock
from gislib.patrol.legs import STREET
from gislib.patrol.record import PatrolRecord
from gislib.planning import results
from gislib.planning.authors import author_of, store_of
from gislib.planning.patrols import SavedPatrol
from gislib.planning.session import Session, require_role
from gislib.reports.spreadsheet import FIRST_ROW, Book, Column, Headed, Kind, add_sheet, write_book, write_row
from gislib.store import audit

SHOWN: Final[dict[str, tuple[float, Kind]]] = {
    "place": (26, "text"), "kind": (11, "text"), "school": (22, "text"), "team": (10, "text"), "planned": (8, "text"),
    "done": (8, "text"), "by": (14, "text"), "dwell": (10, "number"), "share": (10, "whole"), "state": (11, "text"),
    "reason": (26, "text"),
}  # fmt: skip
"""Columns in words with their widths; heads are ``check_table.head.*``."""
_NAMELESS: Final = {STREET: "patrols.nameless"}
COLUMNS: Final = ("demand_id", "state_code", *SHOWN)


def task_table(record: PatrolRecord, found: Checked, lang: str = "zh") -> pd.DataFrame:
    """
    All tasks of a record, planned against done, in words.

    Parameters
    ----------
    record, found
        What was planned, and its check against tracks (`patrol_checks.check_patrol`).
    lang
        Language of kinds, states and reasons.

    Returns
    -------
    DataFrame
        In the order of the plan, tasks that nobody was to serve last: columns `COLUMNS`. ``planned``, ``done`` are
        ``HH:MM`` (None: not planned, never there); ``team`` was to serve it, ``by`` did: a team's name, or the label of
        a track that is nobody's; ``dwell`` minutes at a stop (None: streets); ``share`` per cent; ``reason`` why it is
        not done, cannot be told or was not planned. None: not known. Passing what was not planned is not told.
    """
    names = {team.team_id: team.name for team in record.teams}
    owner = {label: team.name for team in found.teams for label in team.labels}
    left = {task.demand_id: task.reason for task in record.tasks}
    order = sorted(found.tasks, key=lambda own: (own.planned_min is None, own.planned_min or 0.0, own.demand_id))
    rows = [
        {
            "demand_id": own.demand_id, "state_code": own.state,
            "place": own.name or wording.text(_NAMELESS.get(own.kind, "patrols.nameless_place"), lang),
            "kind": wording.term("patrol_kind", own.kind, lang), "school": own.school_name,
            "team": names.get(own.team_id or ""), "planned": _clock(own.planned_min),
            "done": None if own.state == NOT_PLANNED else _clock(own.begins_min), "by": _by(own, owner),
            "dwell": _dwell(own),
            "share": None if own.state in {UNKNOWN, NOT_PLANNED} else round(100 * own.share),
            "state": wording.term("check_state", own.state, lang), "reason": _reason(own, left[own.demand_id], lang),
        }
        for own in order
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def tasks_workbook(session: Session, saved: SavedPatrol, table: pd.DataFrame, on: date) -> bytes:
    """
    `task_table` of a day as a workbook; noted in the audit.

    Raises
    ------
    RefusedError
        Below the role planner: where people went is not for everybody.
    """
    require_role(session, "planner")
    head = saved.head
    named = wording.text("patrol_file.line", id=head.patrol_id, version=head.version, name=head.name)
    line = f"{named}　{wording.text('patrol_file.day', day=on.isoformat())}"
    stamp = results.stamp(session, saved.request, "zh", guarded=True)
    columns = [Column(wording.text(f"check_table.head.{name}"), *look) for name, look in SHOWN.items()]

    def fill(book: Book) -> None:
        sheet = add_sheet(book, wording.text("check_table.sheet"), wording.text("check_table.title"), columns)
        for row, cells in enumerate(table[list(SHOWN)].itertuples(index=False), start=FIRST_ROW + 1):
            write_row(book, sheet, row, columns, list(cells))

    detail = {"formats": ["xlsx"], "version": head.version, "day": on.isoformat(), "check": True}
    audit.record(store_of(session), author_of(session), "patrol.export", head.patrol_id, detail)
    return write_book(Headed("patrol", head.patrol_id, head.name, line, stamp), fill)


def _clock(minute: float | None) -> str | None:
    return None if minute is None else clock(minute)


def _by(own: TaskCheck, owner: Mapping[str, str]) -> str | None:
    return None if own.track is None or own.state == NOT_PLANNED else owner.get(own.track, own.track)


def _dwell(own: TaskCheck) -> float | None:
    """Minutes at a stop; None where a track says nothing about it."""
    known = own.state != NOT_PLANNED and (own.state != UNKNOWN or bool(own.stay_min))
    return round(own.stay_min, 1) if own.stay_min is not None and known else None


def _reason(own: TaskCheck, left: str | None, lang: str) -> str | None:
    if own.reason is not None:
        return wording.term("check_reason", own.reason, lang)
    return wording.term("patrol_reason", left, lang) if own.state == NOT_PLANNED and left is not None else None
