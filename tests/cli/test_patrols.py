"""``huxuetu patrol``: the contract's keys, files that can be read again, and refusals in one line."""

import json
import shutil

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from gislib.cli.app import app
from gislib.planning import patrols
from gislib.planning.session import open_session

SHIFT = ("--shift", "summer_water", "--seconds", "1", "--as-of", "2026-11-16", "--json")


@pytest.fixture(scope="module")
def folder(workspace, tmp_path_factory):
    target = tmp_path_factory.mktemp("patrolled") / "workspace"
    shutil.copytree(workspace, target)
    return target


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_routes_are_written_and_told(folder, tmp_path):
    done = run("patrol", folder, "--teams", 2, *SHIFT, "--name", "暑期", "--seed", 3, "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    wanted = {"teams", "required_risk_covered_share", "coverage_bound", "lower_bound", "gap", "seed", "unreachable"}
    assert wanted <= set(told)
    assert told["seed"] == 3
    assert [team["name"] for team in told["teams"]] == ["甲组", "乙组"]
    assert 0 < told["required_risk_covered_share"] <= told["coverage_bound"] <= 1
    results = folder / "results" / "patrols" / "暑期"
    kept = json.loads((results / "patrol.json").read_text("utf-8"))
    assert {key: told[key] for key in wanted} == {key: kept[key] for key in wanted}
    lines = gpd.read_file(results / "routes.geojson")
    assert set(lines["team"]) == {"甲组", "乙组"}
    names = {path.suffix for path in (tmp_path / "暑期").iterdir()}
    assert {".pdf", ".gpx", ".kml", ".xlsx", ".geojson", ".json"} <= names


def test_every_set_is_written_with_what_it_loses(folder, tmp_path):
    options = ("--sets", 2, "--seed", 3, "--speed", 20, "--break", 5, "--overtime", 30, "--out", tmp_path)
    done = run("patrol", folder, "--teams", 2, *SHIFT, "--name", "两套", *options)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sets"] == len(told["alternatives"]) == 2
    assert [set(one) for one in told["alternatives"]] == [{"seed", "loss_share", "apart_share"}] * 2
    assert told["alternatives"][0]["loss_share"] == 0.0
    assert all(one["loss_share"] <= 0.02 and one["apart_share"] >= 0.6 for one in told["alternatives"])
    assert told["coverage_bound"] <= told["coverage_bound_knapsack"] <= 1
    assert told["gap"] is None or told["gap"] > 0, "riding between waters costs something"
    assert sorted(path.name for path in (tmp_path / "两套").iterdir()) == ["第1套", "第2套"]
    for number, own in enumerate(told["alternatives"], start=1):
        kept = json.loads((tmp_path / "两套" / f"第{number}套" / "patrol.json").read_text("utf-8"))
        assert kept["seed"] == own["seed"]
        assert {".pdf", ".gpx", ".xlsx"} <= {path.suffix for path in (tmp_path / "两套" / f"第{number}套").iterdir()}
    saved = patrols.read(open_session(folder), told["patrol_id"])
    assert {(team.speed_kmh, team.break_min, team.overtime_min) for team in saved.wish.teams} == {(20.0, 5.0, 30.0)}
    assert {team.break_min for one in saved.sets for team in one.teams} == {5.0}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--teams", "0", *SHIFT), "巡逻队"),
        (("--teams", "99", *SHIFT), "60"),
        (("--teams", "2", "--shift", "lunch", "--as-of", "2026-11-16", "--json"), "lunch"),
        (("--teams", "2", *SHIFT, "--hours", "8-9"), "8-9"),
        (("--teams", "2", *SHIFT, "--hours", "08:00-08:03"), "班次"),
        (("--teams", "2", *SHIFT, "--sets", "0"), "0"),
        (("--teams", "2", *SHIFT, "--speed", "0"), "0"),
    ],
)
def test_refusals_are_one_line(folder, arguments, word):
    done = run("patrol", folder, *arguments)
    assert done.exit_code == 2
    message = json.loads(done.stdout)["error"]["message"]
    assert word in message
    assert "\n" not in message
    assert not (folder / "results" / "patrols" / "patrol").exists()
