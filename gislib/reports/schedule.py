"""Device schedule: every device with survey and geographic coordinates, side, bearing, offset and chainage."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import pyproj
import shapely

from gislib import wording
from gislib.reports.spreadsheet import FIRST_ROW, Book, Column, add_about, add_sheet, of_plan, write_book, write_row
from gislib.reports.tables import csv_text
from gislib.reports.works.content import Works
from gislib.reports.works.notes import survey_lines
from gislib.reports.works.survey import central_meridian_deg

DEGREE_DECIMALS: Final = 7
SURVEY_DECIMALS: Final = 3
METRE_DECIMALS: Final = 1

_COLUMNS: Final[dict[str, tuple[float, str]]] = {
    "row": (5, "whole"),
    "id": (10, "text"),
    "title": (15, "text"),
    "campus": (17, "text"),
    "place": (32, "text"),
    "x": (13, "metre"),
    "y": (12, "metre"),
    "meridian": (8, "whole"),
    "epsg": (7, "whole"),
    "lon": (13, "degree"),
    "lat": (12, "degree"),
    "side": (9, "text"),
    "bearing": (8, "number"),
    "offset": (7, "number"),
    "from_gate": (8, "number"),
    "quantity": (7, "number"),
    "unit": (6, "text"),
    "verify": (22, "text"),
    "note": (10, "text"),
}
"""Printed columns: width in characters and kind of the cells. The road is left to the CSV: the place names it."""


def schedule(works: Works) -> pd.DataFrame:
    """
    Rows of the schedule in the order of their ids.

    Returns
    -------
    DataFrame
        RangeIndex; columns of the schedule. ``x`` is north and ``y`` east, in metres of the CGCS2000 3-degree
        Gauss-Krueger zone ``epsg`` without zone prefix, whose central meridian is ``meridian`` (degrees); ``lon`` and
        ``lat`` WGS 84 degrees to 1e-7; ``bearing`` of the traffic towards the device, degrees clockwise from north;
        ``offset`` and ``from_gate`` in metres. Missing = unknown or not applicable.
    """
    devices = works.devices.sort_index()
    labels = works.labels.loc[devices.index]
    lonlat = shapely.get_coordinates(devices.geometry.to_numpy()).round(DEGREE_DECIMALS)
    meridians = {epsg: central_meridian_deg(pyproj.CRS.from_epsg(int(epsg))) for epsg in labels["gk_epsg"].unique()}
    return pd.DataFrame(
        {
            "row": np.arange(1, len(devices) + 1),
            "id": devices.index.astype(str),
            "title": labels["title"].to_numpy(),
            "campus": labels["school_name"].to_numpy(),
            "road": labels["road_name"].to_numpy(),
            "place": labels["located"].to_numpy(),
            "x": labels["y_gk"].round(SURVEY_DECIMALS).to_numpy(float),
            "y": labels["x_gk"].round(SURVEY_DECIMALS).to_numpy(float),
            "meridian": labels["gk_epsg"].map(meridians).to_numpy(float),
            "epsg": labels["gk_epsg"].to_numpy(),
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "side": labels["side_name"].to_numpy(),
            "bearing": devices["approach_bearing_deg"].round(METRE_DECIMALS).to_numpy(float),
            "offset": labels["offset_m"].round(METRE_DECIMALS).to_numpy(float),
            "from_gate": labels["chainage_from_gate_m"].round(METRE_DECIMALS).to_numpy(float),
            "quantity": devices["quantity"].to_numpy(float),
            "unit": labels["unit_name"].to_numpy(),
            "verify": labels["verify_titles"].to_numpy(),
            "note": devices["note"].to_numpy(),
        }
    )


def schedule_csv(works: Works) -> bytes:
    """Schedule as CSV in UTF-8 with byte-order mark, Chinese heads; texts cannot run as formulas."""
    table = schedule(works)
    return csv_text(table.rename(columns={name: _head(name) for name in table.columns})).encode("utf-8-sig")


def schedule_workbook(works: Works) -> bytes:
    """Schedule as a workbook for print, with a sheet that says what the numbers mean."""
    return write_book(of_plan(works), lambda book: _fill(book, works))


def _fill(book: Book, works: Works) -> None:
    columns = [
        Column(_head(name), width, kind, marked=name == "verify")  # type: ignore[arg-type]  # kinds of the table above
        for name, (width, kind) in _COLUMNS.items()
    ]
    title = wording.text("schedule.title")
    sheet = add_sheet(book, title, title, columns)
    for row, cells in enumerate(schedule(works)[list(_COLUMNS)].to_numpy(dtype=object), FIRST_ROW + 1):
        write_row(book, sheet, row, columns, list(cells))
    about = [wording.text("works.note.centre_line"), wording.text("schedule.note_metres")]
    add_about(book, [*survey_lines(works), *about, wording.text("schedule.note_survey")])


def _head(name: str) -> str:
    return wording.text(f"schedule.head_{name}")
