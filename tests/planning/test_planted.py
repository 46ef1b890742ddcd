"""Planted cases of the demo county through importers, walk graph and rules, against answers computed by hand."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gislib.assessment import Request
from gislib.exposure.methods import METHODS
from gislib.planning import assess, campus, campus_map, evidence, exports, results
from gislib.planning.session import open_session

CASES = json.loads((Path(__file__).resolve().parents[2] / "data/demo/planted.json").read_text("utf-8"))["cases"]
VENUE_CASES = [case for case in CASES if case["venue_code"]]


@pytest.fixture(scope="module")
def session(workspace):
    return open_session(workspace)


@pytest.fixture(scope="module")
def rows(session):
    found = results.read(session, "distances")
    return found.drop_duplicates(["school_id", "venue_id", "method"]).set_index(["school_id", "venue_id", "method"])


def ids(case: dict[str, object]) -> tuple[str, str]:
    return f"schools:{case['school_code']}", f"venues:{case['venue_code']}"


@pytest.mark.parametrize("case", VENUE_CASES, ids=[case["case"] for case in VENUE_CASES])
def test_measured_as_computed_by_hand(case, rows):
    for method, expected in case["expected"].items():
        row = rows.loc[(*ids(case), method)]
        if "reason" in expected:
            assert row["reason"] == expected["reason"]
        elif "distance_m" in expected:
            # published to 0.1 m
            assert row["distance_m"] == pytest.approx(expected["distance_m"], abs=expected["tolerance_m"] + 0.051)
        else:
            assert max(row["distance_m"], row["distance_at_least_m"]) >= expected["at_least_m"]


@pytest.mark.parametrize("case", VENUE_CASES, ids=[case["case"] for case in VENUE_CASES])
def test_judged_as_planted(case, rows):
    assert rows.loc[(*ids(case), "boundary_straight")]["verdict"] == case["verdict_boundary_straight"]


def test_the_reservoir_is_reached_over_the_unfenced_path(session):
    case = next(case for case in CASES if case["case"] == "unfenced_reservoir")
    terms = results.read(session, "terms")
    own = terms[(terms["school_id"] == f"schools:{case['school_code']}") & (terms["family"] == "water")]
    nearest = own["distance_m"].min()
    assert (
        case["expected"]["walk_to_bank_m"]["at_least_m"] <= nearest <= case["expected"]["walk_to_bank_m"]["at_most_m"]
    )


def test_evidence_draws_the_line_that_was_measured(session, rows):
    case = next(case for case in CASES if case["case"] == "opposite_kerbs")
    found = evidence.evidence(session, *ids(case))
    metric = found.lines.to_crs(found.lines.estimate_utm_crs()).length
    for method, metres, drawn in zip(found.lines["method"], found.lines["distance_m"], metric, strict=True):
        # UTM's scale near its meridian is off by up to 0.04 %
        assert drawn == pytest.approx(metres, rel=1e-3, abs=0.1)
        assert metres == rows.loc[(*ids(case), method)]["distance_m"]
    assert set(found.lines["case"]) == {"straight", "walk"}
    assert found.rule is not None


def test_a_campus_is_explained_to_the_last_hazard(session):
    risk = results.read(session, "school_risk")
    first = risk.sort_values("rank").index[0]
    view = campus.campus(session, first)
    assert view.hazards["share"].sum() == pytest.approx(1.0, abs=1e-4)
    assert view.reasons["share"].sum() == pytest.approx(1.0, abs=1e-5)
    by_family = view.hazards.groupby("family")["share"].sum()
    for family, share in zip(view.reasons["family"], view.reasons["share"], strict=True):
        assert by_family.get(family, 0.0) == pytest.approx(share, abs=1e-4)
    assert set(view.catchments["case"]) == {"venue", "road"}
    assert view.boundary.crs.to_epsg() == 4326


def test_two_runs_give_the_same_bytes(workspace, tmp_path):
    copies = []
    for name in ("one", "two"):
        shutil.copytree(workspace, tmp_path / name)
        shutil.rmtree(tmp_path / name / "results")
        session = open_session(tmp_path / name)
        request = Request(date(2026, 11, 16), slice="arrival")
        assess.assess(session, request)
        assess.comply(session, request)
        folder = tmp_path / name / "results"
        copies.append({p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != "run.json"})
    assert copies[0].keys() == copies[1].keys()
    assert len(copies[0]) >= 12
    assert [name for name in copies[0] if copies[0][name] != copies[1][name]] == []


def test_a_slice_is_a_multiplier_of_its_families(session, workspace, tmp_path):
    shutil.copytree(workspace, tmp_path / "w")
    other = open_session(tmp_path / "w")
    assess.assess(other, Request(date(2026, 11, 16), slice="summer"))
    whole, summer = results.read(session, "school_risk"), results.read(other, "school_risk")
    assert (summer["load_water"].sum(), whole["load_water"].sum()) != (0.0, 0.0)
    assert summer["load_water"].sum() > whole["load_water"].sum()
    assert summer["load_traffic"].sum() < whole["load_traffic"].sum()


def test_the_file_of_a_campus_shows_neither_cameras_nor_homes_for_rent(session):
    risk = results.read(session, "school_risk")
    first = str(risk.sort_values("rank").index[0])
    view = campus.campus(session, first)
    assert len(view.surroundings["rentals"]) > 0
    around = view.surroundings["devices"]["kind"]
    html = campus_map.campus_html(session, first)
    assert "出租房" not in html
    assert "hxt" in html
    for kind in ("camera", "speed_camera"):
        ids = view.surroundings["devices"].index[around == kind]
        assert not any(str(i) in html for i in ids)
    assert str(view.row["name"]) in html
    assert "示例数据" in html


def test_files_carry_the_columns_that_others_rely_on(workspace):
    folder = workspace / "results"
    risk = pd.read_parquet(folder / "school_risk.parquet")
    families = ("traffic", "water", "venues", "rentals")
    wanted = {"school_id", "name", "kind", "score", "grade", "confidence", "rank", "rank_low", "rank_high", "p_top10"}
    assert wanted | {f"{what}_{f}" for what in ("index", "share") for f in families} <= set(risk.columns)
    distances = pd.read_parquet(folder / "distances.parquet")
    assert list(distances.columns[:12]) == [
        "school_id", "venue_id", "method", "distance_m", "distance_at_least_m", "uncertainty_m", "limit_m", "rule_id",
        "inside_nominal", "verdict", "is_profile_method", "reason",
    ]  # fmt: skip
    assert set(distances["method"]) == {method.code for method in METHODS}
    text = (folder / "school_risk.csv").read_text("utf-8-sig").splitlines()
    assert text[0].startswith("school_id,name,kind")
    assert len(text) == len(risk) + 1


def test_an_export_is_marked_whatever_its_format(session, tmp_path):
    paths = exports.export(session, tmp_path, ["csv"])
    stamp = json.loads((tmp_path / "metadata.json").read_text("utf-8"))
    assert any("示例数据" in line for line in stamp["marking"])
    assert any("内部资料" in line for line in stamp["marking"])
    assert stamp["data_version"] == results.read_run(session)["school_risk"]["data_version"]
    assert {path.name for path in paths} >= {"metadata.json", "schools.csv", "findings.csv"}
    assert not (tmp_path / "rentals.csv").exists()
