"""Plans of the demo county: proposed, edited, undone, refused, accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_wishes import REQUEST, WISH

from gislib.domain.errors import ConflictError, InputError, RefusedError, StoreError
from gislib.planning import plans, proposals
from gislib.planning.authors import store_of
from gislib.planning.plan_basis import plan_basis
from gislib.store import audit


@pytest.fixture
def draft(planned, request):
    """A copy of the plan that this test may edit."""
    plan = plans.by_name(planned, "方案甲")
    return plans.copy(planned, plan.head.plan_id, request.node.name[:60])


def test_the_plan_keeps_to_budget_and_floors(planned):
    plan = plans.by_name(planned, "方案甲")
    basis = plan_basis(planned, REQUEST)
    assert plan.head.cost_yuan == pytest.approx(plan.devices["cost_yuan"].sum())
    assert plan.head.cost_yuan <= WISH.budget_yuan
    assert (plan.devices["refused_by"] == "").all()
    red = basis.now.school_risk.index[(basis.now.school_risk["grade"] == "red").to_numpy()]
    assert len(red) >= 3
    assert plan.head.parameters["result"]["gap"] <= 1e-3
    assert plans.request_of(plan) == REQUEST


def test_the_same_name_is_replaced_as_one_edit_and_keeps_ids(planned, draft):
    again = proposals.propose(planned, REQUEST, replace(WISH, name=draft.head.name, budget_yuan=700_000))
    assert again.head.plan_id == draft.head.plan_id
    assert again.head.version == draft.head.version + 1
    both = draft.devices.reset_index().merge(again.devices.reset_index(), on="candidate_id")
    assert len(both) > 10
    assert (both["device_id_x"] == both["device_id_y"]).all()
    back = plans.undo(planned, draft.head.plan_id, again.head.version)
    assert list(back.devices.index) == list(draft.devices.index)


def test_a_hump_dragged_onto_an_arterial_is_warned_and_undone(planned, draft):
    hump = draft.devices[draft.devices["treatment_id"] == "hump"].iloc[0]
    roads = plan_basis(planned, REQUEST).tables["roads"]
    arterial = (
        roads[roads["road_class"].isin(["primary", "secondary"])].geometry.iloc[0].interpolate(0.5, normalized=True)
    )
    at = draft.head.plan_id, draft.head.version
    done = plans.move(planned, REQUEST, at, hump.name, (arterial.x, arterial.y))
    assert done.touched == (hump.name,)
    assert "siting.calming_not_on_arterial" in {w.rule_id for w in done.warnings if w.kind == plans.REFUSED}
    assert done.plan.devices.loc[hump.name, "origin"] == plans.MANUAL
    with pytest.raises(InputError, match="plan_has_refused"):
        plans.accept(planned, REQUEST, draft.head.plan_id, done.plan.head.version)
    back = plans.undo(planned, draft.head.plan_id, done.plan.head.version)
    assert back.devices.loc[hump.name].equals(hump)
    again = plans.redo(planned, draft.head.plan_id, back.head.version)
    assert again.devices.loc[hump.name, "segment_id"] == done.plan.devices.loc[hump.name, "segment_id"]
    plans.undo(planned, draft.head.plan_id, again.head.version)


def test_a_device_moved_to_its_own_place_is_the_candidate_it_was(planned, draft):
    spot = draft.devices[draft.devices["treatment_id"] == "hump"].iloc[0]
    done = plans.move(
        planned, REQUEST, (draft.head.plan_id, draft.head.version), spot.name, (spot.geometry.x, spot.geometry.y)
    )
    row = done.plan.devices.loc[spot.name]
    for column in ("treatment_id", "segment_id", "side", "school_id", "cost_yuan", "refused_by", "verify_on_site"):
        assert row[column] == spot[column], column
    assert row["chainage_m"] == pytest.approx(spot["chainage_m"], abs=0.01)


def test_add_turn_remove(planned, draft):
    basis = plan_basis(planned, REQUEST)
    street = basis.tables["roads"][basis.tables["roads"]["road_class"] == "residential"].geometry.iloc[10]
    spot = street.interpolate(0.5, normalized=True)
    at = draft.head.plan_id, draft.head.version
    added = plans.add(planned, REQUEST, at, "sign_children", (spot.x, spot.y))
    (device_id,) = added.touched
    assert device_id not in draft.devices.index
    before = added.plan.devices.loc[device_id]
    turned = plans.turn(planned, REQUEST, (at[0], added.plan.head.version), device_id).plan
    assert abs(turned.devices.loc[device_id, "approach_bearing_deg"] - before["approach_bearing_deg"]) == pytest.approx(
        180
    )
    gone = plans.remove(planned, REQUEST, (at[0], turned.head.version), [device_id]).plan
    assert list(gone.devices.index) == list(draft.devices.index)
    assert list(plans.history(planned, at[0])["action"].unique()) == ["copy", "edit"]


def test_a_second_tab_with_an_old_version_is_refused_and_loses_nothing(planned, draft):
    at = draft.head.plan_id, draft.head.version
    first, second = draft.devices.index[:2]
    newer = plans.remove(planned, REQUEST, at, [first]).plan
    with pytest.raises(ConflictError, match="plan_stale") as problem:
        plans.remove(planned, REQUEST, at, [second])
    assert problem.value.values["theirs"] == newer.head.version
    assert second in plans.read(planned, at[0]).devices.index
    said = audit.entries(store_of(planned))
    assert "plan.stale" in set(said.loc[said["subject"] == at[0], "action"])


def test_accept_and_reopen(planned, draft):
    done = plans.accept(planned, REQUEST, draft.head.plan_id, draft.head.version)
    assert done.head.status == "accepted"
    with pytest.raises(StoreError, match="plan_accepted"):
        plans.remove(planned, REQUEST, (done.head.plan_id, done.head.version), [done.devices.index[0]])
    assert plans.reopen(planned, done.head.plan_id, done.head.version).head.status == "draft"


def test_a_viewer_may_read_and_not_write(planned, draft):
    viewer = replace(planned, role="viewer")
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


@pytest.mark.parametrize("budget", [-1.0, float("nan")])
def test_a_budget_that_is_none_is_refused(planned, budget):
    with pytest.raises(InputError, match="plan_budget"):
        proposals.propose(planned, REQUEST, replace(WISH, name="x", budget_yuan=budget))
    assert plans.by_name(planned, "x") is None


def test_no_money_buys_nothing_and_all_money_is_not_spent(planned):
    nothing = proposals.propose(planned, REQUEST, replace(WISH, name="零元", budget_yuan=0.0, floor_grades=()))
    assert len(nothing.devices) == 0
    everything = proposals.propose(planned, REQUEST, replace(WISH, name="不限", budget_yuan=1e12))
    assert everything.head.parameters["result"]["status"] == "optimal"
    assert everything.head.cost_yuan < 1e9
    assert (
        everything.head.parameters["result"]["load"]
        > plans.by_name(planned, "方案甲").head.parameters["result"]["load"]
    )


def test_a_floor_without_money_says_which_campus_and_why(planned):
    with pytest.raises(InputError, match="plan_infeasible") as problem:
        proposals.propose(planned, REQUEST, replace(WISH, name="x", budget_yuan=0.0))
    risk = plan_basis(planned, REQUEST).now.school_risk
    red = set(risk.loc[(risk["grade"] == "red").to_numpy(), "name"])
    assert set(problem.value.values["too_dear"].split("、")) <= red
    assert problem.value.values["too_dear"] != "-"


def test_the_frontier_never_falls_and_lies_over_the_greedy_one(planned):
    # twice 800,000 yuan takes the solver half a minute to prove, and shows no more
    found = proposals.frontier(planned, REQUEST, replace(WISH, budget_yuan=700_000)).points
    assert len(found) >= 8
    loads = [point.load for point in found]
    assert loads == sorted(loads)
    assert all(point.load >= point.greedy_load - 1e-9 for point in found)
    assert all(point.gap <= 1e-3 for point in found)
