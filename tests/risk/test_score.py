import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gislib.risk.load import RiskOptions, terms
from gislib.risk.score import grade, rank, score

PROPERTY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DISTANCES = {"traffic": 150.0, "water": 1000.0, "venues": 200.0, "rentals": 200.0}
PLACES = st.lists(
    st.tuples(st.sampled_from(list(DISTANCES)), st.floats(0.0, 1.2), st.integers(1, 50)), min_size=1, max_size=12
)


def world(hazards, places):
    """Hazards at a share of their family's reach, with a size that counts as flow or beds."""
    out = {}
    for family, reach_m in DISTANCES.items():
        rows = [
            {"hazard_id": f"h{n}", "distance_m": near * reach_m, "flow": 10.0 * size, "beds": float(size)}
            for n, (name, near, size) in enumerate(places)
            if name == family
        ]
        columns = hazards(family).columns
        out[family] = hazards(family, *({k: v for k, v in row.items() if k in columns} for row in rows))
    return out


def s_of(table, campuses, known, rs, on):
    made = terms(table, campuses, rs, RiskOptions(on))
    return score(campuses, made, known(campuses), rs, on)


def test_hand_computed_score(rs, hazards, schools, known, on):
    campuses = schools("s1")
    found = s_of(
        {
            # half the anchor's flow: x / x_ref = ln 2 / 2
            "traffic": hazards("traffic", {"maxspeed_kmh": 50.0, "lanes": 2.0, "flow": 250.0}),
            # the anchor's distance with a fence: ln 2 · 0.5
            "water": hazards("water", {"kind": "reservoir", "fenced": True, "distance_m": 100.0}),
            # twice the anchor's severity: 2 ln 2
            "venues": hazards("venues", {"kind": "bar", "distance_m": 50.0}),
            "rentals": hazards("rentals"),
        },
        campuses,
        known,
        rs,
        on,
    ).loc["s1"]
    load = math.log(2) * (0.4 * 0.5 + 0.3 * 0.5 + 0.2 * 2.0)
    assert found["load"] == pytest.approx(load, rel=1e-12)
    assert found["score"] == pytest.approx(100 * (1 - 2 ** -(0.2 + 0.15 + 0.4)), rel=1e-12)
    assert found["index_traffic"] == pytest.approx(100 * (1 - 2**-0.5), rel=1e-12)
    assert found["index_venues"] == pytest.approx(75.0, rel=1e-12)
    assert found["index_rentals"] == 0.0
    assert found["share_venues"] == pytest.approx(0.4 / 0.75, rel=1e-12)
    assert found["share_rentals"] == 0.0
    assert found["main_family"] == "venues"
    assert found["score_per_100_pupils"] == pytest.approx(100 * (1 - math.exp(-load / 5)), rel=1e-12)
    assert not found["score_is_lower_bound"]


def test_unknown_family_is_empty_and_the_score_a_lower_bound(rs, hazards, schools, known, on):
    campuses = schools("s1")
    table = {"traffic": hazards("traffic", {}), "venues": hazards("venues", {})}
    made = terms(table, campuses, rs, RiskOptions(on))
    full = score(campuses, made, known(campuses), rs, on).loc["s1"]
    part = score(campuses, made, known(campuses, "venues", "rentals"), rs, on).loc["s1"]
    assert part[["index_venues", "share_venues", "load_venues", "index_rentals", "share_rentals"]].isna().all()
    assert part["load"] == full["load_traffic"]
    assert part["share_traffic"] == 1.0
    assert part["score_is_lower_bound"]
    assert part["score"] < full["score"]


def test_no_known_family_has_no_score(rs, schools, known, on):
    campuses = schools("s1")
    found = s_of({}, campuses, lambda table: known(table, *DISTANCES), rs, on).loc["s1"]
    assert found[["score", "load", "score_per_100_pupils", "main_family"]].isna().all()


def test_no_hazard_at_all_is_zero_with_shares_zero(rs, schools, known, on):
    found = s_of({}, schools("s1"), known, rs, on).loc["s1"]
    assert found["score"] == 0.0
    assert [found[f"share_{family}"] for family in DISTANCES] == [0.0] * 4
    assert pd.isna(found["main_family"])


def test_pupils_unknown_take_the_kind_and_are_flagged(rs, schools, known, on):
    campuses = schools("s1", "s2", "s3", kind=["primary", "kindergarten", "cram"], pupils=[np.nan, 90.0, np.nan])
    found = s_of({}, campuses, known, rs, on)
    assert found["pupils"].tolist() == [600.0, 90.0, 300.0]
    assert found["pupils_estimated"].tolist() == [True, False, True]


def test_grades_at_the_cut_offs(rs, on):
    values = pd.Series([70.0, 69.99, 50.0, 49.99, 30.0, 29.99, 0.0, np.nan])
    found = grade(values, rs.table("grade.cutoffs", on))
    assert found.dropna().tolist() == ["red", "orange", "orange", "yellow", "yellow", "blue", "blue"]
    assert pd.isna(found.iloc[7])


def test_ties_share_the_smaller_rank():
    found = rank(pd.Series([10.0, 50.0, 50.0, np.nan, 7.0]))
    assert found.dropna().tolist() == [3, 1, 1, 4]
    assert found.isna().tolist() == [False, False, False, True, False]


@pytest.fixture
def scored(rs, hazards, schools, known, on):
    """Score of campus s1 among hazards at places; ``change`` edits the hazards first."""

    def find(places, change=lambda table: table, **measures):
        return s_of(change(world(hazards, places)), schools("s1", **measures), known, rs, on)["score"].iloc[0]

    return find


@PROPERTY
@given(places=PLACES, extra=st.tuples(st.sampled_from(list(DISTANCES)), st.floats(0, 1.2), st.integers(1, 50)))
def test_adding_a_hazard_never_lowers_the_score(scored, places, extra):
    assert 0.0 <= scored(places) <= scored([*places, extra]) <= 100.0


@PROPERTY
@given(places=PLACES, further=st.floats(0, 1))
def test_raising_a_distance_never_raises_the_score(scored, places, further):
    family, near, size = places[0]
    assert scored([(family, near + further, size), *places[1:]]) <= scored(places)


def _fenced(*, value):
    return lambda table: table | {"water": table["water"].assign(fenced=value)}


@PROPERTY
@given(places=PLACES, measure=st.sampled_from(["wall", "guard_post"]))
def test_protection_never_raises_the_score(scored, places, measure):
    before = scored(places, _fenced(value=False))
    assert scored(places, _fenced(value=True)) <= before
    assert scored(places, _fenced(value=False), **{measure: True}) <= before


@PROPERTY
@given(places=PLACES, seed=st.integers(0, 99))
def test_order_of_rows_never_matters(scored, places, seed):
    def shuffled(table):
        return {family: rows.sample(frac=1.0, random_state=seed) for family, rows in table.items()}

    assert scored(places, shuffled) == scored(places)
