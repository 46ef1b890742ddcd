"""The briefing of a meeting, filled from what it froze: every number is one of the frozen tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gislib import rules, wording
from gislib.domain.tables import WGS84
from gislib.planning import ledger, meetings, snapshots
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session
from gislib.planning.snapshots import Known
from gislib.reports.briefing.content import (
    CLOSED,
    OPEN_STATES,
    Briefing,
    BriefingMap,
    LedgerItem,
    Letterhead,
    PatrolLine,
    PlanBrief,
    PlanLine,
    Ranked,
    Reason,
    Situation,
    Suspect,
)
from gislib.reports.briefing.ranked_map import ranked_maps
from gislib.reports.briefing.tasks import net_duties
from gislib.rules import RuleSet
from gislib.rules.model import Departments
from gislib.store.snapshots import LEDGER

SHOWN: Final = 20
"""Campuses of the ranking that are printed and drawn; the others are counted."""
REASONS_SHOWN: Final = 3
PAIRS_SHOWN: Final = 20
"""Pairs that are printed, suspected ones and worst campuses first; a note says how many are left out."""
MAP_ROADS: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
"""Road classes that a map of a whole county can hold; the closer map of a town shows all."""
_TO_MEASURE: Final = ("suspected", "remeasure")


def briefing(
    session: Session, meeting_id: str, letterhead: Letterhead | None = None, *, draft: bool = True
) -> Briefing:
    """
    Briefing of a frozen meeting, with the ledger of the actor's areas.

    Parameters
    ----------
    letterhead
        Typed by the user; None: without organ, number and name.
    draft
        Whether it says 征求意见稿.

    Raises
    ------
    InputError
        ``meeting_not_frozen``.
    StoreError
        ``meeting_unknown``, ``snapshot_damaged``.
    """
    meeting = meetings.read(session, meeting_id)
    known, told = meetings.known(session, meeting), (meeting.facts.kind, meeting.facts.held_on)
    return preview(session, known, told, letterhead, draft=draft)


def preview(
    session: Session,
    known: Known,
    meeting: tuple[str, date],
    letterhead: Letterhead | None = None,
    *,
    draft: bool = True,
) -> Briefing:
    """Briefing of a meeting, told by kind and day, from what is known: frozen, or not yet."""
    rs, (kind, on) = rules.load(), meeting
    last = meetings.previous(session, on)
    ranking = _ranking(known)
    return Briefing(
        area=known.stamp.area,
        meeting_kind=kind,
        held_on=on,
        stamp=known.stamp,
        letterhead=letterhead or Letterhead(),
        draft=draft,
        previous_on=None if last is None else last.facts.held_on,
        situation=_situation(known, on, None if last is None else last.facts.held_on),
        changes=meetings.differences_at(session, known, on),
        ranking=ranking,
        shown=SHOWN,
        maps=_maps(session, known, ranking),
        suspects=_suspects(known),
        plan=_plan(known, rs),
        patrols=_patrols(known),
        duties=net_duties(rs, known.stamp.as_of),
        items=items_of(known),
        notes=_notes(known, rs),
    )


def items_of(known: Known) -> tuple[LedgerItem, ...]:
    """Items of the ledger with the words for their places."""
    places = known.tables[snapshots.PLACES]
    rows = _rows(known.tables[LEDGER].reset_index())
    return tuple(_item(row, places) for row in rows)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None where a value is missing."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _item(row: Mapping[str, Any], places: pd.DataFrame) -> LedgerItem:
    named = places.loc[row["item_id"]].dropna() if row["item_id"] in places.index else pd.Series(dtype=object)
    everywhere = ledger.whole_area(row)
    joined = "·".join(str(part) for part in named.drop_duplicates())
    known = joined or row["place_id"] or row["school_id"] or "—"
    place = wording.text("ledger.whole_area") if everywhere else known
    return LedgerItem(
        item_id=str(row["item_id"]),
        place=str(place),
        title=str(row["title"]),
        measure=row["measure"] or "",
        state=str(row["state"]),
        departments=Departments(
            row["department_lead"] or "", _codes(row["departments_main"]), _codes(row["departments_support"])
        ),
        deadline=None if row["deadline"] is None else date.fromisoformat(row["deadline"]),
        rule_id=row["rule_id"],
        extensions=int(row["extensions"]),
        whole_area=everywhere,
        grade=row["grade"] or "",
        source=str(row["source"]),
        place_kind=row["place_kind"] or "",
        own_place=str(named.get("place", "")),
        campus=str(named.get("school", "")),
    )


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())


def _situation(known: Known, on: date, last: date | None) -> Situation:
    schools, pairs, items = (known.tables[name] for name in (snapshots.SCHOOLS, snapshots.PAIRS, LEDGER))
    verdicts = pairs["verdict"].value_counts()
    closed = items[items["state"] == CLOSED]
    since = closed if last is None else closed[closed["closed_on"] > last.isoformat()]
    opened = items[items["state"].isin(OPEN_STATES)]
    return Situation(
        campuses=len(schools),
        unranked=int(schools["rank"].isna().sum()),
        grades={str(grade): int(count) for grade, count in schools["shown_grade"].value_counts().items()},
        suspected=int(verdicts.get("suspected", 0)),
        remeasure=int(verdicts.get("remeasure", 0)),
        not_measurable=int(verdicts.get("not_measurable", 0)),
        items_open=len(opened),
        items_overdue=int((opened["deadline"] < on.isoformat()).sum()),
        items_closed=len(since),
    )


def _ranking(known: Known) -> tuple[Ranked, ...]:
    schools = known.tables[snapshots.SCHOOLS]
    ranked = schools[schools["rank"].notna()].sort_values(["rank", "name"]).reset_index()
    reasons = {str(key): own for key, own in known.tables[snapshots.REASONS].groupby("school_id")}
    return tuple(
        Ranked(
            school_id=str(row["school_id"]),
            name=str(row["name"] or row["school_id"]),
            rank=int(row["rank"]),
            rank_low=int(row["rank_low"]),
            rank_high=int(row["rank_high"]),
            score=float(row["score"]),
            grade=str(row["grade"]),
            confidence=str(row["confidence"]),
            p_top10=float(row["p_top10"]),
            index_is_least=bool(row["score_is_lower_bound"]),
            reasons=_reasons(reasons.get(str(row["school_id"]))),
        )
        for row in _rows(ranked)
    )


def _reasons(own: pd.DataFrame | None) -> tuple[Reason, ...]:
    if own is None:
        return ()
    rows = _rows(own.head(REASONS_SHOWN))
    return tuple(Reason(str(row["family"]), float(row["share"]), str(row["place"])) for row in rows)


def _suspects(known: Known) -> tuple[Suspect, ...]:
    """Pairs to be measured on site, those of the worst campuses first."""
    pairs, rank = known.tables[snapshots.PAIRS], known.tables[snapshots.SCHOOLS]["rank"]
    own = pairs[pairs["verdict"].isin(_TO_MEASURE)]
    urgent = own.assign(
        open=own["verdict"] != "suspected", rank=own["school_id"].map(rank), margin=own["distance_m"] - own["limit_m"]
    ).sort_values(["open", "rank", "margin", "school_id", "venue_id"], na_position="last")
    return tuple(
        Suspect(
            venue=str(row["venue"] or row["venue_id"]),
            venue_kind=str(row["venue_kind"]),
            campus=str(row["school"] or row["school_id"]),
            distance_m=float(row["distance_m"]),
            tolerance_m=float(row["uncertainty_m"]),
            limit_m=float(row["limit_m"]),
            method=str(row["method"]),
            rule_id=str(row["rule_id"]),
            verdict=str(row["verdict"]),
        )
        for row in _rows(urgent.head(PAIRS_SHOWN))
    )


def _plan(known: Known, rs: RuleSet) -> PlanBrief | None:
    plans = known.tables[snapshots.PLANS]
    shown = _rows(plans[plans["presented"].astype(bool)])
    if not shown:
        return None
    (row,) = shown
    return PlanBrief(
        plan_id=str(row["plan_id"]),
        name=str(row["name"]),
        version=int(row["version"]),
        accepted=row["status"] == "accepted",
        budget_yuan=float(row["budget_yuan"]),
        cost_yuan=float(row["cost_yuan"]),
        devices=int(row["devices"]),
        lines=_plan_lines(known, rs),
        reduction_share=row["reduction_share"],
        grades_after=json.loads(row["grades_after"] or "{}"),
    )


def _plan_lines(known: Known, rs: RuleSet) -> tuple[PlanLine, ...]:
    lines = []
    for row in _rows(known.tables[snapshots.PLAN_LINES]):
        treatment = rs.rule(f"treatment.{row['treatment_id']}", known.stamp.as_of)
        unit = wording.text(f"works.unit.{row['unit']}")
        quantities = float(row["quantity"]), unit, int(row["campuses"]), float(row["cost_yuan"])
        lines.append(PlanLine(treatment.title, *quantities, treatment.departments))
    return tuple(lines)


def _patrols(known: Known) -> tuple[PatrolLine, ...] | None:
    rows = _rows(known.tables[snapshots.PATROLS])
    if not rows:
        return None
    return tuple(
        PatrolLine(
            shift=str(row["name"]),
            teams=int(row["teams"]),
            people=int(row["people"]),
            kilometres=float(row["kilometres"]),
            covered_share=float(row["covered_share"]),
            bound_share=float(row["bound_share"]),
            uncovered=int(row["uncovered"]),
        )
        for row in rows
    )


def _maps(session: Session, known: Known, ranking: tuple[Ranked, ...]) -> tuple[BriefingMap, ...]:
    schools = known.tables[snapshots.SCHOOLS]
    spots = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(schools["lon"], schools["lat"]), index=schools.index, crs=WGS84
    )
    tables = tables_of(session.workspace)
    roads, water = tables["roads"], tables["water"]
    ground = {"roads": roads[roads["road_class"].isin(MAP_ROADS)], "water": water}
    return ranked_maps(ranking, spots, ground, SHOWN, {"roads": roads, "water": water})


def _notes(known: Known, rs: RuleSet) -> tuple[str, ...]:
    """Words about what the numbers do not say themselves."""
    notes = [wording.text("meetings.note_ranks")]
    left = int(known.tables[snapshots.PAIRS]["verdict"].isin(_TO_MEASURE).sum()) - PAIRS_SHOWN
    if left > 0:
        notes.append(wording.text("meetings.note_pairs", shown=PAIRS_SHOWN, left=left))
    if rs.version != known.stamp.rules_version:
        notes.append(wording.text("meetings.note_rules", version=rs.version))
    return tuple(notes)
