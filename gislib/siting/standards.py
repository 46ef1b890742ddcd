"""Standards first: what the audit finds missing becomes a floor of the plan, or is told with the reason why not."""

from __future__ import annotations

from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.compliance.audit_checks import MISSING, reach_m
from gislib.domain.arrays import Flags, Shapes
from gislib.geo.crs import require_metric, transform
from gislib.rules import RuleSet
from gislib.siting.candidates import judged, with_neighbours
from gislib.siting.places import Elevation, Surroundings
from gislib.siting.sites import Situation
from gislib.siting.spots import gate_feet, street_rows, typed
from gislib.siting.treatments import catalogue

POSSIBLE: Final = ""
NO_TREATMENT: Final = "no_treatment"
NO_PLACE: Final = "no_place"
REFUSED: Final = "refused"
BANNED: Final = "banned"
GAP_COLUMNS: Final = ("school_id", "gate_id", "check", "clause", "reason", "refused_by", "candidate_ids")
OF_CAMPUS: Final = ("zone", "campus")
"""Sorts of place that belong to one campus as a whole; all others close a gap by standing near it."""
ON_STREETS: Final = ("street", "stretch", "crossing")


def standard_floors(
    audit: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, rules: tuple[RuleSet, date],
    banned: frozenset[str] = frozenset(),
) -> pd.DataFrame:  # fmt: skip
    """
    Every gap of the standards audit, and the candidates any of which closes it.

    Parameters
    ----------
    audit
        From `gislib.compliance.audit.audit`, any CRS. Only what is missing is a gap: unknown is not missing.
    candidates
        From `candidates.find_candidates`, working CRS.
    rules
        Rules and their day; ``siting.standards_met_by`` says which treatments close which check.
    banned
        Treatments that are not used.

    Returns
    -------
    DataFrame
        Index ``label`` (campus, check and gate, parted by spaces), columns `GAP_COLUMNS`, in the order of the audit.
        A street device closes a gap of a gate if it stands within the reach of the check; a zone or a campus device
        if it is for the campus. ``reason``: empty where the gap can be closed, else ``no_treatment`` (nothing in the
        catalogue does it), ``no_place`` (no candidate in reach), ``refused`` (by ``refused_by``, rule ids parted by
        spaces) or ``banned``. ``candidate_ids``: tuple, empty where it cannot be closed. One alone is enough.
    """
    rs, on = rules
    met_by = rs.table("siting.standards_met_by", on)
    missing = transform(audit[(audit["status"] == MISSING).to_numpy(bool)], require_metric(candidates))
    whole = {t.id for t in catalogue(rs, on).values() if t.place in OF_CAMPUS}
    table, spots = pd.DataFrame(candidates[["treatment_id", "school_id", "refused_by"]]), candidates.geometry.to_numpy()
    treatment, campus = table["treatment_id"], table["school_id"].to_numpy(dtype=object)
    points = np.asarray(missing.geometry.to_numpy(), dtype=object)
    reason = np.full(len(missing), NO_TREATMENT, dtype=object)
    refused, ids = np.full(len(missing), "", dtype=object), np.empty(len(missing), dtype=object)
    ids[:] = [()] * len(missing)
    for check, gaps in missing.reset_index(drop=True).groupby("check"):
        own = np.flatnonzero(treatment.isin(met_by.get(str(check), [])).to_numpy(bool))
        near = _near(points[gaps.index], spots[own], reach_m(rs.rule(str(check), on), rs, on))
        mine = gaps["school_id"].to_numpy(dtype=object)[:, None] == campus[own]
        here = np.where(treatment.iloc[own].isin(whole).to_numpy(bool), mine, near)
        for row, allowed in zip(gaps.index.tolist(), here, strict=True):
            if str(check) in met_by:
                reason[row], refused[row], ids[row] = _closed_by(table.iloc[own[allowed]], banned)
    label = (missing["school_id"] + " " + missing["check"] + " " + missing["gate_id"]).str.strip()
    found = pd.DataFrame(missing[["school_id", "gate_id", "check", "clause"]]).assign(
        reason=reason, refused_by=refused, candidate_ids=ids
    )
    return found.set_index(pd.Index(label, name="label"))


