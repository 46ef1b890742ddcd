import math

import pandas as pd
import pytest

from gislib import rules
from gislib.domain.errors import RuleError
from gislib.risk.anchor import x_references
from gislib.risk.family import FAMILIES
from gislib.risk.load import RiskOptions, terms
from gislib.risk.publish import rounded
from gislib.risk.score import score

# The anchors in words, drawn by hand as hazards (data/rules/risk_anchors.toml). A row takes what the words say; the
# campus is a plain one without measures of its own.
DRAWN = {
    "traffic": {
        "part": "crossing",
        "road_class": "tertiary",
        "maxspeed_kmh": 50.0,
        "lanes": 2.0,
        "marked": False,
        "flow": 500.0,
    },
    "water": {"kind": "reservoir", "fenced": False, "kit": False, "distance_m": 200.0},
    "venues": {"kind": "net_bar", "hours": "08:00-24:00", "distance_m": 0.0},
    "rentals": {"kind": "room", "beds": 100.0, "last_visit": None, "distance_m": 0.0},
}


@pytest.mark.parametrize("family", FAMILIES)
def test_drawn_anchor_scores_fifty(family, hazards, schools, known, on):
    rs = rules.load()
    campuses = schools("s1")
    made = terms({family: hazards(family, DRAWN[family])}, campuses, rs, RiskOptions(on))
    found = score(campuses, made, known(campuses), rs, on)
    assert found.loc["s1", f"index_{family}"] == pytest.approx(50.0, abs=1e-9)
    assert rounded(found).loc["s1", f"index_{family}"] == 50.0
    assert rounded(found).loc["s1", f"share_{family}"] == 1.0


def test_all_anchors_together_score_fifty(hazards, schools, known, on):
    rs = rules.load()
    campuses = schools("s1")
    drawn_world = {family: hazards(family, row) for family, row in DRAWN.items()}
    found = score(campuses, terms(drawn_world, campuses, rs, RiskOptions(on)), known(campuses), rs, on)
    # the weights add up to 1, so that every family at ln 2 gives a load of ln 2
    assert found.loc["s1", "load"] == pytest.approx(math.log(2), rel=1e-12)
    assert rounded(found).loc["s1", "score"] == 50.0


def test_hundred_beds_count_like_twenty_five_houses_of_four(hazards, schools, known, on):
    rs = rules.load()
    campuses = schools("s1")
    houses = hazards("rentals", *({"hazard_id": f"h{n}", "beds": 4.0} for n in range(25)))
    found = score(campuses, terms({"rentals": houses}, campuses, rs, RiskOptions(on)), known(campuses), rs, on)
    assert found.loc["s1", "index_rentals"] == pytest.approx(50.0, abs=1e-9)


def test_reference_is_the_anchor_divided_by_ln_2(rs, on):
    reference = x_references(rs, on)
    death = 1 / (1 + math.exp(6.9 - 0.09 * 50))
    floor = math.exp(-200 / 60)
    near = (math.exp(-100 / 60) - floor) / (1 - floor)
    assert reference["traffic"] == pytest.approx(500 * death / math.log(2), rel=1e-12)
    assert reference["rentals"] == pytest.approx(40 * near / math.log(2), rel=1e-12)


def test_anchor_out_of_reach_is_refused(drawn, on):
    far = drawn(risk__anchor__water={"kind": "river", "distance_m": 5000.0})
    with pytest.raises(RuleError, match="risk_anchor_empty"):
        x_references(far, on)


def test_reference_does_not_depend_on_the_slice(rs, hazards, schools, known, on):
    campuses = schools("s1")
    table = {"traffic": hazards("traffic", {"maxspeed_kmh": 50.0, "lanes": 2.0, "flow": 500.0})}
    by_slice = {
        name: score(campuses, terms(table, campuses, rs, RiskOptions(on, name)), known(campuses), rs, on)["load"].iloc[
            0
        ]
        for name in ("all", "arrival", "summer")
    }
    assert pd.Series(by_slice).div(by_slice["all"]).round(12).tolist() == [1.0, 1.5, 0.2]
