"""The patrol page: what it shows is the stored record; a station is skipped, the sheets printed, a track compared."""

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from browser import Seen, shot
from page_journey import app_on, entered, idle, on_map, shown
from patrol_tracks import followed

from gislib import wording
from gislib.assessment import Request
from gislib.geo.crs import lonlat, metric_crs
from gislib.patrol.clock import clock
from gislib.planning import patrol_papers, patrol_teams, patrols
from gislib.planning.authors import store_of
from gislib.planning.patrol_basis import patrol_basis
from gislib.planning.patrols import PatrolWish
from gislib.planning.session import open_session
from gislib.store import audit

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
    left = sorted((task for task in record.tasks if task.reason), key=lambda task: -task.risk)
    assert f"显示 {min(len(left), 12)} / {len(left)}" in text
    for task in left[:3]:
        assert wording.term("patrol_reason", task.reason) in text


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
    page.wait_for_function(
        "() => [...document.querySelectorAll('button')].some((b) => b.textContent.includes('取消固定（1）'))"
    )
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
    shot(page, "page_patrol_check")
    seen.check()
    page.context.close()
