"""The patrol page: what it shows is the stored record; a station is skipped, the sheets printed, a track compared."""

import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pytest
from browser import Seen, shot
from page_journey import app_on, entered, idle, on_map, shown, until
from patrol_tracks import followed
from shapely import Point

from gislib import wording
from gislib.assessment import Request
from gislib.geo.crs import lonlat, metric_crs
from gislib.patrol.clock import clock
from gislib.patrol.record import Post
from gislib.planning import patrol_checks, patrol_papers, patrol_tasks, patrol_teams, patrols
from gislib.planning.authors import store_of
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.planning.session import open_session
from gislib.store import audit
from gislib.ui import patrol_choice, patrol_gantt, patrol_map, patrol_view

REQUEST = Request(date(2026, 11, 16))
PAGE = "pages/plan/patrols.py"
DAY = date(2026, 11, 20)
NAME = "暑期水域"


@pytest.fixture(scope="module")
def session(workspace, tmp_path_factory):
    """Workspace of its own with a small patrol: two teams, waters and venues."""
    folder = tmp_path_factory.mktemp("patrolled") / "workspace"
    shutil.copytree(workspace, folder)
    found = open_session(folder, actor="tester")
    teams = patrol_teams.proposed(patrol_basis(found, REQUEST), 2)
    patrols.propose(found, REQUEST, PatrolWish(NAME, "summer_water", teams, seconds=2.0))
    return found


@pytest.fixture
def app(session, monkeypatch):
    return app_on(session.workspace.root, monkeypatch)


def stations_grid(app):
    return next(grid.value for grid in app.dataframe if "arrives" in grid.value)


def stored(session):
    return patrols.read(session, patrols.by_name(session, NAME).patrol_id)


def test_the_page_shows_the_stored_record(app, session):
    saved = stored(session)
    (record,) = saved.sets
    text = shown(app, PAGE, patrol=saved.head.patrol_id)
    assert f"{100 * record.covered_share:.1f}%" in text
    assert f"上限 {100 * record.coverage_bound:.1f}%" in text
    team = record.teams[0]
    grid = stations_grid(app)
    assert list(grid["arrives"]) == [clock(station.arrives_min) for station in team.stations]
    assert [name for name in grid["tag"] if name] == [f"甲{s.number}" for s in team.stations if s.number]


def test_what_is_left_is_listed_most_risk_first_with_its_reason(app, session):
    saved = stored(session)
    (record,) = saved.sets
    left = sorted((task for task in record.tasks if task.reason), key=lambda task: (-task.risk, task.demand_id))
    text = shown(app, PAGE, patrol=saved.head.patrol_id)
    if not left:
        assert "共 0 项" in text
        return
    assert f"共 {len(left)} 项" in text
    grid = next(grid.value for grid in app.dataframe if "share" in grid.value)
    assert list(grid["reason"]) == [wording.term("patrol_reason", task.reason) for task in left]
    total = sum(task.risk for task in record.tasks)
    assert list(grid["share"]) == [round(100 * task.risk / total, 2) for task in left]


def test_starts_are_told_apart_by_their_gate_and_no_id_is_shown(session):
    names = patrol_choice._depot_names(patrol_basis(session, REQUEST), "zh")
    assert len(set(names.values())) == len(names) > 50
    assert not [name for name in names.values() if ":" in name]
    gatehouses = [name for name in names.values() if name.endswith("门卫室")]
    assert any(name.split(" ")[1].endswith("门") for name in gatehouses)


def test_a_station_opened_by_its_address_is_told_beside_the_buttons(app, session):
    saved = stored(session)
    team = saved.sets[0].teams[0]
    last = max((s for s in team.stations if s.number), key=lambda s: s.number)
    text = shown(app, PAGE, patrol=saved.head.patrol_id, team=team.team_id, station=f"{team.team_id}.{last.number}")
    assert f"已选 甲{last.number}：{clock(last.arrives_min)} 到" in text


def test_the_timetable_has_the_hours_of_the_posts_and_every_sign_in_its_legend(session):
    record = stored(session).sets[0]
    post = Post("g1", "甲小学", "正门", 600.0, 660.0, ("police",), Point(105.2, 25.2))
    later = replace(post, gate_id="g2", begins_min=630.0, ends_min=690.0)
    drawn = patrol_gantt.gantt(replace(record, posts=(post, later)), "zh")
    assert patrol_gantt.required(replace(record, posts=(post, later))) == (600.0, 690.0)
    assert drawn.count("data-band") == 1
    for word in ("stand", "street", "check", "rest", "free", "way"):
        assert wording.text(f"patrols.legend.{word}") in drawn
    assert "护学岗须在位 10:00–11:30" in drawn
    bare = patrol_gantt.gantt(replace(record, posts=()), "zh")
    assert "data-band" not in bare
    assert "护学岗须在位" not in bare


