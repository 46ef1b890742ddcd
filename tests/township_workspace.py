"""One township of the demo county as a workspace of its own: quicker than the county for pages that edit."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from gislib.geo.crs import working_crs
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, open_session
from gislib.sources import workspace
from gislib.sources.osm import LICENCE
from gislib.sources.provenance import Loaded, Provenance, no_rejections
from gislib.sources.workspace import Meta

AREA = "529901002"
"""城西街道: thirteen campuses, one of them red, beside the river and the trunk road."""
AROUND_M = 1500.0
FAMILIES = frozenset({"traffic", "water", "venues", "rentals"})


def build(county: Path, root: Path, actor: str = "tester") -> Session:
    """Write the workspace with all that lies around the campuses of `AREA`; a session on it."""
    tables = tables_of(open_session(county).workspace)
    schools = tables["schools"]
    own = schools[(schools["area_code"] == AREA).to_numpy(bool)]
    plane = working_crs(own)
    ground = shapely.union_all(own.to_crs(plane).buffer(AROUND_M).to_numpy())
    near = {layer: _near(table, ground, plane) for layer, table in tables.items()}
    near |= {"schools": own, "gates": _of(near["gates"], own), "areas": tables["areas"]}
    kept = {layer: table for layer, table in near.items() if len(table)}
    rows = sum(len(table) for table in kept.values())
    told = Provenance(
        "township", "drawn", "2026-11-23T00:00:00+00:00", "2026-10-31", LICENCE, "wgs84", "", rows, rows,
        covers_area=True, counts={}, warnings=(), claims=FAMILIES,
    )  # fmt: skip
    ws = workspace.create(root, Meta("城西街道（示例）", demo=True))
    workspace.put_source(ws, Loaded(kept, no_rejections(), told))
    return open_session(root, actor=actor)


def _near(table: gpd.GeoDataFrame, ground: shapely.Geometry, plane: object) -> gpd.GeoDataFrame:
    return table[table.to_crs(plane).intersects(ground).to_numpy(bool)]


def _of(table: gpd.GeoDataFrame, schools: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table[table["school_id"].isin(schools.index).to_numpy(bool)]
