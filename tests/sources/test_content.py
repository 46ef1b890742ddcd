import pandas as pd
from shapely.geometry import Point

from gislib.sources.content import digest, layer_difference, row_hashes


def test_hashes_follow_values_geometry_and_id_not_order(make_venues):
    table = make_venues([("a", "甲", 0, 0), ("b", "乙", 100, 0)])
    pd.testing.assert_series_equal(row_hashes(table), row_hashes(table.iloc[::-1]))
    renamed = table.assign(name=pd.Series(["丙", "乙"], index=table.index, dtype="str"))
    assert (row_hashes(renamed) != row_hashes(table)).tolist() == [True, False]
    moved = table.set_geometry([Point(104.9, 25.0900001), table.geometry.iloc[1]])
    assert (row_hashes(moved) != row_hashes(table)).tolist() == [True, False]


def test_missing_and_empty_text_differ(make_venues):
    table = make_venues([("a", "甲", 0, 0)])
    blank = table.assign(licence=pd.Series([""], index=table.index, dtype="str"))
    assert row_hashes(blank).tolist() != row_hashes(table).tolist()


def test_difference_of_nothing_and_something(make_venues):
    table = make_venues([("a", "甲", 0, 0)])
    assert layer_difference(None, table).added == ("a",)
    assert layer_difference(table, None).gone == ("a",)
    assert layer_difference(table, table).changed == ()


def test_digest_follows_layer_name_and_attachments(make_venues, make_provenance):
    table, provenance = make_venues([("a", "甲", 0, 0)]), make_provenance("x")
    whole = digest({"venues": table}, {}, provenance)
    assert digest({"water": table}, {}, provenance) != whole
    assert digest({"venues": table}, {"dem.tif": "00"}, provenance) != whole
