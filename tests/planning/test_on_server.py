"""A year's decisions on a database server, through the planning layer, and back into a file by backup and restore."""

import shutil
from datetime import timedelta

import pandas as pd
import pytest
from conftest import AS_OF
from plan_wishes import REQUEST, WISH

from gislib.planning import (
    backups,
    edited,
    ledger,
    ledger_remedies,
    ledger_sources,
    meetings,
    patrol_teams,
    patrols,
    plans,
    proposals,
    snapshots,
)
from gislib.planning.authors import store_of
from gislib.planning.ledger import Order
from gislib.planning.ledger_remedies import Remedy
from gislib.planning.ledger_sources import Wanted
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.planning.session import DATABASE_URL, open_session
from gislib.store import audit, server
from gislib.store.database import FILE
from gislib.store.item_facts import Facts
from gislib.store.items import Save
from gislib.store.meetings import MeetingFacts, NewDecision


@pytest.fixture
def session(workspace, tmp_path, pg, monkeypatch):
    """Session on a copy of the demo county whose decisions are kept on the server."""
    folder = tmp_path / "workspace"
    shutil.copytree(workspace, folder, ignore=shutil.ignore_patterns("decisions*"))
    monkeypatch.setenv(DATABASE_URL, pg.url)
    return open_session(folder, actor="李工")


def decided(session):
    """A plan edited, a hazard closed with a change of the data, a meeting with its decision, a patrol."""
    plan = proposals.propose(session, REQUEST, WISH)
    plans.remove(session, REQUEST, (plan.head.plan_id, plan.head.version), plan.devices.index[:1])
    ledger_sources.from_findings(session, REQUEST, Wanted(("finding",)))
    (item,) = ledger.assign(session, [("H-00001", 1)], Order("market_regulation", AS_OF + timedelta(days=20)))
    for step in ("start", "submit"):
        (item,) = ledger.save(session, [Save(item.item_id, item.version, step)])
    ledger_remedies.close_with_edit(session, (item.item_id, item.version), AS_OF, [Remedy("retire_venue")])
    teams = patrol_teams.proposed(patrol_basis(session, REQUEST), 2)
    patrols.propose(session, REQUEST, PatrolWish("暑期水域", "summer_water", teams, seconds=1.0))
    held = meetings.hold(session, REQUEST, MeetingFacts("mid_term", "期中会商", AS_OF)).meeting
    school = ledger.table(session)["school_id"].dropna().iloc[0]
    facts = Facts(
        "东门增设减速丘", school_id=school, department_lead="traffic_police", deadline=AS_OF + timedelta(days=9)
    )
    meetings.decide(session, held.meeting_id, held.version, [NewDecision("东门增设减速丘", facts)])


def content(session):
    """Everything that was decided, as the planning layer reads it."""
    items = ledger.table(session, on=AS_OF)
    log = audit.entries(store_of(session))
    tables = {"items": items, "audit": log[~log["action"].isin(["backup", "restore"])].reset_index(drop=True)}
    for item_id in ("H-00001", items.index[-1]):
        tables[f"history {item_id}"] = ledger.history(session, item_id)
    values = {"edits": edited.edits_of(session.workspace), "version": edited.data_version(session.workspace)}
    for head in plans.heads(session):
        plan = plans.read(session, head.plan_id)
        values[head.plan_id] = plan.head
        tables[head.plan_id] = plan.devices
        tables[f"log {head.plan_id}"] = plans.history(session, head.plan_id)
    for head in patrols.heads(session):
        values[head.patrol_id] = patrols.read(session, head.patrol_id)
    for meeting in meetings.meetings(session):
        values[meeting.meeting_id] = meeting
        frozen = snapshots.frozen(session, meeting.snapshot_id)
        tables |= {f"{meeting.meeting_id} {name}": table for name, table in frozen.tables.items()}
    return values, tables


def test_decisions_on_a_server_move_into_a_file_unchanged(session, tmp_path, monkeypatch):
    decided(session)
    root = session.workspace.root
    assert (root / server.MARKER).is_file()
    assert not (root / FILE).exists()
    values, tables = content(session)
    assert {"P1", "R1", "M1", "edits"} <= set(values)
    assert len(tables["items"]) > 100
    backups.backup(session, tmp_path / "backup.zip")
    monkeypatch.delenv(DATABASE_URL)
    backups.restore(tmp_path / "backup.zip", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / FILE).is_file()
    assert not (tmp_path / "elsewhere" / server.MARKER).exists()
    there_values, there_tables = content(open_session(tmp_path / "elsewhere", actor="王工"))
    assert there_values == values
    assert set(there_tables) == set(tables)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(there_tables[name]), pd.DataFrame(table), obj=name)
    with pytest.raises(Exception, match="store_on_server"):
        ledger.table(session)
