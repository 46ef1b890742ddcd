"""CSV that runs nothing, Parquet with fixed bytes."""

import csv
import io
import json

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.reports.tables import FORMULA_STARTS, csv_text, safe_cell, write_csv, write_parquet


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A", "\t=1", "\r=1", "\n=1", "＝1+1", "＠A"])
def test_a_text_that_could_be_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "兴义一小", "osm:w1", "1-2", "'=1"])
def test_other_texts_stay(text):
    assert safe_cell(text) == text


def test_numbers_stay_numbers_and_missing_stays_empty(findings):
    lines = csv_text(findings).split("\r\n")
    assert lines == ["school_id,reason,margin_m,inside", "s1,'-no,-50.0,True", "s2,,,", ""]


def test_the_id_is_the_first_column_and_geometry_stays_out(schools):
    rows = list(csv.reader(io.StringIO(csv_text(schools))))
    assert rows[0] == ["school_id", "name", "pupils", "wall"]
    assert rows[1][:2] == ["osm:w2", '\'=cmd|"/c calc"!A1']


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_as_one_harmless_cell(texts):
    rows = list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"a": texts, "b": 1})), newline="")))[1:]
    assert [row[0].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]
    assert not any(row[0].startswith(FORMULA_STARTS) for row in rows)


def test_excel_sees_the_byte_order_mark(findings, tmp_path):
    path = write_csv(tmp_path / "findings.csv", findings)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfschool_id")
    assert pd.read_csv(path, encoding="utf-8-sig")["margin_m"].iloc[0] == -50.0


def test_parquet_has_the_stamp_and_the_same_bytes_twice(findings, schools, stamp, tmp_path):
    for name, table in {"findings": findings, "schools": schools}.items():
        one, two = (write_parquet(tmp_path / f"{name}{i}.parquet", table, stamp) for i in (1, 2))
        assert one.read_bytes() == two.read_bytes()
        assert json.loads(pq.read_schema(one).metadata[b"huxuetu"])["rules_version"] == "r1"
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "findings1.parquet"), findings)
    back = gpd.read_parquet(tmp_path / "schools1.parquet")
    assert back.index.name == "school_id"
    assert back.geometry.geom_equals(schools.geometry).all()
    assert back.crs == schools.crs


def test_a_failed_write_leaves_the_old_file(tmp_path, stamp):
    path = tmp_path / "t.parquet"
    path.write_bytes(b"old")
    with pytest.raises(Exception, match="object"):
        write_parquet(path, pd.DataFrame({"a": [object()]}), stamp)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
