"""The bill of quantities as a workbook whose totals are formulas: quantities in the device list, prices in the bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from gislib import wording
from gislib.reports.bill import amount, bill_devices, bill_lines, to_fen
from gislib.reports.spreadsheet import (
    FIRST_ROW,
    Book,
    Cell,
    Column,
    Formula,
    add_about,
    add_sheet,
    of_plan,
    write_book,
    write_row,
)
from gislib.reports.works.content import Works

_QUANTITY, _PRICE, _TOTAL, _LEAD = 3, 4, 7, 11
"""Columns of the bill from 0; prices are ``_PRICE`` to ``_PRICE + 2``, amounts ``_TOTAL`` to ``_TOTAL + 2``."""
_DEVICE_QUANTITY, _DEVICE_TOTAL = 4, 6
_AMOUNTS: Final = ("cost_yuan", "cost_low_yuan", "cost_high_yuan")
_SUM: Final = 9
"""SUBTOTAL's number for a sum: it leaves out the subtotals inside its range."""


def bill_workbook(works: Works) -> bytes:
    """
    Workbook with bill, summaries by department and campus, device list and notes.

    Quantities are typed in the device list only and prices in the bill only: lines, subtotals per campus, the total and
    both summaries are formulas over them, written with their present values. A device with the quantity 0 is paid as a
    whole: its line has an amount and no price.
    """
    devices = bill_devices(works)
    return write_book(of_plan(works), lambda book: _fill(book, devices, bill_lines(devices)))


def _fill(book: Book, devices: pd.DataFrame, lines: pd.DataFrame) -> None:
    rows = _rows_of_lines(lines)
    campuses = _bill(book, lines, rows)
    _departments(book, lines)
    _campuses(book, lines, campuses)
    _devices(book, devices, lines, rows)
    add_about(book, [wording.text(f"bill.about_{name}") for name in ("estimate", "formulas", "verify")])


def _rows_of_lines(lines: pd.DataFrame) -> pd.Series[int]:
    """Row of each bill line: every campus adds a caption above its lines and a subtotal below."""
    block = (lines["school_id"] != lines["school_id"].shift()).cumsum()
    return pd.Series(range(len(lines)), index=lines.index) + FIRST_ROW + 2 * block


def _bill(book: Book, lines: pd.DataFrame, rows: pd.Series[int]) -> dict[str, int]:
    """Write the bill; returns the row of each campus' subtotal, and the total's under the key of no line."""
    columns = _bill_columns()
    sheet = add_sheet(book, wording.text("bill.sheet_bill"), wording.text("bill.title"), columns)
    subtotals: dict[str, int] = {}
    for school_id, own in lines.groupby("school_id", sort=False):
        first, last = int(rows[own.index[0]]), int(rows[own.index[-1]])
        name = str(own["campus"].iloc[0])
        write_row(book, sheet, first - 1, columns, _only(columns, 1, name), bold=True)
        for line in own.index:
            write_row(book, sheet, int(rows[line]), columns, _bill_cells(lines.loc[line], int(rows[line])))
        words = wording.text("bill.subtotal", name=name)
        write_row(book, sheet, last + 1, columns, _summed(columns, words, own, (first, last)), bold=True)
        subtotals[str(school_id)] = last + 1
    end = max(subtotals.values(), default=FIRST_ROW)
    total = _summed(columns, wording.text("bill.total"), lines, (FIRST_ROW + 1, max(end, FIRST_ROW + 1)))
    write_row(book, sheet, end + 1 if subtotals else FIRST_ROW + 2, columns, total, bold=True)
    return subtotals


def _bill_columns() -> tuple[Column, ...]:
    return (
        Column(_head("row"), 5, "whole"),
        Column(_head("item"), 19),
        Column(_head("unit"), 7),
        Column(_head("quantity"), 7, "number"),
        Column(_head("price"), 10, "money"),
        Column(_head("price_low"), 10, "money"),
        Column(_head("price_high"), 10, "money"),
        Column(_head("total"), 12, "money"),
        Column(_head("low"), 12, "money"),
        Column(_head("high"), 12, "money"),
        Column(_head("life"), 7, "number"),
        Column(_head("lead"), 10),
        Column(_head("verify"), 24, marked=True),
        Column(_head("devices"), 19),
    )


