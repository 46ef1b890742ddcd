"""One campus: its zones, catchment, streets by risk, venues with the measured lines, explanation and audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib import rules
from gislib.assessment import Basis, Compliance, Request
from gislib.domain.errors import InputError
from gislib.exposure.methods import METHODS
from gislib.geo.crs import to_wgs84
from gislib.network.catchment import display_polygon, part_lines, reached_parts
from gislib.network.walks import reach
from gislib.planning import results
from gislib.planning.assess import basis_of
from gislib.planning.overview import reasons
from gislib.planning.session import Session

DISPLAY_WIDTH_M: Final = 15.0
"""Half width of the band by which a walking catchment is shown; part of no measurement."""
SURROUNDINGS_M: Final = 450.0
"""How far around a campus the page loads its layers; part of no measurement."""
ZONE_RULES: Final = {"gate": "zone.gate_protection_m", "patrol": "zone.patrol_m", "venue": "zone.venue_m"}
CATCHMENT_RULES: Final = {"venue": "zone.venue_m", "road": "zone.school_road_m"}


@dataclass(frozen=True)
class Campus:
    """
    Everything the page of one campus shows; geometries in WGS 84.

    Attributes
    ----------
    row
        Its row of ``school_risk``.
    reasons
        Share, index and number of hazards per family.
    hazards
        Single hazards with share, largest first: ``family, hazard_id, name, kind, distance_m, share``; of streets also
        ``speed_kmh`` and whether it is a ``default_speed`` of the class.
    boundary, gates
        Outline (or point) and gates with ``role`` and ``inferred``.
    zones
        Lines around boundary or gates; ``case`` gate, patrol or venue, ``radius_m``, ``rule_id``.
    catchments
        Walked street parts (``part`` lines) and display areas (``part`` area) by ``case`` venue or road, ``limit_m``.
    segments
        Streets and crossings with ``grade``, ``index``, ``flow`` of this campus.
    venues
        Venues of its findings: ``name, kind, verdict, limit_m, rule_id, methods_disagree`` and one column per method.
    venues_in_zone
        How many of them lie within the venue zone (``zones``, case venue): from the boundary, else from a gate.
    audit
        Standards audit of its gates.
    surroundings
        Base-map layers clipped to its surroundings.
    """

    row: pd.Series
    reasons: pd.DataFrame
    hazards: pd.DataFrame
    boundary: gpd.GeoDataFrame
    gates: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    segments: gpd.GeoDataFrame
    venues: gpd.GeoDataFrame
    venues_in_zone: int
    audit: pd.DataFrame
    surroundings: dict[str, gpd.GeoDataFrame]


def campus(session: Session, school_id: str, judged: Compliance | None = None) -> Campus:
    """
    Collect one campus from the last assess and comply runs; ``judged`` takes the place of the latter.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` before the first runs.
    InputError
        ``school_unknown`` for an id that is not among the results.
    """
    risk = results.read(session, "school_risk")
    if school_id not in risk.index:
        raise InputError("school_unknown", id=school_id)
    request = results.request_of(session, "school_risk")
    basis = basis_of(session.workspace, request.as_of, school_id)
    tables = basis.ground.tables
    own_gates = tables["gates"][tables["gates"]["school_id"] == school_id]
    found = judged or results.compliance(session)
    audit = found.audit
    venues = _venues(found, basis, school_id)
    straight = venues["boundary_straight"].fillna(venues["gate_straight"])
    return Campus(
        row=pd.Series(risk.loc[school_id]),
        reasons=reasons(session, school_id),
        hazards=_hazards(session, basis, school_id),
        boundary=to_wgs84(tables["schools"].loc[[school_id]]),
        gates=to_wgs84(own_gates),
        zones=to_wgs84(_zones(basis, school_id, request)),
        catchments=to_wgs84(_catchments(basis, school_id, request)),
        segments=_segments(session, school_id),
        venues=venues,
        venues_in_zone=int((straight <= rules.load().number("zone.venue_m", request.as_of)).sum()),
        audit=pd.DataFrame(audit[audit["school_id"] == school_id].drop(columns="geometry")),
        surroundings=_surroundings(basis, school_id),
    )


def _hazards(session: Session, basis: Basis, school_id: str) -> pd.DataFrame:
    """Single hazards of a campus with their names, largest share first."""
    shares = results.read(session, "shares")
    own = shares[shares["school_id"] == school_id]
    terms = results.read(session, "terms")
    roads = terms.loc[terms["school_id"] == school_id].set_index("hazard_id")["road_id"]
    roads = roads[~roads.index.duplicated()]
    tables = basis.ground.tables
    names = pd.concat([tables[layer][["name", "kind"]] for layer in ("venues", "water")]).astype("object")
    place = own["hazard_id"].map(roads)
    out = own.assign(
        name=own["hazard_id"].map(names["name"]).astype(object).fillna(place.map(tables["roads"]["name"])),
        kind=own["hazard_id"].map(names["kind"]).astype(object).fillna(place.map(tables["roads"]["road_class"])),
    )
    facts = terms[(terms["school_id"] == school_id) & (terms["family"] == "traffic")].drop_duplicates("hazard_id")
    speeds = facts.set_index("hazard_id")[["speed_kmh", "default_speed"]]
    out = out.join(speeds, on="hazard_id")
    return out.drop(columns="school_id").sort_values(["share", "hazard_id"], ascending=[False, True], ignore_index=True)


def _zones(basis: Basis, school_id: str, request: Request) -> gpd.GeoDataFrame:
    """Straight zones: rings around the gates, and around the boundary for the venue rule."""
    rs, ground = rules.load(), basis.ground
    outline = ground.tables["schools"].geometry[school_id]
    gates = ground.tables["gates"]
    spots = gates.loc[gates["school_id"] == school_id].union_all()
    rows = []
    for case, rule_id in ZONE_RULES.items():
        radius_m = rs.number(rule_id, request.as_of)
        centre = outline if case == "venue" else spots
        rows.append(
            {"case": case, "radius_m": radius_m, "rule_id": rule_id, "geometry": centre.buffer(radius_m, quad_segs=32)}
        )
    return gpd.GeoDataFrame(rows, crs=ground.tables["schools"].crs)


def _catchments(basis: Basis, school_id: str, request: Request) -> gpd.GeoDataFrame:
    """Street parts within a legal walk of the nearest gate, and areas to show them by."""
    rs, ground = rules.load(), basis.ground
    limits = {case: rs.number(rule_id, request.as_of) for case, rule_id in CATCHMENT_RULES.items()}
    grown = reach(
        ground.graph, ground.gate_snaps, [ground.gate_rows(school_id)], legal=True, limit_m=max(limits.values())
    )
    rows = []
    for case, limit_m in limits.items():
        whole = reached_parts(ground.graph, ground.gate_snaps, grown, 0, limit_m)
        inner = reached_parts(ground.graph, ground.gate_snaps, grown, 0, limit_m - DISPLAY_WIDTH_M)
        shapes = {
            "lines": shapely.union_all(part_lines(ground.graph, whole)),
            "area": display_polygon(ground.graph, part_lines(ground.graph, inner), DISPLAY_WIDTH_M),
        }
        rows += [
            {"case": case, "part": part, "limit_m": limit_m, "geometry": shape}
            for part, shape in shapes.items()
            if not shapely.is_empty(shape)
        ]
    return gpd.GeoDataFrame(rows, columns=["case", "part", "limit_m", "geometry"], crs=ground.tables["schools"].crs)


def _segments(session: Session, school_id: str) -> gpd.GeoDataFrame:
    """Streets and crossings that carry this campus's pupils, with their grade over all campuses."""
    terms = results.read(session, "terms")
    own = terms[(terms["school_id"] == school_id) & (terms["family"] == "traffic") & (terms["decay"] > 0)]
    lines = results.read(session, "segments")
    assert isinstance(lines, gpd.GeoDataFrame)  # noqa: S101 - narrows the type: segments are stored with geometry
    risk = results.read(session, "segment_risk")
    shown = lines[lines.index.isin(own["hazard_id"])]
    return shown.join(risk[["grade", "index", "campuses"]]).join(own.set_index("hazard_id")[["x", "distance_m"]])


def _venues(judged: Compliance, basis: Basis, school_id: str) -> gpd.GeoDataFrame:
    """Venues measured for this campus: verdict under the profile, and the metres by every method."""
    findings, distances = judged.findings, judged.distances
    own = findings[findings["school_id"] == school_id].drop_duplicates("venue_id").set_index("venue_id")
    by_method = (
        distances[distances["school_id"] == school_id]
        .drop_duplicates(["venue_id", "method"])
        .pivot_table(index="venue_id", columns="method", values="distance_m", aggfunc="first")
    )
    venues = basis.ground.tables["venues"]
    facts = venues.loc[venues.index.isin(own.index), ["name", "kind", "hours", "licence", "geometry"]]
    columns = ["verdict", "limit_m", "rule_id", "methods_disagree", "lead_department", "distance_m", "uncertainty_m"]
    out = facts.join(own[columns]).join(by_method.reindex(columns=[method.code for method in METHODS]))
    return to_wgs84(out.sort_values(["distance_m", "name"]))


def _surroundings(basis: Basis, school_id: str) -> dict[str, gpd.GeoDataFrame]:
    """Base-map layers near the campus, WGS 84."""
    tables = basis.ground.tables
    box = shapely.box(
        *np.asarray(tables["schools"].geometry[school_id].bounds) + SURROUNDINGS_M * np.array([-1, -1, 1, 1])
    )
    names = ("water", "roads", "buildings", "schools", "devices", "rentals")
    return {name: to_wgs84(tables[name][tables[name].intersects(box)]) for name in names}
