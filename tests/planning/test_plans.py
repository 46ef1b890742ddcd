"""Plans of the demo county: proposed, edited, undone, refused, accepted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from plan_wishes import REQUEST, WISH

from gislib import wording
from gislib.domain.errors import ConflictError, InputError, RefusedError, StoreError
from gislib.planning import plan_files, plans, proposals
from gislib.planning.authors import store_of
from gislib.planning.plan_basis import plan_basis
from gislib.store import audit


@pytest.fixture
def draft(planning, request):
    """A copy of the plan that this test may edit."""
    plan = plans.by_name(planning, "方案甲")
    return plans.copy(planning, plan.head.plan_id, request.node.name[-60:])


def test_the_plan_keeps_to_budget_and_floors(planning):
    plan = plans.by_name(planning, "方案甲")
    basis = plan_basis(planning, REQUEST)
    assert plan.head.cost_yuan == pytest.approx(plan.devices["cost_yuan"].sum())
    assert plan.head.cost_yuan <= WISH.budget_yuan
    assert (plan.devices["refused_by"] == "").all()
    red = basis.now.school_risk.index[(basis.now.school_risk["grade"] == "red").to_numpy()]
    assert len(red) >= 3
    assert plan.head.parameters["result"]["gap"] <= 1e-3
    assert plans.request_of(plan) == REQUEST


def test_the_same_name_is_replaced_as_one_edit_and_keeps_ids(planning, draft):
    again = proposals.propose(planning, REQUEST, replace(WISH, name=draft.head.name, budget_yuan=700_000))
    assert again.head.plan_id == draft.head.plan_id
    assert again.head.version == draft.head.version + 1
    both = draft.devices.reset_index().merge(again.devices.reset_index(), on="candidate_id")
    assert len(both) > 10
    assert (both["device_id_x"] == both["device_id_y"]).all()
    back = plans.undo(planning, draft.head.plan_id, again.head.version)
    assert list(back.devices.index) == list(draft.devices.index)


def test_a_hump_dragged_onto_an_arterial_is_warned_and_undone(planning, draft):
    hump = draft.devices[draft.devices["treatment_id"] == "hump"].iloc[0]
    roads = plan_basis(planning, REQUEST).tables["roads"]
    arterial = (
        roads[roads["road_class"].isin(["primary", "secondary"])].geometry.iloc[0].interpolate(0.5, normalized=True)
    )
    at = draft.head.plan_id, draft.head.version
    done = plans.move(planning, REQUEST, at, hump.name, (arterial.x, arterial.y))
    assert done.touched == (hump.name,)
    assert "siting.calming_not_on_arterial" in {w.rule_id for w in done.warnings if w.kind == plans.REFUSED}
    assert done.plan.devices.loc[hump.name, "origin"] == plans.MANUAL
    with pytest.raises(InputError, match="plan_has_refused"):
        plans.accept(planning, REQUEST, draft.head.plan_id, done.plan.head.version)
    back = plans.undo(planning, draft.head.plan_id, done.plan.head.version)
    assert back.devices.loc[hump.name].equals(hump)
    again = plans.redo(planning, draft.head.plan_id, back.head.version)
    assert again.devices.loc[hump.name, "segment_id"] == done.plan.devices.loc[hump.name, "segment_id"]
    plans.undo(planning, draft.head.plan_id, again.head.version)


def test_a_device_moved_to_its_own_place_is_the_candidate_it_was(planning, draft):
    spot = draft.devices[draft.devices["treatment_id"] == "hump"].iloc[0]
    done = plans.move(
        planning, REQUEST, (draft.head.plan_id, draft.head.version), spot.name, (spot.geometry.x, spot.geometry.y)
    )
    row = done.plan.devices.loc[spot.name]
    for column in ("treatment_id", "segment_id", "side", "school_id", "cost_yuan", "refused_by", "verify_on_site"):
        assert row[column] == spot[column], column
    assert row["chainage_m"] == pytest.approx(spot["chainage_m"], abs=0.01)


def test_add_turn_remove(planning, draft):
    basis = plan_basis(planning, REQUEST)
    street = basis.tables["roads"][basis.tables["roads"]["road_class"] == "residential"].geometry.iloc[10]
    spot = street.interpolate(0.5, normalized=True)
    at = draft.head.plan_id, draft.head.version
    added = plans.add(planning, REQUEST, at, "sign_children", (spot.x, spot.y))
    (device_id,) = added.touched
    assert device_id not in draft.devices.index
    before = added.plan.devices.loc[device_id]
    turned = plans.turn(planning, REQUEST, (at[0], added.plan.head.version), device_id).plan
    assert abs(turned.devices.loc[device_id, "approach_bearing_deg"] - before["approach_bearing_deg"]) == pytest.approx(
        180
    )
    gone = plans.remove(planning, REQUEST, (at[0], turned.head.version), [device_id]).plan
    assert list(gone.devices.index) == list(draft.devices.index)
    assert list(plans.history(planning, at[0])["action"].unique()) == ["copy", "edit"]


def test_a_second_tab_with_an_old_version_is_refused_and_loses_nothing(planning, draft):
    at = draft.head.plan_id, draft.head.version
    first, second = draft.devices.index[:2]
    newer = plans.remove(planning, REQUEST, at, [first]).plan
    with pytest.raises(ConflictError, match="plan_stale") as problem:
        plans.remove(planning, REQUEST, at, [second])
    assert problem.value.values["theirs"] == newer.head.version
    assert second in plans.read(planning, at[0]).devices.index
    said = audit.entries(store_of(planning))
    assert "plan.stale" in set(said.loc[said["subject"] == at[0], "action"])


def test_a_second_tab_that_optimises_an_old_version_is_refused(planning, draft):
    wish = replace(WISH, name=draft.head.name, budget_yuan=100_000.0, floor_grades=())
    newer = plans.remove(planning, REQUEST, (draft.head.plan_id, draft.head.version), [draft.devices.index[0]]).plan
    with pytest.raises(ConflictError, match="plan_stale") as problem:
        proposals.propose(planning, REQUEST, wish, version=draft.head.version)
    assert (problem.value.values["mine"], problem.value.values["theirs"]) == (draft.head.version, newer.head.version)
    with pytest.raises(StoreError, match="plan_name_taken"):
        proposals.propose(planning, REQUEST, wish, version=0)
    assert plans.read(planning, draft.head.plan_id).devices.equals(newer.devices)
    again = proposals.propose(planning, REQUEST, wish, version=newer.head.version)
    assert again.head.version == newer.head.version + 1


@pytest.mark.parametrize("act", ["accept", "reopen", "retire"])
def test_what_becomes_of_a_plan_is_decided_on_the_version_seen(planning, draft, act):
    at = draft.head.plan_id, draft.head.version
    plans.remove(planning, REQUEST, at, [draft.devices.index[0]])
    acts = {"accept": lambda: plans.accept(planning, REQUEST, *at), "reopen": lambda: plans.reopen(planning, *at),
            "retire": lambda: plans.retire(planning, *at)}  # fmt: skip
    with pytest.raises(ConflictError, match="plan_stale"):
        acts[act]()
    assert plans.read(planning, at[0]).head.status == "draft"


def test_result_files_are_the_plan_as_it_stands(planning):
    wish = replace(WISH, name="成果文件", budget_yuan=30_000.0, floor_grades=())
    plan = proposals.propose(planning, REQUEST, wish)
    folder = planning.workspace.root / "results" / "plans" / "成果文件"
    assert {f.name for f in folder.iterdir()} == {"treatments.geojson", "plan.json"}
    edited = plans.remove(planning, REQUEST, (plan.head.plan_id, plan.head.version), [plan.devices.index[0]]).plan
    assert list(folder.iterdir()) == []
    plans.accept(planning, REQUEST, edited.head.plan_id, edited.head.version)
    assert f'"version": {edited.head.version + 1}' in (folder / "plan.json").read_text("utf-8")


def test_a_plan_over_its_budget_is_told_and_may_be_accepted(planning, draft):
    assert plan_files.over_budget_yuan(draft.head) == 0.0
    basis = plan_basis(planning, REQUEST)
    own = basis.candidates[(basis.candidates["refused_by"] == "").to_numpy()].to_crs(4326)
    taken = set(draft.devices["site_id"])
    left = own[(own["treatment_id"] == "street_lamp") & ~own["site_id"].isin(taken)]
    lamps = draft.devices[draft.devices["treatment_id"] == "street_lamp"].geometry.union_all()
    degrees = shapely.distance(left.geometry.to_numpy(), lamps)  # only their order counts: the farthest first
    plan = draft
    for spot in left.geometry.iloc[np.argsort(-degrees)[::40]]:
        plan = plans.add(
            planning, REQUEST, (plan.head.plan_id, plan.head.version), "street_lamp", (spot.x, spot.y)
        ).plan
        if plan.head.cost_yuan > WISH.budget_yuan:
            break
    over = plan.head.cost_yuan - WISH.budget_yuan
    assert over > 0
    assert plan_files.over_budget_yuan(plan.head) == pytest.approx(over)
    assert plans.accept(planning, REQUEST, plan.head.plan_id, plan.head.version).head.status == "accepted"


def test_accept_and_reopen(planning, draft):
    done = plans.accept(planning, REQUEST, draft.head.plan_id, draft.head.version)
    assert done.head.status == "accepted"
    with pytest.raises(StoreError, match="plan_accepted"):
        plans.remove(planning, REQUEST, (done.head.plan_id, done.head.version), [done.devices.index[0]])
    assert plans.reopen(planning, done.head.plan_id, done.head.version).head.status == "draft"


def test_a_viewer_may_read_and_not_write(planning, draft):
    viewer = replace(planning, role="viewer")
    assert plans.read(viewer, draft.head.plan_id).head == draft.head
    for act in (
        lambda: proposals.propose(viewer, REQUEST, WISH),
        lambda: plans.remove(viewer, REQUEST, (draft.head.plan_id, 1), [draft.devices.index[0]]),
        lambda: plans.undo(viewer, draft.head.plan_id, 1),
        lambda: plans.copy(viewer, draft.head.plan_id, "x"),
        lambda: plans.accept(viewer, REQUEST, draft.head.plan_id, 1),
    ):
        with pytest.raises(RefusedError, match="role_too_low"):
            act()


@pytest.mark.parametrize("budget", [-1.0, float("nan"), float("inf")])
def test_a_budget_that_is_none_is_refused(planning, budget):
    with pytest.raises(InputError, match="plan_budget"):
        proposals.propose(planning, REQUEST, replace(WISH, name="x", budget_yuan=budget))
    assert plans.by_name(planning, "x") is None


def test_a_negative_budget_is_told_as_it_was_asked(planning):
    with pytest.raises(InputError) as problem:
        proposals.propose(planning, REQUEST, replace(WISH, name="x", budget_yuan=-5e6))
    assert wording.error(problem.value) == "预算 -5000000 元不可用，请填写不小于 0 的金额。"


def test_with_all_treatments_banned_there_is_no_candidate(planning):
    everything = frozenset(plan_basis(planning, REQUEST).candidates["treatment_id"])
    with pytest.raises(InputError, match="plan_no_candidate"):
        proposals.propose(planning, REQUEST, replace(WISH, name="x", floor_grades=(), banned=everything))
    with pytest.raises(InputError, match="treatment_unknown") as problem:
        proposals.propose(planning, REQUEST, replace(WISH, name="x", banned=frozenset({"hump", "nonsense"})))
    assert problem.value.values == {"id": "nonsense"}


def test_no_money_buys_nothing_and_all_money_is_not_spent(planning):
    nothing = proposals.propose(planning, REQUEST, replace(WISH, name="零元", budget_yuan=0.0, floor_grades=()))
    assert len(nothing.devices) == 0
    everything = proposals.propose(planning, REQUEST, replace(WISH, name="不限", budget_yuan=1e12))
    assert everything.head.parameters["result"]["status"] == "optimal"
    assert everything.head.cost_yuan < 1e9
    assert (
        everything.head.parameters["result"]["load"]
        > plans.by_name(planning, "方案甲").head.parameters["result"]["load"]
    )


def test_a_floor_without_money_says_which_campus_why_and_from_which_price(planning):
    with pytest.raises(InputError, match="plan_infeasible") as problem:
        proposals.propose(planning, REQUEST, replace(WISH, name="x", budget_yuan=0.0))
    risk = plan_basis(planning, REQUEST).now.school_risk
    red = set(risk.loc[(risk["grade"] == "red").to_numpy(), "name"])
    told, least = problem.value.values["why"]
    assert told.code == "plan_floor_too_dear"
    campuses = [one.values for one in told.values["campuses"]]
    assert {one["name"] for one in campuses} == red
    assert all(float(one["yuan"]) > 0 for one in campuses)
    line = wording.error(problem.value)
    assert "没有可设措施" not in line
    assert "；-" not in line
    assert f"{campuses[0]['name']}（至少 {campuses[0]['wan']} 万元）" in line
    # the sum told is enough, and a yuan less is not
    enough = replace(WISH, name="够", budget_yuan=float(least.values["yuan"]))
    assert proposals.propose(planning, REQUEST, enough).head.cost_yuan <= enough.budget_yuan
    with pytest.raises(InputError, match="plan_infeasible"):
        proposals.propose(planning, REQUEST, replace(enough, name="x", budget_yuan=enough.budget_yuan - 1.0))


def test_the_frontier_never_falls_and_lies_over_the_greedy_one(planning):
    # twice 800,000 yuan takes the solver half a minute to prove, and shows no more
    found = proposals.frontier(planning, REQUEST, replace(WISH, budget_yuan=700_000)).points
    assert len(found) >= 8
    loads = [point.load for point in found]
    assert loads == sorted(loads)
    assert all(point.load >= point.greedy_load - 1e-9 for point in found)
    assert all(point.gap <= 1e-3 for point in found)
