"""The commands end to end on a drawn town: summaries, exit codes, one-line refusals, same bytes twice."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from gislib import __version__
from gislib.cli import main
from gislib.cli.app import app

DAY = ("--as-of", "2026-09-01")


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments):
    """Summary of a command that must succeed: exactly one JSON object on stdout."""
    result = invoke(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*arguments):
    """Line on stderr of a command that must refuse; nothing on stdout."""
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    [line] = [line for line in result.stderr.splitlines() if line.strip()]
    assert "Traceback" not in line
    return line


@pytest.fixture(scope="module")
def workspace(town, tmp_path_factory) -> Path:
    """Workspace with the town imported, assessed and judged."""
    path = tmp_path_factory.mktemp("ws") / "town"
    done("import", path, "osm", town)
    done("assess", path, *DAY)
    done("comply", path, *DAY)
    return path


def test_import_counts_what_came_in(town, tmp_path):
    summary = done("import", tmp_path / "w", "osm", town)
    assert summary["layers"]["schools"] == 2
    assert summary["layers"]["venues"] == 2
    assert summary["changes"]["schools"] == {"added": 2, "changed": 0, "gone": 0}
    assert summary["rejected"] == []
    again = done("import", tmp_path / "w", "osm", town)
    assert again["changes"]["schools"] == {"added": 0, "changed": 0, "gone": 0}


def test_import_of_a_table_returns_refused_rows_with_number_and_reason(town, tmp_path):
    done("import", tmp_path / "w", "osm", town)
    table = tmp_path / "venues.csv"
    table.write_text(
        "名称,类别,经度,纬度\n蓝天网吧,网吧,104.9045,25.0898\n坏行,网吧,104.9N/A,25.09\n", encoding="gb18030"
    )
    summary = done("import", tmp_path / "w", "venues", table, "--datum", "wgs84", "--as", "culture")
    assert (summary["source_id"], summary["layers"], summary["rejected_count"]) == ("culture", {"venues": 1}, 1)
    [row] = summary["rejected"]
    assert row["row"] == 3
    assert row["reason"]
    undone = done("import", tmp_path / "w", "--undo", "culture")
    assert (undone["changes"]["venues"]["gone"], undone["current"]) == (1, {})
    again = done("import", tmp_path / "w", "--redo", "culture")
    assert (again["current"]["file"], again["current"]["rows_kept"]) == ("venues.csv", 1)


def test_a_table_of_one_row_makes_no_zero_at_the_campuses_it_does_not_name(workspace, tmp_path):
    """Only a table that claims to be complete turns "none in the data" into 0; without the claim it is unknown."""
    folder = tmp_path / "w"
    shutil.copytree(workspace, folder)
    table = tmp_path / "rentals.csv"
    table.write_text("编码,床位,经度,纬度\n1,6,105.2,25.2\n")
    for complete, expected in (((), [None, None]), (("--complete",), [0.0, 0.0])):
        done("import", folder, "rentals", table, "--datum", "wgs84", *complete)
        done("assess", folder, *DAY)
        risk = pd.read_parquet(folder / "results" / "school_risk.parquet")
        assert [None if pd.isna(value) else value for value in risk["index_rentals"]] == expected
        report = done("check", folder, *DAY)
        assert ("rentals" in report["unknown_families"]) == (expected[0] is None)


def test_a_person_reads_layers_kinds_and_counts_in_words(town, tmp_path):
    text = invoke("import", tmp_path / "w", "osm", town).stdout
    assert "道路 2" in text
    assert "文件 节点 4, 文件 线 5, 文件 不完整的线 0" in text
    assert not re.search(r"[a-z]+\.[a-z]+", text), text
    assert "学校类别: 幼儿园 1, 小学 1" in invoke("check", tmp_path / "w", *DAY).stdout
    english = invoke("import", tmp_path / "w", "osm", town, "--lang", "en").stdout
    assert "file broken ways 0" in english
    table = tmp_path / "bad.csv"
    table.write_text("店名,业态,经度,纬度\n蓝天网吧,网吧,104.9N/A,25.0898\n", encoding="utf-8")
    line = refused("import", tmp_path / "w", "venues", table, "--datum", "wgs84")
    assert line == "bad.csv 的 1 行都不能用。如第 2 行“经度”列“104.9N/A”：坐标读不出来。请写成 104.9012 或 104°54′04″。"


def test_check_reports_problems_as_rows(workspace):
    report = done("check", workspace, *DAY)
    assert report["counts"]["schools"] == 2
    assert "rentals" in report["unknown_families"]
    assert {row["severity"] for row in report["rows"]} <= {"serious", "doubt", "note"}


def test_assess_writes_the_ranking(workspace):
    table = pd.read_csv(workspace / "results" / "school_risk.csv", encoding="utf-8-sig")
    assert {
        "school_id",
        "name",
        "kind",
        "score",
        "grade",
        "confidence",
        "rank",
        "rank_low",
        "rank_high",
        "p_top10",
    } <= set(table.columns)
    assert len(table) == 2


def test_comply_writes_distances_and_findings(workspace):
    distances = pd.read_csv(workspace / "results" / "distances.csv", encoding="utf-8-sig")
    assert list(distances.columns[:12]) == [
        "school_id", "venue_id", "method", "distance_m", "distance_at_least_m", "uncertainty_m", "limit_m", "rule_id",
        "inside_nominal", "verdict", "is_profile_method", "reason",
    ]  # fmt: skip
    near = distances[(distances["school_id"] == "osm:w111") & (distances["venue_id"] == "osm:n31")]
    straight = near[near["method"] == "boundary_straight"].iloc[0]
    assert straight["distance_m"] == pytest.approx(33.2, abs=0.1)  # 0.0003 degrees of latitude at 25.09 N
    assert (straight["verdict"], straight["inside_nominal"]) == ("suspected", True)
    findings = pd.read_csv(workspace / "results" / "findings.csv", encoding="utf-8-sig")
    assert len(findings) >= 4
    assert findings["venue_id"].isin(["osm:n31", "osm:n32"]).all()


def test_two_runs_give_the_same_bytes(town, workspace, tmp_path):
    for step in (("import", "osm", town), ("assess", *DAY), ("comply", *DAY)):
        done(step[0], tmp_path / "town", *step[1:])
    first = {path.name: path.read_bytes() for path in (workspace / "results").iterdir() if path.name != "run.json"}
    second = {p.name: p.read_bytes() for p in (tmp_path / "town" / "results").iterdir() if p.name != "run.json"}
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_export_writes_every_format_with_its_stamp(workspace, tmp_path):
    files = [Path(name) for name in done("export", workspace, "--out", tmp_path / "out")["files"]]
    assert {path.suffix for path in files} >= {".geojson", ".csv", ".gpkg", ".html", ".parquet"}
    [schools] = [path for path in files if path.name == "schools.geojson"]
    content = json.loads(schools.read_text("utf-8"))
    assert content["metadata"]["marking"]
    assert "OpenStreetMap" in content["metadata"]["attribution"][0]
    assert len(gpd.read_file(schools)) == 2
    table = pd.read_csv(tmp_path / "out" / "schools.csv", encoding="utf-8-sig")
    assert list(table.columns[-2:]) == ["marking", "data_version"]
    assert set(table["marking"]) == {" ".join(content["metadata"]["marking"])}
    assert set(table["data_version"]) == {content["metadata"]["data_version"]}
    only = done("export", workspace, "--out", tmp_path / "two", "--formats", "geojson")["files"]
    assert {Path(name).suffix for name in only} == {".geojson"}


def test_for_a_person_there_are_words_in_the_language_asked_for(workspace):
    chinese, english = invoke("comply", workspace, *DAY), invoke("comply", workspace, *DAY, "--lang", "en")
    assert chinese.exit_code == english.exit_code == 0
    assert "口径" in chinese.stdout
    assert "profile" in english.stdout
    assert "违法" not in chinese.stdout


@pytest.mark.parametrize("command", ["check", "assess", "comply"])
def test_a_folder_that_is_no_workspace_is_refused(command, tmp_path):
    assert "nowhere" in refused(command, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_refusal_in_json_is_one_object_too(tmp_path):
    result = invoke("assess", tmp_path / "nowhere", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == "workspace_missing"
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm", b""),
        ("page.osm", b"<!DOCTYPE html><html><body>504</body></html>"),
        ("cut.osm.gz", b"\x1f\x8b\x08\x00\x00"),
        ("town.osm.pbf", b"not a pbf"),
    ],
)
def test_a_broken_file_is_one_line_and_leaves_no_workspace(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    assert name in refused("import", tmp_path / "w", "osm", tmp_path / name)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("import", "W", "osm", "missing.osm"), "missing.osm"),
        (("import", "W", "rockets", "TOWN"), "rockets"),
        (("import", "W"), "--undo"),
        (("import", "W", "osm"), "--undo"),
        (("import", "W", "osm", "TOWN", "--place", "x"), "--undo"),
        (("import", "W", "schools", "--place", "x"), "schools"),
        (("import", "W", "osm", "TOWN", "--map", "name"), "name"),
        (("import", "WS", "--undo", "nothing"), "nothing"),
        (("comply", "WS", "--profile", "atlantis"), "atlantis"),
        (("assess", "WS", "--as-of", "yesterday"), "yesterday"),
        (("assess", "WS", "--slice", "midnight"), "midnight"),
        (("export", "WS", "--out", "OUT", "--formats", "dwg"), "dwg"),
        (("demo", "WS"), "town"),
        (("serve", "W", "--host", "0.0.0.0"), "0.0.0.0"),  # noqa: S104 - refused
    ],
)
def test_bad_requests_are_one_line_that_names_the_trouble(arguments, named, workspace, town, tmp_path):
    places = {"W": tmp_path / "w", "WS": workspace, "TOWN": town, "OUT": tmp_path / "out"}
    assert named in refused(*(places.get(argument, argument) for argument in arguments))
    assert not (tmp_path / "w").exists()


def test_a_place_that_cannot_be_written_is_refused(workspace, tmp_path):
    (tmp_path / "file").write_text("x")
    assert "file" in refused("export", workspace, "--out", tmp_path / "file" / "out")


def test_export_before_assess_says_what_to_do(town, tmp_path):
    done("import", tmp_path / "w", "osm", town)
    assert refused("export", tmp_path / "w", "--out", tmp_path / "out")


def test_an_osm_file_without_schools_is_taken_with_a_warning(osm_xml, tmp_path):
    path = tmp_path / "street.osm"
    path.write_text(
        osm_xml({1: (104.9, 25.1, {}), 2: (104.91, 25.1, {})}, {9: ([1, 2], {"highway": "residential"})}),
        encoding="utf-8",
    )
    summary = done("import", tmp_path / "w", "osm", path)
    assert summary["warnings"]
    assert all(message["text"] for message in summary["warnings"])
    assert refused("assess", tmp_path / "w")
    assert done("check", tmp_path / "w")["rows"][0]["severity"]


def test_the_module_is_the_command():
    answer = subprocess.run(
        [sys.executable, "-m", "gislib", "doctor", "--json"], capture_output=True, text=True, check=False, timeout=120
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["ok"] is True
    assert {"check": "program", "ok": True, "found": __version__} in found["checks"]


@pytest.mark.parametrize("arguments", [["frobnicate"], ["assess"], ["assess", "w", "--seed", "x"]])
def test_a_misspelt_command_line_is_exit_code_two_without_traceback(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["huxuetu", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err
    assert "Traceback" not in told.err
