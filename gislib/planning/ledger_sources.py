"""Items of the ledger from what was computed or inspected: distances, audit gaps, waters, campuses at risk, answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gislib import rules, wording
from gislib.assessment import Request
from gislib.compliance.audit_checks import MISSING
from gislib.compliance.verdict import SUSPECTED
from gislib.domain.errors import InputError
from gislib.planning import checklists, ledger, results
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, in_scope, require_role
from gislib.rules import RuleSet
from gislib.store import checklists as answers
from gislib.store.item_facts import TITLE_LENGTH, Facts
from gislib.store.items import NewItem

SOURCES: Final = ("finding", "audit", "water", "risk", "inspection")
RISK_GRADES: Final = ("red", "orange")
"""Grades that are hazards by themselves."""
_RESULTS: Final = {"finding": "findings", "audit": "audit", "water": "terms", "risk": "school_risk"}
"""Result that a source is made from; inspections are no result."""
_FOUR_ONES: Final = "water.four_ones"
_NET: Final = "department.net_"


@dataclass(frozen=True)
class Wanted:
    """What to take over: sources of `SOURCES`; ``grades``: only of campuses with these grades, empty: of all."""

    sources: tuple[str, ...] = SOURCES
    grades: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Raised:
    """Items that are new, how many were there already, and the new ones per source."""

    new: tuple[str, ...]
    known: int
    by_source: Mapping[str, int]


def from_findings(session: Session, request: Request, wanted: Wanted | None = None) -> Raised:
    """
    Put down what the last assessment and inspections found; what is in the ledger already stays as it is.

    Parameters
    ----------
    request
        Its day is the day on which they are found; departments, deadlines and nets are those of its rules.

    Raises
    ------
    InputError
        ``ledger_results_old`` if the results do not belong to the data and rules of now.
    WorkspaceError
        ``not_assessed`` before the first run.
    """
    require_role(session, "planner")
    items = proposed(session, request, wanted)
    added = ledger.add(session, items)
    sources = dict(zip(added.item_ids, (item.source for item in items), strict=True))
    fresh = pd.Series([sources[item_id] for item_id in added.new], dtype="str").value_counts()
    new = tuple(sorted(added.new))
    return Raised(new, len(items) - len(new), {str(name): int(count) for name, count in fresh.items()})


def proposed(session: Session, request: Request, wanted: Wanted | None = None) -> list[NewItem]:
    """Items that `from_findings` would put down, those that are there already too; errors as there."""
    asked = wanted or Wanted()
    for source in _RESULTS.keys() & set(asked.sources):
        if _RESULTS[source] not in results.read_run(session):
            results.read(session, _RESULTS[source])  # says that nothing was assessed
        if not results.is_current(session, _RESULTS[source]):
            raise InputError("ledger_results_old", table=_RESULTS[source])
    found = _Found(session, request.as_of)
    items = [item for source in asked.sources for item in _READERS[source](found)]
    if asked.grades:
        items = [item for item in items if item.facts.grade in asked.grades]
    return [item for item in items if in_scope(session, item.facts.area_code)]


@dataclass(frozen=True)
class _Found:
    """Results and data that items are made from."""

    session: Session
    on: date

    @cached_property
    def tables(self) -> Mapping[str, gpd.GeoDataFrame]:
        """Layers, WGS 84."""
        return tables_of(self.session.workspace)

    @cached_property
    def rs(self) -> RuleSet:
        """Rules."""
        return rules.load()

    @cached_property
    def risk(self) -> pd.DataFrame:
        """Campuses with their grade; those without a rank have none. Empty where nobody assessed the data of now."""
        if not results.is_current(self.session, "school_risk"):
            return pd.DataFrame({"grade": pd.Series(dtype="str")})
        table = results.read(self.session, "school_risk")
        return table.assign(grade=table["grade"].where(table["rank"].notna()))

    def name(self, layer: str, identity: str) -> str:
        """Name of a place, its id where it has none."""
        known = identity in self.tables[layer].index
        name = self.tables[layer]["name"].get(identity) if known else None
        return str(name) if pd.notna(name) else identity

    def item(self, source: str, key: str, rule_id: str, facts: Mapping[str, Any]) -> NewItem:
        """An item with the departments of a rule, the net and the deadline of its source, and its campus' grade."""
        school_id = facts.get("school_id")
        departments = self.rs.rule(rule_id, self.on).departments
        days = self.rs.table(ledger.DEADLINES, self.on)[source]
        grade = self.risk["grade"].get(school_id) if school_id is not None else None
        area = self.tables["schools"]["area_code"].get(school_id) if school_id is not None else None
        told = {
            "rule_id": rule_id,
            "department_lead": departments.lead or None,
            "departments_main": departments.main,
            "departments_support": departments.support,
            "deadline": self.on + timedelta(days=int(days)),
            "grade": str(grade) if pd.notna(grade) else None,
            "area_code": str(area) if pd.notna(area) else None,
        }
        return NewItem(source, self.on, Facts(**(told | dict(facts))), source_key=key)

    def net(self, *keys: str) -> str:
        """Net of the first key that is listed."""
        listed = self.rs.table("ledger.net", self.on)
        return str(next(listed[key] for key in keys if key in listed))


