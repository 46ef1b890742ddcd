"""Maps of a shift on its cover: every team has its line and tag, far places and the town are both seen."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import paper_patrols
import pytest
import shapely
from paper_patrols import idle_team, paper, record, station, team

from gislib.reports.looks import TEAMS
from gislib.reports.patrol import sheets
from gislib.reports.patrol.leaves import leaves
from gislib.reports.patrol.route_map import ground_of
from gislib.reports.patrol.sheets import render_patrol_pages
from gislib.reports.patrol.shift_map import TEAM_MM, look_name, shift_maps, team_map, team_sample
from gislib.reports.sheet_map.frame import extent


def maps(teams):
    own = paper(record=record(teams=tuple(teams)))
    return shift_maps([(one, leaves(one)) for one in teams], *ground_of(own)), ground_of(own)[0]


def at(across, name, **facts):
    """Team with one street so many steps of 200 m to the east."""
    line = paper_patrols.line((across, 0), (across + 1, 0))
    spot = line.interpolate(0.5, normalized=True)
    way = paper_patrols.line((0, 0.2), (across, 0))
    street = station("street", (970.0,) * 3, spot, number=1, served=line, travel=way, travel_m=200.0 * across)
    start = station("start", (960.0,) * 3, paper_patrols.point(0, 0.2))
    return team((start, street), team_id=name, name=f"{name}组", **facts)


def words(drawn):
    return re.findall(r">([^<>]+)</text>", drawn.svg)


def test_a_small_shift_is_one_map_with_the_tag_of_every_team():
    drawn, crs = maps([at(k, name) for k, name in enumerate("甲乙丙丁")])
    (one,) = drawn
    assert [one.svg.count(f">{name}</text>") for name in "甲乙丙丁"] == [1, 1, 1, 1]
    dashes = set(re.findall(r'stroke="#000" stroke-width="0.75"(?: stroke-dasharray="([^"]+)")?', one.svg))
    assert len(dashes) == 4
    west, south, east, north = extent(one.frame)
    x0, y0, x1, y1 = gpd.GeoSeries([paper_patrols.line((0, 0), (4, 0))], crs="EPSG:4326").to_crs(crs).total_bounds
    assert west < x0 < x1 < east
    assert south < y0 <= y1 < north


def test_a_town_and_far_pages_are_two_maps():
    teams = [at(k, name) for k, name in enumerate("甲乙丙")] + [at(90, "丁")]
    (whole, town), crs = maps(teams)
    assert "见右图" in words(whole)
    assert ("丁" in words(whole), "甲" in words(whole)) == (True, False)
    assert {"甲", "乙", "丙"} <= set(words(town))
    assert "丁" not in words(town)
    assert town.frame.scale < whole.frame.scale / 3
    far = gpd.GeoSeries([teams[-1].stations[1].spot], crs="EPSG:4326").to_crs(crs).iloc[0]
    assert shapely.box(*extent(whole.frame)).contains(far)
    assert not shapely.box(*extent(town.frame)).contains(far)
    assert whole.frame.width_mm + town.frame.width_mm == pytest.approx(178.0)


def test_pages_of_a_team_are_numbered():
    far = at(90, "甲")
    both = replace(far, stations=(*at(0, "甲").stations, replace(far.stations[1], number=2)))
    assert len(leaves(both)) == 2
    drawn, _ = maps([both])
    assert {"甲1", "甲2"} <= {word for one in drawn for word in words(one)}


def test_a_first_page_with_room_holds_the_whole_way_of_its_team():
    far = at(90, "甲")
    both = replace(far, stations=(*at(0, "甲").stations, replace(far.stations[1], number=2)))
    own = paper(record=record(teams=(both,)))
    pages, ground = leaves(both), ground_of(own)
    drawn = team_map(0, pages, *ground)
    assert {"甲1", "甲2"} <= set(words(drawn))
    assert team_map(0, (replace(pages[0], spare_mm=TEAM_MM - 1), pages[1]), *ground) is None
    assert team_map(0, pages[:1], *ground) is None
    printed = sheets._document(own).data["teams"][0]["pages"]
    assert [page["whole"] != "" for page in printed] == [True, False]
    assert len(render_patrol_pages(own, 30)) == 1 + len(pages)


def test_nobody_who_goes_anywhere_is_no_map():
    assert maps([idle_team()])[0] == ()
    assert maps([])[0] == ()


def test_samples_differ_and_begin_again_after_all_looks():
    assert len({team_sample(k, "甲") for k in range(len(TEAMS))}) == len(TEAMS)
    assert team_sample(len(TEAMS), "甲") == team_sample(0, "甲")
    assert [look_name(k) for k in (0, 3, 6)] == ["a", "d", "a"]
    assert np.isfinite(float(re.search(r'width="([\d.]+)mm"', team_sample(0, "甲"))[1]))
