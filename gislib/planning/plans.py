"""Plans on the map: devices added, moved, turned, removed, undone and redone, and what the rules say to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import pandas as pd
from shapely import Point

from gislib.assessment import Request
from gislib.domain.errors import ConflictError, InputError
from gislib.domain.tables import TREATMENTS, WGS84, conform
from gislib.geo.crs import require_metric, to_wgs84
from gislib.planning import plan_files, plan_scores
from gislib.planning.authors import author_of, store_of
from gislib.planning.plan_basis import PlanBasis, in_working_crs, plan_basis
from gislib.planning.session import Session, require_whole
from gislib.siting import placing
from gislib.store import audit, edits
from gislib.store import plans as stored
from gislib.store.edits import Change
from gislib.store.plan_state import Plan, PlanHead

REFUSED: Final = "refused"
VERIFY: Final = "verify"
CONFLICT: Final = "conflict"
MANUAL: Final = "manual"


@dataclass(frozen=True)
class Warning:  # noqa: A001 - the field's word; Python's own is for programmers
    """
    What a rule says about a device as it lies now.

    ``kind``: ``refused`` (may not stand there), ``conflict`` (not beside ``other_id``) or ``verify`` (an attribute is
    unknown: to be looked at on site). ``rule_id``: the clause.
    """

    device_id: str
    kind: str
    rule_id: str
    other_id: str = ""


@dataclass(frozen=True)
class EditResult:
    """The plan after an edit, the devices that it touched, and what the rules say about them."""

    plan: Plan
    touched: tuple[str, ...]
    warnings: tuple[Warning, ...]


def heads(session: Session) -> list[PlanHead]:
    """All plans that are not retired, oldest first."""
    return stored.heads(store_of(session))


def read(session: Session, plan_id: str) -> Plan:
    """One plan; StoreError ``plan_unknown``."""
    return stored.read(store_of(session), plan_id)


def by_name(session: Session, name: str) -> Plan | None:
    """The plan of a name, None if there is none."""
    return stored.by_name(store_of(session), name)


def request_of(plan: Plan) -> Request:
    """Request that a plan was made with: date of the rules, slice, profile."""
    asked = dict(plan.head.parameters["request"])
    return Request(**asked | {"as_of": date.fromisoformat(asked["as_of"])})


def add(
    session: Session, request: Request, at: tuple[str, int], treatment_id: str, lon_lat: tuple[float, float]
) -> EditResult:
    """
    Put a device where the map was clicked; it snaps to the street, gate, bank or campus that its treatment asks for.

    Parameters
    ----------
    at
        Plan id, and the version that the map shows.
    treatment_id, lon_lat
        What, and where in WGS 84.

    Raises
    ------
    InputError
        ``place_nothing_near`` where nothing is in reach.
    ConflictError
        ``plan_stale`` if somebody saved a newer version.
    """
    require_whole(session)
    row = _placed(plan_basis(session, request), treatment_id, lon_lat)
    return _edited(session, request, at, [Change(None, _only(row))])


def move(
    session: Session, request: Request, at: tuple[str, int], device_id: str, lon_lat: tuple[float, float]
) -> EditResult:
    """Put a device somewhere else, its id kept; arguments and errors as in `add`."""
    require_whole(session)
    old = _device(session, at[0], device_id)
    row = _placed(plan_basis(session, request), str(old["treatment_id"]), lon_lat)
    return _edited(session, request, at, [Change(device_id, _only(row) | {"note": old["note"]})])


def turn(session: Session, request: Request, at: tuple[str, int], device_id: str) -> EditResult:
    """Set a device to the other side of its street, facing the traffic there; errors as in `add`."""
    require_whole(session)
    old = read(session, at[0]).devices.loc[[device_id]]
    turned = placing.turned(old, plan_basis(session, request).tables["roads"]).assign(origin=MANUAL)
    return _edited(session, request, at, [Change(device_id, _only(turned))])


def remove(session: Session, request: Request, at: tuple[str, int], device_ids: Sequence[str]) -> EditResult:
    """Take devices out of the plan, as one edit; errors as in `add`."""
    require_whole(session)
    return _edited(session, request, at, [Change(device_id, None) for device_id in device_ids])


def undo(session: Session, plan_id: str, version: int) -> Plan:
    """Take back the last edit; StoreError ``nothing_to_undo``, ConflictError ``plan_stale``."""
    require_whole(session)
    return _left(session, edits.undo(store_of(session), plan_id, version, author_of(session)))


def redo(session: Session, plan_id: str, version: int) -> Plan:
    """Bring back the edit undone last; StoreError ``nothing_to_redo``, ConflictError ``plan_stale``."""
    require_whole(session)
    return _left(session, edits.redo(store_of(session), plan_id, version, author_of(session)))


def copy(session: Session, plan_id: str, name: str) -> Plan:
    """The same devices under another name, as a draft of its own."""
    require_whole(session)
    return stored.copy(store_of(session), plan_id, name, author_of(session))


def accept(session: Session, request: Request, plan_id: str, version: int) -> Plan:
    """
    Close a draft for the works department and write its result files; costing more than its budget is no hindrance.

    Raises
    ------
    InputError
        ``plan_has_refused`` while a device stands where a clause refuses it or too near to another one.
    ConflictError
        ``plan_stale``, as in `add`.
    """
    require_whole(session)
    plan = read(session, plan_id)
    wrong = [w for w in warnings(session, request, plan) if w.kind in {REFUSED, CONFLICT}]
    if wrong:
        raise InputError("plan_has_refused", devices="、".join(sorted({w.device_id for w in wrong})))
    done = stored.set_status(store_of(session), plan_id, version, "accepted", author_of(session))
    plan_files.write_plan(session, request, done, plan_scores.scores(session, request, done))
    return done


def reopen(session: Session, plan_id: str, version: int) -> Plan:
    """Make an accepted plan a draft again; ConflictError ``plan_stale``."""
    require_whole(session)
    return stored.set_status(store_of(session), plan_id, version, "draft", author_of(session))


def retire(session: Session, plan_id: str, version: int) -> Plan:
    """Take a plan off the lists; it stays in the store and its name is free again; ConflictError ``plan_stale``."""
    require_whole(session)
    return _left(session, stored.set_status(store_of(session), plan_id, version, "retired", author_of(session)))


def note_stale(session: Session, plan_id: str, problem: ConflictError) -> None:
    """Keep in the audit that somebody's edit came too late."""
    detail = {name: str(value) for name, value in dict(problem.values).items()}
    audit.record(store_of(session), author_of(session), "plan.stale", plan_id, detail)


