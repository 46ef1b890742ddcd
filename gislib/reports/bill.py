"""Bill of quantities of a plan: one line per measure and campus, with the devices behind it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pandas as pd

from gislib import wording
from gislib.reports.plan_campuses import ordered_campuses
from gislib.reports.works.content import Works

PRICE_DECIMALS: Final = 4
"""Unit prices are cost over quantity: to a hundredth of a fen they give the cost back."""
_FEN: Final = Decimal("0.01")
_BETWEEN: Final = "；"
_SAME_LINE: Final = ["school_id", "treatment_id", "unit", "price_yuan", "low_yuan", "high_yuan"]


def bill_devices(works: Works) -> pd.DataFrame:
    """
    Devices in the order of the bill: campuses by district, name and id (without campus last), measure, price, id.

    Returns
    -------
    DataFrame
        Index ``device_id``; columns of ``works.devices`` (no geometry) and ``works.labels``; ``school_id`` and
        ``campus`` ("" id for none); ``price_yuan``, ``low_yuan``, ``high_yuan`` per unit (NaN for a quantity of 0,
        which is paid as a whole); ``line``, the number of its bill line from 0.
    """
    devices = pd.DataFrame(works.devices.drop(columns=works.devices.geometry.name)).join(works.labels)
    known = devices["school_id"].isin(works.campuses.index)
    campuses = ordered_campuses(works)
    rank = pd.Series(np.arange(len(campuses)), index=campuses.index)
    quantity = devices["quantity"].where(devices["quantity"] > 0)
    priced = devices.assign(
        school_id=devices["school_id"].where(known, ""),
        campus=devices["school_id"].map(campuses["name"]).astype(object).where(known, wording.text("bill.no_campus")),
        rank=devices["school_id"].map(rank).fillna(len(campuses)),
        price_yuan=(devices["cost_yuan"] / quantity).round(PRICE_DECIMALS),
        low_yuan=(devices["cost_low_yuan"] / quantity).round(PRICE_DECIMALS),
        high_yuan=(devices["cost_high_yuan"] / quantity).round(PRICE_DECIMALS),
    )
    ordered = priced.sort_index().sort_values(["rank", *_SAME_LINE[1:]], na_position="last")
    lines = ordered.groupby(["rank", *_SAME_LINE[1:]], sort=False, dropna=False).ngroup()
    return ordered.assign(line=_line_numbers(ordered, lines)).drop(columns="rank")


def bill_lines(devices: pd.DataFrame) -> pd.DataFrame:
    """
    Lines of the bill from `bill_devices`.

    Returns
    -------
    DataFrame
        Index ``line``; ``school_id``, ``campus``, ``title``, ``unit_name``, ``quantity``, ``price_yuan``,
        ``low_yuan``, ``high_yuan`` per unit, ``cost_yuan``, ``cost_low_yuan``, ``cost_high_yuan`` of the line to the
        fen, ``life_years``, departments, ``clause_titles``; ``verify`` (what to check on site or does not fit, each
        once, parted by "；"), ``devices`` (ids parted by "、"), ``first`` and ``last`` position among the devices.
    """
    same = devices.groupby("line", sort=True)
    firsts = [
        "school_id", "campus", "title", "unit_name", "price_yuan", "low_yuan", "high_yuan", "life_years",
        "department_lead", "departments_main", "departments_support", "clause_titles",
    ]  # fmt: skip
    lines = same[firsts].nth(0).set_index(devices.drop_duplicates("line")["line"])
    position = pd.Series(np.arange(len(devices)), index=devices.index)
    lines["quantity"] = same["quantity"].sum()
    for cost, price in (("cost_yuan", "price_yuan"), ("cost_low_yuan", "low_yuan"), ("cost_high_yuan", "high_yuan")):
        whole = same[cost].sum()
        pairs = zip(lines["quantity"], lines[price], whole, strict=True)
        lines[cost] = [amount(quantity, each) if np.isfinite(each) else to_fen(sum_) for quantity, each, sum_ in pairs]
    lines["verify"] = [_checks(own) for _, own in same]
    lines["devices"] = ["、".join(map(str, own.index)) for _, own in same]
    by_line = position.groupby(devices["line"])
    return lines.assign(first=by_line.min(), last=by_line.max())


def amount(quantity: float, price_yuan: float) -> float:
    """Quantity times price in yuan, rounded to the fen half up, as a spreadsheet's ROUND does."""
    return float((Decimal(str(quantity)) * Decimal(str(price_yuan))).quantize(_FEN, ROUND_HALF_UP))


def to_fen(yuan: float) -> float:
    """Yuan rounded to the fen half up."""
    return amount(1.0, yuan)


def _line_numbers(ordered: pd.DataFrame, lines: pd.Series[int]) -> pd.Series[int]:
    """Number of the line; what has no price is a line of its own, because it is paid as a whole."""
    alone = ordered["price_yuan"].isna()
    new_line = (lines != lines.shift()) | alone
    return new_line.cumsum() - 1


def _checks(own: pd.DataFrame) -> str:
    """What is to be checked on site and what does not fit, each once in the order of appearance."""
    checks = [item for titles in own["verify_titles"] for item in str(titles).split(_BETWEEN) if item]
    refused = [item for titles in own["refused_titles"] for item in str(titles).split(_BETWEEN) if item]
    unfit = [wording.text("bill.refused", items=item) for item in refused]
    return _BETWEEN.join(dict.fromkeys([*unfit, *checks]))
