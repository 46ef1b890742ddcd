"""A briefing with every part filled in, and one with none."""

from __future__ import annotations

from datetime import date
from typing import Any

from gislib.reports.briefing.content import (
    Briefing,
    BriefingMap,
    Change,
    LedgerItem,
    PatrolLine,
    PlanBrief,
    PlanLine,
    Ranked,
    Reason,
    Situation,
    Suspect,
)
from gislib.reports.metadata import SourceStamp, Stamp
from gislib.rules.model import Departments

ON = date(2026, 9, 1)
STAMP = Stamp(
    area="钟山区（示例）",
    sources=(SourceStamp("osm", "town.osm.pbf", "2026-08-20", "ODbL"), SourceStamp("venues", "venues.csv", None, None)),
    data_version="d41d8cd9",
    rules_version="9b2c",
    code_version="0.4.0",
    profile="national_strict",
    as_of=ON,
    parameters=(("slice", "all"), ("seed", "7")),
    marking=("示例数据·虚构", "内部资料 · 内部工作用图 · 未经地图审核，不得公开"),
    attribution=("© OpenStreetMap 贡献者（ODbL）",),
)
POLICE = Departments("public_security", ("education", "schools"), ("housing",))
CULTURE = Departments("culture_tourism", ("public_security",), ("market_regulation", "education"))
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120mm" height="60mm" viewBox="0 0 120 60">'
    '<rect width="120" height="60" fill="#EEE" stroke="#000"/>'
    '<text x="10" y="32" font-family="Noto Sans SC" font-size="6">㵲阳河</text></svg>'
)
NAMES = ("第七小学", "第三中学", "凉都幼儿园", "明湖路学校", "㵲阳小学", "红桥新区实验学校附属幼儿园")
GRADES = ("red", "red", "orange", "yellow", "yellow", "blue")


def situation() -> Situation:
    return Situation(
        campuses=42,
        unranked=3,
        grades={"red": 2, "orange": 5, "yellow": 12, "blue": 20, "unknown": 3},
        suspected=1,
        remeasure=1,
        not_measurable=2,
        items_open=3,
        items_overdue=1,
        items_closed=4,
    )


def ranked(number: int) -> Ranked:
    return Ranked(
        school_id=f"s{number}",
        name=NAMES[number],
        rank=number + 1,
        rank_low=max(1, number),
        rank_high=number + 3,
        score=82.345 - 9 * number,
        grade=GRADES[number],
        confidence="ABC"[number % 3],
        p_top10=1 - number / 8,
        index_is_least=number == 2,
        reasons=(Reason("traffic", 0.62, "红旗路"), Reason("water", 0.2)),
    )


def item(number: int, **changed: Any) -> LedgerItem:
    facts: dict[str, Any] = {
        "item_id": f"H-{number:05d}",
        "place": f"{NAMES[number % len(NAMES)]}东门",
        "title": "人行横道标线磨损",
        "measure": "重施标线 24 m²",
        "state": "rectifying",
        "departments": POLICE,
        "deadline": date(2026, 9, number % 28 + 1),
        "rule_id": "distance.net_bar.statutory",
    }
    return LedgerItem(**facts | changed)


def suspect(verdict: str = "suspected", **changed: Any) -> Suspect:
    facts: dict[str, Any] = {
        "venue": "极速网吧（示例）",
        "venue_kind": "net_bar",
        "campus": "第七小学",
        "distance_m": 152.34,
        "tolerance_m": 10.0,
        "limit_m": 200.0,
        "method": "boundary_straight",
        "rule_id": "distance.net_bar.statutory",
        "verdict": verdict,
    }
    return Suspect(**facts | changed)


def plan() -> PlanBrief:
    lines = (
        PlanLine("减速丘", 12, "处", 5, 96000, POLICE),
        PlanLine("中央隔离护栏", 180.5, "m", 2, 54150, POLICE),
        PlanLine("注意儿童标志", 9, "块", 6, 7200, POLICE),
    )
    after = {"red": 0, "orange": 4, "yellow": 15, "blue": 20, "unknown": 3}
    facts: dict[str, Any] = {"plan_id": "P3", "name": "秋季首批", "version": 2, "accepted": True, "devices": 23}
    costs = {"budget_yuan": 200000, "cost_yuan": 157350}
    return PlanBrief(**facts, **costs, lines=lines, reduction_share=0.314, grades_after=after)


def full(**changed: Any) -> Briefing:
    facts: dict[str, Any] = {
        "area": "钟山区",
        "meeting_kind": "term_start",
        "held_on": ON,
        "stamp": STAMP,
        "previous_on": date(2026, 6, 25),
        "situation": situation(),
        "changes": (
            Change("rank_up", "第七小学", 4.0, 1.0),
            Change("grade_worse", "第三中学", "orange", "red"),
            Change("suspect_new", "极速网吧（示例）—第七小学"),
            Change("patrol_coverage", "入校班", 0.5, 0.62),
        ),
        "ranking": tuple(ranked(number) for number in range(6)),
        "shown": 5,
        "maps": (BriefingMap(SVG, 120, 60, "排名前列的学校", "示意图"),),
        "suspects": (suspect("remeasure", venue="彩虹歌厅", venue_kind="ktv"), suspect()),
        "plan": plan(),
        "patrols": (PatrolLine("入校班", 3, 7, 18.42, 0.62, 0.7, 4),),
        "items": tuple(item(number) for number in range(1, 4)),
        "notes": ("示例县是虚构的。",),
    }
    return Briefing(**facts | changed)


def empty(**changed: Any) -> Briefing:
    return Briefing(**{"area": "钟山区", "meeting_kind": "term_end", "held_on": ON, "stamp": STAMP} | changed)
