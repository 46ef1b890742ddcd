from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from gislib.domain.tables import WGS84, conform
from gislib.sources.provenance import Loaded, Provenance, no_rejections

# A corner of Xingyi: one degree of latitude is 111 km, one of longitude 100.8 km.
LON, LAT = 104.90, 25.09


@pytest.fixture
def make_provenance():
    def make(source_id, **changes):
        given = {
            "source_id": source_id,
            "origin": f"{source_id}.csv",
            "read_at": "2026-03-01T00:00:00Z",
            "data_date": None,
            "licence": "",
            "datum": "wgs84",
            "sha256": "",
            "rows_read": 1,
            "rows_kept": 1,
            "covers_area": True,
            "counts": {},
            "warnings": (),
        }
        return Provenance(**{**given, **changes})

    return make


@pytest.fixture
def make_venues():
    def make(rows):
        """Rows: (id, name, east_m, north_m)."""
        return conform(
            "venues",
            gpd.GeoDataFrame(
                {
                    "name": [row[1] for row in rows],
                    "kind": "internet_cafe",
                    "area_code": "522301",
                    "source_id": "venues",
                    "located_to_m": 20.0,
                },
                geometry=[Point(LON + row[2] / 100_800, LAT + row[3] / 111_000) for row in rows],
                crs=WGS84,
                index=[row[0] for row in rows],
            ),
        )

    return make


@pytest.fixture
def load_venues(make_provenance, make_venues):
    def make(rows, **changes):
        return Loaded(
            {"venues": make_venues(rows)}, no_rejections(), make_provenance(**{"source_id": "venues", **changes})
        )

    return make


@pytest.fixture
def load_twins(load_venues):
    """Two rows of one id, which only the workspace looks for: no reader would have let them through."""

    def make(row):
        loaded = load_venues([row])
        (table,) = loaded.layers.values()
        return replace(loaded, layers={"venues": gpd.GeoDataFrame(pd.concat([table, table]))})

    return make


@pytest.fixture
def schools():
    """Three campuses with known names, 2 km apart."""
    names = ["兴义市第八中学", "兴义市向阳路小学", "兴义市红星幼儿园"]
    return conform(
        "schools",
        gpd.GeoDataFrame(
            {
                "name": names,
                "kind": ["middle", "primary", "kindergarten"],
                "source_id": "osm",
                "located_to_m": 5.0,
            },
            geometry=[box(LON + at * 0.02, LAT, LON + at * 0.02 + 0.001, LAT + 0.001) for at in range(len(names))],
            crs=WGS84,
            index=["osm:w1", "osm:w2", "osm:w3"],
        ),
    )


@pytest.fixture
def shared():
    folder = Path(__file__).resolve().parents[2].parent / "shared"
    if not folder.is_dir():
        pytest.skip("shared example data are not beside the project")
    return folder
