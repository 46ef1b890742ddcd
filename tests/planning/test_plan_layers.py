"""Layers of a plan: refused places with their clauses, whom devices help, and what they are laid as."""

from __future__ import annotations

import pytest
from plan_wishes import REQUEST

from gislib.planning import plan_layers, plans
from gislib.planning.plan_basis import plan_basis


@pytest.fixture(scope="module")
def plan(planned):
    return plans.by_name(planned, "方案甲")


def test_refused_places_have_their_clauses_in_words_and_write_nothing(planned):
    before = plans.heads(planned)
    found = plan_layers.refused_places(planned, REQUEST, "hump")
    own = plan_basis(planned, REQUEST).candidates
    refused = own[(own["treatment_id"] == "hump") & (own["refused_by"] != "")]
    assert found.index.tolist() == refused.index.tolist()
    arterial = found["refused_by"].str.split().map(lambda ids: "siting.calming_not_on_arterial" in ids)
    assert arterial.any()
    assert found.loc[arterial, "clauses"].str.contains("减速丘不设在主干路和国省道").all()
    assert found["lon"].between(found.total_bounds[0] - 1e-6, found.total_bounds[2] + 1e-6).all()
    assert plans.heads(planned) == before


def test_whom_a_device_helps(planned, plan):
    told = plan_layers.helps(planned, REQUEST, plan)
    assert told.index.tolist() == plan.devices.index.tolist()
    assert (told["helps_count"] >= 1).all()
    names = plan_basis(planned, REQUEST).now.school_risk["name"]
    first = told.iloc[0]
    assert first["helps"].split("、") == [names[one] for one in first["helps_ids"].split()]
    assert len(first["helps_ids"].split()) == first["helps_count"]


def test_what_devices_are_laid_as(planned, plan):
    laid = plan_layers.laid(planned, REQUEST, plan.devices)
    assert set(laid["device_id"]) == set(plan.devices.index)
    assert laid.index.is_unique
    zones = plan.devices[plan.devices["treatment_id"] == "zone_30"]
    for device_id, quantity in zones["quantity"].items():
        own = laid[laid["device_id"] == device_id]
        assert len(own) == quantity
        assert own.index.tolist() == (
            [device_id] if quantity == 1 else [f"{device_id}/{n + 1}" for n in range(int(quantity))]
        )
    rails = plan.devices[plan.devices["treatment_id"] == "guard_rail"]
    for device_id, quantity in rails["quantity"].items():
        assert laid.loc[laid["device_id"] == device_id, "length_m"].sum() == pytest.approx(quantity, abs=0.2)
    lines = laid[laid["treatment_id"].isin(["guard_rail", "no_parking", "water_fence"])]
    assert set(lines.geom_type) <= {"LineString"}
