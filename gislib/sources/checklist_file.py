"""
Filled-in checklists from a table: what an inspection found at which campus on which day.

Two shapes are read: one row per campus and question (columns 检查项目, 检查结果), or one row per campus with a column
per question, headed by the question's title or code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import pandas as pd

from gislib.domain.errors import InputError
from gislib.sources import cells, school_names
from gislib.sources.columns import map_columns
from gislib.sources.headers import HeaderWords, header_words, value_of
from gislib.sources.limits import check_file
from gislib.sources.names import name_key
from gislib.sources.privacy import looks_private, masked
from gislib.sources.raw_table import Cell, RawTable
from gislib.sources.refusals import Refusals
from gislib.sources.tabular import TableOptions, read_raw

LAYER: Final = "checklist"
_NEEDED: Final = ("school", "day", "post")
_Question: TypeAlias = tuple[str | None, str, Cell]
"""Code of a question (None: not one of the rules'), its title in the file, and the cell of its answer."""


@dataclass(frozen=True)
class ReadAnswer:
    """One answer: ``answer`` is yes, no, unknown or na; ``post``: office of who looked."""

    school_id: str
    question: str
    answer: str
    answered_on: date
    post: str
    note: str | None = None


@dataclass(frozen=True)
class ReadChecklist:
    """Answers of a file, refused rows and cells (``row, column, code, value``), and columns not understood."""

    answers: tuple[ReadAnswer, ...]
    rejected: pd.DataFrame
    dropped: tuple[str, ...]
    rows_read: int


@dataclass(frozen=True)
class Asked:
    """
    What answers may be about.

    ``questions``: code to its titles. ``schools``: id to name. ``latest``: a later day than this has not come yet.
    """

    questions: Mapping[str, Sequence[str]]
    schools: Mapping[str, str]
    latest: date
    sheet: str | None = None
    column_map: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reading:
    """A table with its columns understood."""

    table: RawTable
    at: Mapping[str, int]
    refusals: Refusals
    words: HeaderWords

    def cell(self, row: int, name: str) -> Cell:
        return self.table.rows[row][self.at[name]] if name in self.at else None


def read_checklist(path: Path, asked: Asked) -> ReadChecklist:
    """
    Read a table of answers; blank answers are left out, they say nothing.

    Raises
    ------
    InputError
        ``checklist_column_missing`` (campus, day or post), ``checklist_no_question`` (neither a column of questions nor
        one that is headed by a question), and those of `gislib.sources.tabular.read_raw`.
    """
    check_file(path)
    words = header_words()
    options = TableOptions(sheet=asked.sheet, column_map=dict(asked.column_map))
    table = read_raw(LAYER, path, options, words)
    mapped = map_columns(LAYER, table.headers, asked.column_map, words)
    absent = [name for name in _NEEDED if name not in mapped.position]
    if absent:
        raise InputError("checklist_column_missing", file=path.name, column=words.layers[LAYER].fields[absent[0]][0])
    reading = _Reading(table, mapped.position, Refusals(table), words)
    codes = {name_key(word): code for code, titles in asked.questions.items() for word in (code, *titles)}
    long = {"question", "answer"} <= mapped.position.keys()
    own = {at: codes[key] for at, head in enumerate(table.headers) if (key := name_key(head)) in codes}
    if not long and not own:
        raise InputError("checklist_no_question", file=path.name)
    answers = []
    for row in range(len(table.rows)):
        asked_here = _by_row(reading, row, codes) if long else _by_column(reading, row, own)
        answers += _answers(reading, row, asked, asked_here)
    understood = {table.headers[at] for at in own}
    shown = words.layers[LAYER].fields["shown"]
    dropped = tuple(head for head in mapped.dropped if head not in understood and name_key(head) not in shown)
    return ReadChecklist(tuple(answers), reading.refusals.frame(), dropped, len(table.rows))


def _by_row(reading: _Reading, row: int, codes: Mapping[str, str]) -> list[_Question]:
    """Question and answer of a row of a long table."""
    title = reading.cell(row, "question") or ""
    return [(codes.get(name_key(title)), title, reading.cell(row, "answer"))]


def _by_column(reading: _Reading, row: int, own: Mapping[int, str]) -> list[_Question]:
    """Questions and answers of a row of a wide table."""
    return [(code, reading.table.headers[at], reading.table.rows[row][at]) for at, code in own.items()]


def _answers(reading: _Reading, row: int, asked: Asked, questions: Sequence[_Question]) -> list[ReadAnswer]:
    """Answers of one row; a campus that nobody visited yet has none, whatever else its row lacks."""
    if all(cell is None for _, _, cell in questions):
        return []
    head = _head(reading, row, asked)
    if head is None:
        return []
    school_id, day, post = head
    note = reading.cell(row, "note")
    told = masked(note) if note is not None else None
    return [ReadAnswer(school_id, code, answer, day, post, told) for code, answer in _told(reading, row, questions)]


def _head(reading: _Reading, row: int, asked: Asked) -> tuple[str, date, str] | None:
    """Campus, day and post of a row; None if the row was refused."""
    name, day_text, post = (reading.cell(row, column) for column in _NEEDED)
    refuse = reading.refusals.row
    found = _schools(name or "", asked.schools)
    if len(found) != 1:
        refuse(row, "school", "checklist_school_unclear" if found else "checklist_school_unknown", name)
        return None
    iso = cells.iso_date(day_text or "")
    day = None if iso is None else date.fromisoformat(iso[:10])
    if day is None or day > asked.latest:
        refuse(row, "day", "checklist_day_unreadable" if day is None else "checklist_day_ahead", day_text)
        return None
    if post is None or looks_private(post):
        refuse(row, "post", "checklist_post_missing", post)
        return None
    return found[0], day, post


def _told(reading: _Reading, row: int, questions: Sequence[_Question]) -> list[tuple[str, str]]:
    """Codes of questions with the answers that can be read."""
    out = []
    for code, title, cell in questions:
        answer = None if cell is None else value_of(reading.words, "answer", cell)
        if code is None:
            reading.refusals.cell(row, "question", "checklist_question_unknown", title)
        elif answer is not None:
            out.append((code, answer))
        elif cell is not None:
            reading.refusals.cell(row, title, "checklist_answer_unreadable", cell)
    return out


def _schools(name: str, schools: Mapping[str, str]) -> list[str]:
    """Campuses that a cell may mean: by id or code, else by the same name, else by one that looks the same."""
    if name in schools:
        return [name]
    key = name_key(name)
    if not key:
        return []
    exact = [one for one, own in schools.items() if one.partition(":")[2] == name or name_key(own) == key]
    return exact or [one for one, own in schools.items() if own and school_names.same_school(name, own)]
