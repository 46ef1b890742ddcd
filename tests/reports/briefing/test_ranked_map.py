"""The map of the briefing shows the first campuses by rank, and only those that have a place."""

from __future__ import annotations

import geopandas as gpd
import shapely
from briefing_facts import ranked

from gislib.domain.tables import WGS84
from gislib.reports.briefing.paper import Picture
from gislib.reports.briefing.pictures import picture_png
from gislib.reports.briefing.ranked_map import ranked_map

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
    shown = ranked_map(RANKING, SCHOOLS, {"roads": ROADS}, 4)
    assert shown is not None
    assert shown.caption == "排名前列的2所学校（数字为名次）"
    assert shown.description == "1 第七小学、2 第三中学"
    assert shown.missing == frozenset()
    assert ">1<" in shown.svg
    assert ">3<" not in shown.svg
    png = picture_png(Picture(shown.svg, shown.width_mm, shown.height_mm, shown.caption, shown.description))
    assert png.startswith(b"\x89PNG")


def test_only_as_many_as_asked_for_and_none_without_places():
    one = ranked_map(RANKING, SCHOOLS, {}, 1)
    assert one is not None
    assert one.description == "1 第七小学"
    assert ranked_map(RANKING[2:], SCHOOLS, {}, 5) is None
    assert ranked_map((), SCHOOLS, {}, 5) is None
