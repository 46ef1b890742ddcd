import pytest

from gislib.domain.errors import InputError
from gislib.domain.tables import LAYERS
from gislib.sources.columns import header_row, map_columns
from gislib.sources.headers import header_words, value_of
from gislib.sources.tabular import TABLE_LAYERS

WORDS = header_words()
COMPUTED = {"source_id", "inferred", "school_id", "doors"}


@pytest.mark.parametrize("layer", TABLE_LAYERS)
def test_every_column_of_a_layer_has_synonyms_and_every_field_a_use(layer):
    fields = set(WORDS.layers[layer].fields)
    columns = set(LAYERS[layer].columns)
    assert columns - COMPUTED <= fields
    extra = {"code", "lon", "lat", "lonlat", "school", "area_code", "name", "alt_names", "kind", "located_to_m"}
    assert fields - columns <= extra
    assert WORDS.layers[layer].required <= fields


@pytest.mark.parametrize("layer", TABLE_LAYERS)
def test_no_word_means_two_fields_of_a_layer(layer):
    own = {}
    for field, keys in WORDS.layers[layer].fields.items():
        for key in keys:
            assert own.setdefault(key, field) == field, (key, own[key], field)


def position(layer, *headers):
    return map_columns(layer, headers, {}, WORDS).position


def test_remarks_width_and_case_do_not_matter():
    assert position("schools", "学校名称（必填）", "ＬＯＮ", "Latitude (deg)", "在校生数*") == {
        "name": 0,
        "lon": 1,
        "lat": 2,
        "pupils": 3,
    }


def test_the_more_special_header_wins_and_the_other_is_dropped():
    found = map_columns("venues", ["名称", "场所名称", "经度", "纬度", "电话"], {}, WORDS)
    assert found.position["name"] == 1
    assert found.dropped == ("名称", "电话")


def test_school_of_a_gate_is_not_its_name():
    assert position("gates", "学校名称", "名称", "经度", "纬度") == {"school": 0, "name": 1, "lon": 2, "lat": 3}


@pytest.mark.parametrize(
    ("headers", "datum"),
    [
        (("经度", "纬度"), None),
        (("GCJ02经度", "GCJ02纬度"), "gcj02"),
        (("经度（高德）", "纬度（高德）"), "gcj02"),
        (("bd09_lng", "bd09_lat"), "bd09"),
        (("百度经纬度",), "bd09"),
        (("lng_wgs84", "lat_wgs84"), "wgs84"),
    ],
)
def test_datum_stated_by_headers(headers, datum):
    found = map_columns("venues", headers, {}, WORDS)
    assert found.datum == datum
    assert len(found.position) == len(headers)


def test_title_rows_are_skipped():
    rows = [["统计表", None, None], [None, "日期", "2026"], ["名称", "经度", "纬度"], ["甲", "1", "2"]]
    assert header_row("venues", rows, {}, WORDS, "t.csv") == 2


def test_no_header_names_what_is_looked_for():
    with pytest.raises(InputError) as caught:
        header_row("venues", [["1", "2", "3"]], {}, WORDS, "t.csv")
    assert caught.value.code == "header_not_found"
    assert "场所名称" in caught.value.values["wanted"]


def test_words_for_yes_and_no():
    assert value_of(WORDS, "flag", "√") == "true"
    assert value_of(WORDS, "flag", " 无 ") == "false"
    assert value_of(WORDS, "flag", "也许") is None
    assert value_of(WORDS, "role", "消防") == "fire"
