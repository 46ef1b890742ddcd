"""Markings come from the rules, demo data first."""

from datetime import date

from gislib import rules
from gislib.reports.marking import Content, attribution_lines, marking_lines

DAY = date(2026, 9, 1)


def test_every_export_is_marked_and_demo_data_says_so_first():
    rs = rules.load()
    assert marking_lines(rs, DAY, Content()) == ("内部资料 · 内部工作用图 · 未经地图审核，不得公开",)
    demo = marking_lines(rs, DAY, Content(demo=True, patrol=True))
    assert demo == ("示例数据·虚构", "内部资料 · 内部工作用图 · 未经地图审核，不得公开", "内部资料 注意保管")
    assert marking_lines(rs, DAY, Content(demo=True), "en")[0] == "Demo data, fictional"


def test_openstreetmap_is_credited_where_it_is_used():
    rs = rules.load()
    assert attribution_lines(rs, DAY, Content()) == ()
    [line] = attribution_lines(rs, DAY, Content(osm=True))
    assert "OpenStreetMap" in line
    assert "ODbL" in line
