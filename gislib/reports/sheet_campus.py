"""One campus of a plan as its location sheet shows it: its devices, its map, and the place to meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gislib import wording
from gislib.geo.crs import metric_crs, transform
from gislib.reports.looks import UNKNOWN_GRADE
from gislib.reports.plan_campuses import ordered_campuses
from gislib.reports.sheet_map.content import LegendEntry, MapContent, Mark
from gislib.reports.sheet_map.svg import symbol_title
from gislib.reports.sheet_rows import mark_label
from gislib.reports.works.content import Works

NO_CAMPUS: Final = ""
"""Id of the sheet of devices that belong to no campus."""
GROUND_SPARE_M: Final = 200.0
"""More than what a map at the largest scale shows beyond what it is fitted to."""
_SIDE_TURN_DEG: Final = {"right": 90.0, "left": -90.0}


@dataclass(frozen=True)
class CampusSheet:
    """
    One sheet: a campus (``school_id`` `NO_CAMPUS`: none) with its devices and their labels.

    ``scores``: index before and with the plan, NaN = unknown. ``shape``: WGS 84; None for no campus.
    """

    school_id: str
    name: str
    grade: str
    scores: tuple[float, float]
    shape: BaseGeometry | None
    devices: gpd.GeoDataFrame
    labels: pd.DataFrame


def campus_sheets(works: Works) -> Iterator[CampusSheet]:
    """Campuses by district, name and id; what belongs to none comes last."""
    devices = works.devices.sort_index()
    owner = devices["school_id"].where(devices["school_id"].isin(works.campuses.index), NO_CAMPUS)
    facts = ordered_campuses(works)
    for school_id in [*facts.index, NO_CAMPUS]:
        own = devices[owner == school_id]
        if own.empty:
            continue
        labels = works.labels.loc[own.index]
        if school_id == NO_CAMPUS:
            nobody = wording.text("sheet.no_campus")
            yield CampusSheet(NO_CAMPUS, nobody, UNKNOWN_GRADE, (float("nan"), float("nan")), None, own, labels)
            continue
        row, shape = facts.loc[school_id], works.campuses.geometry[school_id]
        scores = float(row["score_before"]), float(row["score_after"])
        yield CampusSheet(str(school_id), str(row["name"]), str(row["grade"]), scores, shape, own, labels)


def map_content(works: Works, campus: CampusSheet, *, mono: bool) -> MapContent:
    """Map of one campus in its own metric CRS: its devices, its outline and the ground around."""
    west, _, east, _ = np.asarray(campus.devices.total_bounds).tolist()
    crs = metric_crs((west + east) / 2)
    own = campus.devices.to_crs(crs)
    outline = works.campuses[works.campuses.index == campus.school_id].to_crs(crs).geometry
    focus = None if outline.empty else outline.iloc[0]
    laid = _laid_lines(works, campus, crs)
    legend = (
        LegendEntry(wording.text("sheet.legend_place"), kind="place"),
        *([LegendEntry(wording.text("sheet.legend_laid"), kind="laid")] if laid else []),
        *([LegendEntry(wording.text("sheet.legend_campus"))] if focus is not None else []),
        LegendEntry(symbol_title("gate"), "gate"),
    )
    return MapContent(
        marks=_marks(own, campus.labels),
        focus=focus,
        focus_name=campus.name if focus is not None else "",
        layers=_layers_near(works, campus, own, focus),
        laid=laid,
        legend=legend,
        existing_text=wording.text("sheet.legend_existing", kind="{kind}"),
        mono=mono,
    )


def _laid_lines(works: Works, campus: CampusSheet, crs: pyproj.CRS) -> tuple[BaseGeometry, ...]:
    """Lines along which devices of the campus are built, in the CRS of its map."""
    own = works.laid["device_id"].isin(campus.devices.index) & works.laid["length_m"].notna()
    return tuple(works.laid[own.to_numpy(bool)].to_crs(crs).geometry)


def _marks(devices: gpd.GeoDataFrame, labels: pd.DataFrame) -> tuple[Mark, ...]:
    """Devices as marks; on one side of a street point and symbol lie on that side, the point at the kerb."""
    turn = devices["side"].map(_SIDE_TURN_DEG).astype(float)
    toward = (devices["approach_bearing_deg"] + turn) % 360.0
    offset_m = labels["offset_m"].astype(float).where(toward.notna(), 0.0).fillna(0.0).to_numpy()
    radians = np.radians(toward.fillna(0.0).to_numpy(float))
    places = devices.geometry.get_coordinates().to_numpy()
    places = places + offset_m[:, None] * np.column_stack([np.sin(radians), np.cos(radians)])
    return tuple(
        Mark(
            float(x), float(y), mark_label(str(identity)), symbol, None if pd.isna(bearing) else bearing, refused != ""
        )
        for identity, (x, y), symbol, bearing, refused in zip(
            devices.index, places, labels["symbol"], toward, devices["refused_by"], strict=True
        )
    )


def _layers_near(
    works: Works, campus: CampusSheet, devices: gpd.GeoDataFrame, focus: BaseGeometry | None
) -> dict[str, gpd.GeoDataFrame]:
    """Ground of the works, and the other campuses, as far as the map can reach, in the CRS of ``devices``."""
    shapes = devices.geometry.to_list() + ([focus] if focus is not None else [])
    west, south, east, north = shapely.total_bounds(shapes)
    reach_m = GROUND_SPARE_M + max(east - west, north - south)
    window = gpd.GeoSeries([shapely.box(west, south, east, north).buffer(reach_m)], crs=devices.crs)
    others = works.campuses.drop(index=campus.school_id, errors="ignore")
    layers = {}
    for name, table in {**works.context, "campuses": others}.items():
        around = window.to_crs(pyproj.CRS.from_user_input(table.crs)).iloc[0]
        near = table.iloc[table.sindex.query(around, predicate="intersects", sort=True)]
        layers[name] = transform(near, pyproj.CRS.from_user_input(devices.crs))
    return layers


def meeting_place(works: Works, campus: CampusSheet) -> tuple[float, float]:
    """Longitude and latitude of the campus' first student gate, else inside the campus, else amid the devices."""
    gates = works.context.get("gates")
    if gates is not None and campus.school_id != NO_CAMPUS:
        own = gates[gates["school_id"] == campus.school_id].sort_index()
        students = own[own["role"] == "student"]
        for gate in [*students.geometry, *own.geometry][:1]:
            return _xy(gate)
    amid = campus.devices.geometry.union_all().centroid
    return _xy(amid if campus.shape is None else campus.shape.representative_point())


def _xy(point: BaseGeometry) -> tuple[float, float]:
    lon, lat = shapely.get_coordinates(point)[0].tolist()
    return lon, lat
