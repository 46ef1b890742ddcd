"""One venue and one campus: every method's distance with its measured line, and the rule it is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib import rules
from gislib.assessment import Basis, Compliance, Request, measure_options
from gislib.domain.errors import InputError
from gislib.exposure.distances import measure, venue_ends, walk_between
from gislib.exposure.methods import METHODS
from gislib.geo.crs import to_wgs84
from gislib.planning import results
from gislib.planning.assess import bases_of, basis_of
from gislib.planning.session import Session
from gislib.rules import Rule


@dataclass(frozen=True)
class Evidence:
    """
    Evidence of one pair; geometries in WGS 84.

    Attributes
    ----------
    distances
        Published rows of the pair, one per method and rule.
    finding
        Row under the profile's method that decides (the strictest rule first).
    rule
        Rule of that row, None where the profile has none for the pair.
    lines
        Measured line of every method that could be measured: ``method, distance_m, case`` (straight or walk).
    ends
        Campus outline, gates measured from, and the venue with its doors: ``role, name``.
    """

    distances: pd.DataFrame
    finding: pd.Series
    rule: Rule | None
    lines: gpd.GeoDataFrame
    ends: gpd.GeoDataFrame


def evidence(session: Session, school_id: str, venue_id: str, judged: Compliance | None = None) -> Evidence:
    """
    Collect the evidence of one pair; the lines are measured again, the numbers are those ``judged`` or published.

    Raises
    ------
    InputError
        ``pair_unknown`` for a pair that is not among the findings.
    """
    judged = judged or results.compliance(session)
    findings, distances = judged.findings, judged.distances
    own = findings[(findings["school_id"] == school_id) & (findings["venue_id"] == venue_id)]
    if own.empty:
        raise InputError("pair_unknown", school=school_id, venue=venue_id)
    finding = own.sort_values(["limit_m", "rule_id"], ascending=[False, True]).iloc[0]
    request = results.request_of(session, "distances")
    basis = basis_of(session.workspace, request.as_of, school_id)
    return Evidence(
        distances=distances[(distances["school_id"] == school_id) & (distances["venue_id"] == venue_id)],
        finding=finding,
        rule=rules.load().rule(finding["rule_id"], request.as_of) if finding["rule_id"] else None,
        lines=to_wgs84(measured_lines(session, school_id, [venue_id], request)),
        ends=to_wgs84(_ends(basis, school_id, venue_id)),
    )


def measured_lines(session: Session, school_id: str, venue_ids: Sequence[str], request: Request) -> gpd.GeoDataFrame:
    """Line of every method for pairs of one campus, in its plane: ``venue_id, method, distance_m, case``."""
    ground = basis_of(session.workspace, request.as_of, school_id).ground
    venues = ground.tables["venues"].loc[list(venue_ids)]
    options = measure_options(bases_of(session.workspace, request.as_of), rules.load(), request)
    rows = measure(ground, venues, options)
    rows = rows[(rows["school_id"] == school_id) & rows["distance_m"].notna()]
    ends = venue_ends(ground, venues)
    gates = ground.tables["gates"].index
    paths = {method.code: method.path for method in METHODS}
    shapes = []
    for row in rows.to_dict("records"):
        straight = shapely.LineString([(row["start_x"], row["start_y"]), (row["end_x"], row["end_y"])])
        path = paths[row["method"]]
        if path == "straight":
            shapes.append(straight)
            continue
        own = np.flatnonzero(ends.owner == venues.index.get_loc(row["venue_id"]))
        end = shapely.Point(row["end_x"], row["end_y"])
        door = int(own[np.argmin(shapely.distance(ends.points[own], end))])
        gate = int(np.flatnonzero(gates == row["gate_id"])[0])
        walk = walk_between(ground, ends, (gate, door), legal=path == "legal", search_m=options.search_m)
        shapes.append(walk if walk is not None else straight)
    case = ["straight" if paths[m] == "straight" else "walk" for m in rows["method"]]
    return gpd.GeoDataFrame(
        {"venue_id": rows["venue_id"].to_numpy(), "method": rows["method"].to_numpy(),
         "distance_m": rows["distance_m"].round(1).to_numpy(), "case": case},
        geometry=shapes, crs=ground.tables["schools"].crs,
    )  # fmt: skip


def _ends(basis: Basis, school_id: str, venue_id: str) -> gpd.GeoDataFrame:
    """Campus, its gates, the venue and its doors."""
    tables = basis.ground.tables
    gates = tables["gates"][tables["gates"]["school_id"] == school_id]
    venue = tables["venues"].loc[venue_id]
    rows: list[tuple[str, object, object]] = [
        ("campus", tables["schools"]["name"][school_id], tables["schools"].geometry[school_id])
    ]
    rows += [("gate", name, shape) for name, shape in zip(gates["name"], gates.geometry, strict=True)]
    rows.append(("venue", venue["name"], venue["geometry"]))
    if venue["doors"] is not None:
        rows += [("door", None, door) for door in venue["doors"].geoms]
    return gpd.GeoDataFrame(rows, columns=["role", "name", "geometry"], crs=tables["schools"].crs)
