"""What differs between two moments, and what a meeting should talk about because of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pandas as pd

from gislib import rules
from gislib.planning import snapshots
from gislib.planning.snapshots import Known
from gislib.reports.briefing.content import OPEN_STATES, Change
from gislib.reports.briefing.figures import department
from gislib.store import item_steps
from gislib.store.snapshots import LEDGER

_GRADES: Final = ("blue", "yellow", "orange", "red")


@dataclass(frozen=True)
class Point:
    """One point of an agenda: a code of the texts (``meetings.agenda_<code>``) and its values."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def changes(before: Known, now: Known, days: tuple[date, date]) -> tuple[Change, ...]:
    """
    Differences from one moment to another.

    A rank has moved if it left the interval that it had over the draws: less than that is no change. Items are counted
    over the whole ledger; what is overdue, per leading department on the later day.

    Parameters
    ----------
    days
        Days of both meetings.
    """
    found = [
        *_campuses(before.tables[snapshots.SCHOOLS], now.tables[snapshots.SCHOOLS]),
        *_suspects(before, now),
        *_items(before, now, days),
        *_plans(before, now),
        *_patrols(before, now),
    ]
    return tuple(found)


def agenda(now: Known, found: tuple[Change, ...] | None, on: date) -> tuple[Point, ...]:
    """Points proposed for a meeting: reports, what changed, then plans; ``found`` None: no meeting to report since."""
    by_kind: dict[str, list[Change]] = {}
    for one in found or ():
        by_kind.setdefault(one.kind, []).append(one)
    points = [] if found is None else [Point("reports")]
    worse = _subjects(by_kind, "grade_worse", "rank_up")
    if worse:
        points.append(Point("worse", {"names": worse, "count": len(worse)}))
    elif found is None:
        points.append(Point("ranking", {"names": _first(now)}))
    better = _subjects(by_kind, "grade_better", "rank_down")
    if better:
        points.append(Point("better", {"names": better, "count": len(better)}))
    suspects = _subjects(by_kind, "suspect_new")
    pairs = now.tables[snapshots.PAIRS]
    suspected = int((pairs["verdict"] == "suspected").sum())
    if suspects:
        points.append(Point("suspects_new", {"names": suspects, "count": len(suspects)}))
    elif suspected:
        points.append(Point("suspects", {"count": suspected}))
    late = overdue(now.tables[LEDGER], on)
    if len(late):
        points.append(Point("overdue", {"count": len(late), "names": _departments(late)}))
    accepted = _subjects(by_kind, "plan_accepted")
    if accepted:
        points.append(Point("plans_accepted", {"names": accepted, "count": len(accepted)}))
    points += _plan_points(now.tables[snapshots.PLANS])
    points += _patrol_points(now.tables[snapshots.PATROLS])
    visits = now.tables[snapshots.INSPECTIONS]
    lacking = visits[visits["inspections"] < visits["needed"]] if len(visits) else visits
    if len(lacking):
        points.append(Point("inspections", {"count": len(lacking), "needed": int(lacking["needed"].max())}))
    return tuple(points)


def overdue(items: pd.DataFrame, on: date) -> pd.DataFrame:
    """Open items whose deadline lies before a day."""
    return items[items["state"].isin(OPEN_STATES) & (items["deadline"] < on.isoformat())]


def _campuses(before: pd.DataFrame, now: pd.DataFrame) -> Iterator[Change]:
    """Campuses that are new, whose grade changed, or whose rank moved farther than its interval; by rank."""
    known = before.to_dict("index")
    for school_id, row in now.sort_values("rank").to_dict("index").items():
        name = row["name"] if isinstance(row["name"], str) else str(school_id)
        old = known.get(school_id)
        if old is None:
            yield Change("campus_new", name)
            continue
        ranked = not (pd.isna(row["rank"]) or pd.isna(old["rank"]))
        if ranked and row["grade"] != old["grade"]:
            worse = _GRADES.index(row["grade"]) > _GRADES.index(old["grade"])
            yield Change("grade_worse" if worse else "grade_better", name, str(old["grade"]), str(row["grade"]))
        if ranked and not old["rank_low"] <= row["rank"] <= old["rank_high"]:
            up = row["rank"] < old["rank"]
            yield Change("rank_up" if up else "rank_down", name, float(old["rank"]), float(row["rank"]))


