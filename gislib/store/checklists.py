"""
Answers to the six-nets checklist, campus by campus: only ever added, the newest counts.

The questions are the rules'; here they are codes. Who looked is told by post, never by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, insert, select

from gislib.domain.errors import StoreError
from gislib.store import audit, item_facts, labels, plain_text, workspace_edits
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.meeting_schema import ANSWERS
from gislib.store.schema import NAME_LENGTH
from gislib.store.workspace_edits import NewEdit

YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"
NOT_APPLICABLE: Final = "na"
_ASKED: Final = ("school_id", "question", "answered_on")
_TOLD: Final = ("answer", "post", "note")
_ID_LENGTH: Final = 200
CHOICES: Final = (YES, NO, UNKNOWN, NOT_APPLICABLE)
COLUMNS: Final = ("school_id", "question", "answer", "answered_on", "post", "note", "actor", "role", "at")


@dataclass(frozen=True)
class Answer:
    """What somebody of a post saw at a campus on a day."""

    school_id: str
    question: str
    answer: str
    answered_on: date
    post: str
    note: str | None = None


def add(store: Store, answers: Sequence[Answer], author: Author) -> int:
    """
    Write answers, all or none; what repeats the last word on a question and day is left out. Number of new ones.

    Raises
    ------
    StoreError
        ``checklist_answer``, ``checklist_school``, ``checklist_question``, ``checklist_post``, ``item_day``.
    """
    return add_with_edits(store, answers, author, lambda _: ())[0]


def add_with_edits(
    store: Store, answers: Sequence[Answer], author: Author, edits_of: Callable[[pd.DataFrame], Sequence[NewEdit]]
) -> tuple[int, int]:
    """
    `add`, and what the answers change in the workspace's data, all of it or nothing; numbers of answers and edits.

    ``edits_of``: given the answers that count then, as by `current`, what is to be changed.
    """
    rows = [_row(answer) for answer in answers]
    with writing(store) as connection:
        new = _insert(connection, rows, author)
        edits = workspace_edits.add_all(connection, edits_of(_counting(_told(connection, None))), author)
    return new, len(edits)


def history(store: Store, school_id: str | None = None) -> pd.DataFrame:
    """Every answer in the order they were written, `COLUMNS`; ``answered_on``: ISO text."""
    with reading(store) as connection:
        return _told(connection, school_id)


def current(store: Store, on: date | None = None) -> pd.DataFrame:
    """
    Answer that counts for each campus and question: of the latest day up to ``on``, the one written last.

    Returns
    -------
    DataFrame
        `COLUMNS`, sorted by campus and question; what nobody answered has no row.
    """
    told = history(store)
    return _counting(told if on is None else told[told["answered_on"] <= on.isoformat()])


def _counting(told: pd.DataFrame) -> pd.DataFrame:
    """Last word of a `history` on each campus and question."""
    last = told.sort_values("answered_on", kind="stable").drop_duplicates(["school_id", "question"], keep="last")
    return last.sort_values(["school_id", "question"]).reset_index(drop=True)


def inspections(store: Store, starts: date, ends: date, schools: Collection[str]) -> pd.DataFrame:
    """
    Days on which each of the campuses was inspected between two days, both included.

    Returns
    -------
    DataFrame
        Index ``school_id``; ``inspections``: different days with an answer (0 = none written down), ``last``: ISO text
        of the last one, missing without.
    """
    told = history(store)
    inside = told[told["answered_on"].between(starts.isoformat(), ends.isoformat())]
    days = inside.groupby("school_id")["answered_on"].agg(["nunique", "max"])
    index = pd.Index(sorted(schools), dtype="str", name="school_id")
    found = days.reindex(index)
    # A campus without an answer was inspected on no day: that is a count, not a measure that is unknown.
    counted = [0 if pd.isna(count) else int(count) for count in found["nunique"]]
    return pd.DataFrame({"inspections": counted, "last": found["max"]}, index=index)


def _told(connection: Connection, school_id: str | None) -> pd.DataFrame:
    chosen = select(ANSWERS).order_by(ANSWERS.c.serial)
    if school_id is not None:
        chosen = chosen.where(ANSWERS.c.school_id == school_id)
    rows = connection.execute(chosen).mappings().all()
    data = [{**row, "answered_on": row["answered_on"].isoformat()} for row in rows]
    return pd.DataFrame(data, columns=list(COLUMNS))


def _insert(connection: Connection, rows: Sequence[dict[str, Any]], author: Author) -> int:
    """Write what does not repeat the last word on its question and day; number of new ones."""
    told = select(*(ANSWERS.c[name] for name in (*_ASKED, *_TOLD))).order_by(ANSWERS.c.serial)
    asked = len(_ASKED)
    last = {tuple(row[:asked]): tuple(row[asked:]) for row in connection.execute(told)}
    new = []
    for row in rows:
        key, said = tuple(row[name] for name in _ASKED), tuple(row[name] for name in _TOLD)
        if last.get(key) != said:
            last[key] = said
            new.append(row)
    if new:
        first = labels.last(connection, ANSWERS) + 1
        who = {"actor": author.actor, "role": author.role, "at": author.at}
        connection.execute(insert(ANSWERS), [row | who | {"serial": first + n} for n, row in enumerate(new)])
        schools = {row["school_id"] for row in rows}
        subject = next(iter(schools)) if len(schools) == 1 else "checklist"
        detail = {"answers": len(new), "schools": len({row["school_id"] for row in new})}
        audit.add(connection, author, "checklist.add", subject, detail)
    return len(new)


def _row(answer: Answer) -> dict[str, Any]:
    if answer.answer not in CHOICES:
        raise StoreError("checklist_answer", answer=answer.answer, known=", ".join(CHOICES))
    answered_on = item_facts.day(answer.answered_on)
    if answered_on is None:
        raise StoreError("item_day", value=None)
    return {
        "school_id": plain_text.required_line(answer.school_id, "checklist_school", _ID_LENGTH),
        "question": plain_text.required_line(answer.question, "checklist_question", NAME_LENGTH),
        "answer": answer.answer,
        "answered_on": answered_on,
        "post": plain_text.required_line(answer.post, "checklist_post", NAME_LENGTH),
        "note": plain_text.cleaned(answer.note),
    }
