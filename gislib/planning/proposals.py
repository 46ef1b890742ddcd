"""Plans proposed by the optimiser: what to build for a budget, and what more money would buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gislib import rules
from gislib.assessment import Request
from gislib.domain.errors import InputError
from gislib.domain.tables import TREATMENTS, conform
from gislib.geo.crs import to_wgs84
from gislib.planning import edited
from gislib.planning.authors import author_of, store_of
from gislib.planning.plan_basis import PlanBasis, plan_basis
from gislib.planning.session import Progress, Session, require_whole, silent
from gislib.siting.candidates import open_candidates
from gislib.siting.frontier import frontier as best_along
from gislib.siting.model import Model, PlanOptions, build_model
from gislib.siting.optimise import INFEASIBLE, Result, SolveOptions, optimise_packages, require_budget
from gislib.siting.packages import Packages, build_packages
from gislib.siting.preview import preview
from gislib.siting.standards import standard_floors, with_standards
from gislib.store import plans as stored
from gislib.store.plan_state import Plan

GAP: Final = 1e-4
"""Proven relative gap that the screen calls optimal; a tenth of what is promised."""
FRONTIER_SHARES: Final = (0.125, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Budgets of the frontier as shares of the asked one."""
KEPT_MODELS: Final = 4


@dataclass(frozen=True)
class PlanWish:
    """
    What a plan is asked to do.

    ``budget_yuan``: at most so much; ``floor_grades``: every campus of these grades gets at least one device that
    lowers its load; ``standards_first``: gaps of the standards audit are closed before anything else; ``banned``:
    treatments not to use; ``seconds``: time limit of the solver (None: none, the result is reproducible).
    """

    name: str
    budget_yuan: float
    floor_grades: tuple[str, ...] = ()
    standards_first: bool = False
    banned: frozenset[str] = frozenset()
    seconds: float | None = 30.0


@dataclass(frozen=True)
class FrontierRow:
    """Best plan under one budget: load taken off, the greedy plan's, the proven gap and the solver's status."""

    budget_yuan: float
    load: float
    greedy_load: float
    gap: float
    status: str


@dataclass(frozen=True)
class Frontier:
    """Budgets ascending; the load taken off never falls."""

    points: tuple[FrontierRow, ...]


@dataclass(frozen=True)
class _Aim:
    """Part of a wish that decides the model; budget and time do not."""

    floor_grades: tuple[str, ...]
    standards_first: bool
    banned: frozenset[str]


@dataclass(frozen=True)
class Proposal:
    """
    A model with its packages, the basis and the candidates that it was built on.

    ``gaps``: with standards first, every gap of the audit and why it stays (`gislib.siting.standards.standard_floors`).
    """

    basis: PlanBasis
    candidates: gpd.GeoDataFrame
    gaps: pd.DataFrame
    model: Model
    packages: Packages = field(repr=False)


def propose(session: Session, request: Request, wish: PlanWish, progress: Progress = silent) -> Plan:
    """
    Optimise, and store the result as a draft; a draft of the same name is replaced as one edit that can be undone.

    Raises
    ------
    InputError
        ``plan_budget``; ``plan_no_candidate`` where nothing may be built anywhere; ``plan_infeasible`` naming the
        campuses whose floor cannot be met, and why.
    StoreError
        ``plan_name_empty``; ``plan_accepted`` if an accepted plan has the name.
    """
    require_whole(session)
    require_budget(wish.budget_yuan)
    progress("plan.ground", 0.05)
    found = proposal(session, request, wish)
    if open_candidates(found.candidates).empty:
        raise InputError("plan_no_candidate", refused=len(found.candidates))
    progress("plan.optimise", 0.4)
    result, given_up = _solved(found, wish)
    progress("plan.store", 0.9)
    store, author = store_of(session), author_of(session)
    parameters = _parameters(session, request, wish, result) | {"gaps": _gaps_left(found.gaps, given_up)}
    devices = device_rows(found.candidates, found.model.chosen_ids(result))
    before = stored.by_name(store, wish.name)
    if before is None:
        plan = stored.create(store, wish.name, parameters, devices, author)
    else:
        head = before.head
        plan = stored.replace_devices(store, head.plan_id, head.version, parameters, devices, author)
    progress("plan.done", 1.0)
    return plan


def _solved(found: Proposal, wish: PlanWish) -> tuple[Result, Mapping[str, str]]:
    """
    Best plan, and the gaps of the standards audit given up for it with the reason.

    Where not all gaps can be closed together, as many as possible are; the rest is told, never dropped silently. The
    floor of a grade is not given up: without it there is no plan.
    """
    packages, given_up = found.packages, dict[str, str]()
    while True:
        result = optimise_packages(packages, wish.budget_yuan, SolveOptions(GAP, wish.seconds))
        if result.status != INFEASIBLE:
            return result, given_up
        lost = {floor.label: floor.reason for floor in result.unmet if floor.label in found.gaps.index}
        if not lost:
            raise _infeasible(found, result, wish.budget_yuan)
        given_up |= lost
        packages = replace(packages, floors=tuple(f for f in packages.floors if f[0].label not in given_up))


