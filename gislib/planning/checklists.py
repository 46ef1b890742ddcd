"""
The six-nets checklist of every campus: what inspections found, how often they came, and what it changes in the data.

An answer to a question that the table of campuses has a column for (wall, cameras, guard post, anti-ramming) becomes an
edit of the workspace, so that the next assessment counts it as protection. Unknown and not applicable change nothing.
An answer that an item of the ledger came from is over once that item was closed as rectified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib import rules
from gislib.domain.errors import InputError
from gislib.planning import terms
from gislib.planning.authors import author_of, store_of
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, in_scope, require_area, require_role
from gislib.reports.checklist_book import blank_book
from gislib.sources.checklist_file import Asked, read_checklist
from gislib.store import audit, item_steps
from gislib.store import checklists as stored
from gislib.store import ledger as ledger_store
from gislib.store.checklists import Answer
from gislib.store.workspace_edits import NewEdit

NETS: Final = ("technical", "physical", "people", "mind", "family", "joint")
_PREFIX: Final = "checklist."
_FLAGS: Final = {stored.YES: True, stored.NO: False}


@dataclass(frozen=True)
class Question:
    """
    One question of the checklist.

    ``code``: ``technical.alarm_button``. ``school_column``: column of the campuses that it answers, "" = none.
    ``clause``: where it is asked for.
    """

    code: str
    net: str
    title: str
    title_en: str
    school_column: str
    clause: str


@dataclass(frozen=True)
class Noted:
    """How many answers are new, and how many campus facts they changed."""

    answers: int
    facts: int


@dataclass(frozen=True)
class ImportOptions:
    """Worksheet, and field -> column of the file."""

    sheet: str | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportSummary:
    """What an import did; ``rejected``: ``row, column, code, value``; ``dropped``: columns not understood."""

    rows_read: int
    noted: Noted
    schools: int
    rejected: pd.DataFrame
    dropped: tuple[str, ...]


def questions(on: date) -> list[Question]:
    """Questions in force on a day, net by net in the order of the plan."""
    found = rules.load().rules(_PREFIX, on)
    asked = [
        Question(code, code.partition(".")[0], rule.title, rule.title_en, rule.school_column or "", rule.clause)
        for rule in found
        for code in (rule.id.removeprefix(_PREFIX),)
    ]
    return sorted(asked, key=lambda one: (NETS.index(one.net), one.school_column == "", one.code))


def add(session: Session, answers: Sequence[Answer]) -> Noted:
    """
    Write answers, all or none, and carry those over that the table of campuses has a column for.

    Raises
    ------
    InputError
        ``school_unknown``; ``checklist_unknown`` for a question that the rules do not hold.
    StoreError
        As in `gislib.store.checklists.add`.
    RefusedError
        ``role_too_low``, ``area_not_yours`` for a campus of another area.
    """
    require_role(session, "planner")
    schools = tables_of(session.workspace)["schools"]
    for school_id in dict.fromkeys(one.school_id for one in answers):
        if school_id not in schools.index:
            raise InputError("school_unknown", id=school_id)
        require_area(session, _code(schools["area_code"][school_id]))
    for one in answers:
        if one.question not in {asked.code for asked in questions(one.answered_on)}:
            raise InputError("checklist_unknown", question=one.question)
    ids = {one.school_id for one in answers}
    edits_of = _edits_of(session, schools.loc[sorted(ids)], max((a.answered_on for a in answers), default=None))
    return Noted(*stored.add_with_edits(store_of(session), answers, author_of(session), edits_of))


def import_file(session: Session, file: Path, on: date, options: ImportOptions | None = None) -> ImportSummary:
    """
    Take over a filled-in table; campuses of other areas are not known to it.

    Parameters
    ----------
    on
        Local day of today; answers of later days are refused.

    Raises
    ------
    InputError
        ``file_missing``, ``checklist_column_missing``, ``checklist_no_question`` and those of unreadable files.
    RefusedError
        ``role_too_low``.
    """
    require_role(session, "planner")
    if not file.is_file():
        raise InputError("file_missing", file=file.name)
    how = options or ImportOptions()
    titles = {one.code: (one.title, one.title_en) for one in questions(on)}
    read = read_checklist(file, Asked(titles, _campuses(session), on, how.sheet, how.column_map))
    noted = add(session, [Answer(**vars(one)) for one in read.answers])
    schools = len({one.school_id for one in read.answers})
    return ImportSummary(read.rows_read, noted, schools, read.rejected, read.dropped)


def blank(session: Session, on: date) -> bytes:
    """Workbook to fill in: one row per campus of the actor's areas, one column per question; noted in the audit."""
    asked, campuses = [(one.net, one.title) for one in questions(on)], _campuses(session)
    content = blank_book(campuses, asked, on, session.workspace.meta.name)
    audit.record(store_of(session), author_of(session), "checklist.export", "checklist", {"schools": len(campuses)})
    return content


