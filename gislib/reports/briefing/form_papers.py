"""Forms as papers, to be written as Word or PDF like the briefing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from gislib import wording
from gislib.domain.errors import InputError
from gislib.reports.briefing import figures
from gislib.reports.briefing.content import MEETING_KINDS
from gislib.reports.briefing.forms import (
    Minutes,
    Order,
    Problem,
    Reminder,
    SignIn,
    check_deadline,
    check_order,
    citable,
)
from gislib.reports.briefing.paper import (
    Annex,
    Block,
    Form,
    FormRow,
    Heading,
    Paper,
    Prose,
    SignOff,
    Table,
    columns,
    day_text,
)
from gislib.reports.metadata import Stamp
from gislib.rules import RuleSet

BLANK: Final = "＿" * 6
_SIGN_IN_WIDTHS: Final = (11.0, 37.0, 18.0, 18.0, 22.0, 28.0, 22.0)
SIGN_IN_ROW_MM, SIGNATURE_MM, MEASURES_MM, OPINION_MM = 12.0, 14.0, 70.0, 50.0
_DECISION_WIDTHS: Final = (12.0, 84.0, 32.0, 28.0)


def order_paper(order: Order, rs: RuleSet) -> Paper:
    """Draft of an order with receipt, report and recheck sheet; errors as `forms.check_order`, RuleError for a rule."""
    check_order(order, rs)
    power = rs.rule("form.order_departments", order.issued_on)
    copies = int(rs.number("form.order_copies", order.issued_on))
    found = _text(
        "found",
        day=_day(order.inspected_on),
        place=order.place or BLANK,
        inspectors=order.inspectors or BLANK,
    )
    blocks: list[Block] = [
        found,
        *_problems(order.problems, rs, order.stamp),
        _text("ordered", deadline=day_text(order.deadline)),
        *_numbered(order.demands or (BLANK,)),
        _text("recheck", day=_day(order.recheck_on)),
        _text("overdue", clause=power.clause),
        _text("copies", copies=copies, contact=order.sender.contact or BLANK),
        SignOff(order.sender.organ or BLANK, day_text(order.issued_on)),
        Annex("", wording.text("form.receipt_title")),
        Form(
            (
                *(
                    FormRow((*_cells(left), *_cells(right)), SIGNATURE_MM)
                    for left, right in (("received_by", "received_on"), ("served_by", "seal"))
                ),
                FormRow((*_cells("receiver", order.receiver), *_cells("number", order.sender.number))),
                FormRow(_cells("measures"), MEASURES_MM),
                FormRow((*_cells("responsible"), *_cells("done_on"))),
                FormRow(_cells("opinion"), OPINION_MM),
                FormRow((*_cells("rechecked_by"), *_cells("rechecked_on"))),
            )
        ),
    ]
    return Paper(
        (wording.text("form.order_title"),), tuple(blocks), order.stamp, wording.text("form.order_mark"),
        number=order.sender.number, addressee=order.receiver or BLANK,
    )  # fmt: skip


def reminder_paper(reminder: Reminder, rs: RuleSet) -> Paper:
    """
    Reminder that passes on what is known and orders nothing.

    Raises
    ------
    InputError
        ``form_without_problem``, ``form_deadline_early`` for a reply before the day of issue.
    """
    if not reminder.problems:
        raise InputError("form_without_problem")
    check_deadline(reminder.reply_by, reminder.issued_on)
    proposed = [_text("proposed"), *_numbered(reminder.proposals)] if reminder.proposals else []
    reply = [_text("reply", day=day_text(reminder.reply_by))] if reminder.reply_by else []
    blocks: list[Block] = [
        _text("known"),
        *_problems(reminder.problems, rs, reminder.stamp),
        *proposed,
        *reply,
        _text("reminder_end", contact=reminder.sender.contact or BLANK),
        SignOff(reminder.sender.organ or BLANK, day_text(reminder.issued_on)),
    ]
    title = wording.text("form.reminder_title", subject=reminder.subject)
    return Paper(
        (title,), tuple(blocks), reminder.stamp, wording.text("briefing.draft"), number=reminder.sender.number,
        addressee=reminder.receiver,
    )  # fmt: skip


def sign_in_paper(sheets: Sequence[SignIn], rs: RuleSet) -> Paper:
    """
    Sheets to sign at every stop, each on pages of its own.

    Parameters
    ----------
    sheets
        At least one; area and stamp are those of the first.
    """
    first = sheets[0]
    title = wording.text("form.sign_in_title", area=first.area)
    blocks: list[Block] = []
    for sheet in sheets:
        blocks += [Annex("", title)] if blocks else []
        blocks += _sign_in(sheet, rs)
    return Paper((title,), tuple(blocks), first.stamp)


def _sign_in(sheet: SignIn, rs: RuleSet) -> tuple[Block, ...]:
    """One sheet: who walks, what to mind, and the stops in order with empty rows after them."""
    least = int(rs.number("form.patrol_people_min", sheet.stamp.as_of))
    cells = [
        *(_cells("shift", sheet.shift), _cells("route", sheet.route), _cells("day", _day(sheet.day))),
        *(_cells("weather"), _cells("unit"), _cells("vehicle")),
        *((wording.text("form.signer", number=number), "") for number in range(1, max(least, sheet.people) + 1)),
    ]
    rows = [FormRow((*left, *right)) for left, right in zip(cells[::2], cells[1::2], strict=False)]
    rows += [FormRow(cells[-1])] if len(cells) % 2 else []
    heads = tuple(
        wording.text(f"form.stop_head_{name}")
        for name in ("serial", "place", "planned", "arrived", "signed", "found", "handled")
    )
    stops = [(stop.name, stop.planned) for stop in sheet.stops] + [("", "")] * sheet.blank_rows
    table = Table(
        columns(heads, _SIGN_IN_WIDTHS, "clccclc"),
        tuple((str(serial), name, planned, "", "", "", "") for serial, (name, planned) in enumerate(stops, start=1)),
        row_mm=SIGN_IN_ROW_MM,
    )
    return Form(tuple(rows)), Prose(wording.text("form.sign_in_note", people=least), indent=False), table


def minutes_paper(minutes: Minutes, rs: RuleSet) -> Paper:
    """
    Frame of the minutes: what was heard and decided, by whom until when, and who was there.

    Raises
    ------
    InputError
        ``meeting_kind_unknown``, ``form_deadline_early`` for a decision due before the meeting.
    """
    if minutes.meeting_kind not in MEETING_KINDS:
        raise InputError("meeting_kind_unknown", kind=minutes.meeting_kind, known=", ".join(MEETING_KINDS))
    for decision in minutes.decisions:
        check_deadline(decision.deadline, minutes.held_on)
    meeting = wording.text(f"briefing.meeting_{minutes.meeting_kind}")
    facts = {"time": day_text(minutes.held_on), "place": minutes.place, "chair": minutes.chair}
    blocks: list[Block] = [
        *(_labelled(name, value) for name, value in facts.items()),
        Heading(wording.text("form.heard_title")),
        *_numbered(minutes.heard or (BLANK,)),
        Heading(wording.text("form.decided_title")),
        *_decisions(minutes, rs),
        *(
            _labelled(name, "、".join(names))
            for name, names in {
                "present": minutes.present, "excused": minutes.excused, "guests": minutes.guests,
            }.items()
        ),
        _labelled("recorder", minutes.recorder),
    ]  # fmt: skip
    title = (wording.text("briefing.title", area=minutes.area), wording.text("form.minutes_title", meeting=meeting))
    return Paper(
        title, tuple(blocks), minutes.stamp, wording.text("briefing.draft"), minutes.organ.strip(),
        head_date=day_text(minutes.held_on),
    )  # fmt: skip


def _decisions(minutes: Minutes, rs: RuleSet) -> list[Block]:
    if not minutes.decisions:
        return list(_numbered((BLANK,)))
    heads = [wording.text(f"form.decision_head_{name}") for name in ("serial", "text", "department", "deadline")]
    rows = tuple(
        (str(serial), one.text, figures.departments(rs, filter(None, (one.department,))), figures.iso(one.deadline))
        for serial, one in enumerate(minutes.decisions, start=1)
    )
    return [Table(columns(heads, _DECISION_WIDTHS, "clcc"), rows)]


def _problems(problems: tuple[Problem, ...], rs: RuleSet, stamp: Stamp) -> list[Block]:
    told = []
    for one in problems:
        rule = citable(rs, one.rule_id, stamp)
        clause = wording.text("form.clause_blank") if rule is None else wording.text("form.clause", clause=rule.clause)
        record = wording.text("form.record", record=one.record or BLANK)
        told.append(wording.text("form.problem", text=one.text, ends=f"{clause}；{record}"))
    return list(_numbered(tuple(told)))


def _numbered(lines: tuple[str, ...]) -> tuple[Block, ...]:
    return tuple(Prose(f"{serial}．{line}") for serial, line in enumerate(lines, start=1))


def _text(name: str, **values: object) -> Prose:
    return Prose(wording.text(f"form.{name}", **values))


def _labelled(name: str, value: str) -> Prose:
    return Prose(value or BLANK, label=wording.text(f"form.label_{name}"))


def _cells(name: str, value: str = "") -> tuple[str, str]:
    """Label and value of one field of a form."""
    return wording.text(f"form.{name}"), value


def _day(day: date | None) -> str:
    return wording.text("form.blank_day") if day is None else day_text(day)
