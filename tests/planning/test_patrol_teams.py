"""Teams as they are asked for and as they are proposed, without any search."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely
from worlds import CRS, table

from gislib import rules, wording
from gislib.assessment import Request
from gislib.domain.errors import InputError
from gislib.patrol.clock import Span
from gislib.planning.patrol_basis import PatrolBasis
from gislib.planning.patrol_teams import TeamWish, proposed, teams_of

NIGHT = Span(1320.0, 1560.0)
"""22:00 to 02:00."""
LEAVING = Span(980.0, 1110.0)
WISH = TeamWish("t1", "甲组", "g0")


@pytest.fixture(scope="module")
def basis():
    """Gates of four campuses in the corners, a police station at either end of the south."""
    corners = [(0, 0), (4000, 0), (0, 4000), (4000, 4000)]
    schools = table("schools", [{"name": f"{k}小", "kind": "primary", "geometry": xy} for k, xy in enumerate(corners)])
    places = gpd.GeoDataFrame(
        {"kind": ["police_station"] * 2 + ["gatehouse"] * 4, "name": None},
        geometry=[shapely.Point(xy) for xy in [(500, 0), (3500, 0), *corners]],
        index=["p0", "p1", "g0", "g1", "g2", "g3"], crs=CRS,
    )  # fmt: skip
    ground = SimpleNamespace(tables={"schools": schools})
    return PatrolBasis(ground, None, places, rules.load(), Request(date(2026, 11, 16)))


@pytest.mark.parametrize(
    ("hours", "shift", "span"),
    [
        ("", NIGHT, (1320, 1560)), ("00:00-02:00", NIGHT, (1440, 1560)), ("20:00-23:30", NIGHT, (1320, 1410)),
        ("23:00-04:00", NIGHT, (1380, 1560)), ("01:00-01:30", NIGHT, (1500, 1530)),
        ("16:30-18:00", LEAVING, (990, 1080)),
        ("22:00-01:00", Span(30.0, 240.0), (30, 60)),
    ],
)  # fmt: skip
def test_hours_of_a_team_lie_in_its_shift(basis, hours, shift, span):
    (team,) = teams_of([replace(WISH, hours=hours)], basis, shift)
    assert (team.begins_min, team.ends_min) == span


@pytest.mark.parametrize(("hours", "shift"), [("02:00-04:00", NIGHT), ("08:00-12:00", NIGHT), ("07:00-08:00", LEAVING)])
def test_hours_outside_the_shift_are_refused_in_one_line(basis, hours, shift):
    with pytest.raises(InputError, match="patrol_team_hours") as caught:
        teams_of([replace(WISH, hours=hours)], basis, shift)
    said = wording.error(caught.value)
    assert "甲组" in said
    assert hours in said
    assert "\n" not in said


def test_speed_and_overtime(basis):
    usual, own = teams_of([WISH, replace(WISH, team_id="t2", speed_kmh=10.0, overtime_min=15.0)], basis, LEAVING)
    assert (usual.speed_kmh, usual.overtime_min) == (None, 0.0)
    assert (own.speed_kmh, own.overtime_min, own.latest_min) == (10.0, 15.0, 1125.0)


@pytest.mark.parametrize(("shift", "rest"), [(None, 0.0), (LEAVING, 0.0), (NIGHT, 20.0), (Span(480.0, 1170.0), 45.0)])
def test_the_usual_rest_depends_on_the_length_of_the_shift(basis, shift, rest):
    assert {team.break_min for team in proposed(basis, 3, shift)} == {rest}


def test_police_start_from_police_stations(basis):
    found = proposed(basis, 4)
    assert [(team.police, team.depot_id[0]) for team in found] == [(True, "p"), (False, "g")] * 2
    assert [team.depot_id for team in found] == ["p0", "g3", "p0", "g1"], "nearest to the middle of its part"
    without = replace(basis, depots=basis.depots[basis.depots["kind"] == "gatehouse"])
    assert {team.depot_id for team in proposed(without, 4)} == {"g0", "g1", "g2", "g3"}
