from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import MultiPoint, Point, Polygon

from gislib.reports.metadata import SourceStamp, Stamp


@pytest.fixture
def stamp():
    return Stamp(
        area="示例县",
        sources=(SourceStamp("osm", "county.osm.pbf", "2025-03-01", "ODbL 1.0"),),
        data_version="d1",
        rules_version="r1",
        code_version="0.1.0",
        profile="national_strict",
        as_of=date(2026, 9, 1),
        parameters=(("slice", "all"), ("seed", "0")),
        marking=("内部资料",),
        attribution=("© OpenStreetMap contributors (ODbL)",),
    )


@pytest.fixture
def schools():
    """Two campuses: one clockwise ring with an anti-clockwise hole, one point; ids out of order."""
    ring = [(104.9, 25.0), (104.9, 25.001), (104.901, 25.001), (104.901, 25.0)]
    hole = [(104.9002, 25.0002), (104.9008, 25.0002), (104.9008, 25.0008), (104.9002, 25.0008)]
    ids = pd.Index(["osm:w2", "osm:w1"], name="school_id")
    doors = [None, MultiPoint([(104.9, 25.0), (104.901, 25.0)])]
    return gpd.GeoDataFrame(
        {
            "name": ['=cmd|"/c calc"!A1', "<script>兴义一小</script>"],
            "pupils": [float("nan"), 520.0],
            "wall": pd.array([None, True], dtype="boolean"),
            "doors": gpd.GeoSeries(doors, index=ids, crs="EPSG:4326"),
            "geometry": [Point(104.123456789, 25.5), Polygon(ring, [hole])],
        },
        index=ids,
        geometry="geometry",
        crs="EPSG:4326",
    )


@pytest.fixture
def findings():
    return pd.DataFrame(
        {
            "school_id": ["s1", "s2"],
            "reason": ["-no", None],
            "margin_m": [-50.0, float("nan")],
            "inside": pd.array([True, None], dtype="boolean"),
        }
    )
