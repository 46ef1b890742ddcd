"""Rows of a ledger workbook against the ledger as it stands: what each would change, or why it cannot be taken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from gislib import rules
from gislib.domain.errors import GislibError, InputError
from gislib.planning import ledger, ledger_words
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, in_scope
from gislib.reports.ledger_book import Cell
from gislib.sources.ledger_file import LedgerRow
from gislib.store import item_facts, item_rows, item_steps
from gislib.store.item_facts import Facts
from gislib.store.items import WHOLE_AREA, NewItem, Save

_STEPS: Final = {
    (item_steps.FOUND, item_steps.ASSIGNED): "assign",
    (item_steps.ASSIGNED, item_steps.RECTIFYING): "start",
    (item_steps.RECTIFYING, item_steps.RECHECK): "submit",
    (item_steps.RECHECK, item_steps.CLOSED): "close",
    (item_steps.ASSIGNED, item_steps.FOUND): "give_back",
    (item_steps.RECHECK, item_steps.RECTIFYING): "give_back",
    (item_steps.RECTIFYING, item_steps.ASSIGNED): "reassign",
    (item_steps.CLOSED, item_steps.RECHECK): "reopen",
}
"""Step that leads from one state to another; to close an item as unfounded is for the page, which asks why."""
_COLUMN_OF: Final = {
    "item_title": "title", "item_position": "lon", "item_department": "department_lead",
    "item_deadline_early": "deadline", "item_deadline_locked": "deadline", "item_deadline_later": "deadline",
    "item_not_assignable": "department_lead", "item_step": "state", "ledger_step_none": "state",
    "item_reason_missing": "reason", "item_closed_on": "closed_on", "item_key_live": "state",
    "item_place_missing": "school", "ledger_school_unknown": "school", "area_not_yours": "lon",
}  # fmt: skip
"""Column in which a refused row is to be mended, by error code."""


@dataclass(frozen=True)
class FieldChange:
    """One cell: words before and after, None = blank."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class RowChange:
    """One row that changes an item, or puts down a new one (``item_id`` None); ``step``: see `item_steps`."""

    row: int
    item_id: str | None
    title: str
    step: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Conflict:
    """One row whose item was saved by somebody since the file was written; its changes are left out."""

    row: int
    item_id: str
    mine: int
    theirs: int
    actor: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Rejected:
    """One row that cannot be taken: the column to mend, and the message."""

    row: int
    item_id: str | None
    column: str
    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """What a file would do; ``absent``: items that it does not name, which stay as they are."""

    changed: tuple[RowChange, ...]
    new: tuple[RowChange, ...]
    conflicts: tuple[Conflict, ...]
    rejected: tuple[Rejected, ...]
    unchanged: int
    absent: int
    saves: tuple[Save, ...]
    items: tuple[NewItem, ...]


