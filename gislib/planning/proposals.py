"""Plans proposed by the optimiser: what to build for a budget, and what more money would buy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gislib import rules
from gislib.assessment import Request
from gislib.domain.errors import ConflictError, InputError, StoreError
from gislib.domain.tables import TREATMENTS, conform
from gislib.geo.crs import to_wgs84
from gislib.planning import edited, plan_files, plan_scores, plans
from gislib.planning.authors import author_of, store_of
from gislib.planning.plan_basis import PlanBasis, plan_basis
from gislib.planning.session import Progress, Session, require_whole, silent
from gislib.siting.candidates import open_candidates
from gislib.siting.frontier import frontier as best_along
from gislib.siting.model import Model, PlanOptions, build_model
from gislib.siting.optimise import (
    INFEASIBLE,
    NO_DEVICE,
    TOGETHER,
    TOO_DEAR,
    Result,
    SolveOptions,
    Unmet,
    cheapest_for,
    optimise_packages,
    require_budget,
)
from gislib.siting.packages import Packages, build_packages
from gislib.siting.preview import preview
from gislib.siting.standards import standard_floors, with_standards
from gislib.siting.treatments import catalogue
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


@dataclass(frozen=True)
class _Solved:
    """
    Best plan, and the gaps of the standards audit given up for it, by label with the reason.

    ``proven``: it is known that no fewer gaps can be given up; else the search for them was stopped.
    """

    result: Result
    given_up: Mapping[str, str]
    proven: bool


def propose(
    session: Session, request: Request, wish: PlanWish, progress: Progress = silent, *, version: int | None = None
) -> Plan:
    """
    Optimise, and store the result as a draft; a draft of the same name is replaced as one edit that can be undone.

    Parameters
    ----------
    version
        Version of the plan of that name that the planner saw, 0 where there was none; None: whichever there is now.

    Raises
    ------
    InputError
        ``plan_budget``; ``treatment_unknown`` for a banned one that the catalogue does not hold; ``plan_no_candidate``
        where nothing may be built anywhere; ``plan_infeasible`` naming the campuses whose floor cannot be met, why and
        from which price on.
    StoreError
        ``plan_name_empty``; ``plan_accepted`` if an accepted plan has the name; ``plan_name_taken`` if somebody made a
        plan of the name meanwhile.
    ConflictError
        ``plan_stale`` if somebody saved a newer version of the plan before or while this one was worked out.
    """
    require_whole(session)
    _require_wish(wish, request)
    seen = _seen(session, wish.name, version)
    progress("plan.ground", 0.05)
    found = proposal(session, request, wish)
    usable = open_candidates(found.candidates)
    if usable["treatment_id"].isin(wish.banned).all():
        raise InputError("plan_no_candidate", refused=len(found.candidates))
    progress("plan.optimise", 0.4)
    done = _solved(found, wish)
    progress("plan.store", 0.9)
    store, author = store_of(session), author_of(session)
    parameters = _parameters(session, request, wish, done) | {"gaps": _gaps_left(found.gaps, done.given_up)}
    devices = device_rows(found.candidates, found.model.chosen_ids(done.result))
    if seen is None:
        plan = stored.create(store, wish.name, parameters, devices, author)
    else:
        try:
            plan = stored.replace_devices(store, *seen, parameters, devices, author)
        except ConflictError as problem:
            plans.note_stale(session, seen[0], problem)
            raise
    plan_files.write_plan(session, request, plan, plan_scores.scores(session, request, plan))
    progress("plan.done", 1.0)
    return plan


def _require_wish(wish: PlanWish, request: Request) -> None:
    """Refuse a budget that is no amount of money, and treatments that there are not."""
    require_budget(wish.budget_yuan)
    if math.isinf(wish.budget_yuan):
        raise InputError("plan_budget", budget="inf")
    for unknown in sorted(wish.banned - set(catalogue(rules.load(), request.as_of))):
        raise InputError("treatment_unknown", id=unknown)


def _seen(session: Session, name: str, version: int | None) -> tuple[str, int] | None:
    """Id and version of the plan that is replaced, as the planner saw it; None for a new one."""
    before = stored.by_name(store_of(session), name)
    if before is None:
        return None
    head = before.head
    if version == 0:
        raise StoreError("plan_name_taken", plan=head.name)
    if version is not None and version != head.version:
        problem = ConflictError(
            "plan_stale", plan=head.name, mine=version, theirs=head.version, actor=head.changed_by, at=head.changed_at
        )
        plans.note_stale(session, head.plan_id, problem)
        raise problem
    return head.plan_id, head.version


def _solved(found: Proposal, wish: PlanWish) -> _Solved:
    """
    Best plan, and the gaps of the standards audit given up for it with the reason.

    Where not all gaps can be closed together, as many as possible are, and of equally many the cheapest; the rest is
    told, never dropped silently. The floor of a grade is not given up: without it there is no plan.
    """
    packages, proven = found.packages, True
    given_up: dict[str, str] = {}
    while True:
        result = optimise_packages(packages, wish.budget_yuan, SolveOptions(GAP, wish.seconds))
        if result.status != INFEASIBLE:
            return _Solved(result, given_up, proven)
        lost = {floor.label: floor.reason for floor in result.unmet if floor.label in found.gaps.index}
        if not lost:
            raise _infeasible(found, packages, result.unmet, wish)
        given_up |= lost
        proven &= result.unmet_proven
        packages = replace(packages, floors=tuple(f for f in packages.floors if f[0].label not in given_up))


def frontier(session: Session, request: Request, wish: PlanWish) -> Frontier:
    """
    Best and greedy load taken off under budgets around the asked one; errors as in `propose` but for floors.

    Gaps of the standards are left aside: small budgets cannot close them all, and what money buys would not be seen.
    """
    _require_wish(wish, request)
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


def _parameters(session: Session, request: Request, wish: PlanWish, done: _Solved) -> dict[str, Any]:
    """What the plan was made from and how well it is known to be best; JSON."""
    return {
        "wish": asdict(wish) | {"floor_grades": list(wish.floor_grades), "banned": sorted(wish.banned)},
        "request": asdict(request) | {"as_of": request.as_of.isoformat()},
        "data_version": edited.data_version(session.workspace),
        "rules_version": rules.load().version,
        "result": solver_report(done.result) | {"given_up": len(done.given_up), "given_up_proven": done.proven},
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


def _infeasible(found: Proposal, packages: Packages, unmet: Sequence[Unmet], wish: PlanWish) -> InputError:
    """Campuses whose floor cannot be met, by reason and with the least price, and what all floors cost at least."""
    names = found.basis.tables["schools"]["name"]
    why = []
    for reason in (NO_DEVICE, TOO_DEAR, TOGETHER):
        own = [floor for floor in unmet if floor.reason == reason]
        if own:
            campuses = tuple(_campus_told(floor, names.get(floor.label)) for floor in own)
            why.append(InputError(f"plan_floor_{reason}", campuses=campuses))
    possible = tuple(f for f in packages.floors if len(f[1]) or f[0].zones)
    least = cheapest_for(replace(packages, floors=possible), 0.0, SolveOptions(GAP, wish.seconds)).cost_yuan
    if not math.isnan(least) and possible:
        why.append(InputError("plan_floor_least", wan=_wan(least), yuan=f"{least:.0f}"))
    return InputError("plan_infeasible", budget=f"{wish.budget_yuan:.0f}", why=tuple(why))


def _campus_told(floor: Unmet, name: str | None) -> InputError:
    """Name of a campus with the least price of its floor, where there is one."""
    told = str(floor.label if pd.isna(name) else name)
    if math.isnan(floor.cheapest_yuan):
        return InputError("plan_floor_campus", name=told)
    price = floor.cheapest_yuan
    return InputError("plan_floor_campus_from", name=told, wan=_wan(price), yuan=f"{price:.0f}")


def _wan(yuan: float) -> str:
    """Ten thousands of yuan, rounded up so that the amount is enough."""
    return f"{math.ceil(yuan / 100.0) / 100.0:g}"
