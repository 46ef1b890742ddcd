"""The roster read again: times and numbers of the record, text that stays text, blanks to fill in."""

from __future__ import annotations

import io

import openpyxl
import pytest
from paper_patrols import EVIL, paper, record, team

from gislib.patrol.clock import clock
from gislib.reports.patrol.roster_book import roster_workbook

HEADS = 5


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(roster_workbook(paper())))


def rows(book, name: str) -> list[dict[str, object]]:
    sheet = book[name]
    heads = [cell.value for cell in sheet[HEADS]]
    return [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=HEADS + 1)]


def test_sheets_and_heads(book):
    assert book.sheetnames == ["排班表", "站点明细", "护学岗", "说明"]
    for name in book.sheetnames[:3]:
        top = [str(book[name].cell(row, 1).value) for row in (1, 2, 3)]
        assert "夜间" in top[0]
        assert top[1] == "夜间甲（R3，第 2 版）　日期：2026-11-24"
        assert all(line in top[2] for line in paper().stamp.marking)
        assert book[name].freeze_panes is not None


def test_the_roster_of_the_teams(book):
    first, second = rows(book, "排班表")
    assert (first["组"], first["方式"], first["人数"], first["资格"]) == ("甲组", "电动车", 2, "民警带队")
    assert (first["出发"], first["归队"], first["收班"]) == ("23:20", "00:21", "01:00")
    assert (first["站数"], first["里程（m）"], first["休息（分）"]) == (3, 846, 10)
    assert (second["组"], second["出发点"], second["带班"]) == (EVIL, None, None)


def test_every_station_with_the_times_of_the_record(book):
    found = [row for row in rows(book, "站点明细") if row["组"] == "甲组"]
    assert len(found) == len(team().stations)
    total = 0.0
    for row, station in zip(found, team().stations, strict=True):
        total += station.travel_m + station.served_m
        assert row["站"] == station.number
        assert row["地点"] == station.name
        told = [row["到达"], row["开始"], row["离开"]]
        assert told == [clock(m) for m in (station.arrives_min, station.begins_min, station.ends_min)]
        assert row["累计（m）"] == round(total)
        assert (row["经度（WGS 84）"], row["纬度（WGS 84）"]) == pytest.approx(
            (station.spot.x, station.spot.y), abs=1e-7
        )
    assert found[1]["行进（沿道路）"] == "沿红桥路向东 200 m，左转进入麒麟路向北 222 m（巡查）"


def test_posts_have_room_for_everyone_who_stands_there(book):
    first, second = rows(book, "护学岗")
    assert (first["学校"], first["校门"], first["开始"], first["结束"]) == ("㵲阳小学", "正门", "23:20", "01:00")
    assert [first[name] for name in ("警察", "保安", "教师", "到岗时间", "离岗时间")] == [None] * 5
    assert [name for name in first if name in {"警察", "保安", "教师"}] == ["警察", "保安", "教师"]
    assert (second["学校"], second["校门"]) == (EVIL, None)


def test_no_name_becomes_a_formula(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(str(cell.value).startswith("=1+1") for cell in cells)


def test_the_same_patrol_gives_the_same_bytes_and_no_day_a_line_to_fill_in():
    assert roster_workbook(paper()) == roster_workbook(paper())
    undated = openpyxl.load_workbook(io.BytesIO(roster_workbook(paper(on=None))))
    assert str(undated["排班表"]["A2"].value).endswith("日期：______年____月____日")


def test_an_empty_record_is_a_book_of_heads():
    empty = openpyxl.load_workbook(io.BytesIO(roster_workbook(paper(record=record(teams=(), posts=(), tasks=())))))
    assert [rows(empty, name) for name in empty.sheetnames[:3]] == [[], [], []]
