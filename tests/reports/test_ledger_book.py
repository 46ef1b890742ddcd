"""The ledger workbook as Excel sees it: protected ids, lists to choose from, real days, text that stays text."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from gislib.reports.ledger_book import HEAD_ROW, NEW_ROWS, LedgerSheet, SheetColumn, ledger_workbook
from gislib.reports.metadata import SourceStamp, Stamp

STAMP = Stamp(
    area="㵲阳县", sources=(SourceStamp("osm", "town.osm.pbf", "2026-10-31", "ODbL"),), data_version="d1",
    rules_version="r1", code_version="0", profile="national_strict", as_of=date(2026, 11, 16), parameters=(),
    marking=("内部资料",), attribution=("© OpenStreetMap",),
)  # fmt: skip
COLUMNS = (
    SheetColumn("item_id", "编号", 9),
    SheetColumn("state", "状态", 8, lock="never", choices=("发现", "销号")),
    SheetColumn("title", "隐患", 30, lock="never"),
    SheetColumn("found_on", "发现日期", 11, "day", "items"),
    SheetColumn("lon", "经度", 12, "degree", "never"),
    SheetColumn("version", "版本", 6, "whole"),
)
ROWS = [["H-00001", "发现", "=1+1", date(2026, 11, 1), 105.1234567, 3], ["H-00002", None, "@SUM", None, None, 1]]


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(
        io.BytesIO(ledger_workbook(LedgerSheet(COLUMNS, ROWS, {"主要责任": ("公安",)}, STAMP)))
    )


def test_cells_hold_what_they_are(book):
    sheet = book.worksheets[0]
    first = [sheet.cell(HEAD_ROW + 2, k) for k in range(1, 7)]
    assert [cell.value for cell in first] == ["H-00001", "发现", "=1+1", datetime(2026, 11, 1), 105.1234567, 3]  # noqa: DTZ001
    assert first[2].data_type == "s"
    assert first[3].number_format == "yyyy-mm-dd"
    assert sheet.cell(HEAD_ROW + 3, 3).data_type == "s"


def test_ids_are_protected_and_facts_are_open(book):
    sheet = book.worksheets[0]
    assert sheet.protection.sheet
    locked = {COLUMNS[k - 1].name: sheet.cell(HEAD_ROW + 2, k).protection.locked for k in range(1, 7)}
    assert locked == {"item_id": True, "state": False, "title": False, "found_on": True, "lon": False, "version": True}


def test_lists_reach_over_the_new_rows(book):
    rules = {str(rule.sqref): rule for rule in book.worksheets[0].data_validations.dataValidation}
    last = HEAD_ROW + 1 + len(ROWS) + NEW_ROWS
    states = rules[f"B{HEAD_ROW + 2}:B{last}"]
    assert (states.type, states.formula1) == ("list", "'名单'!$A$2:$A$3")
    assert rules[f"D{HEAD_ROW + 2}:D{last}"].type == "date"
    assert [cell.value for cell in book["名单"]["A"]] == ["状态", "发现", "销号"]
    assert [cell.value for cell in book["名单"]["B"]][:2] == ["主要责任", "公安"]


def test_heads_stay_and_the_file_says_what_it_is(book):
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == f"C{HEAD_ROW + 2}"
    assert sheet.print_title_rows == f"${HEAD_ROW + 1}:${HEAD_ROW + 1}"
    assert sheet.page_setup.orientation == "landscape"
    assert "㵲阳县" in sheet["A1"].value
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert (told["数据版本"], told["规则版本"], told["条数"]) == ("d1", "r1", "2")


def test_an_empty_ledger_has_its_heads():
    book = openpyxl.load_workbook(io.BytesIO(ledger_workbook(LedgerSheet(COLUMNS, [], {}, STAMP))))
    assert [cell.value for cell in book.worksheets[0][HEAD_ROW + 1]] == [column.head for column in COLUMNS]


def test_the_clock_is_not_in_it():
    sheet = LedgerSheet(COLUMNS, ROWS, {}, STAMP)
    assert ledger_workbook(sheet) == ledger_workbook(sheet)
