"""The one table of attributes that every file of the works package shows of a device, and its dictionary."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from gislib import wording
from gislib.reports.works.content import Works

SHAPEFILE_FIELDS: Final[dict[str, str]] = {
    "device_id": "device_id",
    "plan_id": "plan_id",
    "title": "title",
    "title_en": "title_en",
    "treatment_id": "treat_id",
    "kind": "kind",
    "located": "located",
    "school_name": "school",
    "school_id": "school_id",
    "road_name": "road",
    "segment_id": "seg_id",
    "chainage_m": "chain_m",
    "chainage_from_gate_m": "gate_m",
    "side": "side_code",
    "side_name": "side",
    "approach_bearing_deg": "bearing",
    "offset_m": "offset_m",
    "quantity": "quantity",
    "unit": "unit_code",
    "unit_name": "unit",
    "cost_yuan": "cost",
    "cost_low_yuan": "cost_low",
    "cost_high_yuan": "cost_high",
    "life_years": "life_yr",
    "department_lead": "dep_lead",
    "departments_main": "dep_main",
    "departments_support": "dep_supp",
    "clauses": "clause_ids",
    "clause_titles": "clauses",
    "verify_on_site": "verify_ids",
    "verify_titles": "verify",
    "refused_by": "refuse_ids",
    "refused_titles": "refused",
    "load": "load_off",
    "helps": "helps",
    "origin": "origin",
    "note": "note",
    "candidate_id": "cand_id",
    "site_id": "site_id",
    "hazard_id": "hazard_id",
    "x_gk": "east_m",
    "y_gk": "north_m",
    "gk_epsg": "gk_epsg",
    "datum": "datum",
}
"""Attribute to its name in a Shapefile: ASCII, at most ten characters. The order is that of the columns."""
_STORED_AS_ID: Final = "device_id"
_PUBLISHED_DECIMALS: Final = {"chainage_m": 1, "approach_bearing_deg": 1}


def device_table(works: Works, datum: str = "") -> gpd.GeoDataFrame:
    """
    Devices with all attributes, in the order of their ids.

    Parameters
    ----------
    works
        The plan.
    datum
        Said in every row; empty for WGS 84.

    Returns
    -------
    GeoDataFrame
        Index ``device_id``, columns the rest of `SHAPEFILE_FIELDS`, WGS 84.
    """
    both = works.devices.join(works.labels).assign(plan_id=works.plan_id, datum=datum).round(_PUBLISHED_DECIMALS)
    columns = [name for name in SHAPEFILE_FIELDS if name != _STORED_AS_ID]
    return gpd.GeoDataFrame(both.reindex(columns=[*columns, "geometry"]), crs=works.devices.crs).sort_index()


def field_name(attribute: str, lang: str = "zh") -> str:
    """Name of an attribute for people."""
    return wording.text(f"works.field.{attribute}.name", lang)


def field_dictionary(lang: str = "zh") -> pd.DataFrame:
    """Field of the Shapefile, full name, name for people and meaning, one row per attribute."""
    rows = [
        (short, name, field_name(name, lang), wording.text(f"works.field.{name}.meaning", lang))
        for name, short in SHAPEFILE_FIELDS.items()
    ]
    heads = [wording.text(f"works.file.dictionary_head_{part}", lang) for part in ("field", "long", "name", "meaning")]
    return pd.DataFrame(rows, columns=heads)
