"""
A plan applied to a copy of the tables and scored again by the whole model, pupils rerouted.

What the model sees by itself (a marked crossing, a rail, a fence, a kit, cameras) is put into the tables; what it does
not see is taken off the new terms of the plan's sites. The baseline never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.assessment import Basis, Claims, Request, assess_risk, prepare
from gislib.domain.arrays import Floats
from gislib.domain.tables import conform, empty_table
from gislib.exposure.distances import campus_starts
from gislib.geo.crs import require_metric, to_wgs84
from gislib.risk.family import CROSSING
from gislib.risk.score import index_of
from gislib.rules import RuleSet
from gislib.siting.model import ZONE_TREATMENT
from gislib.siting.rails import Tables, laid_rails
from gislib.siting.sites import Situation, site_terms, zone_campus
from gislib.siting.treatments import catalogue

SEEN: Final = frozenset({"crossing", "water_fence", "rescue_kit", "camera"})
"""Treatments whose effect the model works out from the tables."""
SAME_PLACE_M: Final = 2.0
"""A crossing of the new situation is the one of the plan if it lies this near along its road."""
PLAN_SOURCE: Final = "plan"
FLAGS: Final = {"water_fence": ("water", "fenced"), "rescue_kit": ("water", "kit"), "camera": ("schools", "cameras")}
"""Treatments that set a flag of their water or campus: its layer and column."""


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
    built = apply_plan(tables_wgs84, plan, now.ground.tables, (rs, on))
    ground = prepare(built, rs, on, crs=require_metric(now.ground.tables["schools"])).ground
    # Gates that today are inferred stay where they are: a plan builds on streets and moves no gate.
    gates = now.ground.tables["gates"]
    ground = replace(ground, tables={**ground.tables, "gates": gates})
    ground = replace(ground, gate_snaps=ground.snap(np.asarray(gates.geometry.to_numpy(), dtype=object)))
    basis = Basis(ground, campus_starts(ground))
    risk = assess_risk(basis, claims, rs, request)
    after = Situation(basis.ground, risk.hazards, risk.tables.terms, risk.tables.school_risk)
    new = site_terms(after, rs, on)
    rest = plan[~plan["treatment_id"].isin(SEEN).to_numpy(bool)]
    new_zones = zone_of_site.combine_first(zone_campus(new))
    loads = {
        "before": (table, table["load"].to_numpy(float)),
        "fixed": (table, loads_with(plan, table, zone_of_site, (rs, on))),
        "rerouted": (new, loads_with(rest, new, new_zones, (rs, on))),
    }
    return impact_of(now, loads, (rs, on))


def impact_of(
    now: Situation, loads: Mapping[str, tuple[pd.DataFrame, Floats]], rules: tuple[RuleSet, date]
) -> Impact:  # fmt: skip
    """
    Loads per campus and the reductions.

    ``loads``: ``before``, ``fixed`` and ``rerouted``, each a `sites.site_terms` and the load left of its terms.
    """
    rs, on = rules
    by_campus = pd.DataFrame({name: _by_campus(*own) for name, own in loads.items()}).reindex(now.school_risk.index)
    # A known campus without terms carries no load; one of unknown load stays unknown.
    known = now.school_risk["load"].notna().to_numpy(bool)
    by_campus = by_campus.where(by_campus.notna() | ~known[:, None], 0.0)
    fixed = float((by_campus["before"] - by_campus["fixed"]).sum())
    rerouted = float((by_campus["before"] - by_campus["rerouted"]).sum())
    scores = {f"score_{name}": index_of(by_campus[name]) for name in by_campus.columns}
    differs = abs(rerouted - fixed) > rs.number("siting.rerouted_difference", on) * abs(fixed)
    return Impact(by_campus.assign(**scores), fixed, rerouted, differs)


def loads_with(
    plan: gpd.GeoDataFrame, table: pd.DataFrame, zone_of_site: pd.Series[str], rules: tuple[RuleSet, date]
) -> Floats:
    """Load left of every term of a `sites.site_terms` with a plan built; what is built multiplies."""
    return left_of(table, hits(plan, table, zone_of_site, rules))


def left_of(table: pd.DataFrame, found: pd.DataFrame) -> Floats:
    """`loads_with` where the `hits` are known."""
    left = table["load"].to_numpy(np.float64).copy()
    np.multiply.at(left, found["term"].to_numpy(np.int64), found["left"].to_numpy(float))
    return left


def device_values(plan: gpd.GeoDataFrame, table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """
    Load that a plan would lose without one of its devices, routes and origins fixed.

    Leaving a device out multiplies what is left of a term by one over what the device leaves, so that no term is
    computed again. ``found``: the `hits` of the plan on the terms.

    Returns
    -------
    DataFrame
        ``device_id`` (index of the plan), ``school_id``, ``load`` > 0, the greatest first within each device.
    """
    left = left_of(table, found)
    # A device may act twice on one term; its acts are taken back together.
    per_term = found.groupby(["device", "term"], as_index=False)["left"].prod()
    term = per_term["term"].to_numpy(np.int64)
    rows = pd.DataFrame(
        {
            "device_id": plan.index.to_numpy(dtype=object)[per_term["device"].to_numpy(np.int64)],
            "school_id": table["school_id"].to_numpy(dtype=object)[term],
            "load": left[term] * (1.0 / per_term["left"].to_numpy(float) - 1.0),
        }
    )
    total = rows.groupby(["device_id", "school_id"], as_index=False)["load"].sum()
    order = ["device_id", "load", "school_id"]
    return pd.DataFrame(total[total["load"] > 0]).sort_values(order, ascending=[True, False, True], ignore_index=True)


def hits(
    plan: gpd.GeoDataFrame, table: pd.DataFrame, zone_of_site: pd.Series[str], rules: tuple[RuleSet, date]
) -> pd.DataFrame:
    """Which device (row of the plan) acts on which term (row of the table), and the share of it that is ``left``."""
    own = _acts(plan, rules)
    terms = pd.DataFrame({"part": table["part"], "place": table["site_id"]}).astype("object")
    terms["term"] = np.arange(len(table))
    zones = terms.assign(place=table["site_id"].map(zone_of_site).astype("object"))
    wide, crossing = own["zone_wide"].to_numpy(bool), own["at_crossing"].to_numpy(bool)
    found = [
        own[wide].merge(zones, on=["place", "part"])[["device", "term", "left"]],
        own[~wide & ~crossing].merge(terms, on=["place", "part"])[["device", "term", "left"]],
    ]
    spots = np.flatnonzero((table["part"] == CROSSING).to_numpy(bool))
    site = table["site_id"].to_numpy(dtype=object)[spots]
    hazard, chain = table["hazard_id"].to_numpy(dtype=object)[spots], table["chainage_m"].to_numpy(float)[spots]
    for act in own[crossing].itertuples():
        named = hazard == act.hazard_id
        here = named if named.any() else np.abs(chain - act.chainage_m) <= SAME_PLACE_M
        term = spots[here & (site == act.place)]
        found.append(pd.DataFrame({"device": act.device, "term": term, "left": act.left}))
    joined: pd.DataFrame = pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)
    return joined


def _acts(plan: gpd.GeoDataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """
    What every device leaves of which part of the terms at its place.

    ``device``: row of the plan; ``place``: site, or campus of a zone-wide measure; ``left``: share left.
    ``at_crossing``: acts on one crossing, known by its id, or by its place where a new situation has named it anew.
    """
    effects = pd.DataFrame(
        [
            {"treatment_id": t.id, "part": part, "left": 1.0 - effect.typical,
             "at_crossing": t.place == CROSSING and part == CROSSING, "zone_wide": t.id == ZONE_TREATMENT}
            for t in catalogue(*rules).values()
            for part, effect in t.effect.items()
        ]
    )  # fmt: skip
    rows = pd.DataFrame(plan[["treatment_id", "site_id", "school_id", "hazard_id", "chainage_m"]]).astype(
        {"treatment_id": "object", "site_id": "object", "school_id": "object", "hazard_id": "object"}
    )
    acts = rows.assign(device=np.arange(len(rows))).merge(effects, on="treatment_id")
    return acts.assign(place=acts["school_id"].where(acts["zone_wide"], acts["site_id"]))


def apply_plan(
    tables_wgs84: Mapping[str, gpd.GeoDataFrame], plan: gpd.GeoDataFrame, tables: Tables, rules: tuple[RuleSet, date]
) -> dict[str, gpd.GeoDataFrame]:
    """
    Copy of the tables with the plan's devices built.

    Every row becomes a device of its kind with the row's id; a rail becomes lines along its road, one for each piece
    that can be laid among what stands in ``tables`` (today's, working CRS). Fences, kits and cameras also set the flag
    of their water or campus.
    """
    out = {name: table.copy() for name, table in tables_wgs84.items()}
    for treatment_id, (layer, column) in FLAGS.items():
        own = plan.loc[(plan["treatment_id"] == treatment_id).to_numpy(bool), "segment_id"]
        if len(own):
            out[layer].loc[out[layer].index.isin(own), column] = True
    built = to_wgs84(device_rows(plan, tables, rules))
    before = tables_wgs84.get("devices")
    if built.empty:
        return out
    both = built if before is None or before.empty else pd.concat([before, built])
    out["devices"] = conform("devices", gpd.GeoDataFrame(both, geometry="geometry", crs=built.crs))
    return out


def device_rows(plan: gpd.GeoDataFrame, tables: Tables, rules: tuple[RuleSet, date]) -> gpd.GeoDataFrame:
    """What a plan builds as rows of the device table, working CRS; see `apply_plan`."""
    # A fence is a fact of its water; as a device its single point would fence nothing.
    standing = plan[~plan["kind"].isin(["fence", "rail"]).to_numpy(bool)]
    rails = laid_rails(plan, tables, rules)
    if standing.empty and not rails:
        return empty_table("devices", require_metric(tables["roads"]))
    crossing = (standing["kind"] == "crossing").to_numpy(bool)
    points = gpd.GeoDataFrame(
        {"kind": standing["kind"], "marked": pd.Series(crossing, index=standing.index).where(crossing)},
        geometry=np.asarray(standing.geometry.to_numpy(), dtype=object),
        index=standing.index.astype(str),
    )
    lines = gpd.GeoDataFrame(
        {"kind": "rail", "marked": None},
        geometry=[line for _, _, line in rails],
        index=[device_id if number == 1 else f"{device_id}/{number}" for device_id, number, _ in rails],
    )
    both = points if lines.empty else lines if points.empty else pd.concat([points, lines])
    devices = gpd.GeoDataFrame(both.assign(name=None, source_id=PLAN_SOURCE, located_to_m=1.0), geometry="geometry")
    return conform("devices", devices.set_crs(require_metric(plan), allow_override=True))


def _by_campus(table: pd.DataFrame, load: Floats) -> pd.Series[float]:
    return pd.Series(load, index=table.index).groupby(table["school_id"]).sum()