def frontier(session: Session, request: Request, wish: PlanWish) -> Frontier:
    """
    Best and greedy load taken off under budgets around the asked one; errors as in `propose` but for floors.

    Gaps of the standards are left aside: small budgets cannot close them all, and what money buys would not be seen.
    """
    require_budget(wish.budget_yuan)
    found = proposal(session, request, replace(wish, standards_first=False))
    budgets = [share * wish.budget_yuan for share in FRONTIER_SHARES]
    points = best_along(found.packages, budgets, SolveOptions(GAP, wish.seconds))
    rows = [
        FrontierRow(
            point.budget_yuan,
            point.result.value,
            preview(found.packages, point.budget_yuan, None).value,
            point.result.gap,
            point.result.status,
        )
        for point in points
    ]
    return Frontier(tuple(rows))


def proposal(session: Session, request: Request, wish: PlanWish) -> Proposal:
    """Model and packages of a wish, kept for the last few."""
    aim = _Aim(wish.floor_grades, wish.standards_first, wish.banned)
    basis = plan_basis(session, request)
    key = str(session.workspace.root.resolve()), edited.data_version(session.workspace), basis.rs.version
    return _proposal(_Keyed(key, basis), request, aim)


@dataclass(frozen=True)
class _Keyed:
    """A basis that is compared by the content it was built from."""

    key: tuple[str, ...]
    basis: PlanBasis = field(compare=False, repr=False)


@lru_cache(maxsize=KEPT_MODELS)
def _proposal(keyed: _Keyed, request: Request, aim: _Aim) -> Proposal:
    basis, rules = keyed.basis, (keyed.basis.rs, request.as_of)
    candidates = basis.candidates
    gaps = standard_floors(basis.audit.iloc[:0], candidates, rules)
    if aim.standards_first:
        candidates = with_standards(basis.now, candidates, basis.audit, rules, basis.elevation)
        gaps = standard_floors(basis.audit, candidates, rules, aim.banned)
    options = PlanOptions(aim.floor_grades, aim.standards_first, banned=aim.banned)
    model = build_model(basis.now, candidates, rules, options, basis.audit)
    return Proposal(basis, candidates, gaps, model, build_packages(model.menu))


def _gaps_left(gaps: pd.DataFrame, given_up: Mapping[str, str]) -> list[dict[str, str]]:
    """Gaps of the standards audit that stay open, and why; JSON."""
    reason = gaps["reason"].where(~gaps.index.isin(list(given_up)), gaps.index.map(given_up))
    left = gaps.assign(reason=reason)[(reason != "").to_numpy(bool)]
    columns = ["school_id", "gate_id", "check", "reason", "refused_by"]
    return [{str(k): str(v) for k, v in row.items()} for row in left[columns].to_dict("records")]


def device_rows(candidates: gpd.GeoDataFrame, ids: Sequence[str]) -> gpd.GeoDataFrame:
    """Chosen candidates as rows of the device table, WGS 84, in the order of their ids."""
    chosen = candidates.loc[list(ids)]
    return conform(TREATMENTS, to_wgs84(chosen.assign(candidate_id=chosen.index, origin="optimised", note=None)))


def _parameters(session: Session, request: Request, wish: PlanWish, result: Result) -> dict[str, Any]:
    """What the plan was made from and how well it is known to be best; JSON."""
    return {
        "wish": asdict(wish) | {"floor_grades": list(wish.floor_grades), "banned": sorted(wish.banned)},
        "request": asdict(request) | {"as_of": request.as_of.isoformat()},
        "data_version": edited.data_version(session.workspace),
        "rules_version": rules.load().version,
        "result": solver_report(result),
    }


def solver_report(result: Result) -> dict[str, Any]:
    """Status, value, bound, gap and seconds of a solver run; JSON."""
    return {
        "status": result.status,
        "load": result.value,
        "bound": result.bound,
        "gap": result.gap,
        "cost_yuan": result.cost_yuan,
        "seconds": round(result.seconds, 3),
    }


def _infeasible(found: Proposal, result: Result, budget_yuan: float) -> InputError:
    """Names of the campuses whose floor cannot be met, by reason."""
    names = found.basis.tables["schools"]["name"]
    unmet: Mapping[str, list[str]] = {"no_device": [], "too_dear": [], "not_together": []}
    for floor in result.unmet:
        name = names.get(floor.label)
        unmet[floor.reason].append(str(floor.label if pd.isna(name) else name))
    told = {reason: "、".join(labels) or "-" for reason, labels in unmet.items()}
    return InputError("plan_infeasible", budget=f"{budget_yuan:.0f}", **told)
