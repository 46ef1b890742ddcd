from gislib.sources import duplicates


def test_one_name_within_reach_is_reported(make_venues):
    known = make_venues([("osm:1", "星光网吧", 0, 0), ("osm:2", "红日歌厅", 0, 0)])
    table = make_venues([("a", "星光 网吧", 250, 0), ("b", "红日歌厅", 350, 0), ("c", "新店", 0, 0), ("d", None, 0, 0)])
    assert duplicates.same_place(table, known) == ["a"]


def test_rows_of_one_table_are_compared_too(make_venues):
    table = make_venues([("a", "星光网吧", 0, 0), ("b", "星光网吧", 10, 0), ("c", None, 0, 0), ("d", None, 0, 0)])
    assert duplicates.same_place(table, table.iloc[:0]) == ["b"]


def test_the_source_that_is_being_replaced_does_not_count(make_venues):
    table = make_venues([("a", "星光网吧", 0, 0)])
    assert duplicates.report("venues", table, "venues", {"venues": table}) == ()
    (message,) = duplicates.report("venues", table, "police", {"venues": table})
    assert (message.code, message.values) == ("duplicates", {"layer": "venues", "count": 1, "names": "星光网吧"})
    assert duplicates.report("venues", table.iloc[:0], "police", {"venues": table}) == ()
    assert duplicates.report("devices", table, "police", {"devices": table}) == ()
