"""A rule set with round numbers, small hazards by family, and campuses to hang them on."""

from datetime import date

import pandas as pd
import pytest

from gislib.rules import Reference, Rule, RuleSet

ON = date(2026, 9, 1)

VALUES = {
    "risk.weights": {"traffic": 0.4, "water": 0.3, "venues": 0.2, "rentals": 0.1},
    "risk.tau_m": {"traffic": 75.0, "water": 300.0, "venues": 60.0, "rentals": 60.0},
    "risk.reach_m": {"traffic": 150.0, "water": 1000.0, "venues": 200.0, "rentals": 200.0},
    "risk.anchor.traffic": {
        "part": "crossing",
        "road_class": "residential",
        "maxspeed_kmh": 50.0,
        "lanes": 2.0,
        "marked": False,
        "length_m": 0.0,
        "flow": 500.0,
        "distance_m": 0.0,
    },
    "risk.anchor.water": {"kind": "reservoir", "fenced": False, "kit": False, "distance_m": 100.0},
    "risk.anchor.venues": {"kind": "internet_cafe", "hours": "00:00-24:00", "distance_m": 50.0},
    "risk.anchor.rentals": {"beds": 40.0, "distance_m": 100.0},
    "risk.speed_kmh": {"primary": 60.0, "residential": 30.0, "other": 30.0},
    "risk.lanes": {"primary": 4.0, "residential": 2.0, "other": 2.0},
    "risk.volume": {"primary": 12.0, "residential": 1.0, "other": 1.0},
    "risk.no_sidewalk_factor": 1.5,
    "risk.unknown_sidewalk_factor": 1.25,
    "risk.death_curve": {"a": 6.9, "b": 0.09},
    "risk.crossing_marked_factor": 0.5,
    "risk.water_severity": {"reservoir": 1.0, "river": 0.8, "other": 0.5},
    "risk.water_season": {"all": 1.0, "arrival": 1.0, "summer": 2.0},
    "risk.water_protection": {"fence": 0.5, "kit": 0.2},
    "risk.venue_severity": {"internet_cafe": 1.0, "bar": 2.0, "other": 0.5},
    "risk.rental_visit": {"30": 0.4, "180": 0.7, "never": 1.0},
    "risk.beds_default": 4.0,
    "risk.slices": {
        "all": {"traffic": 1.0, "water": 1.0, "venues": 1.0, "rentals": 1.0},
        "arrival": {"traffic": 1.5, "water": 0.5, "venues": 0.5, "rentals": 1.0},
        "summer": {"traffic": 0.2, "water": 2.0, "venues": 1.0, "rentals": 1.0},
    },
    "risk.pupil_hours": {"all": "07:00-21:00", "arrival": "07:00-08:00", "summer": "08:00-20:00"},
    "risk.pupils_default": {"primary": 600.0, "kindergarten": 150.0, "other": 300.0},
    "risk.campus_protection": {"guard_post": {"traffic": 0.3, "venues": 0.1}, "wall": {"venues": 0.2}},
    "risk.weight_spread": 0.2,
    "risk.tau_spread": 0.25,
    "risk.speed_spread": 0.2,
    "grade.probability_cutoffs": {"large": 70.0, "medium": 30.0},
    "grade.impact": {"traffic": "large", "water": "large", "venues": "medium", "rentals": "small"},
    "grade.cutoffs": {"red": 70.0, "orange": 50.0, "yellow": 30.0},
    "grade.segment_cutoffs": {"red": 50.0, "orange": 25.0, "yellow": 10.0},
    "grade.matrix": {
        "large": {"large": "high", "medium": "high", "small": "medium"},
        "medium": {"large": "high", "medium": "medium", "small": "low"},
        "small": {"large": "medium", "medium": "low", "small": "low"},
    },
    "located.no_rank_above_m": 60.0,
    "confidence.families_min": 2.0,
    "confidence.default_speed_share_max": 0.5,
    "confidence.source_age_days": 365.0,
}

FAMILY_COLUMNS = {
    "traffic": {
        "part": "crossing",
        "road_id": "r1",
        "road_class": "residential",
        "maxspeed_kmh": float("nan"),
        "lanes": float("nan"),
        "sidewalk": None,
        "marked": None,
        "length_m": 0.0,
        "flow": 100.0,
    },
    "water": {"kind": "river", "fenced": None, "kit": None},
    "venues": {"kind": "bar", "hours": None},
    "rentals": {"kind": "house", "beds": float("nan"), "last_visit": None},
}


def _rule_set(values):
    reference = Reference("drawn for tests", "-", "primary", ON)
    entries = {
        rule_id: (Rule(rule_id, rule_id, rule_id, "assumption", "CN", (reference,), value=value),)
        for rule_id, value in values.items()
    }
    return RuleSet("test", entries, {}, {})


@pytest.fixture
def on():
    return ON


@pytest.fixture
def drawn():
    """Rule set with round numbers; call with overrides by id."""
    return lambda **values: _rule_set(VALUES | {name.replace("__", "."): value for name, value in values.items()})


@pytest.fixture
def rs():
    return _rule_set(VALUES)


@pytest.fixture
def hazards():
    """Hazards of one family: one dict per row, columns left out take harmless or unknown values."""

    def build(family, *rows):
        base = FAMILY_COLUMNS[family]
        full = [
            {"school_id": "s1", "hazard_id": f"{family}:{number}", "distance_m": 0.0, **base, **row}
            for number, row in enumerate(rows)
        ]
        return pd.DataFrame(full, columns=["school_id", "hazard_id", *base, "distance_m"])

    return build


@pytest.fixture
def schools():
    """Campuses by id, primary with 500 pupils unless told."""

    def build(*ids, **columns):
        base = {"name": [f"school {name}" for name in ids], "kind": "primary", "pupils": 500.0}
        flags = dict.fromkeys(("wall", "cameras", "guard_post", "anti_ram"), pd.NA)
        table = pd.DataFrame({**base, **flags, **columns}, index=pd.Index(ids, name="school_id"))
        return table.astype(dict.fromkeys(flags, "boolean"))

    return build


@pytest.fixture
def known():
    """All families known on every campus, except those named."""

    def build(table, *unknown):
        families = ("traffic", "water", "venues", "rentals")
        return pd.DataFrame({family: family not in unknown for family in families}, index=table.index)

    return build
