"""The map of the briefing shows the first campuses by rank, and only those that have a place."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import shapely
from briefing_facts import ranked

from gislib.domain.tables import WGS84
from gislib.reports.briefing.paper import Picture
from gislib.reports.briefing.pictures import picture_png
from gislib.reports.briefing.ranked_map import CROWD_LEAST, ranked_maps

RANKING = tuple(ranked(number) for number in range(4))
SHAPES = {
    "s0": shapely.Point(104.83, 26.59),
    "s1": shapely.box(104.84, 26.60, 104.842, 26.602),
    "s2": shapely.Point(),
}
SCHOOLS = gpd.GeoDataFrame(index=list(SHAPES), geometry=list(SHAPES.values()), crs=WGS84)
ROADS = gpd.GeoDataFrame(
    {"name": ["红旗路"], "road_class": ["primary"]},
    geometry=[shapely.LineString([(104.82, 26.59), (104.85, 26.605)])],
    crs=WGS84,
)


def test_first_campuses_with_a_place():
    (shown,) = ranked_maps(RANKING, SCHOOLS, {"roads": ROADS}, 4)
    assert shown.caption == "排名前列的2所学校（数字为名次）"
    assert shown.description == "1 第七小学、2 第三中学"
    assert shown.missing == frozenset()
    assert ">1<" in shown.svg
    assert ">3<" not in shown.svg
    png = picture_png(Picture(shown.svg, shown.width_mm, shown.height_mm, shown.caption, shown.description))
    assert png.startswith(b"\x89PNG")


def test_only_as_many_as_asked_for_and_none_without_places():
    (one,) = ranked_maps(RANKING, SCHOOLS, {}, 1)
    assert one.description == "1 第七小学"
    assert ranked_maps(RANKING[2:], SCHOOLS, {}, 5) == ()
    assert ranked_maps((), SCHOOLS, {}, 5) == ()


def test_a_crowd_is_shown_once_more_and_closer():
    """Four campuses in one town of a county 30 km wide, and one far off."""
    ranking = tuple(replace(ranked(k), school_id=f"c{k}", name=f"校{k}", rank=k + 1) for k in range(5))
    lon = [104.80, 104.81, 104.812, 104.805, 105.10]
    places = gpd.GeoDataFrame(
        index=[f"c{k}" for k in range(5)], geometry=gpd.points_from_xy(lon, [26.60] * 5), crs=WGS84
    )
    whole, town = ranked_maps(ranking, places, {}, 5, {"roads": ROADS})
    assert whole.description.count("、") == 4
    assert town.caption == f"其中集中的{CROWD_LEAST}所学校（数字为名次）"
    assert town.description == "1 校0、2 校1、3 校2、4 校3"
    assert ">5<" in whole.svg
    assert ">5<" not in town.svg
    assert len(ranked_maps(ranking[1:], places, {}, 5)) == 1, "three are no crowd"
