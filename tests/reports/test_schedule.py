"""Device schedule: survey coordinates that lead back to the place, the same in workbook and CSV."""

from __future__ import annotations

import csv
import io

import openpyxl
import paper_works
import pyproj
import pytest
from paper_works import RAIL, works

from gislib.reports.schedule import schedule, schedule_csv, schedule_workbook
from gislib.reports.spreadsheet import FIRST_ROW


def csv_rows(plan: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(schedule_csv(plan).decode("utf-8-sig"))))


def test_survey_coordinates_lead_back_to_the_place():
    plan = works()
    back = pyproj.Transformer.from_crs(paper_works.GK_EPSG, 4326, always_xy=True)
    geod = pyproj.Geod(ellps="GRS80")
    for row, place in zip(schedule(plan).to_dict("records"), plan.devices.geometry, strict=True):
        lon, lat = back.transform(row["y"], row["x"])  # X is north, Y is east
        assert geod.inv(lon, lat, place.x, place.y)[2] < 0.01
        assert geod.inv(row["lon"], row["lat"], place.x, place.y)[2] < 0.01
        assert 2.7e6 < row["x"] < 2.9e6
        assert 5e5 < row["y"] < 5.3e5


def test_one_row_by_hand():
    plan = works(RAIL | {"xy": (50, -10), "note": "改位", "id": "P3-0042", "approach_bearing_deg": 270.04})
    [row] = csv_rows(plan)
    assert row["编号"] == "P3-0042"
    assert (row["中央子午线（°）"], row["EPSG"]) == ("105.0", "4544")
    assert (row["侧别"], row["行车方位角（°）"], row["距中线（m）"], row["距校门沿街（m）"]) == (
        "右侧",
        "270.0",
        "3.5",
        "20.0",
    )
    assert (row["数量"], row["单位"], row["道路"], row["备注"]) == ("60.0", "m", "向阳路", "改位")
    assert len(row["经度（°，WGS 84）"].split(".")[1]) <= 7


def test_workbook_and_csv_hold_the_same():
    plan = works()
    sheet = openpyxl.load_workbook(io.BytesIO(schedule_workbook(plan)))["设施坐标表"]
    heads, *rows = sheet.iter_rows(min_row=FIRST_ROW + 1, values_only=True)
    for row, plain in zip((dict(zip(heads, row, strict=True)) for row in rows), csv_rows(plan), strict=True):
        for head, value in row.items():
            if isinstance(value, int | float):
                assert value == float(plain[head]), head
            else:
                assert (value or "") == plain[head], head
    assert sheet.cell(FIRST_ROW + 2, heads.index("经度（°，WGS 84）") + 1).number_format == "0.0000000"
    assert sheet.cell(FIRST_ROW + 2, heads.index("X 北坐标（m）") + 1).number_format == "0.000"


def test_the_notes_say_what_the_numbers_are():
    about = openpyxl.load_workbook(io.BytesIO(schedule_workbook(works())))["说明"]
    text = "\n".join(str(row[1]) for row in about.iter_rows(values_only=True))
    for word in ("CGCS2000", "105°", "EPSG:4544", "椭球面距离", "放样前复测", "内部资料"):
        assert word in text


def test_unknown_is_empty_and_texts_cannot_run():
    nothing = float("nan")
    plan = works(
        {"xy": (5, 5), "approach_bearing_deg": nothing, "offset_m": nothing, "chainage_from_gate_m": nothing,
         "side_name": "", "road_name": None, "school_name": None, "note": "=1+1"},
    )  # fmt: skip
    [row] = csv_rows(plan)
    assert [row[name] for name in ("行车方位角（°）", "距中线（m）", "距校门沿街（m）", "道路", "学校")] == [""] * 5
    assert row["备注"] == "'=1+1"
    sheet = openpyxl.load_workbook(io.BytesIO(schedule_workbook(plan)))["设施坐标表"]
    assert [cell.data_type for cell in sheet[FIRST_ROW + 2] if cell.value == "=1+1"] == ["s"]


def test_rows_come_by_id_and_an_empty_plan_has_none():
    plan = works({"xy": (5, 5), "id": "P3-0010"}, {"xy": (9, 5), "id": "P3-0002"})
    assert schedule(plan)["id"].tolist() == ["P3-0002", "P3-0010"]
    assert csv_rows(paper_works.empty()) == []
    assert schedule_workbook(paper_works.empty()).startswith(b"PK")


def test_the_same_plan_gives_the_same_bytes():
    assert schedule_workbook(works()) == schedule_workbook(works())
    assert schedule_csv(works()) == schedule_csv(works())


@pytest.mark.parametrize("name", ["㵲阳河", "<script>", 'a,b"c'])
def test_names_come_back(name: str):
    assert csv_rows(works({"xy": (5, 5), "school_name": name}))[0]["学校"] == name
