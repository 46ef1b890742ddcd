"""Tracks imported into a workspace and compared with a plan: days, time zone, teams, what stays as it was."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pytest
import shapely
from patrol_tracks import walk
from worlds import CRS, table

from gislib.domain.errors import InputError, RefusedError
from gislib.domain.tables import WGS84
from gislib.geo.crs import lonlat, to_wgs84
from gislib.patrol.record import RETURN, START, PatrolRecord, Station, Task, TeamPlan
from gislib.planning import imports
from gislib.planning.imports import ImportOptions, import_file
from gislib.planning.patrol_checks import check_patrol, track_days, track_lines, track_teams
from gislib.planning.patrol_tasks import task_table
from gislib.planning.session import Session, open_session
from gislib.sources import workspace
from gislib.sources.provenance import Loaded, Provenance, no_rejections
from gislib.sources.tracks import recorded

ON = date(2026, 11, 23)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = 1380.0
"""23:00, so that the shift runs past midnight."""


@pytest.fixture
def session(tmp_path):
    ws = workspace.create(tmp_path / "ws")
    campus = {"name": "一小", "kind": "primary", "geometry": shapely.box(0, 0, 90, 90)}
    facts = {"data_date": None, "licence": "", "datum": "wgs84", "sha256": "", "rows_read": 1, "rows_kept": 1}
    origin = Provenance(
        "schools", "schools.csv", "2026-11-01T00:00:00+00:00", covers_area=True, counts={}, warnings=(), **facts
    )
    workspace.put_source(ws, Loaded({"schools": to_wgs84(table("schools", [campus]))}, no_rejections(), origin))
    return open_session(ws.root)


def degrees(shape):
    return gpd.GeoSeries([shape], crs=CRS).to_crs(WGS84).iloc[0]


def record(*teams):
    """Each team walks one street eastwards from 23:30 to 00:15 of the next day."""
    plans, tasks = [], []
    for k, name in enumerate(teams):
        line = shapely.LineString([(0, 200.0 * k), (3000, 200.0 * k)])
        ends = NIGHT + 75.0
        here = degrees(shapely.Point(0, 200.0 * k))
        stations = tuple(
            Station(None, kind, None, None, (), at, at, at, (), 0.0, 0.0, 0.0, "", here, None, None)
            for kind, at in ((START, NIGHT + 30), (RETURN, ends))
        )
        plans.append(
            TeamPlan(f"t{k}", name, "foot", 2, (), None, NIGHT + 30, ends, 0.0, ends, 0.0, 0.0, 3000.0, stations)
        )
        tasks.append(Task(f"a{k}", "street", "长街", None, 1.0, f"t{k}", NIGHT + 30, ends, None, degrees(line)))
    return PatrolRecord(
        "night", NIGHT, NIGHT + 180, tuple(plans), tuple(tasks), (), 1.0, 1.0, 3000.0, 3000.0, 0.0, 1, 1
    )


def gpx(track, name, on=ON):
    midnight = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
    lon, lat = lonlat(CRS, *track.xy.T)
    points = "".join(
        f'<trkpt lat="{y:.7f}" lon="{x:.7f}"><time>'
        f"{(midnight + timedelta(minutes=float(m))).astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S}Z</time></trkpt>"
        for x, y, m in zip(lon, lat, track.minutes, strict=True)
    )
    return f'<gpx version="1.1"><trk><name>{name}</name><trkseg>{points}</trkseg></trk></gpx>'


def put(session, tmp_path, text, file="a.gpx", **options):
    path = tmp_path / file
    path.write_text(text, "utf-8")
    return import_file(session, "tracks", path, ImportOptions(**options))


def street_walk(row=0, minutes=45.0, late=0.0):
    return walk(((3000, 200.0 * row), minutes), xy=(0, 200.0 * row), begins_min=NIGHT + 30 + late)


def refused(call, *args, **options):
    with pytest.raises(InputError) as caught:
        call(*args, **options)
    return caught.value


def test_a_night_patrol_is_checked_past_midnight(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(late=4.0), "甲组"))
    found = check_patrol(session, record("甲组"), ON)
    assert [(own.state, own.track) for own in found.tasks] == [("done", "甲组")]
    assert found.tasks[0].late_min == pytest.approx(4.0, abs=0.2)
    assert found.planned_share == pytest.approx(1.0)
    assert track_days(session) == [date(2026, 11, 24), ON], "it ended on the next day"


def test_tracks_of_other_shifts_and_days_stay_out(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(), "甲组", date(2026, 11, 20)))
    problem = refused(check_patrol, session, record("甲组"), ON)
    assert problem.code == "patrol_check_no_tracks"
    assert problem.values == {"date": "2026-11-23", "known": "2026-11-21, 2026-11-20"}
    put(session, tmp_path, gpx(walk(((3000, 0), 45.0), begins_min=600.0), "甲组"), "morning.gpx")
    assert refused(check_patrol, session, record("甲组"), ON).code == "patrol_check_no_tracks"


def test_without_any_tracks(session):
    assert refused(check_patrol, session, record("甲组"), ON).code == "patrol_check_no_file"
    assert track_days(session) == []


def test_teams_are_found_by_label_or_source_or_choice(session, tmp_path):
    plan = record("甲组", "乙组", "第1组")
    put(session, tmp_path, gpx(street_walk(0), "甲组 11-23"))
    put(session, tmp_path, gpx(street_walk(1), "Track 7"), "手机.gpx", name="乙组")
    put(session, tmp_path, gpx(street_walk(2), "T2"), "b.gpx")
    put(session, tmp_path, gpx(street_walk(2), "Track 8"), "c.gpx")
    assert track_teams(session, plan, ON) == {"甲组 11-23": "t0", "Track 7": "t1", "T2": "t2", "Track 8": None}
    assert check_patrol(session, plan, ON).unmatched == ("Track 8",)
    assert check_patrol(session, plan, ON, {"Track 8": "t2"}).unmatched == ()
    assert refused(check_patrol, session, plan, ON, {"Track 8": "t9"}).code == "patrol_check_team"
    assert refused(check_patrol, session, plan, ON, {"Track 9": "t2"}).code == "patrol_check_label"


def test_the_only_team_owns_every_track(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(), "Track 7"))
    assert track_teams(session, record("甲组"), ON) == {"Track 7": "t0"}


def test_a_team_without_a_track_cannot_be_judged(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(0), "甲组"))
    found = check_patrol(session, record("甲组", "乙组"), ON)
    assert [(own.state, own.reason) for own in found.tasks] == [("done", None), ("unknown", "no_track")]
    assert (found.planned_share, found.unknown_share) == (pytest.approx(0.5), pytest.approx(0.5))


def test_every_task_is_listed_with_what_is_known_of_it(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(0, late=4.0), "甲组 11-23"))
    plan = record("甲组", "乙组")
    nobody = Task("b", "venue", None, "一小", 2.0, None, None, None, "no_skill", plan.tasks[0].place.centroid)
    plan = replace(plan, tasks=(nobody, *plan.tasks))
    found = check_patrol(session, plan, ON)
    assert [(own.demand_id, own.reason) for own in found.missed] == [("a1", "no_track")], "not told as done in silence"
    table_ = task_table(plan, found)
    assert table_.drop(columns=["dwell", "share"]).to_numpy().tolist() == [
        ["a0", "done", "长街", "巡线", None, "甲组", "23:30", "23:34", "甲组", "已完成", None],
        ["a1", "unknown", "长街", "巡线", None, "乙组", "23:30", None, None, "不能判断", "无轨迹，不能判断"],
        ["b", "not_planned", "无名处", "场所抽查", "一小", None, None, None, None, "未安排", "没有带队民警"],
    ]
    assert table_["share"].tolist() == [100, None, None]
    assert table_["dwell"].tolist() == [None, None, None]


@pytest.mark.parametrize("head", ["组", "组名", "小组", "巡逻组"])
def test_the_column_of_our_own_roster_names_the_team(session, tmp_path, head):
    lon, lat = lonlat(CRS, np.array([0.0, 200.0]), np.array([200.0, 200.0]))
    rows = [f"乙组,2026-11-23 23:3{k}:00,{lon[k]:.7f},{lat[k]:.7f}" for k in range(2)]
    put(session, tmp_path, "\n".join([f"{head},时间,经度,纬度", *rows]), "定位.csv", datum="wgs84")
    assert track_teams(session, record("甲组", "乙组"), ON) == {"乙组": "t1"}


def test_half_a_track_covers_the_half(session, tmp_path):
    whole = street_walk()
    kept = whole.minutes <= NIGHT + 52.5
    text = gpx(type(whole)(whole.label, whole.team_id, whole.minutes[kept], whole.xy[kept]), "甲组")
    put(session, tmp_path, text)
    found = check_patrol(session, record("甲组"), ON)
    assert found.tasks[0].share == pytest.approx(0.5, abs=0.01)
    assert (found.tasks[0].state, found.tasks[0].reason) == ("unknown", "gap"), "the device may have been switched off"


def test_lines_to_draw(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(), "甲组"))
    lines = track_lines(session, record("甲组"), ON)
    assert lines[["label", "team_id"]].to_numpy().tolist() == [["甲组", "t0"]]
    assert lines.to_crs(CRS).length.iloc[0] == pytest.approx(3000, rel=1e-3)
    with pytest.raises(RefusedError):
        track_lines(Session(session.workspace, "v", "viewer"), record("甲组"), ON)


def test_tracks_change_no_result_and_are_undone_like_any_source(session, tmp_path):
    before = workspace.data_version(session.workspace)
    done = put(session, tmp_path, gpx(street_walk(), "甲组"), "甲组.gpx")
    assert (done.source_id, dict(done.layers)) == ("tracks_甲组", {"tracks": 541})
    assert workspace.data_version(session.workspace) == before
    assert set(workspace.provenances(session.workspace)) == {"schools"}
    put(session, tmp_path, gpx(street_walk(1), "乙组"), "乙组.gpx")
    assert set(recorded(session.workspace)["source_id"]) == {"tracks_甲组", "tracks_乙组"}
    put(session, tmp_path, gpx(street_walk(0, 20.0), "甲组"), "甲组.gpx")
    assert (recorded(session.workspace)["source_id"] == "tracks_甲组").sum() == 241, "the same file is replaced"
    imports.undo(session, "tracks_甲组")
    assert (recorded(session.workspace)["source_id"] == "tracks_甲组").sum() == 541
    assert workspace.data_version(session.workspace) == before


def test_a_refused_file_changes_nothing(session, tmp_path):
    put(session, tmp_path, gpx(street_walk(), "甲组"))
    before = recorded(session.workspace)
    far = street_walk()
    problem = refused(put, session, tmp_path, gpx(far, "甲组").replace('lon="10', 'lon="12'))
    assert problem.code == "track_elsewhere"
    assert recorded(session.workspace).equals(before)
    assert np.isfinite(before["lon"]).all()


def test_depots_are_imported(session, tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("名称,类型,经度,纬度,电话\n城关派出所,派出所,105.001,0.001,13800138000\n", "utf-8")
    done = import_file(session, "depots", path, ImportOptions(datum="wgs84"))
    table_ = workspace.tables(session.workspace)["depots"]
    assert table_[["name", "kind"]].to_numpy().tolist() == [["城关派出所", "police_station"]]
    assert done.layers == {"depots": 1}
    assert [message.code for message in done.warnings] == ["columns_dropped"]