def _bill_cells(line: pd.Series, row: int) -> list[Cell]:
    prices: list[Cell] = [float(line[name]) for name in ("price_yuan", "low_yuan", "high_yuan")]
    quantity = xl_range(
        FIRST_ROW + 1 + int(line["first"]), _DEVICE_QUANTITY, FIRST_ROW + 1 + int(line["last"]), _DEVICE_QUANTITY
    )
    listed = Formula(f"=SUM({_quoted('devices')}!{quantity})", float(line["quantity"]))
    lump = pd.isna(line["price_yuan"])
    amounts: list[Cell] = [
        float(line[name]) if lump else Formula(_product(row, _PRICE + k), float(line[name]))
        for k, name in enumerate(_AMOUNTS)
    ]
    return [
        float(line.name) + 1,  # type: ignore[arg-type]  # the index holds line numbers
        str(line["title"]),
        str(line["unit_name"]),
        listed,
        *prices,
        *amounts,
        float(line["life_years"]),
        _known(line["department_lead"]) or wording.text("bill.about_unknown"),
        str(line["verify"]),
        str(line["devices"]),
    ]


def _product(row: int, price: int) -> str:
    return f"=ROUND({xl_rowcol_to_cell(row, _QUANTITY)}*{xl_rowcol_to_cell(row, price)},2)"


def _summed(columns: Sequence[Column], words: str, own: pd.DataFrame, rows: tuple[int, int]) -> list[Cell]:
    """Row that adds the amounts of the lines between two rows."""
    cells: list[Cell] = [None] * len(columns)
    cells[1] = words
    for k, name in enumerate(_AMOUNTS):
        area = xl_range(rows[0], _TOTAL + k, rows[1], _TOTAL + k)
        cells[_TOTAL + k] = Formula(f"=SUBTOTAL({_SUM},{area})", to_fen(float(own[name].sum())))
    return cells


def _departments(book: Book, lines: pd.DataFrame) -> None:
    """Amounts per lead department: lines whose department is the same text, letter for letter."""
    columns = (Column(_head("lead"), 24), *(Column(_head(name), 18, "money") for name in ("total", "low", "high")))
    sheet = add_sheet(book, wording.text("bill.sheet_departments"), wording.text("bill.sheet_departments"), columns)
    last = FIRST_ROW + 2 * lines["school_id"].nunique() + len(lines)
    bill = _quoted("bill")
    own = lines["department_lead"].map(_known).replace("", wording.text("bill.about_unknown"))
    row = FIRST_ROW
    for row, (name, same) in enumerate(lines.groupby(own, sort=True), FIRST_ROW + 1):
        leads = xl_range_abs(FIRST_ROW + 1, _LEAD, last, _LEAD)
        cells: list[Cell] = [str(name)]
        for k, cost in enumerate(_AMOUNTS):
            area = xl_range_abs(FIRST_ROW + 1, _TOTAL + k, last, _TOTAL + k)
            formula = f"=SUMPRODUCT(--EXACT({bill}!{leads},$A{row + 1}),{bill}!{area})"
            cells.append(Formula(formula, to_fen(float(same[cost].sum()))))
        write_row(book, sheet, row, columns, cells)
    write_row(book, sheet, row + 1, columns, _column_sums(lines, row, 1), bold=True)


