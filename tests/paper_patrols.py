"""A small patrol for the papers: one team around a block, one that does nothing, names that are hard to print."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import shapely
from paper_works import STAMP

from gislib.patrol.record import Part, PatrolRecord, Post, Station, Task, TeamPlan
from gislib.reports.patrol.content import PatrolPaper

LON, LAT = 105.2, 25.2
STEP = 0.002
"""Degrees between two corners of the block."""
EVIL = '=1+1 <script>alert("㵲阳河")</script> #panic("x") & *粗*'
ON = date(2026, 11, 24)


def corner(across: float, up: float) -> tuple[float, float]:
    return LON + across * STEP, LAT + up * STEP


def line(*corners: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([corner(*one) for one in corners])


def point(across: float, up: float) -> shapely.Point:
    return shapely.Point(corner(across, up))


def station(kind: str, minutes: tuple[float, float, float], spot: shapely.Point, **facts: object) -> Station:
    plain = Station(
        number=None, kind=kind, name=None, school_name=None, demand_ids=(), arrives_min=minutes[0],
        begins_min=minutes[1], ends_min=minutes[2], way=(), travel_m=0.0, served_m=0.0, risk=0.0, skill="", spot=spot,
        travel=None, served=None,
    )  # fmt: skip
    return replace(plain, **facts)


def stations() -> tuple[Station, ...]:
    """Start, a street, a water that is waited for, a venue past midnight, rest, return."""
    return (
        station("start", (1400.0, 1400.0, 1400.0), point(0, 0), name="㵲阳派出所"),
        station(
            "street", (1402.0, 1402.0, 1405.0), point(1, 0.5), number=1, name="麒麟路", school_name="㵲阳小学",
            demand_ids=("st:1", "st:2"), travel_m=200.4, served_m=222.2, risk=3.0, travel=line((0, 0), (1, 0)),
            served=line((1, 0), (1, 1)),
            way=(
                Part("straight", "红桥路", "e", 200.4, patrolled=False),
                Part("left", "麒麟路", "n", 222.2, patrolled=True),
            ),
        ),
        station(
            "water", (1406.0, 1410.0, 1415.0), point(0, 1), number=2, name="㵲阳河", demand_ids=("water:1",),
            travel_m=201.0, risk=1.5, travel=line((1, 1), (0, 1)),
            way=(Part("left", None, "w", 201.0, patrolled=False),),
        ),
        station(
            "venue", (1439.6, 1439.6, 1449.6), point(0, 0.5), number=3, name=EVIL, school_name=EVIL,
            demand_ids=("venue:1",), travel_m=111.1, risk=0.5, skill="police", travel=line((0, 1), (0, 0.5)),
            way=(Part("back", EVIL, "s", 111.1, patrolled=False),),
        ),
        station("break", (1449.6, 1449.6, 1459.6), point(0, 0.5)),
        station(
            "return", (1461.0, 1461.0, 1461.0), point(0, 0), name="㵲阳派出所", travel_m=111.1,
            travel=line((0, 0.5), (0, 0)), way=(Part("straight", EVIL, "s", 111.1, patrolled=False),),
        ),
    )  # fmt: skip


def team(own: tuple[Station, ...] | None = None, **facts: object) -> TeamPlan:
    plan = TeamPlan(
        team_id="t0", name="甲组", mode="ebike", headcount=2, skills=("police",), depot_name="㵲阳派出所",
        begins_min=1400.0, ends_min=1500.0, break_min=10.0, returns_min=1461.0, overtime_min=0.0, idle_min=39.0,
        metres=845.8, stations=stations() if own is None else own,
    )  # fmt: skip
    return replace(plan, **facts)


def idle_team() -> TeamPlan:
    """Team that nothing was given to: start and return at one place."""
    at = point(2, 2)
    own = (station("start", (1400.0,) * 3, at), station("return", (1400.0,) * 3, at))
    return team(own, team_id="t1", name=EVIL, mode="foot", skills=(), depot_name=None, returns_min=1400.0, metres=0.0)


def record(**facts: object) -> PatrolRecord:
    tasks = (
        Task("st:1", "street", "麒麟路", "㵲阳小学", 2.0, "t0", 1402.0, 1404.0, None, line((1, 0), (1, 0.5))),
        Task("venue:9", "venue", EVIL, None, 0.7, None, None, None, "no_time", point(3, 3)),
        Task("venue:8", "venue", "孤岛网吧", "㵲阳小学", 0.9, None, None, None, "unreachable", point(3, 2)),
        Task("st:7", "street", None, None, 0.1, None, None, None, "off_road", line((3, 2), (3, 3))),
    )
    people = ("police", "guard", "teacher")
    posts = (
        Post("g1", "㵲阳小学", "正门", 1400.0, 1500.0, people, point(1, 1)),
        Post("g2", EVIL, None, 1400.0, 1500.0, people, point(2, 1)),
    )
    plan = PatrolRecord(
        shift_id="night", begins_min=1400.0, ends_min=1500.0, teams=(team(), idle_team()), tasks=tasks, posts=posts,
        covered_share=0.8, coverage_bound=0.9, metres=845.8, lower_bound_m=700.0, gap=0.2083, seed=1, rounds=50,
    )  # fmt: skip
    return replace(plan, **facts)


def context() -> dict[str, gpd.GeoDataFrame]:
    """Two roads and a campus."""
    roads = gpd.GeoDataFrame(
        {"name": ["红桥路", "麒麟路"], "road_class": ["secondary", "residential"]},
        geometry=[line((-1, 0), (3, 0)), line((1, -1), (1, 3))], index=["r1", "r2"], crs="EPSG:4326",
    )  # fmt: skip
    campus = shapely.box(*corner(1.05, 0.3), *corner(1.6, 0.8))
    schools = gpd.GeoDataFrame({"name": ["㵲阳小学"]}, geometry=[campus], index=["s1"], crs="EPSG:4326")
    return {"roads": roads, "schools": schools}


def paper(**facts: object) -> PatrolPaper:
    plain = PatrolPaper(
        patrol_id="R3", name="夜间甲", version=2, record=record(), shift_title="夜间", on=ON, context=context(),
        stamp=STAMP,
    )  # fmt: skip
    return replace(plain, **facts)
