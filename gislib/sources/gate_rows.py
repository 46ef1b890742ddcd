"""Gates of an imported table: whose campus each belongs to, and what kind of gate it is."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Shapes
from gislib.domain.tables import AREA
from gislib.geo.crs import metric_crs
from gislib.sources.fields import Columns, Value
from gislib.sources.headers import HeaderWords, value_of
from gislib.sources.names import name_key
from gislib.sources.refusals import Refusals

DEFAULT_ROLE = "student"


@dataclass(frozen=True)
class _Campuses:
    """Known campuses in a metric CRS, with the ways a table may name them."""

    shapes: Shapes
    by_word: dict[str, list[int]]


def _campuses(schools: gpd.GeoDataFrame, middle_lon: float) -> _Campuses:
    by_word: dict[str, list[int]] = {}
    for at, (school_id, name) in enumerate(zip(schools.index, schools["name"], strict=True)):
        code = school_id.partition(":")[2]
        for word in {school_id, code, name_key(name)} - {""}:
            by_word.setdefault(word, []).append(at)
    return _Campuses(schools.geometry.to_crs(metric_crs(middle_lon)).to_numpy(), by_word)


def set_schools(
    columns: Columns, shapes: gpd.GeoSeries, schools: gpd.GeoDataFrame, limit_m: float, refusals: Refusals
) -> None:
    """
    Give every gate its ``school_id``.

    Parameters
    ----------
    columns
        Field ``school``: id, code or name of the campus. Several campuses of one name: the nearest counts.
    shapes
        Gates in WGS 84 by row position, None where refused.
    schools
        Known campuses in WGS 84.
    limit_m
        A gate farther than this from the outline of its campus is refused (``gate_far_from_campus``); campuses
        without an outline cannot be tested.
    refusals
        Also takes gates without a campus (``gate_without_school``) and of unknown ones (``gate_school_unknown``).
    """
    ids: list[Value] = [None] * len(shapes)
    columns.values["school_id"] = ids
    present = np.flatnonzero(shapes.notna())
    if not len(present):
        return
    middle_lon = float(shapes.to_numpy()[present[0]].x)
    campuses = _campuses(schools, middle_lon)
    spots = shapes.to_crs(metric_crs(middle_lon)).to_numpy()
    words = columns.values.get("school", [None] * len(shapes))
    for at in present.tolist():
        word = words[at]
        if not isinstance(word, str):
            refusals.row(at, "school", "gate_without_school", None)
            continue
        places = campuses.by_word.get(word) or campuses.by_word.get(name_key(word)) or []
        if not places:
            refusals.row(at, "school", "gate_school_unknown", word)
            continue
        distance_m, place = min((_to_outline_m(spots[at], campuses.shapes[p]), p) for p in places)
        if distance_m > limit_m and campuses.shapes[place].geom_type in AREA:
            refusals.row(at, "geometry", "gate_far_from_campus", f"{distance_m:.0f}")
        else:
            ids[at] = schools.index[place]


def _to_outline_m(spot: BaseGeometry, campus: BaseGeometry) -> float:
    """Metres from a gate to the outline of its campus, to the point of one without outline."""
    return float(shapely.distance(spot, campus.boundary if campus.geom_type in AREA else campus))


def set_roles(columns: Columns, words: HeaderWords, refusals: Refusals) -> None:
    """
    Give every gate its role and whether it counts for measuring.

    No role stated: a student gate. Not stated whether it counts: student gates do, vehicle and fire gates do not.
    """
    rows = len(refusals.alive)
    roles: list[Value] = []
    for at, text in enumerate(columns.values.get("role", [None] * rows)):
        role = value_of(words, "role", text) if isinstance(text, str) else DEFAULT_ROLE
        if role is None:
            refusals.row(at, "role", "gate_role_unknown", str(text))
        roles.append(role)
    counts = columns.values.get("counts_for_measuring", [None] * rows)
    columns.values["role"] = roles
    columns.values["counts_for_measuring"] = [
        role == DEFAULT_ROLE if stated is None else stated for role, stated in zip(roles, counts, strict=True)
    ]
    columns.values["inferred"] = [False] * rows