def _campuses(book: Book, lines: pd.DataFrame, subtotals: dict[str, int]) -> None:
    """Amounts per campus, taken from the subtotals: two campuses may bear one name."""
    columns = (
        Column(_head("campus_id"), 22),
        Column(_head("campus"), 30),
        *(Column(_head(name), 18, "money") for name in ("total", "low", "high")),
    )
    sheet = add_sheet(book, wording.text("bill.sheet_campuses"), wording.text("bill.sheet_campuses"), columns)
    row = FIRST_ROW
    for row, (school_id, same) in enumerate(lines.groupby("school_id", sort=False), FIRST_ROW + 1):
        places = [xl_rowcol_to_cell(subtotals[str(school_id)], _TOTAL + k) for k in range(len(_AMOUNTS))]
        amounts = [
            Formula(f"={_quoted('bill')}!{place}", to_fen(float(same[cost].sum())))
            for place, cost in zip(places, _AMOUNTS, strict=True)
        ]
        write_row(book, sheet, row, columns, [str(school_id), str(same["campus"].iloc[0]), *amounts])
    write_row(book, sheet, row + 1, columns, [None, *_column_sums(lines, row, 2)], bold=True)


def _column_sums(lines: pd.DataFrame, last: int, first_column: int) -> list[Cell]:
    """Word for the total, and the sums of the amount columns down to a row."""
    cells: list[Cell] = [wording.text("bill.total")]
    for k, cost in enumerate(_AMOUNTS):
        area = xl_range(FIRST_ROW + 1, first_column + k, max(last, FIRST_ROW + 1), first_column + k)
        cells.append(Formula(f"=SUM({area})", to_fen(float(lines[cost].sum()))) if len(lines) else 0.0)
    return cells


def _devices(book: Book, devices: pd.DataFrame, lines: pd.DataFrame, rows: pd.Series[int]) -> None:
    """Every device with the quantity that the bill adds up, and its amount at the bill's price."""
    columns = (
        Column(_head("devices"), 10),
        Column(_head("item"), 17),
        Column(_head("campus"), 19),
        Column(_head("place"), 34),
        Column(_head("quantity"), 7, "number"),
        Column(_head("unit"), 7),
        Column(_head("total"), 11, "money"),
        Column(_head("lead"), 9),
        Column(_head("main"), 12),
        Column(_head("support"), 12),
        Column(_head("clauses"), 19),
        Column(_head("verify"), 24, marked=True),
        Column(_head("note"), 12),
    )
    sheet = add_sheet(book, wording.text("bill.sheet_devices"), wording.text("bill.sheet_devices"), columns)
    records = devices.to_dict("records")
    for row, (identity, one) in enumerate(zip(devices.index, records, strict=True), FIRST_ROW + 1):
        price = lines["price_yuan"].get(one["line"])
        cell = f"{_quoted('bill')}!{xl_rowcol_to_cell(int(rows[one['line']]), _PRICE)}"
        own = xl_rowcol_to_cell(row, _DEVICE_QUANTITY)
        total: Cell = (
            to_fen(one["cost_yuan"])
            if pd.isna(price)
            else Formula(f"=ROUND({own}*{cell},2)", amount(one["quantity"], float(price)))
        )
        refused = [wording.text("bill.refused", items=one["refused_titles"])] if _known(one["refused_titles"]) else []
        checks = "；".join([*refused, *([one["verify_titles"]] if _known(one["verify_titles"]) else [])])
        write_row(
            book, sheet, row, columns,
            [
                str(identity), one["title"], one["campus"], one["located"], one["quantity"], one["unit_name"], total,
                *(_known(one[f"department{name}"]) for name in ("_lead", "s_main", "s_support")),
                _known(one["clause_titles"]), checks, _known(one["note"]),
            ],
        )  # fmt: skip
    if len(devices):
        sheet.autofilter(FIRST_ROW, 0, FIRST_ROW + len(devices), len(columns) - 1)


def _only(columns: Sequence[Column], place: int, words: str) -> list[Cell]:
    return [words if k == place else None for k in range(len(columns))]


def _known(value: object) -> str:
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]  # a scalar of any kind


def _quoted(sheet: str) -> str:
    return "'" + wording.text(f"bill.sheet_{sheet}").replace("'", "''") + "'"


def _head(name: str) -> str:
    return wording.text(f"bill.head_{name}")
