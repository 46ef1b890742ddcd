"""Forms about items of a meeting: the order of a department with the power, the reminder to a school or an office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.planning import briefings
from gislib.planning.session import Session, require_role
from gislib.reports.briefing import figures, item_lists
from gislib.reports.briefing.content import Briefing, LedgerItem
from gislib.reports.briefing.form_papers import order_paper, reminder_paper
from gislib.reports.briefing.forms import Order, Problem, Reminder, Sender
from gislib.reports.briefing.paper import Paper

ReceiverKind: TypeAlias = Literal["campus", "education", "department"]
EDUCATION: Final = "education"
"""Department that schools report to."""
_SCHOOLS: Final = "schools"
_HAS_OWNER: Final = ("venue", "rental")
"""Kinds of places that somebody runs; orders go to nobody else by themselves."""
_RAISED: Final = ("finding", "audit", "water", "risk")
"""Sources whose measure is a task of departments; others were typed in by people."""


@dataclass(frozen=True)
class Receiver:
    """Who is reminded: a campus, the education bureau, or another department; as the letter names them."""

    kind: ReceiverKind
    name: str


def receivers(items: Sequence[LedgerItem]) -> tuple[Receiver, ...]:
    """Who may be reminded of items: their campuses, the education bureau, and every other department."""
    campuses = dict.fromkeys(one.campus for one in items if one.campus)
    rs = rules.load()
    codes = [EDUCATION, *(code for code in rs.kinds("department") if code not in (EDUCATION, _SCHOOLS))]
    return (
        *(Receiver("campus", name) for name in campuses),
        *(Receiver("education" if code == EDUCATION else "department", figures.office(rs, code)) for code in codes),
    )


def order(session: Session, meeting_id: str, item_id: str, sender: Sender, deadline: date | None = None) -> Paper:
    """
    Draft of an order to rectify one item, by a department with the power, to who runs the place.

    Where nobody is known to run it, the receiver is left blank. What departments are to do is not demanded of them.

    Parameters
    ----------
    deadline
        None: that of the item.

    Raises
    ------
    InputError
        ``form_no_power``, ``meeting_item_unknown``, ``meeting_item_undated``, ``meeting_item_everywhere`` (nobody to
        address it to); ``form_deadline_early`` for a day before the meeting.
    """
    require_role(session, "planner")
    told = briefings.briefing(session, meeting_id)
    item = _item(told, item_id)
    if item.whole_area:
        raise InputError("meeting_item_everywhere", item=item_id)
    due = deadline or item.deadline
    if due is None:
        raise InputError("meeting_item_undated", item=item_id)
    owner = item.own_place if item.place_kind in _HAS_OWNER else ""
    asked = Order(
        sender=sender, receiver=owner, problems=(Problem(item.title, item.rule_id),),
        demands=_demands(item), deadline=due, issued_on=told.held_on,
        stamp=told.stamp, place=owner or item.place,
    )  # fmt: skip
    return order_paper(asked, rules.load())


def reminder(session: Session, meeting_id: str, item_ids: Sequence[str], receiver: Receiver, sender: Sender) -> Paper:
    """
    Reminder that passes items on to a school or another office; it orders nothing.

    Raises
    ------
    InputError
        ``meeting_item_unknown``, ``form_without_problem``.
    """
    require_role(session, "planner")
    told = briefings.briefing(session, meeting_id)
    items = [_item(told, item_id) for item_id in item_ids]
    asked = Reminder(
        sender=sender, receiver=receiver.name, subject=_subject(items),
        problems=tuple(Problem(item_lists.placed_title(one), one.rule_id) for one in items),
        proposals=tuple(dict.fromkeys(text for one in items if (text := _proposal(one, receiver.kind)))),
        issued_on=told.held_on, stamp=told.stamp,
    )  # fmt: skip
    return reminder_paper(asked, rules.load())


def _demands(item: LedgerItem) -> tuple[str, ...]:
    """What who runs the place is to do."""
    if item.source == "finding":
        return tuple(wording.text(f"form.order_{name}") for name in ("finding", "finding_then"))
    typed = (item.measure,) if item.measure and item.source not in _RAISED else ()
    return typed or (wording.text("form.order_other"),)


def _proposal(item: LedgerItem, kind: ReceiverKind) -> str:
    """What is proposed to a receiver; to a department the measure itself."""
    if kind == "department" or item.source not in _RAISED:
        return item.measure or wording.text(
            "form.propose_campus_other" if kind == "campus" else "form.propose_education_other"
        )
    return wording.text(f"form.propose_{kind}_{item.source}")


def _subject(items: Sequence[LedgerItem]) -> str:
    return items[0].title if len(items) == 1 else wording.text("meetings.subject_items", count=len(items))


def _item(told: Briefing, item_id: str) -> LedgerItem:
    found = next((one for one in told.items or () if one.item_id == item_id), None)
    if found is None:
        raise InputError("meeting_item_unknown", item=item_id)
    return found
