"""Files for phones, read again with other programs: GPX and KML hold every station and the whole way."""

from __future__ import annotations

import paper_patrols
import pyogrio
import pytest
import shapely
from defusedxml import ElementTree
from paper_patrols import EVIL, idle_team, paper, record, team

from gislib.patrol.clock import clock
from gislib.reports.patrol.tracks import GPX_NAMESPACE, KML_NAMESPACE, gpx_bytes, kml_bytes, station_names, write_tracks

GPX, KML = f"{{{GPX_NAMESPACE}}}", f"{{{KML_NAMESPACE}}}"


@pytest.fixture(scope="module")
def gpx():
    return ElementTree.fromstring(gpx_bytes(paper(), team()))


@pytest.fixture(scope="module")
def kml():
    return ElementTree.fromstring(kml_bytes(paper(), team())).find(f"{KML}Document")


def xy(element) -> tuple[float, float]:
    return float(element.get("lon")), float(element.get("lat"))


def test_waypoints_route_and_track_in_the_order_of_the_schema(gpx):
    assert (gpx.tag, gpx.get("version"), bool(gpx.get("creator"))) == (f"{GPX}gpx", "1.1", True)
    tags = [child.tag.removeprefix(GPX) for child in gpx]
    assert tags == ["metadata", *["wpt"] * 6, "rte", "trk"]
    assert [child.tag.removeprefix(GPX) for child in gpx.find(f"{GPX}wpt")] == ["name", "desc"]


def test_waypoints_are_the_stations(gpx):
    for tag in ("wpt", f"rte/{GPX}rtept"):
        found = gpx.findall(f"{GPX}{tag}")
        assert [point.findtext(f"{GPX}name") for point in found] == ["出发", "01", "02", "03", "休息", "归队"]
        for point, station in zip(found, team().stations, strict=True):
            assert xy(point) == pytest.approx((station.spot.x, station.spot.y), abs=5e-8)
            hours = f"{clock(station.begins_min)}–{clock(station.ends_min)}"
            assert point.findtext(f"{GPX}desc").startswith(hours)


def test_the_track_is_the_whole_way_without_a_point_twice(gpx):
    points = [xy(point) for point in gpx.iter(f"{GPX}trkpt")]
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0.5), (0, 0)]
    assert points == [pytest.approx(paper_patrols.corner(*one), abs=5e-8) for one in corners]


def test_the_same_files_read_by_gdal(tmp_path):
    paths = write_tracks(paper(), tmp_path)
    names = [path.name for path in paths]
    assert names[:2] == ["R3_1_甲组.gpx", "R3_1_甲组.kml"]
    assert names[2].startswith("R3_2_1_1_script_alert")
    assert all(path.parent == tmp_path for path in paths)
    gpx, kml = paths[:2]
    waypoints = pyogrio.read_dataframe(gpx, layer="waypoints")
    assert waypoints["name"].tolist()[1:4] == ["01", "02", "03"]
    [whole] = pyogrio.read_dataframe(gpx, layer="tracks").geometry
    assert shapely.get_num_coordinates(whole) == 6
    lines = pyogrio.read_dataframe(kml, layer="路线")
    assert lines["Name"].tolist() == ["01 途中", "01 巡查", "02 途中", "03 途中", "归队 途中"]
    for read, station in zip(pyogrio.read_dataframe(kml, layer="站点").geometry, team().stations, strict=True):
        assert (read.x, read.y) == pytest.approx((station.spot.x, station.spot.y), abs=5e-8)


def test_patrolled_and_passed_lines_differ(kml):
    styles = [mark.findtext(f"{KML}styleUrl") for mark in kml.iter(f"{KML}Placemark")]
    assert styles[-5:] == ["#passed", "#served", "#passed", "#passed", "#passed"]
    widths = {style.get("id"): style.findtext(f"{KML}LineStyle/{KML}width") for style in kml.findall(f"{KML}Style")}
    assert int(widths["served"]) > int(widths["passed"])


def test_marking_and_credits_travel_with_the_files(gpx, kml):
    for text in (gpx.findtext(f"{GPX}metadata/{GPX}desc"), kml.findtext(f"{KML}description")):
        assert all(line in text for line in (*paper().stamp.marking, *paper().stamp.attribution, "R3"))


def test_names_are_never_markup(gpx, kml):
    [venue] = [point for point in gpx.findall(f"{GPX}wpt") if point.findtext(f"{GPX}name") == "03"]
    assert EVIL in venue.findtext(f"{GPX}desc")
    told = [mark.findtext(f"{KML}description") or "" for mark in kml.iter(f"{KML}Placemark")]
    assert not any("<script" in text for text in told)
    assert any("&lt;script" in text for text in told)
    assert b"\x00" not in gpx_bytes(paper(), team(name="甲\x00组"))


def test_a_team_without_stations_still_gets_its_files(tmp_path):
    own = ElementTree.fromstring(gpx_bytes(paper(), idle_team()))
    assert len(own.findall(f"{GPX}wpt")) == 2
    assert list(own.iter(f"{GPX}trkpt")) == []
    assert station_names(team(())) == []
    assert len(write_tracks(paper(record=record(teams=(team(()),))), tmp_path)) == 2
    assert write_tracks(paper(record=record(teams=())), tmp_path) == []


def test_numbers_are_as_long_as_the_longest():
    long = [paper_patrols.station("street", (0, 0, 0), paper_patrols.point(0, 0), number=n) for n in (7, 112)]
    assert station_names(team(tuple(long))) == ["007", "112"]
