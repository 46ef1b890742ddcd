"""From candidates and terms to the arrays of the package model, and from its result back to device rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from gislib.domain.arrays import Floats, Ints
from gislib.domain.errors import InputError
from gislib.risk.family import CROSSING
from gislib.rules import RuleSet
from gislib.siting.candidates import CROSSING_KINDS, MARKED_CLAUSE, NEW_CROSSINGS, open_candidates, standing_shapes
from gislib.siting.optimise import Result
from gislib.siting.packages import Floor, Menu, load_left
from gislib.siting.places import distance_to
from gislib.siting.positions import is_marked
from gislib.siting.sites import Situation, site_terms, zone_campus
from gislib.siting.standards import POSSIBLE, standard_floors
from gislib.siting.treatments import Treatment, catalogue

ZONE_TREATMENT: Final = "zone_30"
ALIKE_CLAUSE: Final = "siting.alike_spacing"
SAME_CROSSING_M: Final = 0.1
"""Devices of one road nearer than this along it are at one crossing."""


@dataclass(frozen=True)
class PlanOptions:
    """
    What a plan aims at.

    ``floor_grades``: every campus of these grades gets at least one device that alone lowers its load by
    ``siting.floor_min_load``. ``standards_first``: every gap of the standards audit that can be closed is closed
    (`standards.standard_floors`). ``weights``: weight of a campus's load (1 where not named). ``banned``: treatments
    that are not used.
    """

    floor_grades: tuple[str, ...] = ()
    standards_first: bool = False
    weights: Mapping[str, float] | None = None
    banned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Model:
    """
    A menu and what its numbers mean.

    ``candidate_ids``: id of every candidate number; ``zone_ids``: candidate id of every zone number; ``terms``: the
    `sites.site_terms`, row by row the terms of the menu; ``weight``: of each term's campus.
    """

    menu: Menu
    candidate_ids: tuple[str, ...]
    zone_ids: tuple[str, ...]
    terms: pd.DataFrame
    weight: Floats

    def chosen_ids(self, result: Result) -> list[str]:
        """Ids of the chosen candidates and zone measures, sorted."""
        return sorted([self.candidate_ids[c] for c in result.candidates] + [self.zone_ids[z] for z in result.zones])


def build_model(
    now: Situation, candidates: gpd.GeoDataFrame, rules: tuple[RuleSet, date], options: PlanOptions,
    audit: gpd.GeoDataFrame | None = None,
) -> Model:  # fmt: skip
    """
    Arrays of the package model.

    Parameters
    ----------
    now
        Today: the same that the candidates were found in.
    candidates
        From `candidates.find_candidates`; refused ones are left out.
    rules, options
        Rules and their day; what the plan aims at.
    audit
        Standards audit; needed for ``standards_first``.

    Raises
    ------
    InputError
        ``plan_audit_missing`` for standards first without an audit.
    """
    rs, on = rules
    table = site_terms(now, rs, on)
    if options.standards_first and audit is None:
        raise InputError("plan_audit_missing")
    gaps = None
    if options.standards_first and audit is not None:
        gaps = standard_floors(audit, candidates, rules, options.banned)
    usable = open_candidates(candidates)
    usable = usable[~usable["treatment_id"].isin(options.banned).to_numpy(bool)]
    is_zone = (usable["treatment_id"] == ZONE_TREATMENT).to_numpy(bool)
    zones, own = usable[is_zone], _thinned(usable[~is_zone], table, rules, _closing(gaps))
    sites = pd.Index(sorted({*table["site_id"], *own["site_id"]}))
    weight = np.asarray(table["school_id"].map(options.weights or {}).fillna(1.0), dtype=np.float64)
    effects = _effects(own, table, rules)
    zone_share = _zone_shares(table, rules)
    zone_of_site = _zone_of_site(table, sites, zones)
    menu = Menu(
        site=sites.get_indexer(pd.Index(own["site_id"])).astype(np.int64),
        cost=own["cost_yuan"].to_numpy(float),
        group=_groups(own, rules),
        effect_candidate=effects["candidate"].to_numpy(np.int64),
        effect_term=effects["term"].to_numpy(np.int64),
        effect_share=effects["share"].to_numpy(float),
        term_site=sites.get_indexer(pd.Index(table["site_id"])).astype(np.int64),
        term_load=table["load"].to_numpy(float) * weight,
        zone_of_site=zone_of_site,
        zone_cost=zones["cost_yuan"].to_numpy(float),
        term_zone_share=zone_share,
        cliques=_cliques(now, own, rules),
        needs=crossing_needs(own, now, rules),
        max_devices=int(rs.number("siting.max_devices", on)),
    )
    model = Model(menu, tuple(own.index), tuple(zones.index), table, weight)
    model = _with_floors(model, now.school_risk, rs.number("siting.floor_min_load", on), options.floor_grades)
    return model if gaps is None else _with_standards(model, gaps)


def campus_loads(model: Model, result: Result | None) -> pd.Series[float]:
    """Load per campus (unweighted) with a plan built, routes and origins fixed; None: of today. Index ``school_id``."""
    left = load_left(model.menu, result.candidates if result else (), result.zones if result else ())
    own = pd.Series(left / model.weight, index=model.terms.index)
    return own.groupby(model.terms["school_id"]).sum()


def _effects(own: gpd.GeoDataFrame, table: pd.DataFrame, rules: tuple[RuleSet, date]) -> pd.DataFrame:
    """Triples candidate, term, share. What stands at a crossing acts on that crossing and not on its neighbours."""
    shares = pd.DataFrame(
        [
            {"treatment_id": t.id, "part": part, "share": effect.typical, "at_crossing": t.place == CROSSING}
            for t in catalogue(*rules).values()
            for part, effect in t.effect.items()
        ]
    )
    rows = pd.DataFrame(own[["treatment_id", "site_id", "hazard_id"]]).assign(candidate=np.arange(len(own)))
    terms = table[["site_id", "part", "hazard_id"]].assign(term=np.arange(len(table)))
    pairs = rows.merge(shares, on="treatment_id").merge(terms, on=["site_id", "part"], suffixes=("", "_term"))
    elsewhere = pairs["at_crossing"] & (pairs["part"] == CROSSING) & (pairs["hazard_id"] != pairs["hazard_id_term"])
    return pairs[~elsewhere & (pairs["share"] > 0)].sort_values(["candidate", "term"], ignore_index=True)


def _zone_shares(table: pd.DataFrame, rules: tuple[RuleSet, date]) -> Floats:
    effect = catalogue(*rules)[ZONE_TREATMENT].effect
    typical = {part: interval.typical for part, interval in effect.items()}
    return np.asarray(table["part"].map(typical).fillna(0.0), dtype=np.float64)


def _zone_of_site(table: pd.DataFrame, sites: pd.Index, zones: gpd.GeoDataFrame) -> Ints:
    campus = zone_campus(table).reindex(sites)
    return np.asarray(pd.Index(zones["school_id"]).get_indexer(pd.Index(campus)), dtype=np.int64)


def _groups(own: gpd.GeoDataFrame, rules: tuple[RuleSet, date]) -> Ints:
    """Number of the exclusion group of every candidate; -1 for none."""
    group = {t.id: t.group for t in catalogue(*rules).values()}
    names = pd.Index(sorted({g for g in group.values() if g}))
    return np.asarray(names.get_indexer(pd.Index(own["treatment_id"].map(group))), dtype=np.int64)


def crossing_needs(
    own: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]
) -> dict[int, frozenset[int]]:  # fmt: skip
    """Numbers of the devices that need a marked crossing where none is, each with those of its site that mark one."""
    rs, on = rules
    join_m = rs.number("siting.crossing_join_m", on)
    kinds = now.ground.tables["devices"]
    needy = {t.id for t in catalogue(rs, on).values() if MARKED_CLAUSE in t.refused_by}
    there = is_marked(now, own["hazard_id"]) | (
        distance_to(own.geometry.to_numpy(), standing_shapes(kinds, CROSSING_KINDS)) <= join_m
    )
    asking = np.flatnonzero(own["treatment_id"].isin(needy).to_numpy(bool) & ~there)
    marking = np.flatnonzero(own["treatment_id"].isin(NEW_CROSSINGS).to_numpy(bool))
    by_road: dict[object, list[int]] = {}
    road, chain = own["segment_id"].to_numpy(dtype=object), own["chainage_m"].to_numpy(float)
    site = own["site_id"].to_numpy(dtype=object)
    for number in marking.tolist():
        by_road.setdefault((road[number], site[number]), []).append(number)
    return {
        number: frozenset(
            other for other in by_road.get((road[number], site[number]), ())
            if abs(chain[other] - chain[number]) <= SAME_CROSSING_M
        )
        for number in asking.tolist()
    }  # fmt: skip


def _cliques(now: Situation, own: gpd.GeoDataFrame, rules: tuple[RuleSet, date]) -> tuple[tuple[int, ...], ...]:
    """Spacing of calming devices, and of new crossings."""
    rs, on = rules
    spaced = {t.id for t in catalogue(rs, on).values() if t.spaced}
    calming = np.flatnonzero(own["treatment_id"].isin(spaced).to_numpy(bool))
    new = own["treatment_id"].isin(NEW_CROSSINGS).to_numpy(bool) & ~is_marked(now, own["hazard_id"])
    crossing = np.flatnonzero(new)
    found = [
        *spacing_cliques(own.iloc[calming], rs.number("siting.calming_spacing_min_m", on), calming),
        *spacing_cliques(own.iloc[crossing], rs.number("siting.crossing_gap_m", on), crossing),
    ]
    return tuple(found)


def _closing(gaps: pd.DataFrame | None) -> frozenset[str]:
    """Candidates that close a gap of the standards."""
    own = () if gaps is None else gaps.loc[gaps["reason"] == POSSIBLE, "candidate_ids"]
    return frozenset(str(one) for ids in own for one in ids)


def _thinned(
    own: gpd.GeoDataFrame, table: pd.DataFrame, rules: tuple[RuleSet, date], asked: frozenset[str]
) -> gpd.GeoDataFrame:  # fmt: skip
    """
    Candidates without those of stretch treatments that lie too near to a better one of their own.

    As rows of the model, these spacings tie whole towns together and the gap is not proven any more (decision 0012).
    Kept is first what closes a gap of the standards (``asked``), then what takes off most load alone, each if it is far
    enough from all that is kept.
    """
    wide = [t for t in catalogue(*rules).values() if alike_m(t) > 0]
    dropped = np.zeros(len(own), bool)
    for treatment in wide:
        mine = np.flatnonzero((own["treatment_id"] == treatment.id).to_numpy(bool))
        if not len(mine):
            continue
        effects = _effects(own.iloc[mine], table, rules)
        load = table["load"].to_numpy(float)[effects["term"]] * effects["share"].to_numpy(float)
        worth = np.bincount(effects["candidate"].to_numpy(np.int64), weights=load, minlength=len(mine))
        xy = shapely.get_coordinates(own.geometry.to_numpy()[mine])
        near = cKDTree(xy).query_ball_point(xy, alike_m(treatment))
        kept = np.zeros(len(mine), bool)
        first = ~own.index[mine].isin(asked)
        for row in np.lexsort((np.arange(len(mine)), -worth, first)).tolist():
            kept[row] = not kept[near[row]].any()
        dropped[mine] = ~kept
    return own[~dropped]


def alike_m(treatment: Treatment) -> float:
    """Least distance of two new devices of a treatment: that within which an existing one does the job; 0: none."""
    return treatment.covered_within_m if treatment.place == "stretch" else 0.0


def spacing_cliques(own: gpd.GeoDataFrame, spacing_m: float, numbers: Ints) -> list[tuple[int, ...]]:
    """
    Sets of candidates that are nearer than ``spacing_m`` to each other, so that every such pair is in a set.

    Along one road the sets are the windows of chainage; pairs on different roads, or round a hairpin, are sets of two.
    Exactly at the spacing two candidates do not exclude each other.
    """
    if len(own) < 2:  # noqa: PLR2004 - a pair needs two
        return []
    chain = own["chainage_m"].to_numpy(float)
    road = pd.factorize(own["segment_id"], sort=True)[0]
    order = np.lexsort((numbers, chain, road))
    windows: list[tuple[int, ...]] = []
    last_end = 0
    end = 0
    for begin in range(len(order)):
        end = max(end, begin)
        while (
            end < len(order)
            and road[order[end]] == road[order[begin]]
            and (chain[order[end]] - chain[order[begin]] < spacing_m)
        ):
            end += 1
        if end > last_end and end - begin > 1:
            windows.append(tuple(sorted(numbers[order[begin:end]].tolist())))
        last_end = max(last_end, end)
    xy = shapely.get_coordinates(own.geometry.to_numpy())
    pairs = cKDTree(xy).query_pairs(spacing_m, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    near = np.hypot(*(xy[a] - xy[b]).T) < spacing_m
    apart = near & ((road[a] != road[b]) | (np.abs(chain[a] - chain[b]) >= spacing_m))
    return windows + [(int(min(p)), int(max(p))) for p in numbers[pairs[apart]].tolist()]


def _with_floors(model: Model, school_risk: pd.DataFrame, least: float, grades: tuple[str, ...]) -> Model:
    """A floor for every campus of the grades: candidates and zones that alone lower its load enough."""
    wanted = school_risk.index[school_risk["grade"].isin(grades).to_numpy(bool)]
    if not len(wanted):
        return model
    menu, campus = model.menu, model.terms["school_id"].to_numpy(dtype=object)
    load = menu.term_load / model.weight
    solo = (
        pd.Series(load[menu.effect_term] * menu.effect_share)
        .groupby([campus[menu.effect_term], menu.effect_candidate])
        .sum()
    )
    zone = menu.zone_of_site[menu.term_site]
    by_zone = pd.Series((load * menu.term_zone_share)[zone >= 0]).groupby([campus[zone >= 0], zone[zone >= 0]]).sum()
    floors = tuple(
        Floor(str(school_id), _enough(solo, str(school_id), least), _enough(by_zone, str(school_id), least))
        for school_id in sorted(wanted)
    )
    return replace(model, menu=replace(menu, floors=(*menu.floors, *floors)))


def _with_standards(model: Model, gaps: pd.DataFrame) -> Model:
    """A floor for every gap of the standards audit that can be closed."""
    candidates, zones = pd.Index(model.candidate_ids), pd.Index(model.zone_ids)
    floors = []
    for label, ids in gaps.loc[gaps["reason"] == POSSIBLE, "candidate_ids"].items():
        own, zone = candidates.get_indexer(pd.Index(ids)), zones.get_indexer(pd.Index(ids))
        floors.append(Floor(str(label), tuple(own[own >= 0].tolist()), tuple(zone[zone >= 0].tolist())))
    return replace(model, menu=replace(model.menu, floors=(*model.menu.floors, *floors)))


def _enough(solo: pd.Series[float], school_id: str, least: float) -> tuple[int, ...]:
    """Numbers whose own effect on a campus is at least the floor."""
    own = (solo.index.get_level_values(0) == school_id) & (solo >= least).to_numpy(bool)
    return tuple(int(n) for n in solo.index.get_level_values(1)[own])
