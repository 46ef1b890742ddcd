"""
The score of a plan after every edit, campus by campus: what an edit cannot touch is kept.

Equal to `impact.impact` over the whole. Devices that do not change where pupils walk are multiplied onto the terms.
Where a crossing, a signal or a guard rail comes or goes, the streets around it are built again, the campuses whose
pupils may walk otherwise are found, and only those are assessed, on what lies in their reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.assessment import Basis, Claims, Request, assess_loads
from gislib.domain.arrays import Shapes
from gislib.exposure.distances import campus_starts
from gislib.exposure.ground import Ground
from gislib.geo.crs import require_metric, to_wgs84, transform
from gislib.network.graph import build_walk_graph
from gislib.network.part import around
from gislib.network.patch import SHAPING, carriageway_pairs, patched
from gislib.network.snap import build_obstacles, snap
from gislib.rules import RuleSet
from gislib.siting.belief import crossings_believed_alike
from gislib.siting.impact import FLAGS, Impact, device_rows, hits, impact_of, left_of, loads_with
from gislib.siting.routes import Routes, ground_of, moved, reaches_of, routes_on, touched
from gislib.siting.sites import Situation, site_terms, zone_campus

HALO_M: Final = 50.0
"""Kept around what is in reach of a campus, beyond the legs of walks."""


@dataclass(frozen=True)
class Today:
    """What a plan is compared with: the situation, what it was assessed from, its site terms and zones."""

    now: Situation
    claims: Claims
    rs: RuleSet
    request: Request
    terms: pd.DataFrame
    zones: pd.Series[str]

    @property
    def rules(self) -> tuple[RuleSet, date]:
        """Rules and their day."""
        return self.rs, self.request.as_of


@dataclass(frozen=True)
class Rescored:
    """
    A plan scored.

    Attributes
    ----------
    impact
        Loads and scores of every campus, as by `impact.impact`.
    assessed
        Campuses assessed again for the last change; the others kept their terms.
    today, plan
        What was scored.
    acts
        `impact.hits` of the plan on today's terms.
    routes, terms
        Streets as the plan leaves them, and the site terms of all campuses on them: the next change starts here.
    """

    impact: Impact
    assessed: tuple[str, ...]
    today: Today
    plan: gpd.GeoDataFrame
    acts: pd.DataFrame
    routes: Routes
    terms: pd.DataFrame


def unplanned(now: Situation, claims: Claims, rules: tuple[RuleSet, Request]) -> Rescored:
    """
    Score of today without any device, from which every plan is rescored.

    Parameters
    ----------
    now, claims
        Today, and the claims that it was assessed with.
    rules
        Rules and the request of that assessment.
    """
    rs, request = rules
    on = request.as_of
    terms = site_terms(now, rs, on)
    today = Today(now, claims, rs, request, terms, zone_campus(terms))
    none = gpd.GeoDataFrame(
        {name: pd.Series(dtype="object") for name in _PLAN_COLUMNS}, geometry=[], crs=now.ground.tables["roads"].crs
    )
    return _scored(today, none, routes_on(now.ground, rs, on), terms, ())


_PLAN_COLUMNS: Final = (
    "treatment_id", "kind", "site_id", "segment_id", "school_id", "hazard_id", "chainage_m", "quantity",
)  # fmt: skip


def rescore(last: Rescored, plan: gpd.GeoDataFrame) -> Rescored:
    """
    Score of a changed plan.

    Parameters
    ----------
    last
        Score of the plan before, or `unplanned`.
    plan
        Rows of `candidates.find_candidates`, `placing.place` or the device table of a plan, in the working CRS.
    """
    today = last.today
    spots = _changed(today, last.plan, plan)
    if not len(spots):
        return _scored(today, plan, last.routes, last.terms, ())
    routes, campuses = _rerouted(last, _standing(today, plan), spots)
    if not campuses:
        return _scored(today, plan, routes, last.terms, ())
    again = _assessed(today, routes, campuses)
    kept = last.terms[~last.terms["school_id"].isin(campuses).to_numpy(bool)]
    terms = pd.concat([kept, again]).sort_values("school_id", kind="stable", ignore_index=True)
    return _scored(today, plan, routes, terms, tuple(campuses))


def _scored(
    today: Today, plan: gpd.GeoDataFrame, routes: Routes, terms: pd.DataFrame, assessed: tuple[str, ...]
) -> Rescored:
    """Loads today, with routes as today, and with the plan's own routes."""
    rules = today.rules
    zones = today.zones if terms is today.terms else today.zones.combine_first(zone_campus(terms))
    rest = _seen_once(plan[(plan["treatment_id"] != "crossing").to_numpy(bool)], today.now.ground.tables)
    acts = hits(plan, today.terms, today.zones, rules)
    fixed = left_of(today.terms, acts)
    # Where nothing shapes the streets, both are one calculation, half of the time of an edit.
    same = terms is today.terms and len(rest) == len(plan)
    loads = {
        "before": (today.terms, today.terms["load"].to_numpy(float)),
        "fixed": (today.terms, fixed),
        "rerouted": (terms, fixed if same else loads_with(rest, terms, zones, rules)),
    }
    return Rescored(impact_of(today.now, loads, rules), assessed, today, plan, acts, routes, terms)


