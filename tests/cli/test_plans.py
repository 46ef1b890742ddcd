"""``huxuetu plan`` and the export of plans, as a planner types them."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from gislib.cli.app import app

DAY = ("--as-of", "2026-11-16")


@pytest.fixture(scope="module")
def own(workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "workspace"
    shutil.copytree(workspace, folder)
    return folder


def test_plan_then_export(own, tmp_path):
    run = CliRunner()
    done = run.invoke(app, ["plan", str(own), "--budget", "300000", "--name", "甲", "--floor", "red=1", *DAY, "--json"])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["cost_yuan"] <= told["budget_yuan"] == 300000
    assert told["status"] == "optimal"
    assert told["gap"] <= 1e-3
    assert told["reduction"] > 0
    written = gpd.read_file(own / "results" / "plans" / "甲" / "treatments.geojson")
    assert len(written) == told["devices"]
    plan_json = json.loads((own / "results" / "plans" / "甲" / "plan.json").read_text("utf-8"))
    assert plan_json == {name: value for name, value in told.items() if name != "files"}
    said = run.invoke(app, ["plan", str(own), "--budget", "300000", "--name", "甲", "--floor", "red=1", *DAY]).stdout
    assert f"负荷减少: {told['reduction']}\n" in said  # numbers and files keep their dots
    assert "treatments.geojson" in said
    assert "求解状态: 已证最优\n" in said
    out = run.invoke(
        app, ["export", str(own), "--out", str(tmp_path), "--plan", "甲", "--formats", "geojson,dxf", "--json"]
    )
    assert out.exit_code == 0, out.stderr
    assert {path.rpartition("/")[2] for path in json.loads(out.stdout)["files"]} >= {"devices.geojson", "devices.dxf"}
    every = run.invoke(app, ["export", str(own), "--out", str(tmp_path / "all"), "--plan", "甲", "--json"])
    assert every.exit_code == 0, every.stderr
    ends = {path.rpartition(".")[2] for path in json.loads(every.stdout)["files"]}
    assert ends >= {"geojson", "gpkg", "qgz", "shp", "kml", "kmz", "dxf", "xlsx", "csv", "pdf"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--budget", "-5"], "预算"),
        (["--budget", "inf"], "预算 inf 元不可用"),
        (["--budget", "1000", "--ban", "nonsense"], "nonsense"),
        (["--budget", "1000", "--floor", "red=2"], "red=2"),
        (["--budget", "1000", "--floor", "lila=1"], "lila=1"),
        (["--budget", "0", "--floor", "red=1", *DAY], "达不到下限"),
    ],
)
def test_what_cannot_be_planned_is_one_line(own, arguments, words):
    done = CliRunner().invoke(app, ["plan", str(own), *arguments])
    assert done.exit_code == 2
    last = done.stderr.strip().splitlines()[-1]
    assert words in last


def test_a_plan_that_is_not_there(own, tmp_path):
    done = CliRunner().invoke(app, ["export", str(own), "--out", str(tmp_path), "--plan", "没有", "--formats", "dxf"])
    assert done.exit_code == 2
    assert "没有" in done.stderr


def test_shifted_twins_and_other_planes(own, tmp_path):
    done = CliRunner().invoke(
        app, ["export", str(own), "--out", str(tmp_path), "--formats", "geojson,gpkg", "--datum", "gcj02", "--crs",
              "EPSG:4544"],
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    exact = gpd.read_file(tmp_path / "schools.geojson").set_index("school_id").geometry
    near = gpd.read_file(tmp_path / "schools_GCJ02.geojson").set_index("school_id").geometry
    off = exact.to_crs(4544).centroid.distance(near.to_crs(4544).centroid)
    assert off.between(400, 700).all()
    assert gpd.read_file(tmp_path / "huxuetu.gpkg", layer="schools").crs.to_epsg() == 4544
    for wrong in (["--crs", "EPSG:0"], ["--datum", "mars"]):
        assert CliRunner().invoke(app, ["export", str(own), "--out", str(tmp_path / "x"), *wrong]).exit_code == 2
