"""The ledger out as a workbook and back in: every change is shown before anything is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gislib import wording
from gislib.assessment import Request
from gislib.planning import ledger, ledger_words, results
from gislib.planning.authors import author_of, store_of
from gislib.planning.ledger_changes import Changes, Reading
from gislib.planning.session import Session, require_role
from gislib.reports.ledger_book import LedgerSheet, ledger_workbook
from gislib.sources.ledger_file import read_ledger
from gislib.store import audit


@dataclass(frozen=True)
class Applied:
    """Ids of the items that were changed and of those that are new."""

    changed: tuple[str, ...]
    new: tuple[str, ...]


def workbook(session: Session, on: date, filters: ledger.Filters | None = None, lang: str = "zh") -> bytes:
    """The ledger of the actor's areas as an XLSX file, noted in the audit; ``on``: day it is written for."""
    require_role(session, "planner")
    rows = ledger_words.cells(ledger.table(session, filters).sort_index(), lang)
    shown = ledger_words.columns(lang)
    sheet = LedgerSheet(
        columns=shown,
        rows=[list(row.values()) for row in rows],
        lists={
            next(c.head for c in shown if c.name == "departments_main"): list(ledger_words.departments(lang).values())
        },
        stamp=results.stamp(session, Request(on), lang, guarded=True),
        lang=lang,
    )
    content = ledger_workbook(sheet)
    audit.record(store_of(session), author_of(session), "ledger.export", "ledger", {"items": len(rows)})
    return content


def preview(session: Session, file: Path, on: date) -> Changes:
    """
    What a workbook would change; nothing is written.

    Parameters
    ----------
    file
        Workbook that `workbook` wrote and people edited; rows without an id are new hazards.
    on
        Local day on which items are closed and found where the file does not say.

    Raises
    ------
    InputError
        As in `gislib.sources.ledger_file.read_ledger`.
    """
    items = ledger.table(session)
    rows = read_ledger(file, ledger_words.heads(), ledger_words.KEYS)
    reading = Reading(session, items, [ledger_words.cells(items, lang) for lang in wording.LANGUAGES], on)
    times = Counter(row.cells.get("item_id") for row in rows)
    for row in rows:
        reading.take(row, twice=times[row.cells.get("item_id")] > 1)
    return reading.changes()


def apply(session: Session, changes: Changes) -> Applied:
    """
    Write what a preview showed, all or nothing; conflicts and rejected rows are left out.

    Raises
    ------
    ConflictError
        ``items_stale`` if somebody saved one of the items since the preview; nothing is written.
    """
    require_role(session, "planner")
    saved, added = ledger.write(session, changes.saves, changes.items)
    return Applied(tuple(item.item_id for item in saved), tuple(sorted(added.new)))
