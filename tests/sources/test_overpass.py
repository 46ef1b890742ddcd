"""Places from Overpass: against services on the loopback that refuse, keep silent, are busy, or answer."""

import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import geopandas as gpd
import pytest
import shapely

from gislib import rules, wording
from gislib.domain.errors import InputError, ServiceError
from gislib.sources import overpass
from gislib.sources.overpass import OverpassSettings, overpass_query, read_place

WORLD = Path(__file__).resolve().parents[1] / "osm" / "campus_gates.osm"
BOX = (104.89, -0.01, 104.91, 0.01)
PLACE = {"type": "Polygon", "coordinates": [[[104.89, -0.01], [104.91, -0.01], [104.9, 0.01], [104.89, -0.01]]]}


@pytest.fixture
def service():
    """A service whose answers a test sets: ``reply[path] = (status, body)``; ``asked`` lists what came in."""
    reply, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        def answer(self, body=""):
            path = urlparse(self.path).path
            asked.append((path, body))
            status, content = reply.get(path, (200, b"ok"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            self.answer(urlparse(self.path).query)

        def do_POST(self):
            self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", reply, asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent_address():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closed_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def refused(place, settings):
    start = time.perf_counter()
    with pytest.raises(ServiceError) as caught:
        read_place(place, settings, rules.load())
    return caught.value, time.perf_counter() - start


@pytest.mark.parametrize("place", ["兴义市", BOX])
def test_closed_port_is_told_at_once(closed_address, place):
    error, seconds = refused(place, OverpassSettings(endpoint=closed_address, geocoder=closed_address))
    assert error.code == "service_unreachable"
    assert seconds < 3


@pytest.mark.parametrize("place", ["兴义市", BOX])
def test_silent_service_is_told_within_ten_seconds(silent_address, place):
    error, seconds = refused(place, OverpassSettings(endpoint=silent_address, geocoder=silent_address))
    assert error.code == "service_unreachable"
    assert seconds < 10
    line = wording.error(error, "zh")
    assert "\n" not in line
    assert "导入" in line
    assert silent_address in line


def test_geocoder_that_answers_and_overpass_that_does_not(service, silent_address):
    address, reply, _ = service
    reply["/search"] = (200, json.dumps([{"geojson": PLACE, "boundingbox": ["-0.01", "0.01", "104.89", "104.91"],
        "lat": "0", "lon": "104.9", "display_name": "兴义市", "importance": 1}]).encode())  # fmt: skip
    error, seconds = refused("兴义市", OverpassSettings(endpoint=silent_address, geocoder=address))
    assert error.values["service"].startswith(silent_address)
    assert seconds < 10


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (429, b"", "service_busy"),
        (504, b"", "service_busy"),
        (400, b"bad query", "service_refused"),
        (200, b'<osm version="0.6"><remark>runtime error: Query timed out</remark></osm>', "service_busy"),
    ],
)
def test_busy_or_refusing(service, status, body, code):
    address, reply, _ = service
    reply["/interpreter"] = (status, body)
    assert refused(BOX, OverpassSettings(endpoint=address))[0].code == code


def test_box_is_read_like_a_file(service):
    address, reply, asked = service
    reply["/interpreter"] = (200, WORLD.read_bytes())
    loaded = read_place(BOX, OverpassSettings(endpoint=address), rules.load(), "live")
    assert sorted(loaded.layers["schools"].index) == ["osm:w1", "osm:w2"]
    assert set(loaded.layers["gates"]["source_id"]) == {"live"}
    assert loaded.provenance.origin == "Overpass · 104.89,-0.01,104.91,0.01"
    (query,) = [parse_qs(body)["data"][0] for path, body in asked if path == "/interpreter"]
    assert query == overpass_query([shapely.box(*BOX)], rules.load(), 180.0)


def test_box_as_text_and_cache(service, tmp_path):
    address, reply, asked = service
    reply["/interpreter"] = (200, WORLD.read_bytes())
    settings = OverpassSettings(endpoint=address, cache=tmp_path / "kept")
    first = read_place("104.89, -0.01，104.91, 0.01", settings, rules.load())
    again = read_place(BOX, settings, rules.load())
    assert len([path for path, _ in asked if path == "/interpreter"]) == 1
    assert first.layers["schools"].equals(again.layers["schools"])


def test_place_name_through_osmnx(service):
    address, reply, asked = service
    reply["/search"] = (200, json.dumps([{"geojson": PLACE, "boundingbox": ["-0.01", "0.01", "104.89", "104.91"],
        "lat": "0", "lon": "104.9", "display_name": "兴义市", "importance": 1}]).encode())  # fmt: skip
    reply["/interpreter"] = (200, WORLD.read_bytes())
    loaded = read_place("兴义市", OverpassSettings(endpoint=address, geocoder=address), rules.load())
    assert len(loaded.layers["schools"]) == 2
    assert loaded.provenance.origin == "Overpass · 兴义市"
    (query,) = [parse_qs(body)["data"][0] for path, body in asked if path == "/interpreter"]
    inside = re.search(r'poly:"([^"]+)"', query)
    assert inside is not None
    assert len(inside[1].split()) == 6  # three corners


def test_place_that_nobody_knows(service):
    address, reply, _ = service
    reply["/search"] = (200, b"[]")
    with pytest.raises(InputError) as caught:
        read_place("无此地", OverpassSettings(endpoint=address, geocoder=address), rules.load())
    assert caught.value.code == "place_unknown"


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((104.0, 24.0, 107.0, 25.0), "place_too_large"),
        ("104.9,25.1,104.8,25.2", "place_box"),
        ("104.9,25.1,105.0", "place_box"),
        ("25.1,104.9,25.2,105.0", "place_box"),
    ],
)
def test_boxes_that_are_none(place, code):
    with pytest.raises(InputError) as caught:
        read_place(place, OverpassSettings(), rules.load())
    assert caught.value.code == code


def test_long_boundary_is_thinned_and_loses_nothing(monkeypatch, service):
    address, _, _ = service
    wiggly = shapely.Point(104.9, 25.0).buffer(0.2, quad_segs=2000)

    monkeypatch.setattr(overpass, "_geocoded", lambda *_: gpd.GeoDataFrame(geometry=[wiggly], crs="EPSG:4326"))
    thin = overpass._boundary("圆城", OverpassSettings(geocoder=address))
    assert shapely.get_num_coordinates(thin).sum() <= overpass.OUTLINE_VERTICES_MAX
    assert shapely.union_all(thin).covers(wiggly)


def test_query_asks_for_what_the_layers_need():
    query = overpass_query([shapely.box(*BOX)], rules.load(), 60.0)
    assert query.startswith("[out:xml][timeout:60];")
    for key in ("highway", "building", "entrance"):
        assert f'nwr["{key}"](poly:' in query
    assert re.search(r'nwr\["amenity"~"\^\([^"]*internet_cafe[^"]*\)\$"\]', query)
    assert query.count("(") == query.count(")")


def test_settings_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HUXUETU_OVERPASS_URL", "http://127.0.0.1:1/api")
    monkeypatch.setenv("HUXUETU_OVERPASS_TIMEOUT_S", "12.5")
    monkeypatch.setenv("HUXUETU_OVERPASS_CACHE", str(tmp_path))
    settings = OverpassSettings.from_environment()
    assert (settings.endpoint, settings.timeout_s, settings.cache) == ("http://127.0.0.1:1/api", 12.5, tmp_path)
    monkeypatch.setenv("HUXUETU_OVERPASS_TIMEOUT_S", "bald")
    with pytest.raises(InputError):
        OverpassSettings.from_environment()
