import warnings

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import LineString

from gislib.domain.errors import InputError
from gislib.geo.crs import metric_crs
from gislib.sources import raster, workspace


def from_origin(west, north, width, height):
    return Affine(width, 0.0, west, 0.0, -height, north)


CRS = metric_crs(104.9)
UTM = "EPSG:32648"


def write(path, values, crs="EPSG:4326", transform=None, nodata=None):
    transform = transform or from_origin(104.9, 25.1, 0.001, 0.001)
    values = np.asarray(values, dtype="float32")
    height, width = values.shape
    shape = {"height": height, "width": width, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, nodata=nodata, **shape) as out:
        out.write(values, 1)
    return path


def metric_line(*lon_lat):
    return gpd.GeoSeries([LineString(lon_lat)], crs="EPSG:4326").to_crs(CRS).iloc[0]


def test_population_keeps_cells_with_people_at_their_centres(tmp_path):
    path = write(tmp_path / "p.tif", [[5, 0, -9999], [-3, 2.5, np.nan]], nodata=-9999)
    loaded = raster.read_population(path)
    table = loaded.layers["population"]
    assert table["persons"].to_dict() == {"population:r0c0": 5.0, "population:r1c1": 2.5}
    assert (round(table.geometry.x.iloc[0], 7), round(table.geometry.y.iloc[0], 7)) == (104.9005, 25.0995)
    assert loaded.provenance.counts == {"cells_empty": 4, "cells_left_out": 0}


def test_population_above_the_cap_keeps_the_most_populous_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(raster, "MAX_ROWS", 2)
    loaded = raster.read_population(write(tmp_path / "p.tif", [[1, 5, 3]]))
    assert loaded.layers["population"]["persons"].tolist() == [5.0, 3.0]
    assert [(m.code, m.values) for m in loaded.provenance.warnings] == [("population_capped", {"cells": 1})]


def test_population_in_a_projected_crs_comes_back_in_wgs84(tmp_path):
    path = write(tmp_path / "p.tif", [[1]], crs=UTM, transform=from_origin(490_000, 2_780_000, 100, 100))
    table = raster.read_population(path).layers["population"]
    expected = gpd.GeoSeries.from_xy([490_050], [2_779_950], crs=UTM).to_crs("EPSG:4326")
    assert table.geometry.iloc[0].distance(expected.iloc[0]) < 1e-9


@pytest.mark.parametrize(("crs", "code"), [(None, "raster_without_crs"), ("EPSG:4326", "population_empty")])
def test_population_without_crs_or_people_is_refused(tmp_path, crs, code):
    path = write(tmp_path / "p.tif", [[0, 0]], crs=crs)
    with pytest.raises(InputError) as caught:
        raster.read_population(path)
    assert caught.value.code == code


@pytest.mark.filterwarnings("error")
def test_a_raster_without_georeference_is_our_error_and_no_warning(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = write(tmp_path / "p.tif", [[1, 1]], crs=None, transform=Affine.identity())
    with pytest.raises(InputError, match="raster_without_crs"):
        raster.read_population(path)


def test_the_share_of_campuses_that_a_raster_covers(tmp_path):
    """Two cells of 0.001 degrees from (104.9, 25.1): the second campus lies east of them."""
    path = write(tmp_path / "p.tif", [[1, 2]], crs="EPSG:4326")
    loaded = raster.read_population(path)
    schools = gpd.GeoDataFrame(geometry=gpd.points_from_xy([104.9015, 104.903], [25.0995] * 2), crs="EPSG:4326")
    assert raster.checked_cover(loaded, path, schools.iloc[:1]) is loaded
    assert raster.checked_cover(loaded, path, schools.iloc[:0]) is loaded
    [told] = raster.checked_cover(loaded, path, schools).provenance.warnings
    assert (told.code, told.values["covered"], told.values["schools"]) == ("raster_covers_part", 1, 2)
    with pytest.raises(InputError, match="raster_elsewhere"):
        raster.checked_cover(loaded, path, schools.iloc[1:])


def test_what_is_no_raster_is_refused(tmp_path):
    (tmp_path / "x.tif").write_text("<html>")
    for read in (raster.read_population, raster.read_dem):
        with pytest.raises(InputError) as caught:
            read(tmp_path / "x.tif")
        assert caught.value.code == "raster_broken"


def test_a_virtual_raster_under_another_name_opens_nothing(tmp_path):
    source = write(tmp_path / "d.tif", [[1, 2]])
    (tmp_path / "v.tif").write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="1"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>104.9, 0.001, 0, 25.1, 0, -0.001</GeoTransform>"
        f'<VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename>{source}</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(InputError) as caught:
        raster.read_dem(tmp_path / "v.tif")
    assert caught.value.code == "raster_broken"


def test_dem_is_kept_in_the_workspace(tmp_path):
    path = write(tmp_path / "d.tif", [[1200, 1210]])
    ws = workspace.create(tmp_path / "w")
    workspace.put_source(ws, raster.read_dem(path), attachments={raster.DEM_FILE: path})
    kept = workspace.attachments(ws, raster.DEM_FILE)[raster.DEM_SOURCE]
    assert kept.read_bytes() == path.read_bytes()


def test_dem_without_elevation_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        raster.read_dem(write(tmp_path / "d.tif", [[-1, -1]], nodata=-1))
    assert caught.value.code == "dem_empty"


def test_slope_excess_of_an_inclined_plane(tmp_path):
    # 10 m up per cell of 0.001 degree eastwards
    east = np.arange(20, dtype="float64") * 10 + 1000
    path = write(tmp_path / "d.tif", np.tile(east, (5, 1)))
    line = metric_line((104.9025, 25.0975), (104.9125, 25.0975))
    flat = metric_line((104.9025, 25.0990), (104.9025, 25.0960))
    got = raster.slope_excess_m(path, [line, flat], CRS)
    assert got[0] == pytest.approx(np.hypot(line.length, 100.0) - line.length, rel=1e-3)
    assert got[1] == pytest.approx(0.0, abs=1e-6)


def test_slope_excess_is_unknown_without_elevation_or_path(tmp_path):
    grid = np.full((5, 20), 1000.0)
    grid[2, 10] = -9999
    path = write(tmp_path / "d.tif", grid, nodata=-9999)
    through_hole = metric_line((104.9025, 25.0975), (104.9175, 25.0975))
    outside = metric_line((104.95, 25.0975), (104.96, 25.0975))
    good = metric_line((104.9015, 25.0995), (104.9045, 25.0995))
    got = raster.slope_excess_m(path, [through_hole, outside, None, good], CRS)
    assert np.isnan(got[:3]).all()
    assert got[3] == 0.0


def test_bilinear_elevation_is_exact_on_a_plane(tmp_path):
    rows, columns = np.mgrid[0:6, 0:6].astype("float64")
    path = write(tmp_path / "d.tif", 100 + 3 * columns - 2 * rows)
    got = raster.elevation_m(path, np.array([[104.9 + 0.00275, 25.1 - 0.00325], [104.90005, 25.09995]]))
    # cell centres at half numbers; the outer half cell takes its edge cell
    assert got == pytest.approx([100 + 3 * 2.25 - 2 * 2.75, 100.0], abs=1e-3)
