import pytest

from gislib.risk.explain import shares
from gislib.risk.load import RiskOptions, terms
from gislib.risk.score import score


@pytest.fixture
def table(hazards):
    return {
        "traffic": hazards("traffic", {"flow": 100.0}, {"flow": 300.0}, {"flow": 100.0, "distance_m": 400.0}),
        "water": hazards("water", {"kind": "reservoir", "distance_m": 100.0}),
        "venues": hazards("venues", {"distance_m": 50.0}),
    }


def test_shares_add_up_to_the_families_and_to_one(rs, table, schools, known, on):
    campuses = schools("s1", "s2")
    made = terms(table, campuses, rs, RiskOptions(on))
    scored = score(campuses, made, known(campuses), rs, on)
    found = shares(made, scored, rs, on)
    assert found["share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert found["load"].sum() == pytest.approx(scored.loc["s1", "load"], rel=1e-12)
    by_family = found.groupby("family")["share"].sum()
    for family in ("traffic", "water", "venues"):
        assert by_family[family] == pytest.approx(scored.loc["s1", f"share_{family}"], rel=1e-12)
    traffic = found[found["family"] == "traffic"].set_index("hazard_id")["share"]
    assert traffic["traffic:1"] == pytest.approx(3 * traffic["traffic:0"], rel=1e-12)
    assert traffic["traffic:2"] == 0.0


def test_terms_of_unknown_families_are_not_explained(rs, table, schools, known, on):
    campuses = schools("s1")
    made = terms(table, campuses, rs, RiskOptions(on))
    scored = score(campuses, made, known(campuses, "venues"), rs, on)
    found = shares(made, scored, rs, on)
    assert "venues" not in set(found["family"])
    assert found["share"].sum() == pytest.approx(1.0, abs=1e-12)


def test_shares_are_zero_without_load(rs, hazards, schools, known, on):
    campuses = schools("s1")
    made = terms({"venues": hazards("venues", {"distance_m": 300.0})}, campuses, rs, RiskOptions(on))
    found = shares(made, score(campuses, made, known(campuses), rs, on), rs, on)
    assert found["share"].tolist() == [0.0]
