"""What it costs to lead a campus out of the worst grade, checked by the whole model with pupils rerouted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gislib.assessment import Request
from gislib.planning import plan_scores
from gislib.planning.proposals import GAP, PlanWish, Proposal, proposal
from gislib.planning.session import Session
from gislib.risk.score import SCORE_DECIMALS
from gislib.siting.frontier import NEEDS_ENFORCEMENT, WayOut, load_below, way_out
from gislib.siting.optimise import STOPPED, SolveOptions
from gislib.siting.rescore import Rescored, rescore

TRIES: Final = 5
"""How often a way out is looked for again with a lower target because pupils walk otherwise once it is built."""
LEAST_STEP: Final = 1e-4
"""Load by which a target is lowered at least, so that the same devices are not found again; a hundredth of a point."""
COUNTED_FROM: Final = "today"
"""Ways out are counted from today's state, not on top of a plan."""
_WORST: Final = "red"
_COLUMNS: Final = ("name", "status", "cost_yuan", "devices", "score", "score_rerouted", "least_score", "counted_from")


@dataclass(frozen=True)
class _Way:
    """A way out, and the campus's load and score with it, pupils rerouted."""

    way: WayOut
    status: str
    cost_yuan: float
    load: float
    score: float


def ways_out(session: Session, request: Request, wish: PlanWish) -> pd.DataFrame:
    """
    Cheapest way out of the worst grade for every campus in it, from today's state and not on top of any plan.

    Routes are fixed while the cheapest devices are chosen; then the whole model is asked. Where the campus stays in
    the grade, because pupils walk otherwise past the new devices, the target is lowered by what is missing.

    Returns
    -------
    DataFrame
        Index ``school_id``: ``name, status`` (``optimal``; ``stopped``: enough, not proven cheapest; or
        ``needs_enforcement``), ``cost_yuan`` (missing where no engineering is enough), ``devices``, ``score`` (today),
        ``score_rerouted`` (with the devices, pupils rerouted), ``least_score`` (with everything that helps: rerouted
        where that decides, else on fixed routes), ``counted_from`` (`COUNTED_FROM`).
    """
    found, start = proposal(session, request, wish), plan_scores.today(session, request)
    risk = found.basis.now.school_risk
    cutoff = float(found.basis.rs.table("grade.cutoffs", request.as_of)[_WORST])
    rows = {}
    for school_id in risk.index[(risk["grade"] == _WORST).to_numpy(bool)]:
        done = _way(found, start, (str(school_id), cutoff), SolveOptions(GAP, wish.seconds))
        stuck = done.status == NEEDS_ENFORCEMENT
        rows[school_id] = {
            "name": risk["name"][school_id],
            "status": done.status,
            "cost_yuan": done.cost_yuan,
            "devices": 0 if stuck else len(done.way.candidates) + len(done.way.zones),
            "score": risk["score"][school_id],
            "score_rerouted": done.score,
            "least_score": done.score if stuck else 100.0 * -np.expm1(-done.way.least_load),
            "counted_from": COUNTED_FROM,
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(_COLUMNS)).rename_axis("school_id")


def _way(found: Proposal, start: Rescored, campus: tuple[str, float], options: SolveOptions) -> _Way:
    """Cheapest way out that holds when pupils are rerouted; with everything that helps where none is found."""
    school_id, cutoff = campus
    target: float | None = None
    for _ in range(TRIES):
        way = way_out(found.model, school_id, cutoff, options, target)
        load, score = _rerouted(found, start, way)
        if way.status == NEEDS_ENFORCEMENT:
            break
        if score < cutoff:
            # a lowered target is one that is enough, not the only one
            return _Way(way, way.status if target is None else STOPPED, way.cost_yuan, load, score)
        target = way.reached_load - max(load - load_below(cutoff), LEAST_STEP)
    else:
        way = way_out(found.model, school_id, cutoff, options, -math.inf)
        load, score = _rerouted(found, start, way)
    if score < cutoff:
        return _Way(way, STOPPED, _cost(found, way), load, score)
    return _Way(way, NEEDS_ENFORCEMENT, math.nan, load, score)


def _rerouted(found: Proposal, start: Rescored, way: WayOut) -> tuple[float, float]:
    """Load and published score of the campus of a way out with its devices built, pupils rerouted."""
    loads = rescore(start, _devices(found, way)).impact.loads
    return float(loads["rerouted"][way.school_id]), float(loads["score_rerouted"].round(SCORE_DECIMALS)[way.school_id])


def _devices(found: Proposal, way: WayOut) -> gpd.GeoDataFrame:
    model = found.model
    ids = [*(model.candidate_ids[c] for c in way.candidates), *(model.zone_ids[z] for z in way.zones)]
    return found.candidates.loc[sorted(ids)]


def _cost(found: Proposal, way: WayOut) -> float:
    return float(_devices(found, way)["cost_yuan"].sum())
