"""
Result files of a plan: ``results/plans/NAME/treatments.geojson`` and ``plan.json``.

They are written when a plan is optimised or accepted, and removed when it is edited or retired: what is there is the
plan as it stands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from gislib.assessment import Request
from gislib.planning import results
from gislib.planning.plan_scores import PlanScores
from gislib.planning.session import Session, require_whole
from gislib.reports.files import write_bytes
from gislib.reports.geojson import write_geojson
from gislib.reports.marking import KEPT_INSIDE
from gislib.reports.metadata import Stamp
from gislib.risk.score import SCORE_DECIMALS
from gislib.sources import workspace
from gislib.store.plan_state import Plan, PlanHead

DEVICES_FILE: Final = "treatments.geojson"
SUMMARY_FILE: Final = "plan.json"
_UNSAFE: Final = str.maketrans(dict.fromkeys('\\/:*?"<>|\0', "_"))
_LONGEST_NAME: Final = 80
_LOAD_DECIMALS: Final = 6


@dataclass(frozen=True)
class PlanSummary:
    """
    What ``plan.json`` holds and the command prints.

    ``reduction``, ``bound``: load, routes and origins fixed; ``reduction_rerouted``: the whole model on a copy.
    ``score_reduction``: sum over the campuses of the points of the score, both ways. ``gap``: relative; ``status``:
    optimal, stopped (not proven), or edited (people changed it since it was optimised). ``standards_left``: gaps of the
    standards audit that no allowed place can close, where the plan was asked to close them first. ``given_up``: those
    among them that cannot be closed together or within the budget; ``given_up_proven``: no plan gives up fewer.
    ``over_budget_yuan``: what people's edits cost beyond the budget, 0 within it.
    """

    name: str
    plan_id: str
    version: int
    budget_yuan: float
    cost_yuan: float
    devices: int
    verify_on_site: int
    standards_left: int
    reduction: float
    reduction_rerouted: float
    score_reduction: float
    score_reduction_rerouted: float
    bound: float
    gap: float
    status: str
    seconds: float
    given_up: int = 0
    given_up_proven: bool = True
    over_budget_yuan: float = 0.0
    files: tuple[Path, ...] = ()


def folder_name(head: PlanHead) -> str:
    """Name of a plan's folder: its own where files may be called so, else with the plan's id."""
    return safe_name(head.name, head.plan_id)


def safe_name(name: str, identity: str) -> str:
    """Folder for what people named: the name itself where files may be called so, else with its id."""
    safe = name.translate(_UNSAFE).strip(". ")[:_LONGEST_NAME]
    return safe if safe == name else f"{safe}-{identity}"


def summary(plan: Plan, scores: PlanScores) -> PlanSummary:
    """Numbers of a plan as it stands."""
    head, devices, campuses = plan.head, plan.devices, scores.campuses
    solved: dict[str, Any] = dict(head.parameters.get("result", {}))
    unchanged = abs(solved.get("load", -1.0) - scores.reduction_fixed) <= results.LOAD_TOLERANCE
    return PlanSummary(
        name=head.name,
        plan_id=head.plan_id,
        version=head.version,
        budget_yuan=budget_yuan(head),
        cost_yuan=head.cost_yuan,
        devices=len(devices),
        verify_on_site=int((devices["verify_on_site"] != "").sum()),
        standards_left=len(head.parameters.get("gaps", ())),
        reduction=round(scores.reduction_fixed, _LOAD_DECIMALS),
        reduction_rerouted=round(scores.reduction_rerouted, _LOAD_DECIMALS),
        score_reduction=_points(campuses, "score_fixed"),
        score_reduction_rerouted=_points(campuses, "score_rerouted"),
        bound=round(float(solved.get("bound", 0.0)), _LOAD_DECIMALS),
        gap=float(solved.get("gap", 0.0)),
        status=str(solved.get("status", "edited")) if unchanged else "edited",
        seconds=float(solved.get("seconds", 0.0)),
        given_up=int(solved.get("given_up", 0)),
        given_up_proven=bool(solved.get("given_up_proven", True)),
        over_budget_yuan=over_budget_yuan(head),
    )


def budget_yuan(head: PlanHead) -> float:
    """Yuan that a plan was asked to keep to; what it costs where nobody named a budget."""
    return float(head.parameters.get("wish", {}).get("budget_yuan", head.cost_yuan))


def over_budget_yuan(head: PlanHead) -> float:
    """Yuan that a plan costs beyond its budget; 0 within it, or where nobody named one."""
    return max(0.0, round(head.cost_yuan - budget_yuan(head), 2))


def _points(campuses: pd.DataFrame, column: str) -> float:
    """Points of the score that all campuses lose."""
    return round(float((campuses["score_before"] - campuses[column]).sum()), SCORE_DECIMALS)


def write_plan(session: Session, request: Request, plan: Plan, scores: PlanScores) -> PlanSummary:
    """Write both files; the summary that is returned names them."""
    require_whole(session)
    folder = _folder(session, plan.head)
    found = summary(plan, scores)
    devices = write_geojson(folder / DEVICES_FILE, plan.devices, plan_stamp(session, request, plan))
    told = {name: value for name, value in vars(found).items() if name != "files"}
    head = write_bytes(folder / SUMMARY_FILE, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
    return replace(found, files=(devices, head))


def remove_files(session: Session, head: PlanHead) -> None:
    """Remove the result files of a plan: it was edited or retired since they were written."""
    for name in (DEVICES_FILE, SUMMARY_FILE):
        (_folder(session, head) / name).unlink(missing_ok=True)


def _folder(session: Session, head: PlanHead) -> Path:
    return workspace.results_dir(session.workspace) / "plans" / folder_name(head)


def plan_stamp(session: Session, request: Request, plan: Plan, lang: str = "zh") -> Stamp:
    """Stamp of everything that leaves with a plan."""
    guarded = bool(plan.devices["kind"].isin(KEPT_INSIDE).any())
    mark = results.stamp(session, request, lang, guarded=guarded)
    own = (("plan", plan.head.name), ("plan_id", plan.head.plan_id), ("plan_version", str(plan.head.version)))
    return replace(mark, parameters=(*mark.parameters, *own))