@dataclass
class Reading:
    """
    Rows of a file, taken one after the other.

    ``items``: the `gislib.planning.ledger.table` of the actor; ``words``: its cells per language, in the same order;
    ``on``: day on which items are closed and found where the file does not say.
    """

    session: Session
    items: pd.DataFrame
    words: Sequence[Sequence[Mapping[str, Cell]]]
    on: date
    changed: list[tuple[RowChange, Save]] = field(default_factory=list)
    new: list[tuple[RowChange, NewItem]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    unchanged: int = 0
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look-ups by id and by key."""
        self._place = {str(item_id): at for at, item_id in enumerate(self.items.index)}
        records = self.items.reset_index().to_dict("records")
        self._rows = [{str(name): value for name, value in record.items()} for record in records]
        live = self.items[(self.items["outcome"] != item_steps.RECTIFIED) & self.items["source_key"].notna()]
        self._live = dict(zip(live["source_key"], live.index, strict=True))
        self._keys = set(self.items["source_key"].dropna())

    def take(self, row: LedgerRow, *, twice: bool = False) -> None:
        """Read one row; ``twice``: another row has the same id."""
        item_id = row.cells.get("item_id")
        try:
            if item_id is None:
                self._take_new(row)
            else:
                self._take_item(row, item_id, twice=twice)
        except _Refusal as refusal:
            self.rejected.append(Rejected(row.number, item_id, refusal.column, refusal.code, refusal.told))

    def changes(self) -> Changes:
        """All of it."""
        return Changes(
            changed=tuple(change for change, _ in self.changed),
            new=tuple(change for change, _ in self.new),
            conflicts=tuple(self.conflicts),
            rejected=tuple(self.rejected),
            unchanged=self.unchanged,
            absent=len(self._place.keys() - self.seen),
            saves=tuple(save for _, save in self.changed),
            items=tuple(item for _, item in self.new),
        )

    def _take_item(self, row: LedgerRow, item_id: str, *, twice: bool) -> None:
        at = self._place.get(item_id)
        if twice:
            raise _Refusal("item_id", "ledger_row_twice", {"item": item_id})
        if at is None:
            raise _Refusal("item_id", "item_unknown", {"id": item_id})
        self.seen.add(item_id)
        version = _whole(row.cells.get("version"))
        check = row.cells.get("check") or ""
        own, content = ledger_words.check_of(item_id, version), ledger_words.content_of(row.cells)
        if not check.startswith(own):
            raise _Refusal("item_id", "ledger_id_changed", {"item": item_id})
        current = self._rows[at]
        # What the workbook only shows may have got another name since, or be gone; that is nobody's change.
        as_shown = check.endswith(ledger_words.content_of(row.cells, ledger_words.PROTECTED))
        fields = self._differences(row, at, left_out=ledger_words.PROTECTED if as_shown else ())
        moved = version != current["version"]
        if not fields or (moved and check.startswith(own + content)):
            self.unchanged += 1
        elif moved:
            who = str(current["changed_by"])
            self.conflicts.append(Conflict(row.number, item_id, version, int(current["version"]), who, fields))
        else:
            save = self._save(row, current, fields)
            self.changed.append((RowChange(row.number, item_id, str(current["title"]), save.step, fields), save))

    def _differences(self, row: LedgerRow, at: int, left_out: Sequence[str]) -> tuple[FieldChange, ...]:
        """Cells that are not what either language would have written; a reason alone is no change."""
        found = []
        for name, cell in row.cells.items():
            if name in (*ledger_words.KEYS, "reason", *left_out):
                continue
            written = [ledger_words.as_file(words[at][name]) for words in self.words]
            if cell not in written:
                found.append(FieldChange(name, written[0], cell))
        return tuple(found)

    def _save(self, row: LedgerRow, current: Mapping[str, Any], fields: Sequence[FieldChange]) -> Save:
        """
        Step that does what the row says, checked as the store will.

        Raises
        ------
        _Refusal
        """
        touched = {change.column for change in fields}
        for name in ledger_words.PROTECTED:
            if name in touched:
                raise _Refusal(name, "ledger_cell_protected", {"column": name})
        told = {name: _value(name, row.cells.get(name)) for name in touched}
        state_before, state = str(current["state"]), str(told.get("state", current["state"]))
        changes: dict[str, Any] = {name: told[name] for name in ledger_words.EDITABLE if name in told}
        step = _step(state_before, state, changes)
        closes = step == "close"
        if "closed_on" in touched and not closes:
            raise _Refusal("closed_on", "ledger_cell_protected", {"column": "closed_on"})
        day = (told.get("closed_on") or self.on) if closes else None
        item_id, found_on = str(current["item_id"]), date.fromisoformat(str(current["found_on"]))
        save = Save(item_id, int(current["version"]), step, changes, row.cells.get("reason"), day)
        try:
            _check(save, current, found_on)
            self._check_area(save, current)
            self._check_reopened(save, current)
        except GislibError as problem:
            raise _Refusal(_COLUMN_OF.get(problem.code, _named(problem)), problem.code, problem.values) from problem
        return save

    def _check_area(self, save: Save, current: Mapping[str, Any]) -> None:
        code = ledger.area_after(self.session, ledger_words.facts_of(current), save.changes)
        if not in_scope(self.session, code):
            raise InputError("area_not_yours", actor=self.session.actor, area=code or "")

    def _check_reopened(self, save: Save, current: Mapping[str, Any]) -> None:
        other = self._live.get(current["source_key"])
        if save.step == "reopen" and other is not None and other != save.item_id:
            raise InputError("item_key_live", item=save.item_id, other=other)

    def _take_new(self, row: LedgerRow) -> None:
        """Put down a hazard that has no id yet; one that an earlier import put down is left as it is."""
        blank = all(cell is None for cell in row.cells.values())
        if blank:
            return
        if any(row.cells.get(name) is not None for name in ledger_words.KEYS):
            raise _Refusal("item_id", "ledger_id_changed", {"item": ""})
        names = (*ledger_words.EDITABLE, "state", "found_on", "closed_on")
        told = {name: _value(name, row.cells.get(name)) for name in names}
        found_on = told.pop("found_on") or self.on
        state, closed_on = told.pop("state") or item_steps.FOUND, told.pop("closed_on")
        try:
            school_id = self._school(row.cells.get("school"))
            days = rules.load().table(ledger.DEADLINES, found_on)["import"]
            deadline = told.pop("deadline") or found_on + timedelta(days=int(days))
            facts = Facts(**(told | {"title": told["title"] or ""}), school_id=school_id, deadline=deadline)
            facts = ledger.located(self.session, facts)
            item = NewItem("import", found_on, facts, _key(facts, found_on), state, closed_on)
            item_rows.prepared(item)
            if not in_scope(self.session, facts.area_code):
                raise InputError("area_not_yours", actor=self.session.actor, area=facts.area_code or "")
        except GislibError as problem:
            raise _Refusal(_COLUMN_OF.get(problem.code, _named(problem)), problem.code, problem.values) from problem
        if item.source_key in self._keys:
            self.unchanged += 1
            return
        self._keys.add(str(item.source_key))
        fields = tuple(FieldChange(name, None, cell) for name, cell in row.cells.items() if cell is not None)
        self.new.append((RowChange(row.number, None, facts.title, item_steps.ADD, fields), item))

    def _school(self, name: str | None) -> str | None:
        """Id of the campus of a name or id, None for a blank cell."""
        schools = tables_of(self.session.workspace)["schools"]
        if name is None or name in schools.index:
            return name
        found = schools.index[(schools["name"] == name).to_numpy(bool)]
        if len(found) != 1:
            raise InputError("ledger_school_unknown", school=name, count=len(found))
        return str(found[0])


class _Refusal(Exception):  # noqa: N818 - no error of the program: a row that is not taken
    """One row that cannot be taken."""

    def __init__(self, column: str, code: str, told: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.column, self.code, self.told = column, code, told


def _value(column: str, cell: str | None) -> Any:  # noqa: ANN401 - the value of any column
    try:
        return ledger_words.value(column, cell)
    except InputError as problem:
        raise _Refusal(column, problem.code, problem.values) from problem


def _step(before: str, after: str, changes: Mapping[str, Any]) -> str:
    if before == after:
        return item_steps.EXTEND if "deadline" in changes and before != item_steps.FOUND else item_steps.EDIT
    step = _STEPS.get((before, after))
    if step is None:
        raise _Refusal("state", "ledger_step_none", {"before": before, "after": after})
    return step


def _check(save: Save, current: Mapping[str, Any], found_on: date) -> None:
    """Refuse what the store would refuse, so that one row does not hold up the others."""
    state = item_steps.state_after(save.item_id, str(current["state"]), save.step, save.reason)
    old = ledger_words.facts_of(current)
    new = old
    if save.changes:
        told, anywhere = item_facts.changed(old, save.changes), current["source"] in WHOLE_AREA
        new = item_facts.checked(told, found_on, anywhere=anywhere)
    item_steps.check_deadline(save.item_id, save.step, str(current["state"]), old, new)
    item_steps.check_assigned(save.item_id, state, new)
    if save.on is not None and save.on < found_on:
        raise InputError("item_closed_on", item=save.item_id, found_on=found_on)


def _named(problem: GislibError) -> str:
    """Column that an error names itself."""
    told: Mapping[str, object] = problem.values  # noqa: PD011 - no table
    return str(told.get("column", "item_id"))


def _whole(cell: str | None) -> int:
    return int(cell) if cell is not None and cell.isdecimal() else 0


def _key(facts: Facts, found_on: date) -> str:
    told = [facts.title, facts.school_id, facts.lon, facts.lat, found_on.isoformat()]
    return f"import:{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"