def _findings(found: _Found) -> Iterator[NewItem]:
    """One item per campus and venue: the rule with the widest limit decides."""
    rows = results.read(found.session, "findings")
    suspected = rows[rows["verdict"] == SUSPECTED].sort_values(["limit_m", "rule_id"], ascending=[False, True])
    for row in suspected.drop_duplicates(["school_id", "venue_id"]).sort_index().to_dict("records"):
        school_id, venue_id = str(row["school_id"]), str(row["venue_id"])
        pair = f"{school_id}/{venue_id}"
        told = {
            "school": found.name("schools", school_id),
            "venue": found.name("venues", venue_id),
            "kind": found.rs.kinds("venue")[str(row["venue_kind"])].zh,
            "metres": f"{row['distance_m']:.1f}",
            "limit": f"{row['limit_m']:g}",
            "error": f"{row['uncertainty_m']:.1f}",
            "method": wording.term("method", str(row["method"])),
        }
        facts = {
            "title": _title("finding", told),
            "measure": _text("finding", "measure", told),
            "note": _text("finding", "note", told),
            "net": found.net("finding"),
            "place_kind": "venue",
            "place_id": venue_id,
            "school_id": school_id,
            "lon": float(row["end_lon"]),
            "lat": float(row["end_lat"]),
            "refs": (f"{pair}/{row['rule_id']}",),
        }
        yield found.item("finding", f"finding:{pair}", str(row["rule_id"]), facts)


def _audit(found: _Found) -> Iterator[NewItem]:
    """One item per place and check that is missing; unknown is not missing."""
    rows = results.read(found.session, "audit")
    for row in (
        rows[rows["status"] == MISSING].drop(columns="geometry").reset_index(names="audit_id").to_dict("records")
    ):
        check, school_id, gate_id = str(row["check"]), str(row["school_id"]), str(row["gate_id"])
        known_gate = gate_id in found.tables["gates"].index
        told = {
            "school": found.name("schools", school_id),
            "gate": found.name("gates", gate_id) if known_gate else "",
            "check": found.rs.rule(check, found.on).title,
            "clause": str(row["clause"]),
        }
        place = {"place_kind": "gate", "place_id": gate_id} if known_gate else {}
        facts = {
            "title": _title("audit", told),
            "measure": _text("audit", "measure", told),
            "note": _text("audit", "note", told),
            "net": found.net(check.replace(".", "_"), "audit"),
            "school_id": school_id,
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
            "refs": (str(row["audit_id"]),),
            **place,
        }
        yield found.item("audit", f"audit:{row['audit_id']}", check, facts)