def current(session: Session, on: date | None = None) -> pd.DataFrame:
    """Answers that count for the campuses of the actor's areas, see `gislib.store.checklists.current`."""
    found = stored.current(store_of(session), on)
    return found[found["school_id"].isin(_campuses(session))].reset_index(drop=True)


def standing(session: Session, on: date | None = None) -> pd.DataFrame:
    """Answers of `current` that no item of the ledger was closed as rectified for, on their day or later."""
    return _without_rectified(current(session, on), _rectified(session))


def _without_rectified(found: pd.DataFrame, closed: Mapping[str, str]) -> pd.DataFrame:
    keys = [source_key(row["school_id"], row["question"]) for row in found.to_dict("records")]
    over = [day <= closed.get(key, "") for key, day in zip(keys, found["answered_on"], strict=True)]
    return found[~np.array(over, dtype=bool)].reset_index(drop=True)


def source_key(school_id: str, question: str) -> str:
    """Key of the item of the ledger that a "no" becomes."""
    return f"inspection:{school_id}/{question}"


def inspected(session: Session, on: date) -> pd.DataFrame:
    """
    Inspections of every campus of the actor's areas in the term of a day, up to that day.

    Returns
    -------
    DataFrame
        Index ``school_id``; ``name``; ``inspections``: days with an answer; ``last``: ISO text, missing without;
        ``needed``: how many a term the rules ask for. Empty between terms.
    """
    term, names = terms.term_on(session, on), _campuses(session)
    if term is None:
        return pd.DataFrame({"name": [], "inspections": [], "last": [], "needed": []}).rename_axis("school_id")
    found = stored.inspections(store_of(session), term.facts.starts, on, set(names))
    needed = int(rules.load().number("checklist_term.inspections_min", on))
    return found.assign(name=[names[str(school_id)] for school_id in found.index], needed=needed)


def _campuses(session: Session) -> dict[str, str]:
    """Names of the campuses of the actor's areas by id; nameless ones by their id."""
    schools = tables_of(session.workspace)["schools"]
    rows = zip(schools.index, schools["name"], schools["area_code"], schools["kind"], strict=True)
    return {
        str(school_id): str(school_id) if pd.isna(name) else str(name)
        for school_id, name, code, kind in rows
        if kind != "not_a_school" and in_scope(session, _code(code))
    }


def _edits_of(
    session: Session, schools: gpd.GeoDataFrame, on: date | None
) -> Callable[[pd.DataFrame], list[NewEdit]]:  # fmt: skip
    """What the answers that count change in the facts of campuses, where the table says otherwise; none of it twice."""
    columns = {} if on is None else {one.code: one.school_column for one in questions(on) if one.school_column}
    closed = _rectified(session)

    def edits(counting: pd.DataFrame) -> list[NewEdit]:
        told = _without_rectified(counting[counting["school_id"].isin(schools.index)], closed)
        told = told[told["question"].isin(columns) & told["answer"].isin(_FLAGS)]
        sets: dict[str, dict[str, bool]] = {}
        for row in told.to_dict("records"):
            column, flag = columns[row["question"]], _FLAGS[row["answer"]]
            now = schools[column][row["school_id"]]
            if pd.isna(now) or bool(now) != flag:
                sets.setdefault(row["school_id"], {})[column] = flag
        return [
            NewEdit("schools", "change", school_id, own, reason=f"{_PREFIX}{on}")
            for school_id, own in sorted(sets.items())
        ]

    return edits


def _rectified(session: Session) -> dict[str, str]:
    """Latest day, ISO text, on which an item was closed as rectified, by the key of what it came from."""
    items = ledger_store.table(store_of(session))
    done = items[(items["outcome"] == item_steps.RECTIFIED) & items["source_key"].notna()]
    return {str(key): str(day) for key, day in done.groupby("source_key")["closed_on"].max().items()}


def _code(value: object) -> str | None:
    return value if isinstance(value, str) else None
