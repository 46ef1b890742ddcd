"""The whole area at a glance: campuses with grade and rank, and the local data that the base map is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.planning import results
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session
from gislib.risk.family import FAMILIES
from gislib.risk.score import NOT_A_SCHOOL


@dataclass(frozen=True)
class Overview:
    """
    What the overview shows.

    Attributes
    ----------
    schools
        ``school_risk`` of every school with ``area_code``, ``area`` (its name) and ``shown_grade`` (``unknown`` where
        the campus is not ranked); geometry: a point on the campus, WGS 84; sorted by rank, unranked last.
    not_schools
        The same rows of campuses that are no schools (universities, party schools): no score, counted apart.
    grades, confidence
        Schools per shown grade and per confidence class.
    suspected, remeasure
        Venue-campus pairs by verdict under the profile; None before the first comply run.
    is_current
        The results belong to the data, rules and code of now.
    """

    schools: gpd.GeoDataFrame
    not_schools: gpd.GeoDataFrame
    grades: Mapping[str, int]
    confidence: Mapping[str, int]
    suspected: int | None
    remeasure: int | None
    is_current: bool


def overview(session: Session) -> Overview:
    """
    Read the last assessment.

    Raises
    ------
    WorkspaceError
        ``not_assessed`` before the first run.
    """
    risk = results.read(session, "school_risk")
    tables = tables_of(session.workspace)
    placed = _placed(risk, tables["schools"], tables["areas"])
    real = (placed["kind"] != NOT_A_SCHOOL).to_numpy(bool)
    schools = placed[real]
    judged = "findings" in results.read_run(session)
    verdicts = results.read(session, "findings")["verdict"].value_counts().to_dict() if judged else {}
    return Overview(
        schools=schools,
        not_schools=placed[~real],
        grades={str(k): int(v) for k, v in schools["shown_grade"].value_counts().items()},
        confidence={str(k): int(v) for k, v in schools["confidence"].value_counts().sort_index().items()},
        suspected=int(verdicts.get("suspected", 0)) if judged else None,
        remeasure=int(verdicts.get("remeasure", 0)) if judged else None,
        is_current=results.is_current(session, "school_risk"),
    )


def _placed(risk: pd.DataFrame, schools: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Risk rows with a point, the name of their area and the grade to show."""
    here = schools.reindex(risk.index)
    points = shapely.point_on_surface(here.geometry.to_numpy())
    names = areas["name"].to_dict()
    table = risk.assign(
        area_code=here["area_code"],
        area=here["area_code"].map(names),
        shown_grade=np.where(risk["rank"].notna(), risk["grade"], "unknown"),
    )
    placed = gpd.GeoDataFrame(table, geometry=points, crs=schools.crs)
    return placed.sort_values(["rank", "name"], na_position="last")


def base_layers(session: Session) -> dict[str, gpd.GeoDataFrame]:
    """Layers of the base map in WGS 84; schools as outlines."""
    tables = tables_of(session.workspace)
    return {
        name: tables[name]
        for name in ("water", "roads", "buildings", "schools", "devices", "venues", "rentals", "areas")
    }


def reasons(session: Session, school_id: str) -> pd.DataFrame:
    """Contribution of every known family to one campus's load, largest first: ``family, share, index, hazards``."""
    row = results.read(session, "school_risk").loc[school_id]
    parts = results.read(session, "shares")
    counts = parts[(parts["school_id"] == school_id) & (parts["share"] > 0)].groupby("family").size()
    table = pd.DataFrame(
        {
            "family": list(FAMILIES),
            "share": [row[f"share_{f}"] for f in FAMILIES],
            "index": [row[f"index_{f}"] for f in FAMILIES],
            "hazards": [int(counts.get(f, 0)) for f in FAMILIES],
        }
    )
    return table.sort_values("share", ascending=False, na_position="last", ignore_index=True)
