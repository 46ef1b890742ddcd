"""Areas wider than two degrees: every campus measured in its own band, ranked together."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib import assessment, rules
from gislib.assessment import Claims, Request
from gislib.domain.errors import CrsError
from gislib.domain.tables import conform
from gislib.geo.bands import HALO_M, metric_bands, metric_parts
from gislib.geo.crs import central_meridian_deg, metric_crs, to_wgs84
from gislib.risk.family import FAMILIES

RS = rules.load()
ON = date(2026, 11, 16)
REQUEST = Request(ON, draws=20)
CLAIMS = Claims(frozenset(FAMILIES), dict.fromkeys(FAMILIES, "2026-10-31"))


def town(lon: float, label: str) -> dict[str, gpd.GeoDataFrame]:
    """A street with a campus, a net bar 150 m and a pond 300 m along it, and homes; drawn around a longitude."""
    crs = metric_crs(np.floor(lon) + 0.5)
    x, y = gpd.GeoSeries.from_xy([lon], [25.0], crs="EPSG:4326").to_crs(crs).iloc[0].coords[0]

    def at(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda xy: xy + np.array([x, y]))

    def layer(name: str, *rows: dict[str, object]) -> gpd.GeoDataFrame:
        moved = [
            {**row, "geometry": at(worlds._shape(row["geometry"])), "id": f"{label}:{row['id']}"}
            | ({"school_id": f"{label}:school"} if name == "gates" else {})
            for row in rows
        ]
        drawn = worlds.table(name, moved)
        facts = pd.DataFrame(drawn.drop(columns=drawn.columns[drawn.dtypes == "geometry"]))
        return to_wgs84(conform(name, gpd.GeoDataFrame(facts, geometry=drawn.geometry.to_numpy(), crs=crs)))

    return {
        "schools": layer("schools", {"id": "school", "kind": "primary", "geometry": shapely.box(0, 10, 100, 80)}),
        "gates": layer(
            "gates",
            {"id": "gate", "role": "student", "counts_for_measuring": True, "inferred": False, "geometry": (50, 10)},
        ),
        "roads": layer("roads", {"id": "street", "road_class": "residential", "geometry": [(-600, 0), (600, 0)]}),
        "venues": layer("venues", {"id": "netbar", "kind": "net_bar", "geometry": (250, 10)}),
        "water": layer("water", {"id": "pond", "kind": "pond", "geometry": shapely.box(350, -40, 400, -5)}),
        "buildings": layer(
            "buildings", {"id": "home", "kind": "residential", "geometry": shapely.box(-400, 8, -380, 20)}
        ),
    }


def joined(*towns: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    return {name: gpd.GeoDataFrame(pd.concat([t[name] for t in towns]), crs="EPSG:4326") for name in towns[0]}


@pytest.fixture(scope="module")
def far_apart():
    return town(104.2, "a"), town(104.9, "b"), town(107.4, "c")


def test_a_wide_area_is_parted_by_degree(far_apart):
    bands = metric_bands(joined(*far_apart))
    assert [list(band.tables["schools"].index) for band in bands] == [["a:school", "b:school"], ["c:school"]]
    assert [central_meridian_deg(band.crs) for band in bands] == [104.5, 107.5]
    assert list(bands[1].tables["gates"].index) == ["c:gate"]
    assert list(bands[1].tables["venues"].index) == ["c:netbar"]


def test_an_area_of_two_degrees_stays_in_one_plane():
    tables = joined(town(104.2, "a"), town(106.19, "b"))
    (band,) = metric_bands(tables)
    assert band.tables is tables
    assert central_meridian_deg(band.crs) == 105.2


def test_the_halo_reaches_over_the_border_of_a_band():
    # 104.995 and 105.005 are 1,009 m apart: each band keeps what lies around its own campuses, beyond the border too.
    tables = joined(town(104.995, "west"), town(105.005, "east"), town(107.4, "far"))
    bands = metric_bands(tables)
    assert [list(band.tables["schools"].index) for band in bands] == [["west:school"], ["east:school"], ["far:school"]]
    for band in bands[:2]:
        assert set(band.tables["venues"].index) == {"west:netbar", "east:netbar"}
    assert 10 * RS.number("zone.origin_reach_m", ON) < HALO_M


def test_every_band_answers_as_it_does_alone(far_apart):
    bases = assessment.prepare_area(joined(*far_apart), RS, ON)
    whole = assessment.judge_distances(bases, RS, REQUEST)
    risk = assessment.assess_area(bases, CLAIMS, RS, REQUEST)
    for towns, meridian in ((far_apart[:2], 104.5), (far_apart[2:], 107.5)):
        alone = assessment.prepare(joined(*towns), RS, ON, crs=metric_crs(meridian))
        own = alone.ground.tables["schools"].index
        part = assessment.judge_distances([alone], RS, REQUEST)
        for table in ("distances", "findings"):
            got = getattr(whole, table)
            pd.testing.assert_frame_equal(
                got[got["school_id"].isin(own)].reset_index(drop=True), getattr(part, table), check_exact=True
            )
        loads = assessment.assess_risk(alone, CLAIMS, RS, REQUEST).tables.school_risk
        pd.testing.assert_series_equal(risk.tables.school_risk.loc[own, "score"], loads["score"], check_exact=True)
        audit = whole.audit[whole.audit["school_id"].isin(own)]
        pd.testing.assert_frame_equal(audit.drop(columns="geometry"), part.audit.drop(columns="geometry"))
    # One ranking over all bands; the towns are the same drawing but for vertices kept to 1e-7 degree.
    assert np.ptp(risk.tables.school_risk["score"]) <= 0.05
    assert min(risk.tables.school_risk["rank"].tolist()) == 1
    assert whole.findings["distance_m"].round(1).tolist() == [150.0] * len(whole.findings)
    assert len(whole.findings) == 3
    assert risk.segments.crs == "EPSG:4326"
    assert whole.audit.crs == "EPSG:4326"


@settings(max_examples=15, deadline=None)
@given(st.floats(100.02, 109.98), st.floats(3.0, 12.0))
def test_a_drawn_distance_is_met_in_any_band(lon, east):
    """150 m between campus and net bar, wherever the towns lie (plane and ellipsoid differ by 4 cm per km at most)."""
    bases = assessment.prepare_area(joined(town(lon, "a"), town(lon + east, "b")), RS, ON)
    assert len(bases) == 2
    found = assessment.judge_distances(bases, RS, REQUEST).findings
    assert found["distance_m"].tolist() == pytest.approx([150.0, 150.0], abs=0.051)


def test_rows_without_a_campus_are_parted_once_each(far_apart):
    parts = metric_parts(joined(*far_apart)["venues"], joined(*far_apart)["schools"])
    assert [list(part.index) for part in parts] == [["a:netbar", "b:netbar"], ["c:netbar"]]
    (none,) = metric_parts(joined(*far_apart)["venues"].iloc[:0], joined(*far_apart)["schools"])
    assert none.empty
    assert none.crs.is_projected


def test_no_campus_is_still_refused():
    with pytest.raises(CrsError, match="area_empty"):
        metric_bands(joined(town(104.2, "a")) | {"schools": town(104.2, "a")["schools"].iloc[:0]})
