"""The datum test on real campuses: names and outlines of a city extract, shifted as the map services shift them."""

import numpy as np
import pytest

from gislib import rules
from gislib.domain.errors import DatumError
from gislib.geo import datum
from gislib.sources import osm
from gislib.sources.tabular import TableOptions, read_table

NOISE_M = 80.0


@pytest.fixture(scope="module")
def city(request):
    shared = request.path.resolve().parents[2].parent / "shared"
    file = shared / "data" / "osm" / "nanjing_center_2021.osm"
    if not file.exists():
        pytest.skip("shared example data are not beside the project")
    return osm.read_osm(file, rules.load()).layers


def table(city, tmp_path, name, header):
    spots = city["schools"].geometry.representative_point()
    noise = np.random.default_rng(1).normal(0, NOISE_M, (2, len(spots)))
    lon, lat = datum.from_wgs84(name, spots.x.to_numpy() + noise[0] / 95_000, spots.y.to_numpy() + noise[1] / 111_000)
    rows = zip(city["schools"]["name"], lon, lat, strict=True)
    path = tmp_path / "t.csv"
    path.write_text(header + "".join(f"{who},网吧,{x:.6f},{y:.6f}\n" for who, x, y in rows), encoding="gbk")
    return path


@pytest.mark.shared
@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_campuses_of_a_real_city_tell_the_datum(city, tmp_path, name):
    path = table(city, tmp_path, name, "学校名称,备注,经度,纬度\n")
    loaded = read_table("schools", path, TableOptions(), city, rules.load())
    assert loaded.provenance.datum == name
    told = next(message.values for message in loaded.provenance.warnings if message.code == "datum_by_schools")
    assert told["matched"] >= 15
    got = loaded.layers["schools"].geometry
    known = city["schools"].geometry.representative_point()
    metres = np.hypot(
        (got.x.to_numpy() - known.x.to_numpy()) * 95_000, (got.y.to_numpy() - known.y.to_numpy()) * 111_000
    )
    assert np.median(metres) < 2 * NOISE_M


@pytest.mark.shared
def test_venues_without_a_datum_are_refused_with_the_evidence(city, tmp_path):
    path = table(city, tmp_path, "bd09", "名称,类型,经度,纬度\n")
    with pytest.raises(DatumError) as caught:
        read_table("venues", path, TableOptions(), city, rules.load())
    values = caught.value.values
    assert values["bd09_buildings_m"] < values["gcj02_buildings_m"] < values["wgs84_buildings_m"]
