"""What a works package holds: the devices of a plan with everything that its files and sheets say about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import pandas as pd

from gislib.domain.tables import WGS84
from gislib.reports.metadata import Stamp

LABEL_COLUMNS: Final = (
    "title", "title_en", "symbol", "unit_name", "department_lead", "departments_main", "departments_support",
    "clause_titles", "verify_titles", "refused_titles", "school_name", "road_name", "side_name", "located",
    "chainage_from_gate_m", "offset_m", "life_years", "x_gk", "y_gk", "gk_epsg",
)  # fmt: skip
CONTEXT: Final = ("roads", "water", "buildings", "gates", "devices")
"""Layers drawn around the devices; ``devices`` are those that exist."""


def _nothing_laid() -> gpd.GeoDataFrame:
    columns: dict[str, list[object]] = {name: [] for name in ("device_id", "part", "parts", "treatment_id", "length_m")}
    index = pd.Index([], name="part_id", dtype=object)
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=gpd.GeoSeries([], crs=WGS84), crs=WGS84)


@dataclass(frozen=True)
class Works:
    """
    One plan, ready to be written.

    Attributes
    ----------
    plan_id, plan_name, status, version
        Head of the plan as stored; ``status`` is ``draft``, ``accepted`` or ``retired``.
    devices
        Table ``treatments`` of `gislib.domain.tables`, WGS 84, index ``device_id``.
    labels
        Index ``device_id``, rows as ``devices``, columns `LABEL_COLUMNS` (`gislib.reports.works.labels`). Names are
        Chinese but for ``title_en``; ``symbol`` is a file of ``data/symbols``. Several departments are parted by "、".
        Titles of the clauses it rests on and of those that refuse the place, and what to verify on site as tasks, are
        parted by "；" ("" = none). ``school_name``, ``road_name``: missing = unknown. ``located``: the place in words.
        ``chainage_from_gate_m``: along streets from the foot of the campus' nearest gate (NaN: not on a street, or no
        gate in reach). ``offset_m``: from the centre line to the kerb where it stands (0 across the street, NaN off the
        streets or width unknown). ``x_gk`` easting, ``y_gk`` northing: metres in the CGCS2000 3-degree Gauss-Krueger
        zone ``gk_epsg`` without zone prefix, one zone for a whole plan.
    campuses
        Campuses that have devices: index ``school_id``; ``name``, ``area_code``, ``grade``, ``score_before``,
        ``score_after`` (missing = unknown), geometry; WGS 84.
    context
        Layers `CONTEXT` of `gislib.domain.tables`, WGS 84, clipped around the campuses; a layer may be absent.
    stamp
        Sources, versions, marking and credits.
    laid
        What every device is on the ground: index ``part_id``; ``device_id, part, parts, treatment_id, length_m``
        (missing for points), geometry; WGS 84. Without any, files show the points of the devices alone.
    """

    plan_id: str
    plan_name: str
    status: str
    version: int
    devices: gpd.GeoDataFrame
    labels: pd.DataFrame
    campuses: gpd.GeoDataFrame
    context: Mapping[str, gpd.GeoDataFrame]
    stamp: Stamp
    laid: gpd.GeoDataFrame = field(default_factory=_nothing_laid)