def _left(session: Session, plan: Plan) -> Plan:
    """The plan, its result files removed: they tell of what it was before."""
    plan_files.remove_files(session, plan.head)
    return plan


def history(session: Session, plan_id: str) -> pd.DataFrame:
    """Every edit of a plan, see `gislib.store.edits.history`."""
    return edits.history(store_of(session), plan_id)


def warnings(session: Session, request: Request, plan: Plan) -> tuple[Warning, ...]:
    """What the rules say about all devices of a plan, in the order of their ids."""
    basis = plan_basis(session, request)
    devices = plan.devices
    found = [
        Warning(str(device_id), kind, rule_id)
        for kind, column in ((REFUSED, "refused_by"), (VERIFY, "verify_on_site"))
        for device_id, text in devices[column].items()
        for rule_id in str(text).split()
    ]
    pairs = placing.conflicts(in_working_crs(devices, basis), (basis.rs, request.as_of), basis.now)
    alone = pairs["device_a"] == pairs["device_b"]
    found += [
        Warning(str(a), REFUSED, str(c)) for a, c in pairs.loc[alone, ["device_a", "clause"]].itertuples(index=False)
    ]
    pairs = pairs[~alone]
    for a, b, clause in pairs[["device_a", "device_b", "clause"]].itertuples(index=False):
        found += [Warning(str(a), CONFLICT, str(clause), str(b)), Warning(str(b), CONFLICT, str(clause), str(a))]
    return tuple(sorted(found, key=lambda w: (w.device_id, (REFUSED, CONFLICT, VERIFY).index(w.kind), w.rule_id)))


def _placed(basis: PlanBasis, treatment_id: str, lon_lat: tuple[float, float]) -> gpd.GeoDataFrame:
    """One row of the device table for a treatment at a place, WGS 84."""
    spot = gpd.GeoSeries([Point(lon_lat)], crs=WGS84).to_crs(require_metric(basis.candidates))
    rules = basis.rs, basis.request.as_of
    row = placing.place(basis.now, treatment_id, (spot.x[0], spot.y[0]), rules, basis.elevation)
    return conform(TREATMENTS, to_wgs84(row.assign(candidate_id=row.index, origin=MANUAL, note=None)))


def _only(row: gpd.GeoDataFrame) -> dict[str, object]:
    """Values of a table of one row."""
    values: dict[str, object] = dict(row.iloc[0])
    return values


def _device(session: Session, plan_id: str, device_id: str) -> pd.Series:
    plan = read(session, plan_id)
    if device_id not in plan.devices.index:
        raise InputError("plan_device_unknown", device=device_id, plan=plan.head.name)
    return pd.Series(plan.devices.loc[device_id])


def _edited(session: Session, request: Request, at: tuple[str, int], changes: Sequence[Change]) -> EditResult:
    plan_id, version = at
    store, author = store_of(session), author_of(session)
    before = set(stored.read(store, plan_id).devices.index)
    try:
        plan = edits.apply(store, plan_id, version, changes, author)
    except ConflictError as problem:
        note_stale(session, plan_id, problem)
        raise
    _left(session, plan)
    touched = {c.device_id for c in changes if c.device_id} | (set(plan.devices.index) - before)
    said = tuple(w for w in warnings(session, request, plan) if w.device_id in touched)
    return EditResult(plan, tuple(sorted(touched)), said)
