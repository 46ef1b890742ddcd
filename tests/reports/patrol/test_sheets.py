"""Patrol sheets: times and metres of the record, codes read from the page, maps that show their own stations."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import numpy as np
import paper_patrols
import pytest
import zxingcpp
from paper_patrols import EVIL, idle_team, paper, record, station, team
from PIL import Image

from gislib.geo.datum import to_wgs84
from gislib.patrol.clock import clock
from gislib.patrol.record import Part, TeamPlan
from gislib.reports.patrol import sheets
from gislib.reports.patrol.content import PatrolPaper
from gislib.reports.patrol.leaves import leaves
from gislib.reports.patrol.route_map import ground_of, leaf_map
from gislib.reports.patrol.sheets import render_patrol, render_patrol_pages
from gislib.reports.qr import amap_link, geo_address
from gislib.reports.sheet_map.frame import extent

PPI = 150


def data(own: PatrolPaper) -> dict:
    return sheets._document(own).data


def gray(page: bytes) -> Image.Image:
    return Image.open(io.BytesIO(page)).convert("L")


def long_team(count: int) -> TeamPlan:
    """Streets one after the other, half a kilometre each."""
    own = [station("start", (960.0,) * 3, paper_patrols.point(0, 0), name="派出所")]
    for k in range(count):
        line = paper_patrols.line((2 * k, 0), (2 * k + 2, 0))
        way = (
            Part(
                "straight",
                "很长很长的环城快速辅道一期工程南延线连接段" if k % 7 == 0 else None,
                "e",
                400.0,
                patrolled=True,
            ),
        )
        minutes = (960.0 + 3 * k, 960.0 + 3 * k, 963.0 + 3 * k)
        spot = line.interpolate(0.5, normalized=True)
        facts = {"served": line, "served_m": 400.0, "way": way, "demand_ids": (f"st:{k}",), "risk": 1.0}
        own.append(station("street", minutes, spot, number=k + 1, **facts))
    own.append(station("return", (1100.0,) * 3, paper_patrols.point(2 * count, 0)))
    return team(tuple(own), begins_min=960.0, ends_min=1110.0, returns_min=1100.0)


@pytest.fixture(scope="module")
def long_paper() -> PatrolPaper:
    return paper(record=record(teams=(long_team(40),), posts=(), tasks=()))


def test_a_cover_and_a_page_per_team():
    pages = render_patrol_pages(paper(), 40)
    assert len(pages) == 3
    assert all(len(leaves(own)) == 1 for own in record().teams)


def test_the_codes_of_a_page_lead_to_its_first_station():
    start = team().stations[0].spot
    codes = sorted(code.text for code in zxingcpp.read_barcodes(np.asarray(gray(render_patrol_pages(paper(), PPI)[1]))))
    assert len(codes) == 2
    assert codes[0] == f"geo:{start.y:.7f},{start.x:.7f}"
    asked = parse_qs(urlsplit(codes[1]).query)
    lon, lat = (np.array([float(part)]) for part in asked["position"][0].split(","))
    back = to_wgs84("gcj02", lon, lat)
    assert (back[0][0], back[1][0]) == pytest.approx((start.x, start.y), abs=1e-7)
    assert asked["name"] == ["㵲阳派出所"]


def test_a_module_of_a_code_is_at_least_half_a_millimetre(long_paper):
    document = sheets._document(long_paper)
    codes = [code for own in document.data["teams"] for page in own["pages"] for code in page["codes"]]
    for code in codes:
        modules = int(re.search(r'viewBox="0 0 (\d+) ', document.images[code["file"]])[1])
        assert code["width"] / modules >= 0.5
    assert len(codes) == 2 * len(leaves(long_paper.record.teams[0]))


def test_codes_say_where_they_lead(long_paper):
    for leaf, page in zip(leaves(long_paper.record.teams[0]), data(long_paper)["teams"][0]["pages"], strict=True):
        number = leaf.stations[0].number
        told = "到出发点" if number is None else f"到第 {number} 站"
        assert [code["leads"] for code in page["codes"]] == [told, told]
    street = replace(team().stations[1], name="很长很长的环城快速辅道")
    assert sheets._amap_name(street) == "很长很长的环城"
    assert sheets._amap_name(replace(street, name="路")) == "第 1 站"


def test_all_codes_of_a_route_are_read_at_150_dpi(long_paper):
    for leaf, page in zip(leaves(long_paper.record.teams[0]), render_patrol_pages(long_paper, PPI)[1:], strict=True):
        spot = leaf.stations[0].spot
        read = {code.text for code in zxingcpp.read_barcodes(np.asarray(gray(page)))}
        station = leaf.stations[0]
        name = "派出所" if station.number is None else f"第 {station.number} 站"
        assert read == {amap_link(spot.x, spot.y, name), geo_address(spot.x, spot.y)}


def test_printed_times_and_metres_are_those_of_the_record():
    [leaf] = leaves(team())
    total = 0.0
    for row, own in zip(leaf.rows, team().stations, strict=True):
        total += own.travel_m + own.served_m
        assert row.arrives == clock(own.arrives_min)
        assert row.total_m == f"{total:.0f}"
        assert row.label == (
            str(own.number) if own.number else {"start": "起", "break": "休", "return": "终"}[own.kind]
        )
    water, venue, rest = leaf.rows[2:5]
    assert "23:30" in water.stays
    assert "23:35" in water.stays
    assert "00:10" in venue.stays
    assert "民警带队" in venue.task
    assert "00:20" in rest.stays
    assert leaf.rows[1].way == "沿红桥路向东 200 m，左转进入麒麟路向北 222 m（巡查）"


def test_a_long_route_continues_on_pages_that_do_not_overflow(long_paper):
    planned = leaves(long_paper.record.teams[0])
    assert len(planned) >= 3
    assert [own for leaf in planned for own in leaf.stations] == list(long_paper.record.teams[0].stations)
    assert len(render_patrol_pages(long_paper, 30)) == 1 + len(planned)


def test_the_map_of_a_page_holds_its_own_stations(long_paper):
    crs, layers = ground_of(long_paper)
    shown = []
    for leaf in leaves(long_paper.record.teams[0]):
        west, south, east, north = extent(leaf_map(leaf, crs, layers, mono=True).frame)
        shown.append((west, east))
        for own in leaf.stations:
            for shape in filter(None, (own.spot, own.served)):
                x0, y0, x1, y1 = gpd.GeoSeries([shape], crs="EPSG:4326").to_crs(crs).total_bounds
                assert west < x0 <= x1 < east
                assert south < y0 <= y1 < north
    assert len(set(shown)) == len(shown)


def test_the_same_patrol_gives_the_same_bytes():
    assert render_patrol(paper()) == render_patrol(paper())
    assert render_patrol(paper()).pdf.startswith(b"%PDF-")


def test_sheets_are_black_on_white():
    pixels = np.asarray(Image.open(io.BytesIO(render_patrol_pages(paper(), 60)[1])).convert("RGB")).astype(int)
    assert int((pixels.max(axis=2) - pixels.min(axis=2)).max()) <= 1


def test_every_page_says_what_it_is():
    page = data(paper())
    assert page["plan"] == "R3 第 2 版 · 夜间甲"
    assert page["marking"] == "｜".join(paper().stamp.marking)
    assert (page["day_label"], page["day"]) == ("日期：", "2026年11月24日")
    assert data(paper(on=None))["day"] == ""
    assert page["day_units"] == ["年", "月", "日"]
    assert page["versions"] == "数据 d1（2026-10-31） · 规则 r1 · 程序 0.2.0"


def test_a_marking_says_nothing_twice():
    lines = ("示例数据·虚构", "内部资料 · 内部工作用图 · 未经地图审核，不得公开", "内部资料 注意保管")
    told = data(paper(stamp=replace(paper().stamp, marking=lines)))["marking"]
    assert told == "示例数据·虚构｜内部资料 · 内部工作用图 · 未经地图审核，不得公开｜注意保管"


def test_an_undated_sheet_has_lines_to_write_the_date_on():
    """Unlike a dated one its cover has lines of 13, 8 and 8 mm for year, month and day."""
    dated, undated = (_lines_mm(render_patrol_pages(paper(on=on), PPI)[0]) for on in (paper().on, None))
    assert dated == []
    assert undated == pytest.approx([13.0, 8.0, 8.0], abs=0.6)


def _lines_mm(page: bytes) -> list[float]:
    """Lengths of the horizontal lines in the strip of the date, from the left."""
    mm = PPI / 25.4
    strip = np.asarray(gray(page))[int(19 * mm) : int(27 * mm), : int(100 * mm)] < 128
    edges = np.diff(np.pad(strip.astype(int), ((0, 0), (1, 1))), axis=1)
    runs = {
        (int(begin), int(end))
        for row in edges
        for begin, end in zip(np.flatnonzero(row == 1), np.flatnonzero(row == -1), strict=True)
        if end - begin > 6 * mm
    }
    return [(end - begin) / mm for begin, end in sorted(runs)]


def test_the_cover_tells_teams_posts_and_what_is_left():
    cover = data(paper())["cover"]
    assert [row[0] for row in cover["teams"]] == ["甲组", EVIL]
    assert cover["team_head"][:2] == ["线型", "组"]
    assert len(cover["signs"]) == 2
    assert cover["posts"][0][:4] == ["㵲阳小学", "正门", "23:20–01:00", "警察、保安、教师"]
    assert [row[0] for row in cover["left"]] == ["孤岛网吧", EVIL, "无名处"]
    assert "80.0%" in cover["line"]


def test_names_are_not_code_and_missing_characters_are_told():
    own = paper(record=record(teams=(team(name="#panic(1) 龘组"),)))
    assert render_patrol(own).missing == ("龘",)
    assert data(own)["teams"][0]["title"] == "#panic(1) 〓组"
    assert data(own)["credits"].endswith("U+9F98")
    assert render_patrol(paper()).missing == ()


def test_records_with_little_in_them_still_print():
    nobody = record(teams=(), posts=(), tasks=())
    assert len(render_patrol_pages(paper(record=nobody), 30)) == 1
    assert len(render_patrol_pages(paper(record=replace(nobody, teams=(idle_team(),))), 30)) == 2
    assert len(render_patrol_pages(paper(record=replace(nobody, teams=(team(()),))), 30)) == 1
    assert len(render_patrol_pages(paper(context={}), 30)) == 3
