"""Parts of the briefing that say who does what until when: plan, patrols, responsibilities, rectification, to-do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from gislib import wording
from gislib.reports.briefing import figures
from gislib.reports.briefing.content import CLOSED, Briefing, Duty, LedgerItem, PlanBrief, PlanLine
from gislib.reports.briefing.paper import Annex, Block, Prose, Table, columns
from gislib.reports.briefing.parts import missing, words
from gislib.rules import RuleSet
from gislib.rules.model import Departments

NETS: Final = ("technical", "physical", "people", "mind", "family", "joint")
"""The six nets in the order of the plan."""
_PLAN_WIDTHS: Final = (40.0, 18.0, 12.0, 16.0, 26.0, 20.0, 24.0)
_PATROL_WIDTHS: Final = (30.0, 16.0, 16.0, 22.0, 26.0, 26.0, 20.0)
_DUTY_WIDTHS: Final = (18.0, 11.0, 55.0, 20.0, 26.0, 26.0)
_ITEM_WIDTHS: Final = (20.0, 30.0, 46.0, 20.0, 22.0, 18.0)
_ITEM_SIDES: Final = "cllccc"
_TODO_WIDTHS: Final = (20.0, 30.0, 48.0, 16.0, 22.0, 20.0)


def net_duties(rs: RuleSet, on: date) -> tuple[Duty, ...]:
    """Responsibilities of the six nets as the rules hold them, for a briefing without a table of its own."""
    found = [rs.rule(f"department.net_{net}", on) for net in NETS]
    return tuple(Duty(rule.title, rule.note, rule.departments) for rule in found)


def plan(briefing: Briefing, rs: RuleSet) -> list[Block]:
    """The plan before the meeting, what it costs and what it is worth."""
    shown = briefing.plan
    if shown is None:
        return [missing("plan")]
    status = wording.text("briefing.plan_accepted" if shown.accepted else "briefing.plan_draft")
    told = [
        wording.text(
            "briefing.plan_line",
            name=shown.name,
            plan=shown.plan_id,
            version=shown.version,
            status=status,
            budget=figures.number(shown.budget_yuan),
            cost=figures.number(shown.cost_yuan),
            devices=shown.devices,
        ),
        _worth(briefing, shown),
    ]
    heads = words("plan", "title", "quantity", "unit", "campuses", "cost", "lead", "main")
    rows = [_plan_row(one, rs) for one in shown.lines]
    total = sum(one.cost_yuan for one in shown.lines)
    rows.append((wording.text("briefing.plan_total"), "", "", "", figures.number(total), "", ""))
    table = Table(columns(heads, _PLAN_WIDTHS, "lrcrrll"), tuple(rows), wording.text("briefing.plan_caption"))
    return [*(Prose(text) for text in told), table]


def patrols(briefing: Briefing) -> list[Block]:
    """Shifts with their teams and the share of risk that they serve."""
    found = briefing.patrols
    if found is None:
        return [missing("patrols")]
    if not found:
        return [Prose(wording.text("briefing.patrols_none"))]
    heads = words("patrol", "shift", "teams", "people", "kilometres", "covered", "bound", "uncovered")
    rows = tuple(
        (
            one.shift,
            str(one.teams),
            str(one.people),
            figures.number(one.kilometres, 1),
            figures.percent(one.covered_share),
            figures.percent(one.bound_share),
            str(one.uncovered),
        )
        for one in found
    )
    table = Table(columns(heads, _PATROL_WIDTHS, "lrrrrrr"), rows, wording.text("briefing.patrols_caption"))
    return [Prose(wording.text("briefing.patrols_line")), table]


def duties(briefing: Briefing, rs: RuleSet) -> list[Block]:
    """责任分解表: 类别, 序号, 责任要点 and the three columns of departments."""
    found = briefing.duties
    if not found:
        return [missing("duties")]
    heads = words("duty", "net", "serial", "task", "lead", "main", "support")
    rows = tuple(
        (one.net, str(serial), one.task, *figures.three_columns(rs, one.departments))
        for serial, one in enumerate(found, start=1)
    )
    return [Table(columns(heads, _DUTY_WIDTHS, "cclcll"), rows, wording.text("briefing.duties_caption"))]


def rectification(briefing: Briefing, rs: RuleSet) -> list[Block]:
    """限期整改清单: what is open, the longest overdue first."""
    if briefing.items is None:
        return [missing("items")]
    found = open_items(briefing.items)
    if not found:
        return [Prose(wording.text("briefing.items_none"))]
    late = sum(figures.is_overdue(one, briefing.held_on) for one in found)
    undated = sum(one.deadline is None for one in found)
    line = wording.text("briefing.items_line", open=len(found), overdue=late, undated=undated)
    heads = words("item", "id", "place", "task", "lead", "deadline", "state")
    rows = tuple(
        (
            one.item_id,
            one.place,
            _task(one),
            figures.three_columns(rs, one.departments)[0],
            figures.iso(one.deadline),
            figures.state(one, briefing.held_on),
        )
        for one in found
    )
    return [Prose(line), Table(columns(heads, _ITEM_WIDTHS, _ITEM_SIDES), rows, wording.text("briefing.items_caption"))]


def to_do(briefing: Briefing, rs: RuleSet, label: str) -> list[Block]:
    """One page per department that an open item names, in the order of the rules; without any a page that says so."""
    named = departments_named(briefing, rs)
    if not named:
        reason = "briefing.missing_items" if briefing.items is None else "briefing.items_none"
        return [Annex(label, wording.text("briefing.todo_title_none")), Prose(wording.text(reason))]
    return [
        block
        for serial, code in enumerate(named, start=1)
        for block in (Annex(f"{label}-{serial}", todo_title(rs, code)), *department_to_do(briefing, code))
    ]


def departments_named(briefing: Briefing, rs: RuleSet) -> list[str]:
    """Departments that an open item names, in the order of the rules; codes that the rules no longer hold come last."""
    found = open_items(briefing.items or ())
    return [code for code in _known_first(rs, found) if any(_role(one.departments, code) for one in found)]


def todo_title(rs: RuleSet, code: str) -> str:
    """Title of the page of a department."""
    return wording.text("briefing.todo_title", department=figures.department(rs, code))


def department_to_do(briefing: Briefing, code: str) -> list[Block]:
    """What one department has to do: counts by its role, and its open items by deadline."""
    own = [one for one in open_items(briefing.items or ()) if _role(one.departments, code)]
    counts = {role: sum(_role(one.departments, code) == role for one in own) for role in ("lead", "main", "support")}
    heads = words("todo", "id", "place", "task", "role", "deadline", "state")
    rows = tuple(_todo_row(one, code, briefing.held_on) for one in own)
    line = wording.text("briefing.todo_line", **counts)
    return [Prose(line), Table(columns(heads, _TODO_WIDTHS, _ITEM_SIDES), rows)]


def open_items(items: Iterable[LedgerItem]) -> list[LedgerItem]:
    """Items not closed, by deadline, those without one last."""
    return sorted(
        (one for one in items if one.state != CLOSED),
        key=lambda one: (one.deadline is None, one.deadline or date.max, one.item_id),
    )


def _worth(briefing: Briefing, shown: PlanBrief) -> str:
    """What the plan changes; says so where it was not worked out."""
    if shown.reduction_share is None or not shown.grades_after or briefing.situation is None:
        return wording.text("briefing.missing_worth")
    return wording.text(
        "briefing.plan_worth",
        reduction=figures.percent(shown.reduction_share),
        before=figures.grades(briefing.situation.grades),
        after=figures.grades(shown.grades_after),
    )


def _plan_row(one: PlanLine, rs: RuleSet) -> tuple[str, ...]:
    lead, main, _ = figures.three_columns(rs, one.departments)
    cost = figures.number(one.cost_yuan)
    return one.title, figures.quantity(one.quantity), one.unit, str(one.campuses), cost, lead, main


def _task(one: LedgerItem) -> str:
    """What is wrong and what is to be done."""
    return wording.text("briefing.task", title=one.title, measure=one.measure) if one.measure else one.title


def _known_first(rs: RuleSet, items: list[LedgerItem]) -> list[str]:
    """Departments in the order of the rules, codes that the rules no longer hold after them."""
    known = list(rs.kinds("department"))
    others = {code for one in items for code in _codes(one.departments)} - set(known)
    return [*known, *sorted(others)]


def _codes(who: Departments) -> tuple[str, ...]:
    return tuple(code for code in (who.lead, *who.main, *who.support) if code)


def _role(who: Departments, code: str) -> str:
    """``lead``, ``main``, ``support`` or "": the strongest role of a department."""
    if code == who.lead:
        return "lead"
    return "main" if code in who.main else ("support" if code in who.support else "")


def _todo_row(one: LedgerItem, code: str, on: date) -> tuple[str, ...]:
    role = wording.text(f"briefing.role_{_role(one.departments, code)}")
    return one.item_id, one.place, _task(one), role, figures.iso(one.deadline), figures.state(one, on)
