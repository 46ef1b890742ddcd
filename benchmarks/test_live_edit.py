"""
Live re-score of a plan of the demo county after every edit, beside the whole model on the same plan.

Devices are dragged near and far, taken out and put back. Timed are the re-score and the warnings, as the page waits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
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

pytestmark = pytest.mark.usefixtures("as_served")

REQUEST = Request(as_of=date(2026, 11, 23))
WISH = proposals.PlanWish(name="P6", budget_yuan=600_000, standards_first=True)
STREET_SECONDS, SHAPING_SECONDS = 0.3, 1.0
WHOLE_RATIO = 5.0
DEVICES = 8
STEP_DEG = (3e-5, 2e-5)
"""About 3 m east and 2 m north."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Plan]:
    root = tmp_path_factory.mktemp("county") / "demo"
    demo.build(root)
    session = open_session(root)
    assessing.assess(session, REQUEST)
    return session, proposals.propose(session, REQUEST, WISH)


def _edits(session: Session, plan: Plan, own: gpd.GeoDataFrame) -> Iterator[tuple[str, Plan]]:
    """Devices moved a little, moved to where another stands, taken out and put back by undo, one after the other."""
    for number, device_id in enumerate(np.random.default_rng(1).permutation(own.index)[:DEVICES]):
        at, here = own.geometry[device_id], (plan.head.plan_id, plan.head.version)
        far = plan.devices.geometry.drop(device_id).iloc[(7 * number) % (len(plan.devices) - 1)]
        near = at.x + STEP_DEG[0], at.y + STEP_DEG[1]
        plan = plans.move(session, REQUEST, here, device_id, near).plan
        yield "moved a little", plan
        plan = plans.move(session, REQUEST, (plan.head.plan_id, plan.head.version), device_id, (far.x, far.y)).plan
        yield "moved to another street", plan
        plan = plans.remove(session, REQUEST, (plan.head.plan_id, plan.head.version), [device_id]).plan
        yield "taken out", plan
        plan = plans.undo(session, plan.head.plan_id, plan.head.version)
        yield "put back", plan


def _timed(session: Session, plan: Plan, own: gpd.GeoDataFrame) -> tuple[dict[str, list[float]], float, Plan]:
    """Seconds by kind of edit, those of the whole model over ours, and the plan left; results compared each time."""
    basis = plan_basis(session, REQUEST)
    ours: dict[str, list[float]] = {}
    whole = 0.0
    for what, edited in _edits(session, plan, own):
        plan = edited
        began = time.perf_counter()
        told = plan_scores.scores(session, REQUEST, plan)
        plans.warnings(session, REQUEST, plan)
        ours.setdefault(what, []).append(time.perf_counter() - began)
        began = time.perf_counter()
        peer = impact(basis.now, in_working_crs(plan.devices, basis), basis.tables, basis.claims, (basis.rs, REQUEST))
        whole += time.perf_counter() - began
        np.testing.assert_allclose(told.campuses["rerouted"], peer.loads["rerouted"], rtol=1e-9)
    return ours, whole / sum(map(sum, ours.values())), plan


def test_an_edit_is_scored_while_the_planner_looks(planned):
    session, plan = planned
    plan_scores.scores(session, REQUEST, plan)
    shaping = plan.devices["kind"].isin(SHAPING).to_numpy(bool)
    for name, own, limit in (
        ("crossings and rails", plan.devices[shaping], SHAPING_SECONDS),
        ("street devices", plan.devices[~shaping], STREET_SECONDS),
    ):
        ours, ratio, plan = _timed(session, plan, plan.devices.loc[own.index])
        for what, seconds in ours.items():
            half, most = np.quantile(seconds, [0.5, 1.0])
            print(f"\n{name}, {what} {len(seconds)} times: median {half:.2f} s, most {most:.2f} s", end="")
        print(f"; the whole model takes {ratio:.1f} times as long")
        assert min(len(seconds) for seconds in ours.values()) >= DEVICES
        assert max(max(seconds) for seconds in ours.values()) <= limit
        assert ratio >= WHOLE_RATIO
