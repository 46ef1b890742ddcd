import pandas as pd
import pytest

from gislib.risk.confidence import confidence, default_speed_share
from gislib.risk.load import RiskOptions, terms

FRESH = dict.fromkeys(("traffic", "water", "venues", "rentals"), "2026-08-01")


def evidence(**values):
    sure = {"located_to_m": 5.0, "boundary_inferred": False, "gates_inferred": False, "snapped": True}
    return pd.DataFrame([{**sure, **values}], index=pd.Index(["s1"], name="school_id"))


@pytest.fixture
def level(rs, schools, hazards, known, on):
    def find(*unknown, dates=FRESH, speed=50.0, **values):
        campuses = schools("s1")
        made = terms({"traffic": hazards("traffic", {"maxspeed_kmh": speed})}, campuses, rs, RiskOptions(on))
        found = confidence(evidence(**values), made, known(campuses, *unknown), dates, rs, on).loc["s1"]
        return found["confidence"], found["confidence_reasons"]

    return find


def test_levels(level):
    assert level() == ("A", "")
    assert level(located_to_m=60.0) == ("A", "")
    assert level(located_to_m=60.1) == ("D", "position_uncertain")
    assert level(located_to_m=float("nan")) == ("D", "position_uncertain")
    assert level(snapped=False) == ("D", "not_snapped")
    assert level("traffic", "water", "venues") == ("D", "few_families")
    assert level("traffic", "water") == ("A", "")
    assert level(boundary_inferred=True) == ("C", "boundary_inferred")
    assert level(speed=float("nan")) == ("C", "default_speeds")


def test_all_reasons_are_listed_worst_first(level):
    assert level(snapped=False, gates_inferred=True, dates=FRESH | {"water": "2024-01-01"}) == (
        "D",
        "not_snapped gates_inferred source_old:water",
    )


def test_ages(level):
    assert level(dates=FRESH | {"venues": "2025-09-01"}) == ("A", "")
    assert level(dates=FRESH | {"venues": "2025-08-31"}) == ("B", "source_old:venues")
    assert level(dates=FRESH | {"venues": None}) == ("B", "source_undated:venues")
    assert level("venues", dates=FRESH | {"venues": None}) == ("A", "")


def test_share_on_default_speeds_counts_exposure_within_reach(rs, schools, hazards, on):
    campuses = schools("s1", "s2")
    rows = [
        {"maxspeed_kmh": 50.0, "flow": 100.0},
        {"flow": 300.0},
        {"flow": 900.0, "distance_m": 400.0},
    ]
    made = terms({"traffic": hazards("traffic", *rows)}, campuses, rs, RiskOptions(on))
    found = default_speed_share(made, campuses.index)
    assert found["s1"] == pytest.approx(0.75)
    assert pd.isna(found["s2"])
