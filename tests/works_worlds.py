"""A drawn town in Guizhou with a plan of seven devices, in metres around (0, 0), ready for the works package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import geopandas as gpd
import pyproj
import shapely
from worlds import device, road, table

from gislib import rules
from gislib.domain.tables import conform, empty_table
from gislib.geo.crs import to_wgs84
from gislib.reports.metadata import SourceStamp, Stamp
from gislib.reports.works.content import Works
from gislib.reports.works.labels import labels
from gislib.reports.works.surroundings import context_around
from gislib.siting.treatments import catalogue

ON = date(2026, 11, 23)
RS = rules.load()
HERE = pyproj.CRS.from_proj4("+proj=tmerc +lat_0=25.2 +lon_0=105.1 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs")
EVIL = "㵲阳河\"<script>alert('1')</script>&%%c\\U+4E00=cmd|{x}小学"
STAMP = Stamp(
    area="澜桥县",
    sources=(SourceStamp("osm", "town.osm.pbf", "2026-09-01", "ODbL 1.0"),),
    data_version="d1",
    rules_version="r1",
    code_version="0.1.0",
    profile="national_strict",
    as_of=ON,
    parameters=(("plan", "开学前整改"),),
    marking=("示例数据·虚构", "内部资料 · 内部工作用图 · 未经地图审核，不得公开"),
    attribution=("© OpenStreetMap 贡献者（ODbL）",),
)


POND = shapely.box(180, -60, 220, -30)


def town() -> dict[str, gpd.GeoDataFrame]:
    """
    Campus s1 north of 人民路 with its gate over (0, 0); s2 a point without gate; a street that turns into two ways.

    ::

                      r3 (unnamed residential, from (100, 0) north)
         [s1]         |
        --g1----------+------ r2 人民路 (100, 0)-(300, 0)
        r1 人民路 (-200, 0)-(100, 0)          pond w1
    """
    layers = {
        "schools": table(
            "schools",
            [
                {"id": "s1", "name": EVIL, "kind": "primary", "geometry": shapely.box(-40, 10, 40, 80)},
                {"id": "s2", "name": None, "kind": "middle", "geometry": (250, 60)},
            ],
        ),
        "gates": table(
            "gates",
            [
                {"id": "g0", "school_id": "s1", "name": "消防门", "role": "fire", "counts_for_measuring": False,
                 "inferred": False, "geometry": (60, 5)},
                {"id": "g1", "school_id": "s1", "name": "南门", "role": "student", "counts_for_measuring": True,
                 "inferred": False, "geometry": (0, 10)},
            ],
        ),
        "roads": table(
            "roads",
            [
                road("secondary", [(-200, 0), (100, 0)], id="r1", name="人民路", width_m=12.0),
                road("secondary", [(100, 0), (300, 0)], id="r2", name="人民路"),
                road("residential", [(100, 0), (100, 400)], id="r3"),
                road("footway", [(100, 50), (0, 50)], id="r4", name="小路"),
            ],
        ),
        "water": table("water", [{"id": "w1", "name": "莲花塘", "kind": "pond", "geometry": POND}]),
        "buildings": table("buildings", [{"id": "b1", "geometry": shapely.box(140, 150, 900, 170)}]),
        "devices": table(
            "devices",
            [device("crossing", (30, 0), marked=True), device("rail", [(0, 8), (30, 8)]), device("bench", (20, 12))],
        ),
    }  # fmt: skip
    return {name: to_wgs84(layer.set_crs(HERE, allow_override=True)) for name, layer in layers.items()}


def row(identity: str, treatment_id: str, xy: tuple[float, float], **facts: object) -> dict[str, object]:
    """One device of a plan with the facts that its treatment gives."""
    kind = catalogue(RS, ON)[treatment_id]
    return {
        "id": identity, "treatment_id": treatment_id, "kind": kind.kind, "side": "both", "quantity": 1.0,
        "unit": kind.unit, "cost_yuan": kind.cost_yuan.typical, "cost_low_yuan": kind.cost_yuan.low,
        "cost_high_yuan": kind.cost_yuan.high, "clauses": " ".join(kind.clauses), "refused_by": "",
        "verify_on_site": "", "origin": "optimised", "school_id": "s1", "geometry": shapely.Point(xy),
    } | facts  # fmt: skip


PLAN = (
    row("P3-0002", "hump", (40, 0), segment_id="r1", chainage_m=240.0, approach_bearing_deg=90.0,
        verify_on_site="siting.calming_slope_max siting.calming_lanes_max", note="=1+1 " + "汉" * 100),
    row("P3-0001", "sign_children", (-60, 0), segment_id="r1", chainage_m=140.0, approach_bearing_deg=90.0,
        side="right"),
    row("P3-0003", "flasher", (150, 0), segment_id="r2", chainage_m=50.0, approach_bearing_deg=90.0, hazard_id="x:1"),
    row("P3-0004", "signal", (150, 0), segment_id="r2", chainage_m=50.0, approach_bearing_deg=90.0, hazard_id="x:1"),
    row("P3-0005", "hump", (100, 70), segment_id="r3", chainage_m=70.0, approach_bearing_deg=0.0, origin="manual",
        refused_by="siting.junction_clear_m"),
    row("P3-0006", "water_sign", (200, -30), segment_id="w1", quantity=3.0),
    row("P3-0010", "zone_30", (250, 60), segment_id="s2", school_id="s2", quantity=2.0),
)  # fmt: skip


def devices(rows: Iterable[dict[str, object]]) -> gpd.GeoDataFrame:
    """Device table of a plan in WGS 84, rows in the given order."""
    records = [dict(record) for record in rows]
    if not records:
        return empty_table("treatments")
    shapes = [record.pop("geometry") for record in records]
    index = [str(record.pop("id")) for record in records]
    return to_wgs84(conform("treatments", gpd.GeoDataFrame(records, geometry=shapes, index=index, crs=HERE)))


def works(rows: Iterable[dict[str, object]] = PLAN) -> Works:
    """Plan P3 over the town."""
    tables, plan = town(), devices(rows)
    campuses = tables["schools"][tables["schools"].index.isin(plan["school_id"])]
    shown = campuses[["name", "area_code", "geometry"]].assign(grade="red", score_before=80.0, score_after=60.0)
    return Works(
        plan_id="P3",
        plan_name="开学前" + EVIL,
        status="draft",
        version=4,
        devices=plan,
        labels=labels(plan, tables, RS, ON),
        campuses=shown,
        context=context_around(tables, plan, shown, RS),
        stamp=STAMP,
    )
