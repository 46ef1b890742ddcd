"""A plan applied to a copy: equal to the fixed-route scorer where nobody walks elsewhere, and said where they do."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from siting_worlds import FAMILIES, ON, home, situation
from worlds import device, road

from gislib import rules
from gislib.assessment import Claims, Request, assess_risk, prepare
from gislib.geo.crs import to_wgs84
from gislib.siting.candidates import find_candidates
from gislib.siting.impact import apply_plan, impact, loads_with
from gislib.siting.model import PlanOptions, build_model, campus_loads
from gislib.siting.optimise import optimise
from gislib.siting.sites import Situation, site_terms, zone_campus

RS = rules.load()
REQUEST = Request(ON, draws=2)
CLAIMS = Claims(FAMILIES, dict.fromkeys(FAMILIES))
FACTS = {"maxspeed_kmh": 40.0, "lanes": 2.0, "bridge": False, "tunnel": False, "bus_route": False, "sidewalk": "both"}


def stored(**changes: object) -> tuple[Situation, dict[str, gpd.GeoDataFrame]]:
    """The drawn world as stored tables, assessed from them."""
    lane = road("secondary", [(0, 0), (1000, 0)], id="r1", **FACTS)
    layers = {"buildings": [home(250, 30), home(800, -30)], "devices": [device("crossing", (700, 0), marked=True)]}
    drawn = situation([lane], **(layers | changes))  # type: ignore[arg-type]
    tables = {name: to_wgs84(table) for name, table in drawn.ground.tables.items()}
    basis = prepare(tables, RS, ON)
    risk = assess_risk(basis, CLAIMS, RS, REQUEST)
    return Situation(basis.ground, risk.hazards, risk.tables.terms, risk.tables.school_risk), tables


def rows(candidates: gpd.GeoDataFrame, *treatments: str) -> gpd.GeoDataFrame:
    chosen = [candidates[candidates["treatment_id"] == name].index[0] for name in treatments]
    return candidates.loc[chosen]


def test_nothing_built_changes_nothing() -> None:
    now, tables = stored()
    none = find_candidates(now, RS, ON).iloc[:0]
    found = impact(now, none, tables, CLAIMS, (RS, REQUEST))
    assert (found.reduction_fixed, found.differs) == (0.0, False)
    assert found.reduction_rerouted == pytest.approx(0.0, abs=1e-12)


def test_both_reductions_agree_where_no_walk_changes() -> None:
    pond = {"id": "w1", "kind": "pond", "geometry": shapely.box(430, 18, 450, 40), "kit": False, "fenced": False}
    now, tables = stored(water=[pond])
    candidates = find_candidates(now, RS, ON)
    plan = rows(candidates, "cushion", "zone_30", "rescue_kit", "water_fence", "street_lamp")
    found = impact(now, plan, tables, CLAIMS, (RS, REQUEST))
    assert found.reduction_fixed > 0
    assert found.reduction_rerouted == pytest.approx(found.reduction_fixed, rel=1e-9)
    assert not found.differs
    assert found.loads.loc["s1", "score_rerouted"] < found.loads.loc["s1", "score_before"]


def test_the_scorer_of_rows_is_the_scorer_of_the_model() -> None:
    now, _ = stored()
    candidates = find_candidates(now, RS, ON)
    model = build_model(now, candidates, (RS, ON), PlanOptions())
    result = optimise(model.menu, 200_000.0)
    table = site_terms(now, RS, ON)
    left = loads_with(candidates.loc[model.chosen_ids(result)], table, zone_campus(table), (RS, ON))
    by_campus = pd.Series(left).groupby(table["school_id"]).sum()
    assert by_campus["s1"] == pytest.approx(campus_loads(model, result)["s1"], rel=1e-12)


def test_what_stands_at_a_crossing_acts_on_that_crossing() -> None:
    now, tables = stored(devices=[device("crossing", (580, 0), marked=True)])
    plan = rows(find_candidates(now, RS, ON), "flasher")
    table = site_terms(now, RS, ON)
    left = loads_with(plan, table, zone_campus(table), (RS, ON))
    touched = table.loc[left < table["load"].to_numpy(float), "hazard_id"]
    assert set(touched) == {plan["hazard_id"].iloc[0]}
    found = impact(now, plan, tables, CLAIMS, (RS, REQUEST))
    assert found.reduction_rerouted == pytest.approx(found.reduction_fixed, rel=1e-9)


def test_a_rail_sends_pupils_round_and_the_difference_is_said() -> None:
    now, tables = stored(devices=[])
    plan = rows(find_candidates(now, RS, ON), "guard_rail")
    built = apply_plan(tables, plan, now.ground.tables, (RS, ON))
    laid = built["devices"].iloc[0]
    assert (laid["kind"], laid["source_id"]) == ("rail", "plan")
    assert laid.geometry.geom_type == "LineString"
    found = impact(now, plan, tables, CLAIMS, (RS, REQUEST))
    assert found.reduction_rerouted != pytest.approx(found.reduction_fixed, rel=1e-6)


def test_the_baseline_never_changes() -> None:
    now, tables = stored()
    before = {name: table.copy(deep=True) for name, table in tables.items()}
    plan = rows(find_candidates(now, RS, ON), "cushion", "zone_30")
    built = apply_plan(tables, plan, now.ground.tables, (RS, ON))
    assert len(built["devices"]) == len(tables["devices"]) + 2
    assert all(tables[name].equals(before[name]) for name in tables)


def test_what_was_built_is_not_proposed_again() -> None:
    now, tables = stored()
    plan = rows(find_candidates(now, RS, ON), "cushion", "street_lamp", "zone_30", "grid_marking", "no_parking")
    basis = prepare(apply_plan(tables, plan, now.ground.tables, (RS, ON)), RS, ON)
    risk = assess_risk(basis, CLAIMS, RS, REQUEST)
    after = find_candidates(Situation(basis.ground, risk.hazards, risk.tables.terms, risk.tables.school_risk), RS, ON)
    again = after.reindex(plan.index).dropna(subset=["treatment_id"])
    assert len(again) == len(plan)
    assert all("siting.existing_kept" in refused.split() for refused in again["refused_by"])
