"""Bill of quantities: hand-computed lines, formulas that equal their written values, texts that stay texts."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import paper_works
import pytest
from openpyxl.workbook import Workbook
from paper_works import RAIL, campuses, works

from gislib.reports.bill import amount, bill_devices, bill_lines, to_fen
from gislib.reports.bill_book import bill_workbook
from gislib.reports.spreadsheet import FIRST_ROW
from gislib.reports.works.content import Works

BILL, DEPARTMENTS, CAMPUSES, DEVICES, ABOUT = "工程量清单", "按部门汇总", "按学校汇总", "设施明细", "说明"
HEAD = FIRST_ROW + 1


def book(plan: Works, *, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(bill_workbook(plan)), data_only=values)


def rows(plan: Works, sheet: str) -> list[tuple[Any, ...]]:
    """Values under the heads."""
    return list(book(plan, values=True)[sheet].iter_rows(min_row=HEAD + 1, values_only=True))


class Calculator:
    """The few formulas of the bill, worked out anew from what they refer to."""

    def __init__(self, plan: Works) -> None:
        self.book = book(plan)

    def value(self, sheet: str, place: str) -> Any:
        cell = self.book[sheet][place.replace("$", "")].value
        return self.formula(sheet, cell) if isinstance(cell, str) and cell.startswith("=") else cell

    def area(self, sheet: str, text: str, keep: Callable[[Any], bool] = lambda _: True) -> list[Any]:
        named = re.fullmatch(r"'([^']+)'!(.+)", text)
        sheet, places = named.groups() if named else (sheet, text)
        found = self.book[sheet][places.replace("$", "")]
        cells = [found] if not isinstance(found, tuple) else [cell for row in found for cell in row]
        return [self.value(sheet, cell.coordinate) for cell in cells if keep(cell.value)]

    def formula(self, sheet: str, text: str) -> float:
        if match := re.fullmatch(r"=ROUND\((\w+)\*(.+),2\)", text):
            left, right = (self.area(sheet, part)[0] for part in match.groups())
            return amount(left, right)
        if match := re.fullmatch(r"=SUM\((.+)\)", text):
            return sum(v for v in self.area(sheet, match[1]) if isinstance(v, int | float))
        if match := re.fullmatch(r"=SUBTOTAL\(9,(.+)\)", text):
            inner = self.area(sheet, match[1], keep=lambda v: not str(v).startswith("=SUBTOTAL"))
            return sum(v for v in inner if isinstance(v, int | float))
        if match := re.fullmatch(r"=SUMPRODUCT\(--EXACT\((.+),(.+)\),(.+)\)", text):
            names, [wanted], numbers = (self.area(sheet, part) for part in match.groups())
            return sum(number for name, number in zip(names, numbers, strict=True) if name == wanted)
        return self.area(sheet, text.removeprefix("="))[0]


def two_campuses(**changes: Any) -> Works:
    return works(
        {"xy": (20, -10)}, {"xy": (70, -10)}, {"xy": (80, -10), "school_id": "s2", "verify_titles": "视距"},
        {"xy": (90, -10), "cost_yuan": 2999.99}, RAIL | {"xy": (50, -10)},
        campuses=campuses({}, {"school_id": "s2", "area_code": "522300", "name": "=SUM(1)校"}), **changes,
    )  # fmt: skip


def test_lines_by_hand():
    lines = bill_lines(bill_devices(two_campuses()))
    kept = [
        "campus",
        "title",
        "quantity",
        "price_yuan",
        "cost_yuan",
        "cost_low_yuan",
        "cost_high_yuan",
        "devices",
        "verify",
    ]
    assert lines[kept].to_numpy().tolist() == [
        ["=SUM(1)校", "减速丘", 1.0, 3000.0, 3000.0, 1500.0, 6000.0, "P3-0003", "视距"],
        [paper_works.NAME, "护学通道护栏", 60.0, 300.0, 18000.0, 9000.0, 30000.0, "P3-0005", "护栏需要人行道；视距"],
        [paper_works.NAME, "减速丘", 1.0, 2999.99, 2999.99, 1500.0, 6000.0, "P3-0004", ""],
        [paper_works.NAME, "减速丘", 2.0, 3000.0, 6000.0, 3000.0, 12000.0, "P3-0001、P3-0002", ""],
    ]


def test_subtotals_per_campus_and_department_by_hand():
    plan = two_campuses()
    total = 29999.99  # 3000 + 18000 + 2999.99 + 6000
    bill = rows(plan, BILL)
    assert [(row[1], row[7]) for row in bill if row[0] is None] == [
        ("=SUM(1)校", None), ("小计：=SUM(1)校", 3000.0), (paper_works.NAME, None),
        (f"小计：{paper_works.NAME}", 26999.99), ("合计", total),
    ]  # fmt: skip
    assert rows(plan, DEPARTMENTS) == [
        ("住建", 18000.0, 9000.0, 30000.0), ("公安交管", 11999.99, 6000.0, 24000.0), ("合计", total, 15000.0, 54000.0),
    ]  # fmt: skip
    assert [row[:3] for row in rows(plan, CAMPUSES)] == [
        ("s2", "=SUM(1)校", 3000.0), ("s1", paper_works.NAME, 26999.99), (None, "合计", total),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "plan",
    [
        works(),
        two_campuses(),
        works({"xy": (1, 1), "school_id": None}, {"xy": (2, 1), "department_lead": ""}),
        works({"xy": (1, 1), "quantity": 0.0}, {"xy": (2, 2), "quantity": 3.0, "cost_yuan": 1000.0}),
        works({"xy": (1, 1), "quantity": 7.5, "cost_yuan": 100.01}),
    ],
)
def test_every_formula_gives_the_value_that_is_written_beside_it(plan: Works):
    written, calculator = book(plan, values=True), Calculator(plan)
    checked = 0
    for sheet in calculator.book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            found = calculator.value(sheet.title, cell.coordinate)
            assert written[sheet.title][cell.coordinate].value == pytest.approx(found, abs=0.0049), cell.coordinate
            checked += 1
    assert checked >= 20


def test_the_bill_costs_what_the_plan_costs():
    plan = two_campuses()
    assert rows(plan, BILL)[-1][7] == pytest.approx(plan.devices["cost_yuan"].sum(), abs=0.01)
    assert rows(plan, BILL)[-1][8:10] == (plan.devices["cost_low_yuan"].sum(), plan.devices["cost_high_yuan"].sum())


def test_every_device_is_in_the_list_once_with_its_place_and_checks():
    plan = works(RAIL | {"xy": (5, -10), "refused_titles": "公交线路", "note": "@改位"}, {"xy": (20, -10)})
    listed = {row[0]: row for row in rows(plan, DEVICES)}
    assert sorted(listed) == ["P3-0001", "P3-0002"]
    assert listed["P3-0001"][1:7] == ("护学通道护栏", paper_works.NAME, paper_works.LABEL["located"], 60, "m", 18000)
    assert listed["P3-0001"][7:] == (
        "住建", "交通运输、住建", "教育、学校", "校门前减速设施", "不符：公交线路；护栏需要人行道；视距", "@改位",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ['=cmd|"/c calc"!A1', "+1", "-2", "@x", "https://x.example", "0012", "<script>", "=1+1"]
)
def test_text_stays_text(name: str):
    plan = works(campuses=campuses({"name": name}), plan_name=name)
    cells = [cell for sheet in book(plan) for row in sheet.iter_rows() for cell in row if cell.value == name]
    assert len(cells) >= 3
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_two_campuses_of_one_name_and_departments_alike_but_for_case_stay_apart():
    plan = works(
        {"xy": (1, 1), "department_lead": "a"}, {"xy": (2, 1), "school_id": "s2", "department_lead": "A"},
        campuses=campuses({}, {"school_id": "s2"}),
    )  # fmt: skip
    assert [row[2] for row in rows(plan, CAMPUSES)] == [3000.0, 3000.0, 6000.0]
    assert [row[:2] for row in rows(plan, DEPARTMENTS)] == [("A", 3000.0), ("a", 3000.0), ("合计", 6000.0)]


def test_a_quantity_of_zero_is_paid_as_a_whole():
    [line] = [row for row in rows(works({"xy": (1, 1), "quantity": 0.0}), BILL) if row[0] == 1]
    assert line[3:10] == (0, None, None, None, 3000, 1500, 6000)


def test_without_campus_or_department():
    plan = works({"xy": (1, 1), "school_id": None, "department_lead": ""})
    assert rows(plan, BILL)[0][1] == "未挂学校的措施"
    assert [row[:2] for row in rows(plan, DEPARTMENTS)] == [("不明", 3000), ("合计", 3000)]


def test_an_empty_plan():
    plan = paper_works.empty()
    assert [row[1] for row in rows(plan, BILL) if row[1]] == ["合计"]
    assert rows(plan, DEVICES) == []
    assert rows(plan, DEPARTMENTS)[-1] == ("合计", 0, 0, 0)


def test_print_set_up_and_stamp():
    found = book(works())
    for name in (BILL, DEPARTMENTS, CAMPUSES, DEVICES):
        sheet = found[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert sheet.freeze_panes == f"C{HEAD + 1}"
        assert "内部资料" in sheet["A3"].value
        assert "内部资料" in sheet.oddFooter.center.text
    about = {row[:2] for row in found[ABOUT].iter_rows(values_only=True)}
    assert {("方案", "方案甲（P3，第 7 版，草案）"), ("数据版本", "d1"), ("标注", "示例数据·虚构")} <= about
    assert ("来源", "own.xlsx（资料日期 不明，许可 不明）") in about


def test_a_long_name_and_marking_do_not_break_the_footer():
    plan = works(plan_name="甲&乙" * 60, stamp=replace(paper_works.STAMP, marking=("内部&资料" * 40,)))
    with zipfile.ZipFile(io.BytesIO(bill_workbook(plan))) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    [footer] = re.findall("<oddFooter>(.+)</oddFooter>", page)
    assert footer.startswith("&amp;LP3 甲&amp;&amp;乙甲")
    assert len(html.unescape(footer)) <= 255


def test_the_same_plan_gives_the_same_bytes():
    assert bill_workbook(two_campuses()) == bill_workbook(two_campuses())


@pytest.mark.parametrize(
    ("quantity", "price", "yuan"), [(3, 0.335, 1.01), (1, 2.675, 2.68), (60, 300, 18000), (0.1, 0.3, 0.03)]
)
def test_amounts_round_half_up_like_a_spreadsheet(quantity: float, price: float, yuan: float):
    assert amount(quantity, price) == yuan
    assert to_fen(1.005) == 1.01