def test_the_fourth_team_looks_like_no_other_and_three_are_drawn_together(session):
    saved = stored(session)
    teams = tuple(replace(saved.sets[0].teams[0], team_id=f"t{k}", name=f"{n}组") for k, n in enumerate("甲乙丙丁"))
    four = replace(saved, sets=(replace(saved.sets[0], teams=teams),))
    first, last = (patrol_view.shown(four, 0, SimpleNamespace(team=team, station="")) for team in ("t0", "t3"))
    assert first.letters == {"t0": "a", "t1": "b", "t2": "c"}
    assert last.letters == {"t1": "b", "t2": "c", "t3": "d"}


def test_the_map_shows_the_ground_with_most_stations_not_a_long_leg(session):
    saved = stored(session)
    seen = patrol_view.shown(saved, 0, SimpleNamespace(team="", station=""))
    one = next(s for s in seen.team.stations if s.number)
    town = [replace(one, number=k + 1, spot=Point(105.2 + k * 0.004, 25.2), served=None) for k in range(5)]
    far = replace(one, number=6, spot=Point(105.27, 25.2), served=None)
    own = replace(seen, team=replace(seen.team, stations=(*town, far)))
    west, _, east, _ = patrol_map._bounds(own)
    assert 105.19 < west <= 105.2
    assert 105.216 <= east < 105.22


def test_another_team_is_chosen_by_the_address(app, session):
    saved = stored(session)
    shown(app, PAGE, patrol=saved.head.patrol_id, team="t2")
    arrivals = [clock(station.arrives_min) for station in saved.sets[0].teams[1].stations]
    assert list(stations_grid(app)["arrives"]) == arrivals


def test_the_page_has_no_chinese_words_of_ours_in_english(app):
    text = shown(app, PAGE, lang="en")
    ours = {
        word
        for key, word in wording.catalogue("zh").items()
        if key.startswith(("patrols.", "ui.", "term.patrol_", "term.shift")) and re.search("[\u4e00-\u9fff]{2}", word)
    }
    # legends, timetable and reasons are ours; names of places are the data's
    assert {word for word in ours if "{" not in word and f" {word} " in text} == set()


def visit(browser, address, query):
    seen = Seen()
    page = entered(browser, f"{address}/patrols?{query}", seen)
    page.set_default_timeout(90_000)
    return page, seen