def _water(found: _Found) -> Iterator[NewItem]:
    """One item per water in reach of a campus whose kit is missing or was never recorded."""
    terms = results.read(found.session, "terms")
    near = terms[(terms["family"] == "water") & (terms["decay"] > 0)].sort_values(["distance_m", "school_id"])
    waters = found.tables["water"]
    bare = waters[~waters["kit"].fillna(value=False).astype(bool)]
    for row in near.drop_duplicates("hazard_id").sort_values("hazard_id").to_dict("records"):
        water_id, school_id = str(row["hazard_id"]), str(row["school_id"])
        if water_id not in bare.index:
            continue
        told = {"water": _water_name(found, water_id), "metres": f"{row['distance_m']:.0f}"}
        told["school"] = found.name("schools", school_id)
        part = "unknown" if pd.isna(waters["kit"][water_id]) else "title"
        spot = shapely.point_on_surface(waters.geometry[water_id])
        area = waters["area_code"][water_id]
        facts = {
            "title": _text("water", part, told)[:TITLE_LENGTH],
            "measure": _text("water", "measure", told),
            "note": _text("water", "note", told),
            "net": found.net("water"),
            "place_kind": "water",
            "place_id": water_id,
            "school_id": school_id,
            "lon": float(spot.x),
            "lat": float(spot.y),
        }
        if pd.notna(area):
            facts["area_code"] = str(area)
        yield found.item("water", f"water:{water_id}", _FOUR_ONES, facts)


def _water_name(found: _Found, water_id: str) -> str:
    """Name of a water, else its kind."""
    row = found.tables["water"].loc[water_id]
    kind = found.rs.kinds("water").get(str(row["kind"]))
    return str(row["name"]) if pd.notna(row["name"]) else (kind.zh if kind else str(row["kind"]))


def _risk(found: _Found) -> Iterator[NewItem]:
    """One item per campus whose grade is a hazard by itself, given to the departments of its main family."""
    risk = found.risk
    lead = found.rs.table("ledger.risk_rule", found.on)
    for row in risk[risk["grade"].isin(RISK_GRADES)].reset_index().to_dict("records"):
        school_id, family = str(row["school_id"]), str(row["main_family"])
        told = {
            "school": found.name("schools", school_id),
            "grade": wording.term("grade", str(row["grade"])),
            "score": f"{row['score']:.1f}",
            "family": wording.term("family", family),
            "share": f"{100 * row[f'share_{family}']:.0f}",
        }
        campus = found.tables["schools"].geometry.get(school_id)
        spot = None if campus is None else shapely.point_on_surface(campus)
        facts = {
            "title": _title("risk", told),
            "measure": _text("risk", "measure", told),
            "note": _text("risk", "note", told),
            "net": found.net(f"risk_{family}"),
            "school_id": school_id,
            "lon": None if spot is None else float(spot.x),
            "lat": None if spot is None else float(spot.y),
        }
        yield found.item("risk", f"risk:{school_id}", str(lead[family]), facts)


def _inspections(found: _Found) -> Iterator[NewItem]:
    """One item per campus and question of the checklist that was answered "no" and not mended since."""
    told = checklists.standing(found.session, found.on)
    asked = {one.code: one for one in checklists.questions(found.on)}
    for row in told[(told["answer"] == answers.NO) & told["question"].isin(asked)].to_dict("records"):
        school_id, question = str(row["school_id"]), asked[row["question"]]
        values = {
            "school": found.name("schools", school_id), "question": question.title, "day": row["answered_on"],
            "post": row["post"], "note": f"；{row['note']}" if row["note"] else "",
        }  # fmt: skip
        spot = shapely.point_on_surface(found.tables["schools"].geometry[school_id])
        facts = {
            "title": _title("inspection", values),
            "measure": _text("inspection", "measure", values),
            "note": _text("inspection", "note", values),
            "net": question.net,
            "school_id": school_id,
            "lon": float(spot.x),
            "lat": float(spot.y),
            "rule_id": f"checklist.{question.code}",
        }
        item = found.item("inspection", checklists.source_key(school_id, question.code), f"{_NET}{question.net}", facts)
        yield replace(item, found_on=date.fromisoformat(row["answered_on"]))


_READERS: Final[dict[str, Callable[[_Found], Iterator[NewItem]]]] = {
    "finding": _findings, "audit": _audit, "water": _water, "risk": _risk, "inspection": _inspections,
}  # fmt: skip


def _title(source: str, told: Mapping[str, str]) -> str:
    return _text(source, "title", told)[:TITLE_LENGTH]


def _text(source: str, part: str, told: Mapping[str, str]) -> str:
    return wording.text(f"ledger.raised.{source}_{part}", **told)
