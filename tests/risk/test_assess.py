import numpy as np
import pandas as pd
import pytest

from gislib import rules
from gislib.risk.assess import RiskInputs, assess
from gislib.risk.load import RiskOptions
from gislib.risk.robustness import DrawOptions

PROMISED = [
    "name", "kind", "score", "score_is_lower_bound", "grade", "confidence", "confidence_reasons", "rank", "rank_low",
    "rank_high", "p_top10", "p_red", "tie_group", "index_traffic", "index_water", "index_venues", "index_rentals",
    "share_traffic", "share_water", "share_venues", "share_rentals", "load", "load_traffic", "load_water",
    "load_venues", "load_rentals", "score_per_100_pupils", "main_family", "pupils", "pupils_estimated",
]  # fmt: skip


@pytest.fixture
def inputs(hazards, schools, known):
    campuses = schools("s3", "s1", "s2", "s4", kind=["primary", "primary", "not_a_school", "middle"])
    evidence = pd.DataFrame(
        {"located_to_m": [5.0, 5.0, 5.0, 90.0], "boundary_inferred": False, "gates_inferred": False, "snapped": True},
        index=campuses.index,
    )
    flows = {"s1": 200.0, "s2": 900.0, "s3": 200.0, "s4": 300.0}
    crossings = [
        {"school_id": name, "hazard_id": f"x:{name}", "road_class": "tertiary", "flow": flow}
        for name, flow in flows.items()
    ]
    return RiskInputs(
        hazards={"traffic": hazards("traffic", *crossings), "water": hazards("water", {"distance_m": 321.456})},
        schools=campuses,
        known=known(campuses, "rentals"),
        evidence=evidence,
        source_dates={"traffic": "2026-08-01", "water": "2026-08-01", "venues": "2026-08-01"},
    )


def test_published_table(inputs, on):
    found = assess(inputs, rules.load(), RiskOptions(on), DrawOptions(draws=20)).school_risk
    assert found.index.tolist() == ["s1", "s2", "s3", "s4"]
    assert found.index.name == "school_id"
    assert set(PROMISED) <= set(found.columns)
    assert list(found.columns[:11]) == PROMISED[:11]
    # s1 has water besides the same traffic as s3; s2 is no school, s4 is too uncertain: neither has a rank
    assert found["rank"].tolist() == [1, pd.NA, 2, pd.NA]
    assert found["score"].loc["s1"] > found["score"].loc["s3"]
    assert found[["rank_low", "p_top10", "tie_group"]].isna().any(axis=1).tolist() == [False, True, False, True]
    assert pd.isna(found.loc["s4", "grade"])
    assert found.loc["s4", "confidence_reasons"].startswith("position_uncertain")
    assert found["score_is_lower_bound"].all()
    assert np.array_equal(found["score"], found["score"].round(2))
    assert np.array_equal(found["share_water"], found["share_water"].round(6))


def test_explanation_and_segments_are_rounded_and_complete(inputs, on):
    found = assess(inputs, rules.load(), RiskOptions(on), DrawOptions(draws=2))
    water = found.shares[found.shares["family"] == "water"].iloc[0]
    assert water["distance_m"] == 321.5
    assert found.terms.loc[found.terms["family"] == "water", "distance_m"].iloc[0] == 321.456
    assert found.shares.groupby("school_id")["share"].sum().round(5).tolist() == [1.0] * 4
    assert sorted(found.segment_risk.index) == ["x:s1", "x:s2", "x:s3", "x:s4"]
    assert len(found.priorities) == 4 * 3


def test_two_runs_and_any_row_order_give_the_same_bytes(inputs, on, tmp_path):
    shuffled = RiskInputs(
        {family: rows.sample(frac=1.0, random_state=4) for family, rows in inputs.hazards.items()},
        inputs.schools.iloc[::-1],
        inputs.known.iloc[::-1],
        inputs.evidence,
        inputs.source_dates,
    )
    for number, given in enumerate((inputs, inputs, shuffled)):
        made = assess(given, rules.load(), RiskOptions(on), DrawOptions(draws=10))
        made.school_risk.to_parquet(tmp_path / f"{number}.parquet")
        made.shares.to_csv(tmp_path / f"{number}.csv")
    assert len({(tmp_path / f"{n}.parquet").read_bytes() for n in range(3)}) == 1
    assert len({(tmp_path / f"{n}.csv").read_bytes() for n in range(3)}) == 1


def test_every_slice_of_the_rules_can_be_assessed(inputs, on):
    rs = rules.load()
    scores = {
        name: assess(inputs, rs, RiskOptions(on, name), DrawOptions(draws=2)).school_risk.loc["s1", "index_water"]
        for name in rs.table("risk.slices", on)
    }
    assert scores["summer"] > scores["all"] > scores["night"] > 0


def test_no_campus_at_all(hazards, schools, known, on):
    campuses = schools()
    evidence = pd.DataFrame(
        {"located_to_m": [], "boundary_inferred": [], "gates_inferred": [], "snapped": []}, index=campuses.index
    )
    empty = RiskInputs({"water": hazards("water")}, campuses, known(campuses), evidence, {})
    found = assess(empty, rules.load(), RiskOptions(on), DrawOptions(draws=2))
    assert found.school_risk.empty
    assert set(PROMISED) <= set(found.school_risk.columns)
    assert found.segment_risk.empty


def test_families_measured_along_streets_are_unknown_without_a_street(inputs, on):
    cut_off = inputs.evidence.assign(snapped=inputs.evidence.index != "s1")
    given = RiskInputs(inputs.hazards, inputs.schools, inputs.known, cut_off, inputs.source_dates)
    found = assess(given, rules.load(), RiskOptions(on), DrawOptions(draws=2)).school_risk
    assert found.loc["s1", ["index_traffic", "index_water"]].isna().all()
    assert found.loc["s1", "index_venues"] == 0.0
    assert found.loc["s1", "confidence_reasons"] == "not_snapped few_families"
    assert found.loc["s3", "index_traffic"] > 0.0