@pytest.mark.browser
def test_skip_a_station_and_print_the_rest(browser, own_address, session, tmp_path):
    before = stored(session)
    team = before.sets[0].teams[0]
    station = next(s for s in team.stations if s.number and s.kind == "water")
    query = f"patrol={before.head.patrol_id}&team={team.team_id}&station={team.team_id}.{station.number}"
    page, seen = visit(browser, own_address, query)
    tags = {f["properties"]["name"]: f["geometry"]["coordinates"] for f in on_map(page, "stations")}
    expected = {
        f"{t.name[0]}{s.number}": (s.spot.x, s.spot.y) for t in before.sets[0].teams for s in t.stations if s.number
    }
    assert set(tags) == set(expected)
    assert all(np.allclose(tags[name], expected[name], atol=1e-6) for name in expected)
    shot(page, "page_patrol")
    page.get_by_role("button", name="跳过此站").click()
    until(page, "() => [...document.querySelectorAll('button')].some((b) => b.textContent.includes('取消固定 1'))")
    idle(page)
    after = stored(session)
    assert after.head.version == before.head.version + 1
    skipped = {task.demand_id for task in after.sets[0].tasks if task.reason == "skipped"}
    assert skipped == set(station.demand_ids)
    page.get_by_role("button", name="打印巡逻单").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="巡逻单 PDF（第 1 套）").click()
    waiting.value.save_as(tmp_path / "sheets.pdf")
    printed = (tmp_path / "sheets.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    entry = audit.entries(store_of(session)).iloc[-1]
    assert (entry["action"], entry["subject"]) == ("patrol.export", after.head.patrol_id)
    on = date.fromisoformat(entry["detail"]["day"])
    assert printed == patrol_papers.sheets_pdf(session, after, 0, on)
    seen.check()
    page.context.close()


def gpx_of(team, crs, on):
    """Track of a team that does what its plan says, as a device writes it."""
    track = followed(team, crs, step_s=5.0)
    lon, lat = lonlat(crs, track.xy[:, 0], track.xy[:, 1])
    midnight = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo("Asia/Shanghai"))
    at = [f"{(midnight + timedelta(minutes=m)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for m in track.minutes.tolist()]
    points = "".join(
        f'<trkpt lat="{y:.7f}" lon="{x:.7f}"><time>{moment}</time></trkpt>'
        for x, y, moment in zip(lon.tolist(), lat.tolist(), at, strict=True)
    )
    head = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk>'
    return f"{head}<name>{team.name}</name><trkseg>{points}</trkseg></trk></gpx>".encode()


@pytest.mark.browser
def test_a_track_that_followed_the_plan_is_all_done(browser, own_address, session, tmp_path):
    saved = stored(session)
    crs = metric_crs(105.2)
    files = []
    for team in saved.sets[0].teams:
        path = tmp_path / f"{team.name}.gpx"
        path.write_bytes(gpx_of(team, crs, DAY))
        files.append(path)
    page, seen = visit(browser, own_address, f"patrol={saved.head.patrol_id}")
    page.get_by_role("radio", name="实巡对照").click()
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="导入", exact=True).click()
    page.wait_for_selector(".hx-note:has-text('甲组.gpx')")
    page.reload()
    idle(page)
    page.get_by_role("radio", name="实巡对照").click()
    page.wait_for_selector("text=计划完成")
    idle(page)
    boxes = page.locator(".hx-kpi").all_inner_texts()
    done = next(text for text in boxes if "计划完成" in text)
    assert float(re.search(r"([\d.]+)%", done)[1]) >= 99.0
    assert {f["geometry"]["type"] for f in on_map(page, "tracks")} == {"LineString"}
    found = patrol_checks.check_patrol(session, saved.sets[0], DAY)
    states = {task.demand_id: task.state for task in found.tasks}
    drawn = {f["properties"]["id"]: f["properties"]["case"].removesuffix("-line") for f in on_map(page, "checked")}
    assert drawn == states
    for state, count in Counter(states.values()).items():
        assert page.get_by_role("radio", name=f"{wording.term('check_state', state)} {count}", exact=True).count() == 1
    assert all(note["box"] <= note["room"] for note in room_of_notes(page))
    shot(page, "page_patrol_check")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载表格").click()
    waiting.value.save_as(tmp_path / "tasks.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "tasks.xlsx")["实巡对照"]
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(k for k, row in enumerate(told) if "实到时间" in row)
    table = patrol_tasks.task_table(saved.sets[0], found)
    for name, title in (("place", "地点"), ("planned", "计划时间"), ("done", "实到时间"), ("by", "实到组"),
                        ("dwell", "停留（分钟）"), ("state", "结果")):  # fmt: skip
        column = told[head].index(title)
        assert [row[column] for row in told[head + 1 : head + 1 + len(table)]] == list(table[name])
    seen.check()
    page.context.close()


def room_of_notes(page):
    """Width of every figure's line and of the room that its box has."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.hx-kpi .v')].map((v) => ({box: v.scrollWidth, room: v.clientWidth}))"""
    )


@pytest.mark.browser
def test_a_team_without_track_is_unknown_and_the_buttons_have_room(browser, own_address, session, tmp_path):
    saved = stored(session)
    teams, on = saved.sets[0].teams, DAY + timedelta(days=1)
    path = tmp_path / "alone.gpx"
    path.write_bytes(gpx_of(teams[0], metric_crs(105.2), on))
    page, seen = visit(browser, own_address, f"patrol={saved.head.patrol_id}")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] button p')]
          .filter((p) => p.scrollWidth > p.clientWidth).map((p) => p.textContent)"""
    )
    assert cut == []
    page.get_by_role("radio", name="实巡对照").click()
    page.locator("input[type=file]").set_input_files([path])
    page.get_by_role("button", name="导入", exact=True).click()
    page.wait_for_selector(".hx-note:has-text('alone.gpx')")
    page.reload()
    idle(page)
    page.get_by_role("radio", name="实巡对照").click()
    page.wait_for_selector("text=计划完成")
    idle(page)
    found = patrol_checks.check_patrol(session, saved.sets[0], on)
    count = sum(task.team_id == teams[1].team_id for task in found.tasks)
    assert page.get_by_text(f"{teams[1].name}这一天没有轨迹：它的 {count} 项任务都不能判断").count() == 1
    rows = page.locator(".hx-table tbody tr:has-text('无轨迹，不能判断')")
    assert rows.count() == sum(task.reason == "no_track" for task in found.missed[:15]) > 0
    unknown = sum(task.state == "unknown" for task in found.tasks)
    assert page.get_by_role("radio", name=f"不能判断 {unknown}", exact=True).count() == 1
    seen.check()
    page.context.close()
