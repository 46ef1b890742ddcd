"""The ledger of the demo county: raised from findings, listed, assigned, closed with a change of the data."""

from __future__ import annotations

import hashlib
import io
import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest
from conftest import AS_OF
from PIL import Image
from shapely import Point

from gislib import rules
from gislib.assessment import Request
from gislib.domain.errors import ConflictError, InputError, RefusedError, StoreError
from gislib.planning import assess, checks, edited, ledger, ledger_photos, ledger_remedies, ledger_sources, results
from gislib.planning.authors import author_of, store_of
from gislib.planning.ledger import Filters, Order
from gislib.planning.ledger_remedies import Remedy
from gislib.planning.ledger_sources import Wanted
from gislib.planning.loaded import tables_of
from gislib.planning.session import open_session
from gislib.store import audit, workspace_edits
from gislib.store.item_facts import Facts
from gislib.store.items import Save
from gislib.store.workspace_edits import NewEdit

REQUEST = Request(AS_OF)
FINDINGS = Wanted(("finding",))


@pytest.fixture
def session(workspace, twin, tmp_path):
    """Session on a copy of the demo county."""
    return open_session(twin(workspace, tmp_path / "workspace"), actor="tester")


def digests(session):
    files = [path for path in session.workspace.inputs.rglob("*") if path.is_file()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def ready_to_close(session, item):
    """Move an item that was found to the check."""
    (item,) = ledger.assign(session, [(item.item_id, item.version)], order_of(item))
    for step in ("start", "submit"):
        (item,) = ledger.save(session, [Save(item.item_id, item.version, step)])
    return item


def order_of(item):
    return Order(item.facts.department_lead or "education", AS_OF + timedelta(days=20))


def test_every_suspected_pair_becomes_one_item_once(session):
    found = results.read(session, "findings")
    pairs = found[found["verdict"] == "suspected"].drop_duplicates(["school_id", "venue_id"])
    first = ledger_sources.from_findings(session, REQUEST, FINDINGS)
    assert len(first.new) == len(pairs) > 100
    assert first.by_source == {"finding": len(pairs)}
    again = ledger_sources.from_findings(session, REQUEST, FINDINGS)
    assert (again.new, again.known) == ((), len(pairs))
    items = ledger.table(session, on=AS_OF)
    assert set(items["source_key"]) == set("finding:" + pairs["school_id"] + "/" + pairs["venue_id"])


def test_departments_and_deadline_are_those_of_the_rules(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    rs = rules.load()
    items = ledger.table(session)
    for rule_id, group in items.groupby("rule_id"):
        told = rs.rule(rule_id, AS_OF).departments
        assert set(group["department_lead"]) == {told.lead}
        assert set(group["departments_main"]) == {" ".join(told.main)}
        assert set(group["departments_support"]) == {" ".join(told.support)}
    days = rs.table("ledger.deadline_days", AS_OF)["finding"]
    assert set(items["deadline"]) == {(AS_OF + timedelta(days=days)).isoformat()}
    assert set(items["net"]) == {"joint"}
    assert items[["map_lon", "map_lat", "area_code", "school", "place"]].notna().all(axis=None)


def test_audit_gaps_waters_and_grades(session):
    raised = ledger_sources.from_findings(session, REQUEST, Wanted(("audit", "water", "risk")))
    gaps = results.read(session, "audit")
    risk = results.read(session, "school_risk")
    red = risk[risk["rank"].notna() & risk["grade"].isin(["red", "orange"])]
    assert raised.by_source["audit"] == (gaps["status"] == "missing").sum()
    assert raised.by_source["risk"] == len(red)
    assert raised.by_source["water"] >= 1
    items = ledger.table(session)
    kit = tables_of(session.workspace)["water"]["kit"]
    waters = items[items["source"] == "water"]
    assert not kit.reindex(waters["place_id"]).fillna(value=False).any()
    assert set(waters["department_lead"]) == {"water"}
    risky = items[items["source"] == "risk"].set_index("school_id")
    assert dict(risky["grade"]) == dict(red["grade"])
    assert "缺" not in waters.loc[waters["title"].str.contains("没有记录"), "title"].str.cat()


def test_only_chosen_grades(session):
    raised = ledger_sources.from_findings(session, REQUEST, Wanted(("finding", "audit"), frozenset({"red"})))
    items = ledger.table(session)
    assert len(raised.new) == len(items) > 0
    assert set(items["grade"]) == {"red"}


def test_results_of_other_data_are_refused(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    item = ready_to_close(session, ledger.read(session, "H-00001"))
    ledger_remedies.close_with_edit(session, (item.item_id, item.version), AS_OF, [Remedy("retire_venue")])
    with pytest.raises(InputError, match="ledger_results_old"):
        ledger_sources.from_findings(session, REQUEST, FINDINGS)


def test_a_closed_venue_leaves_the_next_assessment_and_no_input_file_changes(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    terms = results.read(session, "terms")
    loads = terms[terms["family"] == "venues"].set_index(["school_id", "hazard_id"])["x"]
    items = ledger.table(session)
    heaviest = items.assign(
        x=[loads.get(pair, 0.0) for pair in zip(items["school_id"], items["place_id"], strict=True)]
    )
    row = heaviest.sort_values("x").iloc[-1]
    assert row["x"] > 0
    before, version = digests(session), edited.data_version(session.workspace)
    was = results.read(session, "school_risk").loc[row["school_id"], "load_venues"]
    item = ready_to_close(session, ledger.read(session, row.name))
    closed = ledger_remedies.close_with_edit(
        session, (item.item_id, item.version), AS_OF, [Remedy("retire_venue")], "已停业"
    )
    assert (closed.state, closed.outcome) == ("closed", "rectified")
    assert edited.data_version(session.workspace) != version
    assert not results.is_current(session, "school_risk")
    assert row["place_id"] not in tables_of(session.workspace)["venues"].index
    assess.assess(session, REQUEST)
    assess.comply(session, REQUEST)
    now = results.read(session, "terms")
    assert not (now["hazard_id"] == row["place_id"]).any()
    assert not (results.read(session, "findings")["venue_id"] == row["place_id"]).any()
    share = row["x"] / loads.xs(row["school_id"], level="school_id").sum()
    after = results.read(session, "school_risk").loc[row["school_id"], "load_venues"]
    assert (was - after) / was == pytest.approx(share, rel=1e-4)
    assert digests(session) == before


def test_a_fenced_water_and_an_installed_device_are_in_the_data(session):
    ledger_sources.from_findings(session, REQUEST, Wanted(("water", "audit")))
    items = ledger.table(session)
    water = items[items["source"] == "water"].iloc[0]
    ramming = items[items["rule_id"] == "audit.anti_ram"].iloc[0]
    for row, remedy in ((water, Remedy("fence")), (ramming, None)):
        item = ready_to_close(session, ledger.read(session, row.name))
        offered = ledger_remedies.remedies(item, AS_OF)
        chosen = remedy or next(one for one in offered if one.kind == "device")
        ledger_remedies.close_with_edit(session, (item.item_id, item.version), AS_OF, [chosen])
    tables = tables_of(session.workspace)
    assert bool(tables["water"].loc[water["place_id"], "fenced"])
    added = tables["devices"][tables["devices"]["source_id"] == "edits"]
    assert list(added["kind"]) == ["bollard"]
    assert added.geometry.iloc[0].x == pytest.approx(ramming["lon"])
    assess.comply(session, REQUEST)
    audited = results.read(session, "audit")
    (reference,) = ramming["refs"].split("\n")
    assert audited.loc[reference, "status"] == "present"


def test_a_moved_venue_is_a_new_one_without_the_old_outline(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    item = ready_to_close(session, ledger.read(session, "H-00001"))
    old = tables_of(session.workspace)["venues"].loc[item.facts.place_id]
    with pytest.raises(InputError, match="ledger_remedy_place"):
        ledger_remedies.close_with_edit(session, (item.item_id, item.version), AS_OF, [Remedy("move_venue")])
    moved = Remedy("move_venue", lon=item.facts.lon + 0.02, lat=item.facts.lat)
    ledger_remedies.close_with_edit(session, (item.item_id, item.version), AS_OF, [moved])
    venues = tables_of(session.workspace)["venues"]
    assert item.facts.place_id not in venues.index
    new = venues[venues["source_id"] == "edits"].iloc[0]
    assert (new["name"], new["kind"], new["doors"]) == (old["name"], old["kind"], None)


def test_an_edit_whose_feature_is_gone_is_told(session):
    water = tables_of(session.workspace)["water"].index[0]
    edits = [
        NewEdit("water", "change", water, {"fenced": True}),
        NewEdit("water", "change", "water:gone", {"kit": True}),
    ]
    workspace_edits.add(store_of(session), edits, author_of(session))
    rows = checks.check(session, AS_OF).rows
    (lost,) = rows[rows["code"] == "edit_lost"].to_dict("records")
    assert (lost["layer"], lost["id"]) == ("water", "water:gone")


def test_decisions_on_a_server_are_asked_for_where_the_address_says(session, monkeypatch):
    monkeypatch.setenv("HUXUETU_DATABASE_URL", "mysql://nobody@127.0.0.1/none")
    with pytest.raises(StoreError, match=r"store_url_unusable|store_in_file"):
        ledger.table(session)


def test_a_workspace_without_decisions_gets_no_database_for_being_read(workspace, tmp_path):
    folder = tmp_path / "fresh"
    shutil.copytree(workspace, folder, ignore=shutil.ignore_patterns("decisions*"))
    tables_of(open_session(folder).workspace)
    assert not list(folder.glob("decisions*"))


def test_photos_belong_to_their_item(session):
    memory = io.BytesIO()
    Image.new("RGB", (30, 20)).save(memory, "JPEG")
    one, other = by_hand(session), by_hand(session, title="别的")
    added = ledger_photos.add_photo(session, one.item_id, memory.getvalue(), "a.jpg", "门口")
    assert list(ledger_photos.photos(session, one.item_id)["caption"]) == ["门口"]
    assert ledger_photos.photo(session, one.item_id, added.evidence_id)[:2] == b"\xff\xd8"
    with pytest.raises(StoreError, match="evidence_unknown"):
        ledger_photos.photo(session, other.item_id, added.evidence_id)
    with pytest.raises(RefusedError, match="role_too_low"):
        ledger_photos.add_photo(replace(session, role="viewer"), one.item_id, memory.getvalue(), "a.jpg")
    ledger_photos.withdraw_photo(session, one.item_id, added.evidence_id, "拍错了")
    assert ledger_photos.photos(session, one.item_id).empty


def test_a_remedy_of_another_kind_of_hazard_is_refused(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    item = ready_to_close(session, ledger.read(session, "H-00001"))
    with pytest.raises(InputError, match="ledger_remedy_foreign"):
        ledger_remedies.close_with_edit(session, (item.item_id, item.version), AS_OF, [Remedy("fence")])
    assert ledger.read(session, item.item_id) == item


def by_hand(session, **facts):
    school = tables_of(session.workspace)["schools"].index[0]
    return ledger.add_by_hand(session, Facts(**({"title": "路灯不亮", "school_id": school} | facts)), AS_OF)


def test_by_hand_gets_place_area_and_deadline(session):
    item = by_hand(session)
    school = tables_of(session.workspace)["schools"].loc[item.facts.school_id]
    assert item.facts.area_code == school["area_code"]
    assert school.geometry.convex_hull.buffer(1e-9).covers(Point(item.facts.lon, item.facts.lat))
    assert item.facts.deadline == AS_OF + timedelta(days=30)
    on_map = by_hand(session, school_id=None, lon=item.facts.lon, lat=item.facts.lat)
    assert on_map.facts.area_code == item.facts.area_code


def test_what_does_not_exist_is_refused(session):
    with pytest.raises(InputError, match="ledger_place_unknown"):
        by_hand(session, school_id="schools:none")
    with pytest.raises(InputError, match="ledger_department_unknown"):
        by_hand(session, department_lead="post_office")
    item = by_hand(session)
    with pytest.raises(InputError, match="ledger_department_unknown"):
        ledger.save(session, [Save(item.item_id, item.version, changes={"departments_main": ("post_office",)})])
    with pytest.raises(StoreError, match="item_deadline_early"):
        by_hand(session, deadline=AS_OF - timedelta(days=1))


def test_overdue_and_due_soon_by_the_day_asked(session):
    soon = by_hand(session, title="快到期", deadline=AS_OF + timedelta(days=7))
    later = by_hand(session, title="还早", deadline=AS_OF + timedelta(days=8))
    urgency = ledger.table(session, on=AS_OF)["urgency"]
    assert (urgency[soon.item_id], urgency[later.item_id]) == ("due_soon", "")
    items = ledger.table(session, on=AS_OF + timedelta(days=8))
    assert (items["urgency"][soon.item_id], items["urgency"][later.item_id]) == ("overdue", "due_soon")
    assert ledger.counts(items) == ledger.Counts(open=2, overdue=1, due_soon=1, recheck=0)
    assert list(items.index) == [soon.item_id, later.item_id]
    assert set(ledger.table(session)["urgency"]) == {""}


def test_filters(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    own = by_hand(session, title="护栏 ABC 松动", net="physical", departments_support=("power",))
    everything = ledger.table(session)
    for filters in (
        Filters(sources=frozenset({"manual"})), Filters(text="abc"), Filters(text=own.item_id.lower()),
        Filters(nets=frozenset({"physical"})), Filters(departments=frozenset({"power"})),
    ):  # fmt: skip
        assert list(ledger.table(session, filters).index) == [own.item_id]
    lead = everything["department_lead"].iloc[0]
    by_lead = ledger.table(session, Filters(departments=frozenset({lead})))
    assert 0 < len(by_lead) <= len(everything)
    assert ledger.table(session, Filters(states=frozenset({"closed"}))).empty
    assert ledger.table(session, Filters(text="没有这样的字")).empty


def test_bulk_assign_is_all_or_none(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    ids = ["H-00001", "H-00002", "H-00003"]
    order = Order(
        "market_regulation", AS_OF + timedelta(days=10), departments_support=("education", "market_regulation")
    )
    done = ledger.assign(session, [(item_id, 1) for item_id in ids], order)
    assert {(item.state, item.facts.department_lead, item.version) for item in done} == {
        ("assigned", "market_regulation", 2)
    }
    assert all("market_regulation" not in item.facts.departments_main for item in done)
    assert all(item.facts.departments_support == ("education",) for item in done)
    with pytest.raises(ConflictError, match="items_stale"):
        ledger.assign(session, [("H-00004", 1), ("H-00001", 1)], replace(order, reason="改由教育牵头"))
    assert ledger.read(session, "H-00004").state == "found"
    assert "item.stale" in set(audit.entries(store_of(session))["action"])


def test_a_viewer_writes_nothing_and_another_county_reads_nothing(session):
    ledger_sources.from_findings(session, REQUEST, FINDINGS)
    viewer = replace(session, role="viewer")
    item = ledger.read(viewer, "H-00001")
    for act in (
        lambda: by_hand(viewer),
        lambda: ledger.save(viewer, [Save(item.item_id, item.version, changes={"note": "x"})]),
        lambda: ledger.assign(viewer, [(item.item_id, item.version)], order_of(item)),
        lambda: ledger_sources.from_findings(viewer, REQUEST),
    ):
        with pytest.raises(RefusedError, match="role_too_low"):
            act()
    codes = ledger.table(session)["area_code"].value_counts()
    mine, other = codes.index[:2]
    planner = replace(session, role="planner", areas=frozenset({mine}))
    seen = ledger.table(planner)
    assert set(seen["area_code"]) == {mine}
    foreign = ledger.table(session).query("area_code == @other").index[0]
    for act in (
        lambda: ledger.read(planner, foreign),
        lambda: ledger.history(planner, foreign),
        lambda: ledger.save(planner, [Save(foreign, 1, changes={"note": "x"})]),
        lambda: ledger.save(planner, [Save(seen.index[0], 1, changes={"area_code": other})]),
        lambda: ledger.add_by_hand(planner, Facts("x", area_code=other, lon=105.0, lat=25.0), AS_OF),
    ):
        with pytest.raises(RefusedError, match="area_not_yours"):
            act()
    entries = audit.entries(store_of(session))
    assert {"refused.role", "refused.area"} <= set(entries["action"])


def test_an_item_that_is_moved_belongs_to_the_area_of_its_new_place(session):
    areas = tables_of(session.workspace)["areas"]
    spots = {str(code): shape.representative_point() for code, shape in areas.geometry.items()}
    held = {code: ledger.area_at(areas, spot) for code, spot in spots.items()}
    mine, other = [code for code, found in held.items() if code == found][:2]
    item = by_hand(session, lon=spots[mine].x, lat=spots[mine].y, school_id=None)
    assert item.facts.area_code == mine
    there = Save(item.item_id, 1, changes={"lon": spots[other].x, "lat": spots[other].y})
    planner = replace(session, role="planner", areas=frozenset({mine}))
    with pytest.raises(RefusedError, match="area_not_yours"):
        ledger.save(planner, [there])
    assert ledger.read(session, item.item_id) == item
    (moved,) = ledger.save(session, [there])
    assert moved.facts.area_code == other
    outside = Save(item.item_id, 2, changes={"lon": 0.0, "lat": 0.0})
    assert ledger.save(session, [outside])[0].facts.area_code == other


def test_the_day_is_a_local_day(session):
    item = by_hand(session)
    assert item.found_on == date(2026, 11, 16)
    assert list(ledger.history(session, item.item_id)["step"]) == ["add"]