def _suspects(before: Known, now: Known) -> Iterator[Change]:
    """Pairs that became suspected, and such that are not any more."""
    old, new = (_suspected(known) for known in (before, now))
    for kind, pairs, others in (("suspect_new", new, old), ("suspect_gone", old, new)):
        for key in sorted(pairs.keys() - others.keys(), key=lambda key: (pairs[key], key)):
            yield Change(kind, pairs[key])


def _suspected(known: Known) -> dict[tuple[str, str], str]:
    """Names of suspected pairs by campus and venue."""
    pairs = known.tables[snapshots.PAIRS]
    own = pairs[pairs["verdict"] == "suspected"]
    names = (
        "—".join("?" if pd.isna(name) else str(name) for name in pair)
        for pair in zip(own["venue"], own["school"], strict=True)
    )
    return dict(zip(zip(own["school_id"], own["venue_id"], strict=True), names, strict=True))


def _items(before: Known, now: Known, days: tuple[date, date]) -> Iterator[Change]:
    """Items put down and closed since, per net; overdue ones, per leading department."""
    old, new = before.tables[LEDGER], now.tables[LEDGER]
    fresh = new[~new.index.isin(old.index)]
    was_open = old.index[old["state"].isin(OPEN_STATES)]
    closed = new[(new["state"] == item_steps.CLOSED) & (new.index.isin(was_open) | ~new.index.isin(old.index))]
    for kind, items in (("item_new", fresh), ("item_closed", closed)):
        if len(items):
            yield Change(kind, now.stamp.area, None, float(len(items)))
    late_before, late_now = (_by_department(overdue(items, on)) for items, on in zip((old, new), days, strict=True))
    rs = rules.load()
    for code in sorted(late_now, key=lambda code: (-late_now[code], code)):
        name = department(rs, code) if code else "—"
        yield Change("item_overdue", name, float(late_before.get(code, 0)), float(late_now[code]))


def _by_department(items: pd.DataFrame) -> dict[str, int]:
    counts = items["department_lead"].fillna("").value_counts()
    return {str(code): int(count) for code, count in counts.items()}


def _plans(before: Known, now: Known) -> Iterator[Change]:
    """Plans that were accepted since."""
    old, new = (known.tables[snapshots.PLANS] for known in (before, now))
    done = set(old.loc[old["status"] == "accepted", "plan_id"])
    for row in new[new["status"] == "accepted"].to_dict("records"):
        if row["plan_id"] not in done:
            yield Change("plan_accepted", str(row["name"]), None, str(row["plan_id"]))


def _patrols(before: Known, now: Known) -> Iterator[Change]:
    """Share that each patrol covers, where it is new or changed."""
    old = before.tables[snapshots.PATROLS].set_index("patrol_id")["covered_share"]
    for row in now.tables[snapshots.PATROLS].to_dict("records"):
        share = old.get(row["patrol_id"])
        if share is None or share != row["covered_share"]:
            was = None if share is None else float(share)
            yield Change("patrol_coverage", str(row["name"]), was, float(row["covered_share"]))


def _subjects(by_kind: dict[str, list[Change]], *kinds: str) -> list[str]:
    return list(dict.fromkeys(one.subject for kind in kinds for one in by_kind.get(kind, ())))


def _first(now: Known) -> list[str]:
    schools = now.tables[snapshots.SCHOOLS]
    worst = schools[schools["shown_grade"] == "red"].sort_values("rank")
    return [str(name) for name in worst["name"]]


def _departments(items: pd.DataFrame) -> list[str]:
    rs, counts = rules.load(), _by_department(items)
    codes = sorted((code for code in counts if code), key=lambda code: (-counts[code], code))
    return [f"{department(rs, code)} {counts[code]}" for code in codes]


def _plan_points(plans: pd.DataFrame) -> list[Point]:
    """The plan before the meeting, and how far every accepted one was carried out."""
    shown = plans[plans["presented"].astype(bool)]
    points = [
        Point(
            "plan_accepted" if row["status"] == "accepted" else "plan_draft",
            {"plan": row["name"], "cost": float(row["cost_yuan"])},
        )
        for row in shown.to_dict("records")
    ]
    told = plans[plans["carried_out"].notna()] if "carried_out" in plans.columns else plans.iloc[:0]
    return points + [
        Point("plan_carried_out", {"plan": row["name"], "done": int(row["carried_out"]), "total": int(row["devices"])})
        for row in told.to_dict("records")
    ]


def _patrol_points(patrols: pd.DataFrame) -> list[Point]:
    return [
        Point("patrol", {"patrol": row["name"], "covered": float(row["covered_share"]), "left": int(row["uncovered"])})
        for row in patrols.tail(1).to_dict("records")
    ]
