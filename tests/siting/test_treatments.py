"""The shipped catalogue: complete, cited, drawn, and in step with the index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gislib import rules
from gislib.domain.errors import RuleError
from gislib.siting.refusals import TESTS
from gislib.siting.treatments import Treatment, catalogue

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 23)
ALL = sorted(catalogue(rules.load(), ON).values(), key=lambda t: t.id)


def one(treatment_id: str) -> Treatment:
    return next(t for t in ALL if t.id == treatment_id)


def test_the_whole_list_is_there() -> None:
    asked = {
        "hump", "cushion", "raised_crossing", "crossing", "flasher", "signal", "zone_30", "sign_children", "no_parking",
        "grid_marking", "guard_rail", "bollard", "lift_bollard", "refuge_island", "rumble", "street_lamp", "camera",
        "speed_camera", "water_sign", "water_fence", "rescue_kit",
    }  # fmt: skip
    assert asked == {t.id for t in ALL}
    assert len(ALL) >= 16


@pytest.mark.parametrize("treatment", ALL, ids=lambda t: t.id)
def test_every_treatment_is_complete(treatment: Treatment) -> None:
    assert 0 < treatment.cost_yuan.low < treatment.cost_yuan.typical < treatment.cost_yuan.high
    assert treatment.life_years >= 1
    assert treatment.clauses
    assert treatment.rule.references
    assert treatment.departments.lead
    assert {treatment.cost_reliability, treatment.effect_reliability} <= {"primary", "mirror", "press", "unverified"}
    for name in (treatment.symbol, f"{treatment.symbol}-mono"):
        assert (ROOT / "data" / "symbols" / f"{name}.svg").is_file()
    for effect in treatment.effect.values():
        assert 0 <= effect.low < effect.typical < effect.high < 1


@pytest.mark.parametrize("treatment", ALL, ids=lambda t: t.id)
def test_every_refusal_can_be_asked(treatment: Treatment) -> None:
    assert set(treatment.refused_by) <= set(TESTS)


def test_every_test_is_used() -> None:
    assert set(TESTS) == {clause for t in ALL for clause in t.refused_by}


def test_humps_as_in_toronto() -> None:
    """Child injury IRR 0.57 (0.41 to 0.79)."""
    effect = one("hump").effect["segment"]
    assert (1 - effect.high, 1 - effect.typical, 1 - effect.low) == pytest.approx((0.41, 0.57, 0.79))


def test_the_30_zone_as_in_toronto() -> None:
    """IRR 0.72 (0.58 to 0.89)."""
    effect = one("zone_30").effect["crossing"]
    assert (1 - effect.high, 1 - effect.typical, 1 - effect.low) == pytest.approx((0.58, 0.72, 0.89))


def test_what_the_index_knows_has_the_same_effect() -> None:
    rs = rules.load()
    water = rs.table("risk.water_protection", ON)
    assert one("water_fence").effect["water"].typical == water["fence"]
    assert one("rescue_kit").effect["water"].typical == water["kit"]
    assert one("crossing").effect["crossing"].typical == pytest.approx(1 - rs.number("risk.crossing_marked_factor", ON))
    cameras = rs.table("risk.campus_protection", ON)["cameras"]
    assert {part: e.typical for part, e in one("camera").effect.items()} == cameras


def test_a_hump_is_refused_where_the_method_says() -> None:
    rs = rules.load()
    assert {
        "siting.calming_not_on_arterial", "siting.calming_slope_max", "siting.calming_radius_min_m",
        "siting.junction_clear_m", "siting.crossing_clear_m", "siting.no_hump_on_bus_route",
    } <= set(one("hump").refused_by)  # fmt: skip
    assert "siting.no_hump_on_bus_route" not in one("cushion").refused_by
    assert rs.number("siting.calming_slope_max", ON) == 0.08
    assert rs.number("siting.calming_radius_min_m", ON) == 76.0
    assert rs.number("siting.calming_spacing_min_m", ON) == 20.0
    assert rs.number("siting.calming_spacing_max_m", ON) == 150.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", "moon"),
        ("effect", {}),
        ("effect", {"segment": {"low": 0, "typical": 2, "high": 1}}),
        ("cost_yuan", {"low": 0, "typical": 1, "high": 2}),
    ],
)
def test_a_malformed_treatment_is_refused(field: str, value: object) -> None:
    rs = rules.load()
    entry = rs.entries["treatment.hump"][0]
    assert isinstance(entry.value, dict)
    broken = replace(entry, value={**entry.value, field: value})
    bad = replace(rs, entries={**rs.entries, "treatment.hump": (broken,)})
    with pytest.raises(RuleError) as refused:
        catalogue(bad, ON)
    assert refused.value.code == "treatment_field"
    assert refused.value.values["id"] == "treatment.hump"
