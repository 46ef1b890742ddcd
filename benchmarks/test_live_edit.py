"""
Live re-score of a plan of the demo county after every edit, beside the whole model on the same plan.

Devices are moved a few metres, as by a planner's drag. Timed is the re-score alone, as the page waits for it.
"""

from __future__ import annotations

import time
from datetime import date

import geopandas as gpd
import numpy as np
import pytest

from gislib.assessment import Request
from gislib.network.patch import SHAPING
from gislib.planning import assess as assessing
from gislib.planning import demo, plan_scores, plans, proposals
from gislib.planning.plan_basis import in_working_crs, plan_basis
from gislib.planning.session import Session, open_session
from gislib.siting.impact import impact
from gislib.store.plan_state import Plan

REQUEST = Request(as_of=date(2026, 11, 23))
WISH = proposals.PlanWish(name="P6", budget_yuan=600_000, standards_first=True)
STREET_SECONDS, SHAPING_SECONDS = 0.3, 1.0
WHOLE_RATIO = 5.0
EDITS = 30
STEP_DEG = (3e-5, 2e-5)
"""About 3 m east and 2 m north."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Plan]:
    root = tmp_path_factory.mktemp("county") / "demo"
    demo.build(root)
    session = open_session(root)
    assessing.assess(session, REQUEST)
    return session, proposals.propose(session, REQUEST, WISH)


def _moved(session: Session, plan: Plan, own: gpd.GeoDataFrame) -> tuple[list[float], list[float], Plan]:
    """Seconds per edit here and by the whole model, over up to `EDITS` moved devices; results compared each time."""
    basis = plan_basis(session, REQUEST)
    ours, whole = [], []
    for device_id in np.random.default_rng(1).permutation(own.index)[:EDITS]:
        at = own.geometry[device_id]
        to = at.x + STEP_DEG[0], at.y + STEP_DEG[1]
        plan = plans.move(session, REQUEST, (plan.head.plan_id, plan.head.version), device_id, to).plan
        began = time.perf_counter()
        told = plan_scores.scores(session, REQUEST, plan)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        peer = impact(basis.now, in_working_crs(plan.devices, basis), basis.tables, basis.claims, (basis.rs, REQUEST))
        whole.append(time.perf_counter() - began)
        np.testing.assert_allclose(told.campuses["rerouted"], peer.loads["rerouted"], rtol=1e-9)
    return ours, whole, plan


def test_an_edit_is_scored_while_the_planner_looks(planned):
    session, plan = planned
    plan_scores.scores(session, REQUEST, plan)
    shaping = plan.devices["kind"].isin(SHAPING).to_numpy(bool)
    for name, own, limit in (
        ("crossings and rails", plan.devices[shaping], SHAPING_SECONDS),
        ("street devices", plan.devices[~shaping], STREET_SECONDS),
    ):
        ours, whole, plan = _moved(session, plan, own)
        half, most = np.quantile(ours, [0.5, 1.0])
        ratio = sum(whole) / sum(ours)
        print(f"\n{name}, {len(ours)} moves: median {half:.2f} s, most {most:.2f} s; the whole model {ratio:.1f} times")
        assert len(ours) >= 10
        assert most <= limit
        assert ratio >= WHOLE_RATIO
