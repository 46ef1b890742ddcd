"""Rentals leave as counts per cell."""

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from gislib.domain.errors import CrsError
from gislib.geo.crs import metric_crs
from gislib.reports.rentals import rental_cells


def rentals(shapes):
    return gpd.GeoDataFrame(
        {"kind": "flat", "beds": 4.0}, geometry=shapes, index=range(len(shapes)), crs=metric_crs(105.0)
    )


def test_counts_per_cell_and_nothing_else():
    cells = rental_cells(rentals([Point(10, 10), Point(99.9, 0), Point(100, 0), box(-60, -60, -40, -40)]))
    assert cells["rentals"].to_dict() == {"rentals:105:-1:-1": 1, "rentals:105:0:0": 2, "rentals:105:1:0": 1}
    assert list(cells.columns) == ["rentals", "geometry"]
    assert cells.loc["rentals:105:1:0", "geometry"].bounds == (100, 0, 200, 100)


def test_none_gives_none():
    cells = rental_cells(rentals([Point(0, 0)]).iloc[:0])
    assert cells.empty
    assert cells.index.name == "cell_id"


def test_degrees_are_refused():
    with pytest.raises(CrsError):
        rental_cells(rentals([Point(105, 25)]).set_crs(4326, allow_override=True))
