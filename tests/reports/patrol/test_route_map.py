"""Map of a page: large where its stations lie together, with the long way there cut at the edge and told in words."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import paper_patrols
import pytest
import shapely
from paper_patrols import paper, record, station, team

from gislib.patrol.record import Station, TeamPlan
from gislib.reports.patrol.leaves import leaves
from gislib.reports.patrol.route_map import ground_of, leaf_map
from gislib.reports.sheet_map.boxes import no_boxes
from gislib.reports.sheet_map.content import Way
from gislib.reports.sheet_map.exits import draw_exits
from gislib.reports.sheet_map.frame import Frame, extent

FAR = 30
"""Steps of some 200 m to the place of work."""


def far_team() -> TeamPlan:
    """Three streets six kilometres from the station, to which the team comes back."""
    home = paper_patrols.point(0, 0)
    own: list[Station] = [station("start", (960.0,) * 3, home, name="㵲阳派出所")]
    before = (0.0, 0.0)
    for k in range(3):
        ends = [(FAR + k, FAR), (FAR + k + 1, FAR)]
        line = paper_patrols.line(*ends)
        travel = paper_patrols.line(before, ends[0]) if k == 0 else None
        facts = {"served": line, "travel": travel, "served_m": 200.0, "travel_m": 8456.0 if k == 0 else 0.0}
        spot = line.interpolate(0.5, normalized=True)
        own.append(station("street", (970.0 + k,) * 3, spot, number=k + 1, demand_ids=(f"st:{k}",), **facts))
        before = ends[1]
    back = paper_patrols.line(before, (0, 0))
    own.append(station("return", (990.0,) * 3, home, name="㵲阳派出所", travel=back, travel_m=8812.0))
    return team(tuple(own))


def words(drawn: str) -> set[str]:
    return set(re.findall(r">([^<>]+)</text>", drawn))


def test_a_long_way_is_cut_and_told():
    own = paper(record=record(teams=(far_team(),)))
    [leaf] = leaves(own.record.teams[0])
    drawn = leaf_map(leaf, *ground_of(own), mono=True)
    assert drawn.frame.scale <= 6000
    assert {"自㵲阳派出所 8.5 km", "至㵲阳派出所 8.8 km"} <= words(drawn.svg)
    assert not {"起", "终"} & words(drawn.svg)
    assert "㵲" not in drawn.missing


def test_a_start_near_by_is_a_disc_and_no_word():
    own = paper()
    [leaf] = leaves(own.record.teams[0])
    told = words(leaf_map(leaf, *ground_of(own), mono=True).svg)
    assert {"起", "终", "1", "2", "3"} <= told
    assert not [one for one in told if one.startswith(("自", "至"))]


def test_pages_point_at_each_other():
    """A route of two places: the way between them leaves one page and enters the next."""
    plan = far_team()
    start, *streets, home = plan.stations
    here = paper_patrols.line((0, 0), (1, 0))
    first = replace(
        streets[0], spot=here.interpolate(0.5, normalized=True), served=here, travel=None, travel_m=0.0, number=9
    )  # fmt: skip
    own = paper(record=record(teams=(replace(plan, stations=(start, first, *streets, home)),)))
    ground = ground_of(own)
    one, other = leaves(own.record.teams[0])
    assert (one.before, one.after) == (None, streets[0])
    assert (other.before, other.after) == (first, None)
    assert "至第 1 站 8.5 km" in words(leaf_map(one, *ground, mono=True).svg)
    assert "自第 9 站 8.5 km" in words(leaf_map(other, *ground, mono=True).svg)


FRAME = Frame(0.0, 0.0, 1000.0, 180.0, 100.0)
"""180 m by 100 m, a millimetre a metre."""


@pytest.mark.parametrize(
    ("line", "side"),
    [([(500, 0), (0, 0)], "right"), ([(0, 0), (-500, 10)], "left"), ([(0, 400), (0, 0)], "top"),
     ([(0, 0), (300, 0), (300, 300), (-20, 300), (-20, 0), (-300, 0)], "right")],
)  # fmt: skip
def test_words_stand_where_the_way_crosses_the_edge(line, side):
    """Also of a way that comes back through the map: where it leaves it first."""
    drawn, boxes = draw_exits(FRAME, [Way(shapely.LineString(line), served=False, beyond="至某处 1.0 km")], no_boxes())
    assert words(drawn) == {"至某处 1.0 km"}
    arrow, label = boxes
    x, y = (arrow[:2] + arrow[2:]) / 2
    assert {"right": 180 - x, "left": x, "top": y}[side] == pytest.approx(2.4, abs=0.1)
    assert (label >= 0).all()
    assert (label[[0, 2]] <= 180).all()
    assert (label[[1, 3]] <= 100).all()
    assert np.hypot(*((label[:2] + label[2:]) / 2 - (x, y))) < 25


@pytest.mark.parametrize("line", [[(0, 0), (50, 0)], [(-500, 0), (500, 0)], [(0, 0), (0, 900), (20, 0)]])
def test_a_way_within_or_without_gets_no_words(line):
    assert draw_exits(FRAME, [Way(shapely.LineString(line), served=False, beyond="至某处")], no_boxes())[0] == ""


def test_words_keep_off_what_is_taken():
    way = Way(shapely.LineString([(0, 0), (500, 0)]), served=False, beyond="至某处 1.0 km")
    _, free = draw_exits(FRAME, [way], no_boxes())
    _, moved = draw_exits(FRAME, [way], free[1:])
    assert not shapely.box(*free[1]).intersection(shapely.box(*moved[1])).area


def test_the_frame_is_the_stations_own():
    own = paper(record=record(teams=(far_team(),)))
    crs, layers = ground_of(own)
    [leaf] = leaves(own.record.teams[0])
    west, south, east, north = extent(leaf_map(leaf, crs, layers, mono=True).frame)
    places = gpd.GeoSeries([one.served for one in leaf.stations if one.served is not None], crs="EPSG:4326").to_crs(crs)
    x0, y0, x1, y1 = places.total_bounds
    assert west < x0 <= x1 < east
    assert south < y0 <= y1 < north
    assert (east - west) < 3 * (x1 - x0)
