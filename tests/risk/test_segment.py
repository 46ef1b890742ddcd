import math

import pytest

from gislib.risk.load import RiskOptions, terms
from gislib.risk.segment import segment_risk


def test_load_adds_up_over_campuses_and_a_crossing_like_the_anchor_is_fifty(rs, hazards, schools, on):
    street = {"maxspeed_kmh": 50.0, "lanes": 2.0, "hazard_id": "x:1"}
    rows = [{**street, "school_id": "s1", "flow": 300.0}, {**street, "school_id": "s2", "flow": 200.0}]
    made = terms({"traffic": hazards("traffic", *rows)}, schools("s1", "s2"), rs, RiskOptions(on))
    found = segment_risk(made, rs, on).loc["x:1"]
    assert found["campuses"] == 2
    assert found["load"] == pytest.approx(0.4 * math.log(2), rel=1e-12)
    assert found["index"] == 50.0
    assert found["grade"] == "red"


def test_cutting_a_street_does_not_change_its_index(rs, hazards, schools, on):
    base = {"part": "segment", "maxspeed_kmh": 40.0, "sidewalk": "both", "flow": 120.0}
    rows = [
        {**base, "hazard_id": "seg:long", "length_m": 90.0},
        {**base, "hazard_id": "seg:short", "length_m": 15.0},
    ]
    made = terms({"traffic": hazards("traffic", *rows)}, schools("s1"), rs, RiskOptions(on))
    found = segment_risk(made, rs, on)
    assert found.loc["seg:long", "index"] == found.loc["seg:short", "index"] > 0
    assert found.loc["seg:long", "load"] == pytest.approx(6 * found.loc["seg:short", "load"], rel=1e-12)


def test_pieces_out_of_reach_are_left_out(rs, hazards, schools, on):
    made = terms({"traffic": hazards("traffic", {"distance_m": 150.0})}, schools("s1"), rs, RiskOptions(on))
    assert segment_risk(made, rs, on).empty
