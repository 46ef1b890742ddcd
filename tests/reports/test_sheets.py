"""Location sheets: what is on the page, QR codes read from it, and the plans that are not ordinary."""

from __future__ import annotations

import io
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import numpy as np
import paper_works
import pytest
import shapely
import zxingcpp
from paper_works import RAIL, campuses, works
from PIL import Image

from gislib.geo.crs import metric_crs
from gislib.geo.datum import to_wgs84
from gislib.reports import sheets
from gislib.reports.sheet_campus import campus_sheets, map_content, meeting_place
from gislib.reports.sheet_rows import department_rows, device_rows, mark_label
from gislib.reports.sheets import render_pages, render_sheets
from gislib.reports.works.content import Works

PPI = 110
A4_PIXELS = (909, 1286)


def picture(page: bytes) -> Image.Image:
    return Image.open(io.BytesIO(page)).convert("RGB")


def data(plan: Works) -> dict:
    return sheets._document(plan, mono=False).data


def test_one_campus_is_one_page_with_readable_codes():
    [page] = render_pages(works(), PPI)
    shown = picture(page)
    assert shown.size == A4_PIXELS
    codes = sorted(code.text for code in zxingcpp.read_barcodes(np.asarray(shown.convert("L"))))
    gate = paper_works.context()["gates"].geometry["g1"]
    assert codes[0] == f"geo:{gate.y:.7f},{gate.x:.7f}"
    asked = parse_qs(urlsplit(codes[1]).query)
    assert asked["name"] == [paper_works.NAME]
    lon, lat = (np.array([float(part)]) for part in asked["position"][0].split(","))
    back = to_wgs84("gcj02", lon, lat)
    assert (back[0][0], back[1][0]) == pytest.approx((gate.x, gate.y), abs=1e-7)
    assert len(codes) == 2


def test_the_same_plan_gives_the_same_bytes_and_another_other_ones():
    first = render_sheets(works())
    assert first == render_sheets(works())
    assert first.missing == ()
    assert first.pdf.startswith(b"%PDF-")
    assert first.pdf != render_sheets(works({"xy": (30, -10)})).pdf


def test_a_black_and_white_sheet_has_no_colour():
    def most_colour(*, mono: bool) -> int:
        pixels = np.asarray(picture(render_pages(works(), 60, mono=mono)[0])).astype(int)
        return int((pixels.max(axis=2) - pixels.min(axis=2)).max())

    assert most_colour(mono=False) > 150
    assert most_colour(mono=True) <= 1


def test_rows_say_everything_about_a_device():
    plan = works(RAIL | {"xy": (50, -10), "refused_titles": "公交线路", "refused_by": "siting.x"})
    [row] = device_rows(plan.devices, plan.labels)
    assert row == {
        "label": "0001",
        "symbol": "symbol-guard-rail.svg",
        "title": "护学通道护栏",
        "place": "向阳路，自正门沿街 20 m（正门东侧），横跨道路",
        "detail": "行车方位角 90°，距中线 3.5 m",
        "from_gate": "20",
        "quantity": "60 m",
        "clauses": "校门前减速设施",
        "checks": ["护栏需要人行道", "视距"],
        "refused": ["公交线路"],
        "nothing": "核对位置",
    }


def test_what_is_unknown_is_a_dash():
    plan = works(
        {
            "xy": (5, 5),
            "approach_bearing_deg": float("nan"),
            "chainage_from_gate_m": float("nan"),
            "offset_m": float("nan"),
        }
    )
    [row] = device_rows(plan.devices, plan.labels)
    assert (row["detail"], row["from_gate"]) == ("", "—")


def test_the_label_on_the_map_is_the_serial_of_the_id():
    assert [mark_label(one) for one in ("P3-0007", "P12-12345", "x")] == ["0007", "12345", "x"]
    marks = map_content(works(), next(campus_sheets(works())), mono=False).marks
    assert [mark.label for mark in marks] == ["0001", "0002", "0003"]
    assert [mark.toward_deg for mark in marks] == [None, None, 180.0]


def test_departments_with_their_devices():
    rows = department_rows(works().labels)
    assert [(row["lead"], row["labels"]) for row in rows] == [("公安交管", "0001、0002"), ("住建", "0003")]


def test_marking_versions_and_credits_are_on_every_page():
    page = data(works())
    assert page["marking"] == "示例数据·虚构｜内部资料"
    assert page["plan"] == "方案甲（P3，第 7 版，草案）"
    assert page["credits"] == "© OpenStreetMap 贡献者（ODbL）"
    assert (
        page["versions"]
        == "数据 d1 · 规则 r1 · 程序 0.2.0 · 计算日期 2026-09-01 · 资料日期 county.osm.pbf 2026-10-31、own.xlsx 不明"
    )


def test_grades_and_scores_and_what_they_were_not_computed_for():
    assert data(works())["sheets"][0]["grade"] == "隐患等级 红（指数 72，按本方案 64）"
    unknown = works(campuses=campuses({"grade": None, "score_before": np.nan, "score_after": np.nan}))
    assert data(unknown)["sheets"][0]["grade"] == "隐患等级：数据不足"
    half = works(campuses=campuses({"score_after": np.nan}))
    assert data(half)["sheets"][0]["grade"] == "隐患等级 红（指数 72，按本方案 —）"


