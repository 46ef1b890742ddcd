"""What the user does to a plan on the map: each act is one edit of the store, its outcome kept for the next run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from gislib.assessment import Request
from gislib.domain.errors import ConflictError, GislibError
from gislib.planning import plans
from gislib.planning.session import Session
from gislib.store.plan_state import Plan
from gislib.ui import state
from gislib.ui.map_editing import Act

_SLOT: Final = "plan.outcome"


@dataclass(frozen=True, eq=False)
class Outcome:
    """
    What became of the last act.

    ``act``: what was asked. ``problem``: why nothing was written, None if it was. ``seen``: the plan that the user saw,
    kept where somebody else had saved a newer one.
    """

    act: Act
    problem: GislibError | None = None
    seen: Plan | None = None

    @property
    def refused_at(self) -> tuple[float, float] | None:
        """Place (longitude, latitude) of an act that was not done."""
        lon, lat = self.act.lon, self.act.lat
        return None if self.problem is None or lon is None or lat is None else (lon, lat)


def outcome(plan_id: str) -> Outcome | None:
    """Outcome of the last act on a plan in this browser tab."""
    kept = state.noted(_SLOT)
    return kept[1] if kept and kept[0] == plan_id else None


def settle(plan_id: str) -> None:
    """The last act's problem has been dealt with; its serial stays known."""
    last = outcome(plan_id)
    if last is not None and last.problem is not None:
        state.note(_SLOT, (plan_id, replace(last, problem=None, seen=None)))


def acting(session: Session, request: Request, plan: Plan) -> Callable[[Act], None]:
    """Doer of acts on a plan as it is drawn now: a later version in the store refuses them."""

    def act(asked: Act) -> None:
        last = outcome(plan.head.plan_id)
        if last is not None and last.act.serial == asked.serial:
            return  # the browser asked again for what was done
        do(session, request, plan, asked)

    return act


def do(session: Session, request: Request, plan: Plan, asked: Act) -> None:
    """Carry an act out and keep its outcome; an error of ours is kept, not raised."""
    try:
        chosen = _carry_out(session, request, plan, asked)
        done = Outcome(asked)
    except ConflictError as problem:
        done, chosen = Outcome(asked, problem, plan), asked.id
    except GislibError as problem:
        done, chosen = Outcome(asked, problem), asked.id
    state.note(_SLOT, (plan.head.plan_id, done))
    if chosen is not None:
        state.put("device", chosen)
        state.note("plan.jump", (state.noted("plan.jump") or 0) + 1)


def _carry_out(session: Session, request: Request, plan: Plan, asked: Act) -> str | None:
    """Do it; returns the device to select, empty for none, None to leave the selection."""
    at = plan.head.plan_id, plan.head.version
    place = asked.lon or 0.0, asked.lat or 0.0
    if asked.action == "add":
        return plans.add(session, request, at, asked.treatment, place).touched[0]
    if asked.action == "move":
        plans.move(session, request, at, asked.id, place)
        return asked.id
    if asked.action == "turn":
        plans.turn(session, request, at, asked.id)
        return asked.id
    if asked.action == "remove":
        plans.remove(session, request, at, [asked.id])
        return ""
    step = plans.undo if asked.action == "undo" else plans.redo
    step(session, *at)
    return None


def again(session: Session, request: Request, newest: Plan) -> None:
    """Do the act that came too late once more, on the newest version."""
    last = outcome(newest.head.plan_id)
    if last is not None:
        do(session, request, newest, last.act)


def aside(session: Session, request: Request, newest: Plan, name: str) -> Plan:
    """Do the act that came too late on a copy of the newest version under another name; the plan stays as it is."""
    last = outcome(newest.head.plan_id)
    copied = plans.copy(session, newest.head.plan_id, name)
    settle(newest.head.plan_id)
    if last is not None:
        do(session, request, copied, _in_copy(last.act, newest, copied))
    return copied


def _in_copy(act: Act, plan: Plan, copied: Plan) -> Act:
    """The same act on the device that took its place in the copy."""
    if act.id not in plan.devices.index:
        return act
    return replace(act, id=str(copied.devices.index[plan.devices.index.get_loc(act.id)]))


@dataclass(frozen=True)
class Difference:
    """Ids of devices that one version of a plan has more, less, or elsewhere than another."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def difference(old: Plan, new: Plan) -> Difference:
    """Compare the devices of two versions of one plan."""
    both = old.devices.index.intersection(new.devices.index)
    compared = ["treatment_id", "side", "approach_bearing_deg", "quantity"]
    a, b = old.devices.loc[both], new.devices.loc[both]
    same = (a[compared].eq(b[compared]) | (a[compared].isna() & b[compared].isna())).all(axis=1)
    same &= a.geometry.to_numpy() == b.geometry.to_numpy()
    return Difference(
        tuple(new.devices.index.difference(old.devices.index)),
        tuple(old.devices.index.difference(new.devices.index)),
        tuple(both[~same.to_numpy(bool)]),
    )
