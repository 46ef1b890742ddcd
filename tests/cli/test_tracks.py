"""``import`` of tracks and depots from the command line."""

import json

from typer.testing import CliRunner

from gislib.cli.app import app

POINTS = "".join(
    f'<trkpt lat="25.0900" lon="{104.9 + k * 1e-4:.4f}"><time>2026-11-20T08:{k:02d}:00Z</time></trkpt>'
    for k in range(30)
)
GPX = f'<gpx version="1.1"><trk><name>甲组</name><trkseg>{POINTS}</trkseg></trk></gpx>'


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments):
    result = invoke(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_tracks_come_in_and_go_again(town, tmp_path):
    done("import", tmp_path / "w", "osm", town)
    path = tmp_path / "甲组.gpx"
    path.write_text(GPX, "utf-8")
    summary = done("import", tmp_path / "w", "tracks", path)
    assert (summary["source_id"], summary["rows_kept"], summary["layers"]) == ("tracks_甲组", 30, {"tracks": 30})
    assert done("import", tmp_path / "w", "tracks", path, "--as", "gps")["source_id"] == "gps"
    done("import", tmp_path / "w", "--undo", "gps")


def test_tracks_of_another_city_are_one_line(town, tmp_path):
    done("import", tmp_path / "w", "osm", town)
    path = tmp_path / "t.gpx"
    path.write_text(GPX.replace('lat="25', 'lat="39'), "utf-8")
    result = invoke("import", tmp_path / "w", "tracks", path)
    assert result.exit_code == 2
    [line] = [line for line in result.stderr.splitlines() if line.strip()]
    assert "都不在本工作区范围内" in line


def test_tracks_make_no_workspace(tmp_path):
    path = tmp_path / "t.gpx"
    path.write_text(GPX, "utf-8")
    result = invoke("import", tmp_path / "w", "tracks", path)
    assert result.exit_code == 2
    assert "请先导入学校" in result.stderr
    assert not (tmp_path / "w").exists()


def test_depots_come_in(town, tmp_path):
    done("import", tmp_path / "w", "osm", town)
    path = tmp_path / "depots.csv"
    path.write_text("驻地,类型,经度,纬度\n城关派出所,派出所,104.9045,25.0898\n", "utf-8")
    assert done("import", tmp_path / "w", "depots", path, "--datum", "wgs84")["layers"] == {"depots": 1}
