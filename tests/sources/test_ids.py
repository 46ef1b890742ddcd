import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.sources import ids

ROWS = [
    ("new:2", "星光网吧", 0, 0),
    ("new:3", "好又多网吧", 300, 0),
    ("new:4", "好又多网吧", 900, 0),
    ("new:5", None, 500, 500),
    ("new:6", None, 520, 500),
]


def by_spot(table):
    """Id by position in whole metres."""
    return {(round(p.x * 100_800), round(p.y * 111_000)): key for key, p in table.geometry.items()}


def test_same_rows_in_another_order_get_the_same_ids(make_venues):
    first, register = ids.issue(ids.empty_register(), "venues", "venues", make_venues(ROWS))

    @settings(max_examples=25, deadline=None)
    @given(st.permutations(ROWS))
    def check(rows):
        renumbered = [(f"new:{at}", *row[1:]) for at, row in enumerate(rows)]
        again, after = ids.issue(register, "venues", "venues", make_venues(renumbered))
        assert by_spot(again) == by_spot(first)
        assert after["serial"].tolist() == [1, 2, 3, 4, 5]
        fresh, _ = ids.issue(ids.empty_register(), "venues", "venues", make_venues(renumbered))
        assert by_spot(fresh) == by_spot(first)

    check()


def test_ids_hold_neither_row_numbers_nor_coordinates(make_venues):
    table, _ = ids.issue(ids.empty_register(), "venues", "venues", make_venues([("new:77", "星光网吧", 0, 0)]))
    assert table.index.tolist() == ["venues~1"]


def test_a_corrected_position_keeps_the_id(make_venues):
    _, register = ids.issue(ids.empty_register(), "venues", "venues", make_venues(ROWS[:1]))
    moved, register = ids.issue(register, "venues", "venues", make_venues([("new:9", "星光网吧", 4000, 0)]))
    assert moved.index.tolist() == ["venues~1"]
    assert len(register) == 1


def test_a_like_name_nearby_keeps_the_id_and_a_far_one_does_not(make_venues):
    _, register = ids.issue(ids.empty_register(), "venues", "venues", make_venues([("new:1", "星光网络会所", 0, 0)]))
    near, _ = ids.issue(register, "venues", "venues", make_venues([("new:1", "星光网络会所(总店)", 60, 0)]))
    far, _ = ids.issue(register, "venues", "venues", make_venues([("new:1", "星光网络会所(总店)", 140, 0)]))
    other, _ = ids.issue(register, "venues", "venues", make_venues([("new:1", "红太阳歌厅", 10, 0)]))
    assert near.index.tolist() == ["venues~1"]
    assert far.index.tolist() == ["venues~2"]
    assert other.index.tolist() == ["venues~2"]


def test_a_chain_store_elsewhere_does_not_inherit_the_id(make_venues):
    chain = [("new:1", "好又多网吧", 0, 0), ("new:2", "好又多网吧", 1000, 0)]
    _, register = ids.issue(ids.empty_register(), "venues", "venues", make_venues(chain))
    later, _ = ids.issue(register, "venues", "venues", make_venues([chain[0], ("new:2", "好又多网吧", 5000, 0)]))
    assert sorted(later.index) == ["venues~1", "venues~3"]


def test_serials_are_never_reused(make_venues):
    _, register = ids.issue(ids.empty_register(), "venues", "venues", make_venues(ROWS))
    _, register = ids.issue(register, "venues", "venues", make_venues(ROWS[:1]))
    table, register = ids.issue(register, "venues", "venues", make_venues([("new:1", "全新歌厅", 9000, 9000)]))
    assert table.index.tolist() == ["venues~6"]
    assert register["serial"].is_unique


def test_width_case_and_spaces_of_a_name_do_not_matter(make_venues):
    _, register = ids.issue(
        ids.empty_register(), "venues", "venues", make_venues([("new:1", "ＫＴＶ 88（南店）", 0, 0)])
    )
    table, _ = ids.issue(register, "venues", "venues", make_venues([("new:1", "ktv88(南店)", 3000, 0)]))
    assert table.index.tolist() == ["venues~1"]


def test_coded_ids_are_left_alone(make_venues):
    table, register = ids.issue(ids.empty_register(), "venues", "venues", make_venues([("venues:A1", "星光", 0, 0)]))
    assert table.index.tolist() == ["venues:A1"]
    assert register.empty
    pd.testing.assert_frame_equal(register, ids.empty_register())
