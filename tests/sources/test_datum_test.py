import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point

from gislib.domain.errors import DatumError
from gislib.geo import datum
from gislib.sources import datum_test
from gislib.sources.datum_test import Evidence, Stated


def shifted(schools, name, east_m=0.0):
    spots = schools.geometry.representative_point()
    lon, lat = datum.from_wgs84(name, spots.x.to_numpy() + east_m / 100_800, spots.y.to_numpy())
    return gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4326")


@pytest.mark.parametrize("name", datum_test.HYPOTHESES)
@pytest.mark.parametrize("noise_m", [0, 150])
def test_named_campuses_tell_the_datum_through_noise(schools, name, noise_m):
    points = shifted(schools, name, noise_m)
    found = datum_test.evidence(points, schools["name"].tolist(), {"schools": schools})
    assert [item.matched for item in found] == [3, 3, 3]
    assert datum_test.winner(found) == name


def test_names_match_by_their_unique_ending(schools):
    names = ["第八中学", "向阳路小学", "贵州省黔西南州兴义市红星幼儿园"]
    found = datum_test.evidence(shifted(schools, "gcj02"), names, {"schools": schools})
    assert found[0].matched == 3
    assert datum_test.winner(found) == "gcj02"


def test_two_campuses_of_one_name_match_nothing(schools):
    twins = schools.assign(name="第一小学")
    found = datum_test.evidence(shifted(schools, "gcj02"), ["第一小学"] * 3, {"schools": twins})
    assert found[0].matched == 0


def test_few_matches_or_near_results_decide_nothing():
    near = [Evidence("wgs84", 5, 100.0), Evidence("gcj02", 5, 180.0), Evidence("bd09", 5, 900.0)]
    assert datum_test.winner(near) is None
    few = [Evidence("wgs84", 2, 10.0), Evidence("gcj02", 2, 500.0), Evidence("bd09", 2, 900.0)]
    assert datum_test.winner(few) is None
    far = [Evidence("wgs84", 5, 2000.0), Evidence("gcj02", 5, 2400.0), Evidence("bd09", 5, 5000.0)]
    assert datum_test.winner(far) is None
    assert datum_test.winner([Evidence("wgs84", 3, 10.0), Evidence("gcj02", 3, 500.0)]) == "wgs84"


def test_refusal_lists_the_distances_to_streets(schools):
    roads = gpd.GeoDataFrame(geometry=[LineString([(104.8, 25.09), (105.0, 25.09)])], crs="EPSG:4326")
    points = gpd.GeoSeries([Point(104.9, 25.09), Point(104.91, 25.09)], crs="EPSG:4326")
    with pytest.raises(DatumError) as caught:
        datum_test.decide("t.csv", points, None, Stated(None, None), {"roads": roads, "schools": schools})
    values = caught.value.values
    # on the plane the parallel bends a few metres away from its chord
    assert values["wgs84_roads_m"] == pytest.approx(0.0, abs=5.0)
    # the street runs east-west: the distance is the northward part of the shift
    _, lat = datum.to_wgs84("gcj02", np.array([104.9]), np.array([25.09]))
    assert values["gcj02_roads_m"] == pytest.approx(abs(lat[0] - 25.09) * 110_780, rel=0.05)
    assert values["wgs84_schools_m"] == "–"
    assert values["bd09_buildings_m"] == "–"


def test_outside_the_shifted_area_there_is_nothing_to_decide():
    points = gpd.GeoSeries([Point(24.94, 60.17)], crs="EPSG:4326")
    assert datum_test.decide("t.csv", points, None, Stated(None, None), {}) == ("wgs84", ())


def test_the_planners_word_counts_and_cgcs2000_is_no_contradiction(schools):
    known = {"schools": schools}
    names = schools["name"].tolist()
    points = shifted(schools, "wgs84")
    assert datum_test.decide("t.csv", points, names, Stated("cgcs2000", None), known) == ("cgcs2000", ())
    stated, told = datum_test.decide("t.csv", points, names, Stated("bd09", None), known)
    assert stated == "bd09"
    assert [message.code for message in told] == ["datum_doubtful"]


def test_auto_means_not_stated(schools):
    points = shifted(schools, "bd09")
    got, told = datum_test.decide("t.csv", points, schools["name"].tolist(), Stated("auto", None), {"schools": schools})
    assert got == "bd09"
    assert told[0].values["matched"] == 3
