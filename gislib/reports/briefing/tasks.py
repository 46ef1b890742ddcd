"""Parts of the briefing about what is planned and who answers for it: plan, patrols, responsibilities."""

from __future__ import annotations

from datetime import date
from typing import Final

from gislib import wording
from gislib.reports.briefing import figures
from gislib.reports.briefing.content import Briefing, Duty, PlanBrief, PlanLine
from gislib.reports.briefing.fitting import PAGE_PT, rows_that_fit
from gislib.reports.briefing.paper import Block, Prose, Table, columns
from gislib.reports.briefing.parts import missing, words
from gislib.rules import RuleSet

NETS: Final = ("technical", "physical", "people", "mind", "family", "joint")
"""The six nets in the order of the plan."""
_PLAN_WIDTHS: Final = (38.5, 18.0, 12.0, 16.0, 25.0, 21.0, 25.5)
_PATROL_WIDTHS: Final = (30.0, 16.0, 16.0, 22.0, 26.0, 26.0, 20.0)
_DUTY_WIDTHS: Final = (18.0, 11.0, 55.0, 20.0, 26.0, 26.0)
DUTIES_ROOM_PT: Final = PAGE_PT - 145.0
"""责任分解表: a page without heading, caption, the line about the rest, and spaces."""


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
    """责任分解表: 类别, 序号, 责任要点 and the three columns of departments, as much as fits on a page."""
    found = briefing.duties
    if not found:
        return [missing("duties")]
    heads = words("duty", "net", "serial", "task", "lead", "main", "support")
    rows = tuple(
        (one.net, str(serial), one.task, *figures.three_columns(rs, one.departments))
        for serial, one in enumerate(found, start=1)
    )
    table = columns(heads, _DUTY_WIDTHS, "cclcll")
    shown = rows_that_fit(table, rows, DUTIES_ROOM_PT)
    left = len(rows) - shown
    rest = [Prose(wording.text("briefing.duties_more", left=left))] if left else []
    return [Table(table, rows[:shown], wording.text("briefing.duties_caption")), *rest]


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