def _seen_once(plan: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Plan without what the model sees in the tables and there once only: a second fence of a water fences no more."""
    idle = np.zeros(len(plan), bool)
    for treatment_id, (layer, column) in FLAGS.items():
        own = (plan["treatment_id"] == treatment_id).to_numpy(bool)
        there = tables[layer].index[tables[layer][column].astype("boolean").fillna(value=False).to_numpy(bool)]
        idle |= own & (
            plan["segment_id"].isin(there).to_numpy(bool) | plan["segment_id"].where(own).duplicated().to_numpy()
        )
    return plan[~idle]


def _changed(today: Today, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Shapes:
    """Shapes of the devices by which pupils' walks differ between two plans."""
    shaping = [plan[plan["kind"].isin(SHAPING).to_numpy(bool)] for plan in (before, after)]
    marks = [
        list(zip(p["kind"], p["segment_id"], p["quantity"], shapely.to_wkb(p.geometry.to_numpy()), strict=True))
        for p in shaping
    ]
    differ = [
        plan[np.array([mark not in other for mark in own], bool)]
        for plan, own, other in zip(shaping, marks, (set(marks[1]), set(marks[0])), strict=True)
    ]
    shapes = [
        device_rows(plan, today.now.ground.tables, today.rules).geometry.to_numpy() for plan in differ if len(plan)
    ]
    return np.concatenate(shapes) if shapes else np.zeros(0, object)


def _standing(today: Today, plan: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """All devices with those of a plan built that shape the streets."""
    tables = today.now.ground.tables
    existing = tables["devices"]
    new = device_rows(plan[plan["kind"].isin(SHAPING).to_numpy(bool)], tables, today.rules)
    # As it will be stored and read again: to the last bit, so that equally long walks are told apart the same way.
    new = transform(to_wgs84(new), require_metric(existing))
    both = existing if new.empty else new if existing.empty else pd.concat([existing, new])
    return gpd.GeoDataFrame(both, geometry="geometry", crs=existing.crs)


def _rerouted(last: Rescored, devices: gpd.GeoDataFrame, spots: Shapes) -> tuple[Routes, list[str]]:
    """Streets with changed devices, and the campuses to be assessed again."""
    today, ground = last.today, last.today.now.ground
    parameters = ground.parameters
    pairs = carriageway_pairs(ground.graph)
    patch = patched(last.routes.graph, ground.tables["roads"], devices, parameters, spots, pairs)
    if patch is not None and crossings_believed_alike(ground, devices, patch.graph):
        routes = moved(last.routes, patch, ground, devices)
        if routes is not None and not len(patch.gone) and not len(patch.fresh):
            return routes, []
        if routes is not None:
            return routes, touched(last.routes, routes, patch, ground, reaches_of(*today.rules))
    graph = build_walk_graph(ground.tables["roads"], devices, parameters)
    obstacles = build_obstacles(graph, devices, ground.tables["water"], ground.tables["buildings"])
    points = shapely.get_coordinates(ground.tables["gates"].geometry.to_numpy())
    whole = replace(
        ground, tables={**ground.tables, "devices": devices}, graph=graph, obstacles=obstacles,
        gate_snaps=snap(graph, obstacles, points, parameters.snap_limit_m), edge_slope_excess_m=None,
    )  # fmt: skip
    return routes_on(whole, *today.rules), sorted(ground.tables["schools"].index)


def _assessed(today: Today, routes: Routes, campuses: list[str]) -> pd.DataFrame:
    """Site terms of some campuses on the streets of a plan, assessed on what lies in their reach."""
    ground = _clipped(today, routes, campuses)
    found = assess_loads(Basis(ground, campus_starts(ground)), today.claims, today.rs, today.request)
    after = Situation(ground, found.hazards, found.terms, found.scored)
    return site_terms(after, *today.rules)


def _clipped(today: Today, routes: Routes, campuses: list[str]) -> Ground:
    """Ground of some campuses: everything that their walks and distances can reach, roads with their old rows."""
    ground = ground_of(routes, today.now.ground)
    tables, parameters = ground.tables, ground.parameters
    schools = tables["schools"].loc[campuses].sort_index()
    gates = tables["gates"][tables["gates"]["school_id"].isin(campuses).to_numpy(bool)]
    within = today.rs.table("risk.reach_m", today.request.as_of)
    places = np.concatenate([schools.geometry.to_numpy(), gates.geometry.to_numpy()])
    reaches, snap_m = reaches_of(*today.rules), parameters.snap_limit_m + HALO_M
    area = _disc(gates.geometry.to_numpy(), max(reaches.origin_m, reaches.water_m) + 2 * snap_m)
    discs = {
        "venues": _disc(places, float(within["venues"]) + HALO_M),
        "population": _disc(gates.geometry.to_numpy(), reaches.origin_m + snap_m),
    }
    own = {
        name: table.iloc[table.sindex.query(discs.get(name, area), predicate="intersects", sort=True)]
        for name, table in tables.items()
        if name not in {"roads", "schools", "gates"}
    } | {"roads": tables["roads"], "schools": schools, "gates": gates}
    graph = around(routes.graph, area, tables["roads"].index.to_numpy(dtype=object))
    obstacles = build_obstacles(graph, own["devices"], own["water"], own["buildings"])
    points = shapely.get_coordinates(gates.geometry.to_numpy())
    # Farther waters are in the way of walks, but nobody walks to them.
    bank_m = reaches.water_m + reaches.bank_gap_m + snap_m
    near_water = own["water"].sindex.query(_disc(gates.geometry.to_numpy(), bank_m), predicate="intersects", sort=True)
    own = own | {"water": own["water"].iloc[near_water]}
    return replace(
        ground, tables=own, graph=graph, obstacles=obstacles,
        gate_snaps=snap(graph, obstacles, points, parameters.snap_limit_m),
    )  # fmt: skip


def _disc(shapes: Shapes, metres: float) -> shapely.Geometry:
    """Everything within a distance of any of some shapes."""
    union: shapely.Geometry = shapely.union_all(shapely.buffer(shapes, metres))
    return union
