"""What a plan does: both reductions, the worth of devices, ways out of red, plans side by side; the works package."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from plan_wishes import REQUEST, WISH

from gislib.domain.errors import InputError
from gislib.planning import plan_files, plan_scores, plan_ways, plans, proposals, works
from gislib.planning.authors import store_of
from gislib.planning.plan_basis import in_working_crs, plan_basis
from gislib.siting.impact import impact
from gislib.store import audit


@pytest.fixture(scope="module")
def plan(planned):
    return plans.by_name(planned, "方案甲")


def test_scores_are_those_of_the_whole_model(planned, plan):
    told = plan_scores.scores(planned, REQUEST, plan)
    basis = plan_basis(planned, REQUEST)
    whole = impact(basis.now, in_working_crs(plan.devices, basis), basis.tables, basis.claims, (basis.rs, REQUEST))
    np.testing.assert_allclose(told.campuses["rerouted"], whole.loads["rerouted"], rtol=1e-9)
    np.testing.assert_allclose(told.campuses["fixed"], whole.loads["fixed"], rtol=1e-9)
    assert told.reduction_fixed == pytest.approx(plan.head.parameters["result"]["load"], rel=1e-9)
    known = told.campuses.dropna(subset=["score_before"])
    assert len(known) > 70
    assert (known["score_fixed"] <= known["score_before"] + 1e-9).all()


def test_an_edit_scores_as_the_whole_model_does(planned, plan):
    draft = plans.copy(planned, plan.head.plan_id, "改一改")
    plan_scores.scores(planned, REQUEST, draft)
    gone = draft.devices.index[draft.devices["treatment_id"].isin(["crossing", "hump"])][:2]
    edited = plans.remove(planned, REQUEST, (draft.head.plan_id, draft.head.version), list(gone)).plan
    told = plan_scores.scores(planned, REQUEST, edited)
    basis = plan_basis(planned, REQUEST)
    whole = impact(basis.now, in_working_crs(edited.devices, basis), basis.tables, basis.claims, (basis.rs, REQUEST))
    np.testing.assert_allclose(told.campuses["rerouted"], whole.loads["rerouted"], rtol=1e-9)


def test_the_worth_of_a_device_is_what_the_plan_loses_without_it(planned, plan):
    told = plan_scores.scores(planned, REQUEST, plan)
    for device_id in plan.devices.index[::40]:
        draft = plans.copy(planned, plan.head.plan_id, f"无{device_id}")
        number = list(plan.devices.index).index(device_id)
        own = draft.devices.index[number]
        less = plans.remove(planned, REQUEST, (draft.head.plan_id, draft.head.version), [own]).plan
        without = plan_scores.scores(planned, REQUEST, less).reduction_fixed
        assert told.devices.loc[device_id, "load"] == pytest.approx(told.reduction_fixed - without, rel=1e-6, abs=1e-9)


def test_ways_out_of_red_hold_when_pupils_are_rerouted_or_need_enforcement(planned):
    found = plan_ways.ways_out(planned, REQUEST, WISH)
    assert len(found) >= 3
    assert set(found["counted_from"]) == {"today"}
    stuck = found[found["status"] == "needs_enforcement"]
    out = found.drop(index=stuck.index)
    assert (out["cost_yuan"] > 0).all()
    # on fixed routes alone two campuses of the county would stay at 70.09 and 70.21
    assert (out["score_rerouted"] < 70.0).all()
    assert "stopped" not in set(out["status"]) or (out["devices"] > 0).all()
    assert stuck["cost_yuan"].isna().all()
    assert (stuck["score_rerouted"] >= 70.0).all()
    assert (stuck["least_score"] >= 70.0 - 0.005).all()


def test_gaps_given_up_are_told_with_the_status(planned):
    wish = replace(WISH, name="补缺", budget_yuan=100_000.0, floor_grades=(), standards_first=True, seconds=5.0)
    plan = proposals.propose(planned, REQUEST, wish)
    told = plan_files.summary(plan, plan_scores.scores(planned, REQUEST, plan))
    assert 0 < told.given_up <= told.standards_left
    assert told.given_up_proven is plan.head.parameters["result"]["given_up_proven"]


def test_two_plans_side_by_side(planned, plan):
    rich = proposals.propose(planned, REQUEST, replace(WISH, name="方案乙", budget_yuan=1_200_000))
    both = plan_scores.compare(planned, REQUEST, [plan, rich])
    assert [head.name for head in both.heads] == ["方案甲", "方案乙"]
    totals = both.totals
    assert totals.loc[rich.head.plan_id, "reduction_fixed"] > totals.loc[plan.head.plan_id, "reduction_fixed"]
    own = {(r.treatment_id, r.candidate_id) for r in plan.devices.itertuples()}
    other = {(r.treatment_id, r.candidate_id) for r in rich.devices.itertuples()}
    assert {(r.treatment_id, r.candidate_id) for r in both.devices.itertuples()} == own ^ other


def test_plan_files_hold_what_the_plan_holds(planned, plan):
    done = plan_files.write_plan(planned, REQUEST, plan, plan_scores.scores(planned, REQUEST, plan))
    read = gpd.read_file(done.files[0]).set_index("device_id")
    assert set(read.index) == set(plan.devices.index)
    metric = plan_basis(planned, REQUEST).candidates.crs
    there, here = read.geometry.to_crs(metric), plan.devices.geometry.to_crs(metric).loc[read.index]
    assert there.distance(here).max() <= 0.01
    told = json.loads(done.files[1].read_text("utf-8"))
    assert {"budget_yuan", "cost_yuan", "reduction", "score_reduction", "bound", "gap", "status", "seconds"} <= set(
        told
    )
    assert told["gap"] <= 1e-3
    assert told["cost_yuan"] == plan.head.cost_yuan


@pytest.mark.parametrize(("name", "folder"), [("甲/乙", "甲_乙-P9"), ("..", "-P9"), ("方案", "方案")])
def test_folders_are_named_so_that_files_may_be(plan, name, folder):
    assert plan_files.folder_name(replace(plan.head, name=name, plan_id="P9")) == folder


def test_the_works_package_holds_the_same_ids_and_places_everywhere(planned):
    plan = proposals.propose(planned, REQUEST, replace(WISH, name="方案丙", budget_yuan=200_000))
    assert len(plan.devices) > 20
    packed = zipfile.ZipFile(io.BytesIO(works.works_zip(planned, REQUEST, plan.head.plan_id, datum="gcj02")))
    names = set(packed.namelist())
    for end in ("devices.geojson", "devices_GCJ02.geojson", "works.gpkg", "works.qgz", "devices.shp", "devices.kml",
                "devices.dxf", "工程量清单.xlsx", "设施坐标表.csv", "点位图.pdf", "点位图_黑白.pdf"):  # fmt: skip
        assert any(name.endswith(end) for name in names), end
    exact = gpd.read_file(packed.open("方案丙/geojson/devices.geojson")).set_index("device_id")
    assert set(exact.index) == set(plan.devices.index)
    rows = list(csv.DictReader(io.StringIO(packed.read("方案丙/设施坐标表.csv").decode("utf-8-sig"))))
    assert {row["编号"] for row in rows if row["编号"].startswith("P")} == set(plan.devices.index)
    said = audit.entries(store_of(planned))
    assert "plan.export" in set(said["action"])


def test_a_foreign_format_is_refused_before_anything_is_written(planned, plan, tmp_path):
    with pytest.raises(InputError, match="format_unknown"):
        works.write_works(planned, REQUEST, plan.head.plan_id, tmp_path, (("dwg",), "wgs84"))
    assert list(tmp_path.iterdir()) == []
