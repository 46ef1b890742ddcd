"""What a plan does: every campus before and after, what each device is worth and whom it helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import pandas as pd

from gislib import rules
from gislib.assessment import Request
from gislib.planning import edited
from gislib.planning.plan_basis import PlanBasis, in_working_crs, plan_basis
from gislib.planning.session import Session
from gislib.risk.score import SCORE_DECIMALS, grade
from gislib.siting.impact import Impact, device_values
from gislib.siting.rescore import Rescored, rescore, unplanned
from gislib.store.plan_state import Plan, PlanHead


@dataclass(frozen=True)
class PlanScores:
    """
    A plan applied to today.

    Attributes
    ----------
    campuses
        Index ``school_id``: ``name, grade_before, grade_after, score_before, score_fixed, score_rerouted`` and the
        loads ``before, fixed, rerouted``; missing where the campus's load is unknown. ``grade_after`` is that of the
        rerouted score.
    devices
        Index ``device_id``: ``load`` that is lost if this device alone is left out (fixed routes), ``helps``: names of
        the campuses that it helps, most first; ``helps_ids``: their ids, parted by spaces; ``helps_count``.
    reduction_fixed, reduction_rerouted, differs
        Load taken off with routes as today, and by the whole model; whether they differ by more than the rule allows.
    """

    campuses: pd.DataFrame
    devices: pd.DataFrame
    reduction_fixed: float
    reduction_rerouted: float
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """
    Plans side by side.

    ``heads``: plans in the order asked for. ``campuses``: index ``school_id``, ``name``, ``score_before`` and for
    every plan ``score:<plan_id>`` and ``grade:<plan_id>`` (rerouted); only campuses whose score a plan changes.
    ``devices``: one row per place and treatment that not all plans share: ``treatment_id, candidate_id, plans`` (ids,
    parted by spaces), ``cost_yuan``. ``totals``: index ``plan_id``: ``devices, cost_yuan, reduction_fixed,
    reduction_rerouted`` and the campuses per grade.
    """

    heads: tuple[PlanHead, ...]
    campuses: pd.DataFrame
    devices: pd.DataFrame
    totals: pd.DataFrame


KEPT: Final = 16
"""Versions of plans whose scores stay in memory."""


@dataclass
class _Last:
    """Score of the version of a plan that was seen last: the next one starts from it."""

    rescored: Rescored


@dataclass(frozen=True)
class _Keyed:
    """A basis, and which plan; compared by what they were made from."""

    key: tuple[str, ...]
    request: Request
    basis: PlanBasis = field(compare=False, repr=False)


def scores(session: Session, request: Request, plan: Plan) -> PlanScores:
    """Scores of a plan as it stands, see `PlanScores`; after a change only campuses in its reach are assessed again."""
    area = _area(session, request)
    last = _last(_Keyed((*area.key, plan.head.plan_id), request, area.basis), area)
    devices = in_working_crs(plan.devices, area.basis)
    last.rescored = rescore(last.rescored, devices)
    key = *area.key, plan.head.plan_id, str(plan.head.version)
    return _told(_Version(key, request, area.basis, last.rescored))


def today(session: Session, request: Request) -> Rescored:
    """Score without any device, from which plans of any devices are rescored."""
    return _unplanned(_area(session, request))


def _area(session: Session, request: Request) -> _Keyed:
    ws = session.workspace
    content = str(ws.root.resolve()), edited.data_version(ws), rules.load().version
    return _Keyed(content, request, plan_basis(session, request))


@lru_cache(maxsize=KEPT)
def _last(_plan: _Keyed, area: _Keyed) -> _Last:
    return _Last(_unplanned(area))


@lru_cache(maxsize=2)
def _unplanned(area: _Keyed) -> Rescored:
    return unplanned(area.basis.now, area.basis.claims, (area.basis.rs, area.request))


@dataclass(frozen=True)
class _Version(_Keyed):
    """One version of a plan with its score."""

    rescored: Rescored = field(compare=False, repr=False)


@lru_cache(maxsize=KEPT)
def _told(version: _Version) -> PlanScores:
    basis, done = version.basis, version.rescored
    return PlanScores(
        campuses=_campuses(basis, done.impact),
        devices=_worth(basis, done),
        reduction_fixed=done.impact.reduction_fixed,
        reduction_rerouted=done.impact.reduction_rerouted,
        differs=done.impact.differs,
    )


def _campuses(basis: PlanBasis, found: Impact) -> pd.DataFrame:
    """Every campus before and after, with names and grades."""
    today, loads = basis.now.school_risk, found.loads
    cutoffs = basis.rs.table("grade.cutoffs", basis.request.as_of)
    # A campus that is not graded today (confidence D) is not graded with a plan either.
    graded = today["grade"].notna()
    after = loads["score_rerouted"].round(SCORE_DECIMALS)
    return pd.DataFrame(
        {
            "name": today["name"],
            "grade_before": today["grade"],
            "grade_after": grade(after.where(graded), cutoffs),
            "score_before": today["score"],
            "score_fixed": loads["score_fixed"].round(SCORE_DECIMALS),
            "score_rerouted": after,
            "before": loads["before"],
            "fixed": loads["fixed"],
            "rerouted": loads["rerouted"],
        }
    )


def _worth(basis: PlanBasis, done: Rescored) -> pd.DataFrame:
    """Load that every device takes off beside all others, and whom it helps."""
    names = basis.now.school_risk["name"].fillna("?")
    found = device_values(done.plan, done.today.terms, done.acts)
    groups = found.assign(name=names.reindex(found["school_id"]).to_numpy()).groupby("device_id")
    helped = groups.agg(load=("load", "sum"), helps=("name", "、".join), helps_ids=("school_id", " ".join))
    told = helped.assign(helps_count=groups.size()).reindex(done.plan.index)
    none = {"load": 0.0, "helps": "", "helps_ids": "", "helps_count": 0}
    return pd.DataFrame(told.fillna(none).astype({"helps_count": int})).rename_axis("device_id")


def compare(session: Session, request: Request, plans: Sequence[Plan]) -> Comparison:
    """Put two or more plans side by side."""
    told = [scores(session, request, plan) for plan in plans]
    table = told[0].campuses[["name", "score_before", "grade_before"]].copy()
    for plan, one in zip(plans, told, strict=True):
        own = one.campuses.reindex(table.index)
        table[f"score:{plan.head.plan_id}"], table[f"grade:{plan.head.plan_id}"] = (
            own["score_rerouted"],
            own["grade_after"],
        )
    columns = [f"score:{plan.head.plan_id}" for plan in plans]
    changed = (table[columns].sub(table["score_before"], axis=0).abs() > 0).any(axis=1)
    return Comparison(
        heads=tuple(plan.head for plan in plans),
        campuses=table[changed].sort_values("score_before", ascending=False),
        devices=_not_shared(plans),
        totals=pd.DataFrame([_totals(plan, one) for plan, one in zip(plans, told, strict=True)]).set_index("plan_id"),
    )


def _not_shared(plans: Sequence[Plan]) -> pd.DataFrame:
    """Devices that some plans have and others do not, told by treatment and place."""
    rows = pd.concat(
        [
            pd.DataFrame(plan.devices[["treatment_id", "candidate_id", "school_id", "cost_yuan"]]).assign(
                plan=plan.head.plan_id
            )
            for plan in plans
        ]
    )
    keys = ["treatment_id", "candidate_id", "school_id"]
    groups = rows.groupby(keys, dropna=False)
    found = groups.agg(plans=("plan", " ".join), cost_yuan=("cost_yuan", "first"))
    return found[(groups["plan"].nunique() < len(plans)).to_numpy(bool)].reset_index()


def _totals(plan: Plan, one: PlanScores) -> dict[str, object]:
    grades = one.campuses["grade_after"].value_counts()
    return {
        "plan_id": plan.head.plan_id,
        "name": plan.head.name,
        "devices": len(plan.devices),
        "cost_yuan": plan.head.cost_yuan,
        "reduction_fixed": one.reduction_fixed,
        "reduction_rerouted": one.reduction_rerouted,
        **{f"grade_{grade}": int(count) for grade, count in grades.items()},
    }