def test_several_campuses_come_by_district_and_name_with_an_index():
    plan = works(
        {"xy": (20, -10), "school_id": "s2"}, {"xy": (60, -10)}, {"xy": (90, -10), "school_id": "s3"},
        campuses=campuses(
            {"area_code": "522302"}, {"school_id": "s2", "name": "乙"}, {"school_id": "s3", "name": None}
        ),
    )  # fmt: skip
    page = data(plan)
    assert [sheet["campus"] for sheet in page["sheets"]] == ["s3", "乙", paper_works.NAME]
    assert [row["count"] for row in page["index"]["rows"]] == ["1", "1", "1"]
    assert len(render_pages(plan, 40)) == 4


def test_devices_without_campus_get_their_own_sheet():
    plan = works({"xy": (20, -10), "school_id": None}, {"xy": (60, -10), "school_id": "elsewhere"})
    [sheet] = data(plan)["sheets"]
    assert (sheet["campus"], sheet["grade"], len(sheet["rows"])) == ("未挂学校的措施", "", 2)
    [campus] = campus_sheets(plan)
    assert meeting_place(plan, campus) == pytest.approx((paper_works.LON, paper_works.LAT), abs=1e-3)


def test_an_empty_plan_is_one_page_that_says_so():
    assert len(render_pages(paper_works.empty(), 40)) == 1
    assert data(paper_works.empty())["index"]["line"] == "方案里还没有措施，没有可打印的位置图。"


def test_no_ground_no_gate_and_a_campus_that_is_a_point():
    plan = works(context={}, campuses=campuses({"geometry": shapely.Point(50, 40)}))
    assert len(render_pages(plan, 40)) == 1
    [campus] = campus_sheets(plan)
    middle = plan.campuses.geometry["s1"]
    assert meeting_place(plan, campus) == (middle.x, middle.y)


def test_names_are_not_code_and_missing_characters_are_told():
    name = '#panic("x") *粗* <script> 龘小学'
    plan = works(campuses=campuses({"name": name}))
    assert len(render_pages(plan, 40)) == 1
    assert render_sheets(plan).missing == ("龘",)
    page = data(plan)
    assert page["sheets"][0]["campus"] == name.replace("龘", "〓")
    assert page["credits"].endswith("〓 代替字库没有的字：U+9F98")


def test_a_refused_place_is_said_on_its_sheet():
    plan = works({"xy": (20, -10), "refused_titles": "公交线路", "refused_by": "siting.x"})
    assert "不符合设置条件" in data(plan)["sheets"][0]["note"]
    assert data(works())["sheets"][0]["note"] == ""


def test_thirty_devices_flow_to_further_pages():
    plan = works(*({"xy": (3.0 * k, -10)} for k in range(30)))
    assert 2 <= len(render_pages(plan, 40)) <= 3


@pytest.mark.parametrize("count", [1, 3, 5, 7, 10, 12])
def test_a_few_devices_fit_one_page(count: int):
    plan = works(*({"xy": (14.0 * k, -10), "verify_titles": "设减速丘道路的最多车道"} for k in range(count)))
    assert len(render_pages(plan, 40)) == 1


def test_a_campus_that_the_plan_makes_worse_says_so():
    plan = works()
    worse = replace(plan, campuses=plan.campuses.assign(score_before=40.0, score_after=42.5))
    assert "升高 2.5 点" in data(worse)["sheets"][0]["note"]
    same = replace(plan, campuses=plan.campuses.assign(score_before=40.0, score_after=40.04))
    assert data(same)["sheets"][0]["note"] == ""


def test_the_point_of_a_sign_lies_at_the_kerb_of_its_side():
    plan = works({"xy": (20, -10), "side": "right", "approach_bearing_deg": 90.0, "offset_m": 4.0})
    (campus,) = campus_sheets(plan)
    (mark,) = map_content(plan, campus, mono=False).marks
    crs = metric_crs(campus.devices.geometry.iloc[0].x)
    at = campus.devices.to_crs(crs).geometry.iloc[0]
    assert (mark.x_m - at.x, mark.y_m - at.y) == pytest.approx((0.0, -4.0), abs=1e-6)  # south of a street to the east


def test_the_sheet_of_a_campus_has_the_lines_of_its_devices_and_no_others():
    plan = works(RAIL | {"xy": (50, -10)}, {"xy": (20, -10)})
    (campus,) = campus_sheets(plan)
    assert "沿线设置" not in " ".join(entry.text for entry in map_content(plan, campus, mono=False).legend)
    ends = ((20, -10), (80, -10)), ((500, 0), (520, 0))
    own, foreign = (shapely.LineString([paper_works.at(*end) for end in pair]) for pair in ends)
    lines = [own, shapely.Point(paper_works.at(0, 0)), foreign]
    laid = gpd.GeoDataFrame(
        {
            "device_id": [plan.devices.index[0], plan.devices.index[1], "P9-0001"],
            "length_m": [60.0, float("nan"), 20.0],
        },
        geometry=lines, crs=paper_works.CRS,
    ).to_crs("EPSG:4326")  # fmt: skip
    content = map_content(replace(plan, laid=laid), campus, mono=False)
    assert [line.length for line in content.laid] == [pytest.approx(60.0, abs=0.05)]
    (entry,) = (one for one in content.legend if one.kind == "laid")
    assert entry.text.startswith("沿线设置：护栏、标线、围挡")
