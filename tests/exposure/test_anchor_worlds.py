"""The anchor situations drawn on the ground: through exposure and risk each scores an index of 50.0 in its family."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from worlds import device, road, table

from gislib import assessment, rules
from gislib.assessment import Claims, Request
from gislib.domain.tables import LAYERS
from gislib.geo.crs import to_wgs84

ON = date(2026, 11, 16)
RS = rules.load()
FAMILIES = frozenset({"traffic", "water", "venues", "rentals"})
CAMPUS = {"id": "s1", "name": "锚定小学", "kind": "primary", "boarders": 0.0}
GATE = {"id": "g1", "school_id": "s1", "role": "student", "counts_for_measuring": True, "inferred": False}


def index(family: str, **layers: list[dict[str, object]]) -> float:
    """Index of one family at the drawn campus."""
    tables = {name: to_wgs84(table(name, layers.get(name, []))) for name in LAYERS if name != "areas"}
    basis = assessment.prepare(tables, RS, ON)
    risk = assessment.assess_risk(
        basis, Claims(FAMILIES, dict.fromkeys(FAMILIES, "2026-10-31")), RS, Request(ON, draws=2)
    )
    return float(risk.tables.school_risk[f"index_{family}"].loc["s1"])


def campus(boundary: shapely.Polygon, gate: tuple[float, float], **facts: object) -> dict[str, list[dict[str, object]]]:
    return {"schools": [{**CAMPUS, **facts, "geometry": boundary}], "gates": [{**GATE, "geometry": gate}]}


def test_500_pupils_cross_an_unmarked_street_at_the_gate() -> None:
    # The gate stands on the kerb of a tertiary street (9 m wide), the only home straight across: nobody walks along it.
    pupils = 500 / RS.number("risk.share_of_pupils_walking", ON)
    place = campus(shapely.box(-30, 4.5, 30, 60), (0, 4.5), pupils=pupils)
    street = road("tertiary", [(-600, 0), (600, 0)], maxspeed_kmh=50.0, lanes=2.0)
    home = {"kind": "residential", "geometry": shapely.box(-5, -14.5, 5, -4.5)}
    found = index("traffic", **place, roads=[street], devices=[device("crossing", (590, 0))], buildings=[home])
    assert found == pytest.approx(50.0, abs=0.05)


def test_an_unfenced_reservoir_200_m_from_the_gate() -> None:
    place = campus(shapely.box(-30, 0, 30, 60), (0, 0), pupils=500.0)
    # bank 200 m along the lane; beyond the shore the lane ends
    lane = road("residential", [(-600, 0), (200, 0)])
    lake = {"kind": "reservoir", "fenced": False, "kit": False, "geometry": shapely.box(200, -80, 300, 80)}
    assert index("water", **place, roads=[lane], water=[lake]) == pytest.approx(50.0, abs=0.05)


def test_a_net_bar_at_the_boundary() -> None:
    place = campus(shapely.box(-30, 0, 30, 60), (0, 0), pupils=500.0)
    bar = {"kind": "net_bar", "hours": "08:00-24:00", "geometry": (30, 30)}
    lane = road("residential", [(-600, -5), (600, -5)])
    assert index("venues", **place, roads=[lane], venues=[bar]) == pytest.approx(50.0, abs=0.05)


def test_a_hundred_unvisited_beds_at_the_boundary() -> None:
    place = campus(shapely.box(-30, 0, 30, 60), (0, 0), pupils=500.0)
    house = {"kind": "room", "beds": 100.0, "geometry": (-30, 30)}
    lane = road("residential", [(-600, -5), (600, -5)])
    assert index("rentals", **place, roads=[lane], rentals=[house]) == pytest.approx(50.0, abs=0.05)
