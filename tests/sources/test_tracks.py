"""Track files: GPX and tables, good and broken."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gislib import rules, wording
from gislib.domain.errors import DatumError, InputError
from gislib.sources import tracks
from gislib.sources.track_times import moment
from gislib.sources.tracks import TrackOptions, read_tracks, source_name

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
)


def point(minute, second=0, east_m=0.0, lon=104.9005, lat=25.0905):
    at = f"<time>2026-11-23T08:{minute:02d}:{second:02d}Z</time>"
    return f'<trkpt lat="{lat}" lon="{lon + east_m / 100_800:.7f}"><ele>1200</ele>{at}</trkpt>'


def trk(*segments, name="甲组"):
    inner = "".join(f"<trkseg>{''.join(points)}</trkseg>" for points in segments)
    label = "" if name is None else f"<name>{name}</name>"
    return f"<trk>{label}<desc>张三 13800138000</desc>{inner}</trk>"


def gpx(*parts):
    return f"{HEAD}{''.join(parts)}</gpx>"


@pytest.fixture
def read(tmp_path, schools):
    def run(text, name="t.gpx", encoding="utf-8", known=None, **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        given = {"zone": SHANGHAI, "read_at": NOW} | options
        return read_tracks(path, TrackOptions(**given), {"schools": schools} if known is None else known, rules.load())

    return run


def refused(call, *args, **options):
    with pytest.raises(InputError) as caught:
        call(*args, **options)
    assert wording.error(caught.value) != str(caught.value)
    return caught.value


def told(found, code):
    return [message.values for message in found.loaded.provenance.warnings if message.code == code]


# GPX


def test_several_tracks_and_segments_are_sorted_by_team_and_time(read):
    found = read(
        gpx(trk([point(31)], [point(30)], name="乙组"), trk([point(30), point(30, 5)], name=" 甲组 "), trk([point(40)]))
    )
    table = found.table
    assert table["team"].tolist() == ["乙组", "乙组", "甲组", "甲组", "甲组"]
    assert table["track"].tolist() == [0, 0, 1, 1, 2]
    assert str(table["time"].dtype) == "datetime64[ms, UTC]"
    assert [f"{t:%H:%M:%S}" for t in table["time"]] == ["08:30:00", "08:31:00", "08:30:00", "08:30:05", "08:40:00"]
    assert list(table.columns) == list(tracks.COLUMNS)
    assert table["lon"].iloc[0] == pytest.approx(104.9005, abs=1e-7)
    assert told(found, "track_unsorted") == [{"count": 1}]
    origin = found.loaded.provenance
    assert (origin.rows_read, origin.rows_kept, origin.datum, origin.data_date) == (5, 5, "wgs84", "2026-11-23")
    assert origin.counts["tracks"] == 3


def test_nothing_personal_is_kept(read):
    found = read(gpx(trk([point(30)], name="甲组 13800138000")))
    assert found.table["team"].tolist() == ["甲组 ***"]
    assert told(found, "cells_private") == [{"count": 1}]
    said = f"{found.loaded.provenance}{found.loaded.rejected.to_dict()}"
    assert "13800138000" not in said
    assert "张三" not in said


def test_waypoints_and_routes_are_no_track(read):
    way = '<wpt lat="25.09" lon="104.9"><time>2026-11-23T08:00:00Z</time></wpt><rte><rtept lat="25" lon="104"/></rte>'
    assert len(read(gpx(way, trk([point(30)]))).table) == 1
    assert refused(read, gpx(way)).code == "track_no_points"
    assert refused(read, gpx()).code == "track_no_points"


def test_an_unnamed_track_is_named_after_the_file(read):
    assert read(gpx(trk([point(30)], name=None)), name="丙组.gpx").table["team"].tolist() == ["丙组"]


def test_gpx_without_namespace_or_in_another_encoding(read):
    plain = gpx(trk([point(30)])).replace(' xmlns="http://www.topografix.com/GPX/1/1"', "")
    assert len(read(plain).table) == 1
    assert read(plain.replace("UTF-8", "GB2312"), encoding="gb2312").table["team"].tolist() == ["甲组"]
    assert refused(read, plain.replace("UTF-8", "Shift_JIS")).code == "file_encoding"


def test_points_without_time_are_refused_one_by_one(read):
    timeless = '<trkpt lat="25.0905" lon="104.9005"/>'
    found = read(gpx(trk([point(30), timeless, point(31).replace("2026", "1999"), point(32).replace("08:", "ab:", 1)])))
    assert found.loaded.rejected[["row", "code"]].to_numpy().tolist() == [
        [2, "track_time_missing"],
        [3, "track_time_impossible"],
        [4, "track_time_unreadable"],
    ]
    assert len(found.table) == 1
    assert told(found, "rows_rejected") == [{"rejected": 3, "rows": 4}]


def test_a_track_without_any_time_is_refused_in_one_line(read):
    problem = refused(read, gpx(trk(['<trkpt lat="25.0905" lon="104.9005"/>'] * 3)))
    assert (problem.code, problem.values["points"]) == ("track_no_times", 3)
    assert "3 个点都没有可用的时间" in wording.error(problem)


def test_times_of_the_future_are_impossible(read):
    assert refused(read, gpx(trk([point(30).replace("2026", "2031")]))).code == "track_no_times"


def test_repeated_times_are_dropped_and_counted(read):
    found = read(gpx(trk([point(30), point(30, east_m=50), point(30, 5), point(30, 5)])))
    assert len(found.table) == 2
    assert found.table["lon"].iloc[0] == pytest.approx(104.9005, abs=1e-7), "the first one counts"
    assert told(found, "track_repeated") == [{"count": 2}]


def test_gaps_are_told(read):
    found = read(gpx(trk([point(30), point(31), point(43), point(50)])))
    assert told(found, "track_gaps") == [{"count": 2, "longest_min": 12}]
    assert not told(read(gpx(trk([point(30), point(31)]))), "track_gaps")


def test_another_city_is_refused_in_one_line(read):
    problem = refused(read, gpx(trk([point(30, lon=116.4, lat=39.9), point(31, lon=116.4, lat=39.9)])))
    assert (problem.code, problem.values["points"]) == ("track_elsewhere", 2)


def test_single_points_elsewhere_are_refused_alone(read):
    found = read(gpx(trk([point(30), point(31), point(32), point(33, lon=116.4, lat=39.9), point(34, lon=0, lat=0)])))
    assert len(found.table) == 3
    assert found.loaded.rejected["row"].tolist() == [4, 5]


def test_tracks_need_to_know_the_area(read):
    assert refused(read, gpx(trk([point(30)])), known={}).code == "track_before_area"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"),
        (gpx(trk([point(30)]))[:-20], "track_broken"),
        (gpx(trk([point(30)])).replace("</trkseg>", "</trk>"), "track_broken"),
        ("<kml></kml>", "track_not_gpx"),
        ("time,lon,lat", "track_broken"),
        ('<!DOCTYPE gpx [<!ENTITY a "b">]>' + gpx(trk([point(30)])).partition("\n")[2], "track_entities"),
    ],
)
def test_broken_files(read, text, code):
    assert refused(read, text).code == code


def test_a_bomb_of_entities_is_refused_before_it_grows(read):
    entities = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10 if k else "ha" * 10}">' for k in range(9))
    bomb = f"<!DOCTYPE gpx [{entities}]>{HEAD.partition(chr(10))[2]}<trk><name>&l8;</name></trk></gpx>"
    assert refused(read, bomb).code == "track_entities"


def test_coordinates_that_are_no_numbers(read):
    bad = point(31).replace('lat="25.0905"', 'lat="north"')
    found = read(gpx(trk([point(30), bad])))
    assert found.loaded.rejected[["row", "code"]].to_numpy().tolist() == [[2, "geometry_missing"]]


def test_ten_megabytes(read):
    extra = "<extensions><hr>80</hr><name>张三</name></extensions>"
    body = [
        point(k // 3600 % 60, k // 60 % 60, east_m=k % 400)
        .replace("Z<", f".{k % 60:03d}Z<")
        .replace("</trkpt>", f"{extra}</trkpt>")
        for k in range(70_000)
    ]
    text = gpx(trk(body))
    assert len(text.encode()) > 10 * 1024 * 1024
    found = read(text)
    assert found.loaded.provenance.rows_read == 70_000
    assert found.table["time"].is_monotonic_increasing
    assert found.table["team"].unique().tolist() == ["甲组"]


# tables


def csv(*rows, header="时间,经度,纬度,巡逻队"):
    return "\n".join([header, *rows])


ROWS = ("2026-11-23 16:30:00,104.9005,25.0905,甲组", "2026/11/23 16:30:05,104.9006,25.0905,甲组")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_times_of_a_table_are_local(read, encoding):
    table = read(csv(*ROWS), name="t.csv", encoding=encoding, datum="wgs84").table
    assert [f"{t:%H:%M:%S}" for t in table["time"]] == ["08:30:00", "08:30:05"]
    assert table["team"].tolist() == ["甲组", "甲组"]


def test_swapped_columns_are_put_right_and_told(read):
    found = read(csv(*ROWS, header="时间,纬度,经度,巡逻队"), name="t.csv", datum="wgs84")
    assert found.table["lon"].tolist() == [104.9005, 104.9006]
    assert told(found, "coordinates_swapped") == [{"rows": 2}]


def test_a_shifted_datum_is_undone_and_an_unknown_one_refused(read):
    with pytest.raises(DatumError) as caught:
        read(csv(*ROWS), name="t.csv")
    assert caught.value.code == "datum_undeclared"
    moved = read(csv(*ROWS), name="t.csv", datum="gcj02").table
    east = (104.9005 - moved["lon"].iloc[0]) * 100_800
    north = (25.0905 - moved["lat"].iloc[0]) * 111_000
    assert 200 < np.hypot(east, north) < 1000


def test_other_columns_are_not_read(read):
    rows = [f"{row},13800138000,张三" for row in ROWS]
    found = read(csv(*rows, header="时间,经度,纬度,巡逻队,手机,队员"), name="t.csv", datum="wgs84")
    assert told(found, "columns_dropped") == [{"count": 2, "columns": "手机、队员"}]
    assert list(found.table.columns) == list(tracks.COLUMNS)


def test_day_and_time_in_two_columns(read):
    rows = ("2026/11/23,16:30:00,104.9005,25.0905,甲组", "2026/11/23,16:30:05,104.9006,25.0905,甲组")
    found = read(csv(*rows, header="日期,时间,经度,纬度,队伍"), name="t.csv", datum="wgs84")
    assert [f"{t:%H:%M:%S}" for t in found.table["time"]] == ["08:30:00", "08:30:05"]
    assert not told(found, "columns_dropped")


def test_a_header_may_say_utc(read):
    found = read(csv(*ROWS, header="UTC,经度,纬度,巡逻队"), name="t.csv", datum="wgs84")
    assert f"{found.table['time'].iloc[0]:%H:%M}" == "16:30"


def test_a_planner_may_know_that_a_gpx_is_shifted(read):
    moved = read(gpx(trk([point(30)])), datum="gcj02").table
    assert abs(moved["lon"].iloc[0] - 104.9005) > 1e-3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("时间,经度,纬度\n", "table_header_only"),
        ("经度,纬度,巡逻队\n104.9,25.09,甲\n", "table_without_field"),
        ("时间,巡逻队\n2026-11-23 08:00,甲\n", "table_without_coordinates"),
        ("a,b\n1,2\n", "header_not_found"),
        ("时间,经度,纬度\n昨天,104.9,25.09\n", "track_no_times"),
        ("时间,经度,纬度\n2026-11-23 08:00,x,25.09\n", "table_all_rejected"),
    ],
)
def test_broken_tables(read, text, code):
    assert refused(read, text, name="t.csv", datum="wgs84").code == code


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23T08:30:00Z", "08:30:00"),
        ("2026-11-23T08:30:00.123456789Z", "08:30:00"),
        ("2026-11-23T16:30:00+08:00", "08:30:00"),
        ("2026-11-23 16:30", "08:30:00"),
        ("2026/11/23 16:30:07", "08:30:07"),
        ("2026年11月23日 16时30分7秒", "08:30:07"),
        ("2026-11-23 16:30:07", "08:30:07"),
        ("20261123163007", "08:30:07"),
        ("1795422600", "08:30:00"),
        ("1795422600123", "08:30:00"),
        ("2026-11-23", None),
        ("2026-13-23 16:30", None),
        ("2026-11-23 25:00", None),
        ("16:30", None),
        ("", None),
    ],
)
def test_moments(text, utc):
    found = moment(text, SHANGHAI)
    assert (None if found is None else f"{found:%H:%M:%S}") == utc
    assert found is None or found.date().isoformat() == "2026-11-23"


def test_source_names(tmp_path):
    assert source_name(tmp_path / "甲组 11-23.gpx") == "tracks_甲组_11-23"
    assert source_name(tmp_path / "...gpx") == "tracks"
    assert "13800138000" not in source_name(tmp_path / "张 13800138000.gpx")
