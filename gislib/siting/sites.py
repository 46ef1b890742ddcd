"""
Sites: every term with load belongs to one.

Traffic terms belong to a stretch of their road (both kerbs and the crossings on it), water terms to their water, venue
and rental terms to their campus.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely

from gislib.exposure.ground import Ground
from gislib.exposure.hazards import Hazards
from gislib.risk.family import CROSSING, SEGMENT
from gislib.risk.score import weighted_x
from gislib.rules import RuleSet
from gislib.siting.places import site_number


@dataclass(frozen=True)
class Situation:
    """What is assessed today: the ground, its hazards and terms, and the published scores of the campuses."""

    ground: Ground
    hazards: Hazards
    terms: pd.DataFrame
    school_risk: pd.DataFrame


def site_terms(now: Situation, rs: RuleSet, on: date) -> pd.DataFrame:
    """
    Terms with their load and their site.

    Returns
    -------
    DataFrame
        ``school_id, family, hazard_id, part, load, site_id, road_id, chainage_m`` (the last two only for traffic), in
        the order of the terms, RangeIndex. ``part`` is the part that a treatment acts on: ``segment`` and
        ``crossing`` for traffic, else the family. Terms without load and of families unknown at their campus are left
        out: nothing can be taken off them.
    """
    load = weighted_x(now.terms, rs, on)
    campus = now.school_risk.index.get_indexer(pd.Index(now.terms["school_id"]))
    known = np.zeros(len(now.terms), bool)
    for family in now.terms["family"].unique():
        in_family = (now.terms["family"] == family).to_numpy(bool)
        told = now.school_risk[f"load_{family}"].notna().to_numpy(bool)
        known |= in_family & (campus >= 0) & told[campus]
    table = now.terms[["school_id", "family", "hazard_id", "part"]].assign(load=load)
    table = table[known & (load > 0).to_numpy(bool)].reset_index(drop=True)
    traffic = table["part"].isin([SEGMENT, CROSSING]).to_numpy(bool)
    table["part"] = table["part"].where(traffic, table["family"])
    table["site_id"] = table["hazard_id"].where(table["family"] == "water", table["school_id"])
    spots = hazard_places(now, table.loc[traffic, "hazard_id"])
    table["road_id"] = pd.Series(None, index=table.index, dtype="object")
    table["chainage_m"] = np.nan
    table.loc[traffic, "road_id"] = spots["road_id"].to_numpy(dtype=object)
    table.loc[traffic, "chainage_m"] = spots["chainage_m"].to_numpy(float)
    table.loc[traffic, "site_id"] = site_ids(
        now, spots["road_id"].to_numpy(dtype=object), spots["chainage_m"].to_numpy(float), (rs, on)
    )
    return table


def hazard_places(now: Situation, hazard_id: pd.Series) -> pd.DataFrame:
    """Road and chainage of the middle of traffic hazards, in their order."""
    lines = now.hazards.traffic_lines
    rows = lines.index.get_indexer(pd.Index(hazard_id))
    road_id = lines["road_id"].to_numpy(dtype=object)[rows]
    shapes = lines.geometry.to_numpy()[rows]
    lineal = shapely.get_dimensions(shapes) == 1
    middle = shapes.copy()
    middle[lineal] = shapely.line_interpolate_point(shapes[lineal], 0.5, normalized=True)
    roads = now.ground.tables["roads"]
    ways = roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(road_id))]
    return pd.DataFrame({"road_id": road_id, "chainage_m": shapely.line_locate_point(ways, middle)})


def site_ids(now: Situation, road_id: np.ndarray, chainage_m: np.ndarray, rules: tuple[RuleSet, date]) -> np.ndarray:
    """Site of each place on a road: the road's id and the number of the stretch."""
    rs, on = rules
    roads = now.ground.tables["roads"]
    length = shapely.length(roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(road_id))])
    number = site_number(chainage_m, length, rs.number("siting.site_length_m", on))
    return np.array([f"{road}#{n}" for road, n in zip(road_id, number.tolist(), strict=True)], dtype=object)


def zone_campus(table: pd.DataFrame) -> pd.Series[str]:
    """Campus whose 30 km/h zone a street site belongs to: the one with most traffic load on it; index ``site_id``."""
    traffic = table[table["family"] == "traffic"]
    total = traffic.groupby(["site_id", "school_id"])["load"].sum().reset_index()
    total = total.sort_values(["site_id", "load", "school_id"], ascending=[True, False, True])
    first: pd.Series[str] = total.drop_duplicates("site_id").set_index("site_id")["school_id"]
    return first
