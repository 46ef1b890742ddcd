"""A campus on a drawn street, assessed, ready for siting."""

from __future__ import annotations

from datetime import date

import shapely
from worlds import PARAMETERS, table

from gislib import rules
from gislib.assessment import Basis, Claims, Request, assess_risk
from gislib.exposure.distances import campus_starts
from gislib.exposure.ground import Ground
from gislib.network.graph import build_walk_graph
from gislib.network.snap import build_obstacles, snap
from gislib.siting.sites import Situation

ON = date(2026, 11, 23)
GATE = {"id": "g1", "school_id": "s1", "role": "student", "counts_for_measuring": True, "inferred": False}
SCHOOL = {"id": "s1", "name": "甲小学", "kind": "primary", "pupils": 600.0, "geometry": shapely.box(480, 10, 520, 50)}
FAMILIES = frozenset({"traffic", "water", "venues", "rentals"})


def home(x: float, y: float) -> dict[str, object]:
    return {"kind": "residential", "geometry": shapely.box(x - 5, y - 5, x + 5, y + 5)}


def situation(
    roads: list[dict[str, object]], *,
    school: dict[str, object] | None = None, gates: list[dict[str, object]] | None = None,
    **layers: list[dict[str, object]],
) -> Situation:  # fmt: skip
    """World assessed for one campus with its gate at (500, 10) and homes at both ends of a street along y = 0."""
    layers.setdefault("buildings", [home(400, 12), home(600, 12)])
    names = ("areas", "devices", "water", "buildings", "rentals", "population", "venues", "incidents", "depots")
    tables = {name: table(name, layers.get(name, [])) for name in names} | {"roads": table("roads", roads)}
    tables |= {
        "schools": table("schools", [SCHOOL | (school or {})]),
        "gates": table("gates", gates or [GATE | {"geometry": (500, 10)}]),
    }
    graph = build_walk_graph(tables["roads"], tables["devices"], PARAMETERS)
    obstacles = build_obstacles(graph, tables["devices"], tables["water"], tables["buildings"])
    spots = shapely.get_coordinates(tables["gates"].geometry.to_numpy())
    ground = Ground(tables, graph, obstacles, PARAMETERS, snap(graph, obstacles, spots, PARAMETERS.snap_limit_m))
    claims = Claims(FAMILIES, dict.fromkeys(FAMILIES))
    risk = assess_risk(Basis(ground, campus_starts(ground)), claims, rules.load(), Request(ON, draws=2))
    return Situation(ground, risk.hazards, risk.tables.terms, risk.tables.school_risk)
