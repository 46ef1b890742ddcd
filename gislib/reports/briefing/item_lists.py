"""
Lists of open items: the short ones of the briefing, which hold what is most urgent, and the whole one of a department.

A meeting reads one page per list. The rest is counted there and stands in the file of the department and the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from gislib import wording
from gislib.reports.briefing import figures
from gislib.reports.briefing.content import CLOSED, Briefing, LedgerItem
from gislib.reports.briefing.fitting import PAGE_PT, rows_that_fit
from gislib.reports.briefing.paper import Annex, Block, Prose, Table, columns
from gislib.reports.briefing.parts import missing, words
from gislib.rules import RuleSet
from gislib.rules.model import Departments

TODO_ROOM_PT: Final = PAGE_PT - 215.0
"""Table of a to-do page: the page without label, title, counts, the line about the rest, and spaces."""
ITEMS_ROOM_PT: Final = PAGE_PT - 175.0
"""限期整改清单: a page without heading, counts, caption, the line about the rest, and spaces."""
_GRADES: Final = ("red", "orange", "yellow", "blue")
_ROLES: Final = ("lead", "main", "support")
_SHORT_HEADS: Final = ("id", "task", "role", "deadline", "state")
_SHORT_WIDTHS: Final = (18.0, 75.0, 20.0, 24.0, 19.0)
_SHORT_SIDES: Final = "clccc"
_WHOLE_WIDTHS: Final = (18.0, 30.0, 47.0, 18.0, 23.0, 20.0)
_WHOLE_SIDES: Final = "cllccc"


def rectification(briefing: Briefing, rs: RuleSet) -> list[Block]:
    """限期整改清单: what is open and most urgent, as much as fits on a page."""
    if briefing.items is None:
        return [missing("items")]
    found = open_items(briefing.items)
    if not found:
        return [Prose(wording.text("briefing.items_none"))]
    late = sum(figures.is_overdue(one, briefing.held_on) for one in found)
    undated = sum(one.deadline is None for one in found)
    line = wording.text("briefing.items_line", open=len(found), overdue=late, undated=undated)
    leads = [figures.three_columns(rs, one.departments)[0] for one in found]
    heads = words("item", "id", "task", "lead", "deadline", "state")
    table, left = _short(heads, found, leads, briefing.held_on, ITEMS_ROOM_PT, wording.text("briefing.items_caption"))
    return [Prose(line), table, *_rest("items", len(found) - left, left)]


def to_do(briefing: Briefing, rs: RuleSet, label: str) -> list[Block]:
    """One page per department that an open item names, in the order of the rules; without any a page that says so."""
    named = departments_named(briefing, rs)
    if not named:
        reason = "briefing.missing_items" if briefing.items is None else "briefing.items_none"
        return [Annex(label, wording.text("briefing.todo_title_none")), Prose(wording.text(reason))]
    return [
        block
        for serial, code in enumerate(named, start=1)
        for block in (Annex(f"{label}-{serial}", todo_title(rs, code)), *department_page(briefing, code))
    ]


def printed(briefing: Briefing, rs: RuleSet) -> list[LedgerItem]:
    """Items that stand in a list of the briefing."""
    blocks = (*rectification(briefing, rs), *to_do(briefing, rs, ""))
    ids = {row[0] for block in blocks if isinstance(block, Table) for row in block.rows}
    return [one for one in briefing.items or () if one.item_id in ids]


def departments_named(briefing: Briefing, rs: RuleSet) -> list[str]:
    """Departments that an open item names, in the order of the rules; codes that the rules no longer hold come last."""
    named = {code for one in open_items(briefing.items or ()) for code in _codes(one.departments)}
    known = list(rs.kinds("department"))
    return [*(code for code in known if code in named), *sorted(named - set(known))]


def todo_title(rs: RuleSet, code: str) -> str:
    """Title of the page of a department."""
    return wording.text("briefing.todo_title", department=figures.office(rs, code))


def department_page(briefing: Briefing, code: str) -> list[Block]:
    """What is most urgent for one department, as much as fits on its page, and how much more there is."""
    own = _own_items(briefing, code)
    heads = words("todo", *_SHORT_HEADS)
    roles = [_role_text(one, code) for one in own]
    table, left = _short(heads, own, roles, briefing.held_on, TODO_ROOM_PT)
    return [_counts(own, code), table, *_rest("todo", len(own) - left, left)]


def department_to_do(briefing: Briefing, code: str) -> list[Block]:
    """Everything that one department has to do: counts by its role, and all its open items, the most urgent first."""
    own = _own_items(briefing, code)
    heads = words("todo", "id", "place", "task", "role", "deadline", "state")
    rows = tuple(
        (one.item_id, one.place, _task(one), _role_text(one, code), *_due(one, briefing.held_on)) for one in own
    )
    return [_counts(own, code), Table(columns(heads, _WHOLE_WIDTHS, _WHOLE_SIDES), rows)]


def open_items(items: Iterable[LedgerItem], code: str = "") -> list[LedgerItem]:
    """
    Items not closed, the most urgent first: by deadline (none last), grade (unknown last), role of a department, id.

    Parameters
    ----------
    code
        Department whose own tasks (as lead or main) come before those it only supports, "" = none.
    """
    return sorted((one for one in items if one.state != CLOSED), key=lambda one: _urgency(one, code))


def _urgency(one: LedgerItem, code: str) -> tuple[bool, bool, date, int, int, str]:
    grade = _GRADES.index(one.grade) if one.grade in _GRADES else len(_GRADES)
    role = _role(one.departments, code)
    place = _ROLES.index(role) if role else len(_ROLES)
    supports = role == "support"
    return supports, one.deadline is None, one.deadline or date.max, grade, place, one.item_id


def _own_items(briefing: Briefing, code: str) -> list[LedgerItem]:
    return [one for one in open_items(briefing.items or (), code) if _role(one.departments, code)]


def _counts(own: list[LedgerItem], code: str) -> Prose:
    roles = [_role(one.departments, code) for one in own]
    return Prose(wording.text("briefing.todo_line", **{role: roles.count(role) for role in _ROLES}))


def _short(
    heads: tuple[str, ...], items: list[LedgerItem], who: list[str], on: date, room_pt: float, caption: str = ""
) -> tuple[Table, int]:
    """Table of the first items that fit, and how many are left out; a measure is said once where it repeats."""
    rows, said = [], ""
    for one, own in zip(items, who, strict=True):
        rows.append((one.item_id, _brief_task(one, said), own, *_due(one, on)))
        said = one.measure
    table = columns(heads, _SHORT_WIDTHS, _SHORT_SIDES)
    shown = rows_that_fit(table, rows, room_pt)
    return Table(table, tuple(rows[:shown]), caption), len(rows) - shown


def _rest(name: str, shown: int, left: int) -> list[Block]:
    """Line about what a short list leaves out; none if it is complete."""
    return [Prose(wording.text(f"briefing.{name}_more", shown=shown, left=left))] if left else []


def _task(one: LedgerItem) -> str:
    """What is wrong and what is to be done."""
    return wording.text("briefing.task", title=one.title, measure=one.measure) if one.measure else one.title


def placed_title(one: LedgerItem) -> str:
    """What is wrong, with the place before it, or what the title does not name of it behind."""
    parts = one.place.split("·")
    unnamed = [part for part in parts if part not in one.title]
    if not unnamed:
        return one.title
    key = "briefing.at_place" if len(unnamed) == len(parts) else "briefing.near_place"
    return wording.text(key, place="·".join(unnamed), title=one.title)


def _brief_task(one: LedgerItem, said: str) -> str:
    """What is wrong and where, and what is to be done unless the row above says the same."""
    title = placed_title(one)
    if not one.measure:
        return title
    measure = wording.text("briefing.measure_same") if one.measure == said else one.measure
    return wording.text("briefing.task", title=title, measure=measure)


def _due(one: LedgerItem, on: date) -> tuple[str, str]:
    return figures.iso(one.deadline), figures.state(one, on)


def _codes(who: Departments) -> tuple[str, ...]:
    return tuple(code for code in (who.lead, *who.main, *who.support) if code)


def _role(who: Departments, code: str) -> str:
    """``lead``, ``main``, ``support`` or "": the strongest role of a department."""
    if not code:
        return ""
    if code == who.lead:
        return "lead"
    return "main" if code in who.main else ("support" if code in who.support else "")


def _role_text(one: LedgerItem, code: str) -> str:
    return wording.text(f"briefing.role_{_role(one.departments, code)}")
