"""What is known at a moment, as tables that a meeting freezes; read back, they are all that its papers rest on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd

from gislib.assessment import Request
from gislib.domain.errors import StoreError
from gislib.patrol.record import from_json
from gislib.planning import assess as assessing
from gislib.planning import checklists, ledger, plan_files, plan_scores, plans, results
from gislib.planning.authors import store_of
from gislib.planning.loaded import tables_of
from gislib.planning.overview import overview
from gislib.planning.plan_progress import carried_out
from gislib.planning.session import Progress, Session, silent
from gislib.reports.metadata import SourceStamp, Stamp
from gislib.risk.family import FAMILIES
from gislib.risk.score import NOT_A_SCHOOL
from gislib.store import patrols as stored_patrols
from gislib.store import snapshots as stored
from gislib.store.patrols import RETIRED
from gislib.store.plan_state import ACCEPTED, Plan, PlanHead

SCHOOLS: Final = "schools"
REASONS: Final = "reasons"
PAIRS: Final = "pairs"
PLANS: Final = "plans"
PLAN_LINES: Final = "plan_lines"
PATROLS: Final = "patrols"
INSPECTIONS: Final = "inspections"
PLACES: Final = "places"
TABLES: Final = (SCHOOLS, REASONS, PAIRS, PLANS, PLAN_LINES, PATROLS, INSPECTIONS, PLACES)
TOLD: Final = ("suspected", "remeasure", "not_measurable")
"""Verdicts of pairs that a meeting has to do with."""
_PAIR_COLUMNS: Final = (
    "school_id", "venue_id", "school", "venue", "venue_kind", "verdict", "distance_m", "uncertainty_m", "limit_m",
    "method", "rule_id",
)  # fmt: skip
_PLAN_COLUMNS: Final = (
    "plan_id", "name", "status", "version", "devices", "cost_yuan", "budget_yuan", "presented", "reduction_share",
    "grades_after",
)  # fmt: skip
_PATROL_COLUMNS: Final = (
    "patrol_id", "name", "status", "shift_id", "begins_min", "ends_min", "teams", "people", "kilometres",
    "covered_share", "bound_share", "uncovered",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """
    Tables of a moment.

    Attributes
    ----------
    stamp
        Versions of data, rules and program, date, profile and parameters.
    tables
        ``schools``: index ``school_id``, `gislib.planning.overview.Overview.schools` with ``lon``, ``lat``.
        ``reasons``: ``school_id, family, share, place`` (the place that weighs most, "" = nameless), most first.
        ``pairs``: suspected, to be measured again, and not measurable pairs with names; metres.
        ``plans``: one row per plan, ``presented`` for the one before the meeting, whose ``reduction_share`` (0..1) and
        ``grades_after`` (JSON) are worked out; ``carried_out``: devices of an accepted one that items of the ledger
        have installed. ``plan_lines``: its treatments.
        ``patrols``: every patrol with the shares that it covers. ``inspections``: days per campus this term.
        ``places``: index ``item_id``, ``place`` of every ledger item in words. ``ledger``: as
        `gislib.store.ledger.table`. A meeting freezes these three for all areas; read back, they are those of the
        reader's.
    """

    stamp: Stamp
    tables: Mapping[str, pd.DataFrame] = field(repr=False)


def refresh(session: Session, request: Request, progress: Progress = silent) -> None:
    """Assess and judge again unless the results shown belong to the data, rules and program of now."""
    if not results.is_current(session, "school_risk"):
        assessing.assess(session, request, progress)
    if not results.is_current(session, "findings"):
        assessing.comply(session, request, progress)


def known_now(session: Session, on: date, plan_id: str | None = None, *, scored: bool = True) -> Known:
    """
    What the pages show at this moment.

    Parameters
    ----------
    session, on
        Whose ledger, and the local day that deadlines and terms are compared with.
    plan_id
        Plan before the meeting; None: the last accepted one, else the last draft.
    scored
        Whether to work out what that plan is worth, which takes its time.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` before the first run.
    StoreError
        ``plan_unknown``.
    """
    heads = plans.heads(session)
    plan = _presented(session, heads, plan_id)
    worth = _worth(session, plan) if plan is not None and scored else {}
    shown = overview(session).schools
    items = ledger.table(session, on=on)
    tables = {
        SCHOOLS: pd.DataFrame(shown.drop(columns="geometry")).assign(lon=shown.geometry.x, lat=shown.geometry.y),
        REASONS: _reasons(session),
        PAIRS: _pairs(session),
        PLANS: _plans(heads, plan, worth).assign(carried_out=_carried_out(session, heads)),
        PLAN_LINES: _plan_lines(plan),
        PATROLS: _patrols(session),
        INSPECTIONS: checklists.inspected(session, on).reset_index(),
        PLACES: items[["place", "school"]],
        stored.LEDGER: items,
    }
    stamp = results.stamp(session, results.request_of(session, "findings"), guarded=bool(len(tables[PATROLS])))
    return Known(stamp, tables)


def content(known: Known) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Stamp and tables as the store freezes them; the ledger it reads itself."""
    return known.stamp.as_dict(), {name: known.tables[name] for name in TABLES}


def frozen(session: Session, snapshot_id: str) -> Known:
    """
    What was frozen; ledger, places and inspections are those of the reader's areas.

    Raises
    ------
    StoreError
        ``snapshot_unknown``, ``snapshot_damaged``.
    """
    store = store_of(session)
    head = next((one for one in stored.heads(store) if one.snapshot_id == snapshot_id), None)
    if head is None:
        raise StoreError("snapshot_unknown", id=snapshot_id)
    tables = {name: stored.table(store, snapshot_id, name) for name in (*TABLES, stored.LEDGER)}
    items, visits = ledger.of_areas(session, tables[stored.LEDGER]), tables[INSPECTIONS]
    campuses = ledger.of_areas(session, tables[SCHOOLS]).index
    own = {
        stored.LEDGER: items,
        PLACES: tables[PLACES][tables[PLACES].index.isin(items.index)],
        INSPECTIONS: visits[visits["school_id"].isin(campuses)].reset_index(drop=True),
    }
    return Known(_stamp(head.stamp), tables | own)


def _stamp(told: Mapping[str, Any]) -> Stamp:
    values = dict(told)
    return Stamp(
        **values
        | {
            "as_of": date.fromisoformat(values["as_of"]),
            "sources": tuple(SourceStamp(**source) for source in values["sources"]),
            "parameters": tuple((name, str(value)) for name, value in values["parameters"].items()),
            "marking": tuple(values["marking"]),
            "attribution": tuple(values["attribution"]),
        }
    )


def _reasons(session: Session) -> pd.DataFrame:
    """Families behind every index with the place that weighs most in each."""
    tables, risk = tables_of(session.workspace), results.read(session, "school_risk")
    terms = results.read(session, "terms")[["school_id", "hazard_id", "road_id"]].drop_duplicates()
    shares = results.read(session, "shares").merge(terms, on=["school_id", "hazard_id"], how="left")
    names = pd.concat([tables[layer]["name"] for layer in ("venues", "water")]).astype(object)
    roads = shares["road_id"].map(tables["roads"]["name"].astype(object))
    named = shares.assign(place=shares["hazard_id"].map(names).fillna(roads).fillna(""))
    # A road is many pieces: what weighs most is the whole of it.
    whole = named.groupby(["school_id", "family", "place"], as_index=False)["share"].sum()
    order = whole.assign(nameless=whole["place"] == "").sort_values(
        ["school_id", "family", "nameless", "share", "place"], ascending=[True, True, True, False, True]
    )
    first = order.drop_duplicates(["school_id", "family"]).set_index(["school_id", "family"])["place"]
    wide = risk[[f"share_{family}" for family in FAMILIES]].set_axis(list(FAMILIES), axis=1).reset_index()
    long = wide.melt("school_id", var_name="family", value_name="share")
    out = long[long["share"] > 0].join(first, on=["school_id", "family"])
    out["place"] = out["place"].fillna("")
    return out.sort_values(["school_id", "share", "family"], ascending=[True, False, True], ignore_index=True)


def _pairs(session: Session) -> pd.DataFrame:
    """Pairs that somebody has to look at, with the names of both ends."""
    found, tables = results.read(session, "findings"), tables_of(session.workspace)
    own = found[found["verdict"].isin(TOLD)]
    named = own.assign(
        school=own["school_id"].map(tables["schools"]["name"]), venue=own["venue_id"].map(tables["venues"]["name"])
    )
    return named[list(_PAIR_COLUMNS)].reset_index(drop=True)


def _presented(session: Session, heads: list[PlanHead], plan_id: str | None) -> Plan | None:
    if plan_id is not None:
        return plans.read(session, plan_id)
    accepted = [head for head in heads if head.status == ACCEPTED]
    chosen = max(accepted or heads, key=lambda head: head.changed_at, default=None)
    return None if chosen is None else plans.read(session, chosen.plan_id)


def _worth(session: Session, plan: Plan) -> dict[str, object]:
    """Share of the load that a plan takes off with routes worked out again, and the campuses per grade with it."""
    campuses = plan_scores.scores(session, plans.request_of(plan), plan).campuses
    kinds = tables_of(session.workspace)["schools"]["kind"].reindex(campuses.index)
    campuses = campuses[(kinds != NOT_A_SCHOOL).to_numpy(bool)]
    before, after = float(campuses["before"].sum()), float(campuses["rerouted"].sum())
    grades = {str(grade): int(count) for grade, count in campuses["grade_after"].value_counts().items()}
    unknown = int(campuses["grade_after"].isna().sum())
    return {
        "reduction_share": 1.0 - after / before if before > 0 else float("nan"),
        "grades_after": json.dumps(grades | ({"unknown": unknown} if unknown else {}), sort_keys=True),
    }


def _plans(heads: list[PlanHead], presented: Plan | None, worth: dict[str, object]) -> pd.DataFrame:
    chosen = None if presented is None else presented.head.plan_id
    rows = [
        {
            "plan_id": head.plan_id,
            "name": head.name,
            "status": head.status,
            "version": head.version,
            "devices": head.devices,
            "cost_yuan": head.cost_yuan,
            "budget_yuan": plan_files.budget_yuan(head),
            "presented": head.plan_id == chosen,
            "reduction_share": float("nan"),
            "grades_after": "",
        }
        | (worth if head.plan_id == chosen else {})
        for head in heads
    ]
    return pd.DataFrame(rows, columns=list(_PLAN_COLUMNS))


def _carried_out(session: Session, heads: list[PlanHead]) -> list[float]:
    """Devices of every accepted plan that the ledger tells as installed; missing for the others."""
    return [
        float(carried_out(session, plans.read(session, head.plan_id))) if head.status == ACCEPTED else float("nan")
        for head in heads
    ]


def _plan_lines(plan: Plan | None) -> pd.DataFrame:
    """Treatments of a plan: quantity, campuses, yuan."""
    columns = ["treatment_id", "unit", "quantity", "campuses", "cost_yuan"]
    if plan is None:
        return pd.DataFrame(columns=columns)
    devices = pd.DataFrame(plan.devices.drop(columns="geometry"))
    lines = devices.groupby(["treatment_id", "unit"], as_index=False).agg(
        quantity=("quantity", "sum"), campuses=("school_id", "nunique"), cost_yuan=("cost_yuan", "sum")
    )
    return lines[columns].sort_values(["cost_yuan", "treatment_id"], ascending=[False, True], ignore_index=True)


def _patrols(session: Session) -> pd.DataFrame:
    """First set of routes of every patrol."""
    store = store_of(session)
    rows = []
    for head in stored_patrols.heads(store):
        if head.status == RETIRED:
            continue
        record = from_json(stored_patrols.read(store, head.patrol_id).sets[0])
        rows.append(
            {
                "patrol_id": head.patrol_id,
                "name": head.name,
                "status": head.status,
                "shift_id": record.shift_id,
                "begins_min": record.begins_min,
                "ends_min": record.ends_min,
                "teams": len(record.teams),
                "people": sum(team.headcount for team in record.teams),
                "kilometres": record.metres / 1000.0,
                "covered_share": record.covered_share,
                "bound_share": record.coverage_bound,
                "uncovered": sum(task.team_id is None for task in record.tasks),
            }
        )
    return pd.DataFrame(rows, columns=list(_PATROL_COLUMNS))
