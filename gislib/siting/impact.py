"""
A plan applied to a copy of the tables and scored again by the whole model, pupils rerouted.

What the model sees by itself (a marked crossing, a rail, a fence, a kit, cameras) is put into the tables; what it does
not see is taken off the new terms of the plan's sites. The baseline never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.ops import substring

from gislib.assessment import Claims, Request, assess_risk, prepare
from gislib.domain.arrays import Floats, Shapes
from gislib.domain.tables import conform
from gislib.geo.crs import to_wgs84
from gislib.risk.family import CROSSING
from gislib.risk.score import index_of
from gislib.rules import RuleSet
from gislib.siting.model import ZONE_TREATMENT
from gislib.siting.sites import Situation, site_terms, zone_campus
from gislib.siting.treatments import catalogue

SEEN: Final = frozenset({"crossing", "water_fence", "rescue_kit", "camera"})
"""Treatments whose effect the model works out from the tables."""
SAME_PLACE_M: Final = 2.0
"""A crossing of the new situation is the one of the plan if it lies this near along its road."""
PLAN_SOURCE: Final = "plan"
_FLAGS: Final = {"water_fence": ("water", "fenced"), "rescue_kit": ("water", "kit"), "camera": ("schools", "cameras")}


@dataclass(frozen=True)
class Impact:
    """
    Load of every campus today and with a plan.

    ``loads``: index ``school_id``, columns ``before, fixed`` (routes and origins as today), ``rerouted`` (the whole
    model on a copy) and their scores ``score_before, score_fixed, score_rerouted``. ``differs``: the two reductions
    differ by more than ``siting.rerouted_difference``.
    """

    loads: pd.DataFrame
    reduction_fixed: float
    reduction_rerouted: float
    differs: bool


def impact(
    now: Situation, plan: gpd.GeoDataFrame, tables_wgs84: Mapping[str, gpd.GeoDataFrame], claims: Claims,
    rules: tuple[RuleSet, Request],
) -> Impact:  # fmt: skip
    """
    Both reductions of a plan.

    Parameters
    ----------
    now
        Today, assessed with the same request.
    plan
        Chosen rows of `candidates.find_candidates`, working CRS.
    tables_wgs84, claims
        What today was assessed from; not changed.
    rules
        Rules and the request (date, slice).
    """
    rs, request = rules
    on = request.as_of
    table = site_terms(now, rs, on)
    zone_of_site = zone_campus(table)
    built = apply_plan(tables_wgs84, plan, now.ground.tables["roads"])
    basis = prepare(built, rs, on)
    risk = assess_risk(basis, claims, rs, request)
    after = Situation(basis.ground, risk.hazards, risk.tables.terms, risk.tables.school_risk)
    new = site_terms(after, rs, on)
    rest = plan[~plan["treatment_id"].isin(SEEN).to_numpy(bool)]
    new_zones = zone_of_site.combine_first(zone_campus(new))
    loads = pd.DataFrame(
        {
            "before": _by_campus(table, table["load"].to_numpy(float)),
            "fixed": _by_campus(table, loads_with(plan, table, zone_of_site, (rs, on))),
            "rerouted": _by_campus(new, loads_with(rest, new, new_zones, (rs, on))),
        }
    ).reindex(now.school_risk.index)
    # A known campus without terms carries no load; one of unknown load stays unknown.
    known = now.school_risk["load"].notna().to_numpy(bool)
    loads = loads.where(loads.notna() | ~known[:, None], 0.0)
    fixed = float((loads["before"] - loads["fixed"]).sum())
    rerouted = float((loads["before"] - loads["rerouted"]).sum())
    scores = {f"score_{name}": index_of(loads[name]) for name in loads.columns}
    differs = abs(rerouted - fixed) > rs.number("siting.rerouted_difference", on) * abs(fixed)
    return Impact(loads.assign(**scores), fixed, rerouted, differs)


def loads_with(
    plan: gpd.GeoDataFrame, table: pd.DataFrame, zone_of_site: pd.Series[str], rules: tuple[RuleSet, date]
) -> Floats:
    """Load left of every term of a `sites.site_terms` with a plan built; what is built multiplies."""
    left = table["load"].to_numpy(np.float64).copy()
    known = catalogue(*rules)
    zone = table["site_id"].map(zone_of_site)
    for row in plan.itertuples():
        treatment = known[str(row.treatment_id)]
        at_site = (zone if treatment.id == ZONE_TREATMENT else table["site_id"]) == (
            row.school_id if treatment.id == ZONE_TREATMENT else row.site_id
        )
        for part, effect in treatment.effect.items():
            own = (at_site & (table["part"] == part)).to_numpy(bool)
            if treatment.place == CROSSING and part == CROSSING:
                own = own & _at_crossing(table, str(row.hazard_id), float(row.chainage_m))  # type: ignore[arg-type]
            left[own] *= 1.0 - effect.typical
    return left


def apply_plan(
    tables_wgs84: Mapping[str, gpd.GeoDataFrame], plan: gpd.GeoDataFrame, roads: gpd.GeoDataFrame
) -> dict[str, gpd.GeoDataFrame]:
    """
    Copy of the tables with the plan's devices built.

    Every row becomes a device of its kind with the row's id; a rail becomes a line along its road, as long on each side
    as half its quantity over both kerbs. Fences, kits and cameras also set the flag of their water or campus.
    """
    out = {name: table.copy() for name, table in tables_wgs84.items()}
    for treatment_id, (layer, column) in _FLAGS.items():
        own = plan.loc[(plan["treatment_id"] == treatment_id).to_numpy(bool), "segment_id"]
        if len(own):
            out[layer].loc[out[layer].index.isin(own), column] = True
    # A fence is a fact of its water; as a device its single point would fence nothing.
    standing = plan[(plan["kind"] != "fence").to_numpy(bool)]
    if standing.empty:
        return out
    devices = gpd.GeoDataFrame(
        {
            "kind": standing["kind"], "name": None, "source_id": PLAN_SOURCE, "located_to_m": 1.0,
            "marked": (standing["kind"] == "crossing").where((standing["kind"] == "crossing").to_numpy(bool)),
        },
        geometry=_device_shapes(standing, roads), index=standing.index.astype(str), crs=plan.crs,
    )  # fmt: skip
    built = to_wgs84(conform("devices", devices))
    before = tables_wgs84.get("devices")
    both = built if before is None or before.empty else pd.concat([before, built])
    out["devices"] = conform("devices", gpd.GeoDataFrame(both, geometry="geometry", crs=built.crs))
    return out


def _device_shapes(plan: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> Shapes:
    """Point of every device; a rail is laid along its road."""
    shapes = np.asarray(plan.geometry.to_numpy(), dtype=object).copy()
    rails = np.flatnonzero((plan["kind"] == "rail").to_numpy(bool))
    lines = roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(plan["segment_id"].iloc[rails]))]
    chain = plan["chainage_m"].to_numpy(float)[rails]
    half = plan["quantity"].to_numpy(float)[rails] / 2
    for row, line, low, high in zip(rails.tolist(), lines, chain - half, chain + half, strict=True):
        shapes[row] = substring(line, max(low, 0.0), min(high, line.length))
    return shapes


def _at_crossing(table: pd.DataFrame, hazard_id: str, chainage_m: float) -> np.ndarray:
    """Terms of one crossing: by its id, or by its place where a new situation has named it anew."""
    named = (table["hazard_id"] == hazard_id).to_numpy(bool)
    if named.any():
        return named
    return np.asarray(np.abs(table["chainage_m"].to_numpy(float) - chainage_m) <= SAME_PLACE_M)


def _by_campus(table: pd.DataFrame, load: Floats) -> pd.Series[float]:
    return pd.Series(load, index=table.index).groupby(table["school_id"]).sum()
