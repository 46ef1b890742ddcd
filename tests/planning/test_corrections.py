"""What a closing wrote into the data is taken back by an administrator, and the data are as before."""

from dataclasses import replace
from datetime import timedelta

import pytest
import town_workspace
from plan_worlds import REQUEST
from shapely import Point

from gislib.domain.errors import RefusedError, StoreError
from gislib.planning import corrections, edited, ledger, ledger_remedies
from gislib.planning.authors import author_of, store_of
from gislib.planning.ledger import Order
from gislib.planning.ledger_remedies import Remedy
from gislib.planning.loaded import tables_of
from gislib.sources import workspace
from gislib.sources.provenance import Loaded, no_rejections
from gislib.store import audit, workspace_edits
from gislib.store.item_facts import Facts
from gislib.store.items import Save
from gislib.store.workspace_edits import NewEdit

ON = REQUEST.as_of


@pytest.fixture
def session(home, tmp_path):  # noqa: ARG001 - where it keeps its decisions
    """The small town with a bar beside a campus."""
    found = town_workspace.build(tmp_path / "town", "管理员")
    spot = tables_of(found.workspace)["gates"].geometry.iloc[0]
    venues = NewEdit("venues", "add", sets={"kind": "bar", "name": "酒吧", "located_to_m": 5.0}, geometry=spot)
    workspace_edits.add(store_of(found), [venues], author_of(found))
    own = tables_of(found.workspace)["venues"].rename(index=lambda _: "venues:1").assign(source_id="venues")
    told = replace(workspace.provenances(found.workspace)["town"], source_id="venues")
    workspace.put_source(found.workspace, Loaded({"venues": own}, no_rejections(), told))
    workspace_edits.take_back(store_of(found), ["E-00001"], "只为取表", author_of(found))
    return found


def moved_away(session):
    """Close an item about the bar: it has moved."""
    facts = Facts("酒吧", school_id="s1", place_kind="venue", place_id="venues:1")
    item = ledger.add_by_hand(session, facts, ON)
    (item,) = ledger.assign(session, [(item.item_id, 1)], Order("market_regulation", ON + timedelta(days=9)))
    for step in ("start", "submit"):
        (item,) = ledger.save(session, [Save(item.item_id, item.version, step)])
    there = Remedy("move_venue", lon=item.facts.lon + 0.02, lat=item.facts.lat)
    return ledger_remedies.close_with_edit(session, (item.item_id, item.version), ON, [there])


def test_one_closing_is_taken_back_as_a_whole(session):
    before = edited.data_version(session.workspace)
    item = moved_away(session)
    assert edited.data_version(session.workspace) != before
    (one,) = corrections.corrections(session)
    assert [edit.action for edit in one.edits] == ["retire", "add"]
    assert (one.item_id, one.actor, one.names) == (item.item_id, "管理员", ("酒吧", "酒吧"))
    corrections.take_back(session, one.edit_ids, "没有搬走")
    assert corrections.corrections(session) == []
    assert edited.data_version(session.workspace) == before
    assert list(tables_of(session.workspace)["venues"].index) == ["venues:1"]
    assert ledger.read(session, item.item_id).state == "closed"
    rows = audit.entries(store_of(session)).iloc[-2:]
    assert list(rows["action"]) == ["workspace.take_back"] * 2
    assert {detail["reason"] for detail in rows["detail"]} == {"没有搬走"}


def test_the_newest_stands_first_and_others_stand_alone(session):
    moved_away(session)
    device = NewEdit("devices", "add", sets={"kind": "hump", "located_to_m": 5.0}, geometry=Point(105.0, 0.0))
    workspace_edits.add(store_of(session), [device, device], author_of(session))
    assert [one.edit_ids for one in corrections.corrections(session)] == [
        ("E-00006",), ("E-00005",), ("E-00003", "E-00004"),
    ]  # fmt: skip


def test_only_an_administrator_of_all_areas_with_a_reason(session):
    moved_away(session)
    (one,) = corrections.corrections(session)
    for who in (replace(session, role="planner"), replace(session, areas=frozenset({"529901"}))):
        with pytest.raises(RefusedError):
            corrections.corrections(who)
        with pytest.raises(RefusedError):
            corrections.take_back(who, one.edit_ids, "试试")
    with pytest.raises(StoreError, match="reason_missing"):
        corrections.take_back(session, one.edit_ids, " ")
    with pytest.raises(StoreError, match="workspace_edit_unknown"):
        corrections.take_back(session, [*one.edit_ids, "E-09999"], "一起")
    assert corrections.corrections(session) == [one]
    actions = audit.entries(store_of(session))["action"]
    assert list(actions.iloc[-4:]) == ["refused.role"] * 2 + ["refused.area"] * 2
