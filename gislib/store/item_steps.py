"""
States of a ledger item and the steps between them.

::

    found 发现 → assigned 交办 → rectifying 整改中 → recheck 待复查 → closed 销号
    give_back 退回: assigned → found, recheck → rectifying        extend 延期: same state, later deadline
    reassign 转办: back to assigned, another department        dismiss 不属实: any open state → closed
    reopen: closed → recheck
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gislib.domain.errors import StoreError
from gislib.store.item_facts import Facts

FOUND: Final = "found"
ASSIGNED: Final = "assigned"
RECTIFYING: Final = "rectifying"
RECHECK: Final = "recheck"
CLOSED: Final = "closed"
STATES: Final = (FOUND, ASSIGNED, RECTIFYING, RECHECK, CLOSED)
RECTIFIED: Final = "rectified"
UNFOUNDED: Final = "unfounded"
OUTCOMES: Final = (RECTIFIED, UNFOUNDED)
ADD: Final = "add"
EDIT: Final = "edit"
EXTEND: Final = "extend"


@dataclass(frozen=True)
class Step:
    """
    One kind of step.

    ``ways``: state before → state after. ``reasoned``: a reason must be given. ``sets_deadline``: the deadline may
    change (in state found it always may). ``outcome``: what a closing step says.
    """

    ways: Mapping[str, str]
    reasoned: bool = False
    sets_deadline: bool = False
    outcome: str | None = None


STEPS: Final[Mapping[str, Step]] = {
    EDIT: Step({state: state for state in STATES if state != CLOSED}),
    "assign": Step({FOUND: ASSIGNED}, sets_deadline=True),
    "reassign": Step({ASSIGNED: ASSIGNED, RECTIFYING: ASSIGNED}, reasoned=True, sets_deadline=True),
    "start": Step({ASSIGNED: RECTIFYING}),
    "submit": Step({RECTIFYING: RECHECK}),
    "give_back": Step({ASSIGNED: FOUND, RECHECK: RECTIFYING}, reasoned=True),
    EXTEND: Step({state: state for state in (ASSIGNED, RECTIFYING, RECHECK)}, reasoned=True, sets_deadline=True),
    "close": Step({RECHECK: CLOSED}, outcome=RECTIFIED),
    "dismiss": Step(dict.fromkeys(STATES[:-1], CLOSED), reasoned=True, outcome=UNFOUNDED),
    "reopen": Step({CLOSED: RECHECK}, reasoned=True),
}


def state_after(item_id: str, state: str, step: str, reason: str | None) -> str:
    """
    State to which a step leads.

    Raises
    ------
    StoreError
        ``item_step_unknown``, ``item_step`` (not from this state), ``item_reason_missing``.
    """
    rule = STEPS.get(step)
    if rule is None:
        raise StoreError("item_step_unknown", step=step, known=", ".join(STEPS))
    if state not in rule.ways:
        raise StoreError("item_step", item=item_id, state=state, step=step)
    if rule.reasoned and reason is None:
        raise StoreError("item_reason_missing", item=item_id, step=step)
    return rule.ways[state]


def check_deadline(item_id: str, step: str, state: str, before: Facts, after: Facts) -> None:
    """
    Refuse to put off a deadline in silence.

    Raises
    ------
    StoreError
        ``item_deadline_locked`` if this step leaves deadlines alone, ``item_deadline_later`` if an extension does not
        lead to a later day.
    """
    moved = before.deadline != after.deadline
    if moved and state != FOUND and not STEPS[step].sets_deadline:
        raise StoreError("item_deadline_locked", item=item_id)
    if step == EXTEND and not (moved and _later(before.deadline, after.deadline)):
        raise StoreError("item_deadline_later", item=item_id, deadline=before.deadline)


def check_assigned(item_id: str, state: str, facts: Facts) -> None:
    """
    Whoever is to act and until when is known once an item was assigned.

    Raises
    ------
    StoreError
        ``item_not_assignable``.
    """
    if state in {ASSIGNED, RECTIFYING, RECHECK} and (facts.department_lead is None or facts.deadline is None):
        raise StoreError("item_not_assignable", item=item_id)


def _later(before: date | None, after: date | None) -> bool:
    return before is not None and after is not None and after > before
