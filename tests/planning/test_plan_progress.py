"""What a meeting is told about plans: accepted since the last one, and how much of them closed items installed."""

from __future__ import annotations

import pandas as pd
import pytest
import town_workspace
from plan_worlds import REQUEST
from shapely import Point
from store_plans import device, devices

from gislib.planning import changes, ledger, meetings, plan_progress, plans, results, snapshots
from gislib.planning.authors import author_of, store_of
from gislib.planning.ledger import Order
from gislib.planning.snapshots import Known
from gislib.reports.briefing.content import Change
from gislib.store import plans as stored_plans
from gislib.store.item_facts import Facts
from gislib.store.items import Save
from gislib.store.snapshots import LEDGER
from gislib.store.workspace_edits import NewEdit

ON = REQUEST.as_of
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def session(tmp_path):
    return town_workspace.build(tmp_path / "town")


def closed(session, school_id, *edits):
    """An item of a campus put down and closed, with what that changed in the data."""
    item = ledger.add_by_hand(session, Facts("缺减速设施", school_id=school_id), ON)
    (item,) = ledger.assign(session, [(item.item_id, 1)], Order("traffic_police", ON))
    for step, own, on in (("start", (), None), ("submit", (), None), ("close", edits, ON)):
        (item,) = ledger.save(session, [Save(item.item_id, item.version, step, edits=own, on=on)])


def installed(kind):
    return NewEdit("devices", "add", sets={"kind": kind, "located_to_m": 2.0}, geometry=Point(105.0, 25.0))


def test_devices_of_closed_items_are_counted_against_the_plan(session):
    closed(session, "s1", installed("hump"))  # before the plan: it knew of it
    rows = [device("a", school_id="s1"), device("b", school_id="s1"), device("c", school_id="s2"), device("d")]
    stored_plans.create(store_of(session), "甲", {}, devices(*rows), author_of(session))
    plan = plans.read(session, "P1")
    assert plan_progress.carried_out(session, plan) == 0
    closed(session, "s1", installed("hump"))
    closed(session, "s1", installed("refuge"))
    closed(session, "s2", installed("hump"), installed("hump"))
    assert plan_progress.carried_out(session, plan) == 2


def known(session, **rows):
    """What is known, with the plans given and nothing else."""
    plan = {"name": "甲", "presented": True, "cost_yuan": 8000.0, "devices": 3, "status": "accepted"}
    tables = {
        snapshots.PAIRS: pd.DataFrame({"verdict": []}),
        snapshots.PLANS: pd.DataFrame([plan | rows]),
        snapshots.PATROLS: pd.DataFrame(),
        snapshots.INSPECTIONS: pd.DataFrame(),
        LEDGER: pd.DataFrame({"state": [], "deadline": []}, dtype="str"),
    }
    return Known(results.stamp(session, REQUEST), tables)


def test_the_agenda_tells_of_plans_accepted_and_carried_out(session):
    found = (Change("plan_accepted", "甲", None, "P1"),)
    points = {one.code: one for one in changes.agenda(known(session, carried_out=2.0), found, ON)}
    assert points["plans_accepted"] == changes.Point("plans_accepted", {"names": ["甲"], "count": 1})
    assert points["plan_carried_out"] == changes.Point("plan_carried_out", {"plan": "甲", "done": 2, "total": 3})
    told = [meetings.agenda_text(points[code]) for code in ("plans_accepted", "plan_carried_out")]
    assert told == ["通报上次会商以来采纳的方案：甲（1 个）", "通报方案“甲”落实情况：台账已销号安装 2 处，共 3 处"]
    draft = known(session, carried_out=float("nan"), status="draft")
    assert {"plan_carried_out", "plans_accepted"}.isdisjoint(one.code for one in changes.agenda(draft, (), ON))
    # a meeting that was frozen by an earlier release tells nothing of it
    assert "plan_carried_out" not in {one.code for one in changes.agenda(known(session), (), ON)}
