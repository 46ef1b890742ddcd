"""The demo county: every promise counted, the planted answers recomputed without the generator's own geometry."""

import csv
import itertools
import json
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import osmium
import pyproj
import pytest
import rasterio
import shapely
from shapely.geometry import Point, shape
from shapely.ops import nearest_points

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "demo"
GEOD = pyproj.Geod(ellps="GRS80")
MAIN = {"trunk", "primary", "secondary"}


def _features(name):
    return json.loads((DEMO / name).read_text(encoding="utf-8"))["features"]


def _rows(name):
    with (DEMO / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def osm():
    nodes, tagged, ways, relations = {}, {}, [], []
    for item in osmium.FileProcessor(str(DEMO / "town.osm.pbf")):
        tags = dict(item.tags)
        if item.is_node():
            nodes[item.id] = (item.location.lon, item.location.lat)
            if tags:
                tagged[item.id] = tags
        elif item.is_way():
            ways.append(([n.ref for n in item.nodes], tags))
        else:
            relations.append(tags)
    return {"nodes": nodes, "tagged": tagged, "ways": ways, "relations": relations}


@pytest.fixture(scope="module")
def streets(osm):
    return [(refs, tags) for refs, tags in osm["ways"] if "highway" in tags]


@pytest.fixture(scope="module")
def schools():
    return {
        f["properties"]["学校标识码"]: (shape(f["geometry"]), f["properties"]) for f in _features("schools.geojson")
    }


def _length_m(osm, refs):
    lon, lat = zip(*(osm["nodes"][r] for r in refs), strict=True)
    return GEOD.line_length(lon, lat)


def _segments(streets):
    """Junction-to-junction pieces: ways cut at nodes that end a way or are used more than once."""
    used = Counter(ref for refs, _ in streets for ref in refs)
    joined = Counter(ref for refs, _ in streets for ref in (refs[0], refs[-1]))
    through = {ref for ref in joined if joined[ref] == 2 and used[ref] == 2}
    cuts = sum(1 for refs, _ in streets for ref in refs[1:-1] if used[ref] > 1)
    return len(streets) + cuts - len(through)


def test_streets_have_a_town_and_county_hierarchy(osm, streets):
    assert _segments(streets) >= 6000
    classes = Counter(tags["highway"] for _, tags in streets)
    for wanted in (
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "service",
        "footway",
        "steps",
    ):
        assert classes[wanted] > 0, wanted
    stated = sum("maxspeed" in tags for _, tags in streets) / len(streets)
    assert 0.2 < stated < 0.45
    for fact in ("lanes", "sidewalk", "lit"):
        assert 0.03 < sum(fact in tags for _, tags in streets) / len(streets) < 0.5, fact
    assert any(tags.get("dual_carriageway") == "yes" and tags["oneway"] == "yes" for _, tags in streets)
    assert any(tags.get("type") == "route" for tags in osm["relations"])


def test_street_network_is_one_piece(streets):
    parent = {}

    def top(ref):
        while parent.setdefault(ref, ref) != ref:
            parent[ref] = parent[parent[ref]]
            ref = parent[ref]
        return ref

    for refs, _ in streets:
        for a, b in itertools.pairwise(refs):
            parent[top(a)] = top(b)
    assert len({top(ref) for ref in parent}) == 1


def test_bridges_share_no_node_with_what_they_cross(osm, streets):
    bridges = [refs for refs, tags in streets if tags.get("bridge") == "yes"]
    flowing = {
        ref for refs, tags in osm["ways"] if "waterway" in tags or tags.get("natural") == "water" for ref in refs
    }
    on_ground = {ref for refs, tags in streets if tags.get("bridge") != "yes" for ref in refs}
    assert len(bridges) >= 10
    for refs in bridges:
        assert not flowing & set(refs)
        assert not on_ground & set(refs[1:-1])


def test_crossings_are_dense_enough_to_count_as_known(osm, streets):
    main_km = sum(_length_m(osm, refs) for refs, tags in streets if tags["highway"] in MAIN) / 1000
    on_main = {ref for refs, tags in streets if tags["highway"] in MAIN for ref in refs}
    marked = [r for r, t in osm["tagged"].items() if t.get("highway") == "crossing" and t.get("crossing") != "unmarked"]
    assert sum(ref in on_main for ref in marked) / main_km >= 1.5


def test_devices_water_and_buildings(osm):
    kinds = Counter(f"{k}={v}" for t in osm["tagged"].values() for k, v in t.items())
    highway = {f"highway={kind}" for kind in ("traffic_signals", "street_lamp", "speed_camera", "bus_stop")}
    for wanted in {*highway, "traffic_calming=hump", "barrier=bollard", "emergency=life_ring", "man_made=surveillance"}:
        assert kinds[wanted] > 0, wanted
    lines = Counter(f"{k}={v}" for _, t in osm["ways"] for k, v in t.items())
    assert lines["barrier=guard_rail"] > 0
    assert lines["barrier=fence"] > 0
    assert lines["waterway=river"] >= 1
    assert lines["water=reservoir"] >= 4
    assert lines["water=pond"] >= 20
    assert sum("building" in t for _, t in osm["ways"]) >= 8000


def test_no_school_in_the_osm_file(osm):
    everything = [*osm["tagged"].values(), *(t for _, t in osm["ways"]), *osm["relations"]]
    assert not any("amenity" in t or t.get("landuse") == "education" for t in everything)
    assert not {t.get("building") for t in everything} & {"school", "kindergarten", "college", "university"}


def test_areas_of_the_osm_file_are_valid_and_houses_do_not_overlap_streets(osm, streets):
    outlines = [
        shapely.Polygon([osm["nodes"][r] for r in refs]) for refs, t in osm["ways"] if "building" in t or "natural" in t
    ]
    assert shapely.is_valid(outlines).all()
    houses = [shapely.Polygon([osm["nodes"][r] for r in refs]) for refs, t in osm["ways"] if "building" in t]
    lines = [shapely.LineString([osm["nodes"][r] for r in refs]) for refs, _ in streets]
    hit = shapely.STRtree(lines).query(houses, predicate="intersects")
    assert hit.shape[1] == 0


def test_schools(schools):
    kinds = Counter(p["学段"] for _, p in schools.values())
    ranked = [p for _, p in schools.values() if p["学段"] != "非学校"]
    with_boundary = [g for g, p in schools.values() if g.geom_type == "Polygon" and p["学段"] != "非学校"]
    assert len(with_boundary) >= 60
    assert len({p["乡镇代码"] for p in ranked}) >= 6
    assert kinds["非学校"] == 2
    assert {"幼儿园", "小学", "初中", "九年一贯制", "高中", "中职", "特殊教育"} <= set(kinds)
    assert len(schools) == len(_features("schools.geojson"))
    points = [p for g, p in schools.values() if g.geom_type == "Point"]
    assert [p["学校名称"] for p in points if p["定位精度(米)"] <= 60] == ["澜桥县星星幼儿园"]
    for fact in ("在校生数", "寄宿生数", "护学岗"):
        unknown = sum(p[fact] is None for p in ranked)
        assert 0 < unknown < len(ranked) / 2, fact
    assert shapely.is_valid([g for g, _ in schools.values()]).all()


def test_campuses_overlap_neither_each_other_nor_houses_of_others(osm, schools):
    outlines = [g for g, _ in schools.values() if g.geom_type == "Polygon"]
    pairs = shapely.STRtree(outlines).query(outlines, predicate="overlaps")
    assert pairs.shape[1] == 0
    houses = [shapely.Polygon([osm["nodes"][r] for r in refs]) for refs, t in osm["ways"]
              if t.get("building") not in {None, "civic"}]  # fmt: skip
    assert shapely.STRtree(houses).query(outlines, predicate="intersects").shape[1] == 0


def test_gates_lie_on_their_boundary(schools):
    gates = _rows("gates.csv")
    assert {g["校门用途"] for g in gates} == {"学生", "车辆", "消防"}
    for gate in gates:
        outline, _ = schools[gate["学校标识码"]]
        spot = Point(float(gate["经度"]), float(gate["纬度"]))
        if outline.geom_type == "Polygon":
            near = nearest_points(outline.exterior, spot)[0]
            assert GEOD.inv(near.x, near.y, spot.x, spot.y)[2] < 0.5, gate["编号"]
        assert float(gate["定位精度(米)"]) == (0.5 if gate["已实测"] == "是" else 5.0)
    ranked = {code for code, (_, p) in schools.items() if p["学段"] != "非学校"}
    assert 3 <= len(ranked - {g["学校标识码"] for g in gates}) <= 25


def test_areas_are_valid_and_townships_fill_the_county():
    areas = {
        f["properties"]["行政区划代码"]: (shape(f["geometry"]), f["properties"]) for f in _features("areas.geojson")
    }
    assert shapely.is_valid([g for g, _ in areas.values()]).all()
    county = areas["529901"][0]
    parts = [g for g, p in areas.values() if p["级别"] == "乡镇"]
    assert len(parts) >= 6
    assert shapely.union_all(parts).area == pytest.approx(county.area, rel=1e-3)
    assert sum(g.area for g in parts) == pytest.approx(county.area, rel=1e-3)
    assert all(code.startswith("5299") for code in areas)


def test_tables_hold_what_was_promised():
    venues, rentals, incidents = _rows("venues.csv"), _rows("rentals.csv"), _rows("incidents.csv")
    assert len(venues) >= 300
    assert {"网吧", "KTV", "酒吧", "游艺厅", "台球室", "烟酒店", "电子烟", "酒行", "彩票", "剧本杀"} <= {
        v["场所类型"] for v in venues
    }
    assert 0 < sum(v["营业时间"] == "" for v in venues) < len(venues) / 3
    assert len(rentals) >= 1500
    assert not any("姓名" in header or "电话" in header for header in rentals[0])
    assert 0 < sum(r["床位数"] == "" for r in rentals) < len(rentals) / 4
    assert len(incidents) >= 900
    assert len({i["发生日期"][:4] for i in incidents}) >= 3
    for table in (venues, rentals, incidents, _rows("gates.csv"), _rows("water.csv")):
        assert all(float(row["定位精度(米)"]) > 0 for row in table)
        assert all(104.9 < float(row["经度"]) < 105.5 and 25.0 < float(row["纬度"]) < 25.4 for row in table)


def test_crashes_follow_the_stated_process(osm, streets):
    """Near a gate a street has clearly more crashes per kilometre than away from one."""
    gates = [Point(float(g["经度"]), float(g["纬度"])) for g in _rows("gates.csv")]
    near = shapely.union_all([g.buffer(150 / 106_000) for g in gates])
    shapely.prepare(near)
    crashes = [i for i in _rows("incidents.csv") if i["类型"] == "交通事故"]
    inside = sum(near.contains(Point(float(i["经度"]), float(i["纬度"]))) for i in crashes)
    main = [(refs, tags) for refs, tags in streets if tags["highway"] in {"secondary", "tertiary"}]
    lengths = [(_length_m(osm, refs), near.contains(Point(osm["nodes"][refs[len(refs) // 2]]))) for refs, _ in main]
    near_km = sum(m for m, n in lengths if n)
    assert inside / len(crashes) > 1.2 * near_km / sum(m for m, _ in lengths)


def test_rasters_cover_the_county():
    county = shape(_features("areas.geojson")[0]["geometry"])
    with rasterio.open(DEMO / "dem.tif") as dem:
        heights = dem.read(1)
        west, south, east, north = dem.bounds
        assert dem.crs.to_epsg() == 4326
        assert dem.compression.name == "deflate"
        assert dem.res[0] == pytest.approx(1 / 3600)
        assert (heights > 0).all()
        assert heights.max() - heights.min() > 150
    assert shapely.box(west, south, east, north).contains(county)
    with rasterio.open(DEMO / "population.tif") as population:
        people = population.read(1)
        assert (people >= 0).all()
        assert 30_000 < people.sum() < 600_000


def test_size_and_marking():
    assert sum(f.stat().st_size for f in DEMO.iterdir()) <= 8_000_000
    note = (DEMO / "README.md").read_text(encoding="utf-8")
    assert "示例数据·虚构" in note
    assert "exp(−d/150 m)" in note
    assert "5299" in note


# --- planted cases -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cases():
    return {c["case"]: c for c in json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))["cases"]}


def _spots():
    out = {v["场所编号"]: (float(v["经度"]), float(v["纬度"])) for v in _rows("venues.csv")}
    return out | {g["编号"]: (float(g["经度"]), float(g["纬度"])) for g in _rows("gates.csv")}


def _to_outline_m(outline, lon, lat):
    """Geodesic distance to the nearest boundary point, found in a plane centred on the door."""
    plane = pyproj.CRS.from_proj4(f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=GRS80 +units=m")
    into = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    back = pyproj.Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
    flat = shapely.transform(outline, lambda p: list(zip(*into.transform(p[:, 0], p[:, 1]), strict=True)))
    near = nearest_points(flat, Point(0, 0))[0]
    return GEOD.inv(lon, lat, *back.transform(near.x, near.y))[2]


@pytest.mark.parametrize("metres", [199.9, 200.0, 200.1])
def test_planted_straight_distances_to_five_millimetres(cases, schools, metres):
    case = cases[f"straight_{metres}"]
    outline, row = schools[case["school_code"]]
    assert row["定位精度(米)"] == 0.5
    assert _to_outline_m(outline, *_spots()[case["venue_code"]]) == pytest.approx(metres, abs=0.005)


@pytest.mark.parametrize("name", ["opposite_kerbs", "median_rail", "across_river"])
def test_planted_doors_are_near_in_a_straight_line(cases, schools, name):
    case = cases[name]
    outline, _ = schools[case["school_code"]]
    wanted = case["expected"]["boundary_straight"]["distance_m"]
    assert _to_outline_m(outline, *_spots()[case["venue_code"]]) == pytest.approx(wanted, abs=0.02)
    walk = case["expected"]["gate_walk_legal"]
    assert walk.get("distance_m", walk.get("at_least_m")) > case["limit_m"] > wanted


def _along_to_crossings(osm, streets, street, gate):
    """Distances along one straight street from the foot of the gate to the marked crossings, and the leg to it."""
    refs = {ref for rs, tags in streets if tags.get("name") == street for ref in rs}
    marked = [
        osm["nodes"][r] for r in refs if osm["tagged"].get(r, {}).get("crossing") in {"uncontrolled", "traffic_signals"}
    ]
    out = []
    for spot in marked:
        azimuth, _, metres = GEOD.inv(*gate, *spot)
        out.append((abs(metres * math.sin(math.radians(azimuth))), abs(metres * math.cos(math.radians(azimuth)))))
    return sorted(out)


@pytest.mark.parametrize(
    ("name", "walk"), [("opposite_kerbs", ("科创路", 26.0, 90.0)), ("median_rail", ("澜江大道", 39.0, 150.0))]
)
def test_planted_walks_follow_from_the_nearest_crossing(osm, streets, cases, name, walk):
    """Gate and door face each other across a straight street: walk = both legs + twice the way to the crossing."""
    (street, legs, along), case, spots = walk, cases[name], _spots()
    gate, door = spots[case["gate_code"]], spots[case["venue_code"]]
    across = GEOD.inv(*gate, *door)[2]
    nearest = _along_to_crossings(osm, streets, street, gate)[0][0]
    assert across == pytest.approx(legs, abs=0.02)
    assert nearest == pytest.approx(along, abs=0.1)
    assert across + 2 * nearest == pytest.approx(case["expected"]["gate_walk_legal"]["distance_m"], abs=0.2)


def test_planted_median_has_no_gap_before_the_crossing(osm, cases):
    """Between gate and crossing the rail is unbroken, so the crossing is the first way over."""
    case, spots = cases["median_rail"], _spots()
    rail = [
        shapely.LineString([osm["nodes"][r] for r in refs])
        for refs, t in osm["ways"]
        if t.get("name", "").startswith("澜江大道中央")
    ]
    (lon, lat), (_, door_lat) = spots[case["gate_code"]], spots[case["venue_code"]]
    metre = 1 / GEOD.inv(lon, lat, lon + 1, lat)[2]
    for east in range(-140, 131, 10):
        across = shapely.LineString([(lon + east * metre, lat), (lon + east * metre, door_lat)])
        assert any(line.intersects(across) for line in rail), east


def test_planted_river_has_no_near_bridge(osm, streets, cases):
    case, spots = cases["across_river"], _spots()
    lon, lat = spots[case["gate_code"]]
    bridges = [osm["nodes"][refs[0]] for refs, tags in streets if tags.get("bridge") == "yes"]
    nearest = min(abs(GEOD.inv(lon, lat, b[0], lat)[2]) for b in bridges if abs(b[1] - lat) < 0.002)
    assert nearest == pytest.approx(350, abs=2)


def test_planted_campus_without_boundary(cases, schools):
    case = cases["no_boundary"]
    place, row = schools[case["school_code"]]
    assert place.geom_type == "Point"
    assert row["定位精度(米)"] == 0.5
    gate, door = _spots()[case["gate_code"]], _spots()[case["venue_code"]]
    assert GEOD.inv(*gate, *door)[2] == pytest.approx(120.0, abs=0.005)


def test_planted_reservoir_lies_behind_an_open_path(osm, streets, cases):
    case = cases["unfenced_reservoir"]
    gate = Point(_spots()[case["gate_code"]])
    path = next(
        shapely.LineString([osm["nodes"][r] for r in refs]) for refs, t in streets if t.get("name") == "水库便道"
    )
    lake = next(
        shapely.Polygon([osm["nodes"][r] for r in refs]) for refs, t in osm["ways"] if t.get("name") == "白石水库"
    )
    fences = [
        shapely.LineString([osm["nodes"][r] for r in refs]) for refs, t in osm["ways"] if t.get("barrier") == "fence"
    ]
    end = Point(max(path.coords, key=lambda p: -p[0]))
    foot = nearest_points(path, gate)[0]
    bank = nearest_points(lake, end)[0]
    legs = [GEOD.inv(*gate.coords[0], *foot.coords[0])[2], GEOD.inv(*foot.coords[0], *end.coords[0])[2],
            GEOD.inv(*end.coords[0], *bank.coords[0])[2]]  # fmt: skip
    assert legs == pytest.approx([6, 142, 3], abs=0.1)
    assert sum(legs) <= case["expected"]["walk_to_bank_m"]["at_most_m"]
    last = shapely.LineString([foot, end, bank])
    assert not any(f.intersects(last) for f in fences)


# --- the generator -------------------------------------------------------------------------------------------------


def _same_raster(one, other):
    with rasterio.open(one) as a, rasterio.open(other) as b:
        assert a.transform == b.transform
        assert abs(a.read(1) - b.read(1)).max() <= 0.125


def test_generator_gives_what_is_committed(tmp_path):
    """A run with a hash seed of its own gives the same bytes as the one whose files are committed."""
    command = [sys.executable, str(ROOT / "tools" / "make_demo.py"), "--out", str(tmp_path)]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "1"}, check=True, timeout=180)
    names = sorted(f.name for f in DEMO.iterdir())
    assert sorted(f.name for f in tmp_path.iterdir()) == names
    for name in names:
        if name.endswith(".tif"):
            _same_raster(tmp_path / name, DEMO / name)  # another processor may round a height differently
        else:
            assert (tmp_path / name).read_bytes() == (DEMO / name).read_bytes(), name
