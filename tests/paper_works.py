"""A small drawn plan for the papers: one campus between a street and a steep street, in metres around a point."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.tables import conform, empty_table
from gislib.geo.crs import metric_crs
from gislib.reports.metadata import SourceStamp, Stamp
from gislib.reports.works.content import LABEL_COLUMNS, Works

LON, LAT = 105.2, 25.2
CRS = metric_crs(LON)
ORIGIN = gpd.GeoSeries([shapely.Point(LON, LAT)], crs="EPSG:4326").to_crs(CRS).iloc[0]
GK_EPSG = 4544
NAME = "示例县㵲阳小学"
STAMP = Stamp(
    area="示例县",
    sources=(
        SourceStamp("osm", "county.osm.pbf", "2026-10-31", "ODbL 1.0"),
        SourceStamp("own", "own.xlsx", None, None),
    ),
    data_version="d1",
    rules_version="r1",
    code_version="0.2.0",
    profile="national_strict",
    as_of=date(2026, 9, 1),
    marking=("示例数据·虚构", "内部资料"),
    attribution=("© OpenStreetMap 贡献者（ODbL）",),
)
DEVICE = {
    "treatment_id": "hump", "kind": "hump", "side": "both", "approach_bearing_deg": 90.0, "school_id": "s1",
    "quantity": 1.0, "unit": "set", "cost_yuan": 3000.0, "cost_low_yuan": 1500.0, "cost_high_yuan": 6000.0,
    "clauses": "audit.speed_calming", "refused_by": "", "verify_on_site": "", "origin": "optimised",
}  # fmt: skip
LABEL = {
    "title": "减速丘", "title_en": "Speed hump", "symbol": "speed-hump", "unit_name": "套",
    "department_lead": "公安交管", "departments_main": "交通运输、住建", "departments_support": "教育、学校",
    "clause_titles": "校门前减速设施", "verify_titles": "", "refused_titles": "",
    "school_name": NAME, "road_name": "向阳路", "side_name": "横跨道路",
    "located": "向阳路，自正门沿街 20 m（正门东侧），横跨道路",
    "chainage_from_gate_m": 20.0, "offset_m": 0.0, "life_years": 6.0,
}  # fmt: skip
RAIL = {
    "treatment_id": "guard_rail", "kind": "rail", "side": "right", "quantity": 60.0, "unit": "m",
    "cost_yuan": 18000.0, "cost_low_yuan": 9000.0, "cost_high_yuan": 30000.0,
    "title": "护学通道护栏", "symbol": "guard-rail", "unit_name": "m", "department_lead": "住建",
    "side_name": "右侧", "offset_m": 3.5, "verify_titles": "护栏需要人行道；视距",
}  # fmt: skip


def at(x_m: float, y_m: float) -> tuple[float, float]:
    return ORIGIN.x + x_m, ORIGIN.y + y_m


def moved(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy + np.array([ORIGIN.x, ORIGIN.y]))


def layer(name: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Layer in WGS 84 from rows with ``id`` and ``geometry`` in metres."""
    if not rows:
        return empty_table(name)
    filled = [{"source_id": "drawn", "located_to_m": 0.5} | row for row in rows]
    shapes = [moved(row.pop("geometry")) for row in filled]
    table = gpd.GeoDataFrame(filled, geometry=shapes, index=[row.pop("id") for row in filled], crs=CRS)
    return conform(name, table.to_crs("EPSG:4326"))


def context() -> dict[str, gpd.GeoDataFrame]:
    lines = {"r1": [(-300, -10), (300, -10)], "r2": [(120, -300), (140, 300)], "r3": [(-300, 150), (300, 150)]}
    names = {"r1": "向阳路", "r2": "人民中路", "r3": None}
    gate = {"school_id": "s1", "role": "student", "counts_for_measuring": True, "inferred": False}
    return {
        "roads": layer(
            "roads",
            [
                {"id": key, "name": names[key], "road_class": "residential", "geometry": shapely.LineString(line)}
                for key, line in lines.items()
            ],
        ),
        "water": layer(
            "water", [{"id": "w1", "name": "青坝塘", "kind": "pond", "geometry": shapely.box(-38, 20, -8, 60)}]
        ),
        "buildings": layer("buildings", [{"id": "b1", "geometry": shapely.box(-150, 20, -120, 40)}]),
        "gates": layer("gates", [{"id": "g1", "name": "正门", "geometry": shapely.Point(50, 0), **gate}]),
        "devices": layer("devices", [{"id": "d1", "kind": "crossing", "geometry": shapely.Point(90, -10)}]),
    }


def campuses(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    plain = {"name": NAME, "area_code": "522301", "grade": "red", "score_before": 72.4, "score_after": 64.1}
    given = rows or ({},)
    filled = [plain | {"school_id": "s1", "geometry": shapely.box(0, 0, 100, 80)} | row for row in given]
    shapes = [moved(row.pop("geometry")) for row in filled]
    table = gpd.GeoDataFrame(filled, geometry=shapes, crs=CRS).set_index("school_id")
    return table.to_crs("EPSG:4326")


def works(*rows: dict[str, Any], **changes: Any) -> Works:
    """
    Plan with a device per row: ``xy`` in metres from the campus' corner; other keys change `DEVICE` and `LABEL`.

    Without rows: two humps, a rail on the southern side of the street.
    """
    plain = ({"xy": (20, -10)}, {"xy": (70, -10)}, RAIL | {"xy": (50, -10)})
    given = rows or plain
    ids = [row.get("id", f"P3-{k:04d}") for k, row in enumerate(given, 1)]
    shapes = [shapely.Point(*at(*row["xy"])) for row in given]
    facts = [{key: row.get(key, value) for key, value in DEVICE.items()} | {"note": row.get("note")} for row in given]
    devices = gpd.GeoDataFrame(facts, geometry=shapes, index=ids, crs=CRS).to_crs("EPSG:4326")
    survey = devices.to_crs(GK_EPSG).geometry
    words = [{key: row.get(key, value) for key, value in LABEL.items()} for row in given]
    labels = pd.DataFrame(words, index=pd.Index(ids, name="device_id")).assign(
        x_gk=survey.x.round(3).to_numpy(), y_gk=survey.y.round(3).to_numpy(), gk_epsg=np.int64(GK_EPSG)
    )
    whole = {
        "plan_id": "P3", "plan_name": "方案甲", "status": "draft", "version": 7,
        "devices": conform("treatments", devices), "labels": labels[list(LABEL_COLUMNS)], "campuses": campuses(),
        "context": context(), "stamp": STAMP,
    }  # fmt: skip
    return Works(**(whole | changes))


def empty() -> Works:
    full = works()
    return works(devices=full.devices.iloc[:0], labels=full.labels.iloc[:0], campuses=full.campuses.iloc[:0])
