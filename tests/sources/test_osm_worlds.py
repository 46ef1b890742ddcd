"""Hand-drawn OSM files (tests/osm, drawings in its README) read into exact rows."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gislib import rules
from gislib.domain.tables import LAYERS, check_table
from gislib.sources.osm import read_osm

WORLDS = Path(__file__).resolve().parents[1] / "osm"
UNIT_DEG = 1e-5


def read(name):
    return read_osm(WORLDS / name, rules.load())


def layer(name, which) -> gpd.GeoDataFrame:
    return read(name).layers[which]


def warned(loaded, code):
    return [m.values for m in loaded.provenance.warnings if m.code == code]  # noqa: PD011 (a message, no series)


def units2(shape) -> float:
    return round(shape.area / UNIT_DEG**2, 3)


def plain(table, column):
    """Column as plain Python, missing as None."""
    return {name: None if pd.isna(value) else value for name, value in table[column].items()}


@pytest.mark.parametrize("path", sorted(WORLDS.glob("*.osm")), ids=lambda path: path.stem)
def test_every_layer_keeps_its_schema(path):
    loaded = read_osm(path, rules.load(), "drawn")
    assert list(loaded.layers) == ["schools", "gates", "roads", "devices", "water", "venues", "buildings", "depots"]
    for name, table in loaded.layers.items():
        check_table(name, table)
        assert set(table["source_id"]) <= {"drawn"}
        assert table.index.str.startswith("osm:").all()
        assert list(table.columns) == [*LAYERS[name].columns, "geometry"]


def test_gates_belong_to_the_campus_on_whose_outline_they_stand():
    gates = layer("campus_gates.osm", "gates")
    assert dict(gates["school_id"]) == {
        "osm:n11": "osm:w1",
        "osm:n12": "osm:w1",
        "osm:n13": "osm:w1",
        "osm:n14": "osm:w1",
        "osm:n16": "osm:w2",
        "osm:n17": "osm:w1",
        "osm:n31": "osm:w2",
    }


def test_gate_roles_and_what_counts():
    gates = layer("campus_gates.osm", "gates")
    roles = dict(gates["role"])
    assert (roles.pop("osm:n13"), roles.pop("osm:n14")) == ("fire", "vehicle")
    assert set(roles.values()) == {"student"}
    assert sorted(gates.index[~gates["counts_for_measuring"]]) == ["osm:n13", "osm:n17"]
    assert not gates["inferred"].any()
    assert gates.loc["osm:n11", "name"] == "南门"
    assert set(gates["located_to_m"]) == {5.0}


def test_gates_elsewhere_are_counted():
    counts = read("campus_gates.osm").provenance.counts
    assert counts["gates.off_campus"] == 2


def test_wall_tagged_on_the_campus():
    assert plain(layer("campus_gates.osm", "schools"), "wall") == {"osm:w1": True, "osm:w2": None}


def test_a_point_inside_the_outline_of_its_school_is_kept_and_reported():
    loaded = read("school_doubles.osm")
    schools = loaded.layers["schools"]
    assert schools.loc["osm:w1", "name"] == "兴义市第五中学"
    assert {"osm:n11", "osm:n31", "osm:n51"} <= set(schools.index)
    pairs = {frozenset((twice["id"], twice["other_id"])) for twice in warned(loaded, "osm_school_twice")}
    assert frozenset(("osm:w1", "osm:n11")) in pairs
    assert loaded.provenance.counts["schools.objects"] == len(schools)


def test_possible_doubles_are_reported_and_kept():
    loaded = read("school_doubles.osm")
    found = {(twice["id"], twice["other_id"]): twice for twice in warned(loaded, "osm_school_twice")}
    twice = found["osm:n61", "osm:n62"]
    assert not {"osm:n63", "osm:n64", "osm:n65", "osm:n66"} & {name for pair in found for name in pair}
    assert twice["distance_m"] == pytest.approx(222.6, abs=1)
    assert {"osm:n61", "osm:n62", "osm:n63", "osm:n64", "osm:n65", "osm:n66"} <= set(loaded.layers["schools"].index)


def test_clipped_road_is_split_at_the_gap():
    roads = layer("clipped.osm", "roads")
    assert list(roads.index) == ["osm:w1", "osm:w1#2"]
    assert [shapely.get_num_coordinates(line) for line in roads.geometry] == [2, 3]
    assert set(roads["name"]) == {"裁断路"}


def test_clipped_school_and_venue_stay_as_points_with_a_wide_uncertainty():
    loaded = read("clipped.osm")
    school, venue = loaded.layers["schools"].loc["osm:w4"], loaded.layers["venues"].loc["osm:w5"]
    assert school.geometry.equals_exact(shapely.Point(104.9001, 0.001), 1e-9)
    assert venue.geometry.equals_exact(shapely.Point(104.902, 0.002), 1e-9)
    assert (school["located_to_m"], venue["located_to_m"]) == (60.0, 60.0)
    assert (school["kind"], venue["kind"]) == ("primary", "net_bar")


def test_clipped_water_keeps_its_shore():
    pond = layer("clipped.osm", "water").loc["osm:w7"]
    assert pond.geometry.geom_type == "LineString"
    assert pond.geometry.length == pytest.approx(50 * UNIT_DEG)


def test_what_cannot_be_saved_is_listed():
    loaded = read("clipped.osm")
    lost = {(row.row, row.column): row.value for row in loaded.rejected.itertuples()}
    assert lost == {
        ("osm:w2", "roads"): "1/3",
        ("osm:w3", "roads"): "0/2",
        ("osm:w6", "buildings"): "3/4",
        ("osm:w8", "schools"): "0/3",
        ("osm:r1", "water"): "0/1",
    }
    broken = {each["layer"]: (each["saved"], each["lost"]) for each in warned(loaded, "osm_layer_broken")}
    assert broken == {"schools": (1, 1), "roads": (1, 2), "water": (1, 1), "venues": (1, 0), "buildings": (0, 1)}
    assert loaded.provenance.rows_read == loaded.provenance.rows_kept + len(loaded.rejected)


def test_lake_with_hole_and_island():
    loaded = read("lake.osm")
    water = loaded.layers["water"]
    assert sorted(water.index) == ["osm:r1", "osm:r2", "osm:r3"]
    assert units2(water.geometry["osm:r1"]) == 100**2 - 20**2 + 5**2
    assert dict(water["kind"]) == {"osm:r1": "lake", "osm:r2": "pond", "osm:r3": "reservoir"}
    assert dict(water["located_to_m"]) == {"osm:r1": 5.0, "osm:r2": 5.0, "osm:r3": 60.0}
    assert loaded.provenance.counts["water.doubles"] == 2


def test_streets_are_streets():
    roads = layer("streets.osm", "roads")
    assert sorted(roads.index) == sorted(f"osm:w{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 13))
    counts = read("streets.osm").provenance.counts
    assert (counts["roads.not_in_use"], counts["roads.squares"], counts["roads.maxspeed_unread"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (1, {"name": "桔山大道", "maxspeed_kmh": 60.0, "lanes": 4.0, "oneway": "yes", "sidewalk": "both",
             "median": True, "lit": True, "width_m": 14.0, "bus_route": True, "bridge": False}),
        (2, {"maxspeed_kmh": pytest.approx(48.28, abs=0.01), "oneway": "-1", "sidewalk": "left", "lit": False,
             "width_m": pytest.approx(7.47, abs=0.01), "lanes": None, "bus_route": False}),
        (3, {"maxspeed_kmh": 50.0, "lanes": None, "sidewalk": "no", "bridge": True, "bus_route": True}),
        (4, {"maxspeed_kmh": 7.0, "sidewalk": "separate", "oneway": "no"}),
        (5, {"maxspeed_kmh": None, "oneway": "yes", "tunnel": True, "sidewalk": None, "lit": None}),
        (6, {"footway": "crossing", "crossing": "marked", "walkable": None}),
        (7, {"walkable": False}),
        (8, {"walkable": False}),
        (9, {"walkable": True}),
        (13, {"oneway": "no", "median": False, "maxspeed_kmh": None, "walkable": None}),
    ],
)  # fmt: skip
def test_street_attributes(way, expected):
    row = layer("streets.osm", "roads").loc[f"osm:w{way}"]
    assert {key: None if pd.isna(row[key]) else row[key] for key in expected} == expected


def test_devices():
    devices = layer("devices.osm", "devices")
    assert dict(devices["kind"]) == {
        "osm:n1": "crossing",
        "osm:n2": "crossing",
        "osm:n3": "crossing",
        "osm:n4": "signal",
        "osm:n4:crossing": "crossing",
        "osm:n6": "hump",
        "osm:n6:island": "island",
        "osm:n7": "lift_bollard",
        "osm:n8": "lamp",
        "osm:n9": "speed_camera",
        "osm:n10": "bus_stop",
        "osm:n11": "camera",
        "osm:n12": "sign",
        "osm:n13": "kit",
        "osm:n14": "crossing",
        "osm:n14:table": "table",
        "osm:w1": "fence",
        "osm:w2": "rail",
        "osm:w3": "wall",
        "osm:w4": "railway",
    }
    assert set(devices["kind"]) <= set(rules.load().kinds("device"))
    assert {name: value for name, value in plain(devices, "marked").items() if value is not None} == {
        "osm:n1": True,
        "osm:n2": False,
        "osm:n4:crossing": True,
        "osm:n14": False,
    }
    assert (devices.loc["osm:n10", "name"], devices.loc["osm:n12", "name"]) == ("学府站", "CN:限速30")


def test_water():
    loaded = read("water.osm")
    water = loaded.layers["water"]
    assert dict(water["kind"]) == {
        "osm:w1": "river",
        "osm:w3": "ditch",
        "osm:w4": "reservoir",
        "osm:w5": "open_water",
        "osm:w7": "canal",
        "osm:w8": "river",
    }
    assert set(water.geometry.geom_type[["osm:w1", "osm:w3", "osm:w7"]]) == {"LineString"}
    assert set(water.geometry.geom_type[["osm:w4", "osm:w5", "osm:w8"]]) == {"Polygon"}
    assert {k: v for k, v in plain(water, "fenced").items() if v is not None} == {"osm:w4": True, "osm:w7": False}
    assert loaded.provenance.counts["water.underground"] == 2


def test_venues_and_their_doors():
    venues = layer("venues.osm", "venues")
    assert dict(venues["kind"]) == {
        "osm:w1": "ktv",
        "osm:w2": "bar",
        "osm:n11": "net_bar",
        "osm:n12": "tobacco",
        "osm:n14": "tobacco",
    }
    doors = {name: shape for name, shape in venues["doors"].items() if shape is not None}
    assert list(doors) == ["osm:w1"]
    assert doors["osm:w1"].equals(shapely.MultiPoint([(104.9001, 0), (104.9002, 0.0001)]))
    net_bar = venues.loc["osm:n11"]
    assert (net_bar["name"], net_bar["alt_names"], net_bar["hours"]) == ("网鱼网咖", "网鱼;鱼吧;Wangyu", "08:00-24:00")
    assert dict(venues["located_to_m"])["osm:w1"] == 5.0
    assert dict(venues["located_to_m"])["osm:n11"] == 20.0


def test_venue_whose_outline_does_not_close_is_a_point():
    bar = layer("venues.osm", "venues").loc["osm:w2"]
    assert bar.geometry.geom_type == "Point"
    assert bar["located_to_m"] == 60.0


def test_nodes_behind_their_ways():
    loaded = read("nodes_last.osm")
    road = loaded.layers["roads"].geometry["osm:w1"]
    assert list(road.coords) == [(104.9, 0.0), (104.901, 0.0), (104.9, 0.0005)]
    assert units2(loaded.layers["schools"].geometry["osm:w2"]) == 2500
    assert loaded.provenance.counts["file.broken_ways"] == 1


def test_drafts_with_numbers_below_zero():
    loaded = read("drafts.osm")
    assert list(loaded.layers["roads"].index) == ["osm:w-1"]
    assert list(loaded.layers["schools"].index) == ["osm:n-20"]
    assert loaded.layers["buildings"].loc["osm:w-2", "levels"] == 5.0


def test_campus_land_and_what_is_not_listed():
    loaded = read("campus_land.osm")
    assert dict(loaded.layers["schools"]["kind"]) == {
        "osm:w1": "primary",
        "osm:n21": "middle",
        "osm:n42": "vocational",
        "osm:n43": "nursery",
    }
    assert loaded.provenance.counts["schools.unlisted"] == 1


def test_buildings():
    buildings = layer("buildings.osm", "buildings")
    assert plain(buildings, "kind") == {
        "osm:w1": "residential",
        "osm:w2": None,
        "osm:w3": "other",
        "osm:w5": "residential",
    }
    assert plain(buildings, "levels")["osm:w1"] == 6.0
    assert buildings.geometry.is_valid.all()
    assert units2(buildings.geometry["osm:w5"]) == 50


def test_no_school_is_a_warning_and_claims_only_what_it_has():
    loaded = read("no_school.osm")
    assert warned(loaded, "osm_no_schools") == [{}]
    assert loaded.provenance.claims == {"traffic"}
    assert not loaded.provenance.covers_area
    assert loaded.provenance.data_date == "2026-03-04"
    assert loaded.provenance.licence.startswith("ODbL")


def test_two_readings_are_the_same():
    first, second = read("campus_gates.osm"), read("campus_gates.osm")
    for name, table in first.layers.items():
        assert table.equals(second.layers[name])
    assert first.provenance.sha256 == second.provenance.sha256


def test_police_stations_are_depots(tmp_path):
    drawn = (WORLDS / "venues.osm").read_text("utf-8")
    station = '<tag k="amenity" v="police"/><tag k="name" v="城关派出所"/>'
    path = tmp_path / "police.osm"
    outline = '<way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="amenity" v="police"/></way>'
    node = f'<node id="99" lon="104.9020000" lat="0.0000000">{station}</node>'
    path.write_text(drawn.replace("</osm>", f"{outline}</osm>").replace('<node id="1"', f'{node}<node id="1"'), "utf-8")
    depots = read_osm(path, rules.load()).layers["depots"]
    assert plain(depots, "name") == {"osm:w9": None, "osm:n99": "城关派出所"}
    assert set(depots["kind"]) == {"police_station"}
