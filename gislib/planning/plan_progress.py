"""How much of a plan was carried out, as far as the ledger tells: devices that closed items put into the data."""

from __future__ import annotations

from collections import Counter

from gislib.planning.authors import store_of
from gislib.planning.edited import edits_of
from gislib.planning.session import Session
from gislib.store import ledger
from gislib.store.plan_state import Plan


def carried_out(session: Session, plan: Plan) -> int:
    """
    Devices of a plan that items closed since it was made have installed.

    One of the same kind at the same campus stands for one device of the plan, wherever exactly it was put. What was
    built without an item of the ledger is not known here.
    """
    schools = ledger.table(store_of(session))["school_id"].to_dict()
    planned = plan.devices[plan.devices["school_id"].notna()]
    wanted = Counter(zip(planned["school_id"].astype(str), planned["kind"].astype(str), strict=True))
    installed = Counter(
        (str(schools[edit.item_id]), str(edit.sets["kind"]))
        for edit in edits_of(session.workspace)
        if edit.layer == "devices" and edit.action == "add" and edit.item_id is not None
        if edit.at >= plan.head.created_at
    )
    return sum((wanted & installed).values())
