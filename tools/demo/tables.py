"""The import tables: what a planner would hand over, with Chinese headers and empty cells for what is not known."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import shapely
from shapely.geometry import Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from demo import areas, layout, planted
from demo.areas import Area
from demo.campuses import KIND_ZH, Campus
from demo.county import County
from demo.incidents import Incident
from demo.plane import Xy, geographic, xy
from demo.venues import Rental, Venue
from demo.waters import Water

COARSE, FINE = 7, 9
"""Decimals of a degree: 1 cm for ordinary positions, 0.1 mm for surveyed ones."""


def _decimals(located_m: float) -> int:
    return FINE if located_m <= planted.SURVEYED_M else COARSE


def _position(at: Xy, located_m: float) -> tuple[str, str]:
    places = _decimals(located_m)
    lon, lat = xy(geographic(Point(at), places).coords[0])
    return f"{lon:.{places}f}", f"{lat:.{places}f}"


def _metres(value: float) -> str:
    return f"{value:g}"


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """UTF-8 with byte-order mark, as spreadsheet programs save it."""
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_geojson(path: Path, features: Sequence[tuple[BaseGeometry, dict[str, object]]]) -> None:
    """RFC 7946: longitude, latitude; one feature per line."""
    lines = [
        json.dumps({"type": "Feature", "properties": properties, "geometry": mapping(shape)}, ensure_ascii=False)
        for shape, properties in features
    ]
    text = '{"type": "FeatureCollection", "note": "示例数据·虚构", "features": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


def _ring(shape: Polygon, places: int) -> BaseGeometry:
    """Polygon in degrees, counter-clockwise, valid after rounding."""
    return shapely.orient_polygons(geographic(shape, places))


def write_areas(path: Path, county: County) -> None:
    """County and townships."""
    whole = Area(layout.COUNTY_CODE, layout.COUNTY_NAME, "县", "", county.outline)
    features: list[tuple[BaseGeometry, dict[str, object]]] = [
        (_ring(a.ground, COARSE), {"行政区划代码": a.code, "名称": a.name, "级别": a.level, "上级代码": a.parent})
        for a in (whole, *county.areas)
    ]
    write_geojson(path, features)


def write_schools(path: Path, county: County) -> None:
    """Campuses with boundary; the point-only one as a point."""
    features: list[tuple[BaseGeometry, dict[str, object]]] = []
    for campus in county.campuses:
        places = _decimals(campus.located_m)
        shape = geographic(Point(campus.at), places) if campus.outline is None else _ring(campus.outline, places)
        row: dict[str, object] = {
            "学校标识码": campus.code, "学校名称": campus.name, "学段": KIND_ZH[campus.kind],
            "在校生数": campus.pupils, "寄宿生数": campus.boarders,
            "乡镇代码": areas.code_at(county.areas, campus.at), "定位精度(米)": campus.located_m,
        }  # fmt: skip
        row |= {title: campus.flags.get(title) or None for title in ("围墙", "视频监控", "护学岗", "防冲撞设施")}
        features.append((shape, row))
    write_geojson(path, features)


def write_gates(path: Path, campuses: Sequence[Campus]) -> None:
    """Gates on the boundary: surveyed ones to 0.5 m, others as read from a map."""
    header = (
        "编号",
        "学校标识码",
        "校门名称",
        "校门用途",
        "计入测量",
        "开放时段",
        "已实测",
        "经度",
        "纬度",
        "定位精度(米)",
    )
    rows = []
    for campus in campuses:
        for gate in campus.gates:
            located = planted.SURVEYED_M if gate.surveyed else 5.0
            rows.append((
                gate.code, campus.code, gate.name, gate.role, "是" if gate.counts else "否", gate.hours,
                "是" if gate.surveyed else "否", *_position(gate.at, located), _metres(located),
            ))  # fmt: skip
    write_csv(path, header, rows)


def write_venues(path: Path, county: County, venues: Sequence[Venue]) -> None:
    """Venues as the departments list them."""
    header = ("场所编号", "场所名称", "场所类型", "营业时间", "许可证", "乡镇代码", "经度", "纬度", "定位精度(米)")
    write_csv(path, header, (
        (v.code, v.name, v.kind, v.hours, v.permit, areas.code_at(county.areas, v.at), *_position(v.at, v.located_m),
         _metres(v.located_m)) for v in venues
    ))  # fmt: skip


def write_rentals(path: Path, county: County, rentals: Sequence[Rental]) -> None:
    """Write registered rentals; no names of people."""
    header = ("房屋编号", "房屋类型", "床位数", "最近走访", "乡镇代码", "经度", "纬度", "定位精度(米)")
    write_csv(path, header, (
        (r.code, r.kind, "" if r.beds is None else r.beds, r.last_visit, areas.code_at(county.areas, r.at),
         *_position(r.at, r.located_m), _metres(r.located_m)) for r in rentals
    ))  # fmt: skip


def write_incidents(path: Path, incidents: Sequence[Incident]) -> None:
    """Incidents of three school years."""
    header = ("编号", "类型", "严重程度", "发生日期", "经度", "纬度", "定位精度(米)")
    write_csv(path, header, (
        (i.code, i.kind, i.severity, i.day, *_position(i.at, i.located_m), _metres(i.located_m)) for i in incidents
    ))  # fmt: skip


def write_water(path: Path, county: County, tanks: Sequence[Water]) -> None:
    """Small waters that are not in the OSM file, with what the water office knows about fence and rescue kit."""
    header = ("水域编号", "水域名称", "水域类型", "围栏", "四个一", "乡镇代码", "经度", "纬度", "定位精度(米)")
    known = ("有", "无", "")
    rows = []
    for number, tank in enumerate(tanks, start=1):
        at = (tank.outline.centroid.x, tank.outline.centroid.y)
        rows.append((
            f"W{number:03d}", tank.name, "蓄水池" if number % 3 == 0 else "山塘", known[number % 3],
            known[(number * 7) % 5 % 3], areas.code_at(county.areas, at), *_position(at, 5.0), _metres(5.0),
        ))  # fmt: skip
    write_csv(path, header, rows)


def write_planted(path: Path) -> None:
    """Write the planted cases and their answers."""
    text = {
        "note": "示例数据·虚构",
        "measured_on": "geodesics on GRS 80; the straight cases hold to 5 mm",
        "verdict_rule": "t = 2·√(σ_start² + σ_end² + σ_path²); both ends surveyed to 0.5 m",
        "cases": planted.cases(),
    }
    path.write_text(json.dumps(text, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
