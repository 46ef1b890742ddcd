"""KML of the devices: nothing in it is markup but our own."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from defusedxml import ElementTree
from works_worlds import EVIL

from gislib.reports.symbols import symbol_svg
from gislib.reports.works.kml import NAMESPACE, kml_bytes, write_kml
from gislib.reports.works.symbol_images import SIDE_PX, symbol_pngs

KML = f"{{{NAMESPACE}}}"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, _attrs) -> None:
        self.tags.append(tag)

    def handle_data(self, data) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def document(full):
    return ElementTree.fromstring(kml_bytes(full, {})).find(f"{KML}Document")


def test_features_are_grouped_by_treatment_and_labelled_with_their_id(document):
    folders = {f.findtext(f"{KML}name"): f.findall(f"{KML}Placemark") for f in document.findall(f"{KML}Folder")}
    assert [mark.findtext(f"{KML}name") for mark in folders["减速丘"]] == ["P3-0002", "P3-0005"]
    assert all(m.get("id") == m.findtext(f"{KML}name") for marks in folders.values() for m in marks)
    assert list(folders) == sorted(folders)


def test_positions_have_seven_decimals_lon_first(document, full):
    for mark in document.iter(f"{KML}Placemark"):
        lon, lat = mark.findtext(f"{KML}Point/{KML}coordinates").split(",")
        place = full.devices.geometry[mark.get("id")]
        assert (len(lon.split(".")[1]), len(lat.split(".")[1])) == (7, 7)
        assert (float(lon), float(lat)) == pytest.approx((place.x, place.y), abs=5.1e-8)


def test_a_name_is_never_markup_in_the_balloon(document):
    for mark in document.iter(f"{KML}Placemark"):
        balloon = Tags()
        balloon.feed(mark.findtext(f"{KML}description"))
        assert set(balloon.tags) <= {"table", "tr", "th", "td"}
        if mark.get("id") != "P3-0010":
            assert EVIL in balloon.words


def test_names_survive(document):
    [mark] = [m for m in document.iter(f"{KML}Placemark") if m.get("id") == "P3-0001"]
    data = {d.get("name"): d.findtext(f"{KML}value") for d in mark.iter(f"{KML}Data")}
    assert data["school_name"] == EVIL
    assert data["device_id"] == "P3-0001"
    assert "road_name" in data
    assert "offset_m" in data


def test_unknown_values_are_left_out(document):
    [mark] = [m for m in document.iter(f"{KML}Placemark") if m.get("id") == "P3-0010"]
    names = {d.get("name") for d in mark.iter(f"{KML}Data")}
    assert names.isdisjoint({"school_name", "chainage_m", "offset_m", "note", "datum"})
    assert not any(d.text == "nan" for d in mark.iter())


def test_characters_that_xml_forbids_are_left_out(single):
    broken = replace(single, plan_name="a\x00\x0b\ufffeb", devices=single.devices.assign(note="x\x1by"))
    root = ElementTree.fromstring(kml_bytes(broken, {}))
    assert root.findtext(f"{KML}Document/{KML}name") == "ab"


def test_marking_and_credits_are_in_the_description(document, full):
    about = document.findtext(f"{KML}description")
    assert all(line in about for line in (*full.stamp.marking, *full.stamp.attribution))


def test_the_archive_holds_every_picture_that_it_shows(full, tmp_path: Path):
    _, path = write_kml(full, tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        root = ElementTree.fromstring(archive.read("doc.kml"))
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 23, 0, 0, 0)}
    assert names[0] == "doc.kml"
    shown = [href.text for href in root.iter(f"{KML}href")]
    assert sorted(set(shown)) == sorted(names[1:])
    assert len(shown) == full.devices["treatment_id"].nunique()


def test_pictures_are_transparent_squares():
    pictures = symbol_pngs(["speed-hump", "crossing"])
    for png in pictures.values():
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (SIDE_PX, SIDE_PX)
        assert png[25] == 6  # colour with alpha
    assert len(set(pictures.values())) == 2


def test_an_unknown_symbol_is_a_mistake():
    with pytest.raises(KeyError):
        symbol_svg("moat")
    with pytest.raises(KeyError):
        symbol_pngs(["moat"])
