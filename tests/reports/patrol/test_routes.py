"""Layer and summary of the routes: the same numbers and times as the record."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from paper_patrols import EVIL, record, team
from paper_works import STAMP

from gislib.reports.patrol.routes import COLUMNS, patrol_json, routes, write_routes


@pytest.fixture(scope="module")
def table():
    return routes(record())


def test_lines_and_points_of_every_station(table):
    assert tuple(table.columns) == COLUMNS
    assert table.crs == "EPSG:4326"
    assert table.index.is_unique
    own = table[table["team_id"] == "t0"]
    assert own["part"].tolist() == [
        "station", "passed", "served", "station", "passed", "station", "passed", "station", "station", "passed",
        "station",
    ]  # fmt: skip
    assert own.loc[own["part"] == "station", "number"].fillna(0).tolist() == [0, 1, 2, 3, 0, 0]
    assert set(table.geometry[table["part"] == "station"].geom_type) == {"Point"}
    assert set(table.geometry[table["part"] != "station"].geom_type) == {"LineString"}


def test_times_and_metres_are_those_of_the_record(table):
    street = table.loc["t0:001:served"]
    assert (street["patrolled"], street["metres"], street["begins"], street["ends"]) == (True, 222.2, "23:22", "23:25")
    there = table.loc["t0:002:passed"]
    assert (there["patrolled"], there["metres"], there["begins"], there["ends"]) == (False, 201.0, "23:25", "23:26")
    water = table.loc["t0:002:station"]
    assert (water["arrives"], water["begins"], water["ends"]) == ("23:26", "23:30", "23:35")
    venue = table.loc["t0:003:station"]
    assert (venue["arrives"], venue["begins"], venue["ends"]) == ("00:00", "00:00", "00:10")
    own = table[(table["team_id"] == "t0") & (table["part"] != "station")]
    assert own["metres"].sum() == pytest.approx(record().metres, abs=0.1)
    assert table.loc[table["team_id"] == "t0", "risk"].sum() == 5.0


def test_the_written_layer_is_read_again(tmp_path, table):
    layer, summary = write_routes(record(), STAMP, tmp_path)
    assert (layer.name, summary.name) == ("routes.geojson", "patrol.json")
    read = gpd.read_file(layer).set_index("route_id")
    assert read.crs == "EPSG:4326"
    assert read.loc["t0:003:station", "name"] == EVIL
    for identity, shape in table.geometry.items():
        assert read.geometry[identity].equals_exact(shape, 1e-7)
    assert json.loads(layer.read_text("utf-8"))["metadata"]["marking"] == list(STAMP.marking)
    assert json.loads(summary.read_text("utf-8")) == patrol_json(record())


def test_the_summary_has_what_the_command_promises():
    told = patrol_json(record())
    assert (told["required_risk_covered_share"], told["coverage_bound"]) == (0.8, 0.9)
    assert (told["lower_bound"], told["gap"], told["seed"]) == (700.0, 0.2083, 1)
    assert [one["team_id"] for one in told["teams"]] == ["t0", "t1"]
    first = told["teams"][0]
    assert (first["stations"], first["metres"], first["returns"], first["risk"]) == (3, 845.8, "00:21", 5.0)
    assert [task["demand_id"] for task in told["unreachable"]] == ["venue:8", "st:7"]
    assert told["uncovered"] == {"no_time": 1, "off_road": 1, "unreachable": 1}


def test_what_json_cannot_hold_is_null():
    told = patrol_json(record(gap=float("inf"), lower_bound_m=float("nan")))
    assert (told["gap"], told["lower_bound"]) == (None, None)
    json.dumps(told, allow_nan=False)


def test_a_record_without_teams_or_stations(tmp_path):
    for own in (record(teams=()), record(teams=(team(()),))):
        assert routes(own).empty
        layer, _ = write_routes(own, STAMP, tmp_path)
        assert json.loads(layer.read_text("utf-8"))["features"] == []
