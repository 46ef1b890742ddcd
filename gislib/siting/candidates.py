"""
Every place where every treatment could stand, and why not.

A refused place stays a row with the clauses that refuse it; what an unknown attribute leaves open stays a candidate,
to be verified on site, with the clause. Existing devices are kept and nothing is proposed beside them.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.rules import RuleSet
from gislib.siting.places import Elevation, distance_to
from gislib.siting.positions import positions
from gislib.siting.refusals import existing, judge
from gislib.siting.sites import Situation, site_terms
from gislib.siting.treatments import Treatment, catalogue

CANDIDATE_COLUMNS: Final = (
    "treatment_id", "kind", "site_id", "segment_id", "chainage_m", "side", "approach_bearing_deg", "school_id",
    "hazard_id", "quantity", "unit", "cost_yuan", "cost_low_yuan", "cost_high_yuan", "clauses", "refused_by",
    "verify_on_site", "geometry",
)  # fmt: skip
EXISTING_CLAUSE: Final = "siting.existing_kept"
GUARDED_BY: Final = {
    "fence": "fenced", "kit": "kit", "camera": "cameras", "bollard": "anti_ram", "lift_bollard": "anti_ram",
}  # fmt: skip
"""Column of the water or school table that says whether the kind of device is there."""
CROSSING_KINDS: Final = ("crossing", "footbridge", "underpass")


def find_candidates(now: Situation, rs: RuleSet, on: date, elevation: Elevation | None = None) -> gpd.GeoDataFrame:
    """
    Candidates of all treatments around all campuses.

    Parameters
    ----------
    now
        Ground, hazards and terms of today.
    rs, on
        Rules in force on a day.
    elevation
        Metres above sea level at positions of the working CRS; None: no DEM, every slope is verified on site.

    Returns
    -------
    GeoDataFrame
        Index ``candidate_id``; columns `CANDIDATE_COLUMNS` in the working CRS, sorted by id. ``segment_id``: road,
        water or campus; ``chainage_m`` from the first vertex of the road (NaN elsewhere). ``side`` (``both``,
        ``left``, ``right``) is seen along traffic that comes with ``approach_bearing_deg`` (from north, clockwise).
        ``school_id``: campus that it is for (the one with most load there). ``clauses``, ``refused_by`` and
        ``verify_on_site`` hold rule ids parted by spaces; a place that is refused is not verified. Costs are for the
        whole quantity.
    """
    table = site_terms(now, rs, on)
    spots = positions(now, table, (rs, on), elevation)
    devices = now.ground.tables["devices"]
    spots["crossing_m"] = distance_to(spots.geometry.to_numpy(), _shapes(devices, CROSSING_KINDS))
    spots["new_crossing_gap_m"] = spots["crossing_m"].where(~spots["marked"].to_numpy(bool), np.inf)
    spots["bus_stop_m"] = distance_to(spots.geometry.to_numpy(), _shapes(devices, ("bus_stop",)))
    parts = [
        _of_treatment(treatment, spots[(spots["place"] == treatment.place).to_numpy(bool)], devices, (rs, on))
        for treatment in catalogue(rs, on).values()
    ]
    found = pd.concat(parts, ignore_index=True)
    found.index = pd.Index(
        found["treatment_id"] + ":" + found["segment_id"].astype(str) + ":" + found["label"].astype(str),
        name="candidate_id",
    )
    # Two gates before one place, or a gate at both ends of a bend, are one place.
    found = found[~found.index.duplicated()].sort_index()
    return gpd.GeoDataFrame(found[list(CANDIDATE_COLUMNS)], geometry="geometry", crs=spots.crs)


def open_candidates(candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Candidates that no clause refuses."""
    return candidates[(candidates["refused_by"] == "").to_numpy(bool)]


def _shapes(devices: gpd.GeoDataFrame, kinds: tuple[str, ...]) -> np.ndarray:
    """Geometry of existing devices of these kinds; an unmarked crossing is none."""
    own = devices["kind"].isin(kinds).to_numpy(bool)
    unmarked = (devices["kind"] == "crossing").to_numpy(bool) & (
        ~devices["marked"].astype("boolean").fillna(value=True)
    ).to_numpy(bool)
    return np.asarray(devices.geometry.to_numpy()[own & ~unmarked], dtype=object)


def _of_treatment(
    treatment: Treatment, spots: gpd.GeoDataFrame, devices: gpd.GeoDataFrame, rules: tuple[RuleSet, date]
) -> gpd.GeoDataFrame:
    """Rows of one treatment at all places of its sort."""
    own = _with_guard(treatment, spots)
    answers = {rule_id: judge(rule_id, own, *rules) for rule_id in treatment.refused_by}
    near = distance_to(own.geometry.to_numpy(), _shapes(devices, treatment.covered_by))
    answers[EXISTING_CLAUSE] = existing(near, treatment.covered_within_m)
    refused = _joined({rule_id: answer[0] for rule_id, answer in answers.items()}, len(own))
    verify = _joined({rule_id: answer[1] for rule_id, answer in answers.items()}, len(own))
    quantity = own["quantity_" + treatment.quantity].to_numpy(float)
    return own.assign(
        treatment_id=treatment.id,
        kind=treatment.kind,
        quantity=quantity,
        unit=treatment.unit,
        cost_yuan=quantity * treatment.cost_yuan.typical,
        cost_low_yuan=quantity * treatment.cost_yuan.low,
        cost_high_yuan=quantity * treatment.cost_yuan.high,
        clauses=" ".join(treatment.clauses),
        refused_by=refused,
        verify_on_site=np.where(refused == "", verify, ""),
    )


def _with_guard(treatment: Treatment, spots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Whether the water or the campus has this very protection already."""
    column = GUARDED_BY.get(treatment.kind)
    return spots.assign(guarded=spots[column]) if column is not None else spots


def _joined(flags: dict[str, np.ndarray], count: int) -> np.ndarray:
    """Ids of the rules whose flag is set, parted by spaces, per row."""
    text = np.full(count, "", dtype=object)
    for rule_id in sorted(flags):
        text[flags[rule_id]] = text[flags[rule_id]] + " " + rule_id
    return np.array([t.strip() for t in text], dtype=object)
