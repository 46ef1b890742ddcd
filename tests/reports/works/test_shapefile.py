"""What a Shapefile cannot hold, and the dictionary that makes up for it."""

from __future__ import annotations

import csv
from pathlib import Path

import pyogrio
from hypothesis import given
from hypothesis import strategies as st

from gislib.reports.works.attributes import SHAPEFILE_FIELDS, device_table, field_dictionary
from gislib.reports.works.shapefile import TEXT_BYTES, cut_text, write_shapefiles


def test_field_names_are_ascii_short_and_tell_apart():
    names = list(SHAPEFILE_FIELDS.values())
    assert all(name.isascii() and 0 < len(name) <= 10 for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_every_attribute_has_a_field_and_a_line_in_the_dictionary(full):
    table = device_table(full)
    assert ["device_id", *table.columns.drop("geometry")] == list(SHAPEFILE_FIELDS)
    for lang in ("zh", "en"):
        rows = field_dictionary(lang)
        assert rows.iloc[:, 0].tolist() == list(SHAPEFILE_FIELDS.values())
        assert rows.iloc[:, 2].is_unique


def test_the_dictionary_is_beside_the_file_and_has_its_fields(full, tmp_path: Path):
    paths = write_shapefiles(full, tmp_path)
    assert paths[-1].name == "字段说明.csv"
    with paths[-1].open(encoding="utf-8-sig", newline="") as file:
        written = [row[0] for row in csv.reader(file)][1:]
    fields = pyogrio.read_info(tmp_path / "devices.shp")["fields"].tolist()
    assert written[: len(fields)] == fields


def test_code_pages_are_declared(full, tmp_path: Path):
    write_shapefiles(full, tmp_path)
    assert (tmp_path / "devices.cpg").read_text("ascii") == "UTF-8"
    assert (tmp_path / "devices_GBK.cpg").read_text("ascii") == "GB18030"
    raw = (tmp_path / "devices_GBK.dbf").read_bytes()
    assert "㵲阳河".encode("gb18030") in raw


def test_the_clock_is_not_in_the_header(full, tmp_path: Path):
    write_shapefiles(full, tmp_path)
    assert tuple((tmp_path / "devices.dbf").read_bytes()[1:4]) == (2026 - 1900, 11, 23)


def test_long_text_is_cut_between_characters_and_says_so(full, tmp_path: Path):
    write_shapefiles(full, tmp_path)
    note = pyogrio.read_dataframe(tmp_path / "devices.shp").set_index("device_id")["note"]["P3-0002"]
    assert note == "=1+1 " + "汉" * 82 + "…"
    assert len(note.encode()) <= TEXT_BYTES


@given(st.text(), st.integers(3, 40))
def test_cut_text(text: str, limit: int) -> None:
    encodable = text.encode("utf-8", "ignore").decode()
    found = cut_text(encodable, limit)
    assert len(found.encode()) <= limit
    assert found == encodable or (found.endswith("…") and encodable.startswith(found[:-1]))
