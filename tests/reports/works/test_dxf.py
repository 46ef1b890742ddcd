"""The drawing, read back by ezdxf."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import ezdxf
import pyogrio
import pytest
from works_worlds import EVIL, HERE, town

from gislib.reports.works.dxf import SYMBOL_M, cad_text, dxf_bytes, layer_name
from gislib.reports.works.dxf_symbols import DISC_SHARE

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def content(full):
    return dxf_bytes(full)


@pytest.fixture(scope="module")
def drawing(content):
    return ezdxf.read(io.StringIO(content.decode("utf-8")))


def inserts(drawing):
    return {i.get_xdata("HUXUETU")[0].value: i for i in drawing.modelspace().query("INSERT")}


def texts(drawing, layer: str) -> list[str]:
    return [t.dxf.text for t in drawing.modelspace().query("TEXT") if t.dxf.layer == layer]


def test_it_is_r2010_in_metres_without_faults(drawing):
    assert (drawing.dxfversion, drawing.units) == ("AC1024", 6)
    audit = drawing.audit()
    assert (audit.errors, audit.fixes) == ([], [])


@pytest.mark.filterwarnings("ignore:Recode from CP65001")  # GDAL then keeps the bytes, which are UTF-8
def test_gdal_and_with_it_qgis_read_the_chinese_text(content, drawing, tmp_path):
    (tmp_path / "devices.dxf").write_bytes(content)
    read = pyogrio.read_dataframe(tmp_path / "devices.dxf")
    assert set(read["Layer"]) <= {layer.dxf.name for layer in drawing.layers}
    assert "拟设-30 km_h 学校区域" in set(read["Layer"])
    told = {text for text in read["Text"] if isinstance(text, str)}
    assert "人民路" in told
    assert any("㵲阳河" in text for text in told)


def test_one_layer_per_treatment(drawing, full):
    layers = {layer.dxf.name for layer in drawing.layers}
    assert {layer_name(title) for title in full.labels["title"]} <= layers
    assert "拟设-30 km_h 学校区域" in layers
    for identity, insert in inserts(drawing).items():
        assert insert.dxf.layer == layer_name(full.labels["title"][identity])


def test_id_treatment_and_plan_are_in_xdata_and_id_and_place_in_attributes(drawing, full):
    insert = inserts(drawing)["P3-0002"]
    assert [tag.value for tag in insert.get_xdata("HUXUETU")] == ["P3-0002", "hump", "P3"]
    attributes = {a.dxf.tag: a.dxf.text for a in insert.attribs}
    assert attributes == {
        "ID": "P3-0002", "TITLE": "减速丘", "QUANTITY": "1 套", "PLACE": full.labels["located"]["P3-0002"],
    }  # fmt: skip
    assert all(a.is_invisible for a in insert.attribs)


def test_labels_carry_id_name_and_quantity(drawing):
    assert texts(drawing, layer_name("水域警示牌")) == ["P3-0006 水域警示牌 3 套"]
    assert sorted(texts(drawing, layer_name("减速丘"))) == ["P3-0002 减速丘 1 套", "P3-0005 减速丘 1 套"]


def test_devices_of_one_place_are_inserted_there_and_drawn_side_by_side(drawing):
    first, second = (inserts(drawing)[name] for name in ("P3-0003", "P3-0004"))
    assert first.dxf.insert == second.dxf.insert
    centres = [
        [e.dxf.center.x for e in drawing.blocks.get(i.dxf.name) if e.dxftype() == "CIRCLE"] for i in (first, second)
    ]
    assert centres == [[0.0], [pytest.approx(SYMBOL_M * DISC_SHARE)]]
    labels = [t.dxf.insert for t in drawing.modelspace().query("TEXT") if t.has_xdata("HUXUETU")
              and t.get_xdata("HUXUETU")[0].value in ("P3-0003", "P3-0004")]  # fmt: skip
    assert labels[0].x == labels[1].x
    assert labels[0].y > labels[1].y


def test_every_text_has_a_style_with_a_chinese_font(drawing):
    style = drawing.styles.get("HUXUETU")
    assert style.dxf.font == "simhei.ttf"
    assert style.get_extended_font_data()[0] == "SimHei"
    assert {t.dxf.style for t in drawing.modelspace().query("TEXT")} == {"HUXUETU"}


def test_bytes_are_utf8_and_rare_characters_survive(content, drawing, full):
    assert "㵲阳河".encode() in content
    assert any("㵲阳河" in words for words in texts(drawing, "现状-校园边界"))
    notes = texts(drawing, "说明")
    assert any("EPSG:4544" in line and "105°" in line for line in notes)
    assert set(full.stamp.marking) <= set(notes)


def test_no_text_is_a_command():
    assert cad_text(EVIL) == "㵲阳河\"<script>alert('1')</script>&％％c＼U+4E00=cmd|{x}小学"
    assert cad_text(" a\n\tb\x00c ") == "a b c"
    assert layer_name('a/b:"c"*|d') == "拟设-a_b__c___d"


def test_what_is_there_is_drawn_in_the_survey_crs(drawing):
    lengths = {}
    for line in drawing.modelspace().query("LWPOLYLINE"):
        points = [(x, y) for x, y, *_ in line.get_points()]
        lengths.setdefault(line.dxf.layer, []).append((line.closed, len(points)))
    assert lengths["现状-校园边界"] == [(True, 4)]
    assert lengths["现状-水域"] == [(True, 4)]
    [pond] = [e for e in drawing.modelspace().query("LWPOLYLINE") if e.dxf.layer == "现状-水域"]
    wanted = town()["water"].to_crs(4544).geometry.iloc[0].bounds
    xs, ys = zip(*[(x, y) for x, y, *_ in pond.get_points()], strict=True)
    assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx(wanted, abs=0.001)
    assert town()["water"].to_crs(HERE).area.iloc[0] == pytest.approx(1200.0, abs=0.1)
    points = drawing.modelspace().query("POINT")
    assert {p.dxf.layer for p in points} == {"现状-设施", "现状-校门", "现状-校园边界"}


def test_an_empty_plan_says_so_much(empty):
    drawing = ezdxf.read(io.StringIO(dxf_bytes(empty).decode("utf-8")))
    assert not drawing.modelspace().query("INSERT")
    assert texts(drawing, "说明")[0].endswith("（P3，第 4 版，草案）")


@pytest.mark.parametrize("seed", ["1", "4"])
def test_the_bytes_do_not_depend_on_the_process(content, seed):
    code = (
        "import hashlib, works_worlds; from gislib.reports.works.dxf import dxf_bytes; "
        "print(hashlib.sha256(dxf_bytes(works_worlds.works())).hexdigest())"
    )
    environment = dict(os.environ, PYTHONHASHSEED=seed, PYTHONPATH=str(TESTS))
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(content).hexdigest()