def _near(gaps: Shapes, spots: Shapes, within_m: float) -> Flags:
    """Gap by candidate: whether it lies within reach."""
    near = np.zeros((len(gaps), len(spots)), bool)
    if len(spots):
        near[tuple(shapely.STRtree(list(spots)).query(gaps, "dwithin", within_m))] = True
    return near


def _closed_by(here: pd.DataFrame, banned: frozenset[str]) -> tuple[str, str, tuple[str, ...]]:
    """Why a gap stays, the clauses that refuse its places, and the candidates that close it."""
    if here.empty:
        return NO_PLACE, "", ()
    allowed = here[(here["refused_by"] == "").to_numpy(bool)]
    if allowed.empty:
        clauses = {clause for text in here["refused_by"] for clause in str(text).split()}
        return REFUSED, " ".join(sorted(clauses)), ()
    usable = allowed[~allowed["treatment_id"].isin(banned).to_numpy(bool)]
    return (POSSIBLE, "", tuple(usable.index)) if len(usable) else (BANNED, "", ())


def with_standards(
    now: Situation, candidates: gpd.GeoDataFrame, audit: gpd.GeoDataFrame, rules: tuple[RuleSet, date],
    elevation: Elevation | None = None,
) -> gpd.GeoDataFrame:  # fmt: skip
    """
    Candidates, and more of them before gates where a gap of the standards audit has none in reach.

    `candidates.find_candidates` tries streets that pupils are known to walk or cross; a standard asks for its device
    before the gate all the same. It is tried every few metres of the street before the gate, within the reach of the
    check, with the same refusals.
    """
    rs, on = rules
    gaps = standard_floors(audit, candidates, rules)
    gaps = gaps[(gaps["reason"] == NO_PLACE).to_numpy(bool)]
    met_by = rs.table("siting.standards_met_by", on)
    parts = [candidates]
    for treatment in catalogue(rs, on).values():
        if treatment.place not in ON_STREETS:
            continue
        checks = [check for check, own in met_by.items() if treatment.id in own]
        asked = gaps[gaps["check"].isin(checks).to_numpy(bool)]
        if len(asked):
            spots = _before_gates(now, asked, rules, elevation).assign(place=treatment.place)
            parts.append(judged(treatment, with_neighbours(spots, now.ground.tables["devices"]), now, rules))
    found = gpd.GeoDataFrame(pd.concat(parts), geometry="geometry", crs=candidates.crs)
    return found[~found.index.duplicated()].sort_index()


def _before_gates(
    now: Situation, gaps: pd.DataFrame, rules: tuple[RuleSet, date], elevation: Elevation | None
) -> gpd.GeoDataFrame:
    """Places along the street before the gates of some gaps."""
    rs, on = rules
    tables = now.ground.tables
    gates = tables["gates"].loc[sorted(set(gaps["gate_id"]) & set(tables["gates"].index))]
    within = {str(c): reach_m(rs.rule(str(c), on), rs, on) for c in gaps["check"].unique()}
    gate_reach = gaps["check"].map(within).groupby(gaps["gate_id"]).max()
    feet = gate_feet(now, gates, rules)
    step_m = rs.number("siting.candidate_step_m", on)
    half = gate_reach.reindex(gates.index[feet.index]).to_numpy(float)
    roads = tables["roads"]
    length = shapely.length(roads.geometry.to_numpy()[roads.index.get_indexer(pd.Index(feet["road_id"]))])
    parts = []
    for row, (reach, end) in enumerate(zip(half.tolist(), length.tolist(), strict=True)):
        steps = np.arange(-np.floor(reach / step_m), np.floor(reach / step_m) + 1) * step_m
        chain = feet["chainage_m"].iloc[row] + steps
        chain = chain[(chain >= 0) & (chain <= end)]
        parts.append(feet.iloc[np.full(len(chain), row)].assign(chainage_m=chain))
    spots = pd.concat(parts, ignore_index=True) if parts else feet
    near = Surroundings(tables["roads"], tables["devices"], tables["gates"], elevation)
    rows = typed(pd.DataFrame(street_rows(now, spots.assign(place="crossing"), near, rules)), rules)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=tables["roads"].crs)
