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

from gislib.domain.arrays import Flags
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
MARKED_CLAUSE: Final = "siting.needs_marked_crossing"
NEW_CROSSINGS: Final = ("crossing", "raised_crossing")
"""Treatments that mark a crossing where there is none."""
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
    spots = with_neighbours(positions(now, table, (rs, on), elevation), now.ground.tables["devices"])
    parts = [
        judged(treatment, spots[(spots["place"] == treatment.place).to_numpy(bool)], now, (rs, on))
        for treatment in catalogue(rs, on).values()
    ]
    found = gpd.GeoDataFrame(pd.concat(parts), geometry="geometry", crs=spots.crs)
    # Two gates before one place, or a gate at both ends of a bend, are one place.
    return found[~found.index.duplicated()].sort_index()


def open_candidates(candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Candidates that no clause refuses."""
    return candidates[(candidates["refused_by"] == "").to_numpy(bool)]


def standing_shapes(devices: gpd.GeoDataFrame, kinds: tuple[str, ...]) -> np.ndarray:
    """Geometry of existing devices of these kinds; an unmarked crossing is none."""
    own = devices["kind"].isin(kinds).to_numpy(bool)
    unmarked = (devices["kind"] == "crossing").to_numpy(bool) & (
        ~devices["marked"].astype("boolean").fillna(value=True)
    ).to_numpy(bool)
    return np.asarray(devices.geometry.to_numpy()[own & ~unmarked], dtype=object)


def with_neighbours(spots: gpd.GeoDataFrame, devices: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Places with their distance to the nearest existing crossing and bus stop, as `refusals.judge` asks for them."""
    points = spots.geometry.to_numpy()
    crossing_m = distance_to(points, standing_shapes(devices, CROSSING_KINDS))
    return spots.assign(
        crossing_m=crossing_m,
        new_crossing_gap_m=np.where(spots["marked"].to_numpy(bool), np.inf, crossing_m),
        bus_stop_m=distance_to(points, standing_shapes(devices, ("bus_stop",))),
    )


def judged(
    treatment: Treatment, spots: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]
) -> gpd.GeoDataFrame:
    """
    Rows of one treatment at places of its sort, with what refuses or leaves them open.

    ``spots``: from `positions.positions` through `with_neighbours`. Index ``candidate_id`` (treatment, segment and
    label), not made unique; columns `CANDIDATE_COLUMNS`.
    """
    own = _with_guard(treatment, spots)
    if MARKED_CLAUSE in treatment.refused_by:
        own = own.assign(can_be_marked=_can_be_marked(spots, now, rules))
    answers = {rule_id: judge(rule_id, own, *rules) for rule_id in treatment.refused_by}
    near = distance_to(own.geometry.to_numpy(), standing_shapes(now.ground.tables["devices"], treatment.covered_by))
    answers[EXISTING_CLAUSE] = existing(near, treatment.covered_within_m)
    refused = _joined({rule_id: answer[0] for rule_id, answer in answers.items()}, len(own))
    verify = _joined({rule_id: answer[1] for rule_id, answer in answers.items()}, len(own))
    quantity = own["quantity_" + treatment.quantity].to_numpy(float)
    rows = own.assign(
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
    rows.index = pd.Index(
        treatment.id + ":" + rows["segment_id"].astype(str) + ":" + rows["label"].astype(str), name="candidate_id"
    )
    return rows[list(CANDIDATE_COLUMNS)]


def _can_be_marked(spots: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]) -> Flags:
    """Whether a new crossing of any kind may be marked at each place."""
    known = catalogue(*rules)
    open_for = [judged(known[name], spots, now, rules)["refused_by"] == "" for name in NEW_CROSSINGS]
    return np.asarray(np.logical_or.reduce([flags.to_numpy(bool) for flags in open_for]), dtype=np.bool_)


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
